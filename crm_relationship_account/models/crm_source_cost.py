from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# What the bill says and nobody else.
OF_BILL = {
    "name",
    "source_id",
    "medium_id",
    "campaign_id",
    "date_from",
    "date_to",
    "amount",
    "currency_id",
    "company_id",
    "vendor_id",
    "recurring",
    "recurring_until",
    "move_line_id",
}


class CrmSourceCost(models.Model):
    """A cost that a line of a vendor bill makes: it is changed on the bill."""

    _inherit = "crm.source.cost"

    move_line_id = fields.Many2one(
        "account.move.line",
        "Bill Line",
        index="btree_not_null",
        ondelete="cascade",
        copy=False,
        readonly=True,
        help="The line of the vendor bill that this cost follows.",
    )
    move_id = fields.Many2one(
        "account.move", "Vendor Bill", related="move_line_id.move_id", store=True, index=True
    )
    bill_name = fields.Char("Bill Number", related="move_line_id.move_id.name")

    _move_line_uniq = models.UniqueIndex(
        "(move_line_id) WHERE move_line_id IS NOT NULL",
        "This line of the bill has its cost already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("move_line_id") for vals in vals_list):
            raise UserError(
                self.env._("The cost of a bill is made by naming the source on the bill's line.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if OF_BILL & vals.keys():
            self._check_not_of_bill()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_bill(self):
        self._check_not_of_bill()

    def _check_not_of_bill(self):
        if self.env.su:  # the bill itself
            return
        for cost in self.filtered("move_line_id"):
            raise UserError(
                self.env._(
                    "'%(cost)s' comes from the bill %(bill)s and follows it: change or take away "
                    "the source on the line of the bill.",
                    cost=cost.name,
                    bill=cost.bill_name,
                )
            )

    def action_open_bill(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.sudo().move_id.id,  # whether it may be read, its form decides
            "views": [(False, "form")],
        }

    @api.model
    def _follow_bills(self, company_ids, vendor_ids, source_ids, wanted):
        """Make the costs that bills of these vendors for these sources have made be `wanted`:
        ``{line: values}``."""
        # sudo: who enters bills need not see costs
        of_these = Domain(
            [
                ("move_line_id", "!=", False),
                ("company_id", "in", company_ids),
                ("source_id", "in", source_ids),
            ]
        )
        # a vendor that has become part of another is the other's since, on the bill too
        of_these &= Domain("vendor_id", "in", vendor_ids) | Domain(
            "move_id.commercial_partner_id", "in", vendor_ids
        )
        # what a line made for another source, before sources were put back, is changed too
        of_lines = Domain("move_line_id", "in", [line.id for line in wanted])
        costs = self.sudo().search(of_these | of_lines)
        followed = {cost.move_line_id: cost for cost in costs}
        for line in followed.keys() & wanted.keys():
            followed[line]._write_changed(wanted[line])
        costs.filtered(lambda cost: cost.move_line_id not in wanted).unlink()
        costs.create(
            [
                {**vals, "move_line_id": line.id}
                for line, vals in wanted.items()
                if line not in followed
            ]
        )

    def _write_changed(self, vals):
        changed = {
            name: value
            for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self.write(changed)
