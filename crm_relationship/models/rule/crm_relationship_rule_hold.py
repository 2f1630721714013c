from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

# What is held is looked at again so much later.
LOOK_AGAIN = timedelta(hours=1)


class Wait(NamedTuple):
    """Until when a row waits, and why."""

    until: datetime
    reason: str


class CrmRelationshipRule(models.Model):
    """What is due and must not go to its client now: it waits, and the ledger says why.

    A row that waits stays `todo`. It is due again at the moment at which it is
    looked at again, so that one run takes it once. Waiting makes it late: what
    is too late then follows the rule's word on lateness.
    """

    _inherit = "crm.relationship.rule"

    hold_waiting = fields.Boolean(
        string="Hold While the Client Waits",
        help="Nothing of this rule goes to a client who waits for our answer. It goes out when "
        "the client was answered, if it is not too late by then.",
    )

    def _get_holds(self, runs):
        """Rows that must not go to their client now; each is looked at again in an hour.

        Only asked about what reaches the client. A bridge adds its reasons.

        :return: {id of row: why}, by a number of queries that does not grow with the rows
        """
        if not self.hold_waiting:
            return {}
        reason = self.env._("The client waits for our answer")
        return dict.fromkeys(self._find_waiting(runs), reason)

    def _find_waiting(self, runs):
        """Ids of the rows whose client, or lead without client, waits for our answer, read live."""
        interactions = self.env["crm.interaction"]
        interactions.flush_model()
        self.env["crm.lead"].flush_model(["won_status", "date_closed"])
        waits = SQL(
            "inquiry.needs_reply IS TRUE AND inquiry.reply_id IS NULL AND %s",
            interactions._query_unanswered("inquiry"),
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT run.id
                  FROM crm_relationship_rule_run run
                  JOIN res_partner partner ON partner.id = run.partner_id
                  JOIN crm_interaction inquiry
                    ON inquiry.commercial_partner_id = partner.commercial_partner_id
                 WHERE run.id IN %(ids)s
                   AND %(waits)s
                 UNION
                SELECT run.id
                  FROM crm_relationship_rule_run run
                  JOIN crm_interaction inquiry ON inquiry.lead_id = run.res_id
                 WHERE run.id IN %(ids)s AND run.res_model = 'crm.lead'
                   AND %(waits)s
                """,
                ids=tuple(runs.ids),
                waits=waits,
            )
        )
        return [run_id for [run_id] in rows]

    def _put_off(self, action, runs, now):
        """Have rows wait that must not go to their client now.

        :return: the rows that wait, and {id of row: why} of those that would wait too long
        """
        if not runs or not action._reaches_client():
            return runs.browse(), {}
        waits = {
            run_id: Wait(now + LOOK_AGAIN, reason)
            for run_id, reason in self._get_holds(runs).items()
        }
        free = runs.filtered(lambda run: run.id not in waits)
        over = self._get_over_cap(free, now)
        hopeless = {
            run.id: over[run.id].reason
            for run in free.filtered(lambda run: run.id in over)
            if self._get_late(run, over[run.id].until)
        }
        waits |= {run_id: wait for run_id, wait in over.items() if run_id not in hopeless}
        waiting = runs.browse(waits)
        waiting._postpone(waits, now)
        return waiting, hopeless
