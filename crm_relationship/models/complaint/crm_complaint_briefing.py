from odoo import api, fields, models
from odoo.fields import Domain


class CrmComplaint(models.Model):
    """How complaints come from other screens, and what the briefing says of them."""

    _inherit = "crm.complaint"

    origin_interaction_id = fields.Many2one(
        "crm.interaction",
        string="Told Us In",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The contact in which the client complained.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        for complaint in complaints.filtered("origin_interaction_id"):
            # sudo: what a colleague heard is about the complaint, whoever writes it down
            origin = complaint.origin_interaction_id.sudo()
            if not origin.complaint_id:
                origin.complaint_id = complaint
        return complaints

    @api.model
    def _get_new_action(self, **defaults):
        """Action of a new complaint, filled in with `defaults`."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Complaint"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {f"default_{name}": value for name, value in defaults.items() if value},
        }

    @api.model
    def _brief_open(self, field, ids):
        """Open complaints of clients or leads; of those about leads of colleagues only that
        there is one.

        :param str field: what they are looked up by
        :return: {id in `field`: section of the briefing}
        """
        # sudo: whoever meets the client has to know that there is one, who deals with it and
        # what is promised; the rest is told to who may read it
        complaints = self.sudo().search(
            Domain(field, "in", ids)
            & Domain("is_open", "=", True)
            & Domain("company_id", "in", self.env.companies.ids),
            order="date_open, id",
        )
        readable = complaints.sudo(False)._filtered_access("read").sudo()
        sections = {}
        for complaint in complaints:
            section = sections.setdefault(complaint[field].id, {"complaints": [], "hidden": 0})
            is_hidden = complaint not in readable
            section["complaints"].append(complaint._brief(is_hidden))
            section["hidden"] += is_hidden
        return sections

    @api.model
    def _get_notices(self, client_ids):
        """What whoever meets these clients has to know of their open complaints, in words.

        :return: {id of a client that complains: one line for each complaint}
        """
        tell = self.env["crm.briefing.page"]._get_complaint_line
        sections = self._brief_open("commercial_partner_id", client_ids)
        return {
            client_id: "\n".join(map(tell, section["complaints"]))
            for client_id, section in sections.items()
        }

    def _brief(self, is_hidden):
        """What the briefing tells of it; without its text where the reader may not open it."""
        self.ensure_one()
        values = {
            "date": fields.Datetime.to_string(self.date_open),
            "user": self._brief_record(self.user_id),
            "deadline": fields.Date.to_string(self.date_deadline),
        }
        if not is_hidden:
            values |= {
                "id": self.id,
                "name": self.name,
                "contact": self._brief_record(self.partner_id),
                "cause": self.cause_id.name,
                "remedy": self.resolution,
                "acknowledged": fields.Datetime.to_string(self.date_acknowledged),
            }
        return {
            **{name: value for name, value in values.items() if value},
            "state": self.state,
            "priority": self.priority or "0",
            "is_late": self.is_late,
            "is_repeat": self.is_repeat,
            "is_hidden": is_hidden,
        }

    @api.model
    def _brief_record(self, record):
        return {"id": record.id, "name": record.name or record.display_name} if record else None


class CrmInteraction(models.Model):
    _inherit = "crm.interaction"

    def action_new_complaint(self):
        """Write down the complaint that the client made in this contact.

        Others read the complaint: of a private contact they are not handed the words.
        """
        self.ensure_one()
        told = self.browse() if self.is_private else self
        return self.env["crm.complaint"]._get_new_action(
            origin_interaction_id=self.id,
            partner_id=self.partner_id.id,
            lead_id=self.lead_id.id,
            name=told.subject,
            description=told.summary,
            date_open=fields.Datetime.to_string(self.date),
        )
