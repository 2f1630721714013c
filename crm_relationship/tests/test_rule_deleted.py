from odoo import Command
from odoo.tests import tagged
from odoo.tools import sql

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleDeleted(RuleCommon):
    """What the ledger has links to is deleted, by whichever ways they lead to one line.

    All in the transaction that wrote the line: there PostgreSQL looks at all links of a line
    whenever one of them is let go of.
    """

    def _run_all_kinds(self, record, **vals):
        """A letter, a task and an SMS for a record, with the links they leave in the ledger."""
        sms = self.env["sms.template"].create(
            {
                "name": "Text",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "Hello",
            }
        )
        self.lumen.phone = "+32470123456"
        rule = self._create_rule(
            self._mail(), self._task(), {"kind": "sms", "sms_template_id": sms.id}, **vals
        )
        self._run(rule)
        runs = self._runs(rule, record)
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertTrue(runs.mail_id and runs.message_id and runs.activity_id and runs.sms_id)
        return runs

    def _check_links(self):
        """What the database does at the end of a transaction."""
        self.env.flush_all()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.invalidate_all()

    def _assertForgotten(self, runs, *names):
        self._check_links()
        self.assertEqual(len(runs.exists()), 3)
        for name in names:
            self.assertFalse(runs[name], name)

    def _found_last(self, table, column, other):
        """Have the database come to this link after those of the ledger: it goes by their age."""
        self.env.flush_all()
        for name in sql.get_foreign_keys(self.env.cr, table, column, other, "id", "cascade"):
            sql.drop_constraint(self.env.cr, table, name)
        sql.add_foreign_key(self.env.cr, table, column, other, "id", "cascade")

    def test_a_client_with_its_date_letter_and_task(self):
        self._create_date(self.lumen)
        runs = self._run_all_kinds(self.lumen)
        self.lumen.unlink()
        self._assertForgotten(runs, "mail_id", "message_id", "activity_id", "date_id", "partner_id")

    def test_a_client_by_the_database_alone(self):
        """Without Odoo's own clean-up before: the client, its dates, and all they lead to."""
        self._create_date(self.lumen)
        runs = self._run_all_kinds(self.lumen)
        self._found_last("crm_important_date", "partner_id", "res_partner")
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.lumen.id])
        self._assertForgotten(runs, "date_id", "partner_id")

    def test_a_lead_with_its_client_task_and_letter(self):
        lead = self._create_lead(self.lumen, date_deadline=MORNING.date())
        runs = self._run_all_kinds(
            lead,
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_kind_id=False,
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            domain=[("id", "=", lead.id)],
        )
        lead.unlink()
        self.lumen.unlink()
        self._assertForgotten(runs, "mail_id", "message_id", "activity_id", "partner_id")

    def test_a_message_with_its_mail(self):
        self._create_date(self.lumen)
        runs = self._run_all_kinds(self.lumen)
        self._found_last("mail_mail", "mail_message_id", "mail_message")
        self.env.cr.execute("DELETE FROM mail_message WHERE id IN %s", [tuple(runs.message_id.ids)])
        self._assertForgotten(runs, "mail_id", "message_id")

    def test_a_rule_with_its_actions_and_what_stands_in(self):
        self._create_date(self.lumen)
        self.lumen.email = False
        call = self.env["crm.relationship.rule.action"].create(self._task())
        rule = self._create_rule(action_ids=[Command.create(self._mail(otherwise_id=call.id))])
        self._run(rule)
        runs = self._runs(rule)
        self.assertEqual(len(runs), 2)
        rule.unlink()
        self._check_links()
        self.assertFalse(runs.exists())

    def test_all_links_of_the_ledger_are_looked_at_in_the_end(self):
        self.env.cr.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE condeferred) FROM pg_constraint
             WHERE contype = 'f' AND conrelid = 'crm_relationship_rule_run'::regclass
            """
        )
        links, deferred = self.env.cr.fetchone()
        self.assertEqual(links, deferred)
        self.assertGreater(links, 8)
