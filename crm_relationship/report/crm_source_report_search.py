from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .domain_terms import get_common_terms

DAY = timedelta(days=1)
# Where each comparison of a day lies from which day on, or until which.
FROM = {">=": timedelta(0), ">": DAY}
UNTIL = {"<=": timedelta(0), "<": -DAY}


class CrmSourceReport(models.Model):
    """A period reads its own rows only, and works out the days of few of them.

    The day of a moment where the company is costs more than all the rest of a row, and no index
    knows it. But it is at most one day off that of UTC: so moments as they are stored
    (``earliest``, ``latest``) tell which rows are out of the question, and of which it is certain
    that they belong to the period.
    """

    _inherit = "crm.source.report"

    @api.model
    def _search(self, domain, *args, **kwargs):
        domain = Domain(domain).optimize_full(self)
        report = self.with_context(
            source_report_facts=self._get_asked_facts(domain),
            source_report_since=self._get_since(domain),
        )
        domain = domain.map_conditions(self._compare_day)
        return super(CrmSourceReport, report)._search(domain, *args, **kwargs)

    @api.model
    def _get_asked_facts(self, domain):
        """The facts that a row of the domain may be: the others need not be looked for."""
        facts = self._get_facts()
        for name, operator, value in get_common_terms(domain, self):
            if name == "fact" and operator == "in":
                facts = [fact for fact in facts if fact in value]
        return facts

    @api.model
    def _get_since(self, domain):
        """The first day a row of the domain may have, as far as the domain says so:
        ``{"date" or "deal_date": day}``"""
        since = {}
        for name, operator, value in get_common_terms(domain, self):
            if name in ("date", "deal_date") and operator in FROM and value:
                day = value + FROM[operator]
                since[name] = max(day, since.get(name, day))
        return since

    @api.model
    def _compare_day(self, term):
        if term.field_expr not in ("date", "deal_date") or not term.value:
            return term
        if term.operator in FROM:
            day = term.value + FROM[term.operator]
            return Domain.custom(to_sql=lambda _model, alias, _query: _is_from(alias, term, day))
        if term.operator in UNTIL:
            day = term.value + UNTIL[term.operator]
            return Domain.custom(to_sql=lambda _model, alias, _query: _is_until(alias, term, day))
        return term


def _is_from(alias, term, day) -> SQL:
    return SQL(
        "(%s >= %s AND (%s >= %s OR %s >= %s))",
        *(SQL.identifier(alias, "latest"), _begin(day - DAY)),
        *(SQL.identifier(alias, "earliest"), _begin(day + DAY)),
        *(SQL.identifier(alias, term.field_expr), day),
    )


def _is_until(alias, term, day) -> SQL:
    return SQL(
        "(%s < %s AND (%s < %s OR %s <= %s))",
        *(SQL.identifier(alias, "earliest"), _begin(day + 2 * DAY)),
        *(SQL.identifier(alias, "latest"), _begin(day)),
        *(SQL.identifier(alias, term.field_expr), day),
    )


def _begin(day):
    """A moment, as moments are stored: a day would be made one for each row."""
    return datetime.combine(day, time.min)
