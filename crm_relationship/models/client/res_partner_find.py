from odoo import api, models
from odoo.tools import email_normalize

# The domain of a website as Odoo keeps it, in SQL.
WEBSITE_DOMAIN = r"lower(substring(website from '^(?:[A-Za-z]+://)?(?:www[.])?([^/:?#]+)'))"


class ResPartner(models.Model):
    """Who calls, who writes: for telephones, mail programs and other addons."""

    _inherit = "res.partner"

    # Odoo has no index for what a telephone or a mail program asks.
    _phone_sanitized_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
    _email_normalized_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    # And for whom an inquiry from a company's domain may come from.
    _email_domain_idx = models.Index(
        "(split_part(email_normalized, '@', 2)) WHERE email_normalized IS NOT NULL"
    )
    _website_domain_idx = models.Index(f"({WEBSITE_DOMAIN}) WHERE website IS NOT NULL")

    @api.model
    def find_by_phone(self, number):
        """Contacts with this telephone number, however it is written.

        :param str number: as dialled or displayed; without country code it is
            taken as a number of the country of the user's company, then of the
            other companies the user works in
        :return: contacts, persons before companies (remotely: their ids)
        """
        # A telephone may show `tel:`, and the number of a branch abroad as it is dialled there.
        number = (number or "").strip().removeprefix("tel:")
        company = self.env.company
        for country in [company.country_id, *(self.env.companies - company).country_id]:
            partners = self._find_by("phone_sanitized", self._phone_format_number(number, country))
            if partners:
                return partners
        return self.browse()

    @api.model
    def find_by_email(self, address):
        """Contacts with this e-mail address, with or without a name before it.

        :param str address: such as `anna@example.com` or `Anna <Anna@Example.com>`
        :return: contacts, persons before companies (remotely: their ids)
        """
        return self._find_by("email_normalized", email_normalize(address, strict=False))

    @api.model
    def _find_by(self, field, value):
        if not value:
            return self.browse()
        return self.search([(field, "=", value)], order="is_company, id")
