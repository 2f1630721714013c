from collections.abc import Set
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_meeting_report import SCOPES
from .crm_meeting_report_query import CONTACTS, MET_SINCE, PLANNED_UNTIL
from .domain_terms import get_common_terms

# How far from today a page is looked for before it is looked for everywhere.
NEAR_DAYS = (7, 365)
# Key in the cache of the transaction: said once.
COMPILING_STOPPED = "crm_meeting_report_compiling_stopped"


class CrmMeetingReport(models.Model):
    """What is asked decides how far back and ahead meetings are looked at."""

    _inherit = "crm.meeting.report"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Let what is asked reach the meetings: contacts asked for need their meetings only, a
        period the meetings of the period."""
        terms = get_common_terms(domain, self)
        since = [day for name, sign, day in terms if name == "last_date" and sign in (">", ">=")]
        until = [day for name, sign, day in terms if name == "next_date" and sign in ("<", "<=")]
        asked = {
            CONTACTS: self._query_contacts_of(domain),
            MET_SINCE: max(since, default=None),
            PLANNED_UNTIL: min(until, default=None),
        }
        model = self.with_context(**asked)
        return super(CrmMeetingReport, model)._search(domain, *args, **kwargs)

    @api.model
    def _query_contacts_of(self, domain):
        """A SELECT of the contacts among whom all rows of the domain are; None for all."""
        domain = Domain(domain).optimize_full(self)
        if "!" in list(domain):
            return None
        contacts = domain.map_conditions(self._get_contact_domain)
        # sudo: the rows themselves keep to the rights of the user
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        if contacts.optimize(partners).is_true():
            return None
        return partners._search(contacts).subselect()

    @api.model
    def _get_contact_domain(self, condition):
        """What a condition on a row says about its contact."""
        name, operator, value = condition.field_expr, condition.operator, condition.value
        if name == "id" and operator == "in" and isinstance(value, Set):
            return Domain("id", "in", {row_id // len(SCOPES) for row_id in value if row_id})
        if name == "partner_id" and operator == "in" and isinstance(value, Set):
            return Domain("id", "in", value)
        if name == "partner_id" and operator in ("any", "any!") and isinstance(value, Domain):
            return value
        if name == "commercial_partner_id" and operator in ("in", "any", "any!"):
            return Domain(name, operator, value)
        return Domain.TRUE

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        if field_names is not None:  # the record rule asks for it
            field_names = {*field_names, "company_id"}
        # A page is looked for near today before it is looked for everywhere.
        for near in self._get_near(domain, order or self._order) if limit else ():
            near_domain = Domain(domain) & near
            rows = super().search_fetch(near_domain, field_names, offset, limit, order)
            if len(rows) == limit:
                return rows
        return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    def _get_near(self, domain, order):
        """Conditions of which each holds for the rows that come first in the order."""
        if self._query_contacts_of(domain):
            return []
        first = " ".join(order.partition(",")[0].lower().split())
        now = fields.Datetime.now()
        if first == "last_date desc" and self._is_known("last_date", domain):
            first = "last_date desc nulls last"
        if first == "last_date desc nulls last":
            return [Domain("last_date", ">=", now - timedelta(days)) for days in NEAR_DAYS]
        if first in ("next_date", "next_date asc"):
            return [Domain("next_date", "<=", now + timedelta(days)) for days in NEAR_DAYS]
        return []

    @api.model
    def _is_known(self, name, domain):
        return any(
            (name, "not in") == (field, operator) and False in value
            for field, operator, value in get_common_terms(domain, self)
        )

    @api.model
    def search_count(self, domain, limit=None):
        self._stop_compiling()
        # Up to a limit: most who were ever met, were met in the last year.
        asked = {condition.field_expr for condition in Domain(domain).iter_conditions()}
        if limit and "next_date" not in asked and not self._query_contacts_of(domain):
            since = fields.Datetime.now() - timedelta(NEAR_DAYS[-1])
            near = Domain(domain) & Domain("last_date", ">=", since)
            if super().search_count(near, limit) == limit:
                return limit
        return super().search_count(domain, limit)

    def _fetch_query(self, query, fields):
        self._stop_compiling()
        return super()._fetch_query(query, fields)

    @api.model
    def _read_group(self, *args, **kwargs):
        self._stop_compiling()
        return super()._read_group(*args, **kwargs)

    @api.model
    def _read_grouping_sets(self, *args, **kwargs):
        self._stop_compiling()
        return super()._read_grouping_sets(*args, **kwargs)

    @api.model
    def _stop_compiling(self):
        """Keep PostgreSQL from compiling what this transaction runs to machine code.

        The report joins many tables in many places: a thousand expressions, whose compilation
        takes ten seconds where running them takes one.
        """
        if not self.env.cr.cache.get(COMPILING_STOPPED):
            self.env.cr.execute("SET LOCAL jit = off")
            self.env.cr.cache[COMPILING_STOPPED] = True
