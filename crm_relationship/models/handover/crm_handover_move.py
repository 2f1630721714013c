import logging

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...tools import is_collision, retry_on_collision
from .crm_handover import ACTIVE, DONE, DRAFT, PLANNED, RETURNED
from .crm_handover_line import FAILED, KEPT, MODEL_BY_KIND, MOVED, STUCK, TODO

_logger = logging.getLogger(__name__)

# Lines moved in one transaction.
BATCH_SIZE = 500


class CrmHandover(models.Model):
    """How a handover is carried out: in batches, each committed with its lines.

    Killed at any point it goes on there; two workers never take the same line. A
    record that can't be written is found by halving its batch, marked, and
    leaves the others alone. A person is told once, at the end, and not of each.
    """

    _inherit = "crm.handover"
    _batch_size = BATCH_SIZE

    @api.model
    def _cron_handover(self):
        """Begin what is planned for today, take back what is due, and go on with what is begun."""
        retry_on_collision(self.env.cr, self._work_off)

    @api.model
    def _work_off(self):
        cron = self.env["ir.cron"]
        # "active" before "planned": what ends today is back before what begins today takes it.
        handovers = self.search([("state", "in", (PLANNED, ACTIVE))], order="state, id")
        for handover in handovers:
            handover._begin_if_due()
            cron._commit_progress()
            while done := handover._work_batch():
                if not cron._commit_progress(done, remaining=handover._count_left()):
                    return
            handover._finish()
            cron._commit_progress()

    def _begin_if_due(self):
        today = self._get_today()
        if self.state == PLANNED and self.date_from <= today:
            self._start_planned()
        elif self.state == ACTIVE and self.date_until and self.date_until <= today:
            self._begin_return()

    def _start_planned(self):
        """What has become impossible since it was planned is told to who planned it."""
        try:
            with self.env.cr.savepoint():
                self._check_may_start()
                self._start()
        except UserError as error:
            self.state = DRAFT
            self._tell_not_started(str(error))

    def _start(self):
        """Write down what is to be moved, and count as begun."""
        # sudo: lines and state are written by the work only; who may begin it was checked
        handover = self.sudo()
        handover.state = ACTIVE
        handover._collect_lines()
        handover._check_companies()

    def _work_inline(self):
        """The first batch at once, so that one sees it; the rest in the background."""
        # sudo: as in _start
        handover = self.sudo()
        if handover._work_batch() and handover._count_left():
            self.env.ref("crm_relationship.ir_cron_handover").sudo()._trigger()
        else:
            handover._finish()

    def _retry_lines(self):
        """Under way again with what failed: there, or once it was on the way back, back."""
        is_back = self.is_returning or self.state == RETURNED
        wrong, again = (STUCK, MOVED) if is_back else (FAILED, TODO)
        if lines := self.line_ids.filtered(lambda line: line.state == wrong):
            lines.write({"state": again, "reason": False})
            self.write({"state": ACTIVE, "is_returning": is_back})

    def _count_left(self):
        state = MOVED if self.is_returning else TODO
        return self.env["crm.handover.line"].search_count(
            [("handover_id", "=", self.id), ("state", "=", state)]
        )

    def _work_batch(self):
        """Move, or take back, as many lines as go in one transaction.

        :return: how many there were
        """
        lines = self._claim_lines(MOVED if self.is_returning else TODO)
        for kind, of_kind in lines.grouped("kind").items():
            if self.is_returning:
                self._return_lines(kind, of_kind)
            else:
                self._move_lines(kind, of_kind)
        return len(lines)

    def _claim_lines(self, state):
        """Lines that nobody else works on."""
        self.env["crm.handover.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_handover_line WHERE handover_id = %s AND state = %s
                    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED""",
                self.id,
                state,
                self._batch_size,
            )
        )
        return self.env["crm.handover.line"].browse([row[0] for row in rows])

    # ---- there ----

    def _move_lines(self, kind, lines):
        """To the colleagues, what is still open and still with the person."""
        owners = self._get_open_owners(kind, lines)
        mine = lines.filtered(lambda line: owners.get(line.res_id) == self.from_user_id.id)
        (lines - mine).write({"state": KEPT, "reason": self.env._("Changed in the meantime")})
        for user, of_user in mine.grouped("to_user_id").items():
            self._write_lines(kind, of_user, user, MOVED, FAILED)

    @api.model
    def _get_open_owners(self, kind, lines):
        """{id: user id} of the records of these lines that are still open."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT rows.id, rows.user_id FROM (%s) rows WHERE rows.id IN %s",
                    self._query_open(kind),
                    tuple(lines.mapped("res_id")) or (0,),
                )
            )
        )

    def _write_lines(self, kind, lines, user, done, failed):
        """Give the records of these lines to `user`; an error costs its record only."""
        if not lines:
            return
        records = self.env[MODEL_BY_KIND[kind]].browse(lines.mapped("res_id"))
        try:
            with self.env.cr.savepoint():
                self._give(records, user, self._get_trace(user), is_lent=bool(self.date_until))
                lines.write({"state": done, "reason": False})
        except Exception as error:
            if is_collision(error):
                raise
            if len(lines) > 1:
                half = len(lines) // 2
                for part in (lines[:half], lines[half:]):
                    self._write_lines(kind, part, user, done, failed)
            else:
                _logger.warning("Could not hand over %s", records, exc_info=True)
                lines.write({"state": failed, "reason": str(error)})

    def _get_trace(self, user):
        """What the chatter of each record says."""
        giver, until = self.from_user_id, self.date_until
        if user == giver:
            return self.env._("Back with %s after a handover.", giver.name)
        words = {"giver": giver.name, "taker": user.name, "day": format_date(self.env, until)}
        if until:
            return self.env._("%(taker)s stands in for %(giver)s until %(day)s.", **words)
        return self.env._("Handed over by %(giver)s to %(taker)s.", **words)

    @api.model
    def _give(self, records, user, trace, is_lent=False):
        """Make `user` responsible for these records: by sets, without a message of each.

        :param str trace: what their chatter says of it
        :param bool is_lent: the team of a lead stays, since it comes back
        """
        # sudo: who may hand over was checked for all; the record rules of leads let nobody give
        # away their own. Odoo tells who is made responsible, and tracks it, record by record: one
        # digest tells it, and one statement writes the trace of all.
        records = records.sudo().with_context(
            mail_auto_subscribe_no_notify=True, mail_activity_quick_update=True, mail_notrack=True
        )
        if hasattr(records, "_message_log_batch"):
            records._message_log_batch(dict.fromkeys(records.ids, escape(trace)))
        if records._name == "crm.lead":
            self._give_leads(records, user, is_lent)
        else:
            records.write({"user_id": user.id})
        self.env.flush_all()

    @api.model
    def _give_leads(self, leads, user, is_lent):
        """Nobody new has a lead that somebody had: it counts as assigned when it first was, so
        that no rule greets the client once more and the days to assign stay true."""
        before = {lead.id: lead.date_open for lead in leads if lead.user_id}
        if is_lent:
            for team, of_team in leads.grouped("team_id").items():
                of_team.write({"user_id": user.id, "team_id": team.id})
        else:
            leads.write({"user_id": user.id})
        leads.flush_recordset()
        if not before:
            return
        rows = SQL(", ").join(
            SQL("(%s::int, %s::timestamp)", lead_id, moment or None)
            for lead_id, moment in before.items()
        )
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead SET date_open = old.moment
                     FROM (VALUES %s) AS old(id, moment) WHERE crm_lead.id = old.id
                    RETURNING crm_lead.id""",
                rows,
            )
        )
        leads.invalidate_recordset(["date_open"], flush=False)
        leads.modified(["date_open"])

    # ---- the end ----

    def _finish(self):
        """Nothing is left to do: tell it, once."""
        if self.state != ACTIVE or self._count_left():
            return
        if self.is_returning:
            self._finish_return()
        elif not self.date_moved:
            self._finish_move()
        elif not self.date_until:
            # Tried again: it was told before.
            self.state = DONE

    def _finish_move(self):
        now = fields.Datetime.now()
        self.date_moved = now
        if not self.date_until:
            self.write({"state": DONE, "date_ended": now})
        self._tell_moved()
