from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common_rules import RuleCommon

DAY = datetime(2027, 3, 10, 9, 5)
MODULE = "crm_relationship"


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleReadyMade(RuleCommon):
    """The rules that come with the addon: off, in plain words, and each does its work once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._work_every_day()
        cls.ready = cls._get_ready("crm.relationship.rule")
        cls.person = cls.env["res.partner"].create(
            {"name": "Lucy", "email": "lucy@people.example.com", "user_id": cls.ben.id}
        )

    @classmethod
    def _get_ready(cls, model):
        ids = cls.env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", model)])
        return cls.env[model].with_context(active_test=False).browse(ids.mapped("res_id"))

    def _switch_on(self, name, days=1):
        rule = self.env.ref(f"{MODULE}.rule_{name}")
        rule.write(
            {"active": True, "user_id": self.anna.id, "date_start": DAY - timedelta(days=days)}
        )
        return rule

    def _run_twice(self, rule, now=DAY):
        with self.freeze(now):
            self.env.flush_all()
            self._run(rule, now)
            self._run(rule, now + timedelta(minutes=15))

    def test_all_are_there_and_off(self):
        names = {
            "birthday",
            "thank_you",
            "keep_in_touch",
            "answer",
            "answer_leader",
            "meeting",
            "after_meeting",
            "promise",
            "stuck",
            "welcome",
            "silent",
        }
        self.assertEqual(
            self.ready,
            self.env["crm.relationship.rule"].union(
                *(self.env.ref(f"{MODULE}.rule_{name}") for name in names)
            ),
        )
        self.assertFalse(any(self.ready.mapped("active")))
        self.assertTrue(all(rule.action_ids for rule in self.ready))
        # With demo data one of them is on, and Anna of the story answers for it.
        of_the_story = self.env.ref(f"{MODULE}.user_anna", raise_if_not_found=False)
        self.assertFalse(self.ready.user_id - (of_the_story or self.ready.user_id.browse()))

    def test_all_can_be_switched_on(self):
        for rule in self.ready:
            with self.subTest(rule=rule.name):
                rule.with_user(self.anna).action_switch_on()
                rule._run(DAY)
                self.assertFalse(rule.plan_error)
                self.assertTrue(rule.sentence)

    def test_letters_render_for_whoever_it_is(self):
        bare = self.env["res.partner"].create(
            {"email": "x@y.example.com", "parent_id": self.oak.id, "type": "other"}
        )
        letters = self._get_ready("mail.template").filtered(
            lambda letter: letter.model == "res.partner"
        )
        self.assertEqual(len(letters), 8)
        for letter in letters:
            for partner, greeting in (
                (self.person, "Dear Lucy"),
                (self.oak, "Dear Oak Interiors"),
                (bare, "Hello"),
            ):
                with self.subTest(letter=letter.name, partner=greeting):
                    [text] = letter._render_field("body_html", partner.ids).values()
                    self.assertIn(greeting, text)
                    self.assertNotIn("False", text)
                    self.assertIn(self.env.company.name, text)
                    [sender] = letter._render_field("email_from", partner.ids).values()
                    self.assertIn("@", sender)

    def test_they_can_be_translated(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        letter = self.env.ref(f"{MODULE}.mail_template_thank_you")
        letter.with_context(lang="fr_FR").subject = "Merci"
        self.person.lang = "fr_FR"
        [subject] = letter._render_field("subject", self.person.ids, compute_lang=True).values()
        self.assertEqual(subject, "Merci")

    def test_thank_you_a_year_after_the_first_deal_only(self):
        leads = self._create_lead(self.person) | self._create_lead(self.person)
        for lead, day in zip(leads, (1, 10), strict=True):
            lead.action_set_won()
            lead.date_closed = datetime(2026, 3, day, 10)
        self.env["res.partner"]._set_first_won_of_all()
        self.env.invalidate_all()
        self.assertEqual(self.person.first_won_date, date(2026, 3, 1))
        rule = self._switch_on("thank_you", days=30)
        self._run_twice(rule, datetime(2027, 3, 1, 9, 5))
        self._run_twice(rule)
        self.assertGreeted(self.person)

    def test_welcome_to_a_new_client(self):
        with self.freeze(DAY - timedelta(days=1)):
            self.person.relationship_status_id = self.status_customer
            self.env.flush_all()
        rule = self._switch_on("welcome", days=2)
        self._run_twice(rule, DAY + timedelta(days=1))
        self.assertGreeted(self.person)
        self._run_twice(rule, DAY + timedelta(days=31))
        self.assertGreeted(self.person)
        self.assertEqual(self._tasks_of(self.person).user_id, self.ben)

    def test_long_silence(self):
        with self.freeze(DAY - timedelta(days=180)):
            self.person.relationship_status_id = self.status_customer
            self.env.flush_all()
        self.person._refresh_relationship()
        rule = self._switch_on("silent", days=3)
        self._run_twice(rule)
        self.assertGreeted(self.person)

    def test_a_deal_forgotten_in_its_stage(self):
        with self.freeze(DAY - timedelta(days=14)):
            lead = self._create_lead(self.person)
            self.env.flush_all()
        lead.date_last_stage_update = DAY - timedelta(days=14)
        rule = self._switch_on("stuck")
        self._run_twice(rule, DAY + timedelta(hours=3))
        self.assertEqual(self._tasks_of(lead).mapped("user_id"), self.ben)
        self.assertFalse(self._mails_to(self.person))

    def test_after_a_failed_meeting(self):
        with self.freeze(DAY):
            outcome = self.env["crm.interaction.outcome"].search(
                [("result", "=", "failure")], limit=1
            )
            self.interactions.create(
                {
                    "partner_id": self.person.id,
                    "date": DAY,
                    "channel": "meeting",
                    "direction": "out",
                    "outcome_id": outcome.id,
                }
            )
        rule = self._switch_on("after_meeting")
        self._run_twice(rule, DAY + timedelta(days=1, hours=1))
        self.assertGreeted(self.person)

    def test_an_inquiry_that_waits(self):
        with self.freeze(DAY):
            self.interactions.create(
                {
                    "partner_id": self.person.id,
                    "date": DAY,
                    "channel": "website",
                    "direction": "in",
                    "needs_reply": True,
                }
            )
        rule = self._switch_on("answer")
        self._run_twice(rule, DAY + timedelta(hours=6))
        self.assertGreeted(self.person)
        self.assertEqual(self._tasks_of(self.person).mapped("user_id"), self.ben)

    def test_the_leader_hears_of_who_still_waits(self):
        team = self.env["crm.team"].create({"name": "Showroom", "user_id": self.carla.id})
        with self.freeze(DAY):
            self.interactions.create(
                {
                    "partner_id": self.person.id,
                    "date": DAY,
                    "channel": "website",
                    "direction": "in",
                    "needs_reply": True,
                    "user_id": self.ben.id,
                    "team_id": team.id,
                }
            )
        rule = self._switch_on("answer_leader")
        self._run_twice(rule, DAY + timedelta(hours=4))
        self.assertFalse(self._runs(rule))
        self._run_twice(rule, DAY + timedelta(days=1, hours=4))
        self.assertEqual(self._runs(rule).user_id, self.carla)
        self.assertTold(self.carla, "Still unanswered")
        self.assertFalse(self._mails_to(self.person))
        self.assertFalse(self._tasks_of(self.person))

    def test_keep_in_touch(self):
        with self.freeze(DAY - timedelta(days=40)):
            self.person.relationship_status_id = self.status_customer
            self.person.keep_in_touch_days = 30
            self.env.flush_all()
        with self.freeze(DAY):
            self.person._refresh_relationship()
        rule = self._switch_on("keep_in_touch", days=30)
        self._run_twice(rule)
        self.assertEqual(
            self._tasks_of(self.person).mapped("summary"), ["Call: we have not spoken for a while"]
        )
        self.assertEqual(self._tasks_of(self.person).user_id, self.ben)
        self.assertFalse(self._mails_to(self.person))

    def test_a_promise_is_due(self):
        promises = self.env["crm.promise"].create(
            [
                {
                    "name": name,
                    "partner_id": self.person.id,
                    "by": by,
                    "user_id": self.ben.id,
                    "date_due": DAY.date(),
                }
                for name, by in (("Samples", "us"), ("Floor plan", "them"))
            ]
        )
        rule = self._switch_on("promise")
        self._run_twice(rule)
        self.assertEqual(self._runs(rule).res_id, promises[0].id)
        self.assertTold(self.ben, "We promised it for today")
        self.assertFalse(self._mails_to(self.person))

    def assertTold(self, user, words):
        """One message, about that."""
        told = self.env["mail.message"].search(
            [("partner_ids", "in", user.partner_id.ids), ("body", "ilike", words)]
        )
        self.assertEqual(len(told), 1)
