"""What the volume has of costs, which Odoo alone does not know.

A cost of every month of the four years of leads for each of their sources.
"""

from __future__ import annotations

from .volume import LEAD_YEARS

COSTS = f"""
    INSERT INTO crm_source_cost (
        name, source_id, company_id, currency_id, company_currency_id, amount, amount_company,
        date_from, date_to)
    SELECT 'Cost', source.id, company.id, company.currency_id, company.currency_id, 310, 310,
           month::date, (month + interval '1 month - 1 day')::date
      FROM (SELECT DISTINCT source_id AS id FROM crm_lead WHERE source_id IS NOT NULL) source,
           (SELECT id, currency_id FROM res_company ORDER BY id LIMIT 1) company,
           generate_series(
               date_trunc('month', now()) - interval '{LEAD_YEARS * 12 - 1} months', now(),
               interval '1 month') month
"""
