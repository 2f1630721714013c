from lxml import html

from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Erasing a person from meetings."""

    _inherit = "res.partner"

    def _erase_meetings(self, leads):
        """Meetings about these leads, and those with nobody else of outside; of meetings with
        others, what tells how to reach the person."""
        events = self.env["calendar.event"].search(
            Domain("partner_ids", "in", self.ids) | Domain("opportunity_id", "in", leads.ids)
        )
        alone = events.filtered(
            lambda event: (
                event.opportunity_id in leads or event.partner_ids.filtered("partner_share") <= self
            )
        )
        self._erase_texts(alone, kept={"access_token"}, name=self.env._("Meeting"))
        for event in (events - alone).filtered("description"):
            event.description = (self & event.partner_ids)._erase_from_text(event.description)

    def _erase_from_text(self, text):
        """The text without names, addresses and numbers of these people, which Odoo writes into
        the description of a meeting by itself."""
        words = {
            record[name].strip()
            for record in self
            for name in ("name", "email", "email_normalized", "phone", "phone_sanitized")
            if record[name]
        }
        root = html.fragment_fromstring(text, create_parent="div")
        for link in root.xpath(".//a"):
            if link.text_content().strip() in words:
                link.drop_tree()
        for element in root.iter():
            for part in ("text", "tail"):
                if (getattr(element, part) or "").strip() in words:
                    setattr(element, part, self.env._("Erased"))
        return html.tostring(root, encoding="unicode").removeprefix("<div>").removesuffix("</div>")
