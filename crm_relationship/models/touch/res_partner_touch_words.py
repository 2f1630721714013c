from odoo import api, fields, models

from ...tools import day_words
from .res_partner_touch import COMPLAINT, MEETING


class ResPartner(models.Model):
    """What holds up the next contact, and the client's own rhythm, in words."""

    _inherit = "res.partner"

    keep_in_touch_pause = fields.Char(
        string="Paused",
        compute="_compute_keep_in_touch_pause",
        help="Why nobody needs to be in touch for now.",
        groups="base.group_user",
    )
    contact_rhythm = fields.Char(
        string="Habit",
        compute="_compute_contact_rhythm",
        help="How often the client usually is in touch with us, and for how long it was not.",
        groups="base.group_user",
    )

    @api.depends(
        "keep_in_touch_hold",
        "keep_in_touch_meeting_date",
        "keep_in_touch_pause_reason",
        "keep_in_touch_pause_until",
    )
    def _compute_keep_in_touch_pause(self):
        for partner in self:
            partner.keep_in_touch_pause = partner._describe_pause(
                partner.keep_in_touch_hold, partner.keep_in_touch_meeting_date
            )

    def _describe_pause(self, hold, meeting_date):
        """Why nobody is to be in touch with this client for now; False when somebody is."""
        until, today = self.keep_in_touch_pause_until, fields.Date.context_today(self)
        if hold == COMPLAINT:
            return self.env._("while a complaint is open")
        if until and until > today:
            day = day_words(self.env, until)
            if self.keep_in_touch_pause_reason:
                return self.env._(
                    "until %(day)s: %(reason)s", day=day, reason=self.keep_in_touch_pause_reason
                )
            return self.env._("until %s", day)
        if hold == MEETING and meeting_date:
            day = fields.Datetime.context_timestamp(self, meeting_date).date()
            return self.env._("a meeting is planned for %s", day_words(self.env, day))
        return False

    @api.depends("contact_rhythm_days", "last_interaction_date")
    def _compute_contact_rhythm(self):
        for partner in self:
            partner.contact_rhythm = partner._describe_rhythm(
                partner.contact_rhythm_days, partner.last_interaction_date
            )

    @api.model
    def _describe_rhythm(self, usual, last_date, is_asking=False):
        """ "usually every 35 days, now 58", False when there is no rhythm.

        :param bool is_asking: the last contact is a question of theirs that waits for an answer
        """
        if not usual or not last_date:
            return False
        days = self._count_days_since(last_date)
        often = self.env._("every %s days", usual) if usual > 1 else self.env._("every day")
        if is_asking:
            when = self._describe_days_ago(days)
            return self.env._("usually %(often)s, asked us %(when)s", often=often, when=when)
        return self.env._("usually %(often)s, now %(now)s", often=often, now=days)

    @api.model
    def _count_days_since(self, moment):
        """Days by the reader's calendar from `moment` until today."""
        day = fields.Datetime.context_timestamp(self, moment).date()
        return max(0, (fields.Date.context_today(self) - day).days)

    @api.model
    def _describe_days_ago(self, days):
        if days < 2:
            return self.env._("yesterday") if days else self.env._("today")
        return self.env._("%s days ago", days)
