from freezegun import freeze_time

from odoo.tests import tagged

from .common_handover import NOW, HandoverCommon

BACK = "2026-03-20"


@tagged("crm_relationship", "post_install", "-at_install")
class TestHandoverLentOn(HandoverCommon):
    """Carla is away until the 20th and Ben stands in; then Ben is away, and Marc takes over."""

    @freeze_time(NOW)
    def setUp(self):
        super().setUp()
        self._create_open_work()
        self.own = self._create_lead(user_id=self.ben.id)
        self.lent = self._hand_over(date_until=BACK)

    def _lend_on(self, until, day="2026-03-10", user=None, **vals):
        with freeze_time(f"{day} 10:00:00"):
            return self._hand_over(
                user,
                **{
                    "from_user_id": self.ben.id,
                    "to_user_id": self.marc.id,
                    "date_from": day,
                    "date_until": until,
                    **vals,
                },
            )

    def _on(self, day):
        with freeze_time(f"{day} 12:00:00"):
            self._run_rest()

    def test_who_stands_in_hands_over_what_is_lent_and_gets_it_back(self):
        on = self._lend_on("2026-03-15", user=self.ben)
        self.assertAll(self.marc)
        self.assertEqual(self.own.user_id, self.marc)
        self._on("2026-03-15")
        self.assertAll(self.ben)
        self.assertEqual((self.own.user_id, on.state, on.kept_count), (self.ben, "returned", 0))
        self._on(BACK)
        self.assertAll(self.carla)
        self.assertEqual(self.own.user_id, self.ben)
        self.assertEqual((self.lent.state, self.lent.kept_count), ("returned", 0))

    def test_it_comes_back_from_whoever_holds_it_then(self):
        on = self._lend_on("2026-03-31")
        self._on(BACK)
        self.assertAll(self.carla)
        self.assertEqual((self.lent.state, self.lent.kept_count), ("returned", 0))
        self.assertEqual(self.own.user_id, self.marc)
        self._on("2026-03-31")
        self.assertAll(self.carla)
        self.assertEqual((self.own.user_id, on.state), (self.ben, "returned"))
        self.assertEqual(
            self._lines(on, "kept")[("client", self.oak.id)],
            "Given to " + self.carla.name + " in the meantime",
        )

    def test_also_when_the_stand_in_leaves_for_good(self):
        on = self._lend_on(False)
        self.assertEqual(on.state, "done")
        self.ben.active = False
        self._on(BACK)
        self.assertAll(self.carla)
        self.assertEqual(self.own.user_id, self.marc)

    def test_on_the_same_day_both_are_back(self):
        self._lend_on(BACK)
        self._on(BACK)
        self.assertAll(self.carla)
        self.assertEqual(self.own.user_id, self.ben)

    def test_over_several_people(self):
        self._lend_on("2026-03-31")
        self._lend_on(
            "2026-03-30", "2026-03-12", from_user_id=self.marc.id, to_user_id=self.anna.id
        )
        self.assertAll(self.anna)
        self._on(BACK)
        self.assertAll(self.carla)
        self._on("2026-03-30")
        self._on("2026-03-31")
        self.assertAll(self.carla)
        self.assertEqual(self.own.user_id, self.ben)

    def test_what_was_really_given_away_stays(self):
        self._lend_on("2026-03-31")
        self.lumen.user_id = self.anna
        self._on(BACK)
        self.assertAll(self.carla)
        self.assertEqual(
            self._lines(self.lent, "kept"),
            {("client", self.lumen.id): "Given to " + self.anna.name + " in the meantime"},
        )

    def test_an_earlier_handover_says_nothing_of_a_later_one(self):
        """What Marc got of Ben once, and has again by himself, is his."""
        self._lend_on(False)
        self._on(BACK)
        self.assertAll(self.carla)
        with freeze_time("2026-03-21 10:00:00"):
            self._hand_over(date_from="2026-03-21", date_until="2026-03-25")
        self.lumen.user_id = self.marc
        self._on("2026-03-25")
        self.assertAll(self.carla)
        self.assertEqual(self.lumen.user_id, self.marc)

    def test_nobody_goes_on_following_what_was_lent(self):
        self._lend_on("2026-03-31")
        self.assertIn(self.marc.partner_id, self.lead.message_partner_ids)
        self._on(BACK)
        followers = self.lead.message_partner_ids | self.oak.message_partner_ids
        self.assertFalse(followers & (self.marc | self.ben).partner_id)

    def test_what_came_meanwhile_of_them_is_listed(self):
        self._lend_on("2026-03-31")
        new = self._create_lead(self.brandon, user_id=self.marc.id)
        self._on(BACK)
        self.assertEqual(new.user_id, self.marc)
        self.assertEqual(self._lines(self.lent, "kept"), {("lead", new.id): "Came in the meantime"})
