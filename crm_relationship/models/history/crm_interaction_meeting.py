from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..outcome.crm_interaction_outcome import RESULTS

# By its letter the last group of the list, behind the failures.
NO_OUTCOME = "absent"
MEETING_CHANNELS = ("meeting", "visit")


class CrmInteraction(models.Model):
    """What the questions about meetings need to know."""

    _inherit = "crm.interaction"

    meeting_result = fields.Selection(
        [*RESULTS, (NO_OUTCOME, "No outcome yet")],
        string="How It Ended",
        compute="_compute_meeting_result",
        search="_search_meeting_result",
        help="The result of the outcome; a meeting nobody has written the outcome of is a "
        "group of its own.",
    )

    # The last meeting of each person: a small part of the history.
    _meeting_idx = models.Index(
        "(partner_id, date DESC) WHERE channel IN ('meeting', 'visit') AND is_attempt IS NOT TRUE"
    )

    @api.depends("outcome_result")
    def _compute_meeting_result(self):
        for interaction in self:
            interaction.meeting_result = interaction.outcome_result or NO_OUTCOME

    def _search_meeting_result(self, operator, value):
        if operator != "in":
            return NotImplemented
        results = [False if result == NO_OUTCOME else result for result in value]
        return Domain("outcome_result", "in", results)

    def _field_to_sql(self, alias, field_expr, query=None) -> SQL:
        if field_expr == "meeting_result":  # not stored, grouped all the same
            result = self._field_to_sql(alias, "outcome_result", query)
            return SQL("COALESCE(%s, %s)", result, NO_OUTCOME)
        return super()._field_to_sql(alias, field_expr, query)
