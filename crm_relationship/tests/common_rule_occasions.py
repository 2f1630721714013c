from datetime import datetime, time, timedelta

from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.occurrences import local_day
from .common_rules import RuleCommon

# A Wednesday, nine in the morning: the hour of rules.
NINE = datetime(2027, 3, 10, 9)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Whatever a rule can wait for.
AT_HOUR = ("date", "silence", "status_days", "stage_stuck", "promise_due")
AT_ONCE = (
    *("waiting", "promise_over", "status", "lead_created", "lead_assigned", "lead_won"),
    *("lead_lost", "interaction", "promise_broken"),
)


class OccasionCommon(RuleCommon):
    """One occasion of every kind: a new client to whom something happens at a given moment.

    `_occasion(kind, moment)` returns the record and what a rule has to say to wait for it;
    the rule is due at `moment` if that is at the hour of the rule for the kinds that have one.
    """

    def _occasion(self, kind, moment, tz=False):
        [client] = self._create_people(1, name=f"Client of {kind}", tz=tz)
        record, vals = getattr(self, f"_occasion_{kind}")(client, moment)
        self.env.flush_all()
        model = self.env["ir.model"]._get_id(record._name)
        only = repr(list(Domain("id", "=", record.id)))
        return record, {"model_id": model, "domain": only, "name": kind, **vals}

    def _create_rule_for(self, vals, *actions, **more):
        common = {"date_kind_id": False, "purpose": "service", "hold_waiting": False}
        return self._create_rule(*actions, **{**common, **vals, **more})

    def _local_day(self, client, moment):
        return local_day(moment, client.tz or "UTC")

    def _occasion_date(self, client, moment):
        day = self._local_day(client, moment)
        client.important_date_ids.unlink()
        self._create_date(client, day.month, day.day)
        return client, {"date_kind_id": self.birthday.id}

    def _occasion_silence(self, client, moment):
        noon = datetime.combine(self._local_day(client, moment), time(12))
        with self.freeze(noon - 30 * DAY):
            client.relationship_status_id = self.status_lost
            self._create_interaction(client)
        with self.freeze(moment - HOUR):
            self._refresh_clients()
        return client, {"trigger": "silence", "silence_days": 30}

    def _occasion_status_days(self, client, moment):
        vals = self._occasion_status(client, moment - 20 * DAY)[1]
        return client, {**vals, "status_days": 20}

    def _occasion_status(self, client, moment):
        with self.freeze(moment):
            client.relationship_status_id = self.status_customer
            self.env.flush_all()
        return client, {"trigger": "status", "status_id": self.status_customer.id}

    def _occasion_waiting(self, client, moment):
        """Four working hours before nine, which begin at eight: two in the afternoon."""
        with self.freeze(moment - DAY + 5 * HOUR):
            self._create_inquiry(client)
        return client, {"trigger": "waiting", "waiting_hours": 4}

    def _occasion_promise_over(self, client, moment):
        self.status_cold.response_hours = 4
        with self.freeze(moment - DAY + 5 * HOUR):
            client.relationship_status_id = self.status_cold
            self._create_inquiry(client)
            self._refresh_clients()
        return client, {"trigger": "waiting", "waiting_hours": 0}

    def _create_inquiry(self, client):
        return self._create_interaction(client, channel="email", direction="in", needs_reply=True)

    def _occasion_lead(self, client, **moments):
        lead = self._create_lead(client)
        self._set_moment(lead, **moments)
        return lead

    def _event(self, name):
        return {"trigger": "event", "event": name}

    def _occasion_lead_created(self, client, moment):
        return self._occasion_lead(client, create_date=moment), self._event("lead_created")

    def _occasion_lead_assigned(self, client, moment):
        return self._occasion_lead(client, date_open=moment), self._event("lead_assigned")

    def _occasion_lead_won(self, client, moment):
        lead = self._occasion_lead(client)
        lead.action_set_won()
        self._set_moment(lead, date_closed=moment)
        return lead, self._event("lead_won")

    def _occasion_lead_lost(self, client, moment):
        lead = self._occasion_lead(client)
        lead.action_set_lost()
        self._set_moment(lead, date_closed=moment)
        return lead, self._event("lead_lost")

    def _occasion_stage_stuck(self, client, moment):
        lead = self._occasion_lead(client, date_last_stage_update=moment - 14 * DAY)
        return lead, {**self._event("stage_stuck"), "stuck_days": 14}

    def _occasion_interaction(self, client, moment):
        refused = self.env.ref("crm_relationship.outcome_refused")
        with self.freeze(moment):
            talk = self._create_interaction(client, channel="meeting", outcome_id=refused.id)
        return talk, {**self._event("interaction"), "outcome_result": "failure"}

    def _promise(self, client, moment):
        vals = {"name": "Samples", "partner_id": client.id, "user_id": self.ben.id}
        day = self._local_day(client, moment)
        return self.env["crm.promise"].create({**vals, "date_due": day})

    def _occasion_promise_due(self, client, moment):
        return self._promise(client, moment), self._event("promise_due")

    def _occasion_promise_broken(self, client, moment):
        promise = self._promise(client, moment)
        with self.freeze(moment):
            promise.action_break()
        return promise, self._event("promise_broken")

    def _set_moment(self, record, **moments):
        """Let it have happened at these moments; Odoo itself writes the clock."""
        record.flush_recordset()
        for name, moment in moments.items():
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s RETURNING id",
                    SQL.identifier(record._table),
                    SQL.identifier(name),
                    moment,
                    record.id,
                )
            )
        record.invalidate_recordset()
