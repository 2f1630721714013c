from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestSecurity(RelationshipCommon):
    """Who may read and write what, role by role, in two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead_ben = cls._create_lead(cls.lumen, user_id=cls.ben.id)
        cls.lead_carla = cls._create_lead(cls.lumen, user_id=cls.carla.id)
        cls.of_ben = cls._create_interaction(cls.lumen, lead_id=cls.lead_ben.id, user_id=cls.ben.id)
        cls.of_carla = cls._create_interaction(
            cls.lumen, lead_id=cls.lead_carla.id, user_id=cls.carla.id
        )
        cls.shared = cls._create_interaction(cls.lumen, user_id=cls.ben.id)
        cls.private = cls._create_interaction(cls.lumen, user_id=cls.ben.id, is_private=True)
        cls.everything = cls.of_ben | cls.of_carla | cls.shared | cls.private

    def _readable(self, user):
        return self.interactions.with_user(user).search([("id", "in", self.everything.ids)]).sudo()

    def test_who_reads_which_history(self):
        self.assertEqual(self._readable(self.anna), self.everything)
        self.assertEqual(self._readable(self.ben), self.everything)
        self.assertEqual(self._readable(self.carla), self.of_carla | self.shared)
        self.private.user_id = self.carla
        self.assertEqual(self._readable(self.ben), self.everything - self.private)
        self.assertEqual(self._readable(self.anna), self.everything)

    def test_outside_sales_nothing_is_read(self):
        with self.assertRaises(AccessError):
            self._readable(self.insider)
        with self.assertRaises(AccessError):
            self.env["crm.promise"].with_user(self.insider).search([])
        with self.assertRaises(AccessError):
            self.lumen.with_user(self.insider).read(["interaction_ids"])

    def test_portal_user_does_not_read_what_he_is_to_us(self):
        portal = new_test_user(self.env, "rel_portal", groups="base.group_portal")
        portal.partner_id.relationship_status_id = self.status_lost
        me = portal.partner_id.with_user(portal)
        self.assertTrue(me.read(["name"]))
        for name in ("relationship_status_id", "relationship_status_kind", "acquisition_date"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                me.read([name])

    def test_name_of_the_last_contact_tells_nothing(self):
        self.of_ben.subject = "Takeover"
        self.assertNotIn("Takeover", self.of_ben.display_name)

    def test_promise_of_a_talk_one_may_not_read(self):
        promises = self.env["crm.promise"]
        secret, open_ = promises.create(
            [
                {
                    "name": "Send the contract",
                    "partner_id": self.lumen.id,
                    "interaction_id": interaction.id,
                    "user_id": self.ben.id,
                }
                for interaction in (self.of_ben, self.shared)
            ]
        )
        both = secret | open_
        domain = [("id", "in", both.ids)]
        self.assertEqual(promises.with_user(self.carla).search(domain), open_)
        self.assertEqual(promises.with_user(self.ben).search(domain), both)
        with self.assertRaises(AccessError):
            open_.with_user(self.carla).action_done()
        open_.with_user(self.anna).action_done()

    def test_row_of_nobody_on_a_hidden_lead_cannot_be_taken(self):
        self.of_ben.user_id = False
        with self.assertRaises(AccessError):
            self.of_ben.with_user(self.carla).user_id = self.carla

    def test_contact_can_be_kept_by_people_outside_sales(self):
        manager = self._create_user("rel_contacts", "base.group_partner_manager")
        self.oak.relationship_status_id = self.status_key
        contact = (
            self.env["res.partner"]
            .with_user(manager)
            .create({"name": "Zoe", "parent_id": self.oak.id})
        )
        contact.write({"phone": "+32 456 00 11 22"})
        self.assertStatus(contact, self.status_key)

    def test_salesperson_writes_own_rows_only(self):
        self.of_carla.with_user(self.carla).summary = "Likes oak"
        for interaction in (self.shared, self.of_ben):
            with self.assertRaises(AccessError):
                interaction.with_user(self.carla).summary = "Changed by another"
        with self.assertRaises(AccessError):
            self.of_carla.with_user(self.carla).unlink()
        self.of_carla.with_user(self.anna).summary = "Corrected"
        self.of_carla.with_user(self.anna).unlink()

    def test_promise_of_a_secret_talk_that_is_deleted(self):
        lead = self._create_lead(self.oak, user_id=self.ben.id)
        talks = (
            self._create_interaction(self.oak, is_private=True)
            | self._create_interaction(self.oak, lead_id=lead.id)
            | self._create_interaction(self.oak)
        )
        vals = {"name": "Call", "partner_id": self.oak.id, "user_id": self.ben.id}
        promises = self.env["crm.promise"].create(
            [{**vals, "interaction_id": talk.id} for talk in talks]
        )
        domain = [("id", "in", promises.ids)]
        talks.with_user(self.anna).unlink()
        self.env.invalidate_all()
        for user, readable in (
            (self.carla, promises[2]),
            (self.ben, promises),
            (self.anna, promises),
        ):
            self.assertEqual(promises.with_user(user).search(domain), readable)
        promises.user_id = self.anna
        self.assertEqual(promises.with_user(self.ben).search(domain), promises[2])

    def test_salesperson_creates_rows_and_promises(self):
        interaction = self.interactions.with_user(self.carla).create({"partner_id": self.lumen.id})
        promise = (
            self.env["crm.promise"]
            .with_user(self.carla)
            .create(
                {
                    "name": "Send a sample",
                    "partner_id": self.lumen.id,
                    "interaction_id": interaction.id,
                }
            )
        )
        promise.action_done()
        self.assertEqual(promise.state, "kept")

    def test_only_managers_configure(self):
        for model, vals in (
            ("crm.relationship.status", {"name": "VIP", "kind": "key"}),
            ("crm.interaction.purpose", {"name": "Fair"}),
            ("crm.interaction.outcome", {"name": "Sold"}),
            ("crm.important.date.kind", {"name": "Name day"}),
        ):
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(self.ben).create(vals)
                self.assertTrue(self.env[model].with_user(self.anna).create(vals))
                self.assertTrue(self.env[model].with_user(self.insider).search([], limit=1))

    def test_trace_of_statuses_cannot_be_changed(self):
        self.oak.with_user(self.carla).relationship_status_id = self.status_prospect
        change = self.env["crm.relationship.status.change"].search(
            [("partner_id", "=", self.oak.id)]
        )
        self.assertEqual(
            change.with_user(self.carla).read(["user_id"])[0]["user_id"][0], self.carla.id
        )
        for user in (self.carla, self.anna):
            with self.assertRaises(AccessError):
                change.with_user(user).write({"reason": "Nothing happened"})
            with self.assertRaises(AccessError):
                change.with_user(user).unlink()

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.shared.company_id = other
        self.assertNotIn(self.shared, self._readable(self.anna))
        self.anna.company_ids = [Command.link(other.id)]
        self.assertIn(
            self.shared,
            self.interactions.with_user(self.anna)
            .with_context(allowed_company_ids=other.ids)
            .search([("id", "=", self.shared.id)]),
        )
        self.oak.company_id = other
        self.assertEqual(self._create_interaction(self.oak).company_id, other)
        day = self.env["crm.important.date"].create(
            {
                "partner_id": self.oak.id,
                "kind_id": self.env.ref("crm_relationship.date_kind_anniversary").id,
                "month": 5,
                "day": 3,
            }
        )
        promise = self.env["crm.promise"].create({"name": "Call", "partner_id": self.oak.id})
        for record in (day, promise):
            with self.assertRaises(AccessError):
                record.with_user(self.ben).read(["partner_id"])

    def test_company_of_the_lead_is_that_of_its_history(self):
        other = self.env["res.company"].create({"name": "Other"})
        lead = self._create_lead(self.lumen, company_id=other.id, user_id=False, team_id=False)
        interaction = self._create_interaction(self.lumen, lead_id=lead.id)
        self.assertEqual(interaction.company_id, other)
