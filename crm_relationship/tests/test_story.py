from datetime import datetime, time, timedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from .common import RelationshipCommon

INQUIRY = """From: "Rita Reed" <rita@reed.example.com>
To: {to}
Subject: Twelve oak desks
Message-Id: <story-1@reed.example.com>
Content-Type: text/plain; charset=utf-8

We saw your banner. What do twelve oak desks cost?
"""


class StoryCommon(MailCommon, RelationshipCommon):
    """The steps of the story; what happens by itself between them is run here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Showroom",
                "alias_name": "story-sales",
                "alias_domain_id": cls.mail_alias_domain.id,
                "member_ids": [Command.set(cls.ben.ids)],
            }
        )
        cls.banner = cls.env["utm.source"].create({"name": "Banner on the ring road"})
        month_ago = fields.Date.today() - timedelta(days=30)
        # 31 days at 10 a day; two leads of the banner: 155 each.
        cls.env["crm.source.cost"].create(
            {
                "name": "Banner",
                "source_id": cls.banner.id,
                "date_from": month_ago,
                "date_to": fields.Date.today(),
                "amount": 310,
            }
        )
        cls._create_lead(cls.lumen, source_id=cls.banner.id, expected_revenue=0)

    def _inquiry_arrives(self):
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(None, INQUIRY.format(to=self.team.alias_email))
        self._end_transaction()
        lead = self.env["crm.lead"].search([("email_normalized", "=", "rita@reed.example.com")])
        self.assertEqual(len(lead), 1)
        self.assertEqual(lead.team_id, self.team)
        inquiry = lead.interaction_ids
        self.assertRecordValues(
            inquiry, [{"direction": "in", "channel": "email", "is_waiting": True}]
        )
        inquiry.date -= timedelta(hours=2)
        lead.write({"user_id": self.ben.id, "source_id": self.banner.id, "type": "opportunity"})
        return lead

    def _salesperson_answers(self, lead):
        client = self.env["res.partner"].create(
            {"name": "Rita Reed", "email": "rita@reed.example.com"}
        )
        with self.mock_mail_gateway():
            lead.with_user(self.ben).message_post(
                body="Twelve desks are 10,680.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=client.ids,
            )
        self.assertEqual(lead.partner_id, client, "Odoo makes who was answered the lead's client")
        self._refresh_clients()
        inquiry, answer = self._history(client)
        self.assertEqual(inquiry.reply_id, answer)
        self.assertAlmostEqual(inquiry.response_hours, 2, places=1)
        for mail in inquiry | answer:
            mail.date -= timedelta(days=1)
        self.assertStatus(client, self.status_prospect)
        self.assertEqual(client.acquisition_source_id, self.banner)
        return client

    def _meeting_is_held(self, lead, client):
        start = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        self.env["calendar.event"].with_user(self.ben).create(
            {
                "name": "Showroom visit",
                "start": start,
                "stop": start + timedelta(minutes=30),
                "opportunity_id": lead.id,
                "partner_ids": [Command.set((self.ben.partner_id | client).ids)],
            }
        )
        self._run_cron("ir_cron_meetings")
        meeting = self._history(client).filtered(lambda row: row.channel == "meeting")
        meeting.with_user(self.ben).write(
            {
                "outcome_id": self.env.ref("crm_relationship.outcome_agreed").id,
                "purpose_id": self.env.ref("crm_relationship.purpose_quotation").id,
                "offered": "12 oak desks, -5%",
            }
        )
        self._refresh_clients()
        briefing = client.with_user(self.ben).get_briefing()[0]
        self.assertEqual(briefing["last_contact"]["offered"], "12 oak desks, -5%")

    def _deal_is_won(self, lead, client):
        lead.with_user(self.ben).write({"expected_revenue": 10000})
        lead.with_user(self.ben).action_set_won()
        self._refresh_clients()
        self.assertStatus(client, self.status_customer)

    def _switch_on_birthday_rule(self):
        self.env.company.resource_calendar_id.tz = "UTC"
        rule = self.env.ref("crm_relationship.rule_birthday").with_user(self.anna)
        rule.action_switch_on()
        return rule.sudo()

    def _add_birthday(self, client, days):
        day = fields.Date.today() + timedelta(days=days)
        self.env["crm.important.date"].create(
            {
                "partner_id": client.id,
                "kind_id": self.env.ref("crm_relationship.date_kind_birthday").id,
                "month": day.month,
                "day": day.day,
            }
        )

    def _run_rules(self, days):
        """What the scheduled action does at five past nine, so many days from now."""
        day = fields.Date.today() + timedelta(days=days)
        self.env["crm.relationship.rule"]._run(datetime.combine(day, time(9, 5)))
        self._end_transaction()

    def _greetings(self, client):
        return self.env["mail.mail"].search(
            [("model", "=", "res.partner"), ("res_id", "=", client.id)]
        )

    def _birthday_is_greeted_once(self, client):
        self.rule = self._switch_on_birthday_rule()
        self._add_birthday(client, days=1)
        self._run_rules(days=0)
        self.assertFalse(self._greetings(client), "the birthday is tomorrow")
        self._run_rules(days=1)
        self._run_rules(days=1)
        greeting = self._greetings(client)
        self.assertRecordValues(greeting, [{"state": "outgoing"}])
        row = self.env["crm.relationship.rule.run"].search([("res_id", "=", client.id)])
        self.assertRecordValues(row, [{"state": "done", "mail_id": greeting.id}])
        self._refresh_clients()
        attempt = self._history(client).filtered("is_attempt")
        self.assertEqual(attempt.channel, "email", "the greeting is in the history")

    def _birthday_after_two_days_off(self, client):
        other = self.lumen
        self._add_birthday(other, days=3)
        self._run_rules(days=5)
        self._run_rules(days=5)
        self.assertEqual(len(self._greetings(other)), 1)
        self.assertEqual(len(self._greetings(client)), 1)

    def _banner_is_judged(self):
        """310 spent, two leads, one of them a customer with a deal of 10,000."""
        report = self.env["crm.source.report"].with_user(self.anna)
        [row] = report.formatted_read_group(
            [("source_id", "=", self.banner.id)],
            ["source_id"],
            [
                "cost:sum",
                "leads:sum",
                "won:sum",
                "customers:sum",
                "revenue:sum",
                "profit:sum",
                "cost_per_lead:avg",
                "acquisition_cost:avg",
                "conversion:avg",
                "roas:avg",
                "roi:avg",
            ],
        )
        expected = {
            "cost": 310,
            "leads": 2,
            "won": 1,
            "customers": 1,
            "revenue": 10000,
            "profit": 9690,
            "cost_per_lead": 155,
            "acquisition_cost": 310,
            "conversion": 0.5,
            "roas": 10000 / 310,
            "roi": 9690 / 310,
        }
        figures = {key.partition(":")[0]: value for key, value in row.items()}
        for name, value in expected.items():
            self.assertAlmostEqual(figures[name], value, places=2, msg=name)


@tagged("crm_relationship", "post_install", "-at_install")
class TestStory(StoryCommon):
    """From a stranger's mail to a client who is remembered, greeted and paid for by a source."""

    def test_story(self):
        lead = self._inquiry_arrives()
        client = self._salesperson_answers(lead)
        self._meeting_is_held(lead, client)
        self._deal_is_won(lead, client)
        self._birthday_is_greeted_once(client)
        self._birthday_after_two_days_off(client)
        self._banner_is_judged()
