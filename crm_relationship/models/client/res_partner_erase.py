from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

TEXT_TYPES = {"char", "text", "html", "binary", "image", "properties"}
# Texts that tell the machine, not people, and hold a record together.
TECHNICAL_FIELDS = {
    "crm.interaction": {"origin_key", "res_model"},
    "mail.message": {"message_id", "model", "email_layout_xmlid"},
    "mail.activity": {"res_model"},
    "sms.sms": {"uuid"},
}
# Without traces of what is erased, without mails about it.
QUIET = {
    "active_test": False,
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "dont_notify": True,
    "no_vat_validation": True,
    "crm_relationship_automated_activities": True,
}


class ResPartner(models.Model):
    """Erasing a person: who it was goes, what happened stays.

    What the law on personal data asks for (article 17 of the GDPR), without
    falsifying the past: names, addresses, texts and files are emptied; rows,
    dates, channels, outcomes, amounts and sources stay, and with them every
    count and every report. It cannot be undone.

    Entries on the blacklists stay: they hold the address for the one purpose
    that nobody writes to it again.
    """

    _inherit = "res.partner"

    def action_erase_personal_data(self):
        """Ask before these people are erased."""
        self._check_erasable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Erase Personal Data"),
            "res_model": "crm.partner.erase",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_ids": self.ids},
        }

    def _check_erasable(self):
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only sales managers may erase personal data."))
        self.check_access("write")
        # sudo: that there is a user or company is all that is told
        people = self.sudo().with_context(active_test=False)
        if companies := people.filtered("is_company"):
            raise UserError(
                self.env._(
                    "%s: a company is no person. Erase its people. If it is the business of one "
                    'person, change it from "Company" to "Person" first.',
                    ", ".join(companies.mapped("display_name")),
                )
            )
        if colleagues := people.filtered(lambda person: not all(person.user_ids.mapped("share"))):
            raise UserError(
                self.env._(
                    "%s works with us, and can only be erased when the user is deleted.",
                    ", ".join(colleagues.mapped("display_name")),
                )
            )
        own = self.env["res.company"].sudo().search([("partner_id", "in", self.ids)])
        if own:
            raise UserError(
                self.env._("%s is one of our own companies.", ", ".join(own.mapped("name")))
            )

    def _erase_personal_data(self):
        """Make these people unknown. Cannot be undone."""
        self._check_erasable()
        self.env.flush_all()
        # sudo: a person is erased wherever it is found, whatever of it the manager may open
        people = self.sudo().with_context(**QUIET)
        people |= people.child_ids.filtered(lambda child: child.type != "contact")
        leads = people._get_erased_leads()
        people._erase_texts_of_history(leads)
        people._erase_correspondence(leads)
        people._erase_meetings(leads)
        people._erase_leads(leads)
        people._erase_from_leads_of_others(leads)
        for person in people:
            person._erase_contact()
        people._rename_activities(leads)
        for person in self:
            person._message_log(body=self.env._("Personal data erased."))

    def _get_documents(self):
        """Posted invoices of these people, which keep name and address; none without accounting."""
        if "account.move" not in self.env:
            return self.env["ir.model"].browse()
        # sudo: only whether there are any, and how many
        return (
            self.env["account.move"]
            .sudo()
            .search([("partner_id", "child_of", self.ids), ("state", "=", "posted")])
        )

    def _get_erased_leads(self):
        """Leads of these people, and those that came from their addresses without client."""
        emails = [email for email in self.mapped("email_normalized") if email]
        domain = Domain("partner_id", "in", self.ids) | (
            Domain("partner_id", "=", False) & Domain("email_normalized", "in", emails)
        )
        return self.env["crm.lead"].search(domain)

    # ---- what is emptied ----

    def _erase_texts(self, records, kept=(), **values):
        """Empty all texts, files and properties of `records` but those in `kept`."""
        if not records:
            return
        kept = {*kept, *values, *TECHNICAL_FIELDS.get(records._name, ())}
        names = [
            name
            for name, field in records._fields.items()
            if field.type in TEXT_TYPES
            and field.store
            and not field.related
            and not field.required
            and not (field.compute and field.readonly)
            and name not in kept
        ]
        records.write({**dict.fromkeys(names, False), **values})
        by_company = [name for name in names if records._fields[name].company_dependent]
        for name in by_company:
            records.env.flush_all()
            records.env.execute_query(
                SQL(
                    "UPDATE %s SET %s = NULL WHERE id IN %s RETURNING id",
                    SQL.identifier(records._table),
                    SQL.identifier(name),
                    records._ids,
                )
            )
        if by_company:
            records.invalidate_recordset(by_company)

    def _erase_texts_of_history(self, leads):
        interactions = self.env["crm.interaction"].search(
            Domain("partner_id", "in", self.ids) | Domain("lead_id", "in", leads.ids)
        )
        self._erase_texts(interactions)
        promises = self.env["crm.promise"].search(
            Domain("partner_id", "in", self.ids) | Domain("interaction_id", "in", interactions.ids)
        )
        self._erase_texts(promises, name=self.env._("Erased"))
        # Also on leads of their company; what is still to be done bears the new name.
        activities = interactions.activity_id | promises.activity_id
        self._erase_texts(activities.filtered(lambda activity: not activity.active))
        self._erase_texts(
            self.env["crm.lead.match"].search(
                Domain("partner_id", "in", self.ids) | Domain("lead_id", "in", leads.ids)
            )
        )
        self.important_date_ids.unlink()
        self.env["crm.relationship.status.change"].search(
            [("partner_id", "in", self.ids)]
        ).reason = False
        self._drop_unsubscribe_links(leads)

    def _drop_unsubscribe_links(self, leads):
        """Links in old letters work no more: nobody writes to these addresses again."""
        addresses = {*self.mapped("email_normalized"), *self.mapped("phone_sanitized")} - {False}
        self.env["crm.relationship.unsubscribe"].search(
            Domain("partner_id", "in", self.ids)
            | Domain("lead_id", "in", leads.ids)
            | (Domain("partner_id", "=", False) & Domain("address", "in", [*addresses]))
        ).unlink()

    def _erase_correspondence(self, leads):
        """Mails, SMS, notes, files and tasks on these people and leads, and what they wrote."""
        documents = self._get_documents_domain("model", leads)
        messages = self.env["mail.message"].search(documents | Domain("author_id", "in", self.ids))
        self.env["mail.tracking.value"].search([("mail_message_id", "in", messages.ids)]).unlink()
        mails = self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])
        mails.filtered(lambda mail: mail.state in ("outgoing", "exception")).state = "cancel"
        self._erase_texts(mails)
        texts = self.env["sms.sms"].search(
            Domain("mail_message_id", "in", messages.ids) | Domain("partner_id", "in", self.ids)
        )
        texts.filtered(lambda sms: sms.state in ("outgoing", "error")).state = "canceled"
        self._erase_texts(texts)
        of_documents = self._get_documents_domain("res_model", leads)
        self._get_erased_attachments(messages, leads).unlink()
        self._erase_texts(messages)
        self._erase_texts(
            self.env["mail.notification"].search(
                Domain("res_partner_id", "in", self.ids)
                | Domain("mail_message_id", "in", messages.ids)
            )
        )
        activities = self.env["mail.activity"].search(of_documents)
        activities.filtered("active").unlink()
        self._erase_texts(activities.exists())
        self.env["mail.followers"].search([("partner_id", "in", self.ids)]).unlink()
        self.env["mail.scheduled.message"].search(documents).unlink()

    def _get_erased_attachments(self, messages, leads):
        """Files of these people and leads, and those that came with what they wrote."""
        of_documents = self._get_documents_domain("res_model", leads)
        return messages.attachment_ids | self.env["ir.attachment"].search(of_documents)

    def _rename_activities(self, leads):
        """Done activities keep the name of their document."""
        activities = self.env["mail.activity"]
        done = activities.search(self._get_documents_domain("res_model", leads))
        self.env.add_to_compute(activities._fields["res_name"], done)

    def _get_documents_domain(self, model_field, leads):
        people = Domain(model_field, "=", "res.partner") & Domain("res_id", "in", self.ids)
        return people | (Domain(model_field, "=", "crm.lead") & Domain("res_id", "in", leads.ids))

    def _erase_leads(self, leads):
        for lead in leads:
            self._erase_texts(lead, name=self.env._("Lead %s", lead.id))

    def _erase_from_leads_of_others(self, leads):
        """Who asked on a lead of their company is unknown; the lead stays the company's."""
        families = self.commercial_partner_id
        others = self.search([("commercial_partner_id", "in", families.ids)]) - self

        def own(name):
            return [*({*self.mapped(name)} - {*others.mapped(name), False, ""})]

        emails, phones = own("email_normalized"), own("phone_sanitized")
        asked = self.env["crm.lead"].search(
            Domain("partner_id", "in", others.ids)
            & Domain("id", "not in", leads.ids)
            & (
                Domain("contact_name", "in", own("name"))
                | Domain("email_normalized", "in", emails)
                | Domain("phone_sanitized", "in", phones)
            )
        )
        asked.write({"contact_name": False, "function": False})
        asked.filtered(lambda lead: lead.email_normalized in emails).email_from = False
        asked.filtered(lambda lead: lead.phone_sanitized in phones).phone = False

    def _erase_contact(self):
        documents = self._get_documents()
        kept = self._get_kept_fields(bool(documents))
        if not documents:
            self.bank_ids.unlink()
        users = self.user_ids
        users.active = False
        name = self.name if documents else self.env._("Erased contact %s", self.id)
        self._erase_texts(self, kept=kept, name=name)
        values = {"active": False, "partner_latitude": 0, "partner_longitude": 0}
        if "state_id" not in kept:
            values["state_id"] = False
        # Odoo looks for users that are active, among those it finds.
        self.with_context(active_test=True).write(values)
        for user in users:
            user.write({"login": f"erased-{user.id}", "signature": False})

    def _get_kept_fields(self, has_documents):
        """Fields that are not the person's own, or that accounting documents have to show."""
        address = {*self._address_fields(), "state_id"}
        if has_documents:
            return {*address, *self._commercial_fields(), "company_name"}
        if not self.parent_id:
            return set()
        # What a contact shares with its company is the company's.
        shared = set(self._commercial_fields())
        return shared | address if self.type == "contact" else shared
