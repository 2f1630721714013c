from datetime import timedelta

from odoo import models
from odoo.tools import SQL, format_date

from ...engine.occurrences import local_day
from ..touch.res_partner_touch import MEETING
from .crm_relationship_rule_moment import to_utc

# Batches of clients refreshed at most before silence is judged.
REFRESH_BATCHES = 10


class CrmRelationshipRule(models.Model):
    """The occasion "silence": nobody has been in touch for too long."""

    _inherit = "crm.relationship.rule"

    def _prepare_plan(self):
        if any(rule.trigger == "silence" for rule in self):
            self._refresh_clients()
        return super()._prepare_plan()

    def _refresh_clients(self):
        """Bring the last contact of clients up to date before silence is judged."""
        refresh = self.env["crm.relationship.refresh"]
        for __ in range(REFRESH_BATCHES):
            partner_ids = refresh._pop()
            if not partner_ids:
                break
            self.env["res.partner"].browse(partner_ids)._refresh_relationship()

    def _query_silence(self, window):
        """Clients whose last contact is longer ago than it should be.

        The occurrence is the day of that contact: each silence counts once. It
        never gets too late to break it.
        """
        steps = self._get_steps()
        return SQL(
            """
            SELECT rec.id AS res_id, partner.id AS partner_id,
                   %(company)s AS company_id, NULL::int AS date_id,
                   step.action_id, %(since)s AS occurrence,
                   %(later)s + make_interval(hours => step.hours) AS date_due,
                   NULL::timestamp AS date_expire
              FROM %(tables)s
        CROSS JOIN LATERAL (SELECT %(due)s + make_interval(mins => %(minutes)s) AS at) local
        CROSS JOIN LATERAL (SELECT %(moment)s AS due) moment
        CROSS JOIN unnest(%(actions)s::int[], %(days)s::int[], %(hours)s::int[],
                          %(starts)s::timestamp[]) AS step(action_id, days, hours, start)
             WHERE %(where)s AND moment.due <= %(until)s
               AND moment.due >= greatest(%(start)s, step.start) AND NOT %(open)s
            """,
            company=self._query_company(),
            since=self._query_last_contact(),
            due=self._query_silence_due(),
            minutes=round(self.send_hour * 60),
            moment=to_utc(SQL("local.at"), self._query_zone()),
            later=to_utc(SQL("local.at + make_interval(days => step.days)"), self._query_zone()),
            tables=self._query_client_tables(),
            where=self._query_where(self._query_silent(window)),
            until=window.until,
            start=self._get_plan_start(window.now),
            actions=[step.key for step in steps],
            days=[step.delay if step.delay_unit == "day" else 0 for step in steps],
            hours=[step.delay if step.delay_unit == "hour" else 0 for step in steps],
            starts=[step.start for step in steps],
            open=self._query_open(),
        )

    def _query_open(self):
        """Whether the last silence is still being worked on: its row waits, its task is open."""
        return SQL(
            """EXISTS (
                   SELECT FROM crm_relationship_rule_run before
                LEFT JOIN mail_activity task ON task.id = before.activity_id AND task.active
                    WHERE before.rule_id = %s
                      AND before.res_model = %s AND before.res_id = rec.id
                      AND (before.state = 'todo' OR task.id IS NOT NULL))""",
            self.id,
            self.model_name,
        )

    def _query_silent(self, window):
        """Clients who became due since the rule began, in any time zone.

        With whom a meeting is planned one will speak soon.
        """
        return SQL(
            """client.relationship_status_id IS NOT NULL
               AND client.id = client.commercial_partner_id
               AND client.keep_in_touch_hold IS DISTINCT FROM %(meeting)s
               AND %(due)s >= %(first)s AND %(due)s <= %(last)s""",
            meeting=MEETING,
            due=self._query_silence_due(),
            first=self._get_plan_start(window.now).date() - timedelta(days=1),
            last=window.until.date() + timedelta(days=1),
        )

    def _query_silence_due(self):
        """The day a client should be spoken to: as its rhythm says, or after so many days."""
        if not self.silence_days:
            return SQL("client.keep_in_touch_date")
        return SQL(
            "greatest(%s + %s, client.keep_in_touch_pause_until)",
            self._query_last_contact(),
            self.silence_days,
        )

    def _query_last_contact(self):
        return SQL("coalesce(client.last_interaction_date, client.relationship_status_date)::date")

    def _query_client_tables(self):
        """The client, and the record the rule acts on: itself, or what belongs to it."""
        if self._get_rule_models()[self.model_name].partner == "id":
            return SQL(
                """res_partner client JOIN res_partner partner ON partner.id = client.id
                   JOIN res_partner rec ON rec.id = client.id %s""",
                self._join_home(),
            )
        return SQL(
            """res_partner client
               JOIN res_partner partner ON partner.commercial_partner_id = client.id
               JOIN %s rec ON rec.%s = partner.id %s""",
            self._table_of_records(),
            self._column_of_partner(),
            self._join_home(),
        )

    def _check_silence_rows(self, runs):
        """Clients spoken to since, by the history itself: nobody is sent to call twice."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT run.id, max(talk.date)
                  FROM crm_relationship_rule_run run
                  JOIN res_partner partner ON partner.id = run.partner_id
                  JOIN crm_interaction talk
                    ON talk.commercial_partner_id = partner.commercial_partner_id
                   AND talk.date >= run.occurrence + 1
                   AND talk.is_attempt IS NOT TRUE
                 WHERE run.id IN %s
                 GROUP BY run.id
                """,
                tuple(runs.ids),
            )
        )
        return {run_id: self._describe_contact(moment) for run_id, moment in rows}

    def _describe_contact(self, moment):
        day = local_day(moment, self._get_home_zone())
        return self.env._("In touch since: %s", format_date(self.env, day))

    def _describe_silence(self):
        if self.silence_days:
            days = self._count_days(self.silence_days)
            return self.env._("After %s without a word from either side", days)
        return self.env._("When a client has been silent for longer than its rhythm")

    def _note_silence(self, run):
        return self.env._("No contact since %s", format_date(self.env, run.occurrence))
