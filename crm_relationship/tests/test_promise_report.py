from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RelationshipCommon

TODAY = date(2026, 3, 18)
SUMS = ("promises", "kept", "late", "broken", "overdue", "pending")


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time("2026-03-18 12:00:00")
class TestPromiseReport(RelationshipCommon):
    """The rate of promises, person by person."""

    def _promise(self, days, state="open", delay=0, **vals):
        """A promise due `days` from today, done `delay` days after it was due."""
        due = TODAY + timedelta(days=days)
        return self.env["crm.promise"].create(
            {
                "name": "Sample",
                "partner_id": self.oak.id,
                "user_id": self.ben.id,
                "date_due": due,
                "state": state,
                "date_done": due + timedelta(days=delay) if state != "open" else False,
                **vals,
            }
        )

    def _get_own_domain(self):
        """Nothing but what the test has made."""
        return [("commercial_partner_id", "in", (self.oak | self.lumen).ids)]

    def _figures(self, groupby=(), user=None):
        report = self.env["crm.promise.report"].with_user(user or self.anna)
        specs = [*(f"{name}:sum" for name in SUMS), "kept_rate:avg", "days_late:avg"]
        rows = report._read_group(self._get_own_domain(), list(groupby), specs)
        figures = {row[: len(groupby)]: row[len(groupby) :] for row in rows}
        return figures if groupby else figures[()]

    def test_rate_per_person_counts_what_was_due(self):
        self._promise(-9, "kept", -1)
        self._promise(-8, "kept")
        self._promise(-7, "late", 4)
        self._promise(-6, "broken")
        self._promise(-2)  # open, past due
        self._promise(0)  # open, due today
        self._promise(5, user_id=self.carla.id)
        self._promise(-5, "kept", user_id=self.carla.id)
        figures = self._figures(["user_id"])
        self.assertEqual(figures[(self.ben,)], (6, 2, 1, 1, 1, 1, 2 / 5, (0 + 0 + 4 + 2) / 4))
        self.assertEqual(figures[(self.carla,)], (2, 1, 0, 0, 0, 1, 1.0, 0.0))
        self.assertEqual(self._figures()[6], 3 / 6)

    def test_rate_by_side_client_and_month(self):
        self._promise(-40, "late", 1, by="them", partner_id=self.lumen.id)
        self._promise(-39, "kept", by="them", partner_id=self.lumen.id)
        self._promise(-38, "kept", by="them", partner_id=self.brandon.id)
        self._promise(-3, "kept")
        rates = {
            groupby: {group[0]: row[6] for group, row in self._figures([groupby]).items()}
            for groupby in ("by", "commercial_partner_id", "date_due:month")
        }
        self.assertEqual(rates["by"], {"them": 2 / 3, "us": 1.0})
        self.assertEqual(rates["commercial_partner_id"], {self.lumen: 0.5, self.oak: 1.0})
        self.assertEqual(rates["date_due:month"], {date(2026, 2, 1): 2 / 3, date(2026, 3, 1): 1.0})

    def test_nothing_due_is_no_rate(self):
        self._promise(3)
        self.assertIs(self._figures()[6], False)

    def test_everybody_counts_what_one_may_read(self):
        lead = self._create_lead(self.oak, user_id=self.ben.id)
        secret = self._create_interaction(self.oak, lead_id=lead.id)
        self._promise(-3, "kept", interaction_id=secret.id)
        self._promise(-3, "broken")
        for user, rate in ((self.anna, 0.5), (self.ben, 0.5), (self.carla, 0.0)):
            with self.subTest(user=user.login):
                self.assertEqual(self._figures(user=user)[6], rate)
        with self.assertRaises(AccessError):
            self._figures(user=self.insider)

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._promise(-3, "kept")
        self.lumen.company_id = other
        self._promise(-3, "broken", partner_id=self.lumen.id)
        self.assertEqual(self._figures()[0], 1)
        self.anna.company_ids = [Command.link(other.id)]
        both = self.env["crm.promise.report"].with_user(self.anna)
        both = both.with_context(allowed_company_ids=(self.env.company | other).ids)
        rate = both._read_group(self._get_own_domain(), [], ["kept_rate:avg"])
        self.assertEqual(rate, [(0.5,)])

    def test_row_opens_its_promise(self):
        promise = self._promise(-3, "kept")
        row = self.env["crm.promise.report"].with_user(self.anna).search(self._get_own_domain())
        self.assertEqual(row.action_open_promise()["res_id"], promise.id)
