from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common_rules import MORNING, RuleCommon

DAY_BEFORE = MORNING - timedelta(days=1)
SECRET = "[('opportunity_ids.name', '=', 'Secret palace')]"


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleRights(RuleCommon):
    """A filter leads no further than the rights of who answers for the rule.

    `lumen` is everybody's client; the deal by which the filter finds her is not.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_date(cls.lumen)
        cls.lead = cls._create_lead(cls.lumen, name="Secret palace")

    def _look(self, rule, user):
        """Who is found by all that looks: count, list, forecast, left out, trial."""
        rule = rule.with_user(user)
        with self.freeze(DAY_BEFORE):
            ahead = rule.get_days_ahead()
            opened = rule.action_open_matching()
            lines = rule.forecast(30)
            left_out, __ = rule.forecast_left_out(30)
            trial = rule.try_on(self.lumen.id)
        found = self.env["res.partner"].with_user(user).search(opened["domain"])
        return (
            ahead["matching"],
            len(found),
            ahead["happens"],
            len(lines),
            1 - len(left_out),
            int(trial["acts"]),
            int(trial["steps"][0]["words"] == "Matches the filter"),
        )

    def assertFound(self, rule, *users):
        for user in users:
            self.assertEqual(self._look(rule, user), (1,) * 7, user.login)
        self._run(rule)
        self.assertGreeted(self.lumen)

    def assertNotFound(self, rule, *users):
        for user in users:
            self.assertEqual(self._look(rule, user), (0,) * 7, user.login)
        self._run(rule)
        self.assertGreeted(self.lumen, 0)

    def test_what_who_answers_for_it_may_see(self):
        """Carla sees none of the deals of others, and learns no more than that they exist."""
        self.assertFound(self._create_rule(domain=SECRET), self.anna, self.ben, self.carla)

    def test_what_who_answers_for_it_may_not_see(self):
        rule = self._create_rule(domain=SECRET, user_id=self.carla.id)
        self.assertNotFound(rule, self.carla, self.anna)

    def test_what_belongs_to_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.lead.write({"company_id": other.id, "user_id": False, "team_id": False})
        for company in (False, self.env.company.id):
            rule = self._create_rule(domain=SECRET, company_id=company)
            self.assertNotFound(rule, self.anna)
        self.anna.company_ids += other
        self.assertFound(self._create_rule(domain=SECRET, company_id=False), self.anna)

    def test_a_rule_of_one_company_sees_nothing_of_the_other_one_of_its_person(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.anna.company_ids += other
        self.lead.write({"company_id": other.id, "user_id": False, "team_id": False})
        rule = self._create_rule(domain=SECRET, company_id=self.env.company.id)
        self.assertNotFound(rule, self.anna)

    def test_a_rule_for_a_company_its_person_does_not_work_for(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.lead.write({"company_id": other.id, "user_id": False, "team_id": False})
        rule = self._create_rule(domain=SECRET, company_id=other.id)
        self._run(rule)
        self.assertFalse(rule.plan_error)
        self.assertGreeted(self.lumen, 0)

    def test_records_themselves_are_those_of_the_companies_whoever_may_read_them(self):
        """A rule that Carla answers for does the work on the deals of her colleagues, too."""
        self.lead.date_deadline = MORNING.date()
        rule = self._create_rule(
            self._task(),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_kind_id=False,
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            domain="[('name', '=', 'Secret palace')]",
            user_id=self.carla.id,
        )
        self._run(rule)
        self.assertEqual(self._tasks_of(self.lead).user_id, self.ben)

    def test_the_form_says_whose_eyes_it_looks_with(self):
        """Only where the filter leads to other records, and while it is still being written."""
        form = Form(self._create_rule(user_id=self.carla.id).with_user(self.anna))
        for domain, is_said in (
            ("[]", False),
            ("[('name', 'ilike', 'Lucy'), ('active', '=', True)]", False),
            (f"[('user_id', 'in', [{self.ben.id}, False])]", False),
            ("[('user_id', '!=', False)]", False),
            ("[('name', '=", False),
            ("[('user_id', '=', 'Ben')]", True),
            (f"[('parent_id', 'child_of', {self.oak.id})]", True),
            ("[('category_id', 'in', [1])]", True),
            ("[('user_id.team_id', '=', 1)]", True),
            (SECRET, True),
        ):
            form.domain = domain
            self.assertEqual(bool(form.filter_note), is_said, domain)
        self.assertIn(f"what {self.carla.name} may see", form.filter_note)
        form.user_id = self.ben
        self.assertIn(f"what {self.ben.name} may see", form.filter_note)

    def test_a_rule_that_is_nobody_s_yet_looks_with_the_eyes_of_who_looks(self):
        """So does a ready-made one that the system made, also in a list of rules that are off."""
        rule = self._create_rule(domain=SECRET, user_id=False, active=False)
        rule = rule.with_context(active_test=False)
        for user, number in ((self.anna, 1), (self.ben, 1), (self.carla, 0)):
            own = rule.with_user(user)
            self.assertIn(f"what {user.name} may see", own.filter_note)
            with self.freeze(DAY_BEFORE):
                ahead = own.get_days_ahead()
            self.assertEqual((ahead["matching"], ahead["happens"]), (number, number), user.login)

    def test_users_who_have_left_answer_for_nothing(self):
        leaver = self._create_user("rel_leaver", "sales_team.group_sale_manager")
        managers = self.env["crm.relationship.rule"]._find_sales_managers()
        self.assertIn(leaver, managers)
        leaver.active = False
        rules = self.env["crm.relationship.rule"].with_context(active_test=False)
        self.assertEqual(rules._find_sales_managers(), managers - leaver)

    def test_fields_one_may_not_read_are_no_filter(self):
        rule = self._create_rule().with_user(self.anna)
        with self.assertRaises(ValidationError) as refused:
            rule.domain = "[('signup_type', '=', 'reset')]"
        self.assertIn("may not see", str(refused.exception))
        rule.with_user(self.env.ref("base.user_admin")).user_id = self.env.ref("base.user_admin")
        rule.with_user(self.env.ref("base.user_admin")).domain = "[('signup_type', '=', 'x')]"
        with self.assertRaises(ValidationError):
            rule.user_id = self.anna

    def test_a_filter_that_asks_for_archived_contacts_gets_them(self):
        self.lumen.active = False
        for domain, times in (
            ("[('name', 'like', 'Lucy')]", 0),
            ("[('name', 'like', 'Lucy'), ('active', 'in', [True, False])]", 1),
        ):
            rule = self._create_rule(domain=domain)
            rule._plan(MORNING)
            self.assertEqual(len(self._runs(rule)), times, domain)

    def test_looking_costs_the_same_for_few_and_many(self):
        counts = []
        for number in (1, 3, 40):
            people = self._create_people(number)
            self.env["crm.lead"].create(
                [{"name": "Secret palace", "partner_id": person.id} for person in people]
            )
            rule = self._create_rule(domain=SECRET, company_id=self.env.company.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rule._plan(MORNING)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(self._runs(rule, *people)), number)
        # The first one fills the caches.
        self.assertEqual(*counts[1:])
