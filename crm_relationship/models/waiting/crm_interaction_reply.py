from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

NO_REPLY_REASONS = [
    ("thanks", "Only thanks"),
    ("elsewhere", "Answered elsewhere"),
    ("twice", "Asked twice"),
    ("closed", "Deal closed"),
    ("spam", "Spam"),
    ("other", "Other"),
]
# Nobody chooses it: who asked is unknown since, so that nobody can answer any more.
ERASED = "erased"
# What was told about an inquiry that waits, each after the one before.
ALERTS = [
    ("new", "Responsible told"),
    ("near", "Responsible reminded"),
    ("late", "Leader told"),
    # Last, so that nothing comes after it.
    ("past", "Nobody, it was read in later"),
]


class CrmInteraction(models.Model):
    """Who waits for an answer.

    An inbound row with `needs_reply` waits until `reply_id` says which outbound
    row of a human answered it, over whatever channel. The two are linked by the
    scheduled refresh; `response_hours` is what lay between them.
    """

    _inherit = "crm.interaction"

    needs_reply = fields.Boolean(help="The client expects an answer.")
    reply_id = fields.Many2one(
        "crm.interaction", string="Answered By", index="btree_not_null", ondelete="set null"
    )
    response_hours = fields.Float(
        string="Answered After (hours)",
        aggregator="avg",
        help="Hours by the clock from the inquiry to our answer.",
    )
    response_alert = fields.Selection(
        ALERTS,
        string="Told",
        readonly=True,
        copy=False,
        help="What was told by itself while the client waits; each is told once.",
    )
    no_reply_reason = fields.Selection(
        [*NO_REPLY_REASONS, (ERASED, "Erased")],
        string="No Answer Needed Because",
        copy=False,
        help="Why the inquiry was taken off the list of those who wait. Erased: the personal "
        "data of who asked was erased before anybody answered.",
    )
    no_reply_note = fields.Char(
        string="Remark on It", copy=False, help="What to know about why no answer was needed."
    )
    is_waiting = fields.Boolean(compute="_compute_is_waiting", search="_search_is_waiting")

    # Who waits: always a small part of the table.
    _waiting_idx = models.Index(
        "(commercial_partner_id, date) WHERE needs_reply IS TRUE AND reply_id IS NULL"
    )

    @api.depends("needs_reply", "reply_id")
    def _compute_is_waiting(self):
        open_ones = self.filtered(lambda row: row.needs_reply and not row.reply_id)
        waiting = self.search([("id", "in", open_ones.ids), ("is_waiting", "=", True)])
        for interaction in self:
            interaction.is_waiting = interaction in waiting or (
                interaction in open_ones and not interaction.id
            )

    def _search_is_waiting(self, operator, value):
        """Live: who was answered a moment ago does not wait until the next refresh."""
        if operator != "in":
            return NotImplemented
        self.flush_model()
        self.env["crm.lead"].flush_model(["won_status", "date_closed"])
        return (
            Domain("needs_reply", "=", True)
            & Domain("reply_id", "=", False)
            & Domain.custom(to_sql=lambda model, alias, query: self._query_unanswered(alias))
        )

    @api.model
    def _query_unanswered(self, alias):
        """Condition: nobody has answered row `alias` yet, as far as written down."""
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM crm_interaction reply
                 WHERE reply.commercial_partner_id = %(alias)s.commercial_partner_id
                   AND %(answers)s)
            AND (%(alias)s.commercial_partner_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM crm_interaction reply
                 WHERE reply.lead_id = %(alias)s.lead_id AND %(answers)s))
            AND NOT %(lost)s
            """,
            alias=SQL.identifier(alias),
            answers=self._query_answers_to(alias),
            lost=self._query_lost(alias),
        )

    @api.model
    def _query_answers_to(self, alias):
        """Condition: row `reply`, of the same client or lead, answers row `alias`."""
        return SQL("reply.is_attempt IS NOT TRUE AND %s", self._query_said_since(alias))

    @api.model
    def _query_said_since(self, alias):
        """Condition: we have said row `reply` since row `alias`, or tried to.

        What another of our companies says to the client does not count: who was asked can't
        read it. A row of no company is of all of them.
        """
        return SQL(
            """reply.direction = 'out' AND reply.date >= %(alias)s.date
               AND (reply.company_id = %(alias)s.company_id) IS NOT FALSE""",
            alias=SQL.identifier(alias),
        )

    @api.model
    def _query_lost(self, alias):
        """Condition: the deal of row `alias` was lost after it; nobody waits for that any more."""
        return SQL(
            """EXISTS (SELECT FROM crm_lead lead
                        WHERE lead.id = %(alias)s.lead_id AND lead.won_status = 'lost'
                          AND %(alias)s.date <= lead.date_closed)""",
            alias=SQL.identifier(alias),
        )

    def _unlink_replies(self):
        """Let inquiries wait again that these rows answered; the refresh links them anew."""
        # sudo: facts of the client, whoever corrected a row
        linked = self.sudo().search([("reply_id", "in", self.ids)]) | self.sudo().filtered(
            "reply_id"
        )
        linked.write({"reply_id": False, "response_hours": 0})

    @api.model
    def _link_replies(self, owner, condition):
        """Link inquiries with the first answer of a human after them.

        Also those that have an answer already: an earlier one may have been
        written down since, by hand or with the past.

        :param str owner: column that holds inquiry and answer together
        :param SQL condition: which rows `inquiry`
        :return: ids of the answered inquiries
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_interaction waiting
                   SET reply_id = reply.id,
                       response_hours =
                           extract(epoch FROM reply.date - waiting.date) / 3600.0,
                       response_working_hours = NULL
                  FROM crm_interaction inquiry
                 CROSS JOIN LATERAL (
                       SELECT reply.id, reply.date FROM crm_interaction reply
                        WHERE reply.%(owner)s = inquiry.%(owner)s AND %(answers)s
                        ORDER BY reply.date, reply.id LIMIT 1
                       ) reply
                 WHERE waiting.id = inquiry.id
                   AND inquiry.needs_reply IS TRUE
                   AND inquiry.reply_id IS DISTINCT FROM reply.id
                   AND %(condition)s
                RETURNING waiting.id
                """,
                owner=SQL.identifier(owner),
                answers=self._query_answers_to("inquiry"),
                condition=condition,
            )
        )
        if rows:
            self.invalidate_model()
        return [row[0] for row in rows]

    @api.model
    def _link_replies_of_strangers(self):
        """Answers to inquiries of leads whose client nobody knows yet: few at any time."""
        self.flush_model()
        self._set_aside_lost(SQL("i.commercial_partner_id IS NULL"))
        strangers = SQL("inquiry.commercial_partner_id IS NULL AND inquiry.reply_id IS NULL")
        linked = self._link_replies("lead_id", strangers)
        if linked:
            self._set_clock(SQL("i.id IN %s", tuple(linked)))
        self._close_follow_ups(SQL("i.commercial_partner_id IS NULL"))

    @api.model
    def _set_aside_lost(self, condition):
        """Who wrote on a lead before it was lost waits for nothing any more.

        What they write after that waits as ever.

        :param SQL condition: which rows `i`
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_interaction i SET needs_reply = false, no_reply_reason = 'closed'
                 WHERE i.needs_reply IS TRUE AND i.reply_id IS NULL
                   AND %s AND %s
                RETURNING i.id
                """,
                self._query_lost("i"),
                condition,
            )
        )
        if rows:
            self.invalidate_model()
