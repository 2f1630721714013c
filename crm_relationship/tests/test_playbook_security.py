from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_playbook import PlaybookCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestPlaybookSecurity(PlaybookCommon):
    """Managers write; salespeople read what is published for their teams."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.by_south = cls._write_playbook(
            name="South only", stage_id=cls.stage_new.id, team_ids=[Command.set(cls.south.ids)]
        )
        cls.draft = cls._write_playbook(name="Draft", status_id=cls.status_key.id)
        cls.all = cls.by_status | cls.by_stage | cls.by_south | cls.draft
        for playbook in cls.all - cls.draft:
            playbook.action_publish()

    def _readable(self, user, model="crm.playbook", field="id"):
        domain = [(field, "in", self.all.ids)]
        return self.env[model].with_user(user).search(domain).mapped(field)

    def test_who_reads_which(self):
        self.assertEqual(
            {*self._readable(self.carla)}, {self.by_status.id, self.by_stage.id}, "own team"
        )
        self.assertEqual({*self._readable(self.ben)}, {*(self.all - self.draft).ids}, "all leads")
        self.assertEqual({*self._readable(self.anna)}, {*self.all.ids})
        with self.assertRaises(AccessError):
            self._readable(self.insider)

    def test_versions_follow(self):
        def read(user):
            versions = self.env["crm.playbook.version"].with_user(user)
            return versions.search([("playbook_id", "in", self.all.ids)]).sudo().playbook_id

        self.assertEqual(read(self.carla), self.by_status | self.by_stage)
        self.assertEqual(read(self.anna), self.all - self.draft)

    def test_salespeople_write_nothing(self):
        playbook = self.by_stage.with_user(self.carla)
        for act in (
            lambda: playbook.write({"name": "Mine"}),
            lambda: playbook.write({"body": "<p>Mine</p>"}),
            playbook.unlink,
            playbook.action_publish,
            playbook.action_discard_draft,
            playbook.action_remind,
            lambda: playbook.read(["draft_body"]),
            lambda: playbook.read(["unread_user_ids"]),
            lambda: playbook.create({"name": "Mine", "status_id": self.status_key.id}),
            lambda: playbook.version_id.write({"body": "<p>Mine</p>"}),
            lambda: self.env["crm.playbook.step"].with_user(self.carla).search([("id", ">", 0)]),
            lambda: self.by_south.with_user(self.carla).action_mark_read(),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_nobody_writes_the_past(self):
        version = self.by_stage.version_id.with_user(self.anna)
        with self.assertRaises(AccessError):
            version.body = "<p>As if</p>"
        with self.assertRaises(AccessError):
            version.unlink()
        read = self.by_stage.read_ids.with_user(self.anna)
        with self.assertRaises(AccessError):
            read.user_id = self.carla

    def test_receipts_are_for_managers(self):
        self.by_status.with_user(self.carla).action_mark_read()
        self.by_status.with_user(self.ben).action_mark_read()
        receipts = self.env["crm.playbook.read"]
        domain = [("playbook_id", "=", self.by_status.id)]
        self.assertEqual(receipts.with_user(self.carla).search(domain).user_id, self.carla)
        self.assertEqual(
            receipts.with_user(self.anna).search(domain).user_id, self.anna | self.ben | self.carla
        )

    def test_ticks_are_as_private_as_the_deal(self):
        mine, bens = self._create_deal(), self._create_deal(user_id=self.ben.id)
        for deal in (mine, bens):
            self._set(self.by_stage, deal, user=self.ben)
        self._set(self.by_status, self.oak)
        ticks = self.env["crm.playbook.tick"]
        domain = [("playbook_id", "in", self.all.ids)]
        seen = ticks.with_user(self.carla).search(domain)
        self.assertEqual((seen.lead_id, seen.partner_id), (mine, self.oak))
        self.assertEqual(ticks.with_user(self.ben).search(domain).lead_id, mine | bens)
        with self.assertRaises(AccessError):
            seen[0].write({"state": "done"})
        with self.assertRaises(AccessError):
            seen[0].with_user(self.anna).unlink()

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.by_status.company_id = other
        self.by_stage.company_id = other
        self.assertFalse(self._readable(self.carla))
        self.assertEqual(self._brief(self.oak), [])
        self.carla.company_ids = [Command.link(other.id)]
        both = (self.env.company | other).ids
        carla = self.carla.with_context(allowed_company_ids=both)
        deal = self._create_deal(company_id=self.env.company.id)
        shown = deal.with_user(carla).with_context(allowed_company_ids=both).get_briefing()
        self.assertEqual(shown[0]["playbooks"], [], "the deal is another company's")
        client = self.oak.with_user(carla).with_context(allowed_company_ids=both)
        self.assertEqual(len(client.get_briefing()[0]["playbooks"]), 1)
        self.assertEqual(
            self.by_status.sudo()._get_audience() & (self.ben | self.carla), self.carla
        )
