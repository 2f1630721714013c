import re

from odoo import api, models
from odoo.exceptions import UserError

# How people and telephones write a number: digits, and what stands between them.
NUMBER = re.compile(r"\+?[\d\s().\-/\u00a0]{3,40}")
MAX_CHOICES = 20


class ResPartner(models.Model):
    """Whose briefing a telephone asks for."""

    _inherit = "res.partner"

    @api.model
    def find_briefing_by_phone(self, number):
        """Clients and open leads of strangers with this number, to choose from.

        Several people of one company with the same number are their company.

        :param str number: as dialled or displayed
        :return: the number as it is written internationally, and whose it is:
            `{"number": str, "choices": [{"res_model", "res_id", "name", "detail"}]}`
        :rtype: dict
        :raise AccessError: the caller is no salesperson
        :raise UserError: that is no telephone number
        """
        self.browse()._check_briefing_access()
        number = self._check_phone_number(number)
        contacts = self.find_by_phone(number)
        choices = []
        for client, members in contacts.grouped("commercial_partner_id").items():
            contact = members if len(members) == 1 else client._filtered_access("read") or members
            choices.append(contact[0]._prepare_phone_choice())
        leads = self._find_strangers_by_phone(number)
        choices += [lead._prepare_phone_choice() for lead in leads]
        return {
            "number": self._format_phone_number(number, "INTERNATIONAL") or number,
            "choices": choices[:MAX_CHOICES],
        }

    @api.model
    def _check_phone_number(self, number):
        number = str(number or "").strip().removeprefix("tel:")
        if not NUMBER.fullmatch(number) or len(re.sub(r"\D", "", number)) < 3:
            raise UserError(
                self.env._(
                    "Phone: %s is no telephone number. "
                    "Give it with its country, such as +32456001122.",
                    number[:40] or "-",
                )
            )
        return number

    @api.model
    def _format_phone_number(self, number, style):
        company = self.env.company
        return self.env.user._phone_format(
            number=number, country=company.country_id, force_format=style
        )

    @api.model
    def _find_strangers_by_phone(self, number):
        """Open leads with this number whose client is not known yet."""
        sanitized = self._format_phone_number(number, "E164")
        if not sanitized:
            return self.env["crm.lead"]
        return self.env["crm.lead"].search(
            [
                ("phone_sanitized", "=", sanitized),
                ("partner_id", "=", False),
                ("won_status", "=", "pending"),
            ],
            limit=MAX_CHOICES,
        )

    def _prepare_phone_choice(self):
        client = self.commercial_partner_id
        return {
            "res_model": self._name,
            "res_id": self.id,
            "name": self.name or self.display_name,
            "detail": client.name if client != self else self.city or "",
        }
