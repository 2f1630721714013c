from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, date_utils, format_date

BILL_TYPES = ("in_invoice", "in_receipt")
REFUND_TYPES = ("in_refund",)
# What of a posted line changes its cost.
COST_FIELDS = {
    "relationship_source_id",
    "relationship_medium_id",
    "relationship_campaign_id",
    "relationship_date_from",
    "relationship_date_to",
    "name",
    "price_unit",
    "quantity",
    "discount",
    "balance",
    "amount_currency",
}


class AccountMoveLine(models.Model):
    """A line of a vendor bill that names a source is a cost of that source.

    The cost is there while the bill is posted, one for each line (unique), and is always what
    the lines say now: ``_sync_source_costs`` works it out anew for all that one vendor has
    billed for one source, whatever changed. It is the untaxed amount of the line less refunds:

    - a refund of a bill, and a negative line on it, lower the lines of that bill;
    - a refund that is of no bill lowers the latest bills before it.

    Those of the same medium and campaign come first. What is refunded altogether costs nothing,
    and there is no cost. Whoever enters bills may mark them without seeing costs.
    """

    _inherit = "account.move.line"

    relationship_source_id = fields.Many2one(
        "utm.source",
        "Marketing Source",
        index="btree_not_null",
        ondelete="restrict",
        help="The marketing source this line pays for, e.g. the advertisement or the fair. When "
        "the bill is posted, its untaxed amount becomes a cost of the source.",
    )
    relationship_medium_id = fields.Many2one(
        "utm.medium",
        "Marketing Medium",
        index="btree_not_null",
        ondelete="restrict",
        help="Only if the cost was for one medium of the source, e.g. Banner or Email.",
    )
    relationship_campaign_id = fields.Many2one(
        "utm.campaign",
        "Marketing Campaign",
        index="btree_not_null",
        ondelete="restrict",
        help="Only if the cost was for one campaign.",
    )
    relationship_date_from = fields.Date(
        "Marketing From",
        copy=False,
        help="First day on which the money worked. Empty: the first of the month of the bill.",
    )
    relationship_date_to = fields.Date(
        "Marketing To",
        copy=False,
        help="Last day on which the money worked, included. Empty: the last of the month. The "
        "cost is spread evenly over all days of the period.",
    )

    @api.constrains("relationship_date_from", "relationship_date_to")
    def _check_relationship_period(self):
        for line in self:
            start, end = line.relationship_date_from, line.relationship_date_to
            if start and end and end < start:
                raise ValidationError(
                    self.env._(
                        "Marketing To of '%(line)s': the period ends (%(to)s) before it begins "
                        "(%(start)s). Set 'Marketing To' to its last day, or correct 'Marketing "
                        "From'.",
                        line=line.name or line.product_id.display_name or "",
                        to=format_date(self.env, end),
                        start=format_date(self.env, start),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if any(vals.get("relationship_source_id") for vals in vals_list):
            lines._sync_source_costs(lines._get_cost_keys())
        return lines

    def write(self, vals):
        if not COST_FIELDS & vals.keys():
            return super().write(vals)
        before = self._get_cost_keys()
        sources = self._get_billed_sources() if "relationship_source_id" in vals else {}
        res = super().write(vals)
        self._tell_refunds(sources, vals.get("relationship_source_id"))
        self._sync_source_costs(before | self._get_cost_keys())
        return res

    def unlink(self):
        keys = self._get_cost_keys()
        if keys:
            # sudo: who enters bills need not see costs. Not by the foreign key alone, which goes
            # first when the addons are uninstalled: Odoo would look for the line of the cost.
            costs = self.env["crm.source.cost"].sudo()
            costs.search([("move_line_id", "in", self.ids)]).unlink()
        res = super().unlink()
        self._sync_source_costs(keys)
        return res

    def _copy_data_extend_business_fields(self, values):
        """Who corrects a bill enters the same bill again, another bill is for its own month."""
        values["relationship_date_from"] = self.relationship_date_from
        values["relationship_date_to"] = self.relationship_date_to
        return super()._copy_data_extend_business_fields(values)

    def _get_billed_sources(self):
        """``{bill: sources}`` that these lines of bills name."""
        billed = self.filtered(
            lambda line: line.move_id.move_type in BILL_TYPES and line.relationship_source_id
        )
        return {
            bill: lines.relationship_source_id for bill, lines in billed.grouped("move_id").items()
        }

    @api.model
    def _tell_refunds(self, sources, source_id):
        """A refund of a bill is for what the bill is for: where a bill no longer names a source,
        the lines of its refunds that do follow to the one it names instead."""
        gone = {
            (bill, source)
            for bill, named in sources.items()
            for source in named - bill.line_ids.relationship_source_id
        }
        if not gone:
            return
        refunding = self.search(
            [
                ("move_id.reversed_entry_id", "in", [bill.id for bill, __ in gone]),
                ("relationship_source_id", "in", [source.id for __, source in gone]),
            ]
        )
        refunding.filtered(
            lambda line: (line.move_id.reversed_entry_id, line.relationship_source_id) in gone
        ).write({"relationship_source_id": source_id})

    def _get_cost_keys(self, state="posted"):
        """What is to be worked out for these lines: ``{(company, vendor, source)}``."""
        return {
            (line.company_id.id, line.move_id.commercial_partner_id.id, source.id)
            for line in self
            if line.parent_state == state and (source := line.relationship_source_id)
        }

    @api.model
    def _sync_source_costs(self, keys):
        """Make the costs of these sources what the vendors' posted lines say."""
        if not keys:
            return
        companies, vendors, sources = map(list, zip(*keys, strict=True))
        self._take_turns(sources)
        # sudo: who enters bills need not see costs, and a refund may lower another's bill
        lines = self.sudo().search(
            [
                ("relationship_source_id", "in", sources),
                ("move_id.commercial_partner_id", "in", vendors),
                ("company_id", "in", companies),
                ("move_id.move_type", "in", BILL_TYPES + REFUND_TYPES),
                ("parent_state", "=", "posted"),
                ("display_type", "=", "product"),
            ],
            order="invoice_date desc, id desc",
        )
        wanted = {}
        for billed in lines.grouped(
            lambda line: (
                (line.company_id, line.move_id.commercial_partner_id)
                + (line.relationship_source_id,)
            )
        ).values():
            for line, amount in billed._get_source_amounts().items():
                wanted[line] = line._prepare_source_cost_vals(amount)
        self.env["crm.source.cost"]._follow_bills(companies, vendors, sources, wanted)

    @api.model
    def _take_turns(self, source_ids):
        """Of two transactions that bill or refund one source at once the second is done again:
        neither saw what the other has posted."""
        self.flush_model(["relationship_source_id"])
        self.env.execute_query(
            SQL(
                "UPDATE utm_source SET write_date = write_date WHERE id IN %s RETURNING id",
                tuple(sorted(set(source_ids))),
            )
        )

    def _get_source_amounts(self):
        """Of lines of one vendor and source, the latest first: ``{line: amount}`` after refunds."""
        amounts = {
            line: line.price_subtotal
            for line in self
            if line.move_id.move_type in BILL_TYPES and line.price_subtotal > 0
        }
        lowering = self.filtered(lambda line: line not in amounts)
        for lines in (
            lowering.sorted(lambda line: (line.invoice_date, line.id)).grouped("move_id").values()
        ):
            lines._lower(amounts)
        return {
            line: amount for line, amount in amounts.items() if not line.currency_id.is_zero(amount)
        }

    def _lower(self, amounts):
        """Take what these lines of one document refund off the amounts billed."""
        move = self.move_id
        sign = 1 if move.move_type in REFUND_TYPES else -1
        left = sign * sum(self.mapped("price_subtotal")) / (move.invoice_currency_rate or 1)
        kinds = {(line.relationship_medium_id, line.relationship_campaign_id) for line in self}
        for line in sorted(
            self._get_refunded(amounts),
            key=lambda line: (
                (line.relationship_medium_id, line.relationship_campaign_id) not in kinds
            ),
        ):
            rate = line.move_id.invoice_currency_rate or 1
            if line.currency_id == move.currency_id:
                rate = move.invoice_currency_rate or 1
            lower = min(amounts[line], max(left, 0) * rate)
            amounts[line] = line.currency_id.round(amounts[line] - lower)
            left -= lower / rate

    def _get_refunded(self, amounts):
        """The billed lines that this document refunds, those to lower first in front."""
        bill = (
            self.move_id if self.move_id.move_type in BILL_TYPES else self.move_id.reversed_entry_id
        )
        if bill:
            return [line for line in amounts if line.move_id == bill]
        return [line for line in amounts if line.invoice_date <= self.move_id.invoice_date]

    def _prepare_source_cost_vals(self, amount):
        start, end = self.relationship_date_from, self.relationship_date_to
        bill_date = self.move_id.invoice_date
        return {
            "name": (self.name or self.move_id.name).splitlines()[0],
            "source_id": self.relationship_source_id.id,
            "medium_id": self.relationship_medium_id.id,
            "campaign_id": self.relationship_campaign_id.id,
            "date_from": start or date_utils.start_of(end or bill_date, "month"),
            "date_to": end or date_utils.end_of(start or bill_date, "month"),
            "amount": amount,
            "currency_id": self.currency_id.id,
            "company_id": self.company_id.id,
            "vendor_id": self.move_id.commercial_partner_id.id,
        }
