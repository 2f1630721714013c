from datetime import datetime

from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..models.rule.crm_relationship_unsubscribe import Recipient
from .common import RelationshipCommon

# What gives the person away, wherever it is found.
SECRETS = ("Zoraya", "zoraya@", "4561234", "Oakenshield")
# The blacklists keep an address so that nobody writes to it again.
KEPT_TABLES = ("mail_blacklist", "phone_blacklist")


@tagged("crm_relationship", "post_install", "-at_install")
class TestPartnerErase(RelationshipCommon):
    """An erased person is unknown everywhere, and nothing that is counted changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Zoraya Oakenshield",
                "email": "zoraya@far.example.com",
                "phone": "+32 456 12 34 56",
                "street": "Oakenshield Lane 1",
                "comment": "Zoraya has a dog",
                "website": "https://zoraya.example.com",
                "relationship_status_id": cls.status_customer.id,
            }
        )
        cls.person.write({"phone": "+324561234"})

    def _live(self, person):
        """A relationship with all that there may be."""
        source = self.env["utm.source"].create({"name": "Fair"})
        lead = self._create_lead(
            person,
            name="Zoraya wants desks",
            source_id=source.id,
            description="Zoraya likes oak",
            expected_revenue=900,
        )
        lead.email_from = "zoraya@far.example.com"
        self._create_lead(name="Zoraya again", email_from="zoraya@far.example.com")
        lead.action_set_won()
        for record in (person, lead):
            record.with_user(self.ben).message_post(
                body="Dear Zoraya",
                subject="For Zoraya",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=person.ids,
                attachments=[("zoraya.txt", b"Zoraya")],
            )
        person.activity_schedule(
            "mail.mail_activity_data_call", summary="Call Zoraya", user_id=self.ben.id
        ).action_feedback("Zoraya must think")
        inquiry = self._create_interaction(
            person,
            days_ago=2,
            direction="in",
            needs_reply=True,
            lead_id=lead.id,
            subject="Zoraya asks",
            summary="Mrs Oakenshield",
        )
        talk = self._create_interaction(
            person,
            days_ago=1,
            offered="Zoraya gets 5%",
            outcome_id=self.env.ref("crm_relationship.outcome_agreed").id,
        )
        self.env["crm.promise"].create(
            {
                "name": "Call Zoraya",
                "partner_id": person.id,
                "interaction_id": talk.id,
                "user_id": self.ben.id,
            }
        ).action_done()
        self.env["crm.promise"].create(
            {"name": "Visit Zoraya", "partner_id": person.id, "user_id": self.ben.id}
        )
        self.env["crm.important.date"].create(
            {
                "partner_id": person.id,
                "kind_id": self.env.ref("crm_relationship.date_kind_birthday").id,
                "month": 5,
                "day": 3,
                "note": "Zoraya turns 50",
            }
        )
        self.env["calendar.event"].create(
            {
                "name": "Meeting with Zoraya",
                "description": "Oakenshield",
                "start": "2026-01-05 09:00:00",
                "stop": "2026-01-05 10:00:00",
                "partner_ids": [Command.set([person.id, self.ben.partner_id.id])],
            }
        )
        self._refresh_clients()
        return lead, inquiry, talk

    def _unsubscribe(self, person):
        links = self.env["crm.relationship.unsubscribe"]
        reader = Recipient("email", "zoraya@far.example.com", person.id)
        url = links._get_urls([reader])[reader]
        links._find(url.rsplit("/", 1)[1], "email")._stop("Zoraya has enough")

    def _figures(self):
        """Everything that is counted."""
        self.env.flush_all()
        reads = (
            ("crm.interaction", ["channel", "direction", "outcome_id", "user_id", "is_attempt"]),
            ("crm.response.report", ["channel", "user_id", "source_id", "state", "speed"]),
            ("crm.promise.report", ["user_id", "state", "by"]),
            ("crm.source.report", ["source_id", "fact", "date:month"]),
            ("crm.relationship.status.change", ["from_status_id", "to_status_id"]),
            ("crm.lead", ["stage_id", "won_status", "source_id"]),
        )
        measures = {
            "crm.response.report": ["median_hours:avg", "conversion:avg"],
            "crm.promise.report": ["kept_rate:avg"],
            "crm.source.report": ["leads:sum", "won:sum", "customers:sum", "revenue:sum"],
            "crm.lead": ["expected_revenue:sum"],
        }
        return {
            name: self.env[name]
            .with_user(self.anna)
            .with_context(active_test=False)
            ._read_group([], groupby, ["__count", *measures.get(name, ())])
            for name, groupby in reads
        }

    def _find_secrets(self):
        """`[(table, column)]` where the person can still be found."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """
                SELECT c.table_name, c.column_name FROM information_schema.columns c
                  JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'
                   AND c.data_type IN ('character varying', 'text', 'jsonb')
                   AND c.table_name NOT IN %s
                """,
                KEPT_TABLES,
            )
        )
        pattern = "|".join(SECRETS)
        tables = {}
        for table, column in columns:
            tables.setdefault(table, []).append(column)
        return [
            (table, column)
            for table, names in tables.items()
            for column in self._find_in_table(table, names, pattern)
        ]

    def _find_in_table(self, table, names, pattern):
        terms = [SQL("bool_or(%s::text ~* %s)", SQL.identifier(name), pattern) for name in names]
        [found] = self.env.execute_query(
            SQL("SELECT %s FROM %s", SQL(", ").join(terms), SQL.identifier(table))
        )
        return [name for name, hit in zip(names, found, strict=True) if hit]

    def _erase(self, partners, user=None):
        user = user or self.anna
        action = partners.with_user(user).action_erase_personal_data()
        wizard = self.env["crm.partner.erase"].with_user(user).with_context(**action["context"])
        wizard = wizard.create({"is_confirmed": True})
        wizard.action_erase()
        self._refresh_clients()
        return wizard

    def test_person_is_unknown_and_all_counts_stay(self):
        lead, inquiry, talk = self._live(self.person)
        self._unsubscribe(self.person)
        before = self._figures()
        self.assertTrue(self._find_secrets())
        self._erase(self.person)
        self.assertEqual(self._find_secrets(), [])
        self.assertEqual(self._figures(), before)
        self.assertEqual(self.person.name, f"Erased contact {self.person.id}")
        self.assertFalse(self.person.active)
        self.assertFalse(self.person.important_date_ids)
        self.assertRecordValues(
            inquiry | talk,
            [
                {"subject": False, "summary": False, "offered": False, "lead_id": lead.id},
                {"subject": False, "summary": False, "offered": False, "lead_id": False},
            ],
        )
        self.assertEqual((inquiry | talk).partner_id, self.person)
        self.assertEqual(talk.outcome_result, "success")
        self.assertEqual((lead.won_status, lead.expected_revenue), ("won", 900))

    def test_who_erased_is_in_the_chatter(self):
        self._erase(self.person)
        note = self.person.message_ids[0]
        self.assertEqual(note.author_id, self.anna.partner_id)
        self.assertIn("Personal data erased", note.body)

    def test_of_a_company_the_others_stay(self):
        self.oak.write({"street": "Oak Street 1", "vat": "BE0477472701"})
        talk = self._create_interaction(self.nina, summary="Nina likes oak")
        erased = self._create_interaction(self.brandon, summary="Brandon too")
        self._erase(self.brandon)
        self.assertEqual((self.oak.street, self.oak.vat), ("Oak Street 1", "BE0477472701"))
        self.assertEqual((self.nina.name, self.nina.email), ("Nina", "nina@oak.example.com"))
        self.assertEqual(talk.summary, "Nina likes oak")
        self.assertFalse(erased.summary or self.brandon.email)
        self.assertEqual(erased.commercial_partner_id, self.oak)
        self.assertEqual(self.oak.interaction_count, 2)

    def test_lead_of_the_company_does_not_tell_who_asked(self):
        by_mail, by_name, of_nina = leads = self.env["crm.lead"].create(
            [
                {
                    "name": "Desks",
                    "partner_id": self.oak.id,
                    "user_id": self.carla.id,
                    "contact_name": contact,
                    "function": "Buyer",
                }
                for contact in ("B.", "Brandon", "Nina")
            ]
        )
        by_mail.email_from = self.brandon.email
        self.oak.email = False
        by_name.email_from = of_nina.email_from = False
        talk = self._create_interaction(self.brandon, lead_id=by_name.id, user_id=self.carla.id)
        promise = self.env["crm.promise"].create(
            {
                "name": "Ask Brandon",
                "partner_id": self.brandon.id,
                "interaction_id": talk.id,
                "user_id": self.carla.id,
            }
        )
        promise.action_done()
        self.assertEqual(promise.activity_id.res_id, by_name.id)
        self._erase(self.brandon)
        self.assertEqual(
            leads.mapped(lambda lead: (lead.contact_name, lead.function, lead.email_from)),
            [(False, False, False), (False, False, False), ("Nina", "Buyer", False)],
        )
        self.assertEqual(leads.mapped("name"), ["Desks"] * 3)
        self.assertFalse(promise.activity_id.summary)

    def test_meeting_with_others_does_not_tell_how_to_reach_the_person(self):
        event = (
            self.env["calendar.event"]
            .with_user(self.ben)
            .create(
                {
                    "name": "Showroom",
                    "start": "2026-01-05 09:00:00",
                    "stop": "2026-01-05 10:00:00",
                    "partner_ids": [
                        Command.set((self.ben.partner_id + self.person + self.nina).ids)
                    ],
                }
            )
        )
        # As Odoo writes it for one of the guests, and something that was added.
        details = event._get_contact_details_description(self.ben, self.person)
        event.description = Markup("<div>%s<p>Bring the samples</p></div>") % details
        self.assertIn("zoraya@far.example.com", event.description)
        self._erase(self.person)
        self.env.invalidate_all()
        self.assertEqual(self._find_secrets(), [])
        self.assertEqual(event.name, "Showroom")
        self.assertIn("Bring the samples", event.description)
        self.assertIn(self.ben.name, event.description)

    def test_who_did_not_want_mail_still_gets_none(self):
        self.env["mail.blacklist"]._add(self.person.email)
        self._erase(self.person)
        self.assertTrue(
            self.env["mail.blacklist"].search([("email", "=", "zoraya@far.example.com")])
        )

    def test_portal_user_has_no_access_any_more(self):
        portal = new_test_user(self.env, "zoraya@far.example.com", groups="base.group_portal")
        portal.partner_id = self.person
        self._erase(self.person)
        self.assertFalse(portal.active)
        self.assertEqual(portal.login, f"erased-{portal.id}")

    def test_only_managers_erase(self):
        for user in (self.ben, self.carla, self.insider):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.person.with_user(user).action_erase_personal_data()
                with self.assertRaises(AccessError):
                    self.person.with_user(user)._erase_personal_data()
        self.assertEqual(self.person.name, "Zoraya Oakenshield")

    def test_who_is_not_erased(self):
        for partner, message in (
            (self.oak, "a company is no person"),
            (self.ben.partner_id, "works with us"),
        ):
            with self.subTest(partner=partner.name), self.assertRaisesRegex(UserError, message):
                self._erase(partner)
        own = self.env["res.partner"].create({"name": "We"})
        self.env["res.company"].create({"name": "Ours", "partner_id": own.id})
        own.is_company = False
        with self.assertRaisesRegex(UserError, "own companies"):
            self._erase(own)

    def _have_rules(self):
        """A rule that told ben of a task for the person and a friend, and failed for the person."""
        friend = self.env["res.partner"].create({"name": "Quentin", "user_id": self.ben.id})
        self.person.user_id = self.ben
        template = self.env["mail.template"].create(
            {
                "name": "Greeting",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body_html": '<t t-if="object.name[0] in \'QZ\'" t-out="{}[object.name]"/>',
                "use_default_to": True,
            }
        )
        actions = (
            {"kind": "activity", "summary": "Call"},
            {"kind": "mail", "template_id": template.id},
        )
        kind = self.env.ref("crm_relationship.date_kind_birthday")
        self.env["crm.important.date"].create(
            [
                {"partner_id": partner.id, "kind_id": kind.id, "month": 3, "day": 10}
                for partner in (self.person, friend)
            ]
        )
        rule = self.env["crm.relationship.rule"].create(
            {
                "name": "Birthday",
                "active": True,
                "user_id": self.anna.id,
                "date_kind_id": kind.id,
                "domain": f"[('id', 'in', {(self.person + friend).ids})]",
                "date_start": "2027-01-01",
                "action_ids": [Command.create(action) for action in actions],
            }
        )
        with mute_logger(
            "odoo.addons.crm_relationship.models.rule.crm_relationship_rule_execute",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            rule._run(datetime(2027, 3, 10, 12))
        return rule

    def test_rules_and_what_they_told_know_nobody(self):
        rule = self._have_rules()
        digest = (
            self.env["mail.message"]
            .search([("message_type", "=", "user_notification"), ("body", "like", "Zoraya")])
            .filtered(lambda message: not message.model)
        )
        self.assertEqual(digest.partner_ids, self.ben.partner_id)
        runs = self.env["crm.relationship.rule.run"].search([("rule_id", "=", rule.id)])
        self.assertEqual(sorted(runs.mapped("state")), ["done", "done", "failed", "failed"])
        task = rule.activity_ids.filtered(lambda task: task.user_id == self.anna)
        self.assertIn("Zoraya", task.note)
        self._erase(self.person)
        self.env.invalidate_all()
        self.assertEqual(self._find_secrets(), [])
        self.assertIn("Quentin", digest.body)
        self.assertIn("Quentin", task.note)
        self.assertEqual(sorted(runs.mapped("state")), ["done", "done", "failed", "failed"])

    def test_what_a_handover_told_knows_nobody(self):
        (self.person + self.lumen).user_id = self.ben
        self._live(self.person)
        handover = (
            self.env["crm.handover"]
            .with_user(self.anna)
            .create({"from_user_id": self.ben.id, "to_user_id": self.carla.id})
        )
        handover.action_start()
        handover.action_mail_brief()
        line = handover.sudo().line_ids.filtered(lambda line: line.res_id == self.person.id)
        line.write({"state": "failed", "reason": "Zoraya cannot be written"})
        told = self.env["mail.message"].search(
            [("model", "=", "crm.handover"), ("body", "like", "Zoraya")]
        )
        self.assertTrue(told)
        self._erase(self.person)
        self.env.invalidate_all()
        self.assertEqual(self._find_secrets(), [])
        self.assertEqual((line.state, line.client_id), ("failed", self.person))
        self.assertTrue(told.subject)

    def test_what_keeping_in_touch_noted_knows_nobody(self):
        self._live(self.person)
        self.person.write(
            {
                "relationship_status_locked_until": "2030-01-01",
                "relationship_status_locked_reason": "Zoraya asked for it",
                "keep_in_touch_pause_until": "2030-01-01",
                "keep_in_touch_pause_reason": "Zoraya is in Rome",
            }
        )
        self.env["crm.today.postponement"].create(
            {
                "user_id": self.ben.id,
                "partner_id": self.person.id,
                "key": f"due:{self.person.id}:2026-01-01",
                "date_until": "2026-01-08",
                "reason": "Other: Zoraya is in Rome",
            }
        )
        self._end_transaction()
        self._erase(self.person)
        self.assertEqual(self._find_secrets(), [])

    def test_nothing_happens_without_the_tick(self):
        wizard = (
            self.env["crm.partner.erase"]
            .with_user(self.anna)
            .create({"partner_ids": self.person.ids})
        )
        with self.assertRaisesRegex(UserError, "undone"):
            wizard.action_erase()
        self.assertEqual(self.person.name, "Zoraya Oakenshield")

    def test_dialog_tells_how_much(self):
        self._live(self.person)
        wizard = (
            self.env["crm.partner.erase"]
            .with_user(self.anna)
            .create({"partner_ids": self.person.ids})
        )
        self.assertRecordValues(
            wizard,
            [
                {
                    "lead_count": 2,
                    # Two leads, two mails, a call, an inquiry and a talk.
                    "interaction_count": 7,
                    "waiting_count": 0,
                    "document_count": 0,
                }
            ],
        )
        self.assertGreaterEqual(wizard.message_count, 3)
