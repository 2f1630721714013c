from odoo import api, fields, models
from odoo.tools import SQL, date_utils

from .crm_source_report import FEW_CASES

# Deals won in so many years tell how long it usually takes: older ones may tell of other times.
YEARS = 2


class CrmSourceReport(models.Model):
    """How much of their usual time to be won the leads have had.

    Leads of last month have brought less than those of last year because they are younger, not
    because they are worse. The usual time is that of the deals won in the last two years, of all
    sources: the share of them that was won within so many days of coming is how ripe a lead of
    that age is. Of a group it is the average over its leads.
    """

    _inherit = "crm.source.report"

    @api.model
    def _get_maturity(self, places, day) -> SQL:
        """Of a lead that came on that day; nothing while few deals were won."""
        times = SQL("ARRAY(%s)", self._query_times_to_win(places))
        return SQL(
            """CASE WHEN cardinality(%(times)s) >= %(few)s
                    THEN width_bucket(%(today)s - %(day)s, %(times)s)::float8
                         / cardinality(%(times)s) END""",
            times=times,
            few=FEW_CASES,
            today=self._get_today(),
            day=day,
        )

    @api.model
    def _get_today(self) -> SQL:
        return SQL("%s::date", fields.Date.context_today(self))

    @api.model
    def _query_times_to_win(self, places) -> SQL:
        """Days from coming to being won, shortest first, of the deals won lately in the
        companies one is in."""
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT GREATEST(0, %(won)s - %(came)s) AS days
              FROM crm_lead lead
             WHERE lead.won_status = 'won'
               AND lead.date_closed >= %(since)s AND lead.date_closed < %(until)s
               AND (lead.company_id IS NULL OR lead.company_id IN %(companies)s)
          ORDER BY 1
            """,
            won=places.to_day(SQL("lead.date_closed"), SQL("lead.company_id")),
            came=places.to_day(SQL("lead.create_date"), SQL("lead.company_id")),
            since=date_utils.subtract(today, years=YEARS),
            until=date_utils.add(today, days=1),
            companies=tuple(self.env.companies.ids),
        )

    @api.model
    def _get_usual_time(self):
        """How many deals maturity rests on, and by how many days half and nine in ten of them
        were won."""
        [row] = self.env.execute_query_dict(
            SQL(
                """SELECT COUNT(*) AS cases,
                          percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS half,
                          percentile_disc(0.9) WITHIN GROUP (ORDER BY days) AS most
                     FROM (%s) won""",
                self._query_times_to_win(self._get_places()),
            )
        )
        return row
