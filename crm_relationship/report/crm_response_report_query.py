from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.waiting.crm_interaction_reply import ERASED
from .aggregates import get_aggregate
from .crm_response_report import PERCENTILES, RATIOS, SPEEDS

INQUIRY_COLUMNS = (
    *("id", "date", "subject", "partner_id", "commercial_partner_id", "lead_id", "company_id"),
    *("channel", "team_id", "user_id", "needs_reply", "no_reply_reason", "reply_id"),
    *("response_hours", "response_working_hours", "response_deadline"),
)


class CrmResponseReport(models.Model):
    """Where the inquiries are found, and what is computed from groups of them."""

    _inherit = "crm.response.report"

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT inquiry.id, inquiry.id AS interaction_id, inquiry.date, inquiry.subject,
                   inquiry.partner_id, inquiry.commercial_partner_id, inquiry.lead_id,
                   inquiry.company_id, inquiry.channel, inquiry.team_id, inquiry.user_id,
                   reply.user_id AS answered_by_id,
                   lead.source_id, lead.medium_id, lead.campaign_id,
                   client.relationship_status_id,
                   %(columns)s
              FROM %(inquiries)s inquiry
         LEFT JOIN crm_interaction reply ON reply.id = inquiry.reply_id
         LEFT JOIN crm_lead lead ON lead.id = inquiry.lead_id
         LEFT JOIN res_partner client ON client.id = inquiry.commercial_partner_id
        CROSS JOIN LATERAL (%(facts)s) fact
            """,
            columns=SQL(", ").join(
                SQL("%s AS %s", term, SQL.identifier(name))
                for name, term in self._get_columns().items()
            ),
            inquiries=self._query_inquiries(),
            facts=self._query_facts(),
        )

    def _query_inquiries(self) -> SQL:
        """Inquiries the user may read. Of the answer only the moment and who gave it are told,
        and these facts are everybody's in sales."""
        domain = Domain("direction", "=", "in") & (
            Domain("needs_reply", "=", True) | Domain("no_reply_reason", "!=", False)
        )
        interactions = self.env["crm.interaction"]
        query = interactions._search(domain)
        return query.subselect(
            *(interactions._field_to_sql(query.table, name, query) for name in INQUIRY_COLUMNS)
        )

    def _query_facts(self) -> SQL:
        """SELECT of what is true of the `inquiry`; each fact is used by several columns."""
        return SQL(
            """
            SELECT inquiry.reply_id IS NOT NULL AS answered,
                   inquiry.reply_id IS NULL AND inquiry.needs_reply IS TRUE AS waits,
                   inquiry.reply_id IS NULL AND inquiry.needs_reply IS NOT TRUE
                   AND inquiry.no_reply_reason IS NOT DISTINCT FROM %(erased)s AS erased,
                   coalesce(reply.date, %(now)s::timestamp) <= inquiry.response_deadline AS in_time,
                   extract(epoch FROM %(now)s::timestamp - inquiry.date) / 3600 AS hours_so_far
            """,
            now=fields.Datetime.now(),
            erased=ERASED,
        )

    def _get_columns(self):
        """Columns that follow from the facts, and those that only groups have."""
        needed = SQL("(fact.answered OR fact.waits)")
        is_case = SQL("(%s AND %s)", needed, self._query_is_first())
        columns = {
            "state": self._query_state(),
            "speed": self._query_speed(),
            "inquiries": SQL("%s::int", needed),
            "answered": SQL("fact.answered::int"),
            "unanswered": SQL("fact.waits::int"),
            "in_time": SQL("(fact.answered AND fact.in_time IS TRUE)::int"),
            "missed": SQL("(%s AND fact.in_time IS FALSE)::int", needed),
            "not_needed": SQL("(NOT (%s OR fact.erased))::int", needed),
            "erased": SQL("fact.erased::int"),
            "cases": SQL("%s::int", is_case),
            "won": SQL("(lead.won_status IS NOT DISTINCT FROM 'won' AND %s)::int", is_case),
            **{
                name: SQL("CASE WHEN fact.answered THEN inquiry.%s END", SQL.identifier(name))
                for name in ("response_hours", "response_working_hours")
            },
            **dict.fromkeys(
                ("waiting_hours", "longest_wait_hours"),
                SQL("CASE WHEN fact.waits THEN fact.hours_so_far END"),
            ),
        }
        return columns | dict.fromkeys((*RATIOS, *PERCENTILES), SQL("NULL::float8"))

    def _query_is_first(self) -> SQL:
        """Condition: the first inquiry of its lead, whoever may read the others."""
        return SQL(
            """
            inquiry.lead_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM crm_interaction earlier
                 WHERE earlier.lead_id = inquiry.lead_id
                   AND earlier.direction = 'in' AND earlier.needs_reply IS TRUE
                   AND (earlier.date, earlier.id) < (inquiry.date, inquiry.id))
            """
        )

    def _query_state(self) -> SQL:
        return SQL(
            """
            CASE WHEN fact.answered THEN
                      CASE fact.in_time WHEN true THEN 'in_time' WHEN false THEN 'late'
                                        ELSE 'answered' END
                 WHEN fact.erased THEN 'erased'
                 WHEN NOT fact.waits THEN 'not_needed'
                 WHEN fact.in_time IS FALSE THEN 'overdue'
                 ELSE 'waiting' END
            """
        )

    def _query_speed(self) -> SQL:
        steps = SQL(" ").join(
            SQL("WHEN inquiry.response_hours <= %s THEN %s", hours, key)
            for key, _label, hours in SPEEDS
            if hours
        )
        return SQL(
            "CASE WHEN fact.waits THEN 'none' WHEN NOT fact.answered THEN NULL %s ELSE 'later' END",
            steps,
        )

    def _read_group_select(self, aggregate_spec, query) -> SQL:
        own = get_aggregate(self, aggregate_spec, query, RATIOS, PERCENTILES)
        return own or super()._read_group_select(aggregate_spec, query)
