from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ...tools import day_words
from .crm_today import DAY, LATE, WAITING, Item, Kind

SECONDS_PER_DAY = 86400


class CrmToday(models.AbstractModel):
    """What clients wait for: answers, promises, that something is made good."""

    _inherit = "crm.today"

    def _get_today_kinds(self):
        env = self.env
        return [
            *super()._get_today_kinds(),
            Kind(
                "waiting",
                "crm.interaction",
                env._("Waiting"),
                self._find_waiting,
                self._tell_waiting,
            ),
            Kind(
                "promise",
                "crm.promise",
                env._("Promise"),
                self._find_promises,
                self._tell_promises,
            ),
            Kind(
                "complaint",
                "crm.complaint",
                env._("Complaint"),
                self._find_complaints,
                self._tell_complaints,
            ),
        ]

    # ---- who waits for an answer ----

    @api.model
    def _get_waiting(self, day):
        return self.env["crm.interaction"].search_fetch(
            Domain("is_waiting", "=", True)
            & Domain("user_id", "=", day.user.id)
            & Domain("date", "<", day.stop),
            ["date", "commercial_partner_id", "partner_id", "lead_id", "response_deadline"],
            order="date, id",
        )

    @api.model
    def _find_waiting(self, day):
        """Inquiries nobody has answered: of each client the one that waits longest, since one
        answer is for all of them. Put off is what had come by then: who writes anew is there."""
        moments = self.env["crm.today.postponement"]._get_moments(day.user, day.date)
        firsts = {}
        for row in self._get_waiting(day):
            client = row._get_waiting_client()
            moment = client in firsts and moments.get(f"waiting:{firsts[client].id}")
            if client not in firsts or (moment and row.date > moment):
                firsts[client] = row
        return [self._prepare_waiting(row, day) for row in firsts.values()]

    @api.model
    def _prepare_waiting(self, row, day):
        deadline = row.response_deadline
        is_late = bool(deadline and deadline <= day.now)
        late = (day.now - deadline).total_seconds() if is_late else 0
        return Item(
            key=f"waiting:{row.id}",
            kind="waiting",
            res_id=row.id,
            place=LATE if is_late else WAITING,
            rank=(-late,) if is_late else (deadline or row.date,),
            client_id=row.commercial_partner_id.id or 0,
            partner_id=row.partner_id.id or 0,
            is_late=is_late,
        )

    @api.model
    def _tell_waiting(self, items, day):
        rows = self.env["crm.interaction"].browse(item.res_id for item in items)
        others = self._count_others(rows)
        return {
            item.key: {
                "name": row.client_name,
                "phone": row.answer_phone,
                "reason": self._get_waiting_reason(row, others[row], day),
                "buttons": ["brief", "answer", "call", "no_answer", "postpone"],
            }
            for item, row in zip(items, rows, strict=True)
        }

    @api.model
    def _count_others(self, rows):
        """How many more inquiries of the same client wait besides each of these."""
        counts = dict(
            self.env["crm.interaction"]._read_group(
                Domain("is_waiting", "=", True)
                & Domain("commercial_partner_id", "in", rows.commercial_partner_id.ids),
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        return {row: counts.get(row.commercial_partner_id, 1) - 1 for row in rows}

    @api.model
    def _get_waiting_reason(self, row, others, day):
        channels = row._get_channel_names()
        about = row.first_line or channels[row.channel]
        since = self._get_words_of_time(day.now - row.date)
        if row.response_deadline and row.response_deadline <= day.now:
            late = self._get_words_of_time(day.now - row.response_deadline)
            words = self.env._("waiting %(since)s, %(late)s late", since=since, late=late)
        else:
            words = self.env._("waiting %s", since)
        if others:
            about = self.env._("%(about)s (and %(count)s more)", about=about, count=others)
        reason = f"{words}: {about}"
        return f"{row.undelivered_answer}, {reason}" if row.undelivered_answer else reason

    @api.model
    def _get_words_of_time(self, span):
        """How long something lasts: "5 min", "2 h", "3 days"."""
        minutes = max(0, span // timedelta(minutes=1))
        if minutes < 60:
            return self.env._("%s min", minutes)
        if minutes < 24 * 60:
            return self.env._("%s h", minutes // 60)
        return self._get_words_of_days(minutes // (24 * 60))

    # ---- what was promised ----

    @api.model
    def _find_promises(self, day):
        promises = self.env["crm.promise"].search_fetch(
            [
                ("user_id", "=", day.user.id),
                ("state", "=", "open"),
                ("date_due", "<=", day.date),
            ],
            ["partner_id", "date_due", "by", "name"],
        )
        return [
            Item(
                key=f"promise:{promise.id}",
                kind="promise",
                res_id=promise.id,
                **self._get_place_of_day(promise.date_due, day),
                client_id=self._get_client_id(promise.partner_id),
                partner_id=promise.partner_id.id,
            )
            for promise in promises
        ]

    @api.model
    def _get_place_of_day(self, due, day):
        """Where something stands that is due on a day: late things by how late they are."""
        late = (day.date - due).days if due else 0
        if late > 0:
            return {"place": LATE, "rank": (-late * SECONDS_PER_DAY,), "is_late": True}
        return {"place": DAY, "rank": (-late,), "is_late": False}

    @api.model
    def _tell_promises(self, items, day):
        promises = self.env["crm.promise"].browse(item.res_id for item in items)
        return {
            item.key: {
                "reason": self._get_promise_reason(promise, day),
                "buttons": ["brief", "done", "postpone", "call"],
            }
            for item, promise in zip(items, promises, strict=True)
        }

    @api.model
    def _get_promise_reason(self, promise, day):
        what = promise.name
        if promise.by == "them":
            what = self.env._("they promised: %s", what)
        late = (day.date - promise.date_due).days
        if late > 0:
            words = self._get_words_of_days(late)
            return self.env._("late %(days)s: %(what)s", days=words, what=what)
        return self.env._("today: %s", what)

    # ---- what went wrong ----

    @api.model
    def _find_complaints(self, day):
        complaints = self.env["crm.complaint"].search_fetch(
            [("user_id", "=", day.user.id), ("is_open", "=", True)],
            [
                *("name", "date_open", "date_deadline", "date_acknowledged"),
                *("acknowledge_deadline", "partner_id", "commercial_partner_id"),
            ],
        )
        return [
            Item(
                key=f"complaint:{complaint.id}",
                kind="complaint",
                res_id=complaint.id,
                **self._get_place_of_day(complaint._get_due_day(), day),
                client_id=complaint.commercial_partner_id.id or 0,
                partner_id=complaint.partner_id.id or 0,
            )
            for complaint in complaints - self._get_told_today(complaints, day)
        ]

    @api.model
    def _get_told_today(self, complaints, day):
        """Complaints for which there is nothing more to do today: promised for a later day, and
        the client was told today how it goes on."""
        told = self._get_spoken_to(
            "commercial_partner_id", complaints.commercial_partner_id, day, by_letter=True
        )
        return complaints.filtered(
            lambda complaint: (
                (not (due := complaint._get_due_day()) or due > day.date)
                and (moment := told.get(complaint.commercial_partner_id.id))
                and moment > complaint.date_open
            )
        )

    @api.model
    def _tell_complaints(self, items, day):
        complaints = self.env["crm.complaint"].browse(item.res_id for item in items)
        return {
            item.key: {
                "name": complaint.email_from,
                "reason": self._get_complaint_reason(complaint, day),
                "buttons": ["brief", "open", "call", "postpone"],
            }
            for item, complaint in zip(items, complaints, strict=True)
        }

    @api.model
    def _get_complaint_reason(self, complaint, day):
        due = complaint._get_due_day()
        if not due:
            return complaint.name
        is_answered = due == complaint.date_deadline
        what = complaint.name
        if due < day.date:
            words = self._get_words_of_days((day.date - due).days)
            if is_answered:
                return self.env._("late %(days)s: %(what)s", days=words, what=what)
            return self.env._("not answered, late %(days)s: %(what)s", days=words, what=what)
        when = day_words(self.env, due)
        if due <= day.date + timedelta(days=1):
            when = self.env._("today") if due == day.date else self.env._("tomorrow")
        if is_answered:
            return self.env._("promised for %(day)s: %(what)s", day=when, what=what)
        return self.env._("to be answered by %(day)s: %(what)s", day=when, what=what)
