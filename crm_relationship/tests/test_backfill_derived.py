from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from .common_past import PastCommon

NOW = datetime(2026, 5, 20, 9, 0)


@tagged("crm_relationship", "post_install", "-at_install")
class TestBackfillDerived(PastCommon):
    """What is derived from the past: who waits, response times, status, first touch."""

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOW))

    def _build_past(self, batch_size=5000):
        self._forget()
        self.backfill._start()
        with patch.object(type(self.backfill), "_batch_size", batch_size):
            self._build()
        self._refresh_clients()

    def _inquiry(self, client):
        return self._history(client).filtered(lambda row: row.direction == "in")

    def test_old_inquiry_without_answer_does_not_wait(self):
        self._write_in(self.oak, self.brandon, "Long ago", datetime(2026, 4, 19, 8))
        self._write_in(self.lumen, self.lumen, "Lately", datetime(2026, 4, 21, 8))
        self._build_past()
        self.assertRecordValues(
            self._inquiry(self.oak), [{"needs_reply": False, "is_waiting": False}]
        )
        self.assertTrue(self._inquiry(self.lumen).is_waiting)

    def test_inquiry_on_a_deal_that_is_over_does_not_wait(self):
        lost, won, running = (
            self._create_lead(client) for client in (self.brandon, self.nina, self.lumen)
        )
        for lead in (lost, won, running):
            self._write_in(lead, lead.partner_id, "Price?", datetime(2026, 5, 18, 8))
        lost.action_set_lost()
        won.action_set_won()
        self._build_past()
        waiting = {row.lead_id: row.is_waiting for row in self._inquiry(self.oak + self.lumen[:0])}
        self.assertEqual(waiting, {lost: False, won: False})
        self.assertEqual(self._inquiry(self.lumen).mapped("is_waiting"), [True])

    def _answered_long_ago(self):
        self._write_in(self.oak, self.brandon, "Price?", datetime(2026, 2, 2, 8))
        self._write_out(self.oak, self.brandon, "Our price", datetime(2026, 2, 2, 13))

    def assertAnswered(self):
        inquiry = self._inquiry(self.oak)
        self.assertRecordValues(
            inquiry, [{"needs_reply": True, "is_waiting": False, "response_hours": 5}]
        )
        self.assertEqual(inquiry.reply_id.subject, "Our price")

    def test_old_answer_gives_its_response_time(self):
        self._answered_long_ago()
        self._build_past()
        self.assertAnswered()

    def test_old_answer_from_another_batch(self):
        self._answered_long_ago()
        self._build_past(batch_size=1)
        self.assertAnswered()

    def _ask_as_stranger(self, lead, date):
        lead.message_post(
            body="Price?",
            date=date,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=False,
            email_from="stranger@far.example.com",
        )

    def test_old_answer_to_a_stranger_from_another_batch(self):
        lead = self._create_lead(email_from="stranger@far.example.com")
        self._ask_as_stranger(lead, datetime(2026, 2, 2, 8))
        with self.mock_mail_gateway():
            lead.with_user(self.ben).message_post(
                body="890 each.",
                date=datetime(2026, 2, 2, 13),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                outgoing_email_to="stranger@far.example.com",
            )
        self._build_past(batch_size=1)
        self.interactions._link_replies_of_strangers()
        rows = self.interactions.search([("lead_id", "=", lead.id), ("message_id", "!=", False)])
        inquiry = rows.filtered(lambda row: row.direction == "in")
        self.assertEqual((len(rows), inquiry.response_hours), (2, 5))
        self.assertEqual(inquiry.reply_id, rows - inquiry)

    def test_inquiry_never_shows_as_waiting_while_its_answer_is_there(self):
        self._answered_long_ago()
        self._forget()
        self.backfill._start()
        self._build()
        self.assertAnswered()

    def _write_to_two_companies(self):
        """Both are asked, and so is nobody in particular; each answers in its own time."""
        far = self.env["res.company"].create({"name": "Far"})
        self.ben.company_ids += far
        ours, theirs = (
            self._create_lead(self.brandon, user_id=False, team_id=False, company_id=company.id)
            for company in (self.env.company, far)
        )
        asked = datetime(2026, 2, 2, 8)
        self._write_in(ours, self.brandon, "Ours?", asked)
        self._write_in(theirs, self.brandon, "Theirs?", asked)
        self._write_in(self.oak, self.brandon, "Anybody?", asked)
        self._write_out(theirs, self.brandon, "Ask others", datetime(2026, 2, 2, 13))
        self._write_in(ours, self.brandon, "And now?", datetime(2026, 2, 2, 14))
        self._write_out(ours, self.brandon, "Our price", datetime(2026, 2, 2, 18))
        self._write_in(ours, self.brandon, "Cheaper?", datetime(2026, 2, 2, 19))
        self._write_out(theirs, self.brandon, "Not from us", datetime(2026, 2, 2, 20))

    def test_another_of_our_companies_did_not_answer_for_us(self):
        self._write_to_two_companies()
        for batch_size in (1, 3, 5000):
            with self.subTest(batch_size=batch_size):
                self._build_past(batch_size)
                self.assertEqual(
                    {
                        row.subject: (row.needs_reply, row.reply_id.subject, row.response_hours)
                        for row in self._inquiry(self.oak)
                    },
                    {
                        "Ours?": (True, "Our price", 10),
                        "Theirs?": (True, "Ask others", 5),
                        "Anybody?": (True, "Ask others", 5),
                        "And now?": (True, "Our price", 4),
                        # Months ago, and nobody who was asked ever answered.
                        "Cheaper?": (False, False, 0),
                    },
                )

    def test_another_of_our_companies_did_not_answer_a_stranger(self):
        """The answer was written down while the lead was another company's."""
        far = self.env["res.company"].create({"name": "Far"})
        leads = self.env["crm.lead"]
        for answering in (far, self.env.company):
            lead = self._create_lead(
                email_from="stranger@far.example.com", company_id=self.env.company.id
            )
            self._ask_as_stranger(lead, datetime(2026, 2, 2, 8))
            leads += lead
            self._forget_of(lead)
            self.interactions.create(
                {
                    "lead_id": lead.id,
                    "date": datetime(2026, 2, 2, 13),
                    "channel": "email",
                    "direction": "out",
                    "company_id": answering.id,
                }
            )
        self.backfill._start()
        self._build()
        self.interactions._link_replies_of_strangers()
        inquiries = self.interactions.search(
            [("lead_id", "in", leads.ids), ("direction", "=", "in"), ("message_id", "!=", False)]
        ).sorted(lambda row: row.lead_id.id)
        self.assertRecordValues(
            inquiries,
            [
                {"lead_id": leads[0].id, "needs_reply": False, "response_hours": 0},
                {"lead_id": leads[1].id, "needs_reply": True, "response_hours": 5},
            ],
        )

    def _forget_of(self, lead):
        self._end_transaction()
        self.env.execute_query(
            SQL("DELETE FROM crm_interaction WHERE lead_id = %s RETURNING id", lead.id)
        )
        self.env.invalidate_all()

    def test_answer_before_the_inquiry_is_none(self):
        self._write_out(self.oak, self.brandon, "News", datetime(2026, 2, 1, 13))
        self._write_in(self.oak, self.brandon, "Price?", datetime(2026, 2, 2, 8))
        self._build_past()
        self.assertRecordValues(self._inquiry(self.oak), [{"needs_reply": False}])

    def test_lead_waits_only_if_a_visitor_made_it(self):
        visitor = self.env.ref("base.public_user")
        typed, visited = (
            self._create_lead(client, user_id=False) for client in (self.brandon, self.lumen)
        )
        self.env.flush_all()
        for lead, maker in ((typed, self.anna), (visited, visitor)):
            self.env.execute_query(
                SQL(
                    "UPDATE crm_lead SET create_uid = %s, create_date = %s WHERE id = %s"
                    " RETURNING id",
                    maker.id,
                    datetime(2026, 5, 18, 8),
                    lead.id,
                )
            )
        self._build_past()
        self.assertRecordValues(
            self._full_history(self.oak) + self._full_history(self.lumen),
            [
                {"lead_id": typed.id, "is_attempt": True, "needs_reply": False},
                {"lead_id": visited.id, "is_attempt": False, "needs_reply": True},
            ],
        )

    def test_activity_to_write_a_mail_is_that_mail(self):
        with freeze_time("2026-03-03 10:00:00"):
            self._write_out(self.oak, self.brandon, "Our price", datetime(2026, 3, 3, 9))
            task = self.oak.activity_schedule(
                "mail.mail_activity_data_email", summary="Write", user_id=self.ben.id
            )
            other = self.lumen.activity_schedule(
                "mail.mail_activity_data_email", summary="Write", user_id=self.ben.id
            )
            (task + other).with_user(self.ben).action_feedback()
            self._end_transaction()
        self._build_past()
        self.assertEqual(self._history(self.oak).mapped("subject"), ["Our price"])
        self.assertEqual(self._history(self.lumen).activity_id, other)

    def test_nobody_is_told_of_the_past(self):
        for moment in (datetime(2026, 5, 12, 8), datetime(2026, 5, 20, 8)):
            self._write_in(self.lumen, self.lumen, "Lately", moment)
        self._forget()
        tasks = self.env["mail.activity"].search_count([])
        messages = self.env["mail.message"].search_count([])
        self.backfill._start()
        self._build()
        self._refresh_clients()
        self._run_cron("ir_cron_waiting")
        self.assertEqual(self._inquiry(self.lumen).mapped("is_waiting"), [True, True])
        self.assertEqual(self.env["mail.activity"].search_count([]), tasks)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)

    def _trace(self, client):
        changes = self.env["crm.relationship.status.change"].search(
            [("partner_id", "=", client.id)], order="date, id"
        )
        return [(row.to_status_id.kind, row.date, row.date_to or None) for row in changes]

    def test_status_since_the_first_contact_though_it_came_last(self):
        for day in (11, 12, 13):
            self._write_in(self.oak, self.brandon, "Mail", datetime(2026, 3, day, 8))
        self._forget()
        self.backfill._start()
        with patch.object(type(self.backfill), "_batch_size", 1):
            while job := self.backfill._claim():
                job._build_batch()
                self._refresh_clients()
        first = datetime(2026, 3, 11, 8)
        self.assertStatus(self.oak, self.status_cold)
        self.assertEqual(self.oak.relationship_status_date, first)
        self.assertEqual(self.brandon.relationship_status_date, first)
        self.assertEqual(self._trace(self.oak), [("cold", first, None)])
        self.assertEqual(self.oak.last_interaction_date, datetime(2026, 3, 13, 8))

    def test_customer_since_the_first_deal_and_cold_before(self):
        deals = self._create_lead(self.brandon) + self._create_lead(self.nina)
        deals.action_set_won()
        self.env.flush_all()
        for lead, created, closed in (
            (deals[0], datetime(2026, 1, 5, 9), datetime(2026, 2, 6, 9)),
            (deals[1], datetime(2026, 3, 5, 9), datetime(2026, 4, 6, 9)),
        ):
            self.env.execute_query(
                SQL(
                    "UPDATE crm_lead SET create_date = %s, date_closed = %s WHERE id = %s"
                    " RETURNING id",
                    created,
                    closed,
                    lead.id,
                )
            )
        self._build_past()
        self.assertStatus(self.oak, self.status_regular)
        self.assertEqual(
            self._trace(self.oak),
            [
                ("cold", datetime(2026, 1, 5, 9), datetime(2026, 2, 6, 9)),
                ("customer", datetime(2026, 2, 6, 9), datetime(2026, 4, 6, 9)),
                ("regular", datetime(2026, 4, 6, 9), None),
            ],
        )
        self.assertEqual(self.oak.relationship_status_date, datetime(2026, 4, 6, 9))
        self.assertEqual(self.oak.acquisition_date, datetime(2026, 1, 5).date())

    def test_status_set_by_hand_keeps_its_date(self):
        self._write_in(self.oak, self.brandon, "Mail", datetime(2026, 3, 11, 8))
        self._forget()
        self.oak.with_user(self.anna).relationship_status_id = self.status_cold
        self.env.flush_all()
        since = self.oak.relationship_status_date
        self.backfill._start()
        self._build()
        self._refresh_clients()
        self.assertEqual(self.oak.relationship_status_date, since)
        self.assertEqual(self._trace(self.oak), [("cold", since, None)])
