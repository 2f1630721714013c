from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_handover import CHOSEN
from .crm_handover_line import KINDS, MODEL_BY_KIND

COMPLAINT_OPEN = ("new", "progress")
COMPLAINT_TASK = "crm_relationship.mail_activity_type_complaint"


class CrmHandover(models.Model):
    """What there is to hand over: for each kind a query of what is open.

    Each selects `id`, `user_id`, `client_id` and `company_id` of the open rows of
    everybody. The same query says on the way back whether a row is still open
    and with whom, so that there is one place for what "open" means.
    """

    _inherit = "crm.handover"

    @api.model
    def _query_open(self, kind):
        self._flush_open(kind)
        return getattr(self, f"_query_open_{kind}")()

    @api.model
    def _flush_open(self, kind):
        self.env[MODEL_BY_KIND[kind]].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])

    @api.model
    def _query_open_client(self):
        return SQL(
            """SELECT p.id, p.user_id, p.commercial_partner_id AS client_id, p.company_id
                 FROM res_partner p WHERE p.active IS TRUE"""
        )

    @api.model
    def _query_open_lead(self):
        return SQL(
            """SELECT l.id, l.user_id, p.commercial_partner_id AS client_id, l.company_id
                 FROM crm_lead l LEFT JOIN res_partner p ON p.id = l.partner_id
                WHERE l.active IS TRUE AND l.won_status = 'pending'"""
        )

    @api.model
    def _query_open_activity(self):
        """Things to do on documents of clients.

        Not what stands for a promise or complaint, which takes it along, nor what
        stands for an appointment, which stays with who made it.
        """
        documents = {
            **self.env["crm.interaction"]._get_capture_models(),
            "crm.complaint": "partner_id",
        }
        task = self.env["ir.model.data"]._xmlid_to_res_id(COMPLAINT_TASK) or None
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT a.id, a.user_id, p.commercial_partner_id AS client_id,
                          %(company)s AS company_id
                     FROM mail_activity a
                     JOIN %(table)s document ON document.id = a.res_id
                LEFT JOIN res_partner p ON p.id = %(client)s
                    WHERE a.res_model = %(model)s AND a.active IS TRUE
                      AND a.is_promise IS NOT TRUE AND a.calendar_event_id IS NULL
                      AND NOT (a.res_model = 'crm.complaint' AND a.automated IS TRUE
                               AND a.activity_type_id IS NOT DISTINCT FROM %(task)s)""",
                table=SQL.identifier(self.env[model]._table),
                client=SQL.identifier("document", client_field),
                model=model,
                company=self._get_company_column(self.env[model]),
                task=task,
            )
            for model, client_field in documents.items()
        )

    @api.model
    def _get_company_column(self, model):
        field = model._fields.get("company_id")
        if field and field.store and field.type == "many2one":
            return SQL.identifier("document", "company_id")
        return SQL("NULL::int")

    @api.model
    def _query_open_promise(self):
        return SQL(
            """SELECT pr.id, pr.user_id, p.commercial_partner_id AS client_id, pr.company_id
                 FROM crm_promise pr JOIN res_partner p ON p.id = pr.partner_id
                WHERE pr.state = 'open'"""
        )

    @api.model
    def _query_open_complaint(self):
        return SQL(
            """SELECT c.id, c.user_id, c.commercial_partner_id AS client_id, c.company_id
                 FROM crm_complaint c WHERE c.active IS TRUE AND c.state IN %s""",
            COMPLAINT_OPEN,
        )

    @api.model
    def _query_open_waiting(self):
        """Inquiries; a private one stays with who wrote it down, as its text does."""
        return SQL(
            """SELECT i.id, i.user_id, i.commercial_partner_id AS client_id, i.company_id
                 FROM crm_interaction i
                WHERE i.needs_reply IS TRUE AND i.reply_id IS NULL
                  AND i.is_private IS NOT TRUE AND %s""",
            self.env["crm.interaction"]._query_unanswered("i"),
        )

    # ---- of one person ----

    def _query_mine(self, kinds=None):
        """SELECT of `kind`, `id`, `client_id`, `company_id`: all that this handover moves.

        Of companies that who made the handover works for; without record rules,
        since it is the person's own work, or a manager hands it over.
        """
        self.ensure_one()
        maker = self._get_maker()
        rows = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS kind, rows.* FROM (%s) rows WHERE rows.user_id = %s",
                kind,
                self._query_open(kind),
                self.from_user_id.id or 0,
            )
            for kind in kinds or [kind for kind, __, __ in KINDS]
        )
        return SQL(
            """SELECT mine.kind, mine.id, mine.client_id, mine.company_id FROM (%(rows)s) mine
                WHERE (mine.company_id IS NULL OR mine.company_id IN %(companies)s)
                  AND %(chosen)s""",
            rows=rows,
            companies=tuple(maker.company_ids.ids) or (0,),
            chosen=self._query_is_chosen(),
        )

    def _get_maker(self):
        # sudo: only which companies somebody works for
        return (self.create_uid or self.env.user).sudo()

    def _query_is_chosen(self):
        """Condition: the row `mine` is about one of the chosen clients."""
        if self.scope != CHOSEN:
            return SQL("TRUE")
        maker = self._get_maker()
        # The clients are looked for with the eyes of who chose them, also when it begins later.
        partners = self.env["res.partner"].with_user(maker)
        partners = partners.with_context(allowed_company_ids=maker.company_ids.ids)
        return SQL(
            "mine.client_id IN (SELECT p.commercial_partner_id FROM res_partner p "
            "WHERE p.id IN %s)",
            partners._search(self._get_client_domain()).subselect(),
        )

    def _get_client_domain(self):
        return Domain(literal_eval(self.client_domain or "[]"))

    def _query_dealt(self):
        """SELECT of all that is moved with `to_user_id`, clients dealt in turn.

        All that is open with a client goes to one person, and what is about no
        client one by one.
        """
        takers = self._get_to_users()
        return SQL(
            """
            SELECT mine.*, (%(users)s::int[])[1 + (dense_rank() OVER (
                       ORDER BY mine.client_id,
                                CASE WHEN mine.client_id IS NULL THEN mine.kind END,
                                CASE WHEN mine.client_id IS NULL THEN mine.id END
                   ) - 1) %% %(number)s] AS to_user_id
              FROM (%(mine)s) mine
            """,
            users=takers.ids,
            number=len(takers),
            mine=self._query_mine(),
        )

    def _collect_lines(self):
        """Write down all that is to be moved: one statement, whatever the number.

        Collected again, only what is new comes in.
        """
        now = fields.Datetime.now()
        models_sql = SQL(", ").join(SQL("(%s, %s)", kind, model) for kind, __, model in KINDS)
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_handover_line (
                       handover_id, kind, is_person, res_id, client_id, company_id, to_user_id,
                       was_follower, state, create_uid, create_date, write_uid, write_date)
                SELECT %(handover)s, dealt.kind, %(is_person)s, dealt.id, dealt.client_id,
                       dealt.company_id, dealt.to_user_id,
                       EXISTS (SELECT FROM mail_followers f
                                WHERE f.res_model = model.name AND f.res_id = dealt.id
                                  AND f.partner_id = taker.partner_id),
                       'todo', %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(dealt)s) dealt
                  JOIN res_users taker ON taker.id = dealt.to_user_id
                  JOIN (VALUES %(models)s) AS model(kind, name) ON model.kind = dealt.kind
                 ORDER BY dealt.client_id, dealt.kind, dealt.id
                ON CONFLICT (handover_id, kind, res_id) DO NOTHING
                RETURNING id
                """,
                handover=self.id,
                is_person=self._query_is_person("dealt"),
                dealt=self._query_dealt(),
                models=models_sql,
                uid=self.env.uid,
                now=now,
            )
        )
        self.env["crm.handover.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])
