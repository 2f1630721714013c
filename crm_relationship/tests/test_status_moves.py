from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from .common_moves import MoveCommon

NOW = "2026-06-30 12:00:00"
FIRST = "First lead or contact"
TALK = "First talk in both directions"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestStatusMoves(MoveCommon):
    """Facts move clients on and back; each step bears the date of its fact and its reason."""

    def test_call_is_a_talk(self):
        self._talk(self.lumen, "2026-05-01 10:00:00")
        self.assertMoves(self.lumen, ("prospect", "2026-05-01 10:00:00", TALK))

    def test_letter_without_answer_is_none(self):
        self._say(self.lumen, "2026-05-01 10:00:00", channel="email")
        self.assertMoves(self.lumen, ("cold", "2026-05-01 10:00:00", FIRST))

    def test_attempt_is_none(self):
        self._talk(self.lumen, "2026-05-01 10:00:00", is_attempt=True)
        self.assertMoves(self.lumen, ("cold", "2026-05-01 10:00:00", FIRST))

    def test_answered_mail_is_a_talk_of_any_of_their_people(self):
        self._say(self.brandon, "2026-05-01 10:00:00", channel="email", direction="in")
        self._say(self.nina, "2026-05-03 10:00:00", channel="email")
        self.assertMoves(
            self.oak,
            ("cold", "2026-05-01 10:00:00", FIRST),
            ("prospect", "2026-05-03 10:00:00", TALK),
        )
        self.assertStatus(self.nina, self.status_prospect)

    def test_qualified_lead(self):
        lead = self._create_lead(self.lumen, type="lead")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)
        lead.convert_opportunity(self.lumen)
        lead.date_conversion = "2026-06-30 12:30:00"
        self._refresh_clients()
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("prospect", "2026-06-30 12:30:00", f'Because "{lead.name}" became an opportunity'),
        )

    def test_opportunity_that_one_of_us_opens(self):
        leads = self.env["crm.lead"].with_user(self.carla)
        vals = {"name": "Chairs", "partner_id": self.nina.id}
        leads.create({**vals, "type": "lead"})
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_cold)
        leads.create({**vals, "type": "opportunity"})
        self._refresh_clients()
        moved = ("prospect", NOW, 'Because the opportunity "Chairs" was opened')
        self.assertEqual(self._moves(self.oak)[-1], moved)

    def test_opportunity_that_came_in_by_itself_is_not_judged_yet(self):
        portal = new_test_user(self.env, "rel_portal", groups="base.group_portal")
        for maker in (self.env.user, self.env.ref("base.public_user"), portal):
            self._create_lead(self.lumen, type="opportunity").create_uid = maker
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)

    def test_client_of_the_past_goes_the_whole_way(self):
        self._say(self.lumen, "2024-01-02 10:00:00", channel="email")
        self._talk(self.lumen, "2024-02-01 10:00:00")
        self._win(self.lumen, "2024-03-01 10:00:00", name="Lamp")
        self._win(self.lumen, "2024-04-01 10:00:00", name="Desk")
        self.assertMoves(
            self.lumen,
            ("cold", "2024-01-02 10:00:00", FIRST),
            ("prospect", "2024-02-01 10:00:00", TALK),
            ("customer", "2024-03-01 10:00:00", 'Because "Lamp" was won'),
            ("regular", "2024-04-01 10:00:00", 'Because the second deal was won: "Desk"'),
            (
                "dormant",
                "2025-04-01 10:00:00",
                "Because they neither bought nor said a word for 365 days",
            ),
            (
                "lost",
                "2026-04-01 10:00:00",
                "Because they neither bought nor said a word for 730 days",
            ),
        )
        self.assertEqual(str(self.lumen.relationship_status_date), "2026-04-01 10:00:00")
        spans = self.lumen.relationship_change_ids.sorted("date")
        self.assertEqual(spans[:-1].mapped("date_to"), spans[1:].mapped("date"))

    def test_steps_of_one_moment_are_one(self):
        self._win(self.lumen, "2026-03-01 10:00:00", name="Lamp")
        self.assertMoves(self.lumen, ("customer", "2026-03-01 10:00:00", 'Because "Lamp" was won'))

    def test_again_within_their_rhythm(self):
        self.status_regular.write({"move_purchases": 4, "move_factor": 1})
        for day in ("01-01", "01-11", "01-21", "03-01", "03-10"):
            self._win(self.lumen, f"2026-{day} 10:00:00", name=day)
        self._refresh_clients()
        self.assertEqual(self.lumen.purchase_rhythm_days, 10)
        # The fourth came after 39 days.
        self.assertIn(
            ("regular", "2026-03-10 10:00:00", 'Because the fifth deal was won: "03-10"'),
            self._moves(self.lumen),
        )

    def test_too_late_for_a_regular(self):
        self._win(self.lumen, "2024-06-01 10:00:00")
        self._win(self.lumen, "2026-06-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_customer)

    def test_refreshing_again_changes_nothing(self):
        self._talk(self.lumen, "2024-02-01 10:00:00")
        self._win(self.lumen, "2024-03-01 10:00:00")
        self._refresh_clients()
        before = self._moves(self.lumen)
        for __ in range(3):
            self.lumen._refresh_relationship()
        self.assertEqual(self._moves(self.lumen), before)

    # ---- back ----

    def test_dormant_regular_comes_back_as_regular(self):
        self._decide(self.lumen, self.status_regular, "2025-01-01 10:00:00")
        self.lumen._refresh_relationship()
        self.assertStatus(self.lumen, self.status_dormant)
        self._say(self.lumen, "2026-06-01 10:00:00", channel="email", direction="in")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_dormant)
        self._say(self.lumen, "2026-06-02 10:00:00", channel="email")
        self._refresh_clients()
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("regular", "2026-06-02 10:00:00", "Won back: they talk with us again"),
        )

    def test_lost_client_comes_back_by_a_purchase_not_by_a_talk(self):
        self._decide(self.lumen, self.status_customer, "2026-01-01 10:00:00")
        self._decide(self.lumen, self.status_lost, "2026-03-01 10:00:00")
        self._talk(self.lumen, "2026-04-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_lost)
        self._win(self.lumen, "2026-05-01 10:00:00", name="Lamp")
        self._refresh_clients()
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("customer", "2026-05-01 10:00:00", 'Won back: "Lamp" was won'),
        )

    def test_lost_prospect_who_buys_becomes_a_customer(self):
        self._decide(self.lumen, self.status_prospect, "2026-01-01 10:00:00")
        self._decide(self.lumen, self.status_lost, "2026-03-01 10:00:00")
        self._win(self.lumen, "2026-05-01 10:00:00", name="Lamp")
        self._refresh_clients()
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("customer", "2026-05-01 10:00:00", 'Because "Lamp" was won'),
        )

    # ---- what stands against it ----

    def test_what_somebody_decided_stands_against_older_facts(self):
        self._win(self.lumen, "2026-03-01 10:00:00")
        self._decide(self.lumen, self.status_prospect, "2026-04-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_prospect)
        self._win(self.lumen, "2026-05-01 10:00:00", name="Lamp")
        self._refresh_clients()
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("regular", "2026-05-01 10:00:00", 'Because the second deal was won: "Lamp"'),
        )

    def test_key_is_by_hand_alone(self):
        self._decide(self.lumen, self.status_key, "2020-01-01 10:00:00")
        self._win(self.lumen, "2020-05-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_key)

    def test_switched_off(self):
        (self.status_prospect | self.status_dormant).move_on = False
        self._talk(self.lumen, "2024-05-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)
        self._win(self.lumen, "2024-06-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_customer)

    def test_own_people_and_companies_never(self):
        self._talk(self.insider.partner_id, "2026-05-01 10:00:00")
        company = self.env["res.company"].create({"name": "Second"})
        self._talk(company.partner_id, "2026-05-01 10:00:00")
        self.assertMoves(self.insider.partner_id)
        self.assertMoves(company.partner_id)

    def test_archived_status_takes_nobody(self):
        self.status_prospect.active = False
        self._talk(self.lumen, "2026-05-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)

    def test_nobody_goes_in_a_circle(self):
        self.status_cold.write({"move_on": "talk", "move_from_ids": self.status_prospect.ids})
        self._decide(self.lumen, self.status_cold, "2026-01-01 10:00:00")
        self._talk(self.lumen, "2026-05-01 10:00:00")
        self._refresh_clients()
        for __ in range(2):
            self.lumen._refresh_relationship()
        self.assertStatus(self.lumen, self.status_prospect)
        self.assertEqual(len(self._moves(self.lumen)), 2)

    def test_while_the_past_is_being_built_nobody_seems_silent(self):
        jobs = self.env["crm.interaction.backfill"].search([])
        jobs[:1].state = "running"
        self._win(self.lumen, "2020-06-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_customer)
        self.assertEqual(str(self.lumen.relationship_check_date), "2026-07-01")
        self._talk(self.lumen, "2026-05-01 10:00:00")
        jobs.state = "done"
        with freeze_time("2026-07-01 03:00:00"):
            self._run_cron("ir_cron_moves")
        self.assertStatus(self.lumen, self.status_customer)
        self.assertEqual(str(self.lumen.relationship_check_date), "2027-05-02")

    def test_reason_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["res.company"]._get_main_company().partner_id.lang = "fr_FR"
        seen = []
        partners = self.env.registry["res.partner"]
        self.patch(
            partners,
            "_describe_move",
            lambda self, move: seen.append(self.env.lang) or "Parce que",
        )
        self._talk(self.lumen, "2026-05-01 10:00:00")
        self.assertMoves(self.lumen, ("prospect", "2026-05-01 10:00:00", "Parce que"))
        self.assertEqual(set(seen), {"fr_FR"})
