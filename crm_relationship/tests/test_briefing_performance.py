from datetime import timedelta

from odoo import Command
from odoo.tests import Form, tagged, users

from .common_briefing import BriefingCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestBriefingPerformance(BriefingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["utm.source"].create({"name": "Banner"})
        cls.clients = cls.env["res.partner"].create(
            [
                {
                    "name": f"Client {number}",
                    "is_company": True,
                    "comment": "Note",
                    "relationship_status_id": cls.status_regular.id,
                    "acquisition_source_id": cls.source.id,
                    "acquisition_date": "2025-05-02",
                    "referrer_id": cls.lumen.id,
                }
                for number in range(50)
            ]
        )
        for client in cls.clients:
            cls._fill(client)

    @classmethod
    def _fill(cls, client):
        """Something for every section, by several people."""
        person = cls.env["res.partner"].create({"name": "Person", "parent_id": client.id})
        lead = cls._create_lead(person, user_id=cls.carla.id)
        for days_ago, user in ((3, cls.ben), (9, cls.carla), (40, cls.anna)):
            cls._create_interaction(
                person,
                days_ago=days_ago,
                user_id=user.id,
                lead_id=lead.id,
                purpose_id=cls.purpose.id,
                outcome_id=cls.think.id,
            )
        message = lead.message_post(body="Question", message_type="comment")
        cls._create_interaction(
            person, direction="in", needs_reply=True, message_id=message.id, is_private=True
        )
        cls.env["crm.promise"].create({"name": "Sample", "partner_id": person.id})
        client.activity_schedule("mail.mail_activity_data_call", cls.today, user_id=cls.ben.id)
        lead.activity_schedule("mail.mail_activity_data_todo", cls.today, user_id=cls.carla.id)
        cls.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": cls.now + timedelta(days=2),
                "stop": cls.now + timedelta(days=2, hours=1),
                "partner_ids": [Command.set(person.ids)],
                "user_id": cls.ben.id,
            }
        )
        cls.env["crm.important.date"].create(
            {"partner_id": person.id, "kind_id": cls.birthday.id, "month": 3, "day": 3}
        )

    def _count(self, clients, user):
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        briefings = clients.with_user(user).get_briefing()
        self.assertTrue(all(briefing["planned"] for briefing in briefings))
        return self.env.cr.sql_log_count - start

    def test_statements_do_not_grow_with_the_contacts(self):
        for user in (self.carla, self.anna):
            self._count(self.clients, user)
            counts = [self._count(self.clients[:number], user) for number in (1, 10, 50)]
            self.assertEqual(len(set(counts)), 1, counts)
            self.assertLessEqual(counts[0], 60)


@tagged("crm_relationship", "post_install", "-at_install")
class TestFormStatements(BriefingCommon):
    """What our fields cost when a form is read: at most three statements (P7)."""

    def _get_specification(self, view):
        """What the web client asks for: fields of the form, records one level deep."""
        specification = {}
        for node in view.iter("field"):
            if any(parent.tag == "field" for parent in node.iterancestors()):
                continue
            field = self.env[view.get("model_name")]._fields[node.get("name")]
            specification[field.name] = self._get_field_specification(field, node)
        return specification

    def _get_field_specification(self, field, node):
        if field.type == "many2one":
            return {"fields": {"display_name": {}}}
        if field.type not in ("one2many", "many2many"):
            return {}
        relation = self.env[field.comodel_name]
        names = {child.get("name") for child in node.iter("field") if child is not node}
        return {
            "fields": {
                name: {"fields": {"display_name": {}}}
                if relation._fields[name].type == "many2one"
                else {}
                for name in names
                if name in relation._fields
            }
        }

    def _count_read(self, record, specification, user):
        record = record.with_user(user)
        record.web_read(specification)
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        record.web_read(specification)
        return self.env.cr.sql_log_count - start

    def _get_added(self, record, xmlid, user):
        from lxml import etree

        view = self.env.ref(xmlid)
        arch = record.with_user(user).get_view(view.id, "form")["arch"]
        tree = etree.fromstring(arch)
        tree.set("model_name", record._name)
        specification = self._get_specification(tree)
        ours = {
            name for name in specification if record._fields[name]._module == "crm_relationship"
        }
        rest = {name: spec for name, spec in specification.items() if name not in ours}
        self._count_read(record, specification, user)  # what Odoo keeps is there for both
        with_us = self._count_read(record, specification, user)
        return with_us - self._count_read(record, rest, user), ours

    def test_contact(self):
        self.oak.write({"relationship_status_id": self.status_regular.id, "phone": "+32470123456"})
        self._add_date(self.oak, 5)
        self._add_date(self.oak, 9)
        added, ours = self._get_added(self.oak, "base.view_partner_form", self.carla)
        self.assertIn("important_date_ids", ours)
        self.assertLessEqual(added, 3)

    def test_lead(self):
        source = self.env["utm.source"].create({"name": "Banner"})
        lead = self._create_lead(self.oak, source_id=source.id, user_id=self.anna.id)
        added, __ = self._get_added(lead, "crm.crm_lead_view_form", self.anna)
        self.assertLessEqual(added, 3)

    @users("rel_carla")
    def test_relationship_page_can_be_edited(self):
        with Form(self.oak.with_user(self.carla), "base.view_partner_form") as form:
            form.relationship_status_id = self.status_key
            with form.important_date_ids.new() as line:
                line.kind_id = self.birthday
                line.day = 29
                line.month_choice = "2"
        self.assertStatus(self.brandon, self.status_key)
        self.assertEqual(self.oak.important_date_ids.month, 2)
