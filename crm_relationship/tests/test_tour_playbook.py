from odoo.tests import HttpCase, tagged

from .common_playbook import PlaybookCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourPlaybook(HttpCase, PlaybookCommon):
    # Wide enough for all buttons above a contact.
    browser_size = "1920x1080"

    def test_publish_and_tick(self):
        """A manager publishes; the salesperson reads it on the deal, ticks and skips."""
        self.start_tour(
            f"/odoo/playbooks/{self.by_stage.id}",
            "crm_relationship_playbook_publish",
            login=self.anna.login,
        )
        self.assertEqual(self.by_stage.version, 1)
        deal = self._create_deal()
        self.start_tour(f"/odoo/crm/{deal.id}", "crm_relationship_playbook", login=self.carla.login)
        ticks = self.env["crm.playbook.tick"].search([("lead_id", "=", deal.id)], order="step_id")
        self.assertEqual(ticks.mapped("state"), ["done", "skipped"])
        self.assertEqual(ticks[1].reason, "They want it now")
        self.assertIn(self.carla, self.by_stage.reader_ids)

    def test_referrals(self):
        """The tree of a client, one level and page after the other, down to a client's form."""
        self.oak.referrer_id = self.lumen
        self.env["res.partner"].create(
            [{"name": f"Friend {n}", "referrer_id": self.nina.id} for n in range(40)]
        )
        self.env["res.partner"].create({"name": "Far Away", "referrer_id": self.nina.id})
        self._create_deal(self.brandon)
        self.start_tour(
            f"/odoo/res.partner/{self.lumen.id}",
            "crm_relationship_referrals",
            login=self.carla.login,
        )
