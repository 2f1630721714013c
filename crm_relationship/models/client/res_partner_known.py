from odoo import api, fields, models


class ResPartner(models.Model):
    """Whoever enters a contact sees who has its address or number already."""

    _inherit = "res.partner"

    known_partner_id = fields.Many2one(
        "res.partner",
        string="Known Already",
        compute="_compute_known_partner_id",
        groups="base.group_user",
        help="A contact of another client with the same e-mail address or phone number.",
    )
    known_by = fields.Selection(
        [("email", "E-mail"), ("phone", "Phone")],
        compute="_compute_known_partner_id",
        groups="base.group_user",
    )

    @api.depends("email", "phone", "country_id", "parent_id")
    @api.depends_context("uid")
    def _compute_known_partner_id(self):
        """Looked up while a contact is entered or changed, never when one is opened."""
        self.known_partner_id = False
        self.known_by = False
        for partner in self:
            if not partner.id:
                partner.known_by, partner.known_partner_id = partner._find_known()

    def _find_known(self):
        """By what and as whom a contact that is being entered is known; (False, empty) if not."""
        self.ensure_one()
        origin, nobody = self._origin, self.browse()
        if self.email and self.email != origin.email:
            others = self._leave_own_family(self.find_by_email(self.email))
            if others:
                return "email", others[0]
        if self.phone and self.phone != origin.phone:
            number = self._phone_format_number(
                self.phone, self.country_id or self.env.company.country_id
            )
            others = self._leave_own_family(self._find_by("phone_sanitized", number))
            if others:
                return "phone", others[0]
        return False, nobody

    def _leave_own_family(self, partners):
        """These contacts without those of the family this one belongs to."""
        family = (self._origin | self.parent_id._origin).commercial_partner_id
        return partners.filtered(lambda partner: partner.commercial_partner_id not in family)
