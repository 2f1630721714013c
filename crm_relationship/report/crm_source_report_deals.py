from odoo import api, models
from odoo.tools import SQL, date_utils

from .crm_source_report_query import ATTRIBUTED, UTM, by_deal

# What is read once and told twice: of the deal, and of its client if it is the first.
DEALS = """
    (SELECT deal.*, client.id AS client_id, client.acquisition_date AS first_date,
            client.acquisition_source_id AS first_source_id,
            client.acquisition_medium_id AS first_medium_id,
            client.acquisition_campaign_id AS first_campaign_id,
            row_number() OVER (
                PARTITION BY client.id
                ORDER BY COALESCE(deal.date_closed, deal.create_date), deal.id) = 1 AS is_first
       FROM crm_lead deal
  LEFT JOIN %(client)s
      WHERE deal.won_status = 'won' AND %(since)s) lead
    CROSS JOIN (VALUES ('value', false), ('customer', true)) AS told (fact, of_client)
    WHERE NOT told.of_client OR (lead.client_id IS NOT NULL AND lead.is_first AND %(no_earlier)s)
"""
CLIENT = """
    res_partner contact ON contact.id = deal.partner_id
    LEFT JOIN res_partner client ON client.id = contact.commercial_partner_id
"""
# The planner takes it that each contact must be read from disk, and would rather read them all
# through; OFFSET 0 keeps it from that where the deals are those of a period.
FEW_CLIENTS = """
    LATERAL (
        SELECT client.* FROM res_partner contact
          JOIN res_partner client ON client.id = contact.commercial_partner_id
         WHERE contact.id = deal.partner_id OFFSET 0) client ON true
"""
# A client of whom only the deals since some day are read may have won one that came before.
NO_EARLIER = """
    NOT EXISTS (
        SELECT FROM res_partner person JOIN crm_lead earlier ON earlier.partner_id = person.id
         WHERE person.commercial_partner_id = lead.client_id
           AND earlier.won_status = 'won' AND earlier.create_date < %s
           AND (COALESCE(earlier.date_closed, earlier.create_date), earlier.id)
               < (COALESCE(lead.date_closed, lead.create_date), lead.id))
"""


class CrmSourceReport(models.Model):
    """What won deals brought: their value, and the clients who are new with the first of them.

    Both need the clients of all won deals, which is most of the work: it is done once.
    """

    _inherit = "crm.source.report"

    @api.model
    def _query_deals(self, places, since):
        """A client is new once, with the first deal that was won; day and source of value and
        client are those of the first contact, or of the deal while the client's are not known."""
        value = SQL("CASE WHEN NOT told.of_client THEN %s END", self._get_value(places))
        columns = {
            **self._get_deal_columns(places),
            "fact": SQL("told.fact"),
            "key": SQL("CASE WHEN told.of_client THEN lead.client_id ELSE lead.id END"),
            "partner_id": SQL(
                "CASE WHEN told.of_client THEN lead.client_id ELSE lead.partner_id END"
            ),
            "customers": SQL("CASE WHEN told.of_client THEN 1 END"),
            "won_value": value,
            **self._get_revenue_columns(value),
        }
        # the deal came no earlier than the client, and a day begins before that of UTC
        begin = since and date_utils.subtract(max(since.values()), days=1)
        return columns, SQL(
            DEALS,
            client=SQL(FEW_CLIENTS if begin else CLIENT),
            since=SQL("deal.create_date >= %s", begin) if begin else SQL("true"),
            no_earlier=SQL(NO_EARLIER, begin) if begin else SQL("true"),
        )

    @api.model
    def _get_deal_columns(self, places):
        """Columns of what a won deal (``lead``) brought: by the first touch of its client
        (``client``), or by the deal itself while that is not known; and by the deal itself."""
        own = self._get_lead_columns(places)
        first_touch = {
            name: SQL(
                "CASE WHEN lead.first_date IS NULL THEN %s ELSE %s END",
                own[name],
                SQL.identifier("lead", f"first_{name}"),
            )
            for name in UTM
        }
        return {
            **own,
            **{by_deal(name): own[name] for name in ATTRIBUTED},
            **first_touch,
            # LEAST leaves out what is unknown; who came cannot have come after the deal
            "date": SQL("LEAST(lead.first_date, %s)", own["date"]),
            "earliest": None,
            "event_date": self._get_won_day(places),
        }

    @api.model
    def _get_revenue_columns(self, value):
        """Which columns the agreed value of a won deal feeds besides ``won_value``. A bridge
        whose own facts tell the revenue returns none."""
        return {"revenue": value, "profit": value}
