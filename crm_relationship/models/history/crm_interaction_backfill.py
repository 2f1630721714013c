import logging
import time
from collections.abc import Callable
from typing import NamedTuple

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...tools import retry_on_collision

_logger = logging.getLogger(__name__)

TODO, RUNNING, PAUSED, DONE = "todo", "running", "paused", "done"


class Past(NamedTuple):
    """Where the past events of one kind lie, and how they become history."""

    model: str
    # Which rows of its table, called `origin`, are worth a look.
    condition: SQL
    # Takes {id: uid}, returns the SELECT of their history rows.
    query: Callable[[dict], SQL]


class CrmInteractionBackfill(models.Model):
    """Building the history of what happened before the addon was there.

    One row is one kind of event. A scheduled action goes through its table in
    batches of ids, the newest first, so that what matters is there first. Each
    batch is one INSERT by the query that captures such events live, committed
    together with `position`: killed at any point it goes on where it was.
    `origin_key` keeps out what the history has already.

    One worker at a time holds the row it works on. A batch with an event that
    fails is halved until that event stands alone; it is counted and left out.

    Which kinds there are, and in which order, says `_get_pasts`. What the
    queries of the past correct in those of live capture is in
    `crm_interaction_past.py`.
    """

    _name = "crm.interaction.backfill"
    _description = "History of the Past"
    _order = "sequence, id"
    _rec_name = "kind"

    # Events of one transaction, and the rows of a table that are looked through for them at
    # most: of millions of messages few may be worth a look. A test lowers both. Planning the
    # query is paid once a batch; what a batch locks keeps nobody from writing.
    _batch_size = 20_000
    _batch_span = 200_000

    kind = fields.Selection(
        [
            ("activity", "Activities done"),
            ("meeting", "Meetings held"),
            ("message", "Mails and SMS"),
            ("lead", "Leads"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(default=10)
    state = fields.Selection(
        [
            (TODO, "To be built"),
            (RUNNING, "Being built"),
            (PAUSED, "Paused"),
            (DONE, "Complete"),
        ],
        required=True,
        readonly=True,
        default=TODO,
    )
    first_id = fields.Integer(
        readonly=True, aggregator=None, help="The oldest event that there is, by its number."
    )
    last_id = fields.Integer(
        readonly=True, aggregator=None, help="The newest event when it began, by its number."
    )
    position = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Events from this number on have been looked at; it goes on below.",
    )
    progress = fields.Float(
        string="Progress (%)",
        compute="_compute_progress",
        help="How much of the past has been looked at.",
    )
    seen_count = fields.Integer(
        string="Events", readonly=True, help="Events that were looked at so far."
    )
    row_count = fields.Integer(
        string="Written",
        readonly=True,
        help="Contacts that were new to the history. Notes among colleagues, and what was "
        "there already, are not written.",
    )
    failed_count = fields.Integer(
        string="Failed", readonly=True, help="Events that could not be read and were left out."
    )
    error = fields.Char(
        string="Last Error", readonly=True, help="What the last event that failed said."
    )
    seconds = fields.Float(
        string="Work (seconds)", readonly=True, help="Time spent at work, without pauses."
    )
    rate = fields.Integer(
        string="A Second",
        compute="_compute_progress",
        help="Events that were looked at in a second of work.",
    )
    date_start = fields.Datetime(string="Started", readonly=True)
    date_end = fields.Datetime(string="Completed", readonly=True)

    _kind_uniq = models.Constraint("UNIQUE(kind)", "The past of this kind is being built already.")

    @api.depends("state", "first_id", "last_id", "position", "seen_count", "seconds")
    def _compute_progress(self):
        for job in self:
            done, total = job._get_done_and_total()
            job.progress = 100 if job.state == DONE else 100 * done / total if total else 0
            job.rate = job.seen_count / job.seconds if job.seconds else 0

    def _get_done_and_total(self):
        """How many numbers of events were passed, and how many there are."""
        total = self.last_id - self.first_id + 1
        return (total if self.state == DONE else self.last_id + 1 - self.position), total

    # ---- what people do ----

    def action_pause(self):
        """Stop after the batch that is being written."""
        self.filtered(lambda job: job.state in (TODO, RUNNING)).state = PAUSED

    def action_resume(self):
        """Go on where it was."""
        paused = self.filtered(lambda job: job.state == PAUSED)
        paused.state = TODO
        paused._wake_up()

    def action_again(self):
        """Look at all of the past again: what is missing is written, nothing twice.

        What somebody has deleted from the history stays away.
        """
        self._reset()
        self._wake_up()

    @api.model
    def get_progress(self):
        """How far the history of the past is, for the note above lists.

        :return: `{"percent": 43, "paused": False}`, or `{}` when it is complete
        :rtype: dict
        """
        jobs = self.search_fetch([("kind", "in", list(self._get_pasts()))])
        unfinished = jobs.filtered(lambda job: job.state != DONE)
        if not unfinished:
            return {}
        done, total = map(sum, zip(*(job._get_done_and_total() for job in jobs), strict=True))
        return {
            "percent": min(int(100 * done / total), 99) if total else 0,
            "paused": all(job.state == PAUSED for job in unfinished),
        }

    # ---- the work ----

    @api.model
    def _start(self):
        """Build the history of all that happened until now, in the background."""
        # sudo: whoever installs; the rows are technical
        jobs = self.sudo()
        known = set(jobs.search_fetch([("kind", "!=", False)], ["kind"]).mapped("kind"))
        jobs.create([{"kind": kind} for kind in self._get_pasts() if kind not in known])
        jobs = jobs.search([("kind", "in", list(self._get_pasts()))])
        jobs._reset()
        jobs._wake_up()
        # The clients of leads get their status and first touch at once.
        self.env["crm.relationship.refresh"]._push_query(
            SQL("SELECT DISTINCT partner_id FROM crm_lead WHERE partner_id IS NOT NULL")
        )

    def _reset(self):
        order = list(self._get_pasts())
        for job in self:
            job.write(
                {
                    "sequence": order.index(job.kind) if job.kind in order else len(order),
                    "state": TODO,
                    "error": False,
                    **dict.fromkeys(("date_start", "date_end"), False),
                    **dict.fromkeys(("seen_count", "row_count", "failed_count", "seconds"), 0),
                    **job._measure(),
                }
            )

    def _measure(self):
        """The events that there are now, by their numbers; no later one is looked at."""
        past = self._get_pasts().get(self.kind)
        table = self.env[past.model]._table if past else self._table
        ((first_id, last_id),) = self.env.execute_query(
            SQL("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM %s", SQL.identifier(table))
        )
        return {"first_id": first_id, "last_id": last_id, "position": last_id + 1}

    def _wake_up(self):
        # sudo: the scheduled action of the history, nothing of the user's choice
        self.env.ref("crm_relationship.ir_cron_backfill").sudo()._trigger()

    @api.model
    def _cron_build(self):
        """Build the history of the past, batch by batch, until all of it is there."""
        retry_on_collision(self.env.cr, self._build_all)

    @api.model
    def _build_all(self):
        cron = self.env["ir.cron"]
        while job := self._claim():
            passed = job._build_batch()
            job.flush_recordset()
            if not cron._commit_progress(passed, remaining=self._count_remaining()):
                break

    @api.model
    def _claim(self):
        """The row to go on with, locked; none when another worker holds it."""
        kinds = list(self._get_pasts())
        job = self.search([("state", "in", (TODO, RUNNING)), ("kind", "in", kinds)], limit=1)
        return job.try_lock_for_update()

    @api.model
    def _count_remaining(self):
        jobs = self.search(
            [("state", "in", (TODO, RUNNING)), ("kind", "in", list(self._get_pasts()))]
        )
        return sum(max(job.position - job.first_id, 1) for job in jobs)

    def _build_batch(self):
        """Write the history of the next batch of events.

        :return: how many numbers of events were passed
        """
        self.ensure_one()
        started = time.monotonic()
        self.env.flush_all()
        self._advise_planner()
        if not self.date_start:
            self._begin()
        past = self._get_pasts()[self.kind]
        floor = max(self.first_id, self.position - self._batch_span)
        events = self._get_events(past, floor)
        written, errors = self._write_history(past, events)
        position = min(events) if len(events) == self._batch_size else floor
        passed = self.position - position
        ended = position <= self.first_id
        self.write(
            {
                "state": DONE if ended else RUNNING,
                "position": position,
                "seen_count": self.seen_count + len(events),
                "row_count": self.row_count + written,
                "failed_count": self.failed_count + len(errors),
                "error": errors[-1] if errors else self.error,
                "seconds": self.seconds + time.monotonic() - started,
                "date_end": fields.Datetime.now() if ended else False,
            }
        )
        return passed

    def _advise_planner(self):
        """Let PostgreSQL look up a batch by indexes, whatever it thinks of the tables.

        To it a batch is a large part of a table that was empty when it looked
        last: it would read whole tables or whole indexes for each batch, and compile
        the query. A batch that a power cut undoes is done again, so nobody waits for the
        disk. The settings end with the transaction. A table that has doubled is
        counted anew.
        """
        for setting in (
            *("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_bitmapscan"),
            *("jit", "synchronous_commit"),
        ):
            self.env.cr.execute(SQL("SET LOCAL %s = off", SQL.identifier(setting)))
        batches = self.seen_count // self._batch_size
        if batches and not batches & (batches - 1):
            self.env.cr.execute("ANALYZE crm_interaction")

    def _begin(self):
        """Take the measure again: what is newer is captured live."""
        self.write({"date_start": fields.Datetime.now(), **self._measure()})

    def _get_events(self, past, floor):
        """The next events down to the number `floor`, as {id: uid of who made it}."""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT origin.id, origin.create_uid FROM %(table)s origin
                     WHERE origin.id < %(position)s AND origin.id >= %(floor)s
                       AND %(condition)s
                     ORDER BY origin.id DESC LIMIT %(size)s
                    """,
                    table=SQL.identifier(self.env[past.model]._table),
                    position=self.position,
                    floor=floor,
                    condition=past.condition,
                    size=self._batch_size,
                )
            )
        )

    def _write_history(self, past, events):
        """Write the rows of these events, without those that can't be read.

        :return: how many rows were written, and what the failed events said
        """
        if not events:
            return 0, []
        try:
            with self.env.cr.savepoint():
                return len(self.env["crm.interaction"]._insert_past(past.query(events))), []
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            if len(events) == 1:
                _logger.warning("%s %s is left out of the history", past.model, events, exc_info=1)
                return 0, [f"{past.model},{next(iter(events))}: {error}".strip()]
        written, errors = 0, []
        ids = list(events)
        half = len(ids) // 2
        for part in (ids[:half], ids[half:]):
            count, failed = self._write_history(past, {id_: events[id_] for id_ in part})
            written += count
            errors += failed
        return written, errors

    # ---- where the past is ----

    @api.model
    def _get_pasts(self):
        """Kinds of past events -> where they lie, in the order in which they are built.

        What people did comes before what clients wrote, so that an old inquiry
        finds its answer. A kind that is not captured has no past.
        """
        interactions = self.env["crm.interaction"]
        queries = {
            **interactions._get_capture_queries(),
            "activity": interactions._query_past_activities,
            "lead": interactions._query_past_leads,
        }
        pasts = {
            "activity": (
                "mail.activity",
                SQL("NOT origin.active AND origin.date_done IS NOT NULL"),
            ),
            "meeting": ("calendar.event", self._get_past_meetings()),
            "message": ("mail.message", self._get_past_messages()),
            "lead": ("crm.lead", SQL("true")),
        }
        return {
            kind: Past(model, condition, queries[kind])
            for kind, (model, condition) in pasts.items()
            if kind in queries
        }

    @api.model
    def _get_past_meetings(self):
        return SQL("origin.active AND origin.stop <= %s", fields.Datetime.now())

    @api.model
    def _get_past_messages(self):
        interactions = self.env["crm.interaction"]
        return SQL(
            "origin.model IN %s AND origin.message_type IN %s",
            tuple(interactions._get_capture_models()),
            tuple(interactions._get_capture_message_types()),
        )
