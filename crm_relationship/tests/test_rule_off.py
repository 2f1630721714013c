from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleOff(RuleCommon):
    """The switch that keeps rules off a client, and what clients have opted out of."""

    # ---- the switch ----

    def test_rules_are_kept_off_the_client(self):
        people = self.lumen + self.brandon
        for person in people:
            self._create_date(person)
        self.lumen.relationship_rules_off = True
        for purpose, action in (("marketing", self._mail()), ("service", self._task())):
            rule = self._create_rule(action, purpose=purpose)
            self._run(rule)
            off, done = self._runs(rule, self.lumen), self._runs(rule, self.brandon)
            self.assertStates(off, "skipped")
            self.assertEqual(off.reason, "Rules are kept off this client")
            self.assertStates(done, "done")
        self.assertGreeted(self.lumen, times=0)
        self.assertFalse(self._tasks_of(self.lumen))

    def test_nothing_stands_in_for_it(self):
        self._create_date(self.lumen)
        self.lumen.relationship_rules_off = True
        rule = self._create_rule()
        rule.action_ids.otherwise_id = rule.action_ids.create({**self._task(), "rule_id": False})
        self._run(rule)
        self.assertStates(self._runs(rule), "skipped")
        self.assertFalse(self._tasks_of(self.lumen))

    def test_switched_off_between_planning_and_doing(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        rule._plan(MORNING)
        self.assertStates(self._runs(rule), "todo")
        self.lumen.relationship_rules_off = True
        self._run(rule)
        self.assertStates(self._runs(rule), "skipped")

    def test_it_is_the_whole_client_s(self):
        self.brandon.relationship_rules_off = True
        self.assertTrue(self.oak.relationship_rules_off)
        self.assertTrue(self.nina.relationship_rules_off)
        new = self.env["res.partner"].create({"name": "New", "parent_id": self.oak.id})
        self.assertTrue(new.relationship_rules_off)
        self.oak.relationship_rules_off = False
        self.assertFalse((self.brandon + self.nina + new).filtered("relationship_rules_off"))

    def test_of_a_company_all_are_spared(self):
        self._create_date(self.nina)
        self.brandon.relationship_rules_off = True
        rule = self._create_rule()
        self._run(rule)
        self.assertStates(self._runs(rule, self.nina), "skipped")

    def test_leads_of_the_client(self):
        lead = self._create_lead(self.brandon)
        lead.date_deadline = MORNING.date()
        field = self.env["ir.model.fields"]._get("crm.lead", "date_deadline")
        rule = self._create_rule(
            self._task(),
            model_id=field.model_id.id,
            date_source="field",
            date_field_id=field.id,
        )
        self.oak.relationship_rules_off = True
        self._run(rule)
        self.assertStates(self._runs(rule, lead), "skipped")

    def test_who_switches_it_is_in_the_chatter(self):
        ben = self._as_editor(self.ben)
        self._end_transaction()
        with Form(self.lumen.with_user(ben)) as form:
            form.relationship_rules_off = True
        self._end_transaction()
        [value] = self.lumen.message_ids.tracking_value_ids
        self.assertEqual(value.field_id.name, "relationship_rules_off")
        self.assertEqual(value.mail_message_id.author_id, ben.partner_id)

    def _as_editor(self, user):
        user.group_ids += self.env.ref("base.group_partner_manager")
        return user

    def test_who_may_switch_it(self):
        portal = new_test_user(self.env, "rel_portal", groups="base.group_portal")
        for user in (self.anna, self.ben, self.carla):
            client = self.lumen.with_user(self._as_editor(user))
            client.relationship_rules_off = not client.relationship_rules_off
        self.insider.group_ids -= self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            self.lumen.with_user(self.insider).relationship_rules_off = False
        self.assertIn(self.lumen.with_user(self.insider).relationship_rules_off, (True, False))
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).read(["relationship_rules_off"])

    def test_found_by_a_filter_and_told_in_the_briefing(self):
        self.assertNotIn("rules_off", self.lumen.get_briefing()[0])
        self.brandon.relationship_rules_off = True
        found = self.env["res.partner"].search([("relationship_rules_off", "=", True)])
        self.assertEqual(found, self.oak + self.brandon + self.nina)
        self.assertIs(self.nina.get_briefing()[0]["rules_off"], True)

    def test_a_copy_is_a_new_client(self):
        self.lumen.relationship_rules_off = True
        self.assertFalse(self.lumen.copy().relationship_rules_off)

    # ---- what the client has opted out of ----

    def test_contact_tells_since_when(self):
        self.lumen.phone = "+32456001122"
        self.assertFalse(self.lumen.relationship_optout)
        letters = self.env["mail.blacklist"]._add("Lucy@lumen.example.com")
        texts = self.env["phone.blacklist"]._add(["+32456001122"])
        self.env.flush_all()
        for records, day in ((letters, "2026-05-03"), (texts, "2026-06-04")):
            self.env.cr.execute(
                f"UPDATE {records._table} SET write_date = %s WHERE id IN %s",
                [day, records._ids],
            )
        self.env.invalidate_all()
        for user in (self.anna, self.ben, self.carla, self.insider):
            self.env.invalidate_all()
            self.assertEqual(
                self.lumen.with_user(user).relationship_optout,
                "letters since 05/03/2026, SMS since 06/04/2026",
            )
        letters._remove("lucy@lumen.example.com")
        self.env.invalidate_all()
        self.assertEqual(self.lumen.relationship_optout, "SMS since 06/04/2026")

    def test_opted_out_costs_odoos_two_statements_for_any_number(self):
        """On a form Odoo asks them anyway: who is on no blacklist costs nothing there."""
        people = self._create_people(20)
        self.env.flush_all()
        self.env.invalidate_all()
        people.mapped("email_normalized")
        with self.assertQueryCount(2):
            people.mapped("relationship_optout")

    # ---- merging ----

    def _merge(self, *others):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.lumen.id, *(other.id for other in others)], self.lumen
        )
        self.env.invalidate_all()

    def test_switch_survives_merging(self):
        twin = self.env["res.partner"].create({"name": "Lucy", "relationship_rules_off": True})
        self._merge(twin)
        self.assertTrue(self.lumen.relationship_rules_off)

    def test_switch_of_the_one_that_is_left_stays(self):
        self.lumen.relationship_rules_off = True
        self._merge(self.env["res.partner"].create({"name": "Lucy"}))
        self.assertTrue(self.lumen.relationship_rules_off)

    def test_opting_out_survives_merging(self):
        twin = self.env["res.partner"].create(
            {"name": "Lucy", "email": "lucy@twin.example.com", "phone": "+32456001122"}
        )
        self.lumen.phone = "+32456003344"
        self.env["mail.blacklist"]._add("lucy@twin.example.com")
        self.env["phone.blacklist"]._add(["+32456001122"])
        self._merge(twin)
        self.assertTrue(self.lumen.is_blacklisted)
        self.assertTrue(self.lumen.phone_sanitized_blacklisted)

    def test_merging_who_has_not_opted_out(self):
        twin = self.env["res.partner"].create({"name": "Lucy", "email": "lucy@twin.example.com"})
        other = self.env["res.partner"].create({"name": "Lu", "email": "lu@twin.example.com"})
        self._merge(twin, other)
        self.assertFalse(self.lumen.is_blacklisted)
        self.assertFalse(self.lumen.relationship_rules_off)

    def test_letters_to_the_merged_one(self):
        twin = self.env["res.partner"].create({"name": "Lucy", "email": "lucy@twin.example.com"})
        self.env["mail.blacklist"]._add("lucy@twin.example.com")
        self._merge(twin)
        self._create_date(self.lumen)
        rule = self._create_rule(purpose="marketing")
        self._run(rule)
        self.assertStates(self._runs(rule), "skipped")
        self.assertGreeted(self.lumen, times=0)
