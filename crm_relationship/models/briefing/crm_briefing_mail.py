from odoo import models
from odoo.exceptions import AccessError, UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_print_briefing(self):
        """Print the briefings of these contacts, a page each."""
        self._check_briefing_access()
        return self.env.ref("crm_relationship.report_briefing_partner_action").report_action(
            self, config=False
        )

    def action_mail_briefing(self):
        """Mail the briefing to oneself: to the caller's own address only, by the queue."""
        self._check_briefing_access()
        return self._mail_briefing(self)

    def _get_briefed(self, record):
        """The client a briefing is about: of a contact, or of a lead."""
        return record if record._name == self._name else record.partner_id

    def _mail_briefing(self, records):
        user = self.env.user
        if not user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("A briefing is mailed by sales managers, to themselves."))
        if not user.email:
            raise UserError(
                self.env._("Email: you have no address. Enter it in your preferences first.")
            )
        pages = self.env["crm.briefing.page"]._prepare_pages(records)
        bodies = [
            self.env["ir.qweb"]._render("crm_relationship.briefing_page", {"page": page})
            for page in pages
        ]
        # sudo: only administrators write mails directly; this one goes to the caller alone
        self.env["mail.mail"].sudo().create(
            [
                {
                    "subject": self.env._("Briefing: %s", page["name"]),
                    "body_html": body,
                    "email_from": user.email_formatted,
                    "email_to": user.email_formatted,
                    "author_id": user.partner_id.id,
                    "auto_delete": True,
                    "headers": self._get_briefed(record)._name_in_headers(),
                }
                for record, page, body in zip(records, pages, bodies, strict=True)
            ]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The briefing is on its way to %s.", user.email),
            },
        }


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def action_print_briefing(self):
        """Print the briefings of these leads, a page each."""
        self.check_access("read")
        self.env["res.partner"]._check_briefing_access()
        return self.env.ref("crm_relationship.report_briefing_lead_action").report_action(
            self, config=False
        )

    def action_mail_briefing(self):
        """Mail the briefing to oneself, as that of a contact."""
        self.check_access("read")
        self.env["res.partner"]._check_briefing_access()
        return self.env["res.partner"]._mail_briefing(self)
