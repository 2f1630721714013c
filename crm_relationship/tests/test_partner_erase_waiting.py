from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_waiting import WaitingCommon

ASKED = "2026-03-05 08:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time("2026-03-06 12:00:00")
class TestPartnerEraseWaiting(WaitingCommon):
    """Who was erased waits no more, which is neither an answer nor a client forgotten."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.interactions.search([("needs_reply", "=", True)]).needs_reply = False

    def _waiting(self):
        return self.interactions.search([("is_waiting", "=", True)], order="date, id")

    def _erase(self, person):
        action = person.with_user(self.anna).action_erase_personal_data()
        wizard = self.env["crm.partner.erase"].with_context(**action["context"])
        wizard = wizard.with_user(self.anna).create({"is_confirmed": True})
        count = wizard.waiting_count
        wizard.action_erase()
        self._refresh_clients()
        return count

    def test_person_waits_no_more_and_the_company_does(self):
        asked = self._create_inquiry(self.brandon, ASKED)
        of_nina = self._create_inquiry(self.nina, ASKED)
        of_company = self._create_inquiry(self.oak, ASKED)
        self.assertEqual(self._erase(self.brandon), 1)
        self.assertEqual(self._waiting(), of_nina | of_company)
        self.assertRecordValues(asked, [{"needs_reply": False, "no_reply_reason": "erased"}])
        self._run_alerts()
        self.assertFalse(asked.response_alert)

    def test_strangers_who_are_found_by_their_address(self):
        lead = self._create_lead(self.lumen, email_from=self.lumen.email)
        unknown = self._create_lead(email_from=self.lumen.email)
        none = self.env["res.partner"]
        asked = self._create_inquiry(none, ASKED, lead_id=unknown.id)
        # Who else wrote on the lead can be answered.
        of_nina = self._create_inquiry(self.nina, ASKED, lead_id=lead.id)
        (lead | unknown).interaction_ids.filtered(
            lambda row: row not in asked | of_nina
        ).needs_reply = False
        self.assertEqual(self._erase(self.lumen), 1)
        self.assertEqual(asked.no_reply_reason, "erased")
        self.assertEqual(self._waiting(), of_nina)

    def test_what_was_answered_stays_answered(self):
        asked = self._create_inquiry(self.lumen, ASKED)
        # Not linked yet when the person is erased.
        answer = self._answer(self.lumen, "2026-03-05 09:00:00")
        self.assertEqual(self._erase(self.lumen), 0)
        self.assertRecordValues(
            asked, [{"needs_reply": True, "reply_id": answer.id, "no_reply_reason": False}]
        )

    def test_task_to_answer_goes_also_from_the_lead_of_the_company(self):
        lead = self._create_lead(self.oak)
        lead.interaction_ids.needs_reply = False
        asked = self._create_inquiry(self.brandon, "2026-03-06 11:00:00", lead_id=lead.id)
        self._just_came(asked)
        self._run_alerts()
        task = asked.reply_activity_id
        self.assertEqual(task.res_id, lead.id)
        self._erase(self.brandon)
        self.assertFalse(task.exists())

    def test_nobody_lets_them_wait_again(self):
        asked = self._create_inquiry(self.lumen, ASKED)
        self._erase(self.lumen)
        with self.assertRaisesRegex(UserError, "was erased"):
            asked.with_user(self.anna).action_wait_again()
        reasons = self.env["crm.interaction.no.reply"]._fields["reason"].get_values(self.env)
        self.assertNotIn("erased", reasons)

    def test_report_counts_them_apart(self):
        asked = self._create_inquiry(self.lumen, ASKED)
        report = self.env["crm.response.report"].with_user(self.anna)
        row = report.search([("interaction_id", "=", asked.id)])
        self.assertEqual((row.inquiries, row.unanswered, row.erased), (1, 1, 0))
        self._erase(self.lumen)
        row = report.search([("interaction_id", "=", asked.id)])
        self.assertEqual(row.state, "erased")
        figures = (row.inquiries, row.answered, row.unanswered, row.not_needed, row.erased)
        self.assertEqual(figures, (0, 0, 0, 0, 1))
