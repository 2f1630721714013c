from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ...tools import notify_user
from .crm_handover import DRAFT, PLANNED

# Clients briefed at once.
BRIEF_BATCH = 200
# What goes into a message; a longer list is printed.
MAIL_CLIENTS = 100


class CrmHandover(models.Model):
    """The briefing list: each client in a few lines, for who takes over.

    Who it is, the last contact, what is open and what is ahead, by the rights of
    who reads it. It is printed, about ten clients a page, or sent to the
    colleagues.
    """

    _inherit = "crm.handover"

    def _get_brief_clients(self, taker=None):
        """Clients of the list, by name.

        :param taker: only those that go to this colleague, where that is known already
        """
        self.ensure_one()
        if self.state in (DRAFT, PLANNED):
            rows = self.env.execute_query(
                SQL("SELECT DISTINCT mine.client_id FROM (%s) mine", self._query_mine(["client"]))
            )
            ids = [client_id for (client_id,) in rows if client_id]
        else:
            # sudo: which clients they are; read is only what the reader may open
            lines = self.sudo().line_ids.filtered(
                lambda line: line.kind == "client" and taker in (None, line.to_user_id)
            )
            ids = lines.client_id.ids
        clients = self.env["res.partner"].browse(ids).exists()._filtered_access("read")
        return clients.sorted(lambda client: (client.name or "", client.id))

    @api.model
    def _prepare_brief_rows(self, clients):
        """What the list shows of each client."""
        page = self.env["crm.briefing.page"]
        rows = []
        for batch in split_every(BRIEF_BATCH, clients.ids, clients.browse):
            rows += [self._prepare_brief_row(page, each) for each in batch.get_briefing()]
        return rows

    @api.model
    def _prepare_brief_row(self, page, briefing):
        last = briefing.get("last_contact")
        complaints = [page._get_complaint_line(item) for item in briefing["complaints"]]
        return {
            "name": briefing["name"],
            "phone": briefing.get("phone"),
            "status": page._get_status_line(briefing.get("status", {})),
            "last": page._join(page._get_contact_line(last), last.get("outcome"))
            if last
            else self.env._("No contact yet."),
            "open": [*complaints, *page._get_open_lines(briefing)],
            "ahead": page._get_ahead_lines(briefing),
        }

    def action_print_brief(self):
        return self.env.ref("crm_relationship.report_handover_action").report_action(self)

    def action_mail_brief(self):
        """Send the briefing list to the colleagues, to each that of their clients."""
        self.ensure_one()
        self.check_access("read")
        for user in self._get_to_users():
            # The colleague reads in it what the colleague may read.
            handover = self.with_user(user).with_context(lang=user.lang)
            if not handover.has_access("read"):
                raise UserError(self.env._("To: %s may not open this handover.", user.name))
            clients = handover._get_brief_clients(user)
            values = {
                "rows": handover._prepare_brief_rows(clients[:MAIL_CLIENTS]),
                "more": max(len(clients) - MAIL_CLIENTS, 0),
                "url": f"/mail/view?model={self._name}&res_id={self.id}",
            }
            subject = handover.env._("Clients you take over: %s", handover.display_name)
            # sudo: the message is of who sends it, whatever the colleague may write
            thread = self.sudo().with_context(lang=user.lang)
            notify_user(thread, user, subject, "crm_relationship.handover_brief_mail", values)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The briefing list is on its way."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class ReportHandover(models.AbstractModel):
    """Print of the briefing list."""

    _name = "report.crm_relationship.report_handover"
    _description = "Briefing List of a Handover"

    @api.model
    def _get_report_values(self, docids, data=None):
        handovers = self.env["crm.handover"].browse(docids)
        handovers.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "crm.handover",
            "docs": handovers,
            "lists": [
                (handover, handover._prepare_brief_rows(handover._get_brief_clients()))
                for handover in handovers
            ],
        }
