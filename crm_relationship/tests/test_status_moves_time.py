from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from .common_moves import MoveCommon

NOW = "2026-06-30 12:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestStatusMovesTime(MoveCommon):
    """What moves because time passes is found by a day, in batches, and never twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"]._get_main_company().resource_calendar_id.tz = "UTC"

    def _cron(self, moment):
        with freeze_time(moment):
            self._run_cron("ir_cron_moves")

    def test_silence_is_found_on_its_day(self):
        self._win(self.lumen, "2026-01-01 10:00:00")
        self._refresh_clients()
        self.assertEqual(self.lumen.relationship_check_date, date(2027, 1, 2))
        self._cron("2027-01-01 09:00:00")
        self.assertStatus(self.lumen, self.status_customer)
        self._cron("2027-01-02 02:30:00")
        self.assertEqual(
            self._moves(self.lumen)[-1],
            (
                "dormant",
                "2027-01-01 10:00:00",
                "Because they neither bought nor said a word for 365 days",
            ),
        )
        # Lost two years after the last purchase.
        self.assertEqual(self.lumen.relationship_check_date, date(2028, 1, 2))
        self._cron("2028-01-02 02:30:00")
        self.assertStatus(self.lumen, self.status_lost)
        self.assertFalse(self.lumen.relationship_check_date)

    def test_own_rhythm_takes_the_place_of_the_days(self):
        for day in ("03-01", "03-11", "03-21"):
            self._win(self.lumen, f"2026-{day} 10:00:00")
        self._refresh_clients()
        self.assertEqual(self.lumen.purchase_rhythm_days, 10)
        self.assertEqual(
            self._moves(self.lumen)[-1],
            (
                "dormant",
                "2026-04-20 10:00:00",
                "Because they neither bought nor said a word for 30 days, against their own rhythm",
            ),
        )

    def test_a_word_from_them_puts_it_off_without_a_write(self):
        self._win(self.lumen, "2026-01-01 10:00:00")
        self._refresh_clients()
        self._say(self.lumen, "2026-06-01 10:00:00", channel="email", direction="in")
        self._refresh_clients()
        self.assertEqual(self.lumen.relationship_check_date, date(2027, 1, 2))
        self._cron("2027-01-02 02:30:00")
        self.assertStatus(self.lumen, self.status_customer)
        self.assertEqual(self.lumen.relationship_check_date, date(2027, 6, 2))

    def test_what_we_write_puts_off_nothing(self):
        self._win(self.lumen, "2025-01-01 10:00:00")
        self._say(self.lumen, "2025-10-01 10:00:00", channel="email")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_dormant)

    def test_decided_by_hand_begins_anew(self):
        self._win(self.lumen, "2024-01-01 10:00:00")
        self._decide(self.lumen, self.status_customer, "2026-06-01 10:00:00")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_customer)
        self.assertEqual(self.lumen.relationship_check_date, date(2027, 6, 2))

    # ---- kept until a day ----

    def test_kept_status_moves_once_the_day_is_over(self):
        self._decide(self.lumen, self.status_prospect, "2026-01-01 10:00:00")
        self.lumen.relationship_status_locked_until = "2026-07-10"
        self._win(self.lumen, "2026-05-01 10:00:00", name="Lamp")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_prospect)
        self.assertEqual(self.lumen.relationship_check_date, date(2026, 7, 11))
        self._cron("2026-07-10 02:30:00")
        self.assertStatus(self.lumen, self.status_prospect)
        self._cron("2026-07-11 02:30:00")
        self.assertEqual(
            self._moves(self.lumen)[-1],
            ("customer", "2026-07-11 00:00:00", 'Because "Lamp" was won'),
        )

    def test_day_of_the_lock_is_that_of_the_company(self):
        company = self.env["res.company"]._get_main_company()
        company.resource_calendar_id.tz = "Pacific/Auckland"
        self._decide(self.lumen, self.status_prospect, "2026-01-01 10:00:00")
        self._win(self.lumen, "2026-05-01 10:00:00")
        self.lumen.relationship_status_locked_until = "2026-06-30"
        self._refresh_clients()
        # It is the first of July in Auckland.
        with freeze_time("2026-06-30 12:30:00"):
            self.lumen._refresh_relationship()
        self.assertStatus(self.lumen, self.status_customer)
        company.resource_calendar_id.tz = "America/Los_Angeles"
        self._decide(self.oak, self.status_prospect, "2026-01-01 10:00:00")
        self._win(self.nina, "2026-05-01 10:00:00")
        self.oak.relationship_status_locked_until = "2026-06-30"
        with freeze_time("2026-07-01 05:00:00"):
            self.oak._refresh_relationship()
        self.assertStatus(self.oak, self.status_prospect)

    def test_unlocking_by_hand_is_noticed(self):
        self._decide(self.lumen, self.status_prospect, "2026-01-01 10:00:00")
        self.lumen.relationship_status_locked_until = "2030-01-01"
        self._win(self.lumen, "2026-05-01 10:00:00")
        self._refresh_clients()
        self.lumen.relationship_status_locked_until = False
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_customer)

    # ---- by sets ----

    def _quiet_clients(self, count):
        clients = self.env["res.partner"].create(
            [{"name": f"Quiet {number}"} for number in range(count)]
        )
        self.env.flush_all()
        self.env["res.partner"]._apply_dated_changes(
            [
                (client.id, None, self.status_customer.id, "Bought", "2020-01-01 10:00:00")
                for client in clients
            ]
        )
        return clients

    def test_statements_do_not_grow_with_clients(self):
        counts = []
        for count in (1, 1, 60):  # the first one warms up
            clients = self._quiet_clients(count)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            clients._advance_status()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(clients.relationship_status_id, self.status_lost)
        self.assertEqual(counts[1], counts[2])

    def test_who_does_not_move_is_not_written(self):
        clients = self._quiet_clients(3)
        clients._advance_status()
        query = SQL("SELECT id, ctid::text FROM res_partner WHERE id IN %s", tuple(clients.ids))
        before = dict(self.env.execute_query(query))
        clients._advance_status()
        self.assertEqual(dict(self.env.execute_query(query)), before)

    def test_batches_are_committed(self):
        clients = self._quiet_clients(5)
        clients.relationship_check_date = "2026-06-30"
        self.patch(self.env.registry["res.partner"], "_claim_due", self._claim_two())
        commits = []
        cron = self.env.registry["ir.cron"]
        self.patch(
            cron,
            "_commit_progress",
            lambda self, done, remaining: commits.append((done, remaining)) or 1,
        )
        self.env["res.partner"]._move_due()
        self.assertEqual(commits, [(2, 3), (2, 1), (1, 0)])
        self.assertEqual(clients.relationship_status_id, self.status_lost)

    def _claim_two(self):
        def claim(partners):
            due = partners.search(
                [("relationship_check_date", "<=", "2026-06-30")], limit=2, order="id"
            )
            return due

        return claim

    def test_day_is_found_by_its_index(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plan = self.env.execute_query(
            SQL(
                """EXPLAIN SELECT id FROM res_partner WHERE relationship_check_date <= %s
                   ORDER BY relationship_check_date, id LIMIT 10
                   FOR NO KEY UPDATE SKIP LOCKED""",
                "2026-06-30",
            )
        )
        self.assertIn(
            "res_partner__relationship_check_date_index", "\n".join(row[0] for row in plan)
        )
