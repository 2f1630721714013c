from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common_moves import MoveCommon

NOW = "2026-06-30 12:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestStatusConditions(MoveCommon):
    """Conditions are settings; what they would do to very many is shown before they do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quiet = cls.env["res.partner"].create([{"name": f"Quiet {n}"} for n in range(5)])
        cls.env.flush_all()
        cls.env["res.partner"]._apply_dated_changes(
            [
                (client.id, None, cls.status_customer.id, "Bought", "2026-01-01 10:00:00")
                for client in cls.quiet
            ]
        )

    def test_more_than_the_limit_wait_for_a_word(self):
        self.status_dormant.write({"move_days": 90, "move_limit": 4})
        self.assertTrue(self.status_dormant.move_is_held)
        self.assertEqual(self.status_dormant.move_held_count, 5)
        action = self.status_dormant.action_open_coming()
        self.assertEqual(
            set(self.env["res.partner"].search(action["domain"]).ids), set(self.quiet.ids)
        )
        self._refresh_clients()
        self.assertEqual(self.quiet.relationship_status_id, self.status_customer)
        self.status_dormant.action_let_come()
        self._refresh_clients()
        self.assertEqual(self.quiet.relationship_status_id, self.status_dormant)
        self.assertEqual(
            {str(moment) for moment in self.quiet.mapped("relationship_status_date")},
            {"2026-04-01 10:00:00"},
        )

    def _told(self):
        """Subjects of what the manager was told, and nobody below."""
        partners = (self.anna | self.ben | self.carla).partner_id
        messages = self.env["mail.message"].search(
            [("partner_ids", "in", partners.ids), ("message_type", "=", "user_notification")]
        )
        self.assertLessEqual(messages.partner_ids & partners, self.anna.partner_id)
        return messages.mapped("subject")

    def test_managers_are_told_once_when_the_past_is_complete(self):
        job = self.env["crm.interaction.backfill"].search([], limit=1)
        job.state = "running"
        self.status_dormant.write({"move_days": 90, "move_limit": 3})
        # What is found meanwhile: one of the five was heard of.
        self._say(self.quiet[0], "2026-06-01 10:00:00", channel="email", direction="in")
        self._run_cron("ir_cron_moves")
        self.assertEqual(self._told(), [])
        job.state = "done"
        for __ in range(2):
            self._run_cron("ir_cron_moves")
            self.assertEqual(self._told(), ["4 clients would become Dormant"])
        self.assertEqual(self.status_dormant.move_held_count, 4)
        self.assertEqual(self.quiet.relationship_status_id, self.status_customer)

    def test_who_are_fewer_after_all_come_unasked(self):
        self.status_dormant.write({"move_days": 90, "move_limit": 4})
        self._say(self.quiet[0], "2026-06-01 10:00:00", channel="email", direction="in")
        self._run_cron("ir_cron_moves")
        self.assertEqual(self._told(), [])
        self.assertFalse(self.status_dormant.move_is_held)
        self._refresh_clients()
        self.assertEqual(self.quiet[1:].relationship_status_id, self.status_dormant)

    def test_up_to_the_limit_come_at_once(self):
        self.status_dormant.write({"move_days": 90, "move_limit": 5})
        self.assertFalse(self.status_dormant.move_is_held)
        self._refresh_clients()
        self.assertEqual(self.quiet.relationship_status_id, self.status_dormant)

    def test_other_changes_ask_nothing(self):
        refresh = self.env["crm.relationship.refresh"]
        queued = refresh.search([])
        self.status_dormant.write({"name": "Asleep", "guidance": "Wake them."})
        self.assertEqual(refresh.search([]), queued)

    def test_words(self):
        self.assertEqual(
            self.status_key.move_sentence,
            "Clients come here by hand alone.\nThey leave by hand alone.",
        )
        self.assertEqual(
            self.status_customer.move_sentence,
            "Clients come here by themselves from Cold or Prospect, with their first purchase.\n"
            "They leave for Regular when they buy again within 1.5 times their usual days between "
            "purchases (365 days while they have no rhythm) or for Dormant when they neither buy "
            "nor say a word for 3 times their usual days between purchases (365 days while they "
            "have no rhythm).",
        )
        self.assertEqual(
            self.status_lost.move_sentence,
            "Clients come here by themselves from Prospect or Dormant, when they neither buy nor "
            "say a word for 730 days.\nThey leave back to what they were when they buy again.",
        )

    def test_numbers_that_say_nothing_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "Days of Dormant"):
            self.status_dormant.move_days = 0
        with self.assertRaisesRegex(ValidationError, "From Purchase No. of Customer"):
            self.status_customer.move_purchases = 0

    def test_only_managers_edit_statuses(self):
        for user in (self.carla, self.ben):
            with self.assertRaises(AccessError):
                self.status_dormant.with_user(user).move_days = 90
        self.status_dormant.with_user(self.anna).move_days = 90

    def test_salespeople_change_the_status_of_clients_they_may_write(self):
        for user in (self.carla, self.ben, self.anna):
            self.lumen.with_user(user).relationship_status_id = self.status_key
            self.assertEqual(self.lumen.relationship_change_ids[0].user_id, user)
            self.lumen.relationship_status_id = self.status_cold
        with self.assertRaises(AccessError):
            self.lumen.with_user(self.insider).relationship_status_id = self.status_key

    # ---- the trace ----

    def test_days_of_the_present_status_run_on(self):
        client = self.quiet[0]
        client.relationship_status_id = self.status_key
        past, present = client.relationship_change_ids.sorted("id")
        self.assertEqual((past.days, present.days), (180, 0))
        with freeze_time("2026-07-10 12:00:00"):
            present.invalidate_recordset()
            self.assertEqual(present.days, 10)
            changes = self.env["crm.relationship.status.change"]
            domain = [("partner_id", "=", client.id)]
            self.assertEqual(changes.search([*domain, ("days", ">=", 100)]), past)
            self.assertEqual(
                changes._read_group(domain, ["to_status_id"], ["days:avg"]),
                [(self.status_customer, 180), (self.status_key, 10)],
            )

    def test_flow_of_a_month(self):
        # What came with demo data is of another year.
        changes = self.env["crm.relationship.status.change"]
        changes.search([("date", ">=", "2026-02-01")]).date = "2020-01-01 10:00:00"
        self._decide(self.lumen, self.status_dormant, "2026-05-10 10:00:00")
        self._decide(self.lumen, self.status_customer, "2026-06-10 10:00:00")
        self._decide(self.oak, self.status_cold, "2026-06-30 21:00:00")
        flows = self.env["crm.relationship.flow"].with_user(self.carla)
        flow = flows.get_flow("2026-06-01", "2026-06-30")
        self.assertIn(
            {"from": self.status_dormant.id, "to": self.status_customer.id, "count": 1},
            flow["bands"],
        )
        self.assertEqual((flow["total"], flow["won_back"]), (2, 1))
        self.assertEqual(flow["before"], {"total": 1, "won_back": 0})
        self.assertEqual(
            flow["months"],
            [{"month": str(date(2026, 6, 1)), "total": 2, "won_back": 1}],
        )
        action = flows.get_flow_action("2026-06-01", "2026-06-30", won_back=True)
        rows = self.env["crm.relationship.status.change"].search(action["domain"])
        self.assertEqual(rows.partner_id, self.lumen)
        # In Tokyo it is July already.
        tokyo = flows.with_context(tz="Asia/Tokyo")
        self.assertEqual(tokyo.get_flow("2026-06-01", "2026-06-30")["total"], 1)

    def test_the_month_before_is_a_whole_month(self):
        changes = self.env["crm.relationship.status.change"]
        changes.search([("partner_id", "not in", self.quiet.ids)]).date = "2020-01-01 10:00:00"
        self._decide(self.lumen, self.status_dormant, "2026-03-01 10:00:00")
        flows = self.env["crm.relationship.flow"]
        april = flows.get_flow("2026-04-01", "2026-04-30")
        self.assertEqual(april["before"]["total"], 1)
        spring = flows.get_flow("2026-04-01", "2026-06-30")
        self.assertEqual(spring["before"]["total"], len(self.quiet) + 1)
        week = flows.get_flow("2026-03-09", "2026-03-15")
        self.assertEqual(week["before"]["total"], 0)
        self.assertEqual(flows.get_flow("2026-03-02", "2026-03-03")["before"]["total"], 1)

    def test_reason_of_a_kept_status_is_in_the_briefing(self):
        self._decide(self.lumen, self.status_key, "2026-01-01 10:00:00")
        self.lumen.write(
            {
                "relationship_status_locked_until": "2026-08-01",
                "relationship_status_locked_reason": "Contract being renewed",
            }
        )
        status = self.lumen.with_user(self.carla).get_briefing()[0]["status"]
        self.assertEqual(status["locked_until"], "2026-08-01")
        self.assertEqual(status["locked_reason"], "Contract being renewed")
        with freeze_time("2026-08-02 12:00:00"):
            status = self.lumen.with_user(self.carla).get_briefing()[0]["status"]
        self.assertNotIn("locked_until", status)
