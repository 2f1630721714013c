from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.playbook.crm_playbook import STEP
from .aggregates import get_aggregate

# Shares of sums: (numerator, denominators that are added up).
RATIOS = {
    "win_rate": ("won", ("won", "lost")),
    "follow_rate": ("steps_done", ("steps_done", "steps_open")),
}
# Groups come in the order of the keys.
FOLLOWED = [
    ("all", "All steps"),
    ("part", "Some steps"),
    ("zero", "No step"),
]
ENDINGS = [("won", "Won"), ("lost", "Lost"), ("pending", "Open")]
PLAYBOOK_COLUMNS = ("id", "status_id", "stage_id", "company_id")
LEAD_COLUMNS = (
    *("id", "partner_id", "stage_id", "team_id", "user_id", "company_id", "won_status"),
    *("create_date", "date_closed", "date_last_stage_update"),
)


class CrmPlaybookReport(models.Model):
    """How often playbooks are followed, and how these deals ended: a row is a deal and a playbook.

    There is no table. A deal is a case of a playbook when the playbook was there for it: it
    reached the stage, or its client had the status, after the first version was published and
    before the deal was closed. It is judged by the version of the day it was closed, or else by the
    present one. Which deals are rows, the access rules of leads decide. docs/playbook.md says why.
    """

    _name = "crm.playbook.report"
    _description = "Playbooks Followed"
    _auto = False
    _rec_name = "lead_id"
    _order = "date desc, id desc"
    _depends = {
        "crm.playbook": ["status_id", "stage_id", "team_ids", "company_id", "version_id"],
        "crm.playbook.version": ["playbook_id", "lines", "date"],
        "crm.playbook.tick": ["step_id", "lead_id", "partner_id", "state", "date"],
        "crm.lead": [*LEAD_COLUMNS[1:], "type"],
        "crm.stage": ["sequence"],
        "crm.relationship.status.change": ["partner_id", "to_status_id", "date", "date_to"],
    }

    date = fields.Datetime("Deal Came On", readonly=True, help="When the deal was entered.")
    date_closed = fields.Datetime("Closed On", readonly=True)
    playbook_id = fields.Many2one("crm.playbook", readonly=True)
    version_id = fields.Many2one(
        "crm.playbook.version",
        readonly=True,
        help="By which the deal is judged: that of the day it was closed, else the present one.",
    )
    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Contact", readonly=True, falsy_value_label="No contact"
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, falsy_value_label="No team")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, falsy_value_label="Nobody")
    company_id = fields.Many2one("res.company", readonly=True, falsy_value_label="No company")
    followed = fields.Selection(
        FOLLOWED,
        readonly=True,
        help="Which of its steps were done. A step skipped with a reason did not apply, and is in "
        "neither number.",
    )
    ending = fields.Selection(ENDINGS, "How It Ended", readonly=True)

    cases = fields.Integer("Deals", readonly=True, help="Deals the playbook was there for.")
    won = fields.Integer(readonly=True, help="Of these the deals won by now.")
    lost = fields.Integer(readonly=True, help="Of these the deals lost by now.")
    pending = fields.Integer("Still Open", readonly=True, help="Of these the deals still open.")
    closed = fields.Integer(
        readonly=True,
        help="Won and lost: what the win rate is counted over. Of fewer than 20 it says little.",
    )
    win_rate = fields.Float(
        readonly=True, aggregator="avg", help="Won / (won + lost). Open deals are not counted."
    )
    steps_done = fields.Integer(readonly=True, help="Steps that were done.")
    steps_skipped = fields.Integer(readonly=True, help="Steps that were skipped with a reason.")
    steps_open = fields.Integer(readonly=True, help="Steps that were neither done nor skipped.")
    follow_rate = fields.Float(
        "Steps Followed",
        readonly=True,
        aggregator="avg",
        help="Steps done / (steps done + neither done nor skipped).",
    )

    @api.model
    def _search(self, *args, **kwargs):
        # Compiling the query takes seconds at any size and saves none.
        self.env.cr.execute("SET LOCAL jit = off")
        return super()._search(*args, **kwargs)

    @property
    def _table_query(self) -> SQL:
        """Deals of clients have their ticks on the client, the others their own."""
        return SQL(
            """
            WITH version AS MATERIALIZED (%(versions)s)
            SELECT deal.id::bigint * 1000000 + playbook.id AS id,
                   deal.create_date AS date, deal.date_closed, playbook.id AS playbook_id,
                   version.id AS version_id, deal.id AS lead_id, deal.partner_id,
                   deal.team_id, deal.user_id, deal.company_id,
                   coalesce(deal.won_status, 'pending') AS ending,
                   CASE WHEN tick.done = 0 THEN 'zero'
                        WHEN tick.done + tick.skipped >= cardinality(version.steps) THEN 'all'
                        ELSE 'part' END AS followed,
                   1 AS cases, (deal.won_status IS NOT DISTINCT FROM 'won')::int AS won,
                   (deal.won_status IS NOT DISTINCT FROM 'lost')::int AS lost,
                   (coalesce(deal.won_status, 'pending') = 'pending')::int AS pending,
                   (deal.won_status IN ('won', 'lost'))::int AS closed,
                   tick.done::int AS steps_done, tick.skipped::int AS steps_skipped,
                   (cardinality(version.steps) - tick.done - tick.skipped)::int AS steps_open,
                   NULL::float8 AS win_rate, NULL::float8 AS follow_rate
              FROM %(playbooks)s playbook
        CROSS JOIN LATERAL (SELECT min(v.date) AS date FROM version v
                             WHERE v.playbook_id = playbook.id) first
              JOIN %(deals)s deal ON coalesce(deal.date_closed, 'infinity') >= first.date
         LEFT JOIN res_partner contact ON contact.id = deal.partner_id
         LEFT JOIN crm_stage aim ON aim.id = playbook.stage_id
         LEFT JOIN crm_stage place ON place.id = deal.stage_id
              JOIN LATERAL (
                   SELECT v.* FROM version v
                    WHERE v.playbook_id = playbook.id
                      AND v.date <= coalesce(deal.date_closed, 'infinity')
                    ORDER BY v.version DESC LIMIT 1) version ON cardinality(version.steps) > 0
        CROSS JOIN LATERAL (%(ticks)s) tick
             WHERE (%(by_stage)s OR %(by_status)s) AND %(of_team)s
               AND (playbook.company_id IS NULL OR deal.company_id IS NULL
                    OR playbook.company_id = deal.company_id)
            """,
            versions=self._query_versions(),
            playbooks=self._query_readable("crm.playbook", Domain.TRUE, PLAYBOOK_COLUMNS),
            deals=self._query_readable(
                "crm.lead", Domain("type", "=", "opportunity"), LEAD_COLUMNS
            ),
            ticks=self._query_ticks(),
            by_stage=self._query_by_stage(),
            by_status=self._query_by_status(),
            of_team=self.env["crm.playbook"]._query_fits_team(SQL("playbook"), SQL("deal")),
        )

    def _query_readable(self, model, domain, columns) -> SQL:
        """Rows of a model that the user may read, archived ones too."""
        records = self.env[model].with_context(active_test=False)
        query = records._search(domain)
        return query.subselect(
            *(records._field_to_sql(query.table, name, query) for name in columns)
        )

    def _query_versions(self) -> SQL:
        """All versions with the ids of their steps."""
        return SQL(
            """
            SELECT v.id, v.playbook_id, v.version, v.date,
                   ARRAY(SELECT (line->>'id')::int
                           FROM jsonb_array_elements(coalesce(v.lines, '[]')) line
                          WHERE line->>'kind' = %s) AS steps
              FROM crm_playbook_version v
            """,
            STEP,
        )

    def _query_ticks(self) -> SQL:
        """How many steps of the `version` were done and skipped until the `deal` was closed.

        What is to be done once a deal is won, is done after that.
        """
        return SQL(
            """
            SELECT count(*) FILTER (WHERE t.state = 'done') AS done,
                   count(*) FILTER (WHERE t.state = 'skipped') AS skipped
              FROM crm_playbook_tick t
             WHERE t.step_id = ANY(version.steps)
               AND CASE WHEN playbook.stage_id IS NULL
                   THEN t.partner_id = contact.commercial_partner_id
                        AND t.date <= coalesce(deal.date_closed, 'infinity')
                   ELSE t.lead_id = deal.id
                        AND (aim.is_won OR t.date <= coalesce(deal.date_closed, 'infinity')) END
            """
        )

    def _query_by_stage(self) -> SQL:
        """Condition: the `deal` reached the stage of the `playbook` after it was published.

        Of where a deal has been, only its present stage and since when is known: one that is
        further on and has not moved since was through before.
        """
        return SQL(
            """
            (deal.stage_id = playbook.stage_id
             OR coalesce(deal.date_last_stage_update, deal.create_date) >= first.date
                AND place.sequence >= aim.sequence)
            """
        )

    def _query_by_status(self) -> SQL:
        """Condition: the client had the status while the `deal` was open and the `playbook`
        there."""
        return SQL(
            """
            (playbook.status_id IS NOT NULL AND EXISTS (
                SELECT FROM crm_relationship_status_change c
                 WHERE c.partner_id = contact.commercial_partner_id
                   AND c.to_status_id = playbook.status_id
                   AND c.date < coalesce(deal.date_closed, 'infinity')
                   AND coalesce(c.date_to, 'infinity')
                       > greatest(deal.create_date, first.date)))
            """
        )

    def _read_group_select(self, aggregate_spec, query) -> SQL:
        own = get_aggregate(self, aggregate_spec, query, RATIOS, {})
        return own or super()._read_group_select(aggregate_spec, query)

    def action_open_deal(self):
        """Open the deal."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }
