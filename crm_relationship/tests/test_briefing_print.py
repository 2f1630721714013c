from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common_briefing import BriefingCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestBriefingPrint(BriefingCommon):
    """The briefing on paper and by mail: one page, for whom it is, nothing more."""

    def _render(self, record, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        name = "crm_relationship.report_briefing"
        name += "" if record._name == "res.partner" else "_lead"
        reports = self.env["ir.actions.report"].with_user(user or self.carla)
        body, __ = reports._render_qweb_html(name, record.ids)
        return " ".join(html.fromstring(body).text_content().split())

    def test_it_says_what_the_briefing_says(self):
        self.oak.relationship_status_id = self.status_regular
        self._create_interaction(
            self.brandon, outcome_id=self.think.id, offered="12 oak desks", summary="Asks first"
        )
        self.env["crm.promise"].create({"name": "Send a sample", "partner_id": self.oak.id})
        deal = self._create_lead(self.nina, user_id=self.carla.id, expected_revenue=8400)
        text = self._render(self.oak)
        for words in (
            "Oak Interiors",
            "Regular",
            "answer within 4 h",
            "Offered: 12 oak desks",
            "Ended: Must think",
            "Note: Asks first",
            "We promised: Send a sample",
            deal.name,
            "8,400",
        ):
            self.assertIn(words, text)
        self.assertIn("Oak Interiors", self._render(deal))

    def test_what_they_asked_when_it_was_written_down_as_a_note(self):
        self._create_interaction(
            self.oak, direction="in", channel="sms", needs_reply=True, summary="When do desks come?"
        )
        self.assertRegex(
            self._render(self.oak),
            r"Waits for an answer since [^,]+, [^,]+, When do desks come\?, SMS",
        )

    def test_hidden_texts_stay_hidden(self):
        self._create_interaction(self.oak, is_private=True, summary="A secret")
        text = self._render(self.oak)
        self.assertNotIn("secret", text)
        self.assertIn("What was said you cannot open.", text)
        self.assertIn("Items you cannot open: 1", text)
        self.assertIn("A secret", self._render(self.oak, self.ben))
        with self.assertRaises(AccessError):
            self._render(self.oak, self.insider)

    @freeze_time("2026-03-09 23:30:00")
    def test_moments_are_those_of_the_reader(self):
        self.interactions.create({"partner_id": self.oak.id, "date": "2026-03-09 23:00:00"})
        self.carla.tz, self.ben.tz = "Europe/Brussels", "America/New_York"
        self.assertIn("3/10/26, 12:00 AM", self._render(self.oak).replace("\u202f", " "))
        self.assertIn("3/9/26, 7:00 PM", self._render(self.oak, self.ben).replace("\u202f", " "))

    def test_long_lists_fit_on_a_page(self):
        self.env["crm.promise"].create(
            [{"name": f"Promise {i}", "partner_id": self.oak.id} for i in range(40)]
        )
        for number in range(40):
            self._create_interaction(
                self.oak, days_ago=number, direction="in", needs_reply=True, subject="Long " * 60
            )
            self._create_lead(self.oak, user_id=self.carla.id)
            self._add_date(self.oak, number % 20)
            self.oak.activity_schedule("mail.mail_activity_data_todo", self._day(number))
        [page] = (
            self.env["crm.briefing.page"]
            .with_user(self.carla)
            ._prepare_pages(self.oak.with_user(self.carla))
        )
        lines = [line for block in page["blocks"] for line in block["lines"]]
        self.assertLessEqual(len(lines), 50, "an A4 page has room for about 55 lines")
        self.assertIn("and 34 more", lines)

    def test_manager_mails_it_to_herself(self):
        self._create_interaction(self.oak, summary="Asks first")
        before = self.env["mail.mail"].search([]).ids
        action = self.oak.with_user(self.anna).action_mail_briefing()
        self.assertEqual(action["tag"], "display_notification")
        mail = self.env["mail.mail"].search([("id", "not in", before)])
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.email_to, self.anna.email_formatted)
        self.assertFalse(mail.recipient_ids)
        self.assertEqual(mail.state, "outgoing", "it is sent by the queue")
        self.assertIn("Asks first", mail.body_html)
        self.assertEqual(self._history(self.oak).mapped("channel"), ["phone"], "it is no contact")

    def test_only_managers_mail_it_and_only_to_an_address(self):
        with self.assertRaises(AccessError):
            self.oak.with_user(self.ben).action_mail_briefing()
        lead = self._create_lead(user_id=self.carla.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.carla).action_mail_briefing()
        self.anna.email = False
        with self.assertRaisesRegex(UserError, "Email"):
            self.oak.with_user(self.anna).action_mail_briefing()


@tagged("crm_relationship", "post_install", "-at_install")
class TestBriefingPrintRoute(HttpCase):
    def test_printed_as_a_page_of_the_browser(self):
        groups = "base.group_user,sales_team.group_sale_salesman"
        new_test_user(self.env, "rel_tour", groups=groups)
        client = self.env["res.partner"].create({"name": "Oak Interiors"})
        self.authenticate("rel_tour", "rel_tour")
        response = self.url_open(f"/report/html/crm_relationship.report_briefing/{client.id}")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Oak Interiors", response.text)
