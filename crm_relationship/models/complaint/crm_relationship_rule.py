from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..rule.crm_relationship_rule import MARKETING, RuleModel
from ..rule.crm_relationship_rule_event import EventKind
from ..rule.crm_relationship_rule_moment import Occasions
from .crm_complaint import CANCELLED, OPEN_STATES, RESOLVED

MODEL = "crm.complaint"


class CrmRelationshipRule(models.Model):
    """Rules about complaints, and what rules leave alone while one is open.

    Marketing waits until the complaint is over, and nobody is sent to "keep in
    touch" with a client who complains: somebody deals with the complaint.
    """

    _inherit = "crm.relationship.rule"

    hold_complaint = fields.Boolean(
        string="Hold While a Complaint Is Open",
        compute="_compute_hold_complaint",
        store=True,
        readonly=False,
        precompute=True,
        help="Nothing of this rule goes to a client who has an open complaint. It goes out when "
        "the complaint is over, if it is not too late by then. Marketing is held unless you say "
        "otherwise.",
    )

    @api.depends("purpose")
    def _compute_hold_complaint(self):
        for rule in self:
            rule.hold_complaint = rule.purpose == MARKETING

    # ---- what is held ----

    def _get_holds(self, runs):
        holds = super()._get_holds(runs)
        if not self.hold_complaint or not runs:
            return holds
        reason = self.env._("A complaint of the client is open")
        return {**dict.fromkeys(self._find_complaining(runs), reason), **holds}

    def _find_complaining(self, runs):
        """Ids of the rows whose client, or lead, an open complaint is about."""
        self.env[MODEL].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT run.id
                  FROM crm_relationship_rule_run run
             LEFT JOIN res_partner partner ON partner.id = run.partner_id
                 WHERE run.id IN %(ids)s
                   AND (%(of_client)s
                        OR run.res_model = 'crm.lead' AND EXISTS (
                           SELECT FROM crm_complaint about
                            WHERE about.lead_id = run.res_id
                              AND about.state IN %(states)s AND about.active IS TRUE))
                """,
                ids=tuple(runs.ids),
                states=OPEN_STATES,
                of_client=self.env[MODEL]._query_open_of(SQL("partner.commercial_partner_id")),
            )
        )
        return [run_id for [run_id] in rows]

    # ---- silence ----

    def _query_silent(self, window):
        """Who complains is not silent: the rhythm goes on when the complaint is over."""
        self.env[MODEL].flush_model()
        complains = self.env[MODEL]._query_open_of(SQL("client.id"))
        return SQL("%s AND NOT %s", super()._query_silent(window), complains)

    def _check_silence_rows(self, runs):
        reason = self.env._("The client has complained since")
        # A row without client is another check's.
        complaining = dict.fromkeys(self._find_complaining(runs), reason)
        return {**complaining, **super()._check_silence_rows(runs)}

    # ---- rules about complaints ----

    @api.model
    def _get_rule_models(self):
        return {**super()._get_rule_models(), MODEL: RuleModel("partner_id")}

    @api.model
    def _selection_acts_on(self):
        names = {MODEL: self.env._("Complaints")}
        return [(model, names.get(model, label)) for model, label in super()._selection_acts_on()]

    @api.model
    def _get_event_kinds(self):
        kind = (
            (MODEL,),
            "_find_complaints",
            "_explain_complaint",
            "_describe_complaint",
            "_note_complaint",
        )
        return {
            **super()._get_event_kinds(),
            "complaint_opened": EventKind(self.env._("A client complains"), *kind),
            "complaint_resolved": EventKind(self.env._("A complaint is resolved"), *kind),
        }

    def _find_complaints(self):
        if self.event == "complaint_resolved":
            return Occasions(
                SQL("crm_complaint rec"), SQL("rec.date_resolved"), SQL("rec.state = %s", RESOLVED)
            )
        return Occasions(
            SQL("crm_complaint rec"), SQL("rec.date_open"), SQL("rec.state <> %s", CANCELLED)
        )

    def _explain_complaint(self, runs):
        states = dict(self.env[MODEL]._fields["state"]._description_selection(self.env))
        complaints = self.env[MODEL].browse(runs.mapped("res_id"))
        now = {complaint.id: states[complaint.state] for complaint in complaints}
        return {
            run.id: self.env._("The complaint is another now: %s", now[run.res_id]) for run in runs
        }

    def _describe_complaint(self):
        if self.event == "complaint_resolved":
            return self.env._("When a complaint is resolved")
        return self.env._("When a client complains")

    def _note_complaint(self, run):
        date = format_date(self.env, run.occurrence)
        if self.event == "complaint_resolved":
            return self.env._("The complaint was resolved on %s", date)
        return self.env._("The client complained on %s", date)
