from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_rules import BEFORE, MORNING, RuleCommon

QUIET = (
    "odoo.addons.crm_relationship.models.rule.crm_relationship_rule_execute",
    "odoo.addons.mail.models.mail_render_mixin",
)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleLedger(RuleCommon):
    """Who reads which lines of the ledger, and what they do with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(cls._task())

    def _create_run(self, record, **vals):
        return self.ledger.create(
            {
                "rule_id": self.rule.id,
                "action_id": self.rule.action_ids.id,
                "res_model": record._name,
                "res_id": record.id,
                "partner_id": (record if record._name == "res.partner" else record.partner_id).id,
                "occurrence": "2027-01-01",
                "date_due": BEFORE,
                "key": f"test:{record._name}:{record.id}",
                "state": "done",
                **vals,
            }
        )

    def _read(self, user):
        return self.ledger.with_user(user).search([("rule_id", "=", self.rule.id)]).sudo()

    def test_who_sees_own_leads_reads_what_was_about_these(self):
        mine = self._create_run(self._create_lead(self.lumen, user_id=self.carla.id))
        free = self._create_run(self._create_lead(self.lumen, user_id=False))
        theirs = self._create_run(self._create_lead(self.lumen))
        client = self._create_run(self.lumen)
        self.assertEqual(self._read(self.carla), mine + free + client)
        for user in (self.ben, self.anna):
            self.assertEqual(self._read(user), mine + free + theirs + client)
        with self.assertRaises(AccessError):
            self._read(self.insider)
        with self.assertRaises(AccessError):
            theirs.with_user(self.carla).read(["reason"])
        self.assertEqual(mine.with_user(self.carla).read(["state"])[0]["state"], "done")

    def test_an_archived_lead_of_ones_own_is_still_ones_own(self):
        lead = self._create_lead(self.lumen, user_id=self.carla.id)
        run = self._create_run(lead)
        lead.action_set_lost()
        self.assertEqual(self._read(self.carla), run)

    def test_what_one_may_open_says_so(self):
        mine = self._create_run(self._create_lead(self.lumen, user_id=self.carla.id))
        theirs = self._create_run(self._create_lead(self.lumen))
        self.assertTrue(mine.with_user(self.carla).may_open)
        self.assertEqual((mine + theirs).with_user(self.ben).mapped("may_open"), [True, True])
        ledger = self.ledger.with_user(self.carla)
        self.assertFalse(ledger.search([("may_open", "=", False), ("id", "in", mine.ids)]))

    def test_a_line_of_another_company_is_not_read(self):
        other = self.env["res.company"].create({"name": "Other"})
        run = self._create_run(self.lumen, company_id=other.id)
        for user in (self.anna, self.ben, self.carla):
            self.assertFalse(self._read(user))
        self.anna.company_ids += other
        ticked = self.ledger.with_user(self.anna).with_context(allowed_company_ids=other.ids)
        self.assertEqual(ticked.search([("rule_id", "=", self.rule.id)]), run)

    def test_only_managers_try_again_and_leave(self):
        run = self._create_run(self.lumen, state="failed")
        for user in (self.ben, self.carla):
            for name in ("action_retry", "action_leave"):
                with self.assertRaises(AccessError):
                    getattr(run.with_user(user), name)()
        self.assertStates(run, "failed")
        run.with_user(self.anna).action_leave()
        self.assertStates(run, "skipped")

    def test_only_what_failed_is_tried_again_or_left(self):
        run = self._create_run(self.lumen).with_user(self.anna)
        for deed in (run.action_retry, run.action_leave):
            with self.assertRaisesRegex(UserError, "None of these has failed"):
                deed()
        failed = self._create_run(self.oak, state="failed").with_user(self.anna)
        (run + failed).action_leave()
        self.assertStates(run + failed, "done", "skipped")

    def test_of_a_rule_that_is_off_nothing_is_tried_again(self):
        run = self._create_run(self.lumen, state="failed")
        self.rule.action_switch_off()
        with self.assertRaisesRegex(UserError, "Switch Birthday on first"):
            run.with_user(self.anna).action_retry()
        self.assertStates(run, "failed")

    def test_what_is_tried_again_is_neither_too_late_nor_too_much(self):
        people = self._create_people(2, name="Bad")
        self.template.body_html = "<p><t t-if=\"'Bad' in object.name\" t-out='1 / 0'/></p>"
        rule = self._create_rule()
        with mute_logger(*QUIET):
            self._run(rule)
        self.assertStates(self._runs(rule), "failed", "failed")
        rule.limit, people.name = 1, "Good"
        self._runs(rule).with_user(self.anna).action_retry()
        self._run(rule, MORNING + timedelta(days=30))
        self.assertStates(self._runs(rule), "done", "done")

    def test_the_letter_is_still_there_when_the_queue_is_empty(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(), self._task())
        self._run(rule)
        letter, task = self._runs(rule)
        letter.mail_id.unlink()
        self.assertFalse(letter.mail_id)
        for user in (self.anna, self.ben):
            action = letter.with_user(user).action_open_made()
            message = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
            self.assertIn("Dear Lucy Lumen", message.body)
        self.assertTrue(letter.has_made and task.has_made)
        action = task.with_user(self.ben).action_open_made()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.lumen.id))
        task.activity_id.unlink()
        self.assertFalse(task.has_made)
