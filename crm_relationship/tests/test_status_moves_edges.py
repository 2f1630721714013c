from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .common_moves import MoveCommon

NOW = "2026-06-30 12:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestStatusMovesEdges(MoveCommon):
    """Facts that only seem to be some, that are taken back, and clocks far from UTC."""

    def _log(self, client, status, moment, user=None, **context):
        self.env["crm.relationship.status.change"].with_user(user or self.env.user).with_context(
            **context
        ).sudo()._log([(client.id, None, status.id, "Rule")], moment)
        client.relationship_status_id = status
        client.relationship_status_date = moment

    # ---- what is no fact ----

    def test_words_years_apart_are_no_talk(self):
        self._say(self.lumen, "2020-05-01 10:00:00", channel="email")
        self._say(self.lumen, "2026-05-01 10:00:00", channel="email", direction="in")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)
        self._say(self.lumen, "2026-05-20 10:00:00", channel="email")
        self._refresh_clients()
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("prospect", "2026-05-20 10:00:00", "First talk in both directions"),
        )

    def test_who_is_looked_at_without_lead_or_contact_is_no_client(self):
        self.env["crm.relationship.refresh"]._push(self.lumen.ids)
        self.assertMoves(self.lumen)
        self.assertFalse(self.lumen.relationship_status_date)

    def test_two_purchases_of_one_day_are_not_bought_again(self):
        self._win(self.lumen, "2026-03-01 10:00:00")
        self._win(self.lumen, "2026-03-01 15:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_customer)
        self._win(self.lumen, "2026-04-01 10:00:00", name="Lamp")
        self._refresh_clients()
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("regular", "2026-04-01 10:00:00", 'Because the third deal was won: "Lamp"'),
        )

    def test_dormant_by_hand_who_buys_within_the_days_is_regular(self):
        self._win(self.lumen, "2026-01-01 10:00:00")
        self._refresh_clients()
        self._decide(self.lumen, self.status_dormant, "2026-03-01 10:00:00")
        self._win(self.lumen, "2026-05-01 10:00:00", name="Lamp")
        self._refresh_clients()
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("regular", "2026-05-01 10:00:00", 'Because the second deal was won: "Lamp"'),
        )

    # ---- what people and rules have decided ----

    def test_no_client_by_hand_stays_none_until_something_new(self):
        self._talk(self.lumen, "2026-05-01 10:00:00")
        self._win(self.lumen, "2026-05-02 10:00:00")
        self._refresh_clients()
        self._decide(self.lumen, self.env["crm.relationship.status"], "2026-06-01 10:00:00")
        self.lumen._refresh_relationship()
        self.assertStatus(self.lumen, None)
        self._say(self.lumen, "2026-06-10 10:00:00", channel="email")
        self._refresh_clients()
        # A client again, and what they are follows from all that is known.
        self.assertEqual(self._moves(self.lumen)[-1][:2], ("customer", "2026-06-10 10:00:00"))

    def test_rule_of_the_system_stands_against_older_facts(self):
        self._win(self.lumen, "2026-03-01 10:00:00")
        self._refresh_clients()
        rule = self.env["crm.relationship.rule"].create(
            {
                "name": "Asks",
                "trigger": "silence",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
            }
        )
        with freeze_time("2026-04-01 10:00:00"):
            self.lumen.with_context(relationship_status_rule_id=rule.id).write(
                {"relationship_status_id": self.status_prospect.id}
            )
        self.lumen._refresh_relationship()
        self.assertStatus(self.lumen, self.status_prospect)

    # ---- taken back ----

    def test_deal_that_is_opened_again_takes_the_customer_back(self):
        self._talk(self.lumen, "2026-02-01 10:00:00")
        lead = self._win(self.lumen, "2026-03-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_customer)
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        self._refresh_clients()
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("prospect", NOW, "Because what they had bought was taken back"),
        )
        for __ in range(2):
            self.lumen._refresh_relationship()
        self.assertEqual(len(self._moves(self.lumen)), 3)

    def test_deal_that_is_lost_after_it_was_won(self):
        lead = self._win(self.lumen, "2026-03-01 10:00:00")
        self._refresh_clients()
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        lead.action_set_lost()
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)

    def _reopen(self, lead):
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        self._refresh_clients()

    def test_second_deal_that_is_opened_again_takes_the_regular_back(self):
        self._talk(self.lumen, "2026-02-01 10:00:00")
        self._win(self.lumen, "2026-03-01 10:00:00")
        second = self._win(self.lumen, "2026-05-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_regular)
        self._reopen(second)
        undone = ("customer", NOW, "Because what they had bought was taken back")
        self.assertEqual(self._moves(self.lumen)[-1], undone)
        for __ in range(2):
            self.lumen._refresh_relationship()
        self.assertEqual(len(self._moves(self.lumen)), 4)
        # Bought again, they are regular again.
        second.action_set_won()
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_regular)

    def test_what_is_left_may_be_too_far_apart_for_a_regular(self):
        self._win(self.lumen, "2024-12-01 10:00:00")
        self._win(self.lumen, "2026-02-01 10:00:00")
        third = self._win(self.lumen, "2026-03-01 10:00:00")
        self.status_dormant.move_on = False
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_regular)
        self._reopen(third)
        self.assertStatus(self.lumen, self.status_customer)

    def test_first_of_three_that_is_taken_back_leaves_a_regular(self):
        first = self._win(self.lumen, "2026-01-01 10:00:00")
        self._win(self.lumen, "2026-02-01 10:00:00")
        self._win(self.lumen, "2026-05-01 10:00:00")
        self._refresh_clients()
        self._reopen(first)
        self.assertStatus(self.lumen, self.status_regular)

    def test_stricter_numbers_take_nobody_back(self):
        self._win(self.lumen, "2026-01-01 10:00:00")
        self._win(self.lumen, "2026-04-01 10:00:00")
        self._refresh_clients()
        self.status_regular.move_days = 30
        self.lumen._refresh_relationship()
        self.assertStatus(self.lumen, self.status_regular)

    def test_both_deals_taken_back_lead_to_what_was_before(self):
        self._talk(self.lumen, "2026-02-01 10:00:00")
        leads = self._win(self.lumen, "2026-03-01 10:00:00")
        leads |= self._win(self.lumen, "2026-05-01 10:00:00")
        self._refresh_clients()
        self._reopen(leads)
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("prospect", NOW, "Because what they had bought was taken back"),
        )

    def test_regular_by_hand_is_never_taken_back(self):
        self._decide(self.lumen, self.status_regular, "2026-01-01 10:00:00")
        lead = self._win(self.lumen, "2026-03-01 10:00:00")
        self._refresh_clients()
        self._reopen(lead)
        self.assertStatus(self.lumen, self.status_regular)

    def test_customer_by_hand_who_bought_twice_is_a_customer_again(self):
        self._decide(self.lumen, self.status_customer, "2026-01-01 10:00:00")
        leads = self._win(self.lumen, "2026-03-01 10:00:00")
        leads |= self._win(self.lumen, "2026-05-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_regular)
        self._reopen(leads)
        self.assertStatus(self.lumen, self.status_customer)

    def test_customer_by_hand_is_never_taken_back(self):
        self._decide(self.lumen, self.status_customer, "2026-01-01 10:00:00")
        self._decide(self.lumen, self.status_dormant, "2026-03-01 10:00:00")
        self._talk(self.lumen, "2026-04-01 10:00:00")
        self._refresh_clients()
        self.lumen._refresh_relationship()
        self.assertStatus(self.lumen, self.status_customer)

    # ---- clocks ----

    def test_lock_is_over_at_midnight_of_the_company(self):
        calendar = self.env["res.company"]._get_main_company().resource_calendar_id
        for zone, moment in (
            ("Pacific/Auckland", "2026-06-30 12:00:00"),
            ("America/Los_Angeles", "2026-07-01 07:00:00"),
        ):
            calendar.tz = zone
            client = self.env["res.partner"].create({"name": zone})
            self._decide(client, self.status_prospect, "2026-01-01 10:00:00")
            self._win(client, "2026-05-01 10:00:00", name="Lamp")
            client.relationship_status_locked_until = "2026-06-30"
            with freeze_time("2026-07-01 07:30:00"):
                self._refresh_clients()
            self.assertEqual(
                self._moves(client)[-1], ("customer", moment, 'Because "Lamp" was won'), zone
            )

    def test_silence_is_found_in_any_order_of_the_statuses(self):
        self.status_lost.sequence = -1
        self._create_lead(self.lumen)
        with freeze_time("2024-01-01 12:00:00"):
            self._log(self.lumen, self.status_prospect, "2024-01-01 10:00:00")
        self._say(self.lumen, "2022-01-01 10:00:00", channel="email", direction="in")
        with freeze_time("2025-06-30 12:00:00"):
            self.lumen._advance_status()
        self.assertEqual(self.lumen.relationship_check_date, date(2026, 1, 1))

    def test_who_left_stands_apart_from_who_came_in_the_flow(self):
        self._decide(self.lumen, self.status_cold, "2026-06-10 10:00:00")
        self._decide(self.lumen, self.env["crm.relationship.status"], "2026-06-20 10:00:00")
        flow = self.env["crm.relationship.flow"].get_flow("2026-06-01", "2026-06-30")
        self.assertEqual(flow["statuses"][0]["name"], "No status")
