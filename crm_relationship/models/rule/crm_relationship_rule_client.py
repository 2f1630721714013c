from odoo import models
from odoo.tools import SQL


class CrmRelationshipRule(models.Model):
    """What is coming for one client, without looking at all the others."""

    _inherit = "crm.relationship.rule"

    def _forecast_for(self, partners, days):
        """What these rules are going to do for some contacts, soonest first.

        :return: lines of `forecast`, with the id of the rule
        """
        lines = []
        for rule in self.with_context(rule_only_partners=partners.ids):
            lines += [
                {**line, "rule_id": rule.id}
                for line in rule.forecast(days)
                if line["partner_id"] in partners._ids
            ]
        return sorted(lines, key=lambda line: line["date_due"])

    def _query_only_clients(self, records):
        """Records of the contacts that are asked about, when only some are."""
        partner_ids = self.env.context.get("rule_only_partners")
        if partner_ids is None:
            return SQL("true")
        return SQL("%s.%s IN %s", records, self._column_of_partner(), tuple(partner_ids) or (0,))
