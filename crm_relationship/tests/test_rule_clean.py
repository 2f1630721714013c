from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_rules import MORNING, RuleCommon

YEARS_LATER = MORNING + relativedelta(years=3)
QUIET = (
    "odoo.addons.crm_relationship.models.rule.crm_relationship_rule_execute",
    "odoo.addons.mail.models.mail_render_mixin",
)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleClean(RuleCommon):
    """What is long settled is deleted, and never happens again for it."""

    def _clean(self, now=YEARS_LATER):
        """What the daily clean-up does, to its end."""
        with self.freeze(now):
            total = 0
            remaining = True
            while remaining:
                done, remaining = self.env["crm.relationship.rule"]._gc_ledger()
                total += done
        self.env.invalidate_all()
        return total

    def _look(self, rule, now=YEARS_LATER):
        """As if it had looked all the time: without, nothing after downtime is forgotten."""
        rule.looked_until = now

    def _create_field_rule(self, *actions, **vals):
        deadline = self.env["ir.model.fields"]._get("crm.lead", "date_deadline")
        return self._create_rule(
            *actions or (self._task(),),
            **{
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "date_source": "field",
                "date_field_id": deadline.id,
                "recurrence": "once",
                **vals,
            },
        )

    def test_what_is_old_is_deleted_and_counted(self):
        self._create_people(3, email=False)
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        self._look(rule)
        self.assertEqual(self._clean(MORNING + relativedelta(months=25)), 0, "not that old")
        self.assertEqual(self._clean(MORNING + relativedelta(months=26)), 4)
        self.assertFalse(self._runs(rule))
        self.assertEqual((rule.done_count, rule.skipped_count), (1, 3))
        self.assertEqual(rule.cleaned_until, fields.Date.to_date("2027-03-10"))
        self.assertEqual(self._clean(), 0)
        self.assertEqual((rule.done_count, rule.skipped_count), (1, 3))

    def test_a_birthday_is_kept_each_year_and_never_twice(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        for years in range(5):
            now = MORNING + relativedelta(years=years)
            self._run(rule, now)
            self._look(rule, now)
            self._clean(now)
        self.assertGreeted(self.lumen, 5)
        self.assertEqual(rule.done_count, 5)
        self.assertEqual(len(self._runs(rule)), 3)
        for moved in (datetime(2026, 1, 1), datetime(2029, 1, 1)):
            rule.date_start = moved
            rule.catch_up_policy = "send"
            self._run(rule, now)
            self.assertGreeted(self.lumen, 5)

    def test_moved_back_it_looks_at_what_it_has_not_forgotten(self):
        self._create_date(self.lumen, day=20)
        rule = self._create_rule(catch_up_policy="send")
        old = self._create_rule(catch_up_policy="send")
        self._create_date(self.nina)
        self._run(old)
        self._look(old)
        self._clean()
        rule.date_start = old.date_start = MORNING - timedelta(hours=1)
        self._run(rule + old, YEARS_LATER)
        self.assertEqual(old.cleaned_until, MORNING.date())
        self.assertEqual(len(self._runs(rule, self.nina)), 3 + 1)
        self.assertEqual(len(self._runs(old, self.nina)), 3)
        self.assertEqual(len(self._runs(old, self.lumen)), 3, "after the last day forgotten")

    def test_a_date_that_comes_once(self):
        lead = self._create_lead(self.lumen, date_deadline="2027-03-10")
        rule = self._create_field_rule(catch_up_policy="send")
        self._run(rule)
        self._look(rule)
        self.assertEqual(self._clean(), 1)
        rule.date_start = MORNING - timedelta(days=30)
        self._run(rule, YEARS_LATER)
        self.assertEqual(len(self._tasks_of(lead)), 1)
        # Whatever is changed in the rule: that occasion has been.
        rule.write({"offset": 36, "offset_unit": "month", "date_start": MORNING})
        self._run(rule, YEARS_LATER + timedelta(days=1))
        self.assertEqual(len(self._tasks_of(lead)), 1)

    def _create_silence_rule(self, **vals):
        start = self.noon - timedelta(days=2000)
        return self._create_rule(
            self._task(), **{"trigger": "silence", "date_start": start, **vals}
        )

    @property
    def noon(self):
        return datetime.combine(fields.Date.today(), datetime.min.time()).replace(hour=12)

    def _settle_long_ago(self, rule):
        """As if it had been done three years ago, and the task with it."""
        for run in self._runs(rule):
            run.activity_id.unlink()
        self._runs(rule).write(
            {
                "date_due": self.noon - timedelta(days=1095),
                "date_done": self.noon - timedelta(days=1095),
            }
        )
        self._look(rule, self.noon)

    def test_a_silence_of_years_is_broken_once(self):
        self.oak.relationship_status_id = self.status_regular
        self._create_interaction(self.brandon, days_ago=1300)
        rule = self._create_silence_rule(silence_days=30)
        self._run(rule, self.noon)
        self._settle_long_ago(rule)
        self._clean(self.noon)
        self.assertEqual(len(self._runs(rule)), 1, "still silent: it is remembered")
        for silence in (30, 60, 1299):
            rule.silence_days = silence
            self._run(rule, self.noon)
            self.assertEqual(len(self._runs(rule)), 1)

    def test_a_silence_that_was_broken_is_forgotten_and_does_not_come_back(self):
        self.oak.relationship_status_id = self.status_regular
        self._create_interaction(self.brandon, days_ago=1300)
        rule = self._create_silence_rule(silence_days=30)
        self._run(rule, self.noon)
        self._settle_long_ago(rule)
        talk = self._create_interaction(self.brandon, days_ago=1200)
        self._run(rule, self.noon)
        self._settle_long_ago(rule)
        self.assertEqual(self._clean(self.noon), 1)
        self.assertEqual(rule.cleaned_until, fields.Date.today() - timedelta(days=1300))
        talk.is_attempt = True
        self._run(rule, self.noon)
        self.assertEqual(len(self._runs(rule)), 1)

    def test_who_is_silent_for_longer_than_was_forgotten_is_still_reached(self):
        for client in (self.oak, self.lumen):
            client.relationship_status_id = self.status_regular
        self._create_interaction(self.brandon, days_ago=1300)
        self._create_interaction(self.lumen, days_ago=1400)
        rule = self._create_silence_rule(silence_days=30, domain=f"[('id', '=', {self.oak.id})]")
        self._run(rule, self.noon)
        self._settle_long_ago(rule)
        self._create_interaction(self.brandon, days_ago=1200)
        self._run(rule, self.noon)
        self._settle_long_ago(rule)
        self.assertEqual(self._clean(self.noon), 1)
        rule.domain = "[]"
        self._run(rule, self.noon)
        self.assertStates(self._runs(rule, self.lumen), "done")

    def test_what_waits_or_failed_is_kept_with_all_of_its_occasion(self):
        self._create_date(self.lumen)
        self._create_people(1, name="Bad")
        self.template.body_html = "<p><t t-if=\"'Bad' in object.name\" t-out='1 / 0'/></p>"
        rule = self._create_rule(self._mail(), self._task(delay=1500))
        with mute_logger(*QUIET):
            self._run(rule)
        self._look(rule)
        self.assertEqual(self._clean(), 0)
        self.assertEqual(
            sorted(self._runs(rule).mapped("state")), ["done", "failed", "todo", "todo"]
        )

    def test_what_a_longer_offset_reaches_is_kept(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        rule.write({"offset": 12, "offset_unit": "month"})
        for months, deleted in ((27, 0), (48, 1)):
            later = MORNING + relativedelta(months=months)
            self._look(rule, later)
            self.assertEqual(self._clean(later), deleted)

    def test_tried_again_after_years_it_is_done_once(self):
        person = self._create_people(1, name="Bad")
        self._create_date(self.lumen)
        self.template.body_html = "<p><t t-if=\"'Bad' in object.name\" t-out='1 / 0'/></p>"
        rule = self._create_rule()
        with mute_logger(*QUIET):
            self._run(rule)
        self._look(rule)
        self.assertEqual(self._clean(), 1)
        person.name = "Good"
        self._runs(rule).with_user(self.anna).action_retry()
        self._run(rule, YEARS_LATER)
        # The third birthday since, and the one that failed.
        self.assertEqual(len(self._runs(rule, person)), 2)
        self.assertEqual(len(self._mails_to(person)), 2)
        self._look(rule)
        self.assertEqual(self._clean(), 0, "settled only now")

    def test_a_rule_that_was_off_for_years_keeps_what_it_may_look_back_to(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        self.assertEqual(rule.looked_until, MORNING)
        self.assertEqual(self._clean(), 0, "the server was off since")
        rule.active = False
        self.assertEqual(self._clean(), 1)

    def test_some_at_a_time(self):
        self._create_people(5)
        rule = self._create_rule()
        self._run(rule)
        self._look(rule)
        self.patch(type(rule), "_clean_batch_size", 2)
        with self.freeze(YEARS_LATER):
            results = [rule._gc_ledger() for __ in range(3)]
        self.assertEqual(results, [(2, 1), (2, 1), (1, 0)])
        self.env.invalidate_all()
        self.assertEqual(rule.done_count, 5)

    def test_the_setting(self):
        settings = Form(self.env["res.config.settings"])
        self.assertEqual(settings.relationship_ledger_months, 24)
        settings.relationship_ledger_months = 0
        settings.save().execute()
        self.assertEqual(Form(self.env["res.config.settings"]).relationship_ledger_months, 0)
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        self._look(rule)
        self.assertEqual(self._clean(), 0, "kept for ever")
        rule._set_ledger_months(120)
        self.assertEqual(self._clean(), 0)
        rule._set_ledger_months(1)
        self.assertEqual(self._clean(MORNING + relativedelta(months=12)), 0, "never below a year")
        rule._set_ledger_months(12)
        self.assertEqual(self._clean(), 1)

    def test_a_copy_remembers_nothing(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        self._look(rule)
        self._clean()
        copy = rule.copy()
        self.assertFalse(copy.cleaned_until)
        self.assertEqual(copy.done_count, 0)

    def test_the_daily_clean_up_finds_it(self):
        methods = [
            name
            for name in dir(type(self.env["crm.relationship.rule"]))
            if getattr(getattr(type(self.env["crm.relationship.rule"]), name), "_autovacuum", False)
        ]
        self.assertIn("_gc_ledger", methods)
