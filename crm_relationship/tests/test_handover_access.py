from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_handover import NOW, HandoverCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestHandoverAccess(HandoverCommon):
    """Who may hand over what, in one company and in two."""

    @classmethod
    @freeze_time(NOW)
    def setUpClass(cls):
        super().setUpClass()
        cls._create_open_work()

    @freeze_time(NOW)
    def test_a_salesperson_hands_over_own_clients(self):
        handover = self._hand_over(self.carla, date_until="2026-03-20")
        self.assertAll(self.ben)
        handover.with_user(self.carla).action_return()
        self.assertAll(self.carla)

    @freeze_time(NOW)
    def test_a_salesperson_does_not_hand_over_those_of_others(self):
        for user in (self.ben, self.marc):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._hand_over(user, to_user_id=self.marc.id if user == self.ben else self.ben.id)
        handover = self._hand_over(start=False)
        for method in ("action_start", "action_draft", "action_return", "action_retry"):
            with self.assertRaises(AccessError, msg=method):
                getattr(handover.with_user(self.ben), method)()
        draft = self.handovers.with_user(self.ben).new({"from_user_id": self.carla.id})
        self.assertEqual(draft.client_count, 0)

    @freeze_time(NOW)
    def test_the_colleague_reads_it_and_others_do_not(self):
        handover = self._hand_over(date_until="2026-03-20")
        self.assertTrue(handover.with_user(self.ben).has_access("read"))
        self.assertFalse(handover.with_user(self.ben).has_access("write"))
        self.assertTrue(handover.with_user(self.carla).has_access("write"))
        self.assertFalse(handover.with_user(self.marc).has_access("read"))
        self.assertEqual(len(handover.with_user(self.ben).line_ids), 8)
        lines = self.env["crm.handover.line"]
        self.assertFalse(lines.with_user(self.marc).search([("handover_id", "=", handover.id)]))
        for user in (self.ben, self.carla, self.anna):
            self.assertFalse(lines.with_user(user).has_access("write"))
        with self.assertRaises(AccessError):
            handover.with_user(self.insider).read(["reason"])

    @freeze_time(NOW)
    def test_nobody_begins_one_by_writing_its_state(self):
        for user in (self.carla, self.anna):
            with self.assertRaisesRegex(UserError, "Use the buttons"):
                self._hand_over(user, start=False, state="active")

    def _add_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.carla.company_ids = [Command.link(company.id)]
        self.anna.company_ids = [Command.link(company.id)]
        return company

    @freeze_time(NOW)
    def test_the_colleague_must_work_for_the_company_of_the_client(self):
        company = self._add_company()
        self.lumen.company_id = company
        handover = self._hand_over(start=False)
        refused = self.assertRaisesRegex(UserError, "does not work for Second, to which 1")
        with refused, self.env.cr.savepoint():
            handover.action_start()
        self.env.invalidate_all()
        self.assertEqual((handover.state, self.oak.user_id), ("draft", self.carla))
        self.ben.company_ids = [Command.link(company.id)]
        handover.action_start()
        self.assertEqual(self.lumen.user_id, self.ben)

    @freeze_time(NOW)
    def test_a_manager_moves_nothing_of_a_foreign_company(self):
        company = self._add_company()
        self.anna.company_ids = [Command.unlink(company.id)]
        self.lumen.company_id = company
        self._hand_over()
        self.assertEqual((self.lumen.user_id, self.oak.user_id), (self.carla, self.ben))

    @freeze_time(NOW)
    def test_nobody_is_deleted_with_what_is_lent(self):
        handover = self._hand_over(date_until="2026-03-20")
        for user in (self.ben, self.carla):
            refused = self.assertRaisesRegex(UserError, "Return")
            with refused, self.env.cr.savepoint():
                user.unlink()
        handover.action_return()
        self.assertEqual(handover.state, "returned")
        self.assertAll(self.carla)
        refused = self.assertRaisesRegex(UserError, "keeps the trace.*Archive")
        with refused, self.env.cr.savepoint():
            self.ben.unlink()
        self.assertTrue(handover.line_ids)
        draft = self._hand_over(start=False, to_user_id=self.marc.id)
        self.marc.unlink()
        self.assertFalse(self.marc.exists() | draft.exists().to_user_id)

    @freeze_time(NOW)
    def test_the_briefing_list_shows_what_the_reader_may_open(self):
        self._create_lead(self.oak, user_id=self.marc.id, name="Secret deal")
        handover = self._hand_over(start=False, to_user_id=self.marc.id)
        clients = handover._get_brief_clients()
        self.assertEqual(clients, self.lumen + self.oak)
        rows = handover._prepare_brief_rows(clients)
        self.assertEqual([row["name"] for row in rows], ["Lucy Lumen", "Oak Interiors"])
        self.assertIn("A sample", str(rows[1]["open"]))
        self.assertIn("Scratch", str(rows[1]["open"]))
        self.assertIn("Desks for the showroom", str(rows[1]["open"]))
        handover.action_start()
        last = self._last_message()
        handover.action_mail_brief()
        told = self._messages_since(last)
        self.assertEqual(told.partner_ids, self.marc.partner_id)
        self.assertIn("Oak Interiors", told.body)
        self.assertIn("Secret deal", told.body)

    @freeze_time(NOW)
    def test_the_briefing_list_prints(self):
        handover = self._hand_over(start=False, date_until="2026-03-20")
        report = self.env["ir.actions.report"].with_user(self.anna)
        html, kind = report._render_qweb_html("crm_relationship.report_handover", handover.ids)
        self.assertEqual(kind, "html")
        for words in (b"Oak Interiors", b"A sample", b"Lucy Lumen", b"03/20/2026"):
            self.assertIn(words, html)
