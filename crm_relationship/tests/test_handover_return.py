from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_handover import NOW, HandoverCommon

BACK = "2026-03-20"


@tagged("crm_relationship", "post_install", "-at_install")
class TestHandoverReturn(HandoverCommon):
    """What was lent comes back on its day, exactly, once, and whatever happens on the way."""

    @freeze_time(NOW)
    def setUp(self):
        super().setUp()
        self._create_open_work()

    def _lend(self, **vals):
        with freeze_time(NOW):
            return self._hand_over(date_until=BACK, **vals)

    def _come_back(self):
        with freeze_time(f"{BACK} 03:00:00"):
            self._run_rest()

    def test_everything_comes_back_on_its_day(self):
        handover = self._lend()
        self.assertAll(self.ben)
        with freeze_time("2026-03-19 23:00:00"):
            self._run_rest()
        self.assertAll(self.ben)
        self._come_back()
        self.assertAll(self.carla)
        self.assertEqual((self.brandon + self.lumen).user_id, self.carla)
        self.assertEqual((handover.state, handover.kept_count), ("returned", 0))
        self.assertEqual(self.promise.activity_id.user_id, self.carla)

    def test_what_changed_meanwhile_stays_and_is_listed(self):
        handover = self._lend()
        self.lumen.user_id = self.marc
        self.lead.action_set_won()
        self.promise.action_done()
        activity_id = self.activity.id
        self.activity.unlink()
        self._come_back()
        self.assertEqual(self.oak.user_id, self.carla)
        self.assertEqual(
            (self.lumen.user_id, self.lead.user_id, self.promise.user_id),
            (self.marc, self.ben, self.ben),
        )
        self.assertEqual(
            self._lines(handover, "kept"),
            {
                ("client", self.lumen.id): "Given to " + self.marc.name + " in the meantime",
                ("lead", self.lead.id): "Closed in the meantime",
                ("promise", self.promise.id): "Closed in the meantime",
                ("activity", activity_id): "Deleted or merged in the meantime",
            },
        )

    def test_what_came_meanwhile_is_listed(self):
        handover = self._lend()
        new = self._create_lead(self.brandon, user_id=self.ben.id)
        own = self._create_lead(user_id=self.ben.id)
        self._come_back()
        self.assertEqual((new.user_id, own.user_id), (self.ben, self.ben))
        self.assertEqual(self._lines(handover, "kept"), {("lead", new.id): "Came in the meantime"})

    def test_both_are_told_once_when_it_is_back(self):
        handover = self._lend()
        self.lead.action_set_won()
        self._end_transaction()
        last = self._last_message()
        self._come_back()
        self._come_back()
        told = self._messages_since(last)
        self.assertEqual(told.mapped("partner_ids"), (self.ben + self.carla).partner_id)
        self.assertEqual(len(told), 2)
        for message in told:
            self.assertIn("Closed in the meantime", message.body)
            self.assertEqual((message.model, message.res_id), (handover._name, handover.id))

    def test_the_stand_in_follows_no_longer_what_was_only_lent(self):
        self.lumen.message_subscribe(self.ben.partner_id.ids)
        self._lend()
        self.assertIn(self.ben.partner_id, self.oak.message_partner_ids)
        self._come_back()
        self.assertNotIn(self.ben.partner_id, self.oak.message_partner_ids)
        self.assertNotIn(self.ben.partner_id, self.lead.message_partner_ids)
        self.assertIn(self.ben.partner_id, self.lumen.message_partner_ids)

    def test_the_team_of_a_lent_lead_stays(self):
        teams = self.env["crm.team"].create(
            [
                {"name": "North", "member_ids": self.carla.ids},
                {"name": "South", "member_ids": self.ben.ids},
            ]
        )
        self.lead.team_id = teams[0]
        self._lend()
        self.assertEqual((self.lead.user_id, self.lead.team_id), (self.ben, teams[0]))
        self._come_back()
        self.assertEqual((self.lead.user_id, self.lead.team_id), (self.carla, teams[0]))

    def test_it_can_come_back_before_its_day(self):
        handover = self._lend()
        with freeze_time("2026-03-06 10:00:00"):
            handover.action_return()
        self.assertAll(self.carla)
        self.assertEqual(handover.state, "returned")
        with self.assertRaisesRegex(UserError, "under way"):
            handover.date_from = "2026-04-01"

    def test_who_left_meanwhile_gets_nothing_back(self):
        handover = self._lend()
        self.carla.active = False
        self._end_transaction()
        last = self._last_message()
        self._come_back()
        self.assertAll(self.ben)
        self.assertEqual((handover.state, handover.date_until), ("done", False))
        told = self._messages_since(last)
        self.assertEqual(told.partner_ids, self.ben.partner_id)

    def test_killed_half_way_it_goes_on(self):
        """Batches of one, and an end of the server after the second."""
        handovers = self.env.registry["crm.handover"]
        handover = self._lend(start=False)
        with freeze_time(NOW), patch.object(handovers, "_batch_size", 1):
            handover.action_start()
            self.assertEqual(len(self._lines(handover, "moved")), 1)
            origin, calls = handovers._write_lines, []

            def killed(record, *args):
                if calls:
                    raise KeyboardInterrupt
                calls.append(1)
                return origin(record, *args)

            dies = self.assertRaises(KeyboardInterrupt)
            with patch.object(handovers, "_write_lines", killed), dies:
                self._run_rest()
            self.env.invalidate_all()
            self.assertFalse(handover.date_moved)
            last = self._last_message()
            self._run_rest()
        self.assertAll(self.ben)
        self.assertEqual(len(self._lines(handover, "moved")), 8)
        self.assertEqual(len(self._messages_since(last)), 2)
        traces = self.oak.message_ids.filtered(lambda message: "stands in" in message.body)
        self.assertEqual(len(traces), 1)

    @mute_logger("odoo.addons.crm_relationship.models.handover.crm_handover_move")
    def test_a_record_that_fails_harms_no_other(self):
        bad = self.lumen
        partners = self.env.registry["res.partner"]
        origin = partners.write

        def write(records, vals):
            if "user_id" in vals and bad.id in records.ids:
                raise ValueError("No, not this one")
            return origin(records, vals)

        with patch.object(partners, "write", write):
            handover = self._lend()
            self.assertEqual(bad.user_id, self.carla)
            self.assertAll(self.ben)
            self.assertEqual(
                self._lines(handover, "failed"), {("client", bad.id): "No, not this one"}
            )
        self.assertEqual(handover.failed_count, 1)
        with freeze_time(NOW):
            handover.action_retry()
        self.assertEqual(bad.user_id, self.ben)
        self.assertEqual(handover.failed_count, 0)

    @mute_logger("odoo.addons.crm_relationship.models.handover.crm_handover_move")
    def test_what_could_not_be_taken_back_comes_back_later(self):
        handover = self._lend()
        partners = self.env.registry["res.partner"]
        origin = partners.write

        def write(records, vals):
            if "user_id" in vals and self.lumen.id in records.ids:
                raise ValueError("Locked")
            return origin(records, vals)

        with patch.object(partners, "write", write):
            self._come_back()
        self.assertEqual((handover.state, handover.failed_count), ("returned", 1))
        self.assertEqual(self.lumen.user_id, self.ben)
        with freeze_time("2026-03-21 10:00:00"):
            handover.action_retry()
        self.assertEqual(self.lumen.user_id, self.carla)
        self.assertEqual((handover.state, handover.failed_count), ("returned", 0))
        self.assertFalse(self._lines(handover, "moved"))

    @mute_logger("odoo.addons.crm_relationship.models.handover.crm_handover_move")
    def test_what_never_went_does_not_go_after_the_return(self):
        partners = self.env.registry["res.partner"]
        origin = partners.write

        def write(records, vals):
            if "user_id" in vals and self.lumen.id in records.ids:
                raise ValueError("Locked")
            return origin(records, vals)

        with patch.object(partners, "write", write):
            handover = self._lend()
        self._come_back()
        self.assertEqual(handover.state, "returned")
        with freeze_time("2026-03-21 10:00:00"):
            handover.action_retry()
        self.assertEqual(self.lumen.user_id, self.carla)
        self.assertEqual(handover.failed_count, 0)

    def test_one_ends_on_the_day_the_next_begins(self):
        """Also when the later one was written down first."""
        with freeze_time(NOW):
            second = self._hand_over(to_user_id=self.marc.id, date_from=BACK)
            first = self._hand_over(date_until=BACK)
        self.assertAll(self.ben)
        self._come_back()
        self.assertEqual((first.state, second.state), ("returned", "done"))
        self.assertAll(self.marc)

    def test_without_a_day_to_come_back_it_is_for_good(self):
        handover = self._lend()
        with freeze_time("2026-03-06 10:00:00"):
            handover.date_until = False
        self.assertEqual(
            (handover.state, str(handover.date_ended)), ("done", "2026-03-06 10:00:00")
        )
        self._come_back()
        self.assertAll(self.ben)
        with self.assertRaisesRegex(UserError, "has ended"):
            handover.date_until = "2026-04-01"

    def test_planned_and_impossible_by_then_is_told(self):
        with freeze_time(NOW):
            handover = self._hand_over(date_from="2026-03-10", date_until=BACK)
            self._end_transaction()
        last = self._last_message()
        self.ben.active = False
        with freeze_time("2026-03-10 10:00:00"):
            self._run_rest()
        self.assertEqual(handover.state, "draft")
        self.assertAll(self.carla)
        told = self._messages_since(last)
        self.assertEqual(told.partner_ids, self.anna.partner_id)
        self.assertIn("does not work in sales", told.body)

    def test_a_merged_client_comes_back(self):
        twin = self.env["res.partner"].create(
            {"name": "Lucy L.", "email": "lucy@lumen.example.com", "user_id": self.ben.id}
        )
        handover = self._lend()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.lumen + twin).ids, twin)
        self.assertEqual(twin.user_id, self.ben)
        self._come_back()
        self.assertEqual(twin.user_id, self.carla)
        self.assertEqual(handover.kept_count, 0)
