from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common_rules import BEFORE, MORNING, RuleCommon
from .common_unsubscribe import UnsubscribeCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleLeaks(RuleCommon):
    """Rules act with all rights: nobody sees or reaches by them what is not theirs."""

    def _forge(self, user, action, **vals):
        """A line of the forecast as somebody may write it from outside."""
        lines = self.env["crm.relationship.rule.forecast"]
        with self.freeze(MORNING):
            return (
                lines.sudo()
                .create(
                    {
                        "rule_id": action.rule_id.id,
                        "action_id": action.id,
                        "occurrence": MORNING.date(),
                        "date_due": MORNING,
                        **vals,
                    }
                )
                .with_user(user)
            )

    def _get_texts(self, line):
        texts = line._preview()
        return " ".join(str(text) for name, text in texts.items() if name != "title")

    def test_a_forged_line_tells_nothing_of_leads_of_others(self):
        lead = self._create_lead(self.lumen, name="Secret palace")
        self.template.copy({"model_id": self.env["ir.model"]._get_id("crm.lead")})
        letter = self.env["mail.template"].search([], order="id desc", limit=1)
        rule = self._create_rule(
            self._mail(template_id=letter.id), model_id=self.env["ir.model"]._get_id("crm.lead")
        )
        action = rule.action_ids
        for model in ("crm.lead", "crm.tag"):
            line = self._forge(self.carla, action, res_model=model, res_id=lead.id)
            self.assertNotIn("Secret palace", self._get_texts(line), model)
        line = self._forge(self.ben, action, res_model="crm.lead", res_id=lead.id)
        self.assertIn("Secret palace", self._get_texts(line))

    def test_a_forged_line_tells_nothing_of_clients_of_other_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.lumen.company_id = other
        rule = self._create_rule()
        line = self._forge(
            self.ben,
            rule.action_ids,
            res_model="res.partner",
            res_id=self.oak.id,
            partner_id=self.lumen.id,
        )
        self.assertNotIn("Oak", self._get_texts(line))
        self.assertNotIn("Lucy", self._get_texts(line))

    def test_nobody_writes_lines_of_the_forecast(self):
        for model in (
            "crm.relationship.rule.forecast",
            "crm.relationship.client.outlook.line",
        ):
            for operation in ("create", "write", "unlink"):
                self.assertFalse(self.env[model].with_user(self.ben).has_access(operation), model)

    def test_what_somebody_looked_up_is_not_read_by_others(self):
        self._create_date(self.lumen)
        self._create_rule()
        with self.freeze(MORNING - timedelta(days=1)):
            action = self.lumen.with_user(self.ben).action_open_automatic()
        outlook = self.env["crm.relationship.client.outlook"].browse(action["res_id"])
        self.assertTrue(outlook.coming_ids)
        for records in (outlook, outlook.coming_ids):
            self.assertTrue(records.with_user(self.ben).has_access("read"))
            self.assertFalse(records.with_user(self.carla).has_access("read"))

    def _create_theirs(self):
        """A client of the main company whose birthday it is."""
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": self.env.company.id, "email": "t@t.example.com"}
        )
        self._create_date(theirs)
        return theirs

    def _move_anna(self):
        """Have her work for another company only."""
        mine = self.env["res.company"].create({"name": "Mine"})
        self.anna.write({"company_ids": [Command.set(mine.ids)], "company_id": mine.id})

    def test_a_rule_that_is_on_has_somebody_who_answers_for_it(self):
        """Else it would act for companies of the system that its manager does not work for."""
        self._move_anna()
        theirs = self._create_theirs()
        self._create_date(self.lumen)
        rule = self._create_rule()
        rule.with_user(self.anna).user_id = False
        self.assertEqual(rule.user_id, self.anna)
        self._run(rule)
        self.assertFalse(self._mails_to(theirs))
        self.assertGreeted(self.lumen)

    def test_where_that_one_is_deleted_it_acts_for_who_made_it(self):
        self._move_anna()
        theirs = self._create_theirs()
        self._create_date(self.lumen)
        rule = (
            self.env["crm.relationship.rule"]
            .with_user(self.anna)
            .create(
                {
                    "name": "Birthday",
                    "active": True,
                    "date_kind_id": self.birthday.id,
                    "date_start": BEFORE,
                    "action_ids": [Command.create(self._mail())],
                }
            )
        )
        rule.sudo().user_id = self.insider
        self.insider.unlink()
        self.assertFalse(rule.user_id)
        self._run(rule)
        self.assertFalse(self._mails_to(theirs))
        self.assertGreeted(self.lumen)


@tagged("crm_relationship", "post_install", "-at_install")
class TestUnsubscribeQueue(UnsubscribeCommon):
    """What waits in the queue when the client clicks."""

    def test_the_history_does_not_say_it_was_sent(self):
        mail = self._greet(self.lumen)
        self.assertEqual(len(self._history(self.lumen)), 1)
        self._get_link(mail)._stop()
        self.env.invalidate_all()
        self.assertEqual(self._history(self.lumen), self._stops(self.lumen))

    def test_what_stands_in_is_done(self):
        call = self.env["crm.relationship.rule.action"].create(self._task(summary="Call instead"))
        mail = self._greet(
            self.lumen, action_ids=[Command.create(self._mail(otherwise_id=call.id))]
        )
        with self.freeze(MORNING):
            self._get_link(mail)._stop()
        self._run(self.env["crm.relationship.rule"].search([("active", "=", True)]))
        self.assertEqual(self._tasks_of(self.lumen).summary, "Call instead")

    def test_it_does_not_count_for_the_week(self):
        self.env.company.relationship_weekly_cap = 1
        link = self._get_link(self._greet(self.lumen))
        link._stop()
        link._undo()
        second = self._create_rule()
        self._run(second)
        self.assertStates(self._runs(second), "done")

    def test_what_stands_in_can_be_looked_at_while_it_waits(self):
        call = self.env["crm.relationship.rule.action"].create(self._task(summary="Call instead"))
        mail = self._greet(
            self.lumen, action_ids=[Command.create(self._mail(otherwise_id=call.id))]
        )
        rule = self.ledger.search([("mail_id", "=", mail.id)]).rule_id
        with self.freeze(MORNING):
            self._get_link(mail)._stop()
            rule.with_user(self.ben).action_forecast()
            line = self.env["crm.relationship.rule.forecast"].search([("action_id", "=", call.id)])
            self.assertEqual(line.with_user(self.ben).preview_subject, "Call instead")
