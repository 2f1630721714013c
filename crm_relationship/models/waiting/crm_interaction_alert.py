import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime, groupby

from ...tools import is_collision, notify_user, retry_on_collision
from .crm_interaction_reply import ALERTS

_logger = logging.getLogger(__name__)

BATCH_SIZE = 200
# Written down so long after it happened, it is the past: nobody is told of it.
LATE_ENTRY = timedelta(days=1)
# Older inquiries are in the list, but nobody is told of them any more.
RECENT = timedelta(days=92)
# A message names so many inquiries at most, the longest waiting first.
DIGEST_LINES = 20


class CrmInteraction(models.Model):
    """Who is told of an inquiry that waits.

    Told at once is who is responsible; when three quarters of the promised
    working hours are used up, the same person again; when they are over, the
    leader of the team. Responsible is `user_id`, without one the leader of the
    team, without either the sales managers of the company. What was told is in
    `response_alert`, written in the transaction that makes the messages: each is
    told once, whoever runs and however often. One person gets one message with
    all there is to tell, by the way Odoo notifies them. Nothing goes to clients.
    """

    _inherit = "crm.interaction"

    @api.model
    def _cron_alert(self):
        """Tell people who waits, batch by batch, until all is told."""
        retry_on_collision(self.env.cr, self._alert_waiting)

    @api.model
    def _alert_waiting(self):
        cron = self.env["ir.cron"]
        self.env.flush_all()
        self._follow_owners()
        while alerts := self._claim_alerts(fields.Datetime.now()):
            self._tell_alerts(alerts)
            if not cron._commit_progress(len(alerts), remaining=0):
                break

    @api.model
    def _follow_owners(self):
        """What waits belongs to who has the lead now, or to who took over an orphan client.

        What somebody logged stays theirs. Open tasks move along.
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_interaction i SET user_id = fresh.user_id, team_id = fresh.team_id
                  FROM (
                       SELECT w.id, coalesce(l.team_id, w.team_id) AS team_id,
                              coalesce(l.user_id, w.user_id, p.user_id) AS user_id
                         FROM crm_interaction w
                    LEFT JOIN crm_lead l ON l.id = w.lead_id
                    LEFT JOIN res_partner p ON p.id = w.partner_id
                        WHERE w.needs_reply IS TRUE AND w.reply_id IS NULL AND w.date > %s
                          AND w.origin_key NOT LIKE 'manual:%%'
                       ) fresh
                 WHERE i.id = fresh.id
                   AND (i.user_id, i.team_id) IS DISTINCT FROM (fresh.user_id, fresh.team_id)
                RETURNING i.id
                """,
                fields.Datetime.now() - RECENT,
            )
        )
        if rows:
            self.invalidate_model()
            moved = self.browse([row[0] for row in rows])
            for user, inquiries in moved.grouped("user_id").items():
                inquiries._get_open_follow_ups().write({"user_id": user.id})

    @api.model
    def _claim_alerts(self, now, limit=BATCH_SIZE):
        """Mark what is told now, so that nobody else tells it.

        :return: list of (id, what was told before or None, what is told now)
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT i.id, i.response_alert AS before, stage.name
                      FROM crm_interaction i
                CROSS JOIN LATERAL (
                           SELECT CASE WHEN i.response_deadline <= %(now)s THEN 'late'
                                       WHEN i.response_reminder <= %(now)s THEN 'near'
                                       ELSE 'new' END
                           ) stage(name)
                     WHERE i.needs_reply IS TRUE AND i.reply_id IS NULL
                       AND i.date > %(since)s
                       AND i.create_date - i.date <= %(late_entry)s
                       AND i.response_target_hours IS NOT NULL
                       AND coalesce(array_position(%(stages)s, i.response_alert::text), 0)
                           < array_position(%(stages)s, stage.name)
                       AND %(unanswered)s
                     ORDER BY i.date, i.id LIMIT %(limit)s FOR UPDATE OF i SKIP LOCKED
                )
                UPDATE crm_interaction i SET response_alert = due.name
                  FROM due WHERE i.id = due.id
                RETURNING i.id, due.before, due.name
                """,
                now=now,
                since=now - RECENT,
                late_entry=LATE_ENTRY,
                stages=[stage for stage, __ in ALERTS],
                unanswered=self._query_unanswered("i"),
                limit=limit,
            )
        )
        if rows:
            self.invalidate_model(["response_alert"])
        return sorted(rows)

    # ---- whom ----

    @api.model
    def _tell_alerts(self, alerts):
        """Make the tasks and one message a person of what was claimed."""
        # sudo: told is who is responsible, whoever runs the scheduled action
        rows = self.sudo().browse([row_id for row_id, __, __ in alerts])
        owners, leaders = rows._get_told()
        told_by_odoo = rows._get_told_by_odoo()
        messages = {}
        for row, (row_id, before, stage) in zip(rows, alerts, strict=True):
            if stage != "late" or not before:
                for user in owners[row_id]:
                    is_known = user == row.create_uid or (row_id, user.partner_id.id) in (
                        told_by_odoo
                    )
                    if stage != "new" or not is_known:
                        messages.setdefault(user, {})[row] = stage
            if stage == "late":
                for user in leaders[row_id]:
                    messages.setdefault(user, {})[row] = stage
        new = rows.browse([row_id for row_id, before, __ in alerts if not before])
        new._make_follow_ups(owners)
        for user, lines in messages.items():
            self._safely(self._notify_waiting, user, lines)

    def _get_told(self):
        """Who is responsible for each of these inquiries, and who leads them.

        :return: two dicts {id: users}
        """
        managers = self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref("sales_team.group_sale_manager").id),
                ("share", "=", False),
            ],
            order="id",
        )
        owners, leaders = {}, {}
        for row in self:
            team = row.team_id or row.user_id.sale_team_id
            leader = row._filter_reachable(team.user_id)
            leaders[row.id] = leader or row._filter_reachable(managers)
            owners[row.id] = row._filter_reachable(row.user_id) or leaders[row.id]
        return owners, leaders

    def _filter_reachable(self, users):
        """Those of the users who still work here, for the company of the inquiry."""
        return users.filtered(
            lambda user: (
                user.active
                and not user.share
                and (not self.company_id or self.company_id in user.company_ids)
            )
        )

    def _get_told_by_odoo(self):
        """Pairs (id, partner id) of those whom Odoo itself has told of the mail or the lead."""
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT i.id, n.res_partner_id
                      FROM crm_interaction i
                      JOIN mail_notification n ON n.mail_message_id = i.message_id
                     WHERE i.id IN %(ids)s
                     UNION
                    SELECT i.id, n.res_partner_id
                      FROM crm_interaction i
                      JOIN mail_message m ON m.model = i.res_model AND m.res_id = i.res_id
                           AND m.create_date BETWEEN i.create_date - interval '2 minutes'
                                                 AND i.create_date + interval '2 minutes'
                      JOIN mail_notification n ON n.mail_message_id = m.id
                     WHERE i.id IN %(ids)s
                    """,
                    ids=tuple(self.ids),
                )
            )
        )

    # ---- messages ----

    @api.model
    def _notify_waiting(self, user, lines):
        """One message with all there is to tell, by the way the user is notified in Odoo.

        :param dict lines: {inquiry: what is told of it}
        """
        thread = self.env["mail.thread"].with_context(lang=user.lang)
        count = len(lines)
        if count == 1:
            [row] = lines
            subject = thread.env._("%s waits for an answer", row.client_name)
        else:
            subject = thread.env._("%s inquiries wait for an answer", count)
        values = {
            "parts": self._prepare_digest(user, lines),
            "more": max(count - DIGEST_LINES, 0),
        }
        notify_user(thread, user, subject, "crm_relationship.waiting_digest", values)

    @api.model
    def _prepare_digest(self, user, lines):
        """Headings with their lines: what is late first, then what soon will be."""
        stages = [stage for stage, __ in reversed(ALERTS)]
        shown = sorted(lines, key=lambda row: (stages.index(lines[row]), row.date))[:DIGEST_LINES]
        readable = self.browse([row.id for row in shown]).with_user(user)._filtered_access("read")
        return [
            (stage, [row._prepare_digest_line(user, row.id in readable.ids) for row in rows])
            for stage, rows in groupby(shown, key=lines.get)
        ]

    def _prepare_digest_line(self, user, is_readable):
        document = self.lead_id or self.partner_id
        env = self.with_context(lang=user.lang).env

        def moment(value):
            return value and format_datetime(env, value, tz=user.tz, dt_format="short")

        url = f"/mail/view?model={document._name}&res_id={document.id}"
        if self.partner_id:
            # Whom the line names, also on a lead of somebody else: erasing finds it by that.
            url += f"&person={self.partner_id.id}"
        return {
            "url": url,
            "name": self.client_name,
            "subject": self.subject if is_readable else False,
            "since": moment(self.date),
            "until": moment(self.response_deadline),
            "who": self.user_id.name if self.user_id != user else False,
        }

    @api.model
    def _safely(self, work, *args):
        """What goes wrong for one person or inquiry must not keep the others from being told."""
        try:
            with self.env.cr.savepoint():
                return work(*args)
        except Exception as error:
            if is_collision(error):
                raise
            _logger.warning("Could not tell of an inquiry that waits", exc_info=True)
            return None
