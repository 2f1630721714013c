from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common_rules import MORNING, RuleCommon

DAYS = 30
END = MORNING + timedelta(days=DAYS)
HOUR = timedelta(hours=1)
# Far ahead and behind, and with a change of the clocks within these days.
ZONES = ("Pacific/Apia", "Pacific/Pago_Pago", "America/New_York", "Europe/Brussels", False)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleForeseen(RuleCommon):
    """What the forecast says is what happens, run hour by hour over the days it looks ahead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"].create(
            [
                {
                    "name": f"Person {number}",
                    "email": f"person{number}@people.example.com",
                    "tz": ZONES[number % len(ZONES)],
                    "user_id": cls.ben.id,
                }
                for number in range(10)
            ]
        )
        cls.people[3].email = False
        cls.env["mail.blacklist"]._add(cls.people[6].email)
        cls.people[8].relationship_rules_off = True

    def _model(self, name):
        return self.env["ir.model"]._get_id(name)

    def _set_moment(self, record, **moments):
        self.env.flush_all()
        for name, moment in moments.items():
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s RETURNING id",
                    SQL.identifier(record._table),
                    SQL.identifier(name),
                    moment,
                    record.id,
                )
            )
        self.env.invalidate_all()

    def _foresee(self, rule):
        """What the forecast says, as what the ledger will have to say."""
        lines = {}
        for line in rule.forecast(DAYS):
            key = line["res_id"], line["action_id"], line["occurrence"]
            self.assertNotIn(key, lines)
            reason, __, instead = line["reason"].partition("; instead: ")
            done = line["state"] == "todo"
            self.assertEqual(bool(instead), line["state"] == "instead")
            lines[key] = line["date_due"], "done" if done else "skipped", "" if done else reason
        return lines

    def _live(self, rules, moments):
        """Let the days pass: hours in which something is foreseen, and some of the others."""
        busy = {(moment - MORNING) // HOUR + 1 for moment in moments}
        everyone = self.env["crm.relationship.rule"].union(*rules)
        # The clock is moved: to stop and freeze it anew takes longer than a run.
        with self.freeze(MORNING) as clock:
            for hour in range(DAYS * 24 + 1):
                if hour in busy or not hour % 11:
                    clock.move_to(MORNING + hour * HOUR)
                    everyone._run()
        self.env.invalidate_all()

    def _is_as_foreseen(self, lines, told, key):
        """The same fate; the first step at the very moment, later ones within the hour of a run."""
        (due, *fate), (real, *real_fate) = lines[key], told[key]
        return fate == real_fate and due <= real <= due + HOUR

    def _told(self, rule):
        stand_ins = rule.action_ids.otherwise_id
        return {
            (run.res_id, run.action_id.id, run.occurrence): (
                run.date_due,
                run.state,
                run.reason or "",
            )
            for run in self._runs(rule)
            if run.date_due <= END and run.action_id not in stand_ins
        }

    def assertForeseen(self, *rules):
        """Each rule does what was foreseen, at the moment and for the reason that was said."""
        with self.freeze(MORNING):
            foreseen = {rule: self._foresee(rule) for rule in rules}
        self._live(rules, {line[0] for lines in foreseen.values() for line in lines.values()})
        for rule in rules:
            lines, told = foreseen[rule], self._told(rule)
            self.assertTrue(lines, rule.name)
            self.assertEqual(told.keys(), lines.keys(), rule.name)
            wrong = [key for key in lines if not self._is_as_foreseen(lines, told, key)]
            self.assertFalse({key: (lines[key], told[key]) for key in wrong}, rule.name)
            first = rule.action_ids[0].id
            self.assertEqual(
                {key: line[0] for key, line in told.items() if key[1] == first},
                {key: line[0] for key, line in lines.items() if key[1] == first},
                rule.name,
            )
            self.assertFalse(rule.plan_error)

    def _create_birthdays(self):
        for number, person in enumerate(self.people):
            day = date(2027, 3, 8) + timedelta(days=4 * number)
            self._create_date(person, day.month, day.day)

    def test_dates(self):
        self._create_birthdays()
        stand_in = self.env["crm.relationship.rule.action"].create(self._task())
        otherwise = self._create_rule(name="Otherwise")
        otherwise.action_ids.otherwise_id = stand_in
        self.assertForeseen(
            self._create_rule(self._mail(), self._task(delay=2), name="Steps"),
            otherwise,
            self._create_rule(name="Before", offset=-7, purpose="service", send_hour=2.5),
            self._create_rule(self._task(), name="Monthly", recurrence="monthly", send_hour=23),
        )

    def test_dates_in_a_window(self):
        self.env.company.relationship_quiet_from = 20
        self.env.company.relationship_quiet_to = 8
        self._create_birthdays()
        steps = (self._mail(), self._task(delay=1), self._mail(delay=2), self._task(delay=70))
        steps[3]["delay_unit"] = "hour"
        self.assertForeseen(
            self._create_rule(*steps, name="Working days", working_days_only=True),
            self._create_rule(name="Quiet", send_hour=21, purpose="service"),
            self._create_rule(name="Hours", window_from=11, window_to=13, working_days_only=True),
        )

    def test_the_limit_a_week(self):
        """Of three letters in a few days later ones wait, or are left where that is too late."""
        self.env.company.relationship_weekly_cap = 1
        rules = {}
        for person, policy in zip(self.people, ("send", "skip"), strict=False):
            self._create_date(person, 3, 12)
            rules[policy] = self._create_rule(
                self._mail(),
                self._mail(delay=2),
                self._task(delay=3),
                self._mail(delay=8),
                catch_up_policy=policy,
                name=policy,
                domain=[("id", "=", person.id)],
            )
        over = "Already a message this week"
        for policy, states, reasons in (
            ("send", ["todo"] * 4, ["", over, "", over]),
            ("skip", ["todo", "skipped", "todo", "todo"], ["", over, "", ""]),
        ):
            with self.freeze(MORNING):
                lines = rules[policy].forecast(DAYS)
            self.assertEqual([line["state"] for line in lines], states)
            self.assertEqual([line["reason"] for line in lines], reasons)
        self.assertForeseen(*rules.values())

    def test_what_went_out_lately_counts(self):
        self.env.company.relationship_weekly_cap = 1
        self._create_date(self.people[0], 3, 10)
        self._create_date(self.people[0], 3, 14)
        before = self._create_rule(name="Before")
        self._run(before)
        before.active = False
        rule = self._create_rule(catch_up_policy="activity")
        with self.freeze(MORNING + timedelta(days=1)):
            [line] = [
                line for line in rule.forecast(DAYS) if line["occurrence"] == date(2027, 3, 14)
            ]
        self.assertEqual((line["state"], line["reason"]), ("todo", "Already a message this week"))
        self.assertEqual(line["date_due"], MORNING + timedelta(days=7))

    def test_silence(self):
        for number, person in enumerate(self.people):
            person.relationship_status_id = self.status_regular
            with self.freeze(MORNING - timedelta(days=12 + 3 * number, hours=number)):
                self._create_interaction(person)
        with self.freeze(MORNING):
            self._refresh_clients()
        vals = {"trigger": "silence", "silence_days": 40, "purpose": "service"}
        self.assertForeseen(
            self._create_rule(name="Letter", **vals),
            self._create_rule(self._task(), self._mail(delay=3), name="Task", **vals),
        )

    def test_waiting(self):
        with self.freeze(MORNING):
            self.interactions.create(
                [
                    {
                        "partner_id": person.id,
                        "date": MORNING - timedelta(hours=7 * number),
                        "channel": "email",
                        "direction": "in",
                        "needs_reply": True,
                    }
                    for number, person in enumerate(self.people)
                ]
            )
        vals = {"trigger": "waiting", "purpose": "service", "date_kind_id": False}
        self.assertForeseen(
            self._create_rule(self._task(), self._mail(delay=1), waiting_hours=16, **vals),
            self._create_rule(
                self._task(),
                waiting_hours=4,
                working_days_only=True,
                **{**vals, "model_id": self._model("crm.interaction")},
            ),
        )

    def test_status(self):
        for number, person in enumerate(self.people):
            with self.freeze(MORNING - timedelta(days=3 * number, hours=5 * number)):
                person.relationship_status_id = self.status_customer
                self.env.flush_all()
        vals = {"trigger": "status", "status_id": self.status_customer.id, "date_kind_id": False}
        self.assertForeseen(
            self._create_rule(name="Entered", **vals),
            self._create_rule(self._mail(), self._task(delay=4), status_days=25, **vals),
        )

    def test_events(self):
        promises = self.env["crm.promise"]
        for number, person in enumerate(self.people):
            lead = self._create_lead(person)
            moment = MORNING - timedelta(days=2 * number, hours=7 * number)
            self._set_moment(lead, date_last_stage_update=moment, date_open=moment)
            promises.create(
                {
                    "partner_id": person.id,
                    "name": "Samples",
                    "date_due": date(2027, 3, 9) + timedelta(days=3 * number),
                    "user_id": self.ben.id,
                }
            )
        vals = {"trigger": "event", "date_kind_id": False, "purpose": "service"}
        lead, promise = self._model("crm.lead"), self._model("crm.promise")
        self.assertForeseen(
            self._create_rule(
                self._task(),
                self._task(delay=2),
                name="Stuck",
                event="stage_stuck",
                stuck_days=14,
                model_id=lead,
                **vals,
            ),
            self._create_rule(
                self._task(), name="Assigned", event="lead_assigned", model_id=lead, **vals
            ),
            self._create_rule(
                self._task(),
                name="Promise",
                event="promise_due",
                model_id=promise,
                working_days_only=True,
                **vals,
            ),
        )
