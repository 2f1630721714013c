from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ...engine.addresses import kind_of


class CrmLeadMatchShared(models.Model):
    """An address, domain, number or mailbox that many share.

    It does not tell which client an inquiry comes from. A mailbox, the part
    before the @, is one of an office: its address is the company's and not a
    person's. Free-mail providers come from Odoo, the usual mailboxes from
    `engine/addresses.py`; here a manager adds what else there is.
    """

    _name = "crm.lead.match.shared"
    _description = "Shared Address"
    _order = "name"

    name = fields.Char(
        string="Address, Domain, Number or Mailbox",
        required=True,
        help="Such as desk@agency.com, agency.com, +32 2 345 67 89, or the part before the @.",
    )
    kind = fields.Selection(
        [
            ("email", "E-mail address"),
            ("domain", "Domain"),
            ("phone", "Phone number"),
            ("mailbox", "Mailbox of an office"),
        ],
        compute="_compute_value",
        store=True,
    )
    value = fields.Char(string="As Compared", compute="_compute_value", store=True)
    note = fields.Char(help="Why it says nothing about who writes or calls.")

    @api.depends("name")
    def _compute_value(self):
        for shared in self:
            said = (shared.name or "").strip()
            shared.kind = kind_of(said)
            shared.value = self._normalize(shared.kind, said)

    @api.model
    def _normalize(self, kind, said):
        if kind == "email":
            return email_normalize(said, strict=False)
        if kind == "phone":
            return self._phone_format_number(said, self.env.company.country_id)
        return said.strip("@").casefold()

    @api.constrains("name")
    def _check_value(self):
        for shared in self:
            if not shared.value:
                raise ValidationError(
                    self.env._(
                        "%s can't be read. Enter a whole e-mail address, a domain, a mailbox, or "
                        "a phone number with its country code, such as +32 2 345 67 89.",
                        shared.name,
                    )
                )

    @api.model
    @tools.ormcache()
    def _get_shared(self):
        """Shared values by kind, as they are compared."""
        values = defaultdict(set)
        # sudo: the same for everybody who brings in a lead, also a visitor of the website
        for shared in self.sudo().search_fetch([("value", "!=", False)], ["kind", "value"]):
            values[shared.kind].add(shared.value)
        return {kind: frozenset(values[kind]) for kind in ("email", "domain", "phone", "mailbox")}

    @api.model_create_multi
    def create(self, vals_list):
        shared = super().create(vals_list)
        self.env.registry.clear_cache()
        return shared

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
