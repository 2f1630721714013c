from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

CALL_CHANNELS = ("phone", "sms")


class CrmInteraction(models.Model):
    """The task to answer: one for each client who waits, closed by itself.

    A call that is marked done is an answer itself. A mail is captured as such,
    so that the task to write one is a plain to-do.
    """

    _inherit = "crm.interaction"

    reply_activity_id = fields.Many2one(
        "mail.activity",
        string="Task to Answer",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        help="The activity that was made for this inquiry.",
    )

    def _make_follow_ups(self, owners):
        """Make one task a client, unless one is open already.

        :param dict owners: {id: who is responsible}
        """
        clients = {}
        for row in self.filtered(lambda row: row.lead_id or row.partner_id):
            clients.setdefault(row._get_waiting_client(), []).append(row.id)
        tasks = self._find_follow_ups(clients)
        missing = {client: ids for client, ids in clients.items() if client not in tasks}
        if missing:
            firsts = self.browse([ids[0] for ids in missing.values()])
            tasks |= dict(zip(missing, firsts._create_follow_ups(owners), strict=True))
        for client, ids in clients.items():
            if tasks[client]:
                self.browse(ids).reply_activity_id = tasks[client]

    def _get_waiting_client(self):
        """The client who waits as (column, id): of a stranger it is the lead."""
        if self.commercial_partner_id:
            return "commercial_partner_id", self.commercial_partner_id.id
        return "lead_id", self.lead_id.id

    @api.model
    def _find_follow_ups(self, clients):
        """{client: open task} of those who have one."""
        tasks = {}
        for column in ("commercial_partner_id", "lead_id"):
            ids = [client_id for name, client_id in clients if name == column]
            rows = self.search(
                [(column, "in", ids), ("reply_activity_id.active", "=", True)], order="id"
            )
            tasks |= {row._get_waiting_client(): row.reply_activity_id for row in rows}
        return tasks

    def _create_follow_ups(self, owners):
        """Tasks for these inquiries in one go; one by one when that fails."""
        # Odoo names the documents of activities one by one: read them at once before.
        self.lead_id.mapped("display_name")
        self.partner_id.mapped("display_name")
        vals_list = [row._prepare_follow_up_vals(owners[row.id]) for row in self]
        tasks = self._safely(self._insert_follow_ups, vals_list)
        if tasks is not None:
            return list(tasks)
        return [self._safely(self._insert_follow_ups, [vals]) for vals in vals_list]

    @api.model
    def _insert_follow_ups(self, vals_list):
        # sudo: the task is made on documents of whoever is responsible;
        # quick update: they are told of the inquiry, not of the task as well
        activities = self.env["mail.activity"].sudo()
        return activities.with_context(mail_activity_quick_update=True).create(vals_list)

    def _prepare_follow_up_vals(self, users):
        """A task for who is responsible; for a group of managers it is nobody's."""
        document = self.lead_id or self.partner_id
        user = users if len(users) == 1 else users.browse()
        kind = "call" if self.channel in CALL_CHANNELS else "todo"
        env = self.with_context(lang=user.lang or self.env.lang).env
        subject = self.subject if not self.is_private else False
        return {
            "res_model_id": env["ir.model"]._get_id(document._name),
            "res_id": document.id,
            "activity_type_id": self._get_follow_up_type_id(kind),
            "summary": env._("Answer: %s", subject or self.client_name),
            "date_deadline": self._get_follow_up_day(user),
            "user_id": user.id,
            "automated": True,
        }

    @api.model
    def _get_follow_up_type_id(self, kind):
        # Not by env.ref, which asks the database every time.
        xmlid = f"mail.mail_activity_data_{kind}"
        return self.env["ir.model.data"]._xmlid_to_res_id(xmlid, raise_if_not_found=True)

    def _get_follow_up_day(self, user):
        """The day of the deadline where the user is; today without promise."""
        moment = self.response_deadline or fields.Datetime.now()
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(user.tz or "UTC")).date()

    def _get_open_follow_ups(self):
        return self.reply_activity_id.filtered("active").with_context(
            mail_activity_quick_update=True, crm_relationship_automated_activities=True
        )

    @api.model
    def _close_follow_ups(self, condition):
        """Take away the open tasks of clients who do not wait any more.

        :param SQL condition: which rows `i`, all of a task or none
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.reply_activity_id
                  FROM crm_interaction i
                  JOIN mail_activity a ON a.id = i.reply_activity_id AND a.active
                 WHERE %s
                 GROUP BY i.reply_activity_id
                HAVING NOT bool_or(i.needs_reply IS TRUE AND i.reply_id IS NULL)
                """,
                condition,
            )
        )
        if rows:
            # sudo: the task was made by itself and goes by itself
            tasks = self.env["mail.activity"].sudo().browse([row[0] for row in rows])
            tasks.with_context(crm_relationship_automated_activities=True).unlink()

    def _close_own_follow_ups(self):
        """At once, after somebody has set inquiries aside."""
        self.flush_model()
        tasks = self.reply_activity_id
        if tasks:
            self._close_follow_ups(SQL("i.reply_activity_id IN %s", tuple(tasks.ids)))
