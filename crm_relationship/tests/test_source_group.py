from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceGroup(RelationshipCommon):
    """Many sources are one line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.may, cls.june = cls.env["utm.source"].create([{"name": "May"}, {"name": "June"}])
        cls.mailings = cls.env["crm.source.group"].create({"name": "Mailings"})

    def test_sources_are_added_and_counted(self):
        with Form(self.mailings.with_user(self.anna)) as form:
            form.source_ids.add(self.may)
            form.source_ids.add(self.june)
        self.assertEqual((self.may | self.june).relationship_group_id, self.mailings)
        self.assertEqual(self.mailings.source_count, 2)

    def test_no_cost_entered_is_not_free(self):
        self.env["crm.source.cost"].create(
            {"source_id": self.may.id, "date_from": "2026-05-01", "amount": 0}
        )
        self.anna.group_ids += self.env.ref("crm_relationship.group_money")
        sources = (self.may | self.june).with_user(self.anna)
        self.assertEqual(sources.mapped("relationship_cost"), [0, 0])
        self.assertEqual(sources.mapped("relationship_has_cost"), [True, False])

    def test_deleted_group_leaves_its_sources(self):
        self.may.relationship_group_id = self.mailings
        self.mailings.with_user(self.anna).unlink()
        self.assertFalse(self.may.exists().relationship_group_id)

    @mute_logger("odoo.sql_db")
    def test_a_name_is_one_group(self):
        with self.assertRaises(IntegrityError):
            self.mailings.copy({"name": "Mailings"})

    def test_managers_group_others_read(self):
        for user in (self.carla, self.insider):
            self.assertEqual(self.mailings.with_user(user).name, "Mailings")
            for operation in ("write", "create", "unlink"):
                with self.assertRaises(AccessError):
                    self.mailings.with_user(user).check_access(operation)
        self.mailings.with_user(self.anna).name = "Letters"
