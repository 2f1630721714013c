import json
from datetime import date, datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from .common_rules import BEFORE, MORNING, RuleCommon

# The morning before a meeting at 10:00 UTC.
START = datetime(2027, 3, 11, 10)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleMeeting(RuleCommon):
    """The ready-made "Meeting tomorrow": a letter to each outside guest, a briefing to the host."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.be")
        (cls.ben + cls.anna).tz = "UTC"
        cls.rule = cls.env.ref("crm_relationship.rule_meeting")
        cls.rule.write({"active": True, "user_id": cls.anna.id, "date_start": BEFORE})
        cls.rule.action_ids.date_start = BEFORE

    def _meet(self, *guests, **vals):
        """A meeting of `ben` with guests, agreed on weeks ago."""
        partners = self.ben.partner_id.union(*guests)
        event = self.env["calendar.event"].create(
            {
                "name": "Secret plan",
                "user_id": self.ben.id,
                "start": START,
                "stop": START + timedelta(hours=1),
                "partner_ids": [Command.set(partners.ids)],
                **vals,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE calendar_attendee SET create_date = %s WHERE event_id = %s",
            (MORNING - timedelta(days=20), event.id),
        )
        self.env["mail.mail"].search([]).unlink()
        self.env.invalidate_all()
        return event

    def _remind(self, now=MORNING):
        with self.freeze(now):
            self.env.flush_all()
            self._run(self.rule, now)
        return self._letters()

    def _rows(self):
        return self._runs(self.rule).filtered(lambda run: run.action_id.kind in ("mail", "sms"))

    def _letters(self):
        return self._rows().mail_id

    def _briefings(self):
        return self.env["mail.mail"].search([("subject", "=like", "Briefing:%")])

    def test_each_guest_gets_it_once_and_nobody_of_ours(self):
        event = self._meet(self.nina, self.lumen, self.anna.partner_id)
        for minutes in (0, 15):
            letters = self._remind(MORNING + timedelta(minutes=minutes))
        self.assertEqual(letters.recipient_ids, self.nina | self.lumen)
        self.assertEqual(len(letters), 2)
        self.assertEqual(set(letters.mapped("email_from")), {self.ben.email_formatted})
        text = letters[0].body_html
        self.assertIn("Thursday 11 March 2027, 10:00", text)
        self.assertNotIn(event.name, text + letters[0].subject)

    def test_the_host_gets_one_briefing_of_the_clients(self):
        self._meet(self.nina, self.brandon, self.lumen)
        self._remind()
        self._remind(MORNING + timedelta(minutes=15))
        [mail] = self._briefings()
        self.assertEqual(mail.email_to, self.ben.email_formatted)
        self.assertFalse(mail.recipient_ids)
        self.assertIn(self.lumen.name, mail.body_html)
        # Two of one company are one client.
        self.assertEqual(mail.subject.count(","), 1)
        given = self._runs(self.rule).filtered(lambda run: run.action_id.kind == "briefing")
        self.assertStates(given, "done", "done", "done")
        self.assertEqual(given.user_id, self.ben)
        self.assertFalse(given.message_id)

    def test_who_may_not_read_briefings_gets_none(self):
        self._meet(self.lumen, user_id=self.insider.id)
        self._remind()
        self.assertFalse(self._briefings())
        self.assertStates(self._runs(self.rule).sorted("action_id"), "done", "skipped")

    def test_in_the_language_and_at_the_hour_of_the_guest(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.nina.write({"lang": "fr_FR", "tz": "Europe/Paris"})
        self.env.ref("crm_relationship.mail_template_meeting").with_context(
            lang="fr_FR"
        ).subject = "Au plaisir de vous voir"
        self._meet(self.nina, self.lumen)
        letters = self._remind()
        french = letters.filtered(lambda mail: mail.recipient_ids == self.nina)
        self.assertEqual(french.subject, "Au plaisir de vous voir")
        self.assertIn("jeudi 11 mars 2027, 11:00", french.body_html)
        self.assertIn("Thursday 11 March 2027, 10:00", (letters - french).body_html)

    def test_a_whole_day_is_that_day_everywhere(self):
        self.nina.tz = "Pacific/Pago_Pago"
        self.lumen.tz = "Pacific/Tongatapu"
        self._meet(
            self.nina,
            self.lumen,
            allday=True,
            start_date=date(2027, 3, 11),
            stop_date=date(2027, 3, 11),
        )
        # 9:00 on the tenth is 20:00 UTC of the ninth in Tonga and of the tenth in Samoa.
        self.assertEqual(self._remind(datetime(2027, 3, 9, 20, 5)).recipient_ids, self.lumen)
        letters = self._remind(datetime(2027, 3, 10, 20, 5))
        self.assertEqual(letters.recipient_ids, self.nina | self.lumen)
        for letter in letters:
            self.assertIn("Thursday 11 March 2027<", letter.body_html)

    def test_called_off_declined_private_or_without_guests(self):
        off, private = self._meet(self.nina), self._meet(self.brandon, privacy="private")
        declined = self._meet(self.lumen)
        self._meet()
        off.active = False
        declined.attendee_ids.filtered(
            lambda guest: guest.partner_id == self.lumen
        ).state = "declined"
        self.assertFalse(self._remind())
        self.assertFalse(self._runs(self.rule))
        with self.freeze(MORNING - timedelta(hours=12)):
            lines, total = self.rule.with_user(self.anna).forecast_left_out(7)
        self.assertEqual((lines, total), ([], 0))
        self.assertTrue(private.exists())

    def test_private_by_the_habit_of_the_host(self):
        self.ben.res_users_settings_id.calendar_default_privacy = "private"
        self._meet(self.nina)
        self.assertFalse(self._remind())

    def test_called_off_or_declined_between_plan_and_letter(self):
        off, declined = self._meet(self.nina), self._meet(self.lumen)
        with self.freeze(MORNING):
            self.rule._plan(MORNING)
        off.active = False
        declined.attendee_ids.filtered(
            lambda guest: guest.partner_id == self.lumen
        ).state = "declined"
        self.assertFalse(self._remind())
        self.assertEqual(
            set(self._rows().mapped("reason")),
            {"The meeting was called off", "The guest has declined"},
        )

    def test_moved_it_is_another_occasion(self):
        event = self._meet(self.nina)
        self.assertEqual(len(self._remind()), 1)
        later = START + timedelta(days=3)
        event.write({"start": later, "stop": later + timedelta(hours=1)})
        self.assertEqual(len(self._remind(MORNING + timedelta(hours=1))), 1)
        self.assertEqual(len(self._remind(MORNING + timedelta(days=3))), 2)

    def test_each_day_of_a_series(self):
        self._meet(self.nina)
        self._meet(
            self.lumen,
            recurrency=True,
            rrule_type="daily",
            interval=1,
            end_type="count",
            count=3,
            event_tz="UTC",
        )
        self.env.cr.execute(
            "UPDATE calendar_attendee SET create_date = %s", (MORNING - timedelta(days=20),)
        )
        for days in range(4):
            self._remind(MORNING + timedelta(days=days))
        self.assertEqual(len(self._rows().filtered(lambda run: run.partner_id == self.lumen)), 3)
        self.assertEqual(len(self._rows().filtered(lambda run: run.partner_id == self.nina)), 1)

    def test_who_is_invited_after_the_moment_has_the_invitation(self):
        event = self._meet(self.nina)
        self.env.cr.execute(
            "UPDATE calendar_attendee SET create_date = %s WHERE event_id = %s",
            (MORNING + timedelta(hours=1), event.id),
        )
        self.assertFalse(self._remind(MORNING + timedelta(hours=2)))

    def test_it_does_not_come_once_the_meeting_has_begun(self):
        self._meet(self.nina)
        with self.freeze(MORNING):
            self.rule._plan(MORNING)
        self._runs(self.rule).date_expire = False
        self.assertFalse(self._remind(START + timedelta(minutes=1)))
        self.assertEqual(set(self._runs(self.rule).mapped("reason")), {"The meeting has begun"})

    def test_who_has_no_address_gets_an_sms(self):
        self.nina.write({"email": False, "phone": "0470 12 34 56"})
        self._meet(self.nina, location="Mill Lane 3")
        self.assertFalse(self._remind())
        rows = self._rows().sorted("id")
        self.assertStates(rows, "skipped", "done")
        sms = rows.sms_id
        self.assertEqual(sms.number, "+32470123456")
        self.assertIn("Thursday 11 March, 10:00, Mill Lane 3.", sms.body)
        self.assertIn(self.ben.name, sms.body)
        # A guest has no chatter: it stands in the client's, where its delivery is followed.
        note = rows.message_id
        self.assertEqual((note.model, note.res_id), ("res.partner", self.nina.id))
        self.assertIn("Mill Lane 3", note.body)
        self.assertEqual(note.notification_ids.sms_tracker_ids.sms_uuid, sms.uuid)

    def test_of_another_company_it_is_left_alone(self):
        other = self.env["res.company"].create({"name": "Branch"})
        self.ben.write({"company_ids": [Command.link(other.id)], "company_id": other.id})
        self._meet(self.nina)
        self.rule.company_id = self.env.company
        self.assertFalse(self._remind())
        self.rule.company_id = other
        self.assertEqual(self._remind().record_company_id, other)

    def test_the_forecast_and_a_trial_show_the_letter(self):
        event = self._meet(self.nina)
        guest = event.attendee_ids.filtered(lambda guest: guest.partner_id == self.nina)
        rule = self.rule.with_user(self.anna)
        with self.freeze(MORNING - timedelta(hours=12)):
            self.assertEqual({line["res_id"] for line in rule.forecast(2)}, {guest.id})
            trial = rule.try_on(guest.id)
        self.assertTrue(trial["acts"])
        letter, briefing = trial["actions"]
        self.assertIn("11 March 2027", letter["body"])
        self.assertEqual(briefing["to"], self.ben.email_formatted)
        self.assertFalse(self._briefings())

    def test_the_number_of_guests_opens_them_in_the_browser(self):
        event = self._meet(self.nina, self.lumen)
        private = self._meet(self.brandon, privacy="private")
        rule = self.rule.with_user(self.anna)
        action = json.loads(json.dumps(rule.action_open_matching(only_entered=True)))
        with self.freeze(MORNING):
            count = rule.get_days_ahead()["entered"]
        guests = self.env["calendar.attendee"].with_user(self.anna).search(action["domain"])
        self.assertEqual(len(guests), count)
        self.assertLessEqual(self.nina | self.lumen, guests.partner_id)
        self.assertFalse(guests & private.attendee_ids)
        self.assertNotIn(self.ben.partner_id, (guests & event.attendee_ids).partner_id)

    def test_it_opens_the_meeting(self):
        event = self._meet(self.nina)
        self._remind()
        action = self._rows().action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), ("calendar.event", event.id))

    def test_one_more_guest_costs_less_than_two_statements(self):
        counts = []
        for number, days in ((3, 0), (23, 5)):
            start = START + timedelta(days=days)
            people = self.env["res.partner"].create(
                [
                    {"name": f"Guest {days} {index}", "email": f"g{days}{index}@x.example.com"}
                    for index in range(number)
                ]
            )
            self._meet(*people, start=start, stop=start + timedelta(hours=1))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._remind(MORNING + timedelta(days=days))
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(self._letters().recipient_ids & people), number)
        self.assertLess(counts[1] - counts[0], 40)
