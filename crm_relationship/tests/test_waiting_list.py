from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged, users

from .common_waiting import WaitingCommon


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time("2026-03-06 12:00:00")
class TestWaitingList(WaitingCommon):
    """Who waits, what is shown of it, and how it is answered or set aside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.interactions.search([("needs_reply", "=", True)]).needs_reply = False
        cls.action = cls.env.ref("crm_relationship.crm_interaction_action_waiting")

    def _waiting(self, user=None):
        return self.interactions.with_user(user or self.env.user).search(
            [("is_waiting", "=", True)], order="date, id"
        )

    def _write_mail(self, partner, document=None, **vals):
        """A mail of a client, as the gateway posts it."""
        message = (document or partner).message_post(
            body="What is one desk?\nThank you",
            subject="Price of the desk?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=partner.id,
            email_from=partner.email,
            **vals,
        )
        self._end_transaction()
        return self.interactions.search([("message_id", "=", message.id)])

    # ---- who waits ----

    def test_answer_counts_before_the_refresh(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        self.assertEqual(self._waiting(), inquiry)
        self._answer(self.nina, "2026-03-05 09:00:00")
        self.assertFalse(inquiry.reply_id)
        self.env.invalidate_all()
        self.assertFalse(inquiry.is_waiting)
        self.assertFalse(self._waiting())
        not_waiting = self.interactions.search([("is_waiting", "=", False)])
        self.assertIn(inquiry, not_waiting)

    def test_stranger_is_answered_on_the_lead(self):
        lead, other = self._create_lead(), self._create_lead()
        none = self.env["res.partner"]
        inquiry = self._create_inquiry(none, "2026-03-05 08:00:00", lead_id=lead.id)
        self._answer(none, "2026-03-05 09:00:00", lead_id=other.id)
        self.assertEqual(self._waiting(), inquiry)
        self._answer(none, "2026-03-05 09:00:00", lead_id=lead.id)
        self.assertFalse(self._waiting())

    def test_colour(self):
        late = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        near = self._create_inquiry(self.lumen, "2026-03-05 14:00:00")
        fresh = self._create_inquiry(self.nina, "2026-03-06 11:00:00")
        self._refresh_clients()
        states = [row.response_state for row in (late, near, fresh)]
        self.assertEqual(states, ["late", "near", "ok"])
        late.needs_reply = False
        self.assertEqual(late.response_state, "none")

    @users("rel_carla")
    def test_first_line_by_right(self):
        private = self._create_inquiry(self.brandon, "2026-03-05 08:00:00", is_private=True)
        mail = self._write_mail(self.lumen)
        rows = self._waiting(self.env.user)
        self.assertNotIn(private, rows)
        self.assertEqual(rows.first_line, "Price of the desk? – What is one desk? Thank you")
        self.assertEqual(rows.client_name, "Lucy Lumen")
        self.assertEqual(rows.sudo(), mail)

    def test_colleagues_lead(self):
        mine = self._create_lead(self.brandon, user_id=self.ben.id)
        self._create_inquiry(self.brandon, "2026-03-05 08:00:00", lead_id=mine.id)
        self.assertFalse(self._waiting(self.carla))
        self.assertEqual(len(self._waiting(self.ben)), 1)
        self.assertEqual(len(self._waiting(self.anna)), 1)

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Far"})
        self._create_inquiry(self.brandon, "2026-03-05 08:00:00", company_id=company.id)
        self.assertFalse(self._waiting(self.anna))

    def test_another_of_our_companies_does_not_answer_for_us(self):
        """What it says, whoever was asked can't even read."""
        far = self.env["res.company"].create({"name": "Far"})
        asked = "2026-03-05 08:00:00"
        ours = self._create_inquiry(self.brandon, asked, company_id=self.env.company.id)
        anybody = self._create_inquiry(self.nina, asked, company_id=False)
        theirs = self._answer(self.brandon, "2026-03-05 09:00:00", company_id=far.id)
        self.assertEqual(self._waiting(self.ben), ours)
        self._refresh_clients()
        self.assertFalse(ours.reply_id)
        self.assertEqual(anybody.reply_id, theirs)
        [briefing] = self.oak.with_user(self.ben).get_briefing()
        self.assertEqual([row["id"] for row in briefing["waiting"]], ours.ids)
        reply = self._answer(self.nina, "2026-03-05 10:00:00", company_id=self.env.company.id)
        self._refresh_clients()
        self.assertEqual(ours.reply_id, reply)
        self.assertFalse(self._waiting(self.ben))

    def test_list_does_not_ask_row_by_row(self):
        def read(number):
            partners = self.env["res.partner"].create(
                [{"name": f"C{i}", "phone": f"+3247000000{i}"} for i in range(number)]
            )
            inquiries = self.interactions
            for partner in partners:
                inquiries |= self._create_inquiry(partner, "2026-03-05 08:00:00")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            inquiries.with_user(self.ben).read(
                ["is_waiting", "client_name", "first_line", "answer_phone", "response_state"]
            )
            return self.env.cr.sql_log_count - before

        read(1)
        self.assertEqual(read(2), read(9))

    # ---- answer ----

    @users("rel_ben")
    def test_mail_is_answered_where_it_was_written(self):
        lead = self._create_lead(self.brandon)
        inquiry = self._write_mail(self.brandon, lead).with_user(self.env.user)
        action = inquiry.action_answer()
        self.assertEqual(action["res_model"], "mail.compose.message")
        composer = self.env["mail.compose.message"].with_context(**action["context"]).create({})
        composer.body = "400 euro"
        self.assertEqual(composer.partner_ids, self.brandon)
        self.assertEqual(composer.subject, "Re: Price of the desk?")
        composer.action_send_mail()
        reply = lead.message_ids[0]
        self.assertEqual(reply.parent_id, inquiry.message_id.sudo())
        self._end_transaction()
        inquiry.invalidate_recordset()
        self.assertFalse(inquiry.is_waiting)

    @users("rel_ben")
    def test_logged_inquiry_is_answered_on_the_contact(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00", subject="RE: Desk")
        context = inquiry.with_user(self.env.user).action_answer()["context"]
        self.assertEqual(context["default_model"], "res.partner")
        self.assertEqual(context["default_res_ids"], self.brandon.ids)
        self.assertEqual(context["default_subject"], "RE: Desk")
        self.assertNotIn("default_parent_id", context)

    def test_stranger_becomes_a_contact_only_by_who_may(self):
        lead = self._create_lead(email_from="toni@example.org", user_id=self.carla.id)
        inquiry = self._create_inquiry(
            self.env["res.partner"], "2026-03-05 08:00:00", lead_id=lead.id, user_id=self.carla.id
        )
        plain = new_test_user(self.env, "rel_plain", groups="sales_team.group_sale_manager")
        context = inquiry.with_user(plain).action_answer()["context"]
        self.assertEqual(context["default_model"], "crm.lead")
        found = self.env["res.partner"].search([("email", "=", "toni@example.org")])
        self.assertEqual(context["default_partner_ids"], found.ids)

    def test_sms_is_answered_by_sms(self):
        self.brandon.phone = "+32470112233"
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00", channel="sms")
        action = inquiry.with_user(self.ben).action_answer()
        self.assertEqual(action["res_model"], "sms.composer")
        composer = (
            self.env["sms.composer"].with_context(**action["context"]).create({"body": "Yes"})
        )
        self.assertEqual(composer.res_id, self.brandon.id)
        self.assertEqual(composer.recipient_single_number_itf, "+32470112233")
        [(view_id, __)] = action["views"]
        arch = etree.fromstring(composer.get_view(view_id)["arch"])
        [text] = arch.xpath("//field[@name='body'][@invisible='not comment_single_recipient']")
        self.assertEqual(text.get("default_focus"), "1", "what is typed goes into the text")

    def test_call_is_answered_by_a_call(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00", channel="phone")
        action = inquiry.with_user(self.ben).action_answer()
        self.assertEqual(action["res_model"], "crm.interaction.log")
        self.oak.phone = "+3221112233"
        inquiry.invalidate_recordset()
        action = inquiry.with_user(self.ben).action_answer()
        self.assertEqual(action["tag"], "crm_relationship_call")
        self.assertEqual(action["params"]["phone"], "+3221112233")
        log = self.env["crm.interaction.log"].with_user(self.ben)
        log = log.with_context(**action["params"]["next"]["context"]).create({})
        log.action_save()
        self.assertEqual((log.channel, log.partner_id), ("phone", self.brandon))
        inquiry.invalidate_recordset()
        self.assertFalse(inquiry.is_waiting)

    def test_nobody_to_write_to_is_called(self):
        self.brandon.email = False
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        self.assertEqual(inquiry.action_answer()["res_model"], "crm.interaction.log")

    def test_deleted_lead(self):
        lead = self._create_lead(self.brandon)
        inquiry = self._write_mail(self.brandon, lead)
        lead.unlink()
        self.env.invalidate_all()
        context = inquiry.with_user(self.anna).action_answer()["context"]
        self.assertEqual(context["default_model"], "res.partner")
        self.assertNotIn("default_parent_id", context)

    # ---- no answer needed ----

    def _set_aside(self, inquiries, user, **vals):
        action = inquiries.with_user(user).action_no_reply_needed()
        dialog = self.env[action["res_model"]].with_user(user).with_context(**action["context"])
        return dialog.create(vals).action_save()

    def test_set_aside_and_wait_again(self):
        first = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        second = self._create_inquiry(self.lumen, "2026-03-05 09:00:00")
        self._set_aside(first | second, self.ben, reason="other", note="Wrong firm")
        self.assertFalse(self._waiting())
        self.assertEqual(first.no_reply_reason, "other")
        self.assertEqual(first.no_reply_note, "Wrong firm")
        shown = self.interactions.search(
            [
                ("partner_id", "in", (self.brandon + self.lumen).ids),
                *("|", ("is_waiting", "=", True), ("no_reply_reason", "!=", False)),
            ]
        )
        self.assertEqual(shown, first | second)
        first.with_user(self.ben).action_wait_again()
        self.assertEqual(self._waiting(), first)
        self.assertFalse(first.no_reply_reason)
        self.assertFalse(first.no_reply_note)

    def test_wait_again_is_told_again(self):
        told, past = (
            self._create_inquiry(partner, "2026-03-05 08:00:00")
            for partner in (self.brandon, self.lumen)
        )
        told.response_alert, past.response_alert = "new", "past"
        self._set_aside(told | past, self.ben, reason="thanks")
        (told | past).with_user(self.ben).action_wait_again()
        self.assertEqual([told.response_alert, past.response_alert], [False, "past"])

    def test_wait_again_after_the_deal_was_lost(self):
        """Nobody waits for a lost deal: who asks for it is told so, and what to do."""
        lead = self._create_lead(self.brandon, name="Desks")
        lead.interaction_ids.needs_reply = False
        asked = self._create_inquiry(self.brandon, "2026-03-05 08:00:00", lead_id=lead.id)
        with freeze_time("2026-03-05 12:00:00"):
            lead.action_set_lost()
        self._refresh_clients()
        self.assertEqual(asked.no_reply_reason, "closed")
        with self.assertRaisesRegex(UserError, "Desks.* Restore the opportunity first"):
            asked.with_user(self.ben).action_wait_again()
        later = self._create_inquiry(self.brandon, "2026-03-06 08:00:00", lead_id=lead.id)
        self._set_aside(later, self.ben, reason="thanks")
        later.with_user(self.ben).action_wait_again()
        self.assertEqual(self._waiting(), later)
        lead.action_restore()
        asked.with_user(self.ben).action_wait_again()
        self._refresh_clients()
        self.assertEqual(self._waiting(), asked | later)

    def test_colleagues_inquiry_is_set_aside_by_managers(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        theirs = inquiry.with_user(self.carla)
        with self.assertRaisesRegex(UserError, "rel_ben .* is responsible"):
            theirs.action_no_reply_needed()
        dialog = self.env["crm.interaction.no.reply"].with_user(self.carla)
        dialog = dialog.create({"interaction_ids": theirs.ids, "reason": "spam"})
        with self.assertRaisesRegex(UserError, "rel_ben .* is responsible"):
            dialog.action_save()
        self.assertTrue(inquiry.needs_reply)
        self._set_aside(inquiry, self.anna, reason="spam")
        self.assertFalse(inquiry.needs_reply)

    def test_nobodys_inquiry_is_set_aside_by_anybody(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00", user_id=False)
        self._set_aside(inquiry, self.carla, reason="twice")
        self.assertEqual(inquiry.no_reply_reason, "twice")
