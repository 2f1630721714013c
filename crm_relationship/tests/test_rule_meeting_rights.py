from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from .common_rules import BEFORE, MORNING, RuleCommon

START = datetime(2027, 3, 11, 10)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleMeetingRights(RuleCommon):
    """Lines about guests follow the client and the deal, not the calendar open to everybody."""

    def _greet_guest(self, **vals):
        """The line of `lumen`, who is invited by `ben`."""
        event = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "user_id": self.ben.id,
                "start": START,
                "stop": START + timedelta(hours=1),
                "partner_ids": [Command.set((self.ben.partner_id + self.lumen).ids)],
                **vals,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE calendar_attendee SET create_date = %s WHERE event_id = %s", (BEFORE, event.id)
        )
        self.env.invalidate_all()
        rule = self.env.ref("crm_relationship.rule_meeting")
        rule.write({"active": True, "user_id": self.anna.id, "date_start": BEFORE})
        rule.action_ids.date_start = BEFORE
        with self.freeze(MORNING):
            self._run(rule)
        lines = self._runs(rule).filtered(lambda run: run.partner_id == self.lumen)
        self.assertTrue(lines)
        return lines

    def _see(self, user, lines):
        return self.ledger.with_user(user).search([("id", "in", lines.ids)])

    def test_a_meeting_about_no_deal_is_as_open_as_its_client(self):
        lines = self._greet_guest()
        for user in (self.anna, self.ben, self.carla):
            self.assertEqual(self._see(user, lines), lines, user.login)

    def test_a_meeting_about_the_deal_of_a_colleague(self):
        deal = self._create_lead(self.lumen)
        lines = self._greet_guest(opportunity_id=deal.id)
        for user in (self.anna, self.ben):
            self.assertEqual(self._see(user, lines), lines, user.login)
        self.assertFalse(self._see(self.carla, lines))
        deal.user_id = self.carla
        self.assertEqual(self._see(self.carla, lines), lines)

    def test_it_says_whom_of_the_guests_it_counts(self):
        rule = self._greet_guest().rule_id
        guests = self.env["calendar.attendee"].search([("event_id.name", "=", "Visit")])
        rule.domain = [("id", "in", guests.ids)]
        with self.freeze(MORNING):
            ahead = rule.with_user(self.anna).get_days_ahead()
        self.assertEqual((len(guests), ahead["matching"]), (2, 1))
        self.assertEqual(
            ahead["words"],
            "1 of 2 guests match: those from outside who have not declined, "
            "of meetings that are not private.",
        )

    def test_a_client_of_another_company(self):
        lines = self._greet_guest()
        self.lumen.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(self._see(self.carla, lines))
