from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...engine.occurrences import local_day
from ...tools import day_text

# What ends a series of steps: the field, and the method that finds it.
STOPS = {
    "stop_on_answer": "_find_answers",
    "stop_on_close": "_find_closed_deals",
    "stop_on_status": "_find_status_changes",
    "stop_on_activity": "_find_done_activities",
}


class CrmRelationshipRule(models.Model):
    """What ends a series of steps: later ones are dropped, and the ledger says why.

    It counts from the moment the first step of the occasion was done; the first
    step itself is never stopped.
    """

    _inherit = "crm.relationship.rule"

    stop_on_answer = fields.Boolean(
        string="The Client Answers",
        default=True,
        help="Later steps are dropped when, since the first one, the client or one of its "
        "people was in touch with us.",
    )
    stop_on_close = fields.Boolean(
        string="The Deal Closes",
        help="Later steps are dropped when, since the first one, the deal was won or lost; "
        "for contacts: any deal of the client.",
    )
    stop_on_status = fields.Boolean(
        string="The Status Changes",
        help="Later steps are dropped when, since the first one, the relationship status of "
        "the client changed, other than by this rule.",
    )
    stop_on_activity = fields.Boolean(
        string="An Activity Is Done",
        help="Later steps are dropped when, since the first one, somebody did the task of the "
        "rule or another activity of the record.",
    )

    @api.model
    def _get_checks(self):
        return ["_check_stops", *super()._get_checks()]

    def _check_stops(self, runs):
        """Later steps of what has come to its end meanwhile."""
        finders = [find for name, find in STOPS.items() if self[name]]
        if not finders or len(self._get_steps()) < 2:
            return {}
        self.env.flush_all()
        steps = dict(self.env.execute_query(self._query_first_done(runs)))
        reasons = {}
        for find in finders:
            left = {key: since for key, since in steps.items() if key not in reasons}
            if left:
                reasons |= getattr(self, find)(left)
        return reasons

    def _query_first_done(self, runs):
        """Since when each later step is one: when the first of its occasion was done."""
        return SQL(
            """
            SELECT run.id, min(before.date_done)
              FROM crm_relationship_rule_run run
              JOIN crm_relationship_rule_run before
                ON before.rule_id = run.rule_id AND before.occurrence = run.occurrence
               AND before.part IS NOT DISTINCT FROM run.part
               AND before.res_model = run.res_model AND before.res_id = run.res_id
               AND before.state = 'done' AND before.id <> run.id
             WHERE run.id IN %s
          GROUP BY run.id
            """,
            tuple(runs.ids) or (0,),
        )

    def _query_steps(self, steps):
        """FROM of the later steps: `step` with `since`, `run`, and `client`, the family's head."""
        return SQL(
            """unnest(%s::int[], %s::timestamp[]) AS step(id, since)
               JOIN crm_relationship_rule_run run ON run.id = step.id
          LEFT JOIN res_partner person ON person.id = run.partner_id
          LEFT JOIN res_partner client ON client.id = person.commercial_partner_id""",
            list(steps),
            list(steps.values()),
        )

    def _find_answers(self, steps):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT step.id, talk.date
                  FROM %s
            CROSS JOIN LATERAL (
                       SELECT min(answer.date) AS date FROM (
                              SELECT date, direction, is_attempt FROM crm_interaction
                               WHERE commercial_partner_id = client.id AND date > step.since
                           UNION ALL
                              SELECT date, direction, is_attempt FROM crm_interaction
                               WHERE run.res_model = 'crm.lead' AND lead_id = run.res_id
                                 AND date > step.since) answer
                        WHERE answer.direction = 'in' AND answer.is_attempt IS NOT TRUE) talk
                 WHERE talk.date IS NOT NULL
                """,
                self._query_steps(steps),
            )
        )
        return {
            run_id: self.env._("Stopped: the client answered on %s", self._name_day(moment))
            for run_id, moment in rows
        }

    def _find_closed_deals(self, steps):
        if self.model_name == "crm.lead":
            deal = SQL("lead.id = run.res_id")
        else:
            deal = SQL(
                "lead.partner_id IN (SELECT id FROM res_partner"
                " WHERE commercial_partner_id = client.id)"
            )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (step.id) step.id, lead.date_closed, lead.won_status
                  FROM %s JOIN crm_lead lead ON %s
                 WHERE lead.won_status IN ('won', 'lost') AND lead.date_closed > step.since
                 ORDER BY step.id, lead.date_closed
                """,
                self._query_steps(steps),
                deal,
            )
        )
        return {
            run_id: self.env._("Stopped: the deal was won on %s", self._name_day(moment))
            if status == "won"
            else self.env._("Stopped: the deal was lost on %s", self._name_day(moment))
            for run_id, moment, status in rows
        }

    def _find_status_changes(self, steps):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT step.id, min(change.date)
                  FROM %s
                  JOIN crm_relationship_status_change change
                    ON change.partner_id = client.id AND change.date > step.since
                 WHERE change.rule_id IS DISTINCT FROM %s
              GROUP BY step.id
                """,
                self._query_steps(steps),
                self.id,
            )
        )
        return {
            run_id: self.env._("Stopped: the status changed on %s", self._name_day(moment))
            for run_id, moment in rows
        }

    def _find_done_activities(self, steps):
        """Activities that somebody did: Odoo notes them as messages on the record."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT step.id, done.date
                  FROM %(steps)s
            CROSS JOIN LATERAL (
                       SELECT min(act.date) AS date FROM (
                              SELECT date FROM mail_message
                               WHERE model = run.res_model AND res_id = run.res_id
                                 AND mail_activity_type_id IS NOT NULL AND date > step.since
                                 AND author_id IS DISTINCT FROM (
                                     SELECT partner_id FROM res_users WHERE id = %(robot)s)
                           UNION ALL
                              SELECT task.date_done FROM crm_relationship_rule_run before
                                JOIN mail_activity task ON task.id = before.activity_id
                               WHERE before.res_model = run.res_model
                                 AND before.res_id = run.res_id
                                 AND before.rule_id = run.rule_id
                                 AND before.occurrence = run.occurrence
                                 AND before.part IS NOT DISTINCT FROM run.part
                                 AND NOT task.active AND task.date_done IS NOT NULL) act) done
                 WHERE done.date IS NOT NULL
                """,
                steps=self._query_steps(steps),
                robot=SUPERUSER_ID,
            )
        )
        return {
            run_id: self.env._("Stopped: an activity was done on %s", self._name_day(moment))
            for run_id, moment in rows
        }

    def _name_day(self, moment):
        """The day of a moment where the company is, with its year: the ledger keeps the words."""
        zone = (self.company_id or self.env.company).resource_calendar_id.tz or "UTC"
        return day_text(self.env, local_day(moment, zone), with_year=True)
