from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_playbook import PlaybookCommon

NOW = datetime(2027, 3, 1, 9, 0)


@freeze_time(NOW)
@tagged("crm_relationship", "post_install", "-at_install")
class TestPlaybookTick(PlaybookCommon):
    """Steps ticked and skipped, in the briefing, and through merges."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.by_status.action_publish()
        cls.by_stage.action_publish()

    def test_in_the_briefing_of_the_client(self):
        [shown] = self._brief(self.brandon)
        self.assertEqual(
            shown,
            {
                "id": self.by_status.id,
                "name": "First talk",
                "version": 1,
                "date": "2027-03-01 09:00:00",
                "is_read": False,
                "news": "",
                "guidance": "<p>Listen.</p>",
                "questions": ["Why now?"],
                "links": [{"name": "Prices", "url": "https://example.com/prices"}],
                "steps": [
                    {
                        "id": self._step(self.by_status, 0).id,
                        "name": "Who decides",
                        "state": "open",
                    },
                    {"id": self._step(self.by_status, 1).id, "name": "By when", "state": "open"},
                ],
                "res_model": "res.partner",
                "res_id": self.oak.id,
            },
        )
        self.oak.relationship_status_id = self.status_customer
        self.assertEqual(self._brief(self.brandon), [])

    def test_on_the_deal_before_that_of_its_client(self):
        deal = self._create_deal(self.brandon)
        self.assertEqual([item["name"] for item in self._brief(deal)], ["The offer", "First talk"])
        stranger = self._create_deal()
        self.assertEqual([item["name"] for item in self._brief(stranger)], ["The offer"])
        for vals in (
            {"stage_id": self.stage_new.id},
            {"team_id": self.south.id},
            {"type": "lead"},
            {"active": False, "probability": 0},
        ):
            other = self._create_deal(**vals)
            self.assertEqual(self._brief(other), [], vals)

    def test_tick_skip_and_open_again(self):
        deal = self._create_deal()
        self._set(self.by_stage, deal)
        self._set(self.by_stage, deal, "skipped", 1, reason=" They know the day ")
        steps = self._brief(deal)[0]["steps"]
        carla = {"id": self.carla.id, "name": self.carla.name}
        common = {"user": carla, "date": "2027-03-01 09:00:00"}
        self.assertEqual(
            [{name: step[name] for name in step if name not in ("id", "name")} for step in steps],
            [
                {"state": "done", **common},
                {"state": "skipped", "reason": "They know the day", **common},
            ],
        )
        self._set(self.by_stage, deal, "done", 1)
        self._set(self.by_stage, deal, False, 0)
        self.assertEqual(self._states(deal), [["open", "done"]])
        self.assertEqual(self._states(self._create_deal()), [["open", "open"]])

    def test_ticks_of_people_are_the_companys(self):
        self._set(self.by_status, self.brandon)
        self.assertEqual(self._states(self.nina), [["done", "open"]])

    def test_ticking_twice_is_one_tick(self):
        deal = self._create_deal()
        for user in (self.carla, self.ben, self.carla):
            self._set(self.by_stage, deal, user=user)
        ticks = self.env["crm.playbook.tick"].search([("lead_id", "=", deal.id)])
        self.assertEqual(len(ticks), 1)
        self.assertEqual(ticks.user_id, self.carla)

    def test_what_cannot_be_ticked(self):
        deal = self._create_deal()
        with self.assertRaisesRegex(UserError, "Reason: say in few words"):
            self._set(self.by_stage, deal, "skipped", reason="  ")
        with self.assertRaisesRegex(UserError, "ticked for deals"):
            self._set(self.by_stage, self.oak)
        with self.assertRaisesRegex(UserError, "without this step"):
            self._set(self.by_stage, deal, number=2)
        with self.assertRaisesRegex(UserError, "without this step"):
            self._set(self.by_stage, deal, "perhaps")
        with self.assertRaises(AccessError):
            self._set(self.by_stage, self._create_deal(user_id=self.ben.id))
        with self.assertRaises(AccessError):
            self._set(self.by_stage, deal, user=self.insider)

    def test_ticks_outlive_a_new_version(self):
        deal = self._create_deal()
        self._set(self.by_stage, deal)
        self._step(self.by_stage, 1).unlink()
        self._step(self.by_stage, 0).name = "Who decides, and who pays"
        self.by_stage.action_publish()
        self.assertEqual(self._states(deal), [["done"]])

    # ---- merging ----

    def _ticks(self, field, record):
        ticks = self.env["crm.playbook.tick"].search([(field, "=", record.id)], order="step_id")
        prefix = "lead" if field == "lead_id" else "client"
        self.assertEqual(
            ticks.mapped("key"), [f"{prefix}:{record.id}:{tick.step_id.id}" for tick in ticks]
        )
        return ticks.mapped("state")

    def test_merged_leads(self):
        first, second, third = (self._create_deal(probability=90 - i) for i in range(3))
        self._set(self.by_stage, first, "skipped", 0, reason="Known")
        self._set(self.by_stage, second, "done", 0)
        self._set(self.by_stage, third, "done", 1)
        merged = (first | second | third).merge_opportunity()
        self.assertEqual(merged, first)
        self.assertEqual(self._ticks("lead_id", merged), ["done", "done"])

    def test_merged_contacts(self):
        self._set(self.by_status, self.lumen, "done", 0)
        self._set(self.by_status, self.lumen, "done", 1)
        self._set(self.by_status, self.oak, "skipped", 0, reason="Known")
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge([self.lumen.id, self.oak.id], self.oak)
        self.assertEqual(self._ticks("partner_id", self.oak), ["done", "done"])
        self.assertEqual(self._states(self.oak), [["done", "done"]])

    def test_merged_into_a_contact_of_a_company(self):
        self._set(self.by_status, self.lumen)
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge([self.lumen.id, self.brandon.id], self.brandon)
        self.assertEqual(self._ticks("partner_id", self.oak), ["done"])

    def test_client_joins_a_company(self):
        self._set(self.by_status, self.lumen)
        self.lumen.parent_id = self.oak
        self.assertEqual(self._ticks("partner_id", self.oak), ["done"])

    def test_erased_person(self):
        self._set(self.by_status, self.lumen, "skipped", reason="Lucy has no money")
        self.lumen.with_user(self.anna)._erase_personal_data()
        tick = self.env["crm.playbook.tick"].search([("partner_id", "=", self.lumen.id)])
        self.assertEqual(tick.reason, "Erased")

    # ---- paper, statements ----

    def test_on_the_printed_page(self):
        deal = self._create_deal(self.brandon)
        self._set(self.by_stage, deal)
        [page] = self.env["crm.briefing.page"].with_user(self.carla)._prepare_pages(deal)
        [lines] = [block["lines"] for block in page["blocks"] if block["title"] == "Playbook"]
        self.assertEqual(
            lines[:4],
            ["The offer, 1 of 2 steps done", "Two pages at most.", "Ask: Why now?", "☐ By when"],
        )
        self.assertIn("First talk", lines)

    def test_statements_do_not_grow(self):
        deals = self.env["crm.lead"].concat(
            *(
                self._create_deal(
                    self.env["res.partner"].create(
                        {"name": "Client", "relationship_status_id": self.status_prospect.id}
                    )
                )
                for __ in range(12)
            )
        )
        for deal in deals:
            self._set(self.by_stage, deal)

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            playbooks = self.env["crm.playbook"].with_user(self.carla)
            self.assertEqual(len(playbooks._brief(records)), len(records))
            return self.cr.sql_log_count - start

        for records in (deals, deals.partner_id):
            count(records[:1])
            self.assertEqual(count(records[:1]), count(records))
