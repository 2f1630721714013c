from odoo import fields, models

from .account_move_line import BILL_TYPES, REFUND_TYPES

# What of a bill changes the costs of its lines; all but the state only while it is a draft.
BILL_FIELDS = {"state", "partner_id", "invoice_date", "currency_id", "reversed_entry_id"}


class AccountMove(models.Model):
    """Vendor bills whose lines name a source: their costs come and go with them."""

    _inherit = "account.move"

    source_cost_count = fields.Integer(
        "Marketing Costs",
        compute="_compute_source_cost_count",
        groups="crm_relationship.group_money",
        help="Costs of marketing sources that the lines of this bill make.",
    )

    def _compute_source_cost_count(self):
        counts = dict(
            self.env["crm.source.cost"]._read_group(
                [("move_line_id.move_id", "in", self.ids)], ["move_id"], ["__count"]
            )
            if self.ids
            else ()
        )
        for move in self:
            move.source_cost_count = counts.get(move._origin, 0)

    def write(self, vals):
        if not BILL_FIELDS & vals.keys():
            return super().write(vals)
        marked = self._get_marked_lines()
        before = marked._get_cost_keys()
        res = super().write(vals)
        marked._sync_source_costs(before | marked._get_cost_keys())
        return res

    def _get_marked_lines(self):
        """Lines of vendor bills and refunds that name a source."""
        bills = self.filtered(lambda move: move.move_type in BILL_TYPES + REFUND_TYPES)
        lines = self.env["account.move.line"]
        if not bills:
            return lines
        return lines.search([("move_id", "in", bills.ids), ("relationship_source_id", "!=", False)])

    def action_open_source_costs(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_source_cost_action"
        )
        return {**action, "domain": [("move_line_id.move_id", "in", self.ids)], "context": {}}
