from datetime import datetime, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common_rule_occasions import AT_HOUR, AT_ONCE, DAY, HOUR, OccasionCommon

MINUTE = timedelta(minutes=1)
# Nine o'clock where the client lives, in UTC.
NINE_THERE = [
    ("Pacific/Tongatapu", datetime(2027, 3, 9, 20)),  # UTC+13: the evening before
    ("Pacific/Pago_Pago", datetime(2027, 3, 10, 20)),  # UTC-11: the evening after
    ("Europe/Brussels", datetime(2027, 3, 27, 8)),  # the day before summer time,
    ("Europe/Brussels", datetime(2027, 3, 28, 7)),  # its first morning,
    ("Europe/Brussels", datetime(2027, 10, 31, 8)),  # and the first one without
    ("Pacific/Auckland", datetime(2027, 4, 3, 21)),  # summer time ends in the south
]


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleZones(OccasionCommon):
    """Whatever has an hour happens at that hour where the client lives, once."""

    def test_nine_o_clock_where_the_client_lives(self):
        for tz, nine in NINE_THERE:
            for kind in AT_HOUR:
                with self.subTest(kind, tz=tz, nine=nine):
                    __, vals = self._occasion(kind, nine, tz)
                    rule = self._create_rule_for(vals, self._task())
                    self._plan(rule, nine - MINUTE)
                    self.assertFalse(self._runs(rule))
                    self._plan(rule, nine)
                    self.assertEqual(self._runs(rule).mapped("date_due"), [nine], "at once")
                    self._plan(rule, nine + 15 * MINUTE, nine + DAY)
                    self.assertEqual(self._runs(rule).mapped("date_due"), [nine], "and once")

    def _plan(self, rule, *moments):
        with self.freeze(moments[0]) as clock:
            for now in moments:
                clock.move_to(now)
                rule._plan(now)
        self.env.invalidate_all()

    def test_a_zone_that_the_database_does_not_know_harms_nobody(self):
        """It is as if there were none: of the client, the company and its working hours."""
        nine = datetime(2027, 3, 10, 9)
        for table, kinds in (
            ("res_partner", {*AT_HOUR, *AT_ONCE}),
            ("resource_calendar", {*AT_HOUR, *AT_ONCE}),
        ):
            for kind in sorted(kinds):
                with self.subTest(kind, table=table):
                    __, vals = self._occasion(kind, nine)
                    rule = self._create_rule_for(vals, self._task())
                    self.env.flush_all()
                    self.env.cr.execute(SQL("UPDATE %s SET tz = 'Old/Name'", SQL.identifier(table)))
                    self.env.invalidate_all()
                    self._plan(rule, nine)
                    self.assertFalse(rule.plan_error)
                    self.assertEqual(self._runs(rule).mapped("date_due"), [nine])

    def test_an_hour_that_is_left_out_and_one_that_comes_twice(self):
        """Half past two in the nights of the change: once, and in that night."""
        nights = {
            datetime(2027, 3, 28): [datetime(2027, 3, 28, 1, 30)],
            datetime(2027, 10, 31): [datetime(2027, 10, 31, 0, 30), datetime(2027, 10, 31, 1, 30)],
        }
        for midnight, right in nights.items():
            for kind in AT_HOUR:
                with self.subTest(kind, night=midnight):
                    __, vals = self._occasion(kind, midnight, "Europe/Brussels")
                    rule = self._create_rule_for(vals, self._task(), send_hour=2.5)
                    quarters = [midnight - HOUR + number * HOUR / 4 for number in range(20)]
                    self._plan(rule, *quarters)
                    [run] = self._runs(rule)
                    self.assertIn(run.date_due, right)
