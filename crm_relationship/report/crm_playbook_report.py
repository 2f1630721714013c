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
        """Deals and versions are read once; which of them belong together, joins by stage and by
        status find: nothing is asked for each pair but its ticks, which come with the deal."""
        return SQL(
            """
            WITH version AS MATERIALIZED (%(versions)s), deal AS MATERIALIZED (%(deals)s)
            SELECT deal.id::bigint * 1000000 + version.playbook_id AS id,
                   deal.create_date AS date, deal.date_closed, version.playbook_id,
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
              FROM (%(by_stage)s UNION %(by_status)s) pair
              JOIN version ON version.id = pair.version_id
              JOIN deal ON deal.id = pair.lead_id
        CROSS JOIN LATERAL (%(ticks)s) tick
            """,
            versions=self._query_versions(),
            deals=self._query_deals(),
            by_stage=self._query_by_stage(),
            by_status=self._query_by_status(),
            ticks=self._query_ticks(),
        )

    def _query_readable(self, model, domain, columns) -> SQL:
        """Rows of a model that the user may read, archived ones too."""
        records = self.env[model].with_context(active_test=False)
        query = records._search(domain)
        return query.subselect(
            *(records._field_to_sql(query.table, name, query) for name in columns)
        )

    def _query_versions(self) -> SQL:
        """All versions, with what their playbook is for, the ids of their steps, the day until
        which they were in force (`date_to`), and that of the first version."""
        return SQL(
            """
            SELECT v.id, v.date, playbook.id AS playbook_id, playbook.status_id, playbook.stage_id,
                   playbook.company_id,
                   EXISTS (SELECT FROM crm_stage aim
                            WHERE aim.id = playbook.stage_id AND aim.is_won) AS is_for_won,
                   (SELECT array_agg(rel.crm_team_id) FROM crm_playbook_crm_team_rel rel
                     WHERE rel.crm_playbook_id = playbook.id) AS team_ids,
                   ARRAY(SELECT (line->>'id')::int
                           FROM jsonb_array_elements(coalesce(v.lines, '[]')) line
                          WHERE line->>'kind' = %(step)s) AS steps,
                   min(v.date) OVER (PARTITION BY v.playbook_id) AS first_date,
                   coalesce(
                       min(v.date) OVER (PARTITION BY v.playbook_id ORDER BY v.version
                           ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
                       'infinity') AS date_to
              FROM crm_playbook_version v
              JOIN %(playbooks)s playbook ON playbook.id = v.playbook_id
            """,
            step=STEP,
            playbooks=self._query_readable("crm.playbook", Domain.TRUE, PLAYBOOK_COLUMNS),
        )

    def _query_deals(self) -> SQL:
        """The deals, with their client, and the ticks of both. The end of open ones is far off, but
        before that of the version in force."""
        return SQL(
            """
            SELECT deal.*, coalesce(deal.date_closed, '9999-12-31') AS end_date,
                   contact.commercial_partner_id AS client_id,
                   own.ticks, client.ticks AS client_ticks
              FROM %s deal
         LEFT JOIN res_partner contact ON contact.id = deal.partner_id
         LEFT JOIN (SELECT lead_id, array_agg(t) AS ticks FROM crm_playbook_tick t
                     WHERE lead_id IS NOT NULL GROUP BY lead_id) own ON own.lead_id = deal.id
         LEFT JOIN (SELECT partner_id, array_agg(t) AS ticks FROM crm_playbook_tick t
                     WHERE partner_id IS NOT NULL GROUP BY partner_id
                   ) client ON client.partner_id = contact.commercial_partner_id
            """,
            self._query_readable("crm.lead", Domain("type", "=", "opportunity"), LEAD_COLUMNS),
        )

    def _query_ticks(self) -> SQL:
        """How many steps of the `version` were done and skipped until the `deal` was closed.

        What is to be done once a deal is won, is done after that.
        """
        return SQL(
            """
            SELECT count(*) FILTER (WHERE t.state = 'done') AS done,
                   count(*) FILTER (WHERE t.state = 'skipped') AS skipped
              FROM unnest(CASE WHEN version.stage_id IS NULL THEN deal.client_ticks
                               ELSE deal.ticks END) t
             WHERE t.step_id = ANY(version.steps)
               AND (version.is_for_won OR t.date <= deal.end_date)
            """
        )

    def _query_by_stage(self) -> SQL:
        """Pairs of deals and versions: the deal reached the stage after the playbook was published.

        Of where a deal has been, only its present stage and since when is known: one that is
        further on and has not moved since was through before.
        """
        return SQL(
            """
            SELECT deal.id AS lead_id, version.id AS version_id
              FROM version
              JOIN crm_stage aim ON aim.id = version.stage_id
              JOIN crm_stage place ON place.id = aim.id OR place.sequence >= aim.sequence
              JOIN deal ON deal.stage_id = place.id AND %s
             WHERE place.id = aim.id
                OR coalesce(deal.date_last_stage_update, deal.create_date) >= version.first_date
            """,
            self._query_is_judged(),
        )

    def _query_by_status(self) -> SQL:
        """Pairs of deals and versions: the client had the status while the deal was open and the
        playbook there."""
        return SQL(
            """
            SELECT deal.id, version.id
              FROM version
              JOIN crm_relationship_status_change c ON c.to_status_id = version.status_id
              JOIN deal ON deal.client_id = c.partner_id AND %s
             WHERE c.date < deal.end_date
               AND coalesce(c.date_to, 'infinity') > greatest(deal.create_date, version.first_date)
            """,
            self._query_is_judged(),
        )

    def _query_is_judged(self) -> SQL:
        """Condition: the `version` was that of the day the `deal` was closed, and is for its team
        and company. Nothing here asks for NULL: PostgreSQL would expect next to no pair."""
        return SQL(
            """
            version.date <= deal.end_date AND deal.end_date < version.date_to
            AND cardinality(version.steps) > 0
            AND coalesce(deal.team_id = ANY(version.team_ids), version.team_ids IS NULL)
            AND coalesce(version.company_id = deal.company_id, true)
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
