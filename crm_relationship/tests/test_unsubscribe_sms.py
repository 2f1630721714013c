import re

from odoo.tests import HttpCase, tagged

from .common_unsubscribe import UnsubscribeCommon

LINK = re.compile(r"https?://\S+/r/s/([\w-]+)$")
NUMBER = "+32456001122"


@tagged("crm_relationship", "post_install", "-at_install")
class TestUnsubscribeSms(UnsubscribeCommon, HttpCase):
    """An SMS of a marketing rule says how to stop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sms_template = cls.env["sms.template"].create(
            {
                "name": "Greeting",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "body": "All the best, {{ object.name }}!",
            }
        )
        cls.lumen.phone = NUMBER

    def _text(self, partner, **vals):
        """The SMS a rule has queued for `partner`."""
        self._create_date(partner)
        action = {"kind": "sms", "sms_template_id": self.sms_template.id}
        rule = self._create_rule(action, **{"purpose": "marketing", **vals})
        self._run(rule)
        return self._runs(rule, partner).sudo()

    def _is_stopped(self):
        self.env.invalidate_all()
        return bool(self.env["phone.blacklist"].search_count([("number", "=", NUMBER)]))

    def test_sms_ends_with_how_to_stop(self):
        sms = self._text(self.lumen).sms_id
        self.assertEqual(sms.state, "outgoing")
        text, stop = sms.body.split("\n")
        self.assertEqual(text, "All the best, Lucy Lumen!")
        self.assertTrue(stop.startswith("Stop: http"))
        token = LINK.search(stop)[1]
        self.assertEqual(len(token), 12)
        link = self.links._find(token, "sms")
        self.assertEqual((link.address, link.partner_id), (NUMBER, self.lumen))

    def test_nobody_of_us_finds_the_link_in_the_chatter(self):
        self._text(self.lumen)
        [note] = self.lumen.message_ids.filtered(lambda note: note.message_type == "sms")
        self.assertIn("All the best", note.body)
        self.assertNotIn("/r/s/", note.body)

    def test_service_sms_says_nothing(self):
        sms = self._text(self.lumen, purpose="service").sms_id
        self.assertEqual(sms.body, "All the best, Lucy Lumen!")

    def test_stop_and_undo(self):
        run = self._text(self.lumen)
        path = f"/r/s/{LINK.search(run.sms_id.body)[1]}"
        page = self.url_open(path)
        self.assertIn("No more SMS?", page.text)
        self.assertIn("…122", page.text)
        self.assertNotIn(NUMBER, page.text)
        self.assertFalse(self._is_stopped())
        for __ in range(2):
            csrf = re.search(r'name="csrf_token"\s+value="([^"]+)"', page.text)[1]
            done = self.url_open(f"{path}/confirm", data={"csrf_token": csrf})
            self.assertIn("You get no more SMS", done.text)
            self.assertTrue(self._is_stopped())
        self.assertEqual(self._stops(self.lumen).mapped("subject"), [f"Stopped SMS to {NUMBER}"])
        self.assertEqual(self._stops(self.lumen).channel, "sms")
        # Letters are another matter.
        self.assertFalse(self._is_blacklisted(self.lumen.email))
        undone = self.url_open(f"{path}/undo", data={"csrf_token": csrf})
        self.assertIn("Welcome back", undone.text)
        self.assertFalse(self._is_stopped())
        self.assertEqual(len(self._stops(self.lumen)), 2)

    def test_what_is_queued_is_not_sent(self):
        run = self._text(self.lumen)
        self.links._find(LINK.search(run.sms_id.body)[1], "sms")._stop()
        self.assertEqual((run.sms_id.state, run.sms_id.failure_type), ("canceled", "sms_optout"))
        self.assertEqual((run.state, run.reason), ("skipped", "Opted out before it was sent"))

    def test_no_page_for_posting_by_machines(self):
        run = self._text(self.lumen)
        path = f"/r/s/{LINK.search(run.sms_id.body)[1]}"
        response = self.url_open(path, data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(response.status_code, 405)
        self.assertFalse(self._is_stopped())

    def test_next_sms_is_not_made(self):
        run = self._text(self.lumen)
        self.links._find(LINK.search(run.sms_id.body)[1], "sms")._stop()
        again = run.rule_id.copy({"active": True, "date_start": run.rule_id.date_start})
        self._run(again)
        self.assertStates(self._runs(again, self.lumen), "skipped")
