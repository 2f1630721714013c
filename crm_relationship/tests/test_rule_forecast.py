from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged, users

from .common_rules import MORNING, RuleCommon

DAY_BEFORE = MORNING - timedelta(days=1)
# Odoo tries a template on some record when it is saved: this one fails for Lucy only.
BROKEN = 'object.nmae if object.email == "lucy@lumen.example.com" else ""'


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleForecast(RuleCommon):
    """What one sees before a rule acts: who, when, what, and who not and why."""

    def _forecast(self, rule, days=5, now=DAY_BEFORE):
        with self.freeze(now):
            return {line["res_id"]: line for line in rule.forecast(days)}

    def _left_out(self, rule, days=5, now=DAY_BEFORE):
        with self.freeze(now):
            lines, total = rule.forecast_left_out(days)
        return {line["res_id"]: line["reason"] for line in lines}, total

    def _open(self, rule, user=None, now=DAY_BEFORE, **options):
        forecast = self.env["crm.relationship.rule.forecast"].with_user(user or self.anna)
        with self.freeze(now):
            action = forecast._open(rule.with_user(user or self.anna), **options)
        return action, forecast.search(action["domain"])

    def test_who_when_and_what(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(), self._task(delay=2))
        with self.freeze(DAY_BEFORE):
            lines = rule.forecast(5)
        self.assertEqual(
            [(line["date_due"], line["action_id"], line["state"]) for line in lines],
            [
                (datetime(2027, 3, 10, 9), rule.action_ids[0].id, "todo"),
                (datetime(2027, 3, 12, 9), rule.action_ids[1].id, "todo"),
            ],
        )
        self.assertEqual({line["occurrence"] for line in lines}, {date(2027, 3, 10)})
        self.assertEqual({line["reason"] for line in lines}, {""})

    def test_a_rule_that_is_off_can_be_looked_at(self):
        self._create_date(self.lumen)
        rule = self._create_rule(active=False, date_start=False)
        self.assertEqual(list(self._forecast(rule)), [self.lumen.id])

    def test_archived_clients_are_none_wherever_it_is_opened_from(self):
        self._create_date(self.lumen)
        self.lumen.active = False
        rule = self._create_rule().with_context(active_test=False)
        self.assertEqual(self._forecast(rule), {})
        with self.freeze(DAY_BEFORE):
            before = rule.get_days_ahead()
            self.lumen.active = True
            after = rule.get_days_ahead()
        self.assertEqual((before["happens"], after["happens"]), (0, 1))
        self.assertEqual(after["matching"], before["matching"] + 1)

    def test_who_will_not_get_the_letter_and_why(self):
        for partner in (self.lumen, self.brandon, self.nina, self.oak):
            self._create_date(partner)
        self.brandon.email = False
        self.nina.email = "nobody"
        self.env["mail.blacklist"]._add(self.oak.email)
        lines = self._forecast(self._create_rule())
        self.assertEqual(
            {res_id: (line["state"], line["reason"]) for res_id, line in lines.items()},
            {
                self.lumen.id: ("todo", ""),
                self.brandon.id: ("skipped", "No e-mail address"),
                self.nina.id: ("skipped", "The e-mail address is not valid"),
                self.oak.id: ("skipped", "Opted out: the address is blacklisted"),
            },
        )

    def test_the_reasons_are_those_of_the_doing(self):
        for partner in (self.lumen, self.brandon, self.nina, self.oak):
            self._create_date(partner)
        self.brandon.email = False
        self.nina.email = "nobody"
        self.env["mail.blacklist"]._add(self.oak.email)
        rule = self._create_rule()
        foreseen = self._forecast(rule)
        self._run(rule)
        for run in self._runs(rule):
            expected = "done" if foreseen[run.res_id]["state"] == "todo" else "skipped"
            self.assertEqual(
                (run.state, run.reason or ""), (expected, foreseen[run.res_id]["reason"])
            )

    def test_two_with_one_address_get_a_letter_each(self):
        for partner in (self.lumen, self.brandon):
            self._create_date(partner)
        self.brandon.email = self.lumen.email
        lines = self._forecast(self._create_rule())
        self.assertEqual([line["state"] for line in lines.values()], ["todo", "todo"])

    def test_what_will_be_done_instead(self):
        self._create_date(self.lumen)
        self.lumen.email = False
        rule = self._create_rule()
        stand_in = self.env["crm.relationship.rule.action"].create(self._task())
        rule.action_ids.otherwise_id = stand_in
        line = self._forecast(rule)[self.lumen.id]
        self.assertEqual(line["state"], "instead")
        self.assertEqual(
            line["reason"], 'No e-mail address; instead: task "Call" for the salesperson'
        )

    def test_too_late_is_said(self):
        self._create_date(self.lumen, day=1)
        rule = self._create_rule(catch_up_days=3, date_start=datetime(2027, 2, 27))
        line = self._forecast(rule)[self.lumen.id]
        self.assertEqual((line["state"], line["reason"]), ("skipped", "Too late: more than 3 days"))
        rule.catch_up_policy = "activity"
        self.assertEqual(self._forecast(rule)[self.lumen.id]["state"], "instead")
        rule.catch_up_policy = "send"
        self.assertEqual(self._forecast(rule)[self.lumen.id]["state"], "todo")

    def test_who_is_left_out_and_why(self):
        other = self.env["res.company"].create({"name": "Other"})
        for partner in (self.lumen, self.brandon, self.nina):
            self._create_date(partner)
        self.nina.company_id = other
        rule = self._create_rule(domain=f"[('id', '!=', {self.brandon.id})]")
        self.assertEqual(list(self._forecast(rule)), [self.lumen.id])
        reasons, total = self._left_out(rule)
        self.assertEqual(
            reasons,
            {
                self.brandon.id: "Does not match the filter",
                self.nina.id: "Belongs to a company the rule does not act for",
            },
        )
        self.assertEqual(total, 2)
        self._run(rule)
        reasons, __ = self._left_out(rule, now=MORNING)
        self.assertRegex(reasons[self.lumen.id], "Done already: .*2027")

    def test_looking_leaves_nothing_behind(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(), self._task())
        models = ("crm.relationship.rule.run", "mail.mail", "mail.message", "mail.activity")
        models += ("mail.compose.message", "ir.cron.trigger")
        before = [self.env[model].search_count([]) for model in models]
        looked = rule.looked_until
        hooks = len(self.cr.postcommit._funcs), len(self.cr.precommit._funcs)
        self._forecast(rule)
        self._left_out(rule)
        self.assertEqual([self.env[model].search_count([]) for model in models], before)
        self.assertEqual(rule.looked_until, looked)
        self.assertEqual((len(self.cr.postcommit._funcs), len(self.cr.precommit._funcs)), hooks)
        self._run(rule)
        self.assertGreeted(self.lumen)

    def test_looking_keeps_what_is_not_saved_yet(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        draft = self.env["res.partner"].new({"name": "Draft"})
        self.lumen.comment = "Unwritten"
        self._forecast(rule)
        self.assertEqual(draft.name, "Draft")
        self.lumen.invalidate_recordset()
        self.assertEqual(self.lumen.comment, "<p>Unwritten</p>")

    @users("rel_ben")
    def test_the_text_of_one(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.template.with_context(lang="fr_FR").subject = "Bon anniversaire, {{ object.name }}"
        self.lumen.lang = "fr_FR"
        self._create_date(self.lumen)
        __, lines = self._open(self._create_rule(), self.env.user)
        self.assertEqual(lines.preview_subject, "Bon anniversaire, Lucy Lumen")
        self.assertEqual(lines.preview_to, '"Lucy Lumen" <lucy@lumen.example.com>')
        self.assertIn("Dear Lucy Lumen", lines.preview_body)
        self.assertFalse(lines.preview_error)

    def test_the_task_of_one(self):
        self._create_date(self.lumen)
        __, lines = self._open(self._create_rule(self._task()))
        self.assertEqual((lines.preview_to, lines.preview_subject), (self.ben.name, "Call"))
        self.assertIn("2027", lines.preview_text)

    def test_an_error_in_a_letter_is_told_in_words(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self.template.body_html = f"<p>Dear <t t-out='{BROKEN}'/></p>"
        __, lines = self._open(rule)
        self.assertIn("nmae", lines.preview_error)
        self.assertNotIn("Traceback", lines.preview_error)
        self.assertFalse(lines.preview_body)

    def test_an_error_in_the_addresses_is_told_in_words(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self.template.write({"use_default_to": False, "email_to": f"{{{{ {BROKEN} }}}}"})
        line = self._forecast(rule)[self.lumen.id]
        self.assertEqual(line["state"], "failed")
        self.assertIn("nmae", line["reason"])

    def test_the_text_is_for_who_may_read_the_record(self):
        lead = self._create_lead(self.lumen)
        lead.date_closed = MORNING
        field = self.env["ir.model.fields"]._get("crm.lead", "date_closed")
        self.template.model_id = self.env["ir.model"]._get_id("crm.lead")
        rule = self._create_rule(
            self._task(),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=field.id,
            recurrence="once",
        )
        __, lines = self._open(rule, self.carla)
        self.assertFalse(lines)
        with self.freeze(DAY_BEFORE):
            coming = rule.forecast(5)
        self.assertEqual([line["res_id"] for line in coming], [lead.id])
        line = self.env["crm.relationship.rule.forecast"].create({"rule_id": rule.id, **coming[0]})
        self.assertEqual(
            line.with_user(self.carla).sudo(False)._preview(),
            {"error": "You may not open this record."},
        )

    def test_nobody_looks_through_the_lines_of_another(self):
        self._create_date(self.lumen)
        __, lines = self._open(self._create_rule())
        self.assertEqual(len(lines), 1)
        with self.assertRaises(AccessError):
            lines.with_user(self.ben).read(["partner_id"])

    def test_titles_count_all(self):
        self._create_people(3)
        self.lumen.email = False
        self._create_date(self.lumen)
        self._create_date(self.oak, day=11)
        rule = self._create_rule(domain=f"[('id', '!=', {self.oak.id})]")
        action, lines = self._open(rule)
        self.assertEqual(action["name"], "Birthday: 3 in the next 30 days, 2 will not be reached")
        self.assertEqual(len(lines), 5)
        action, lines = self._open(rule, day=date(2027, 3, 11))
        self.assertEqual(action["name"], "Birthday: 0 on 2027-03-11, 1 will not be reached")
        self.assertEqual(lines.partner_id, self.oak)

    def test_a_day_is_one_of_the_user(self):
        self.lumen.tz = "Pacific/Auckland"
        self._create_date(self.lumen)
        rule = self._create_rule()
        # 9 o'clock in Auckland is the evening before in Paris.
        rule = rule.with_context(tz="Europe/Paris")
        forecast = self.env["crm.relationship.rule.forecast"].with_context(tz="Europe/Paris")
        for day, expected in ((10, self.env["res.partner"]), (9, self.lumen)):
            with self.freeze(datetime(2027, 3, 9, 1)):
                action = forecast._open(rule, day=date(2027, 3, day))
            self.assertEqual(forecast.search(action["domain"]).partner_id, expected)

    def test_a_salesperson_may_look_and_not_change(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        action, lines = self._open(rule, self.carla)
        self.assertEqual(lines.partner_id, self.lumen)
        with self.assertRaises(AccessError):
            rule.with_user(self.carla).write({"action_ids": [Command.clear()]})
        self.assertEqual(action["res_model"], "crm.relationship.rule.forecast")

    def test_more_people_cost_no_more_statements(self):
        rule = self._create_rule()
        counts = []
        for __ in range(2):
            self._create_people(60)
            self._forecast(rule)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._forecast(rule)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
