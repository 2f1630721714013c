from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...tools import retry_on_collision
from ..client.crm_relationship_status import AWAY_KINDS
from ..client.res_partner import PREFETCH_GROUP

# Clients that one transaction of the scheduled action looks at.
BATCH_SIZE = 1000


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

    One statement finds the next step of any number of clients; those that were
    found are looked at again from where they are then, until nobody moves: a
    client of the past goes the whole way, each step on its day.

    What stands against a move: who is no client at all (own people, own
    companies, vendors alone), a status that is kept until a day, and what
    somebody has set by hand after the fact. A fact that is older than the status
    moves a client on (by the order of the statuses), never back.

    Time alone moves clients too. `relationship_check_date` is a day by which
    nothing of the kind can happen yet; a scheduled action looks at those whose
    day has come, and finds them by its index. The day is not put off with every
    contact, so that a contact costs no write.
    """

    _inherit = "res.partner"

    relationship_check_date = fields.Date(
        string="Status Looked at Again On",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="On this day at the latest it is looked whether the status moves by itself, "
        "because nothing was heard for too long or because it is kept no longer.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )

    # ---- all steps of some clients ----

    def _advance_status(self):
        """Move these clients by facts, and note when time may move them next."""
        # PostgreSQL would compile for a second what it does in a tenth of it.
        self.env.cr.execute("SET LOCAL jit = off")
        statuses, is_complete = self._get_active_statuses(), self._is_past_complete()
        steps = self._prepare_steps(statuses, is_complete)
        chains = self._find_moves(SQL("client.id IN %s", tuple(self.ids) or (0,)), steps)
        self._apply_moves(chains)
        self._set_check_date(statuses, is_complete)
        return self.browse(chains)

    @api.model
    def _find_moves(self, condition, steps):
        """What facts make of the clients for whom `condition` holds.

        :return: {client id: its moves, in their order}
        """
        chains = {}
        states = self._query_states(condition)
        while moves := self._get_next_moves(states, steps, chains):
            for move in moves:
                chains.setdefault(move.client_id, []).append(move)
            states = self._query_states_after(moves)
        return {
            client_id: merged
            for client_id, chain in chains.items()
            if (merged := self._merge_steps(chain))
        }

    @api.model
    def _get_next_moves(self, states, steps, chains):
        """The next step of each client; nobody goes in a circle."""
        rows = self.env.execute_query(self._query_next_moves(states, steps)) if steps else []
        return [
            move
            for move in map(Move._make, rows)
            if not any(
                move.to_id in (step.from_id, step.to_id) for step in chains.get(move.client_id, ())
            )
        ]

    @api.model
    def _merge_steps(self, chain):
        """Steps that bear the same moment are one: from the first to the last."""
        merged = []
        for move in chain:
            if merged and merged[-1].moment == move.moment:
                move = move._replace(from_id=merged.pop().from_id)
            if move.from_id != move.to_id:
                merged.append(move)
        return merged

    @api.model
    def _apply_moves(self, chains):
        """Write the last status of each client once, and the trace of all steps."""
        words = self.with_context(lang=self._get_purchase_company().partner_id.lang)
        rounds = []
        for chain in chains.values():
            for step, move in enumerate(chain):
                if step == len(rounds):
                    rounds.append([])
                reason = words._describe_move(move)
                rounds[step].append((move.client_id, move.from_id, move.to_id, reason, move.moment))
        self._write_statuses({change[0]: change for step in rounds for change in step}.values())
        for changes in rounds:
            self.env["crm.relationship.status.change"]._log_dated(changes)

    # ---- one step ----

    @api.model
    def _prepare_steps(self, statuses, is_complete):
        """One SELECT for each status that clients may come to or come back from now.

        :param statuses: all there are
        :param bool is_complete: whether the history of the past is complete. Who was
            heard of when is not known before: silence would be found everywhere.
        """
        return [
            *(
                self._query_step(status)
                for status in self._get_targets(statuses)
                if is_complete or status.move_on in ("contact", "purchase")
            ),
            *(
                self._query_step_back(status, is_complete)
                for status in statuses
                if status.move_back_on
            ),
        ]

    @api.model
    def _get_targets(self, statuses):
        """Those of these statuses that clients may come to by themselves now."""
        facts = self._get_move_queries()
        with_held = self.env.context.get("relationship_move_held")
        return statuses.filtered(
            lambda status: status.move_on in facts and (with_held or not status.move_is_held)
        )

    @api.model
    def _get_active_statuses(self):
        # sudo: what the company has decided holds for whoever changes something
        return self.env["crm.relationship.status"].sudo().search([("active", "=", True)])

    @api.model
    def _is_past_complete(self):
        jobs = self.env["crm.interaction.backfill"].sudo()  # sudo: rows of the system
        return not jobs.search_count([("state", "!=", "done")], limit=1)

    @api.model
    def _query_next_moves(self, states, steps):
        """SELECT of the columns of `Move`: the first step each of these states can take."""
        return SQL(
            """
            WITH client_state AS MATERIALIZED (%(states)s)
            SELECT DISTINCT ON (step.client_id)
                   step.client_id, step.from_id, step.to_id, step.moment,
                   step.kind, step.number, step.name, step.happened
              FROM (%(steps)s) step
              JOIN crm_relationship_status destination ON destination.id = step.to_id
             ORDER BY step.client_id, step.moment,
                      destination.sequence DESC, destination.id DESC
            """,
            states=states,
            steps=SQL(" UNION ALL ").join(SQL("(%s)", step) for step in steps),
        )

    @api.model
    def _query_step(self, target):
        """Who can come to the status `target` from where they are, and by which fact."""
        sources = target.move_from_ids
        later = sources.filtered(
            lambda status: (status.sequence, status.id) > (target.sequence, target.id)
        )
        begins = target.move_on == "contact" or "cold" in sources.mapped("kind")
        return self._query_step_facts(
            self._get_move_queries()[target.move_on],
            to_id=SQL("%s::int", target.id),
            target=target,
            floor=SQL(
                """CASE WHEN %(is_new)s THEN '-infinity'
                        WHEN s.is_hand OR s.status_id IN %(later)s THEN s.since
                        ELSE '-infinity' END""",
                is_new=SQL("s.status_id IS NULL"),
                later=tuple(later.ids) or (0,),
            ),
            condition=SQL(
                "(s.status_id IN %s%s)",
                tuple(sources.ids) or (0,),
                SQL(" OR s.status_id IS NULL") if begins else SQL(""),
            ),
        )

    @api.model
    def _query_step_back(self, status, is_complete):
        """Who of this status is won back, and becomes again what it was before."""
        facts = [self._query_move_purchase()]
        if status.move_back_on == "talk" and is_complete:
            facts.append(self._query_move_talk())
        first = SQL(
            """
            (SELECT fact.moment, fact.number, fact.name, 'back_' || fact.kind AS kind
               FROM (%s) fact ORDER BY fact.moment LIMIT 1)
            """,
            SQL(" UNION ALL ").join(SQL("(%s)", fact) for fact in facts),
        )
        cold = self.env["crm.relationship.status"].sudo()._get_by_kind("cold")
        return self._query_step_facts(
            first,
            to_id=SQL("coalesce(s.previous_id, %s)", cold.id or None),
            target=status.browse(),
            floor=SQL("s.since"),
            condition=SQL(
                "s.status_id = %s AND coalesce(s.previous_id, %s) IS NOT NULL",
                status.id,
                cold.id or None,
            ),
        )

    @api.model
    def _query_step_facts(self, fact, *, to_id, target, floor, condition):
        return SQL(
            """
            SELECT s.client_id, s.status_id AS from_id, %(to_id)s AS to_id,
                   greatest(fact.moment, s.since, s.unlocked) AS moment,
                   fact.kind, fact.number, fact.name, fact.moment AS happened
              FROM client_state s
        CROSS JOIN (SELECT %(days)s::int AS move_days, %(factor)s::float AS move_factor,
                           %(purchases)s::int AS move_purchases) target
        CROSS JOIN LATERAL (
                   SELECT s.client_id, s.status_id, s.since, (%(floor)s)::timestamp AS floor,
                          s.bought_moments, s.bought_kinds, s.bought_names
                   ) state
        CROSS JOIN LATERAL (%(fact)s) fact
             WHERE %(condition)s AND NOT s.is_locked
            """,
            to_id=to_id,
            days=target.move_days,
            factor=target.move_factor,
            purchases=target.move_purchases or 1,
            floor=floor,
            fact=fact,
            condition=condition,
        )

    # ---- where clients are ----

    @api.model
    def _query_states(self, condition):
        """SELECT of where each `client` is, of all for whom `condition` holds.

        `since` when, `is_hand` whether somebody has decided it, `unlocked` when the
        status was kept to the last, `previous_id` what was before silence or loss.
        """
        return SQL(
            """
            SELECT client.id AS client_id,
                   client.relationship_status_id AS status_id,
                   client.relationship_status_date AS since,
                   last.user_id IS DISTINCT FROM %(robot)s AS is_hand,
                   (client.relationship_status_locked_until + 1)::timestamp AS unlocked,
                   previous.id AS previous_id,
                   coalesce(client.relationship_status_locked_until >= %(today)s, false)
                   AS is_locked,
                   bought.*
              FROM res_partner client
         LEFT JOIN LATERAL (
                   SELECT c.user_id FROM crm_relationship_status_change c
                    WHERE c.partner_id = client.id AND c.date_to IS NULL
                    ORDER BY c.date DESC, c.id DESC LIMIT 1
                   ) last ON true
         LEFT JOIN crm_relationship_status current ON current.id = client.relationship_status_id
         LEFT JOIN LATERAL (
                   SELECT was.id FROM crm_relationship_status_change c
                     JOIN crm_relationship_status was ON was.id = c.to_status_id
                    WHERE c.partner_id = client.id AND current.kind IN %(away)s
                      AND was.active AND was.kind NOT IN %(away)s
                    ORDER BY c.date DESC, c.id DESC LIMIT 1
                   ) previous ON true
        CROSS JOIN LATERAL (%(bought)s) bought
             WHERE %(condition)s
               AND client.partner_share
               AND client.id = client.commercial_partner_id
               AND NOT EXISTS (SELECT FROM res_company c WHERE c.partner_id = client.id)
               AND NOT (client.relationship_status_id IS NULL AND %(no_client)s)
            """,
            condition=condition,
            robot=SUPERUSER_ID,
            bought=self._query_purchase_lists(),
            away=AWAY_KINDS,
            today=self._get_status_today(),
            no_client=self._query_is_no_client(),
        )

    @api.model
    def _query_states_after(self, moves):
        """SELECT of where clients are after these moves."""
        rows = SQL(", ").join(
            SQL("(%s::int, %s::int, %s::timestamp)", move.client_id, move.to_id, move.moment)
            for move in moves
        )
        ids = tuple(move.client_id for move in moves)
        return SQL(
            """
            SELECT was.client_id, after.status_id, after.since, false AS is_hand,
                   was.unlocked, was.previous_id, was.is_locked,
                   was.bought_moments, was.bought_kinds, was.bought_names
              FROM (%(states)s) was
              JOIN (VALUES %(rows)s) after(client_id, status_id, since)
                   ON after.client_id = was.client_id
            """,
            states=self._query_states(SQL("client.id IN %s", ids)),
            rows=rows,
        )

    @api.model
    def _query_is_no_client(self):
        """Condition: `client` is no client whatever it says, for example a vendor."""
        return SQL("false")

    @api.model
    def _get_now(self):
        return fields.Datetime.now()

    @api.model
    def _get_status_today(self):
        """The day on which a status that was kept is kept no longer: that of the company."""
        zone = self.env["crm.source.report"]._get_tz(self._get_purchase_company())
        return fields.Date.context_today(self.with_context(tz=zone))

    # ---- moved by time ----

    def _set_check_date(self, statuses, is_complete):
        """Note the day by which time cannot have moved these clients yet.

        A day that is too early stays: it costs a look, putting it off a write.
        """
        if not self:
            return
        self._execute_refresh(
            SQL(
                """
                UPDATE res_partner client SET relationship_check_date = fresh.day
                  FROM (SELECT p.id, next.day, p.relationship_check_date AS known
                          FROM res_partner p LEFT JOIN (%(next)s) next ON next.client_id = p.id
                         WHERE p.id IN %(ids)s) fresh
                 WHERE client.id = fresh.id
                   AND (fresh.day < coalesce(fresh.known, 'infinity'::date)
                        OR fresh.known <= %(today)s AND fresh.day IS DISTINCT FROM fresh.known)
                RETURNING client.id
                """,
                ids=tuple(self.ids),
                today=fields.Date.today(),
                next=self._query_check_days(statuses, is_complete),
            )
        )

    def _query_check_days(self, statuses, is_complete):
        """SELECT of `client_id, day`: when time may move each of these clients."""
        later = fields.Date.add(fields.Date.today(), days=1)
        arms = [SQL("SELECT client_id, unlocked::date AS day FROM client_state WHERE is_locked")]
        if not is_complete:
            arms.append(SQL("SELECT client_id, %s::date FROM client_state", later))
        arms += [
            self._query_silence_days(status)
            for status in self._get_targets(statuses)
            if status.move_on == "silence"
        ]
        return SQL(
            """
            WITH client_state AS MATERIALIZED (%(states)s)
            SELECT client_id, greatest(min(day), %(later)s) AS day
              FROM (%(arms)s) arm GROUP BY client_id
            """,
            states=self._query_states(SQL("client.id IN %s", tuple(self.ids))),
            arms=SQL(" UNION ALL ").join(arms),
            later=later,
        )

    @api.model
    def _query_silence_days(self, target):
        """The first whole day on which silence has lasted long enough for `target`."""
        silence = SQL(
            """SELECT silent.until AS moment, 0 AS number, NULL::varchar AS name,
                      'silence' AS kind
                 FROM (%s) silent WHERE silent.until > %s""",
            self._query_silence(),
            self._get_now(),
        )
        step = self._query_step_facts(
            silence,
            to_id=SQL("NULL::int"),
            target=target,
            floor=SQL("CASE WHEN s.is_hand THEN s.since ELSE '-infinity' END"),
            condition=SQL("s.status_id IN %s", tuple(target.move_from_ids.ids) or (0,)),
        )
        return SQL("SELECT client_id, (moment + interval '1 day')::date FROM (%s) silent", step)

    @api.model
    def _cron_move_status(self):
        """Look at all clients whose day has come, batch by batch."""
        retry_on_collision(self.env.cr, self._move_due)

    @api.model
    def _move_due(self):
        cron = self.env["ir.cron"]
        while clients := self._claim_due():
            clients._advance_status()._refresh_summary()
            if not cron._commit_progress(len(clients), remaining=self._count_due()):
                break

    @api.model
    def _claim_due(self):
        """The next clients to look at, which no other worker holds."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner WHERE relationship_check_date <= %s
                 ORDER BY relationship_check_date, id LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                fields.Date.today(),
                BATCH_SIZE,
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _count_due(self):
        return self.with_context(active_test=False).search_count(
            [("relationship_check_date", "<=", fields.Date.today())]
        )
