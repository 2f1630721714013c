from datetime import date, datetime

from odoo.tests import tagged
from odoo.tools import SQL

from .test_rule_event import EventCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleFirstWon(EventCommon):
    """A year after the first deal that was won, and other dates of records."""

    def _win(self, lead, moment):
        lead.action_set_won()
        self._set_moment(lead, date_closed=moment)
        self.env["crm.relationship.refresh"]._push(lead.partner_id.ids)
        self._refresh_clients()

    def _create_field_rule(self, model, name, **vals):
        return self._create_rule(
            self._task(),
            **{
                "name": "Thank you",
                "date_source": "field",
                "date_kind_id": False,
                "model_id": self.env["ir.model"]._get_id(model),
                "date_field_id": self.env["ir.model.fields"]._get(model, name).id,
                "recurrence": "once",
                **vals,
            },
        )

    def test_the_day_is_that_of_the_first_deal_of_the_family(self):
        later, first = self._create_lead(self.brandon), self._create_lead(self.nina)
        self._win(later, datetime(2026, 5, 1, 12))
        self.assertEqual(self.oak.first_won_date, date(2026, 5, 1))
        self._win(first, datetime(2026, 3, 10, 12))
        self.assertEqual(self.oak.first_won_date, date(2026, 3, 10))
        self.assertFalse(self.brandon.first_won_date)

    def test_a_deal_that_is_opened_again_leaves_no_day_behind(self):
        lead = self._create_lead(self.lumen)
        stage = lead.stage_id
        self._win(lead, datetime(2026, 3, 10, 12))
        lead.stage_id = stage
        self._refresh_clients()
        self.assertFalse(self.lumen.first_won_date)

    def test_an_upgrade_fills_it_for_everybody(self):
        for partner, day in ((self.nina, 10), (self.lumen, 12)):
            lead = self._create_lead(partner)
            lead.action_set_won()
            self._set_moment(lead, date_closed=datetime(2026, 3, day, 12))
        self.env["res.partner"]._set_first_won_of_all()
        self.assertEqual(self.oak.first_won_date, date(2026, 3, 10))
        self.assertEqual(self.lumen.first_won_date, date(2026, 3, 12))

    def test_a_year_after_the_first_won_deal_once(self):
        self._win(self._create_lead(self.nina), datetime(2026, 3, 10, 12))
        rule = self._create_field_rule(
            "res.partner", "first_won_date", offset=12, offset_unit="month"
        )
        for now in (
            datetime(2027, 3, 10, 8, 59),
            datetime(2027, 3, 10, 9),
            datetime(2028, 3, 10, 9),
        ):
            self._run(rule, now)
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual((run.res_id, run.date_due), (self.oak.id, datetime(2027, 3, 10, 9)))

    def test_the_day_before_a_promise_is_due(self):
        promise = self.env["crm.promise"].create(
            {"name": "Samples", "partner_id": self.lumen.id, "date_due": date(2027, 3, 11)}
        )
        rule = self._create_field_rule("crm.promise", "date_due", offset=-1)
        rule._plan(datetime(2027, 3, 10, 9))
        self.assertEqual(self._runs(rule).res_id, promise.id)
        promise.date_due = date(2027, 3, 20)
        self.assertEqual(
            rule._check_date_rows(self._runs(rule)),
            {self._runs(rule).id: "The date was changed or taken away"},
        )

    def test_a_month_after_a_talk_of_the_last_of_january(self):
        talk = self.interactions.create(
            {"partner_id": self.lumen.id, "date": datetime(2026, 1, 31, 12), "direction": "out"}
        )
        rule = self._create_field_rule(
            "crm.interaction",
            "date",
            offset=1,
            offset_unit="month",
            date_start=datetime(2026, 2, 1),
        )
        rule._plan(datetime(2026, 2, 28, 8, 59))
        self.assertFalse(self._runs(rule))
        rule._plan(datetime(2026, 2, 28, 9))
        self.assertEqual(self._runs(rule).res_id, talk.id)
        self.assertEqual(self._runs(rule).partner_id, self.lumen)

    def test_worked_out_once_for_all_clients(self):
        clients = self.oak | self.lumen | self.env["res.partner"].create({"name": "Third"})
        for client in clients:
            self._create_lead(client).action_set_won()
        self.env.flush_all()
        # What PostgreSQL chooses among a million contacts.
        for name in ("hashjoin", "mergejoin", "material"):
            self.env.cr.execute(SQL("SET LOCAL %s = off", SQL.identifier(f"enable_{name}")))
        query = clients._query_first_won(SQL("client.commercial_partner_id IN %s", clients._ids))
        plan = self.env.execute_query(SQL("EXPLAIN (ANALYZE, TIMING OFF) %s", query))
        sums = [line for (line,) in plan if "Aggregate" in line]
        self.assertTrue(sums)
        for line in sums:
            self.assertIn("loops=1)", line)
