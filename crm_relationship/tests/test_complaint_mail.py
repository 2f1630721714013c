from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from .common_complaints import ComplaintCommon

NOON = datetime(2027, 3, 10, 12, 0)

MAIL = """Return-Path: <{sender}>
To: {to}
From: {sender}
Subject: Scratch on the desk
Message-Id: <{message_id}@mail.example.com>
{header}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

It came with a scratch.
"""


@freeze_time(NOON)
@tagged("crm_relationship", "post_install", "-at_install")
class TestComplaintMail(ComplaintCommon, MailCommon):
    """Complaints by mail, and what is written about complaints, are the client's history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        settings = cls.env["res.config.settings"].create(
            {
                "relationship_complaint_alias": "oops",
                "relationship_complaint_alias_domain_id": cls.mail_alias_domain.id,
            }
        )
        settings.execute()

    def _receive(self, sender, message_id="one", header="X-Test: yes", local_part="oops"):
        mail = MAIL.format(
            sender=sender,
            to=f"{local_part}@{self.alias_domain}",
            message_id=message_id,
            header=header,
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(None, mail)
        self._end_transaction()
        return self.complaints.search([("name", "=", "Scratch on the desk")], limit=1)

    def test_address_is_a_setting(self):
        alias = self.env.company.relationship_complaint_alias_id
        self.assertEqual(alias.alias_full_name, f"oops@{self.alias_domain}")
        values = self.env["res.config.settings"].get_values()
        self.assertEqual(values["relationship_complaint_alias"], "oops")
        alias.unlink()
        self.env["res.config.settings"].create({"relationship_complaint_alias": "ouch"}).execute()
        alias = self.env.company.relationship_complaint_alias_id
        self.assertEqual((alias.alias_name, alias.alias_model_id.model), ("ouch", "crm.complaint"))

    def test_each_company_has_its_address(self):
        """Whom nobody knows, the company deals with that was written to."""
        other = self.env["res.company"].create(
            {"name": "Other", "alias_domain_id": self.mail_alias_domain.id}
        )
        settings = self.env["res.config.settings"].with_company(other)
        self.assertFalse(settings.get_values()["relationship_complaint_alias"])
        settings.create(
            {
                "relationship_complaint_alias": "oops-other",
                "relationship_complaint_alias_domain_id": self.mail_alias_domain.id,
            }
        ).execute()
        self.assertEqual(self.env.company.relationship_complaint_alias_id.alias_name, "oops")
        mine = self._receive("toni@example.org")
        theirs = self._receive("tina@example.org", "two", local_part="oops-other")
        self.assertEqual((mine.company_id, theirs.company_id), (self.env.company, other))
        self.lumen.write({"email": "lucy@example.org", "company_id": self.env.company.id})
        of_client = self._receive("lucy@example.org", "three", local_part="oops-other")
        self.assertEqual(of_client.partner_id, self.lumen)
        self.assertEqual(of_client.company_id, self.env.company)

    def test_mail_of_a_client(self):
        complaint = self._receive("Brandon <Brandon@oak.example.com>")
        self.assertEqual(complaint.partner_id, self.brandon)
        self.assertEqual((complaint.user_id, complaint.state), (self.ben, "new"))
        row = complaint.interaction_ids
        self.assertEqual((row.direction, row.channel, row.user_id), ("in", "email", self.ben))
        self.assertTrue(row.needs_reply)
        self.assertEqual(row.subject, "Scratch on the desk")
        self.assertEqual(row.commercial_partner_id, self.oak)
        self.assertFalse(complaint.date_acknowledged)

    def test_answer_of_a_human_acknowledges(self):
        complaint = self._receive("brandon@oak.example.com")
        post = complaint.with_user(self.ben).message_post
        with freeze_time(NOON + timedelta(hours=1)), self.mock_mail_gateway():
            post(body="Note to myself", message_type="comment", subtype_xmlid="mail.mt_note")
            self._end_transaction()
            self.assertFalse(complaint.date_acknowledged)
            complaint.with_user(self.ben).message_post(
                body="We are sorry",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.brandon.ids,
            )
            self._end_transaction()
        self.assertEqual(complaint.date_acknowledged, NOON + timedelta(hours=1))
        self.assertEqual(complaint.state, "progress")
        self.assertEqual(complaint.interaction_ids.mapped("direction").count("out"), 1)
        self._resolve(complaint)
        self.assertEqual(complaint.told_interaction_id.direction, "out")

    def test_stranger(self):
        complaint = self._receive("Toni <toni@example.org>")
        self.assertFalse(complaint.partner_id | complaint.user_id.partner_id)
        self.assertIn("toni@example.org", complaint.email_from)
        self.assertFalse(complaint.interaction_ids)
        told = complaint.message_ids.sudo().search(
            [
                ("model", "=", "crm.complaint"),
                ("res_id", "=", complaint.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertIn(self.anna.partner_id, told.partner_ids)
        self.assertNotIn(self.ben.partner_id, told.partner_ids)
        complaint.with_user(self.anna).write({"partner_id": self.lumen.id, "user_id": self.ben.id})
        self._end_transaction()
        self.assertEqual(complaint.interaction_ids.partner_id, self.lumen)

    def test_colleague_who_passes_it_on_is_no_client(self):
        complaint = self._receive(f"Carla <{self.carla.email}>")
        self.assertFalse(complaint.partner_id)

    def test_colleague_outside_sales_does_not_get_it(self):
        complaint = self._receive(f"Insider <{self.insider.email}>")
        self.assertFalse(complaint.user_id)

    def test_salesperson_who_has_left_does_not_get_it(self):
        self.ben.active = False
        complaint = self._receive("brandon@oak.example.com")
        self.assertEqual(complaint.partner_id, self.brandon)
        self.assertFalse(complaint.user_id)

    def test_answering_machine_complains_of_nothing(self):
        for header in ("Auto-Submitted: auto-replied", "X-Autoreply: yes"):
            self.assertFalse(self._receive("brandon@oak.example.com", header=header))
        # A form on a website sends such too.
        self.assertTrue(
            self._receive("brandon@oak.example.com", header="Auto-Submitted: auto-generated")
        )

    def test_reply_to_a_resolved_one_does_not_open_it(self):
        complaint = self._receive("brandon@oak.example.com")
        self._resolve(complaint, how_told="untold", untold_reason="Withdrawn")
        first = complaint.message_ids.filtered(lambda message: message.message_type == "email")
        rows = complaint.interaction_ids
        header = f"In-Reply-To: {first.message_id}"
        self._receive("brandon@oak.example.com", "two", header)
        self._receive("brandon@oak.example.com", "three", f"{header}\nAuto-Submitted: auto-replied")
        self.assertEqual(self.complaints.search_count([("name", "=", complaint.name)]), 1)
        self.assertEqual(complaint.state, "resolved")
        answer, automatic = (complaint.interaction_ids - rows).sorted("id")
        self.assertEqual((answer.direction, answer.needs_reply), ("in", True))
        self.assertFalse(automatic.needs_reply)

    def test_bounce_complains_of_nothing(self):
        self.assertFalse(self._receive("MAILER-DAEMON@oak.example.com"))

    def test_secret_lead_is_secret_in_the_history(self):
        lead = self._create_lead(self.brandon)
        complaint = self._complain(lead_id=lead.id, user_id=self.ben.id)
        self._tell(complaint)
        with self.mock_mail_gateway():
            complaint.with_user(self.ben).message_post(
                body="We are sorry",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.brandon.ids,
            )
            self._end_transaction()
        rows = complaint.interaction_ids
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows.lead_id, lead)
        domain = [("id", "in", rows.ids)]
        self.assertFalse(self.interactions.with_user(self.carla).search(domain))
        self.assertEqual(self.interactions.with_user(self.ben).search(domain), rows)
