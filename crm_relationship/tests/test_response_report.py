from datetime import datetime, timedelta
from statistics import mean, quantiles

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RelationshipCommon

NOW = datetime(2026, 3, 18, 12, 0)
MEASURES = (
    *("inquiries", "answered", "unanswered", "in_time", "missed", "not_needed", "erased"),
    *("cases", "won"),
    *("response_hours", "median_hours", "p90_hours", "median_working_hours", "p90_working_hours"),
    *("waiting_hours", "within_target", "conversion"),
)
SUMS = MEASURES[:9]


class ResponseCase(RelationshipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time(NOW)
        clock.start()
        cls.addClassCleanup(clock.stop)

    @classmethod
    def _ask(cls, hours_ago, answered_after=None, target=None, partner=None, **vals):
        """An inquiry that came so long ago, was answered after some hours and had to be within
        `target` hours (by the clock: what the working time makes of it is not the report's)."""
        date = NOW - timedelta(hours=hours_ago)
        partner = partner or cls.lumen
        answer = cls.interactions
        if answered_after is not None:
            answer = cls.interactions.create(
                {
                    "partner_id": partner.id,
                    "date": date + timedelta(hours=answered_after),
                    "user_id": vals.pop("answered_by", cls.ben).id,
                    "lead_id": vals.get("lead_id"),
                }
            )
        return cls.interactions.create(
            {
                "partner_id": partner.id,
                "date": date,
                "channel": "email",
                "direction": "in",
                "needs_reply": True,
                "user_id": cls.ben.id,
                "reply_id": answer.id,
                "response_hours": answered_after or 0,
                "response_working_hours": (answered_after or 0) / 4,
                "response_target_hours": target or 0,
                "response_deadline": date + timedelta(hours=target) if target else False,
                **vals,
            }
        )

    def _get_own_domain(self):
        """Nothing but what the test has made."""
        return [("commercial_partner_id", "in", (self.oak | self.lumen).ids)]

    def _search(self, *domain):
        report = self.env["crm.response.report"].with_user(self.anna)
        return report.search([*self._get_own_domain(), *domain])

    def _figures(self, domain=(), groupby=(), user=None):
        """`{group: {measure: figure}}`; without grouping the figures alone."""
        report = self.env["crm.response.report"].with_user(user or self.anna)
        field = report._fields
        specs = [f"{name}:{'sum' if name in SUMS else field[name].aggregator}" for name in MEASURES]
        rows = report._read_group([*self._get_own_domain(), *domain], list(groupby), specs)
        size = len(groupby)
        figures = {
            (row[0] if size == 1 else row[:size]): dict(zip(MEASURES, row[size:], strict=True))
            for row in rows
        }
        return figures if groupby else figures[()]


@tagged("crm_relationship", "post_install", "-at_install")
class TestResponseReport(ResponseCase):
    """The figures of response times, against hand and against Python's own statistics."""

    def test_figures_by_hand(self):
        self._ask(100, 1, target=2)
        self._ask(90, 3, target=2)
        self._ask(80, 5)
        self._ask(10, target=2)  # waits, its time is over
        self._ask(1, target=2)  # waits, still in time
        self._ask(6)  # waits, nothing promised
        self._ask(50, needs_reply=False, no_reply_reason="thanks")
        self._ask(40, needs_reply=False, no_reply_reason="erased", target=2)
        figures = self._figures()
        self.assertEqual(
            {name: figures[name] for name in SUMS},
            {
                "inquiries": 6,
                "answered": 3,
                "unanswered": 3,
                "in_time": 1,
                "missed": 2,
                "not_needed": 1,
                "erased": 1,
                "cases": 0,
                "won": 0,
            },
        )
        self.assertAlmostEqual(figures["response_hours"], 3)
        self.assertAlmostEqual(figures["median_hours"], 3)
        self.assertAlmostEqual(figures["p90_hours"], 4.6)
        self.assertAlmostEqual(figures["median_working_hours"], 0.75)
        self.assertAlmostEqual(figures["within_target"], 1 / 3)
        self.assertAlmostEqual(figures["waiting_hours"], (10 + 1 + 6) / 3)
        self.assertIs(figures["conversion"], False)

    def test_states(self):
        expected = {
            self._ask(9, 1, target=2): "in_time",
            self._ask(9, 2, target=2): "in_time",
            self._ask(9, 3, target=2): "late",
            self._ask(9, 3): "answered",
            self._ask(3, target=2): "overdue",
            self._ask(2, target=2): "waiting",
            self._ask(9): "waiting",
            self._ask(9, needs_reply=False, no_reply_reason="spam"): "not_needed",
            self._ask(9, needs_reply=False, no_reply_reason="erased", target=2): "erased",
        }
        rows = self._search()
        self.assertEqual({row.interaction_id: row.state for row in rows}, expected)

    def test_unmeasured_time_is_no_time(self):
        """A time nobody has measured is empty, not 0."""
        self._ask(5)
        figures = self._figures()
        for name in ("response_hours", "median_hours", "p90_hours", "within_target"):
            self.assertIs(figures[name], False, name)

    def test_percentiles_are_those_of_python_at_any_grouping(self):
        hours = [1, 2, 2.5, 4, 30, 7, 0.5, 11, 12, 90, 3, 3, 8]
        people = (self.ben, self.carla)
        channels = ("email", "website", "sms")
        rows = [
            (people[n % 2], channels[n % 3], after)
            for n, after in enumerate(hours)
            if self._ask(
                200 + n, after, user_id=people[n % 2].id, channel=channels[n % 3], target=4
            )
        ]
        for user in people:
            self._ask(3, user_id=user.id)
        for groupby, key in (
            (["user_id"], lambda row: row[0]),
            (["channel"], lambda row: row[1]),
            (["user_id", "channel"], lambda row: row[:2]),
            ([], lambda row: ()),
        ):
            figures = self._figures([("answered", "=", 1)], groupby)
            figures = figures if groupby else {(): figures}
            groups = {}
            for row in rows:
                groups.setdefault(key(row), []).append(row[2])
            self.assertEqual(figures.keys(), groups.keys())
            for group, values in groups.items():
                with self.subTest(groupby=groupby, group=group):
                    tenths = quantiles(values, n=10, method="inclusive")
                    self.assertAlmostEqual(figures[group]["median_hours"], tenths[4])
                    self.assertAlmostEqual(figures[group]["p90_hours"], tenths[8])
                    self.assertAlmostEqual(figures[group]["response_hours"], mean(values))
                    self.assertAlmostEqual(figures[group]["median_working_hours"], tenths[4] / 4)
                    in_time = sum(value <= 4 for value in values)
                    self.assertAlmostEqual(figures[group]["within_target"], in_time / len(values))

    def test_by_month_source_team_status_and_who_answered(self):
        source = self.env["utm.source"].create({"name": "Fair"})
        team = self.env["crm.team"].create({"name": "Oak Team"})
        lead = self._create_lead(self.oak, source_id=source.id)
        self.oak.relationship_status_id = self.status_key
        first = self._ask(
            24 * 40,
            2,
            partner=self.oak,
            lead_id=lead.id,
            team_id=team.id,
            answered_by=self.carla,
        )
        self._ask(5, 1)
        for groupby, group in (
            ("date:month", first.date.replace(day=1, hour=0)),
            ("source_id", source),
            ("team_id", team),
            ("relationship_status_id", self.status_key),
            ("answered_by_id", self.carla),
            ("commercial_partner_id", self.oak),
            ("speed", "h004"),
        ):
            with self.subTest(groupby=groupby):
                figures = self._figures(groupby=[groupby])
                self.assertEqual(len(figures), 2)
                self.assertEqual(figures[group]["inquiries"], 1)
                self.assertAlmostEqual(figures[group]["median_hours"], 2)

    def test_conversion_by_response_time(self):
        won, lost, open_, ignored = (self._create_lead(self.oak) for __ in range(4))
        self._ask(99, 0.5, partner=self.oak, lead_id=won.id)
        self._ask(50, 40, partner=self.oak, lead_id=won.id)  # not its first: no case
        self._ask(98, 1, partner=self.oak, lead_id=lost.id)
        self._ask(97, 20, partner=self.oak, lead_id=open_.id)
        self._ask(96, partner=self.oak, lead_id=ignored.id)
        self._ask(95, 1, partner=self.oak)  # without lead: no case
        won.action_set_won()
        lost.action_set_lost()
        figures = self._figures([("cases", "=", 1)], ["speed"])
        self.assertEqual(
            [
                (speed, row["cases"], row["won"], row["conversion"])
                for speed, row in figures.items()
            ],
            [("h001", 2, 1, 0.5), ("h024", 1, 0, 0.0), ("none", 1, 0, 0.0)],
        )
        self.assertEqual(self._figures()["conversion"], 0.25)

    def test_steps_of_response_time(self):
        steps = {1: "h001", 1.5: "h004", 4: "h004", 8: "h008", 24: "h024", 72: "h072", 73: "later"}
        expected = {self._ask(200, hours): step for hours, step in steps.items()}
        rows = self._search()
        self.assertEqual({row.interaction_id: row.speed for row in rows}, expected)

    def test_figures_open_the_rows_behind_them(self):
        late, overdue = self._ask(9, 3, target=2), self._ask(9, target=2)
        self._ask(9, 1, target=2)
        missed = self._search(("missed", "=", 1))
        self.assertEqual(missed.interaction_id.with_env(self.env), late | overdue)
        self.assertEqual(
            missed.filtered(lambda row: row.interaction_id.id == late.id).action_open_interaction()[
                "res_id"
            ],
            late.id,
        )


@tagged("crm_relationship", "post_install", "-at_install")
class TestResponseReportSecurity(ResponseCase):
    """Who sees whose response times."""

    def test_everybody_counts_what_one_may_read(self):
        of_ben = self._create_lead(self.lumen, user_id=self.ben.id)
        of_carla = self._create_lead(self.lumen, user_id=self.carla.id)
        self._ask(9, 1, lead_id=of_ben.id)
        self._ask(9, 2, lead_id=of_carla.id, user_id=self.carla.id)
        self._ask(9, 3, is_private=True)
        for user, medians in ((self.anna, 2), (self.ben, 2), (self.carla, 2)):
            self.assertEqual(self._figures(user=user)["median_hours"], medians)
        counts = {
            user: self._figures(user=user)["inquiries"]
            for user in (self.anna, self.ben, self.carla)
        }
        self.assertEqual(counts, {self.anna: 3, self.ben: 3, self.carla: 1})
        with self.assertRaises(AccessError):
            self._figures(user=self.insider)

    def test_case_is_a_case_whoever_reads_the_first_inquiry(self):
        lead = self._create_lead(self.lumen, user_id=self.carla.id)
        self._ask(9, 1, lead_id=lead.id, is_private=True)
        self._ask(8, 1, lead_id=lead.id, user_id=self.carla.id)
        self.assertEqual(self._figures(user=self.carla)["cases"], 0)
        self.assertEqual(self._figures(user=self.anna)["cases"], 1)

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._ask(9, 1)
        self._ask(9, 5, company_id=other.id)
        self.assertEqual(self._figures()["inquiries"], 1)
        self.anna.company_ids = [Command.link(other.id)]
        report = self.env["crm.response.report"].with_user(self.anna)
        both = report.with_context(allowed_company_ids=(self.env.company | other).ids)
        domain = self._get_own_domain()
        medians = both._read_group(domain, ["company_id"], ["median_hours:avg"])
        self.assertEqual(dict(medians), {other.browse(): 1.0, other: 5.0})
