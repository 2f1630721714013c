from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_waiting import WaitingCommon

MONDAY = "2026-03-02 08:00:00"  # 9:00 in Brussels


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(MONDAY)
class TestWaitingAlert(WaitingCommon):
    """Who is told of an inquiry, when, and how often."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.interactions.search([("needs_reply", "=", True)]).needs_reply = False
        cls.managers = cls.env["res.users"].search(
            [("all_group_ids", "in", cls.env.ref("sales_team.group_sale_manager").id)]
        )

    def _inquire(self, partner=None, **vals):
        partner = self.brandon if partner is None else partner
        inquiry = self._create_inquiry(partner, MONDAY, **vals)
        self._just_came(inquiry)
        return inquiry

    def assertTold(self, messages, *users):
        partners = [user.partner_id for user in users]
        self.assertEqual(
            sorted(messages.partner_ids.ids), sorted(partner.id for partner in partners)
        )
        self.assertEqual(len(messages), len(users))

    # ---- whom ----

    def test_responsible_is_told_once(self):
        inquiry = self._inquire()
        messages = self._run_alerts()
        self.assertTold(messages, self.ben)
        self.assertEqual(messages.subject, "Oak Interiors, Brandon waits for an answer")
        self.assertIn("Price of the desk?", messages.body)
        self.assertEqual(inquiry.response_alert, "new")
        self.assertFalse(self._run_alerts())

    def test_one_message_for_several(self):
        self._inquire(self.brandon)
        self._inquire(self.lumen)
        self._inquire(self.nina, user_id=self.carla.id)
        messages = self._run_alerts()
        self.assertTold(messages, self.ben, self.carla)
        self.assertEqual(messages[0].subject, "2 inquiries wait for an answer")

    def test_erased_person_is_in_no_message(self):
        self.nina.name = "Nina Ortega"
        lead = self._create_lead(self.oak)
        self._inquire(self.brandon, lead_id=lead.id, subject="Asks for desks")
        self._inquire(self.nina, lead_id=lead.id, subject="Asks for chairs")
        message = self._run_alerts()
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertIn("Brandon", message.body)
        self.brandon.with_user(self.anna)._erase_personal_data()
        self.env.invalidate_all()
        for text in (message.body, mail.body_html):
            self.assertNotIn("Brandon", text)
            self.assertNotIn("desks", text)
            self.assertIn("Nina Ortega", text)

    def test_leader_when_nobody_is_responsible(self):
        inquiry = self._inquire(user_id=False)
        self.assertTold(self._run_alerts(), self.anna)
        self.assertEqual(inquiry.reply_activity_id.user_id, self.anna)

    def test_leader_when_the_responsible_has_left(self):
        self._inquire(user_id=self.ben.id)
        self.ben.active = False
        self.assertTold(self._run_alerts(), self.anna)

    def test_managers_when_there_is_no_leader(self):
        inquiry = self._inquire(user_id=False, team_id=False)
        self.assertTold(self._run_alerts(), *self.managers)
        self.assertFalse(inquiry.reply_activity_id.user_id)

    def test_managers_of_the_company(self):
        company = self.env["res.company"].create({"name": "Far"})
        far = self._create_user("rel_far", "sales_team.group_sale_manager")
        far.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        self._inquire(user_id=False, team_id=False, company_id=company.id)
        messages = self._run_alerts()
        self.assertIn(far.partner_id, messages.partner_ids)
        self.assertNotIn(self.anna.partner_id, messages.partner_ids)

    def test_who_logged_it_is_not_told(self):
        inquiry = self.interactions.with_user(self.ben).create(
            {
                "partner_id": self.brandon.id,
                "channel": "phone",
                "direction": "in",
                "needs_reply": True,
            }
        )
        self._just_came(inquiry.sudo())
        self.assertFalse(self._run_alerts())
        self.assertEqual(inquiry.response_alert, "new")

    def test_who_got_the_mail_from_odoo_is_not_told_again(self):
        self.ben.notification_type = "inbox"
        self.brandon.message_subscribe(self.ben.partner_id.ids)
        message = self.brandon.message_post(
            body="What is one desk?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.brandon.id,
            email_from=self.brandon.email,
        )
        self._end_transaction()
        inquiry = self.interactions.search([("message_id", "=", message.id)])
        inquiry.user_id = self.ben
        self._just_came(inquiry)
        self.assertFalse(self._run_alerts())
        self.assertEqual(inquiry.reply_activity_id.user_id, self.ben)

    def test_private_text_is_not_told(self):
        inquiry = self._inquire(user_id=self.carla.id, is_private=True, subject="My secret")
        self.team.user_id = self.ben
        self._run_alerts()
        with freeze_time("2026-03-04 12:00:00"):
            messages = self._run_alerts()
        self.assertTold(messages, self.ben)
        self.assertNotIn("My secret", messages.body)
        self.assertNotIn("My secret", inquiry.reply_activity_id.summary)

    # ---- when ----

    def test_reminded_before_and_leader_told_after(self):
        inquiry = self._inquire()  # until Tuesday 9:00, reminder on Monday 16:00
        self._run_alerts()
        for moment, told, state in (
            ("2026-03-02 14:59:00", None, "new"),
            ("2026-03-02 15:00:00", self.ben, "near"),
            ("2026-03-02 23:00:00", None, "near"),
            ("2026-03-03 07:59:00", None, "near"),
            ("2026-03-03 08:00:00", self.anna, "late"),
            ("2026-03-04 08:00:00", None, "late"),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                messages = self._run_alerts()
                self.assertTold(messages, *[told] if told else [])
                self.assertEqual(inquiry.response_alert, state)

    def test_weekend_does_not_count(self):
        with freeze_time("2026-03-06 15:00:00"):  # Friday 16:00
            inquiry = self._inquire()
            self._run_alerts()
        with freeze_time("2026-03-08 20:00:00"):
            self.assertFalse(self._run_alerts())
        with freeze_time("2026-03-09 13:00:00"):
            self.assertTold(self._run_alerts(), self.ben)
        self.assertEqual(inquiry.response_alert, "near")

    def test_nothing_ran_for_days(self):
        self._inquire()
        with freeze_time("2026-03-04 12:00:00"):
            self.assertTold(self._run_alerts(), self.anna, self.ben)
            self.assertFalse(self._run_alerts())

    def test_without_promise_only_the_first(self):
        self.team.response_hours = 0
        inquiry = self._inquire()
        self.assertTold(self._run_alerts(), self.ben)
        with freeze_time("2026-03-20 12:00:00"):
            self.assertFalse(self._run_alerts())
        self.assertTrue(inquiry.is_waiting)

    def test_past_is_not_told(self):
        late = self._create_inquiry(self.brandon, "2026-02-20 08:00:00")
        self.assertFalse(self._run_alerts())
        self.assertFalse(late.response_alert)
        self.assertFalse(late.reply_activity_id)

    def test_who_waits_for_months_is_not_told_any_more(self):
        """The list still shows them; they stay whose they were."""
        lead, other = self._create_lead(self.brandon), self._create_lead(self.lumen)
        old = self._inquire(lead_id=lead.id, origin_key="lead:old")
        young = self._inquire(self.lumen, lead_id=other.id, origin_key="lead:young")
        self._just_came(old, days=92, minutes=1)
        self._just_came(young, days=91)
        (lead | other).user_id = self.carla
        messages = self._run_alerts()
        self.assertEqual((old | young).mapped("response_alert"), [False, "late"])
        self.assertTold(messages, self.carla, self.anna)
        self.assertEqual((old.user_id, young.user_id), (self.ben, self.carla))
        self.assertFalse(old.reply_activity_id)
        self.assertTrue(old.is_waiting)

    def test_answered_meanwhile(self):
        inquiry = self._inquire()
        self._answer(self.nina, MONDAY)
        self.assertFalse(self._run_alerts())
        self.assertFalse(inquiry.response_alert)

    # ---- tasks ----

    def test_one_task_until_answered(self):
        first = self._inquire(self.brandon)
        self._run_alerts()
        task = first.reply_activity_id
        self.assertEqual(task.summary, "Answer: Price of the desk?")
        self.assertEqual((task.res_model, task.res_id), ("res.partner", self.brandon.id))
        self.assertEqual(task.user_id, self.ben)
        self.assertEqual(task.date_deadline, fields.Date.to_date("2026-03-03"))
        second = self._inquire(self.nina)
        self._run_alerts()
        self.assertEqual(second.reply_activity_id, task)
        count = len(self._history(self.oak))
        with freeze_time("2026-03-02 09:00:00"):
            self._answer(self.brandon, "2026-03-02 09:00:00")
            self._refresh_clients()
        self.assertFalse(task.exists())
        self.assertEqual(len(self._history(self.oak)), count + 1)

    def test_task_on_the_lead(self):
        lead = self._create_lead(self.brandon)
        inquiry = self._inquire(lead_id=lead.id, channel="phone")
        self._run_alerts()
        task = inquiry.reply_activity_id
        self.assertEqual((task.res_model, task.res_id), ("crm.lead", lead.id))
        task.with_user(self.ben).action_feedback(feedback="They take it")
        self._refresh_clients()
        self.assertFalse(inquiry.is_waiting)
        self.assertEqual(inquiry.reply_id.activity_id, task)
        self.assertTrue(task.exists())

    def test_task_goes_when_all_are_set_aside(self):
        first, second = self._inquire(self.brandon), self._inquire(self.nina)
        self._run_alerts()
        task = first.reply_activity_id
        for inquiry, is_left in ((first, True), (second, False)):
            action = inquiry.with_user(self.ben).action_no_reply_needed()
            dialog = self.env[action["res_model"]].with_user(self.ben)
            dialog.with_context(**action["context"]).create({}).action_save()
            self.assertEqual(bool(task.exists()), is_left)

    def test_stranger(self):
        lead = self._create_lead(email_from="toni@example.org", contact_name="Toni")
        inquiry = self._inquire(self.env["res.partner"], lead_id=lead.id)
        messages = self._run_alerts()
        self.assertEqual(messages.subject, "Toni waits for an answer")
        task = inquiry.reply_activity_id
        self.assertEqual(task.res_id, lead.id)
        self._answer(self.env["res.partner"], MONDAY, lead_id=lead.id)
        self._run_cron("ir_cron_summaries")
        self.assertFalse(task.exists())

    def test_lead_passed_on(self):
        lead = self._create_lead(self.brandon, team_id=self.team.id)
        inquiry = self._inquire(lead_id=lead.id, origin_key="lead:test")
        by_hand = self._inquire(lead_id=lead.id)
        self._run_alerts()
        lead.user_id = self.carla
        self._run_alerts()
        self.assertEqual(inquiry.user_id, self.carla)
        self.assertEqual(by_hand.user_id, self.ben)
        self.assertEqual(inquiry.reply_activity_id.user_id, self.carla)

    def test_lost_lead(self):
        lead = self._create_lead(self.brandon)
        inquiry = self._inquire(lead_id=lead.id)
        other = self._inquire(self.lumen)
        self._run_alerts()
        with freeze_time("2026-03-02 10:00:00"):
            lead.action_set_lost()
            # Read live, before anything is refreshed.
            self.assertFalse(inquiry.is_waiting)
            [briefing] = self.brandon.with_user(self.ben).get_briefing()
            self.assertEqual(briefing["waiting"], [])
            self._refresh_clients()
            self.assertFalse(inquiry.needs_reply)
            self.assertEqual(inquiry.no_reply_reason, "closed")
            self.assertFalse(inquiry.reply_activity_id)
            self.assertTrue(other.is_waiting)
        with freeze_time("2026-03-02 11:00:00"):
            again = self._inquire(lead_id=lead.id)
            self._refresh_clients()
        self.assertTrue(again.is_waiting)

    # ---- what goes wrong ----

    @mute_logger("odoo.addons.crm_relationship.models.waiting.crm_interaction_alert")
    def test_one_bad_inquiry(self):
        bad, good = self._inquire(self.brandon), self._inquire(self.lumen)
        activities = type(self.env["mail.activity"])
        create = activities.create

        def fail(model, vals_list):
            if any(vals.get("res_id") == self.brandon.id for vals in vals_list):
                raise ValueError("Broken")
            return create(model, vals_list)

        with patch.object(activities, "create", fail):
            self.assertTold(self._run_alerts(), self.ben)
        self.assertFalse(bad.reply_activity_id)
        self.assertTrue(good.reply_activity_id)
        self.assertEqual((bad | good).mapped("response_alert"), ["new", "new"])

    def test_person_without_address(self):
        self.ben.email = False
        self._inquire()
        self._inquire(self.lumen, user_id=self.carla.id)
        self.assertTold(self._run_alerts(), self.ben, self.carla)

    def test_statements_do_not_grow(self):
        self._alert_many(1)
        self.assertEqual(self._alert_many(30), self._alert_many(4))

    def _alert_many(self, number):
        clients = self.env["res.partner"].create([{"name": f"C{i}"} for i in range(number)])
        inquiries = [self._create_inquiry(client, MONDAY) for client in clients]
        self._just_came(*inquiries)
        self._refresh_clients()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.interactions._tell_alerts(self.interactions._claim_alerts(fields.Datetime.now()))
        self.env.flush_all()
        self.assertTrue(all(inquiry.reply_activity_id for inquiry in inquiries))
        return self.env.cr.sql_log_count - before
