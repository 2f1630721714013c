import re
from contextlib import contextmanager
from unittest.mock import patch

from lxml import etree

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.mail.tests.common import MailCommon

from .common import RelationshipCommon

MANY = 20
# What of these is ours, Odoo need not read to do its own work with them.
WIDE_MODELS = ("res.partner", "crm.lead", "res.company", "crm.team")


@tagged("crm_relationship", "post_install", "-at_install")
class TestPerformance(MailCommon, RelationshipCommon):
    """Hot paths (P6): at most three statements of ours in a transaction, for 1 as for 20 records.

    What Odoo does by itself varies with what is installed, so ours are told by the tables
    that they name. `make bench` counts both with and without the addon.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tables = {
            model._table
            for model in cls.registry.values()
            if model._original_module == "crm_relationship" and model._auto and not model._abstract
        }
        columns = {
            field.name
            for name in ("res.partner", "crm.lead")
            for field in cls.env[name]._fields.values()
            if field._module == "crm_relationship" and field.store and field.column_type
        }
        cls.our_tables = re.compile(rf"\b({'|'.join(sorted(tables))})\b")
        cls.our_columns = re.compile(
            rf'UPDATE "?(res_partner|crm_lead)"?\s.*\b({"|".join(sorted(columns))})\b', re.S
        )
        # Read when one of them is asked for, which no hot path may do.
        cls.kept_apart = {name: cls._get_our_columns(name) for name in WIDE_MODELS}
        cls.our_reading = re.compile(
            "|".join(
                rf'"{cls.env[name]._table}"\."({"|".join(sorted(columns))})"'
                for name, columns in cls.kept_apart.items()
            )
        )
        cls.clients = cls.env["res.partner"].create(
            [
                {"name": f"Client {number}", "email": f"c{number}@many.example.com"}
                for number in range(MANY)
            ]
        )

    @classmethod
    def _get_our_columns(cls, model_name):
        return {
            field.name
            for field in cls.env[model_name]._fields.values()
            if field._module == "crm_relationship" and field.store and field.column_type
        }

    def test_no_field_of_ours_is_compared_at_each_write(self):
        for name, known in (("res.partner", "email"), ("crm.lead", "stage_id")):
            tracked = self.env[name]._track_get_fields()
            self.assertIn(known, tracked)
            ours = tracked & self._get_our_columns(name)
            self.assertFalse(ours, "tracking=True: see TRACED in res_partner_first_touch.py")

    def test_no_column_of_ours_is_read_with_those_of_odoo(self):
        for name, columns in self.kept_apart.items():
            self.assertTrue(columns)
            fields = self.env[name]._fields
            self.assertFalse({column for column in columns if fields[column].prefetch is True})

    @contextmanager
    def _our_statements(self):
        """Collect the statements that name our tables, until the commit."""
        statements, execute = [], Cursor.execute

        def record(cr, query, *args, **kwargs):
            code = query.code if isinstance(query, SQL) else str(query)
            self.assertNotRegex(code, self.our_columns)
            if self.our_tables.search(code) or self.our_reading.search(code):
                statements.append(code)
            return execute(cr, query, *args, **kwargs)

        self._end_transaction()
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", record):
            yield statements
            self._end_transaction()

    def assertCheap(self, prepare, act):
        """`act` adds the same few statements for one record of `prepare` and for many."""
        counts = []
        for count in (1, 1, MANY):  # the first one warms up
            records = prepare(count)
            with self.mock_mail_gateway(), self._our_statements() as statements:
                act(records)
            counts.append(len(statements))
        self.assertLessEqual(counts[1], 3, statements)
        self.assertEqual(counts[1], counts[2], statements)
        return counts[1]

    def _leads(self, count):
        leads = self.env["crm.lead"].with_user(self.ben)
        return leads.create(self._lead_values(count))

    def _lead_values(self, count):
        return [
            {"name": f"Deal {client.id}", "partner_id": client.id, "type": "opportunity"}
            for client in self.clients[:count]
        ]

    def _tasks(self, count):
        return self._leads(count).activity_schedule(
            "mail.mail_activity_data_call", summary="Call", user_id=self.ben.id
        )

    def test_leads_created(self):
        leads = self.env["crm.lead"].with_user(self.ben)
        self.assertTrue(self.assertCheap(self._lead_values, leads.create))

    def test_leads_written(self):
        self.assertCheap(self._leads, lambda leads: leads.write({"expected_revenue": 5}))

    def test_leads_won(self):
        self.assertCheap(self._leads, lambda leads: leads.action_set_won())

    def test_clients_written(self):
        added = self.assertCheap(
            lambda count: self.clients[:count].with_user(self.ben),
            lambda clients: clients.write({"color": 5}),
        )
        self.assertEqual(added, 0)

    def test_forms_read_what_their_words_are_made_of_at_once(self):
        """What a field is made of, and is not in the form, would be a statement more (P7)."""
        for name, known in (("res.partner", "keep_in_touch_hold"), ("crm.lead", "match_evidence")):
            shown, made_of = self._get_form_fields(name)
            self.assertIn(known, made_of)
            self.assertFalse(made_of & self.kept_apart[name] - shown)

    def _get_form_fields(self, model_name):
        """The names of the fields in a form, and of those that these are made of."""
        records = self.env[model_name].with_user(self.ben)
        arch = etree.fromstring(records.get_view(view_type="form")["arch"])
        todo = {
            node.get("name")
            for node in arch.iter("field")
            if not any(above.tag == "field" for above in node.iterancestors())
        }
        shown, made_of = set(todo), set()
        while todo:
            field = records._fields[todo.pop()]
            if not field.store:
                names = {name.split(".")[0] for name in self.registry.field_depends[field]}
                todo |= names - made_of
                made_of |= names
        return shown, made_of

    def test_notes(self):
        self.assertCheap(
            self._leads,
            lambda leads: [lead.message_post(body="He sounded tired.") for lead in leads],
        )

    def test_notes_among_colleagues(self):
        def note(leads):
            for lead in leads:
                lead.message_post(
                    body="He sounded tired.", message_type="comment", subtype_xmlid="mail.mt_note"
                )

        self.assertEqual(self.assertCheap(self._leads, note), 0)

    def test_mails(self):
        self.assertCheap(
            self._leads,
            lambda leads: [
                lead.message_post(
                    body="890 each.",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=lead.partner_id.ids,
                )
                for lead in leads
            ],
        )

    def test_activities_done(self):
        added = self.assertCheap(self._tasks, lambda tasks: tasks.with_user(self.ben).action_done())
        self.assertTrue(added)
