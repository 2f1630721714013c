from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner_move_state import BOUGHT_FACTS

# What one statement knows of each step there is: from where to where, by which fact.
STEP_COLUMNS = (
    ("from_id", SQL("int")),
    ("to_id", SQL("int")),
    ("fact", SQL("varchar")),
    ("is_back", SQL("bool")),
    ("is_later", SQL("bool")),
    ("move_days", SQL("int")),
    ("move_factor", SQL("float8")),
    ("move_purchases", SQL("int")),
)
# Who has no status yet stands here.
NO_STATUS = 0
# Facts that are one of several.
EITHER = {"talk_qualified": ("talk", "qualified")}
# Facts that are known before the history of the past is complete. Who was heard of when is not
# known before: silence would be found everywhere.
EARLY_FACTS = ("contact", "purchase", "undone")
# A move because what was bought is taken back.
UNDONE = "back_undone"


class Move(NamedTuple):
    """One client goes from one status to another at the moment of a fact."""

    client_id: int
    from_id: int | None
    to_id: int
    moment: object
    kind: str
    number: int
    name: str | None
    # When the fact happened; the move is later where the status began later.
    happened: object


class ResPartner(models.Model):
    """Clients move by facts: evaluated by sets, dated by the fact, explained in words.

    One statement finds the whole way of any number of clients: each step is looked
    for from where the one before led to, and bears its day, until nobody moves.
    Every fact stands in it once, whatever the number of statuses: which of them
    leads from where to where are rows (`_get_steps`), so that it is planned quickly.

    What stands against a move: who is no client at all (own people, own
    companies, vendors alone), a status that is kept until a day, and what
    somebody has set by hand after the fact. A fact that is older than the status
    moves a client on (by the order of the statuses), never back.
    """

    _inherit = "res.partner"

    # ---- all steps of some clients ----

    def _advance_status(self):
        """Move these clients by facts, and note when time may move them next."""
        if not self:
            return self
        # PostgreSQL would compile for a second what it does in a tenth of it.
        self.env.cr.execute("SET LOCAL jit = off")
        statuses, is_complete = self._get_active_statuses(), self._is_past_complete()
        chains, days = {}, {}
        for *move, is_new_day, day in self.env.execute_query(
            self._query_ways(statuses, is_complete)
        ):
            move = Move._make(move)
            if move.to_id:
                chains.setdefault(move.client_id, []).append(move)
            if is_new_day:
                days[move.client_id] = day
        chains = {client_id: self._merge_steps(chain) for client_id, chain in chains.items()}
        chains = {client_id: chain for client_id, chain in chains.items() if chain}
        self._apply_moves(chains, days)
        return self.browse(chains)

    @api.model
    def _merge_steps(self, chain):
        """Steps that bear the same moment are one: from the first to the last."""
        merged = []
        for move in chain:
            if merged and merged[-1].moment == move.moment:
                first = merged.pop()
                move = move._replace(
                    from_id=first.from_id,
                    # What is left brings nobody here: they are here because of what is gone.
                    kind=first.kind if first.kind == UNDONE else move.kind,
                )
            if move.from_id != move.to_id:
                merged.append(move)
        return merged

    @api.model
    def _apply_moves(self, chains, days):
        """Write the last status of each client and its day once, and the trace of all steps."""
        words = self.with_context(lang=self._get_purchase_company().partner_id.lang)
        rounds = []
        for chain in chains.values():
            for step, move in enumerate(chain):
                if step == len(rounds):
                    rounds.append([])
                reason = words._describe_move(move)
                rounds[step].append((move.client_id, move.from_id, move.to_id, reason, move.moment))
        self._write_moves({client_id: chain[-1] for client_id, chain in chains.items()}, days)
        for changes in rounds:
            self.env["crm.relationship.status.change"]._log_dated(changes)

    @api.model
    def _write_moves(self, moves, days):
        """Set the status of whole families and the day of their clients in one statement.

        :param moves: {client id: its last move}
        :param days: {client id: when time may move it next, or None}
        """
        if not moves and not days:
            return
        rows = SQL(", ").join(
            SQL(
                "(%s, %s::int, %s::timestamp, %s, %s::date)",
                client_id,
                moves[client_id].to_id if client_id in moves else None,
                moves[client_id].moment if client_id in moves else None,
                client_id in days,
                days.get(client_id),
            )
            for client_id in moves.keys() | days.keys()
        )
        self._execute_refresh(
            SQL(
                """
                UPDATE res_partner p
                   SET relationship_status_id = coalesce(
                           fresh.status_id, p.relationship_status_id),
                       relationship_status_date = coalesce(
                           fresh.date, p.relationship_status_date),
                       write_date = CASE WHEN fresh.status_id IS NULL
                                         THEN p.write_date ELSE %(now)s END,
                       relationship_check_date = CASE
                           WHEN fresh.is_new_day AND p.id = fresh.id THEN fresh.day
                           ELSE p.relationship_check_date END
                  FROM (VALUES %(rows)s) fresh(id, status_id, date, is_new_day, day)
                 WHERE p.commercial_partner_id = fresh.id
                   AND (fresh.status_id IS NOT NULL OR p.id = fresh.id)
                RETURNING p.id
                """,
                rows=rows,
                now=fields.Datetime.now(),
            )
        )

    # ---- which steps there are ----

    @api.model
    def _get_steps(self, statuses, is_complete=True):
        """The steps that lead to these statuses now, and back from them: rows of `STEP_COLUMNS`."""
        facts = self._get_move_queries()
        return [
            step
            for status in statuses
            for step in (
                *self._get_steps_to(status),
                *self._get_steps_back(status),
                *self._get_steps_undone(status),
            )
            if step[2] in facts and (is_complete or step[2] in EARLY_FACTS)
        ]

    @api.model
    def _get_steps_to(self, target):
        """How clients come to the status `target` by themselves, if they may now."""
        if not target.move_on:
            return
        if target.move_is_held and not self.env.context.get("relationship_move_held"):
            return
        sources = target.move_from_ids
        starts = [
            (source.id, (source.sequence, source.id) > (target.sequence, target.id))
            for source in sources
        ]
        if target.move_on == "contact" or "cold" in sources.mapped("kind"):
            starts.append((NO_STATUS, False))
        numbers = (target.move_days, target.move_factor, target.move_purchases or 1)
        for fact in EITHER.get(target.move_on, (target.move_on,)):
            for from_id, is_later in starts:
                yield (from_id, target.id, fact, False, is_later, *numbers)

    @api.model
    def _get_steps_back(self, status):
        """How clients of this status are won back, and become again what they were before.

        Whose past is not known is cold.
        """
        if not status.move_back_on:
            return
        cold = self.env["crm.relationship.status"].sudo()._get_by_kind("cold")
        facts = ("purchase", "talk") if status.move_back_on == "talk" else ("purchase",)
        for fact in facts:
            yield (status.id, cold.id or None, fact, True, True, 0, 0, 1)

    @api.model
    def _get_steps_undone(self, status):
        """How clients leave what a purchase made them when it is taken back.

        From there what is left moves them on again.
        """
        if status.move_on in BOUGHT_FACTS:
            cold = self.env["crm.relationship.status"].sudo()._get_by_kind("cold")
            yield (
                *(status.id, cold.id or None, "undone", True, True),
                *(status.move_days, status.move_factor, status.move_purchases),
            )

    @api.model
    def _query_steps(self, steps):
        """SELECT of these steps; its name in a statement is `target`."""
        return SQL(
            "SELECT * FROM unnest(%s) target(%s)",
            SQL(", ").join(
                SQL("%s::%s[]", [step[place] for step in steps], kind)
                for place, (__, kind) in enumerate(STEP_COLUMNS)
            ),
            SQL(", ").join(SQL.identifier(name) for name, __ in STEP_COLUMNS),
        )

    @api.model
    def _get_active_statuses(self):
        # sudo: what the company has decided holds for whoever changes something
        return self.env["crm.relationship.status"].sudo().search([("active", "=", True)])

    @api.model
    def _is_past_complete(self):
        jobs = self.env["crm.interaction.backfill"].sudo()  # sudo: rows of the system
        return not jobs.search_count([("state", "!=", "done")], limit=1)

    # ---- the way of clients ----

    def _query_ways(self, statuses, is_complete):
        """SELECT of the columns of `Move` of all steps of these clients, in their order.

        The last row of a client, without a move where there is none, says whether
        the day on which time may move it is a new one, and which.
        """
        return SQL(
            """
            WITH RECURSIVE target AS MATERIALIZED (%(steps)s),
            way AS (
                SELECT s.*, 0 AS place, NULL::int AS from_id, NULL::text AS kind,
                       NULL::int AS number, NULL::text AS name, NULL::timestamp AS happened,
                       '{}'::int[] AS seen
                  FROM (%(states)s) s
             UNION ALL
                SELECT s.client_id, next.to_id, next.moment, false, false, s.unlocked,
                       s.previous_id,
                       s.is_locked, s.bought_moments, s.bought_kinds, s.bought_names,
                       s.place + 1, s.status_id, next.kind, next.number, next.name,
                       next.happened, s.seen || coalesce(s.status_id, %(none)s) || next.to_id
                  FROM way s CROSS JOIN LATERAL (%(next)s) next
                 -- Nobody goes in a circle.
                 WHERE next.to_id <> ALL(s.seen)
            ),
            trace AS (
                SELECT *, lead(place) OVER (PARTITION BY client_id ORDER BY place) IS NULL
                       AS is_last
                  FROM way
            )
            SELECT client.id, s.from_id, CASE WHEN s.place > 0 THEN s.status_id END,
                   s.since, s.kind, s.number, s.name, s.happened, fresh.is_new, fresh.day
              FROM res_partner client
         LEFT JOIN trace s ON s.client_id = client.id
         LEFT JOIN LATERAL (%(day)s) fresh ON s.is_last IS NOT FALSE
             WHERE client.id IN %(ids)s AND (s.place > 0 OR fresh.is_new)
             ORDER BY client.id, s.place
            """,
            steps=self._query_steps(self._get_steps(statuses, is_complete)),
            states=self._query_states(SQL("client.id IN %s", tuple(self.ids))),
            next=self._query_next(),
            day=self._query_check_day(is_complete),
            none=NO_STATUS,
            ids=tuple(self.ids),
        )

    @api.model
    def _query_next(self):
        """SELECT of the first step that a client can take from its state `s`."""
        return SQL(
            """
            SELECT destination.id AS to_id,
                   greatest(fact.moment, s.since, s.unlocked) AS moment,
                   CASE WHEN target.is_back THEN 'back_' ELSE '' END || fact.kind AS kind,
                   fact.number, fact.name, fact.moment AS happened
              FROM target
              JOIN crm_relationship_status destination ON destination.id = coalesce(
                   CASE WHEN target.is_back THEN s.previous_id END, target.to_id)
        CROSS JOIN LATERAL (%(state)s) state
        CROSS JOIN LATERAL (%(facts)s) fact
             WHERE target.from_id = coalesce(s.status_id, %(none)s) AND NOT s.is_locked
             ORDER BY moment, destination.sequence DESC, destination.id DESC, fact.moment
             LIMIT 1
            """,
            state=self._query_state(),
            facts=SQL(" UNION ALL ").join(
                SQL(
                    """SELECT found.moment, found.number, found.name::text, found.kind::text
                         FROM (%s) found WHERE target.fact = %s""",
                    query,
                    fact,
                )
                for fact, query in self._get_move_queries().items()
            ),
            none=NO_STATUS,
        )

    @api.model
    def _query_state(self):
        """SELECT of what the queries of facts know of a client in the state `s`.

        Up to `floor` facts do not count: somebody has decided since, or it would be a
        move back.
        """
        return SQL(
            """SELECT s.client_id, s.status_id, s.since,
                      CASE WHEN (s.status_id IS NOT NULL OR s.is_emptied)
                                AND (s.is_hand OR target.is_later)
                           THEN s.since ELSE '-infinity' END::timestamp AS floor,
                      s.bought_moments, s.bought_kinds, s.bought_names"""
        )
