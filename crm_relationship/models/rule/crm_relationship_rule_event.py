from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ..outcome.crm_interaction_outcome import RESULTS
from .crm_relationship_rule import TriggerKind
from .crm_relationship_rule_moment import Occasions

LEAD_LOST = "lead_lost"


class EventKind(NamedTuple):
    """What a rule needs to know of a kind of event, by names of its methods."""

    label: str
    models: tuple  # what a rule of it may act on
    find: str  # () -> Occasions
    explain: str  # (rows whose event is not so any more) -> {id of row: why}
    describe: str  # () -> the event in words, "When a deal is won"
    note: str  # (planned row) -> what to tell who gets the task


class CrmRelationshipRule(models.Model):
    """The occasion "event": something happened to a lead, in a talk, to a promise.

    Each is found by a moment that Odoo or the history keeps anyway; nothing is
    added where it happens. Kinds of event are listed by `_get_event_kinds`,
    which a bridge extends.
    """

    _inherit = "crm.relationship.rule"

    event = fields.Selection(
        selection="_selection_event",
        default="lead_created",
        help="What has to happen.",
    )
    outcome_result = fields.Selection(
        RESULTS,
        string="Result",
        help="How the contact has to end. Empty: any way.",
    )
    stuck_days = fields.Integer(
        string="Days in the Stage",
        default=14,
        help="So many days after the lead came into its stage, if it has not moved since.",
    )

    @api.constrains("trigger", "event", "stuck_days")
    def _check_event(self):
        for rule in self.filtered(lambda rule: rule.trigger == "event"):
            if not rule.event:
                raise ValidationError(
                    self.env._("What Happens: choose what %s waits for.", rule.name)
                )
            if rule.event == "stage_stuck" and rule.stuck_days < 1:
                raise ValidationError(self.env._("Days in the Stage: enter 1 or more."))

    @api.model
    def _selection_event(self):
        return [(key, kind.label) for key, kind in self._get_event_kinds().items()]

    @api.model
    def _get_trigger_kinds(self):
        return {
            **super()._get_trigger_kinds(),
            "event": TriggerKind(
                self.env._("An event"),
                "_query_event",
                "_check_event_rows",
                "_describe_event",
                "_note_event",
            ),
        }

    @api.model
    def _get_event_kinds(self):
        """Kinds of event by key, with what a rule needs to know of each."""
        lead = ("_explain_lead", "_describe_lead", "_note_lead")
        leads, promises = ("crm.lead",), ("crm.promise",)
        return {
            "lead_created": EventKind(self.env._("A lead comes in"), leads, "_find_created", *lead),
            "lead_assigned": EventKind(
                self.env._("A lead is assigned"), leads, "_find_assigned", *lead
            ),
            "lead_won": EventKind(self.env._("A deal is won"), leads, "_find_closed", *lead),
            LEAD_LOST: EventKind(self.env._("A deal is lost"), leads, "_find_closed", *lead),
            "stage_stuck": EventKind(
                self.env._("A deal does not move"), leads, "_find_stuck", *lead
            ),
            "interaction": EventKind(
                self.env._("A call or meeting ends"),
                ("crm.interaction", "crm.lead", "res.partner"),
                "_find_ended",
                "_explain_ended",
                "_describe_ended",
                "_note_ended",
            ),
            "promise_due": EventKind(
                self.env._("A promise is due"),
                promises,
                "_find_due_promises",
                "_explain_promise",
                "_describe_promise",
                "_note_promise",
            ),
            "promise_broken": EventKind(
                self.env._("A promise is broken"),
                promises,
                "_find_broken_promises",
                "_explain_promise",
                "_describe_promise",
                "_note_promise",
            ),
        }

    def _get_event(self):
        return self._get_event_kinds()[self.event]

    def _get_fitting_models(self):
        if self.trigger == "event" and self.event:
            return list(self._get_event().models)
        return super()._get_fitting_models()

    def _acts_on_archived(self):
        is_lost = self.trigger == "event" and self.event == LEAD_LOST
        return is_lost or super()._acts_on_archived()

    def _get_records_model(self):
        records = super()._get_records_model()
        return records.with_context(active_test=False) if self._acts_on_archived() else records

    def _query_event(self, window):
        return self._query_occasions(getattr(self, self._get_event().find)(), window)

    def _check_event_rows(self, runs):
        """Rows whose event was taken back since."""
        kind = self._get_event()
        over = self._find_over(getattr(self, kind.find)(), runs)
        return getattr(self, kind.explain)(over) if over else {}

    def _describe_event(self):
        return getattr(self, self._get_event().describe)() if self.event else "…"

    def _note_event(self, run):
        return getattr(self, self._get_event().note)(run)

    # ---- leads ----

    def _find_created(self):
        return Occasions(SQL("crm_lead rec"), SQL("rec.create_date"), SQL("true"))

    def _find_assigned(self):
        """Each time the salesperson changes Odoo writes the moment."""
        return Occasions(SQL("crm_lead rec"), SQL("rec.date_open"), SQL("rec.user_id IS NOT NULL"))

    def _find_closed(self):
        status = "lost" if self.event == LEAD_LOST else "won"
        return Occasions(
            SQL("crm_lead rec"), SQL("rec.date_closed"), SQL("rec.won_status = %s", status)
        )

    def _find_stuck(self):
        return Occasions(
            SQL("crm_lead rec"),
            SQL("rec.date_last_stage_update"),
            SQL("rec.won_status = 'pending' AND rec.type = 'opportunity'"),
            days=self.stuck_days,
        )

    def _explain_lead(self, runs):
        reasons = {
            "lead_created": self.env._("The lead came another day"),
            "lead_assigned": self.env._("Assigned anew in the meantime"),
            "lead_won": self.env._("Not won any more"),
            LEAD_LOST: self.env._("Not lost any more"),
            "stage_stuck": self.env._("Has moved in the meantime"),
        }
        return dict.fromkeys(runs.ids, reasons[self.event])

    def _describe_lead(self):
        if self.event == "stage_stuck":
            return self.env._(
                "When a deal has been in its stage for %(days)s, at %(hour)s their time",
                days=self._count_days(self.stuck_days),
                hour=self._format_hour(),
            )
        return {
            "lead_created": self.env._("When a lead comes in"),
            "lead_assigned": self.env._("When a lead is assigned to somebody"),
            "lead_won": self.env._("When a deal is won"),
            LEAD_LOST: self.env._("When a deal is lost"),
        }[self.event]

    def _note_lead(self, run):
        date = format_date(self.env, run.occurrence)
        return {
            "lead_created": self.env._("Came in on %s", date),
            "lead_assigned": self.env._("Assigned on %s", date),
            "lead_won": self.env._("Won on %s", date),
            LEAD_LOST: self.env._("Lost on %s", date),
            "stage_stuck": self.env._("In this stage since %s", date),
        }[self.event]


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # The moments that rules look for; Odoo has an index of the other two.
    _assigned_idx = models.Index("(date_open) WHERE date_open IS NOT NULL")
    _closed_idx = models.Index("(date_closed) WHERE date_closed IS NOT NULL")
