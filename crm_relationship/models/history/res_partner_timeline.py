from odoo import models

from .crm_interaction_timeline import PAGE_SIZE


class ResPartner(models.Model):
    """The timeline of a client, below its briefing."""

    _inherit = "res.partner"

    def get_timeline(self, filters=None, before=None, limit=PAGE_SIZE):
        """One page of the client's history, newest first: of a company with all its people.

        Each row is a dict like `last_contact` of `get_briefing`. Of rows that the
        caller may not read it has the facts only: `date`, `channel`,
        `channel_name`, `direction`, `is_attempt`, `outcome`, `result`, `user`,
        `is_hidden`.

        :param dict filters: all are optional, a row fulfils each of them:
            `channels` (list), `direction` (`in`, `out`), `user_id` (who of us),
            `is_contact` (no attempts), `date_from`, `date_to` (days of the caller's
            time zone, both included), `is_own` (of this very contact, not of the
            whole client), `search` (text in subject, offer or note). The last two
            are about what was said: they leave out what the caller may not read.
        :param dict before: `before` of the page before, for the next one
        :param int limit: rows on a page, at most 100
        :return: `{"rows": list of dict, "before": dict, False on the last page}`
        :rtype: dict
        :raise AccessError: the caller is no salesperson or may not read the contact
        :raise UserError: a filter that does not exist is named
        """
        self.ensure_one()
        self._check_briefing_access()
        client = self.commercial_partner_id
        client.check_access("read")
        filters = dict(filters or {})
        if filters.pop("is_own", False):
            filters["partner_id"] = self.id
        return self.env["crm.interaction"]._get_timeline(
            "commercial_partner_id", client.id, filters, before, limit
        )
