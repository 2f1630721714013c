from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MailCommon

from .common import RelationshipCommon

AUTOMATIC = {"direction": "in", "is_attempt": True, "needs_reply": False}
INQUIRY = {"direction": "in", "is_attempt": False, "needs_reply": True}

BOUNCE = """
--part
Content-Type: text/plain

The mail could not be delivered.
--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {email}
Action: failed
Status: 5.1.1

--part
Content-Type: message/rfc822

Message-Id: {message_id}
Subject: Desks

890 each.
--part--
"""


@tagged("crm_relationship", "post_install", "-at_install")
class TestCaptureMail(MailCommon, RelationshipCommon):
    """Real mails through Odoo's gateway, and what becomes of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.alias"].create(
            {
                "alias_name": "sales",
                "alias_domain_id": cls.mail_alias_domain.id,
                "alias_model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "alias_contact": "everyone",
            }
        )
        cls.lead = cls._create_lead(cls.brandon, email_from=cls.brandon.email)

    def _write_to_client(self, **vals):
        """Ben writes to Brandon on the first of March; the mail is sent, not only queued."""
        with freeze_time("2026-03-01 10:00:00"), self.mock_mail_gateway():
            message = self.lead.with_user(self.ben).message_post(
                body="890 each.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.brandon.ids,
                **vals,
            )
        self._end_transaction()
        return message.with_env(self.env)

    def _receive(self, sender, number=1, headers="", body="Fine.", to=None):
        """A raw mail that comes in on the second; `headers` are more lines of its head."""
        to = to or f"sales@{self.alias_domain}"
        with freeze_time(f"2026-03-02 10:0{number}:30"), self.mock_mail_gateway():
            result = self.env["mail.thread"].message_process(
                "crm.lead",
                f"From: {sender}\nTo: {to}\nSubject: Re: Desks\n"
                f"Message-Id: <answer-{number}@oak.example.com>\n"
                f"Date: Mon, 02 Mar 2026 10:0{number}:00 +0000\n{headers}\n\n{body}",
            )
        self._end_transaction()
        return result

    def _answering(self, message, headers=""):
        name = message.message_id
        return f"In-Reply-To: {name}\nReferences: {name}\n{headers}".strip()

    def _inbound(self, *partners):
        return self._history(*partners).filtered(lambda row: row.direction == "in")

    def test_answer_of_a_client_waits(self):
        sent = self._write_to_client()
        self._receive(self.brandon.email_formatted, headers=self._answering(sent))
        self.assertRecordValues(
            self._inbound(self.oak),
            [{**INQUIRY, "partner_id": self.brandon.id, "lead_id": self.lead.id}],
        )

    def test_same_mail_twice_is_one_row(self):
        sent = self._write_to_client()
        for __ in range(2):
            self._receive(self.brandon.email_formatted, headers=self._answering(sent))
        self.assertEqual(len(self._inbound(self.oak)), 1)

    def test_mail_to_two_addresses_of_ours_is_one_row(self):
        self.env["mail.alias"].create(
            {
                "alias_name": "showroom",
                "alias_domain_id": self.mail_alias_domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "alias_contact": "everyone",
            }
        )
        self._receive(
            self.lumen.email_formatted,
            to=f"sales@{self.alias_domain}, showroom@{self.alias_domain}",
        )
        messages = self.env["mail.message"].search(
            [("message_id", "=", "<answer-1@oak.example.com>")]
        )
        self.assertEqual(len(messages), 2)
        self.assertEqual(self._inbound(self.lumen).message_id, messages.sorted("id")[0])

    def test_automatic_answers_are_no_inquiry(self):
        sent = self._write_to_client()
        heads = (
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: Auto-Replied (vacation)",
            "Auto-Submitted: auto-generated",
            "X-Autoreply: yes",
            "Precedence: auto_reply",
        )
        for number, head in enumerate(heads):
            self._receive(self.brandon.email_formatted, number, headers=self._answering(sent, head))
        self.assertRecordValues(self._inbound(self.oak), [AUTOMATIC] * len(heads))
        self._refresh_clients()
        self.assertEqual(self.oak.last_interaction_id.message_id, sent)

    def test_automatic_answer_is_none_to_us_either(self):
        """A client asks; our own out-of-office message does not answer it."""
        self.ben.write(
            {"out_of_office_from": "2026-01-01 00:00:00", "out_of_office_message": "<p>Away</p>"}
        )
        sent = self._write_to_client()
        self._receive(self.brandon.email_formatted, headers=self._answering(sent))
        self._refresh_clients()
        away = self.lead.message_ids.filtered(lambda m: m.message_type == "out_of_office")
        self.assertEqual(len(away), 1)
        row = self._history(self.oak).filtered(lambda row: row.message_id == away)
        self.assertRecordValues(row, [{"direction": "out", "is_attempt": True}])
        self.assertRecordValues(self._inbound(self.oak), [{**INQUIRY, "is_waiting": True}])

    def test_form_that_a_machine_sends_is_an_inquiry(self):
        self._receive(self.lumen.email_formatted, headers="Auto-Submitted: auto-generated")
        self.assertRecordValues(self._inbound(self.lumen), [INQUIRY])

    def test_automatic_answer_that_makes_a_lead_waits_for_nobody(self):
        self._receive(self.lumen.email_formatted, headers="Auto-Submitted: auto-replied")
        self.assertRecordValues(self._full_history(self.lumen), [AUTOMATIC])

    def test_answer_from_a_colleagues_own_mailbox(self):
        inquiry = self._write_to_client()
        self._receive(self.brandon.email_formatted, headers=self._answering(inquiry))
        self._receive(
            self.carla.email_formatted,
            number=2,
            headers=self._answering(inquiry),
            to=f"{self.brandon.email_formatted}, sales@{self.alias_domain}",
        )
        answer = self._history(self.oak)[-1]
        self.assertRecordValues(
            answer,
            [
                {
                    "direction": "out",
                    "is_attempt": False,
                    "user_id": self.carla.id,
                    "partner_id": self.brandon.id,
                }
            ],
        )
        self._refresh_clients()
        self.assertEqual(self._inbound(self.oak).reply_id, answer)

    def test_colleague_who_writes_to_an_address_nobody_knows(self):
        lead = self._create_lead(email_from="Stranger@far.example.com")
        note = lead.message_post(body="Created", message_type="comment")
        self._receive(
            self.carla.email_formatted,
            headers=self._answering(note).replace("In-Reply-To", "X-Was"),
            to=f"Stranger@far.example.com, sales@{self.alias_domain}",
        )
        self.assertFalse(lead.interaction_ids.filtered(lambda row: row.direction == "out"))
        said = lead.message_post(
            body="Hello",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.carla.partner_id.id,
            incoming_email_to="Stranger@far.example.com",
        )
        self._end_transaction()
        self.assertRecordValues(
            lead.interaction_ids.filtered("message_id"),
            [{"direction": "out", "message_id": said.id, "user_id": self.carla.id}],
        )

    def _bounce(self, message):
        return self._receive(
            "MAILER-DAEMON@mx.example.com",
            headers="Auto-Submitted: auto-replied\nContent-Type: multipart/report;"
            ' report-type=delivery-status; boundary="part"',
            to=f"{self.alias_bounce}@{self.alias_domain}",
            body=BOUNCE.format(email=self.brandon.email, message_id=message.message_id),
        )

    def test_bounce_is_no_answer_and_ours_no_contact(self):
        inquiry = self._create_interaction(
            self.brandon, date="2026-02-28 10:00:00", direction="in", needs_reply=True
        )
        sent = self._write_to_client()
        self._refresh_clients()
        row = self._history(self.oak) - inquiry
        self.assertEqual(inquiry.reply_id, row)
        self._bounce(sent)
        self.assertEqual(sent.notification_ids.notification_status, "bounce")
        self.env.invalidate_all()
        self.assertEqual(self._history(self.oak), inquiry | row)
        self.assertTrue(row.is_attempt)
        self.assertTrue(inquiry.is_waiting)
        self._refresh_clients()
        self.assertTrue(inquiry.is_waiting)

    def test_mail_that_one_of_two_got_is_a_contact(self):
        with self.mock_mail_gateway():
            sent = self.lead.with_user(self.ben).message_post(
                body="890 each.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=(self.brandon | self.nina).ids,
            )
        self._end_transaction()
        sent.notification_ids.filtered(
            lambda n: n.res_partner_id == self.nina
        ).sudo().notification_status = "exception"
        self._end_transaction()
        self.assertEqual(self._history(self.oak).mapped("is_attempt"), [False])

    def test_sms_that_fails_and_is_sent_again(self):
        self.patch(type(self.env["sms.sms"]), "send", lambda *args, **kwargs: None)
        self.brandon.phone = "+32 456 00 11 22"
        message = self.lead.with_user(self.ben)._message_sms(
            "See you", partner_ids=self.brandon.ids
        )
        row = self._history(self.oak)
        self.assertFalse(row.is_attempt)
        tracker = message.sudo().notification_ids.sms_tracker_ids
        tracker._action_update_from_sms_state("error", failure_type="sms_credit")
        self._end_transaction()
        self.assertTrue(row.is_attempt)
        tracker._action_update_from_sms_state("outgoing")
        self._end_transaction()
        self.assertFalse(row.is_attempt)

    def test_sms_without_number_is_an_attempt(self):
        self.lead.with_user(self.ben)._message_sms("See you", sms_numbers=[False], partner_ids=[])
        self.assertRecordValues(self._history(self.oak), [{"channel": "sms", "is_attempt": True}])

    def test_what_was_an_attempt_anyway_stays_one(self):
        template = self.env["mail.template"].create(
            {
                "name": "News",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Our news",
                "body_html": "<p>New oak.</p>",
                "use_default_to": True,
            }
        )
        with self.mock_mail_gateway():
            mail = self.env["mail.mail"].browse(template.send_mail(self.lumen.id))
        row = self._history(self.lumen)
        self.env["crm.interaction"]._note_delivery(mail.sudo().mail_message_id.ids, is_failed=False)
        self._end_transaction()
        self.assertTrue(row.is_attempt)

    def test_ordinary_sending_adds_nothing(self):
        sent = self._write_to_client()
        notification = sent.notification_ids.sudo()
        notification.mail_message_id.mapped("id")
        for status in ("exception", "sent"):
            notification.notification_status = status
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.env.cr.flush()

    def test_mass_composer_is_an_attempt(self):
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.ben)
            .with_context(
                default_composition_mode="mass_mail",
                default_model="res.partner",
                default_res_ids=(self.lumen | self.nina).ids,
            )
            .create({"subject": "Sale", "body": "<p>Sale!</p>"})
        )
        with self.mock_mail_gateway():
            composer._action_send_mail()
        self.assertRecordValues(
            self._history(self.lumen, self.oak),
            [{"direction": "out", "is_attempt": True, "subject": "Sale"}] * 2,
        )

    def test_automatic_comment_is_an_attempt(self):
        with self.mock_mail_gateway():
            self.lead.with_user(self.ben).message_post(
                body="We have got your mail.",
                message_type="auto_comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.brandon.ids,
            )
        self.assertRecordValues(self._history(self.oak), [{"direction": "out", "is_attempt": True}])
