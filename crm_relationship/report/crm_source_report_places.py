from odoo import api, models
from odoo.tools import SQL


class Places:
    """What day it is where a company is, and what its money is worth where the reader is.

    Terms of SQL, for which a row says the id of its company; a row of none counts as one of the
    reader's company. They are a CASE and no join: of one company, or of companies that are alike,
    they are constants, by which PostgreSQL plans a period in a tenth of the time.

    :param own: the reader's company
    :param zones: ``{company: name of its time zone}``
    :param rates: ``{company: what one of its currency is in that of the reader's company}``
    """

    def __init__(self, own, zones, rates):
        self.own, self.zones, self.rates = own, zones, rates

    def to_day(self, moment, company) -> SQL:
        """The day of a UTC moment where the company is."""
        zone = self._choose(company, self.zones)
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)

    def to_currency(self, amount, company) -> SQL:
        """Money of the company in the currency of the reader's company."""
        if set(self.rates.values()) == {1}:
            return amount
        return SQL("%s * %s::numeric", amount, self._choose(company, self.rates))

    def _choose(self, company, values) -> SQL:
        companies = {}
        for place, value in values.items():
            companies.setdefault(value, []).append(place.id)
        usual = values[self.own]
        companies.pop(usual)
        if not companies:
            return SQL("%s", usual)
        cases = [
            SQL("WHEN %s IN %s THEN %s", company, tuple(ids), value)
            for value, ids in companies.items()
        ]
        return SQL("(CASE %s ELSE %s END)", SQL(" ").join(cases), usual)


class CrmSourceReport(models.Model):
    """Days are those of the company, money is in the currency of the reader's company."""

    _inherit = "crm.source.report"

    @api.model
    def _get_places(self):
        # sudo: rates and time zones of all companies; which rows are seen, record rules decide
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        companies = companies.search_fetch([], ["currency_id", "resource_calendar_id"])
        return Places(
            companies.browse(self.env.company.id),
            {company: self._get_tz(company) for company in companies},
            {company: self._get_rate(company) for company in companies},
        )

    @api.model
    def _get_rate(self, company):
        return self.env["res.currency"]._get_conversion_rate(
            company.currency_id, self.env.company.currency_id
        )

    @api.model
    def _get_tz(self, company):
        tz = company.resource_calendar_id.tz
        # PostgreSQL refuses a statement with a zone it does not know.
        known = self.env["crm.relationship.rule"]._get_known_zones()
        return tz if tz in known.split(",") else "UTC"
