from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..client.res_partner import PREFETCH_GROUP


class ResPartner(models.Model):
    """What a client wants to hear by itself: nothing at all, no letters, no SMS.

    The switch is ours, and keeps every rule off the client. It belongs to the
    commercial entity and is shared by its contacts. What the client has opted
    out of is on Odoo's blacklists, and keeps marketing messages away only.
    """

    _inherit = "res.partner"

    relationship_rules_off = fields.Boolean(
        string="Keep Rules Off",
        copy=False,
        help="No automatic messages or tasks for this client. Shared by all contacts of a company.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    relationship_optout = fields.Char(
        string="Opted Out",
        compute="_compute_relationship_optout",
        help="What the client does not want to get from rules, by the blacklists, and since when.",
        groups="base.group_user",
    )

    @api.depends("email_normalized", "phone_sanitized")
    def _compute_relationship_optout(self):
        since = self._get_optout_dates()
        for partner in self:
            letters = since.get(partner.email_normalized)
            texts = since.get(partner.phone_sanitized)
            words = [
                letters and self.env._("letters since %s", format_date(self.env, letters)),
                texts and self.env._("SMS since %s", format_date(self.env, texts)),
            ]
            partner.relationship_optout = ", ".join(filter(None, words)) or False

    def _get_optout_dates(self):
        """When the addresses and numbers of these contacts were put on the blacklists."""
        # Odoo shows both on its forms: for who is on no blacklist nothing more is asked.
        letters = self.filtered("is_blacklisted")
        texts = self.filtered("phone_sanitized_blacklisted")
        emails, numbers = letters.mapped("email_normalized"), texts.mapped("phone_sanitized")
        if not (emails or numbers):
            return {}
        self.env["mail.blacklist"].flush_model(["email", "active"])
        self.env["phone.blacklist"].flush_model(["number", "active"])
        # Without access rules: only that one's own contact is listed, as Odoo shows on it.
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT email, write_date FROM mail_blacklist WHERE active AND email = ANY(%s)
                    UNION ALL
                    SELECT number, write_date FROM phone_blacklist WHERE active AND number = ANY(%s)
                    """,
                    emails,
                    numbers,
                )
            )
        )

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + ["relationship_rules_off"]

    def write(self, vals):
        """What is switched on a contact is switched for the whole client."""
        if "relationship_rules_off" in vals and (clients := self.commercial_partner_id - self):
            clients.write({"relationship_rules_off": vals["relationship_rules_off"]})
        return super().write(vals)

    def _get_briefing_sections(self):
        return [*super()._get_briefing_sections(), self._brief_rules_off]

    def _brief_rules_off(self, family):
        return {client.id: {"rules_off": True} for client in self if client.relationship_rules_off}
