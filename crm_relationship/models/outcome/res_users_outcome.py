from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain

# Meetings that a to-do names; it counts them all.
NAMED_MAX = 10


class ResUsers(models.Model):
    """The thing to do that reminds an organiser of meetings without an outcome."""

    _inherit = "res.users"

    def _get_local_today(self):
        self.ensure_one()
        return fields.Date.context_today(self.with_context(tz=self.tz))

    def _open_outcome_digest(self):
        """Have a thing to do for meetings without an outcome, one a day.

        :return: False when the one of today is done already: the rest is for tomorrow
        """
        self.ensure_one()
        interactions = self.env["crm.interaction"]
        today = self._get_local_today()
        if interactions._find_outcome_digests(self):
            return True
        closed_today = Domain("active", "=", False) & Domain("date_deadline", "=", today)
        if interactions._find_outcome_digests(self, closed_today):
            return False
        self.env["mail.activity"].create(
            {
                "activity_type_id": interactions._get_outcome_type().id,
                "user_id": self.id,
                "date_deadline": today,
            }
        )
        return True

    def _refresh_outcome_digests(self):
        """Count anew what these users are asked for; what is answered is done."""
        if not self:
            return
        # sudo: as in _find_outcome_digests
        interactions = self.env["crm.interaction"].sudo()
        domain = interactions._get_untold_meeting_domain() & Domain(
            "outcome_asked_date", "!=", False
        )
        for digest in interactions._find_outcome_digests(self):
            user = digest.user_id
            untold = interactions.search(domain & Domain("user_id", "=", user.id))
            if untold:
                digest.write(user._prepare_outcome_digest_vals(untold))
            else:
                digest._action_done()

    def _prepare_outcome_digest_vals(self, interactions):
        """What the thing to do says, in the language of the user."""
        user = self.with_context(lang=self.lang)
        meetings = interactions.calendar_event_id
        if len(meetings) == 1:
            summary = user.env._("How did it end? %s", meetings.name)
        else:
            summary = user.env._("How did it end? %s meetings without an outcome", len(meetings))
        names = Markup("").join(
            Markup("<li>%s</li>") % name for name in meetings[:NAMED_MAX].mapped("name")
        )
        link = Markup('<p><a href="/odoo/meeting-outcomes">%s</a></p>') % user.env._(
            "Tell how they ended"
        )
        return {"summary": summary, "note": Markup("<ul>%s</ul>%s") % (names, link)}
