from odoo import api, fields, models
from odoo.fields import Domain

from ..history.calendar_event import LOOK_BACK_DAYS


class CrmInteraction(models.Model):
    """An organiser has one thing to do a day for the meetings without an outcome.

    Each meeting is asked about once (`outcome_asked_date`), and none that was
    held before the asking began. The thing to do is of the organiser alone, of a
    type of its own, counts what is left and closes itself when nothing is.
    """

    _inherit = "crm.interaction"

    outcome_asked_date = fields.Date(
        string="Outcome Asked On",
        copy=False,
        readonly=True,
        help="The day our side was reminded that the meeting has no outcome.",
    )

    # The meetings nobody has told the outcome of, latest first.
    _untold_meeting_idx = models.Index(
        "(date DESC) WHERE calendar_event_id IS NOT NULL AND outcome_id IS NULL"
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"outcome_id", "is_outcome_skipped", "user_id"}:
            self.filtered("outcome_asked_date").user_id._refresh_outcome_digests()
        return result

    def unlink(self):
        users = self.filtered("outcome_asked_date").user_id
        result = super().unlink()
        users._refresh_outcome_digests()
        return result

    @api.model
    def _remind_of_outcomes(self):
        """Ask the organisers about the meetings that are over since they were last asked."""
        asked = self.browse()
        for user, interactions in self._find_unasked().grouped("user_id").items():
            if user._open_outcome_digest():
                interactions.outcome_asked_date = user._get_local_today()
                asked += interactions
        self._find_outcome_digests().user_id._refresh_outcome_digests()
        self.env["ir.cron"]._commit_progress(len(asked), remaining=0)

    @api.model
    def _find_unasked(self):
        begun = self._get_outcome_type().create_date
        since = fields.Datetime.subtract(fields.Datetime.now(), days=LOOK_BACK_DAYS)
        salespeople = self.env.ref("sales_team.group_sale_salesman")
        return self.search(
            self._get_untold_meeting_domain()
            & Domain("outcome_asked_date", "=", False)
            & Domain("calendar_event_id.stop", ">=", begun)
            & Domain("date", ">=", since)
            & Domain("user_id.active", "=", True)
            & Domain("user_id.all_group_ids", "in", salespeople.ids)
        )

    @api.model
    def _get_outcome_type(self):
        """The type of activity that reminds of meetings without an outcome."""
        return self.env.ref("crm_relationship.mail_activity_type_outcome").sudo()

    @api.model
    def _find_outcome_digests(self, users=None, extra=Domain.TRUE):
        # sudo: the things to do of organisers, also when a manager tells in their place
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                Domain("activity_type_id", "=", self._get_outcome_type().id)
                & Domain("res_model", "=", False)
                & (Domain.TRUE if users is None else Domain("user_id", "in", users.ids))
                & extra
            )
        )
