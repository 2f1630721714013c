from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_relationship_rule import RuleModel

GUEST = "calendar.attendee"
START = "crm_event_start"


class CrmRelationshipRule(models.Model):
    """Rules on meetings: each outside guest is a record of its own.

    So each has a row in the ledger, a language and a time zone, and is written to
    once. Meetings that were called off and guests who declined are no occasion;
    neither are private meetings, of which ledger, history and forecast would tell.
    Nobody of ours is a guest.
    """

    _inherit = "crm.relationship.rule"

    @api.model
    def _get_rule_models(self):
        return {**super()._get_rule_models(), GUEST: RuleModel("partner_id")}

    @api.model
    def _is_date_to_follow(self, field):
        is_start = field.model_name == GUEST and field.name == START
        return is_start or super()._is_date_to_follow(field)

    def _table_of_records(self):
        if self.model_name != GUEST:
            return super()._table_of_records()
        return SQL(
            """(SELECT guest.*, event.start AS %s, event.allday, event.start_date,
                       organiser.company_id
                  FROM calendar_attendee guest
                  JOIN calendar_event event ON event.id = guest.event_id AND event.active
                  JOIN res_partner person
                    ON person.id = guest.partner_id AND person.active AND person.partner_share
             LEFT JOIN res_users organiser ON organiser.id = event.user_id
             LEFT JOIN res_users_settings setting ON setting.user_id = event.user_id
                 WHERE guest.state IS DISTINCT FROM 'declined'
                   AND coalesce(event.privacy, setting.calendar_default_privacy, 'public')
                       <> 'private')""",
            SQL.identifier(START),
        )

    def _query_record_company(self):
        """A meeting is of the company of who invites to it."""
        if self.model_name != GUEST:
            return super()._query_record_company()
        return SQL("rec.company_id")

    def _get_record_domain(self):
        domain = super()._get_record_domain()
        if self.model_name == GUEST:
            domain &= Domain.custom(to_sql=self._query_guest)
        return domain

    def _describe_matching(self, matching, entered):
        """The filter alone counts all guests, people of ours and those who declined too."""
        if self.model_name != GUEST:
            return super()._describe_matching(matching, entered)
        return self.env._(
            "%(matching)s of %(all)s guests match: those from outside who have not declined, "
            "of meetings that are not private.",
            matching=matching,
            all=self._get_records_model().search_count(self._get_filter()),
        )

    def _get_domain_to_open(self, domain=Domain.TRUE):
        """The browser knows nothing of the table of guests: it is given who they are."""
        if self.model_name != GUEST:
            return super()._get_domain_to_open(domain)
        return self._name_records(domain)

    def _query_guest(self, model, alias, query):
        """Whether a guest is in the table above, of a company the rule acts for."""
        self.env.flush_all()
        return SQL(
            """%s IN (SELECT rec.id FROM %s rec
                       WHERE rec.company_id IS NULL OR rec.company_id = ANY(%s))""",
            SQL.identifier(alias, "id"),
            self._table_of_records(),
            list(self._get_company_ids()),
        )

    def _query_local(self, column):
        """A meeting of a whole day is on that day wherever the guest is."""
        local = super()._query_local(column)
        if self.model_name != GUEST or self._get_date_field().name != START:
            return local
        return SQL("CASE WHEN rec.allday THEN rec.start_date::timestamp ELSE %s END", local)

    def _query_not_corrected(self):
        """Who is invited after the moment has the invitation: no reminder comes on its heels."""
        new = super()._query_not_corrected()
        if self.model_name != GUEST:
            return new
        return SQL("%s AND rec.create_date <= day.date_due", new)

    def _check_occasion(self, runs):
        """What was to come before a meeting does not come when that has begun."""
        reasons = super()._check_occasion(runs)
        if self.model_name == GUEST and self.offset < 0:
            guests = self.env[GUEST].browse(runs.mapped("res_id"))
            begun = guests.filtered(lambda guest: guest[START] <= fields.Datetime.now())
            over = self.env._("The meeting has begun")
            for run in runs.filtered(lambda run: run.res_id in begun._ids):
                if not run.action_id.delay:
                    reasons[run.id] = over
        return reasons

    def _explain(self, runs):
        reasons = super()._explain(runs)
        if self.model_name != GUEST:
            return reasons
        guests = self.env[GUEST].browse(runs.mapped("res_id")).exists()
        for run in runs.filtered(lambda run: run.res_id in guests._ids):
            guest = guests.browse(run.res_id)
            if not guest.event_id.active:
                reasons[run.id] = self.env._("The meeting was called off")
            elif guest.state == "declined":
                reasons[run.id] = self.env._("The guest has declined")
        return reasons


class CrmRelationshipRuleAction(models.Model):
    _inherit = "crm.relationship.rule.action"

    def _find_owner(self, run, record):
        """Who invites to a meeting answers for it."""
        if record._name == GUEST and (organiser := record.event_id.user_id).active:
            return organiser
        return super()._find_owner(run, record)


class CrmRelationshipRuleRun(models.Model):
    _inherit = "crm.relationship.rule.run"

    @api.model
    def _get_open_domain(self, model):
        """Every employee reads the guests of meetings: of clients and deals one may read only."""
        domain = super()._get_open_domain(model)
        if model != GUEST:
            return domain
        deals = self.env["crm.lead"].sudo(False).with_context(active_test=False)
        clients = self.env["res.partner"].sudo(False).with_context(active_test=False)
        return (
            domain
            & Domain("partner_id", "in", clients._search(Domain.TRUE))
            & (
                Domain("event_id.opportunity_id", "=", False)
                | Domain("event_id.opportunity_id", "in", deals._search(Domain.TRUE))
            )
        )

    def action_open_record(self):
        """A guest is looked at in the meeting."""
        action = super().action_open_record()
        if self.res_model == GUEST and (guest := self.env[GUEST].browse(self.res_id).exists()):
            action |= {"res_model": "calendar.event", "res_id": guest.event_id.id}
        return action
