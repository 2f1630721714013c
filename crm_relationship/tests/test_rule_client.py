from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleClient(RuleCommon):
    """What rules did for a client and are going to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_date(cls.brandon)
        cls._create_date(cls.nina, day=25)
        cls._create_date(cls.lumen)

    def _open(self, partner, user=None, now=MORNING):
        with self.freeze(now):
            action = partner.with_user(user or self.anna).action_open_automatic()
        outlook = self.env[action["res_model"]].browse(action["res_id"])
        return outlook.with_user(user or self.anna)

    def test_what_is_coming_is_that_of_the_family_alone(self):
        rule = self._create_rule(self._mail(), self._task(delay=3))
        off = self._create_rule(self._task())
        off.active = False
        outlook = self._open(self.oak, now=MORNING - timedelta(days=2))
        coming = [(line.partner_id, line.action_id) for line in outlook.coming_ids]
        letter, task = rule.action_ids
        expected = [(who, what) for who in (self.brandon, self.nina) for what in (letter, task)]
        self.assertEqual(coming, expected)
        self.assertEqual(outlook.coming_ids.rule_id, rule)
        self.assertFalse(outlook.run_ids)
        self.assertFalse(self._runs(rule), "looking plans nothing")

    def test_a_contact_shows_what_is_for_its_company(self):
        self._create_rule()
        outlook = self._open(self.brandon, now=MORNING - timedelta(days=2))
        self.assertEqual(outlook.coming_ids.partner_id, self.brandon + self.nina)

    def test_what_waits_is_coming_and_what_was_done_was_done(self):
        rule = self._create_rule(self._mail(), self._task(delay=3))
        self._run(rule)
        outlook = self._open(self.brandon)
        self.assertEqual(outlook.run_ids, self._runs(rule, self.brandon)[0])
        kinds = outlook.coming_ids.filtered(lambda line: line.partner_id == self.brandon)
        self.assertEqual(kinds.action_id.kind, "activity")
        self.assertEqual(kinds.date_due, MORNING.replace(minute=0) + timedelta(days=3))

    def test_the_newest_comes_first_and_the_rest_is_a_click_away(self):
        rule = self._create_rule()
        for years in range(3):
            self._run(rule, MORNING.replace(year=2027 + years))
        outlook = self._open(self.brandon)
        runs = outlook.run_ids.filtered(lambda run: run.partner_id == self.brandon)
        self.assertEqual([run.occurrence.year for run in runs], [2029, 2028, 2027])
        found = self.ledger.search(outlook.action_open_ledger()["domain"])
        self.assertTrue(outlook.run_ids <= found)
        self.assertFalse(self._runs(rule, self.lumen) & found)

    def test_leads_of_others_are_not_shown(self):
        rule = self._create_rule(
            self._task(),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            recurrence="once",
        )
        for day in (10, 20):
            self._create_lead(self.lumen, date_deadline=f"2027-03-{day}")
        mine = self._create_lead(self.lumen, date_deadline="2027-03-22", user_id=self.carla.id)
        self._run(rule)
        for user, coming, done in ((self.ben, 2, 1), (self.carla, 1, 0)):
            outlook = self._open(self.lumen, user)
            self.assertEqual((len(outlook.coming_ids), len(outlook.run_ids)), (coming, done))
        self.assertEqual(len(mine), 1)

    def test_rules_kept_off_are_said_to_be(self):
        self._create_rule()
        self.assertFalse(self._open(self.brandon).is_off)
        self.oak.relationship_rules_off = True
        self.assertTrue(self._open(self.brandon).is_off)

    def test_it_is_for_salespeople(self):
        with self.assertRaises(AccessError):
            self._open(self.lumen, self.insider)

    def test_others_clients_cost_nothing(self):
        """The statement looks at the records of the client, however many others there are."""
        self._create_rule()
        self._open(self.oak)
        counts = []
        for count in (2, 40):
            self._create_people(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            outlook = self._open(self.oak)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertEqual(outlook.coming_ids.partner_id, self.brandon + self.nina)
