from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.mail.tests.common import MailCommon

from ..models.history.crm_interaction_capture import COLUMNS, name_columns
from ..models.history.crm_interaction_capture_hand import FEW
from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestCaptureInHand(MailCommon, RelationshipCommon):
    """Rows made of what is in memory are those that the queries would find."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.env["res.partner"].create(
            {
                "name": "Oak & Sons",
                "is_company": True,
                "email": "oak@hand.example.com",
                "user_id": cls.anna.id,
                "company_id": cls.env.company.id,
            }
        )
        cls.person = cls.env["res.partner"].create(
            {"name": "Brandon", "parent_id": cls.client.id, "email": "brandon@hand.example.com"}
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Oak desks",
                "type": "opportunity",
                "partner_id": cls.client.id,
                "user_id": cls.ben.id,
            }
        )
        cls.nobody = cls.env["crm.lead"].create({"name": "Nobody knows", "user_id": cls.ben.id})

    def _compare(self, act):
        """Do `act` until its commit; returns how many rows were made of memory.

        Each, and what is in the history then, is compared with what the query of its kind
        finds, column by column.
        """
        model = type(self.interactions)
        take, made, found = model._take_in_hand, [], []

        def compare(interactions, kind, events):
            noted = dict(events)
            rows = take(interactions, kind, events)
            for event_id in events:
                del noted[event_id]
            if noted:
                query = interactions._get_capture_queries()[kind](noted)
                expected = interactions.env.execute_query(query)
                in_hand = interactions.env.execute_query(interactions._query_in_hand(rows))
                self.assertCountEqual(in_hand, expected)
                found.extend(expected)
            made.extend(map(dict, rows))
            return rows

        self._end_transaction()
        self.env.invalidate_all()
        with self.mock_mail_gateway(), patch.object(model, "_take_in_hand", compare):
            act()
            self._end_transaction()
        if made:
            self.assertCountEqual(self._read_columns([row["origin_key"] for row in made]), found)
        return len(made)

    def _read_columns(self, origin_keys):
        rows = self.interactions.search([("origin_key", "in", origin_keys)])
        for row in rows:
            self.assertTrue(row.create_date)
            # Who enters what a client asks is not told of it; what we did names us anyway.
            self.assertTrue(row.create_uid if row.direction == "in" else row.user_id)
        return self.env.execute_query(
            SQL(
                "SELECT %s FROM crm_interaction WHERE id = ANY(%s)", name_columns(COLUMNS), rows.ids
            )
        )

    def _post(self, record, user=None, **vals):
        # Outside of tests a mail leaves after the commit.
        record = record.with_context(mail_notify_force_send=False)
        return record.with_user(user or self.ben).message_post(
            **{
                "body": "890 each.",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                "partner_ids": self.client.ids,
                **vals,
            }
        )

    def test_mails(self):
        cases = {
            "to the client": (self.client, {}),
            "on its lead": (self.lead, {}),
            "with a subject": (self.lead, {"subject": "Our offer"}),
            "also to a colleague": (
                self.lead,
                {"partner_ids": (self.client + self.anna.partner_id).ids},
            ),
            "to a person": (self.person, {"partner_ids": self.person.ids}),
        }
        for name, (record, vals) in cases.items():
            with self.subTest(name):
                self.assertEqual(self._compare(lambda r=record, v=vals: self._post(r, **v)), 1)
                self.assertTrue(self._last_row(record))

    def _last_row(self, record):
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        return self.interactions.search(domain, order="id desc", limit=1)

    def test_mails_that_are_not_plain(self):
        """What is special is left to the query, and becomes the row it always was."""
        portal = self.env["res.users"].create(
            {
                "name": "Brandon",
                "login": "hand_portal",
                "partner_id": self.person.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        cases = {
            "to one of its people": (self.client, {"partner_ids": self.person.ids}),
            "of a client": (self.lead, {"author_id": self.person.id}),
            "on a lead of nobody": (self.nobody, {}),
            "by the system": (self.lead, {"user": self.env.ref("base.user_root")}),
            "on the portal": (self.client, {"user": portal}),
            "out of the mailbox": (self.lead, {"message_type": "email"}),
            "from a template": (self.lead, {"message_type": "email_outgoing"}),
        }
        for name, (record, vals) in cases.items():
            user = vals.pop("user", self.ben)
            with self.subTest(name):
                act = self._post if user != portal else self._post_on_portal
                self.assertEqual(self._compare(lambda: act(record, user=user, **vals)), 0)  # noqa: B023
                self.assertTrue(self._last_row(record).message_id)

    def _post_on_portal(self, record, user):
        # sudo: as the controller of the portal does
        record.with_user(user).sudo().message_post(
            body="Hello",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=user.partner_id.id,
        )

    def test_mail_that_failed_at_once(self):
        def act():
            message = self._post(self.lead)
            message.sudo().notification_ids.notification_status = "exception"

        self.assertEqual(self._compare(act), 0)
        self.assertTrue(self._last_row(self.lead).is_attempt)

    def test_colleague_is_no_client(self):
        ours = self.anna.partner_id
        self._compare(lambda: self._post(ours, partner_ids=ours.ids))
        self.assertFalse(self._last_row(ours))

    def test_activities(self):
        for record in (self.client, self.lead, self.nobody):
            for feedback in (False, "He will decide on Friday"):
                with self.subTest(record=record, feedback=feedback):
                    call = record.with_user(self.ben).activity_schedule(
                        "mail.mail_activity_data_call",
                        summary=feedback and "Call back",
                        user_id=self.ben.id,
                    )
                    done = self._compare(
                        lambda call=call, feedback=feedback: call.action_feedback(feedback)
                    )
                    self.assertEqual(done, 1)
                    self.assertEqual(self._last_row(record).activity_id, call)

    def test_activities_of_several_clients_at_once(self):
        calls = self.env["mail.activity"].concat(
            *(
                record.with_user(self.ben).activity_schedule(
                    "mail.mail_activity_data_call", user_id=self.ben.id
                )
                for record in (self.client, self.lead, self.nobody)
            )
        )
        self.assertEqual(self._compare(calls.action_done), 3)

    def test_lists_in_memory_get_the_row(self):
        lead, client = self.lead.with_user(self.ben), self.client.with_user(self.ben)
        call = lead.activity_schedule("mail.mail_activity_data_call", user_id=self.ben.id)
        self._end_transaction()
        before = lead.interaction_ids, client.interaction_ids
        call.action_feedback("He will decide on Friday")
        self._end_transaction()
        for rows, old in zip((lead.interaction_ids, client.interaction_ids), before, strict=True):
            self.assertEqual((rows - old).activity_id, call)

    def test_leads(self):
        phone = self.env.ref("utm.utm_medium_phone")
        cases = {
            "for oneself": {"user_id": self.ben.id},
            "for a colleague": {"user_id": self.anna.id},
            "for whoever takes it": {"user_id": False},
            "by phone": {"user_id": False, "medium_id": phone.id},
            "of nobody": {"partner_id": False},
            "archived": {"active": False, "user_id": False},
            "won": {
                "user_id": False,
                "stage_id": self.env["crm.stage"].search([("is_won", "=", True)], limit=1).id,
            },
        }
        for name, vals in cases.items():
            values = {"name": name, "partner_id": self.client.id, "type": "opportunity", **vals}
            leads = self.env["crm.lead"].with_user(self.ben)
            leads = leads.with_context(mail_notify_force_send=False)
            with self.subTest(name):
                self.assertEqual(self._compare(lambda: leads.create(values)), 1)  # noqa: B023

    def test_lead_that_a_mail_made(self):
        leads = self.env["crm.lead"].with_user(self.ben)

        def act(**vals):
            lead = leads.create({"name": "Desks?"})
            lead.message_post(body="Desks?", message_type="email", author_id=self.person.id, **vals)

        self.assertEqual(self._compare(lambda: act(subtype_xmlid="mail.mt_comment")), 0)
        row = self._last_row(leads.search([("name", "=", "Desks?")]))
        self.assertEqual((row.channel, row.message_id.author_id), ("email", self.person))
        # Also when only colleagues read it: the lead is no event of its own either way.
        rows = self.interactions.search_count([])
        self.assertEqual(self._compare(act), 0)
        self.assertEqual(self.interactions.search_count([]), rows)

    def test_trial_of_an_import(self):
        """It is rolled back and stays in memory: nothing of it may become a row."""
        before = self.interactions.search_count([])
        leads = self.env["crm.lead"].with_user(self.ben).with_context(import_file=True)

        def act():
            savepoint = self.env.cr.savepoint(flush=False)
            lead = leads.create({"name": "From a file", "partner_id": self.client.id})
            self._post(lead)
            self.env.flush_all()
            savepoint.rollback()
            savepoint.close()

        self._compare(act)
        self.assertEqual(self.interactions.search_count([]), before)

    def test_many_are_looked_up(self):
        leads = self.env["crm.lead"].with_user(self.ben)
        values = [{"name": f"Deal {number}"} for number in range(FEW + 1)]
        self.assertEqual(self._compare(lambda: leads.create(values)), 0)
        self.assertEqual(self._compare(lambda: leads.create(values[:FEW])), FEW)
