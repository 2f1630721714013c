from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from .common_playbook import PlaybookCommon

PUBLISHED = datetime(2027, 3, 1, 9, 0)
NOW = datetime(2027, 3, 31, 9, 0)


@freeze_time(NOW)
@tagged("crm_relationship", "post_install", "-at_install")
class TestPlaybookReport(PlaybookCommon):
    """How often playbooks were followed, and how these deals ended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(PUBLISHED):
            cls.by_stage.action_publish()
            cls.by_status.action_publish()
        cls.report = cls.env["crm.playbook.report"]

    def _deal(self, done=(), skipped=(), partner=None, **dates):
        """A deal with these steps ticked; `dates` as if it had come, moved and ended then."""
        deal = self._create_deal(partner)
        for number in done:
            self._set(self.by_stage, deal, number=number)
        for number in skipped:
            self._set(self.by_stage, deal, "skipped", number, reason="Known")
        self._date(deal, **dates)
        return deal

    def _date(self, deal, **dates):
        self.env.flush_all()
        for name, moment in dates.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_lead SET %s = %s WHERE id = %s",
                    SQL.identifier(name),
                    moment,
                    deal.id,
                )
            )
        self.env.invalidate_all()

    def _win(self, deal):
        deal.stage_id = self.stage_won
        self._date(deal, date_closed=NOW, date_last_stage_update=NOW)
        return deal

    def _lose(self, deal):
        deal.action_set_lost()
        return deal

    def _read(self, playbook, *aggregates, groupby=(), user=None, domain=()):
        return self.report.with_user(user or self.anna)._read_group(
            [("playbook_id", "=", playbook.id), *domain], list(groupby), list(aggregates)
        )

    def test_by_share_of_steps(self):
        for __ in range(3):
            self._win(self._deal(done=(0, 1)))
        self._lose(self._deal(done=(0,), skipped=(1,)))
        self._win(self._deal(done=(0,)))
        self._lose(self._deal())
        self._lose(self._deal(skipped=(0, 1)))
        self._deal()
        rows = self._read(
            self.by_stage,
            *("cases:sum", "won:sum", "lost:sum", "pending:sum", "closed:sum", "win_rate:avg"),
            groupby=["followed"],
        )
        self.assertEqual(
            {row[0]: row[1:] for row in rows},
            {
                "all": (4, 3, 1, 0, 4, 0.75),
                "part": (1, 1, 0, 0, 1, 1.0),
                "zero": (3, 0, 2, 1, 2, 0.0),
            },
        )
        [(done, skipped, left, rate)] = self._read(
            self.by_stage,
            "steps_done:sum",
            "steps_skipped:sum",
            "steps_open:sum",
            "follow_rate:avg",
        )
        self.assertEqual((done, skipped, left), (8, 3, 5))
        self.assertAlmostEqual(rate, 8 / 13)

    def _cases(self, playbook=None, user=None):
        return {row.lead_id for row in self._rows(playbook, user)}

    def _rows(self, playbook=None, user=None):
        domain = [("playbook_id", "=", (playbook or self.by_stage).id)]
        rows = self.report.with_user(user or self.anna).search(domain)
        return rows.filtered(lambda row: row.lead_id.id > self.last_ids["crm.lead"])

    def test_a_win_rate_without_closed_deals_is_empty(self):
        self._deal()
        self.assertEqual(self._read(self.by_stage, "cases:sum", "win_rate:avg"), [(1, False)])

    def test_which_deals_are_cases(self):
        before, after = datetime(2027, 2, 1), datetime(2027, 3, 5)
        here = self._deal(create_date=before, date_last_stage_update=before)
        beyond = self._win(self._deal())
        self._date(beyond, date_closed=after)
        self._date(self._win(self._deal()), date_closed=before)  # closed before
        through = self._deal()
        through.stage_id = self.stage_won.copy({"is_won": False, "sequence": 110})
        self._date(through, date_last_stage_update=before)  # further on before
        self._create_deal(stage_id=self.stage_new.id)
        self._create_deal(team_id=self.south.id)
        self._create_deal(type="lead")
        self.assertEqual(self._cases(), {here, beyond})

    def test_judged_by_the_version_of_its_day(self):
        with freeze_time(datetime(2027, 3, 9)):
            deal = self._deal(done=(0, 1))
        self._date(self._win(deal), date_closed=datetime(2027, 3, 10))
        still = self._deal(done=(0, 1))
        with freeze_time(datetime(2027, 3, 20)):
            self.env["crm.playbook.step"].create(
                {"playbook_id": self.by_stage.id, "name": "Call after a week", "sequence": 9}
            )
            self.by_stage.action_publish()
        rows = {row.lead_id: (row.version_id.version, row.followed) for row in self._rows()}
        self.assertEqual(rows, {deal: (1, "all"), still: (2, "part")})

    def test_ticked_after_the_deal_was_closed_is_not_followed(self):
        deal = self._win(self._deal(done=(0,)))
        lost = self._lose(self._deal())
        for one in (deal, lost):
            self._date(one, date_closed=datetime(2027, 3, 10))
            self._set(self.by_stage, one, number=1)
        self.env["crm.playbook.tick"].search(
            [("lead_id", "=", deal.id), ("step_id", "=", self._step(self.by_stage).id)]
        ).date = datetime(2027, 3, 9)
        rows = {row.lead_id: (row.steps_done, row.followed) for row in self._rows()}
        self.assertEqual(rows, {deal: (1, "part"), lost: (0, "zero")})

    def test_what_is_to_be_done_once_a_deal_is_won_is_done_after_that(self):
        with freeze_time(PUBLISHED):
            delivery = self._write_playbook(name="Delivery", stage_id=self.stage_won.id)
            delivery.action_publish()
        deal = self._win(self._deal())
        self._date(deal, date_closed=datetime(2027, 3, 10))
        self._set(delivery, deal)
        [row] = self._rows(delivery)
        self.assertEqual((row.lead_id, row.steps_done), (deal, 1))

    def test_deals_of_clients_with_the_status(self):
        changes = self.env["crm.relationship.status.change"]

        def had(partner, since, until=False):
            changes.search([("partner_id", "=", partner.id)]).unlink()
            changes.create(
                {
                    "partner_id": partner.id,
                    "to_status_id": self.status_prospect.id,
                    "date": since,
                    "date_to": until,
                }
            )

        had(self.oak, datetime(2027, 1, 1))
        had(self.lumen, datetime(2027, 1, 1), datetime(2027, 2, 1))
        deal = self._create_deal(self.brandon, team_id=self.south.id)
        self._date(self._create_deal(self.lumen), create_date=datetime(2027, 1, 15))
        late = self._win(self._create_deal(self.nina))
        self._date(late, create_date=datetime(2027, 2, 1), date_closed=datetime(2027, 3, 2))
        self._set(self.by_status, self.oak)
        rows = {row.lead_id: row.followed for row in self._rows(self.by_status)}
        self.assertEqual(rows, {deal: "part", late: "zero"}, "ticked after that deal was won")

    def test_guidance_without_steps_is_not_followed(self):
        with freeze_time(PUBLISHED):
            plain = self.playbooks.create(
                {"name": "Plain", "stage_id": self.stage_offer.id, "body": "<p>Smile</p>"}
            )
            plain.action_publish()
        self._deal()
        self.assertFalse(self._cases(plain))

    def test_who_sees_which_rows(self):
        mine, bens = self._deal(), self._deal()
        bens.write({"user_id": self.ben.id, "team_id": self.north.id})
        self.assertEqual(self._cases(user=self.carla), {mine})
        self.assertEqual(self._cases(user=self.ben), {mine, bens})

    def test_ticks_and_versions_are_read_once_whatever_the_number_of_deals(self):
        with freeze_time(PUBLISHED):
            self._write_playbook(name="Second", stage_id=self.stage_offer.id).action_publish()
        for __ in range(4):
            self._win(self._deal(done=(0,)))
            self._deal(partner=self.nina, skipped=(1,))
        # versions, ticks of deals, ticks of clients
        self.assertLessEqual(self._count_reads(), 3)

    def _count_reads(self):
        """How often PostgreSQL goes to these tables for the whole report."""
        self.env.flush_all()
        counted = SQL(
            """SELECT sum(seq_scan + coalesce(idx_scan, 0)) FROM pg_stat_xact_user_tables
                WHERE relname IN ('crm_playbook_tick', 'crm_playbook_version')"""
        )
        [(before,)] = self.env.execute_query(counted)
        self.report._read_group([], ["followed"], ["cases:sum", "steps_done:sum"])
        [(after,)] = self.env.execute_query(counted)
        return after - before

    def test_row_opens_its_deal(self):
        deal = self._deal()
        action = self._rows().action_open_deal()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", deal.id))
