from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestSurviveContact(RelationshipCommon):
    """The history of a client stays when contacts are merged, moved, archived or deleted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Who keeps the contacts may delete them, an administrator may merge them.
        cls.anna.group_ids = [Command.link(cls.env.ref("base.group_partner_manager").id)]
        cls.admin = cls._create_user("rel_admin", "sales_team.group_sale_salesman")
        cls.admin.group_ids = [Command.link(cls.env.ref("base.group_erp_manager").id)]
        cls.admin.group_ids = [Command.link(cls.env.ref("base.group_partner_manager").id)]
        cls.birthday = cls.env.ref("crm_relationship.date_kind_birthday")

    def _create_promise(self, partner, **vals):
        return self.env["crm.promise"].create(
            {"name": "Sample", "partner_id": partner.id, "user_id": self.carla.id, **vals}
        )

    def _create_date(self, partner, **vals):
        return self.env["crm.important.date"].create(
            {
                "partner_id": partner.id,
                "kind_id": self.birthday.id,
                "month": 5,
                "day": 3,
                **vals,
            }
        )

    def _ask(self, partner, **vals):
        return self._create_interaction(
            partner, direction="in", needs_reply=True, channel="email", **vals
        )

    def _merge(self, *partners):
        """Merge into the last one."""
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.admin)
        wizard._merge([partner.id for partner in partners], partners[-1])
        self._refresh_clients()

    # ---- merging ----

    def test_merged_contacts_have_all_that_both_had(self):
        zoe = self.env["res.partner"].create({"name": "Zoe", "email": self.lumen.email})
        inquiry = self._ask(zoe, days_ago=2)
        answer = self._create_interaction(self.lumen, days_ago=1)
        promise = self._create_promise(zoe)
        self._merge(zoe, self.lumen)
        self.assertFalse(zoe.exists())
        self.assertEqual((inquiry | answer).partner_id, self.lumen)
        self.assertEqual(inquiry.reply_id, answer)
        self.assertEqual(promise.partner_id, self.lumen)
        self.assertEqual(self.lumen.interaction_count, 2)

    def test_meeting_with_both_merged_contacts_took_place_once(self):
        zoe = self.env["res.partner"].create({"name": "Zoe"})
        now = fields.Datetime.now()
        meetings = self.env["calendar.event"].create(
            [
                {
                    "name": name,
                    "start": fields.Datetime.subtract(now, hours=2),
                    "stop": fields.Datetime.subtract(now, hours=1),
                    "user_id": self.ben.id,
                    "partner_ids": [Command.set((self.ben.partner_id | zoe | self.lumen).ids)],
                }
                for name in ("Told of Zoe", "Told of nobody", "Told of both")
            ]
        )
        self._run_cron("ir_cron_meetings")
        rows = self.interactions.search([("calendar_event_id", "in", meetings.ids)])
        self.assertEqual(len(rows), 6)
        of_zoe = rows.filtered(lambda row: row.partner_id == zoe and row.subject == "Told of Zoe")
        of_zoe.offered = "10%"
        rows.filtered(lambda row: row.subject == "Told of both").summary = "Both like oak"
        self._merge(zoe, self.lumen)
        self.assertEqual(
            sorted(rows.exists().mapped("subject")),
            ["Told of Zoe", "Told of both", "Told of both", "Told of nobody"],
        )
        self.assertTrue(of_zoe.exists())
        self.assertEqual(self.lumen.interaction_count, 4)
        self._run_cron("ir_cron_meetings")
        self.assertEqual(len(self._history(self.lumen)), 4)

    def test_merged_contacts_have_one_birthday(self):
        zoe, lea = self.env["res.partner"].create(
            [{"name": name, "email": self.lumen.email} for name in ("Zoe", "Lea")]
        )
        for partner, year in ((self.lumen, 0), (zoe, 1980), (lea, 1980)):
            self._create_date(partner, year=year)
        self._create_date(zoe, day=4)
        self._merge(zoe, lea, self.lumen)
        self.assertEqual(
            self.lumen.important_date_ids.sorted("day").mapped(lambda day: (day.day, day.year)),
            [(3, 1980), (4, 0)],
        )

    def test_contacts_of_a_merged_company_share_the_status_of_the_other(self):
        twin = self.env["res.partner"].create(
            {"name": "Oak", "is_company": True, "email": self.oak.email}
        )
        rita = self.env["res.partner"].create({"name": "Rita", "parent_id": twin.id})
        twin.relationship_status_id = self.status_cold
        self.oak.relationship_status_id = self.status_key
        talk = self._create_interaction(rita)
        self._merge(twin, self.oak)
        self.assertEqual(rita.commercial_partner_id, self.oak)
        self.assertStatus(rita, self.status_key)
        self.assertEqual(talk.commercial_partner_id, self.oak)
        self.assertEqual(self.oak.interaction_count, 1)

    # ---- moving ----

    def test_contact_who_changes_the_company(self):
        """The old company keeps its history; promises and dates go with the person."""
        other = self.env["res.partner"].create({"name": "Elm Works", "is_company": True})
        inquiry = self._ask(self.nina, days_ago=1)
        promise, day = self._create_promise(self.nina), self._create_date(self.nina)
        self.nina.with_user(self.carla).parent_id = other
        self._create_interaction(self.nina)
        self._refresh_clients()
        self.assertEqual(inquiry.commercial_partner_id, self.oak)
        self.assertTrue(inquiry.is_waiting)
        self.assertEqual(promise.partner_id.commercial_partner_id, other)
        self.assertEqual(day.partner_id, self.nina)
        self.assertEqual((self.oak.interaction_count, other.interaction_count), (1, 1))

    # ---- archiving ----

    def test_archived_and_restored(self):
        self.lumen.relationship_status_id = self.status_regular
        rows = self._ask(self.lumen, days_ago=2) | self._create_interaction(self.lumen, days_ago=9)
        promise, day = self._create_promise(self.lumen), self._create_date(self.lumen)
        self._refresh_clients()
        fields = [
            "relationship_status_id",
            "relationship_status_date",
            "last_interaction_date",
            "interaction_count",
            "interaction_ids",
            "promise_ids",
            "important_date_ids",
            "relationship_change_ids",
        ]
        before = self.lumen.read(fields)
        self.lumen.with_user(self.anna).action_archive()
        self._refresh_clients()
        self.assertEqual(len(rows.with_user(self.carla).search([("id", "in", rows.ids)])), 2)
        self.lumen.with_user(self.anna).action_unarchive()
        self._refresh_clients()
        self.assertEqual(self.lumen.read(fields), before)
        self.assertTrue(rows[0].is_waiting)
        self.assertEqual((promise.state, day.partner_id), ("open", self.lumen))

    # ---- deleting ----

    def test_deleted_contact_of_a_company_leaves_all_to_it(self):
        inquiry, promise = self._ask(self.brandon), self._create_promise(self.brandon)
        self.brandon.with_user(self.anna).unlink()
        self._refresh_clients()
        self.assertFalse(inquiry.partner_id)
        self.assertEqual(inquiry.commercial_partner_id, self.oak)
        self.assertTrue(inquiry.is_waiting)
        self.assertEqual(promise.partner_id, self.oak)
        self.assertEqual(promise.activity_id.user_id, self.carla)
        self.assertEqual(self.oak.activity_ids, promise.activity_id)
        self.assertEqual(self.oak.interaction_count, 1)
        self.assertEqual(inquiry.action_open_origin()["res_id"], self.oak.id)
        self._create_interaction(self.nina)
        self._refresh_clients()
        self.assertFalse(inquiry.is_waiting)

    def test_people_of_a_deleted_company_keep_their_part(self):
        self.oak.relationship_status_id = self.status_key
        own = self._create_interaction(self.oak, days_ago=3)
        talk = self._create_interaction(self.brandon, days_ago=1)
        self._refresh_clients()
        self.oak.with_user(self.anna).unlink()
        self._refresh_clients()
        self.assertEqual(self.brandon.commercial_partner_id, self.brandon)
        self.assertEqual(talk.commercial_partner_id, self.brandon)
        self.assertEqual(self.brandon.interaction_count, 1)
        self.assertEqual(self.brandon.last_interaction_id, talk)
        self.assertStatus(self.brandon, self.status_key)
        self.assertRecordValues(
            self.brandon.relationship_change_ids,
            [
                {
                    "from_status_id": False,
                    "to_status_id": self.status_key.id,
                    "reason": "The company was deleted",
                }
            ],
        )
        self.assertFalse(own.commercial_partner_id)
        self.assertEqual(own.action_open_origin()["res_model"], "crm.interaction")

    def test_deleted_client_leaves_the_facts(self):
        talk = self._create_interaction(self.lumen, subject="Desks", channel="visit")
        inquiry = self._ask(self.lumen)
        self.lumen.with_user(self.anna).unlink()
        self.env.invalidate_all()
        self.assertEqual((talk.subject, talk.channel, talk.user_id), ("Desks", "visit", self.ben))
        self.assertFalse(inquiry.is_waiting)
        self.assertEqual(inquiry.no_reply_reason, "closed")

    def test_deleted_mail_activity_meeting_team_and_user(self):
        mail = self.lumen.with_user(self.ben).message_post(
            body="Offer",
            subject="Our offer",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.lumen.ids,
        )
        call = self.lumen.with_user(self.ben).activity_schedule(
            "mail.mail_activity_data_call", summary="Ask about oak", user_id=self.ben.id
        )
        call.action_feedback("Must think")
        rows = self._history(self.lumen)
        self.assertEqual(len(rows), 2)
        team = self.env["crm.team"].create({"name": "Oak Team"})
        gone = self._create_user("rel_gone", "sales_team.group_sale_salesman")
        talk = self._create_interaction(self.lumen, team_id=team.id, user_id=gone.id)
        meeting = self.env["calendar.event"].create(
            {"name": "Show", "start": "2026-01-05 09:00:00", "stop": "2026-01-05 10:00:00"}
        )
        talk.calendar_event_id = meeting
        promise = self._create_promise(self.lumen, user_id=gone.id, interaction_id=talk.id)
        rows |= talk
        names = ["date", "channel", "direction", "subject", "summary", "partner_id", "origin_key"]
        before = rows.read(names)
        for record in (mail, call.sudo(), meeting, team, gone):
            record.with_env(self.env).unlink()
        self.env.invalidate_all()
        self.assertEqual(rows.read(names), before)
        for name in ("message_id", "activity_id", "calendar_event_id", "team_id"):
            self.assertFalse(rows[name], name)
        self.assertFalse(talk.user_id | promise.user_id)
        self.assertEqual(promise.interaction_id, talk)

    def test_company_with_a_history_is_not_deleted(self):
        """Its rows would become everybody's."""
        other = self.env["res.company"].create({"name": "Other"})
        self._create_interaction(self.lumen, company_id=other.id)
        with self.assertRaises(UserError), mute_logger("odoo.sql_db"):
            self._delete_company(other)

    def _delete_company(self, company):
        """As a request does it, which tells people what the database said."""
        try:
            with self.env.cr.savepoint():
                company.unlink()
        except Exception as error:
            raise UserError(str(error)) from error
