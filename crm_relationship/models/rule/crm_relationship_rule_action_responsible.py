from odoo import models
from odoo.tools import SQL


class CrmRelationshipRuleAction(models.Model):
    """Who gets the task, or is told."""

    _inherit = "crm.relationship.rule.action"

    def _describe_responsible(self):
        whom = {
            "owner": self.env._("the salesperson"),
            "leader": self.env._("the team leader"),
            "user": self.user_id.name or "…",
            "round_robin": self.env._("the team in turn"),
        }
        return whom.get(self.responsible)

    def _get_responsibles(self, rule, runs, records):
        """Who gets each row, as {id of row: user}; who answers for the rule where nobody does."""
        find = getattr(self, f"_get_{self.responsible}")
        fallback = rule._get_answerable()
        users = find(runs, {record.id: record for record in records})
        return {run.id: users[run.id].filtered("active")[:1] or fallback for run in runs}

    def _get_owner(self, runs, records):
        """The salesperson of the record, else of the contact, else of its company."""
        return {run.id: self._find_owner(run, records[run.res_id]) for run in runs}

    def _find_owner(self, run, record):
        contact = run.partner_id
        own = record.user_id if "user_id" in record else self.env["res.users"]
        owners = (own, contact.user_id, contact.commercial_partner_id.user_id)
        return next((user for user in owners if user.active), own.browse())

    def _get_leader(self, runs, records):
        return {run.id: self._find_team(run, records[run.res_id]).user_id for run in runs}

    def _get_user(self, runs, records):
        return dict.fromkeys(runs.ids, self.user_id)

    def _get_round_robin(self, runs, records):
        """The members of each team in turn, who has waited longest first.

        Whose turn it is follows from the ledger, so that it goes on over runs. Two
        workers at once may begin with the same member; the next run makes up for it.
        """
        teams = {run.id: self._find_team(run, records[run.res_id]) for run in runs}
        members = self.env["crm.team"].union(*teams.values()).member_ids
        last = self._get_last_turns(members)
        queue = sorted(members.filtered("active"), key=lambda user: (last.get(user.id, 0), user.id))
        given = {}
        for run in runs.sorted("id"):
            user = next((user for user in queue if self._may_get(user, run, teams[run.id])), None)
            given[run.id] = user or self.env["res.users"]
            if user:
                queue.remove(user)
                queue.append(user)
        return given

    def _may_get(self, user, run, team):
        """Whether a member of the team sees records of that company."""
        return user in team.member_ids and (
            not run.company_id or run.company_id in user.company_ids
        )

    def _get_last_turns(self, users):
        """The last row of the ledger that each of these users got by this action."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT candidate.id, last.id
                  FROM unnest(%s::int[]) AS candidate(id)
            CROSS JOIN LATERAL (
                       SELECT run.id FROM crm_relationship_rule_run run
                        WHERE run.action_id = %s AND run.user_id = candidate.id
                        ORDER BY run.id DESC LIMIT 1) last
                """,
                users.ids,
                self.id,
            )
        )
        return dict(rows)

    def _find_team(self, run, record):
        team = record.team_id if "team_id" in record else self.env["crm.team"]
        return team or self._find_owner(run, record).sale_team_id
