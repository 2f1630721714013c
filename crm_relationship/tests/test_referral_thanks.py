from datetime import date

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import RelationshipCommon


# A Friday: the next working day is Monday.
@freeze_time("2027-03-05 10:00:00")
@tagged("crm_relationship", "post_install", "-at_install")
class TestReferralThanks(RelationshipCommon):
    """Who sent us a client is thanked when the client is won, exactly once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe, cls.tom = cls.env["res.partner"].create(
            [{"name": "Zoe", "user_id": cls.carla.id}, {"name": "Tom"}]
        )
        cls.kind = cls.env.ref("crm_relationship.mail_activity_type_thanks")

    def _win(self, partner, **vals):
        lead = self._create_lead(partner, **vals)
        lead.action_set_won()
        self._refresh_clients()
        return lead

    def _tasks(self, partner=None):
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("activity_type_id", "=", self.kind.id),
                    ("res_model", "=", "res.partner"),
                    ("res_id", "in", (partner or self.zoe | self.tom).ids),
                ]
            )
        )

    def test_task_says_who_was_won_through_whom(self):
        self.oak.referrer_id = self.zoe
        self._win(self.brandon, name="Forty desks")
        task = self._tasks()
        self.assertEqual(
            (task.res_id, task.user_id, task.summary, task.date_deadline),
            (self.zoe.id, self.carla, "Say thanks for Oak Interiors", date(2027, 3, 8)),
        )
        for words in ("Zoe sent us", "Oak Interiors", "Forty desks"):
            self.assertIn(words, task.note)
        self.assertEqual(self.oak.referrer_thanked_date, date(2027, 3, 5))

    def test_once_when_won_twice(self):
        self.oak.referrer_id = self.zoe
        lead = self._win(self.brandon)
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        self._refresh_clients()
        lead.action_set_won()
        self._refresh_clients()
        self._win(self.nina)
        self.assertEqual(len(self._tasks()), 1)

    def test_once_when_refreshed_by_two(self):
        """The memory decides, not what one has read before."""
        self.oak.referrer_id = self.zoe
        self._win(self.brandon)
        self.assertEqual(self.oak._mark_thanked(self.oak.ids, date(2027, 3, 6)), set())
        self.oak._thank_referrers()
        self.assertEqual(len(self._tasks()), 1)

    def test_once_when_merged(self):
        self.oak.referrer_id = self.zoe
        self.lumen.referrer_id = self.tom
        self._win(self.oak)
        self.assertEqual(len(self._tasks()), 1)
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge([self.oak.id, self.lumen.id], self.lumen)
        self.assertEqual(self.lumen.referrer_thanked_date, date(2027, 3, 5))
        self._win(self.lumen)
        self.assertEqual(len(self._tasks()), 1)

    def test_thanks_follow_a_referrer_that_is_merged(self):
        self.oak.referrer_id = self.zoe
        self.lumen.referrer_id = self.tom
        self._win(self.oak)
        task = self._tasks()
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge([self.zoe.id, self.tom.id], self.tom)
        self.assertEqual(self._tasks(self.tom), task)
        self.assertEqual((self.oak | self.lumen).referrer_id, self.tom)
        tree = self.tom.with_user(self.ben).get_referral_tree()["rows"]
        self.assertEqual({row["id"] for row in tree}, {self.tom.id, self.oak.id, self.lumen.id})
        self.assertEqual(tree[0]["branch"]["won"], 1)
        self._win(self.oak)
        self._win(self.lumen)
        summaries = self._tasks(self.tom).sorted("id").mapped("summary")
        self.assertEqual(summaries, ["Say thanks for Oak Interiors", "Say thanks for Lucy Lumen"])

    def test_once_when_the_client_joins_a_company(self):
        self.lumen.referrer_id = self.zoe
        self._win(self.lumen)
        self.lumen.parent_id = self.oak
        self.oak.referrer_id = self.tom
        self._win(self.oak)
        self.assertEqual(len(self._tasks()), 1)

    def test_entered_after_the_deal(self):
        self._win(self.brandon)
        self.assertFalse(self._tasks())
        self.oak.referrer_id = self.tom
        self._win(self.nina)
        self.assertEqual((self._tasks().res_id, self._tasks().user_id), (self.tom.id, self.ben))

    def test_not_for_what_was_won_long_ago(self):
        self.oak.referrer_id = self.zoe
        with freeze_time("2026-11-30 10:00:00"):
            self._create_lead(self.brandon).action_set_won()
        self._refresh_clients()
        self.assertFalse(self._tasks())
        self.assertFalse(self.oak.referrer_thanked_date)

    def test_switched_off(self):
        with Form(self.env["res.config.settings"]) as settings:
            settings.relationship_thank_referrers = False
            settings.save().execute()
        self.oak.referrer_id = self.zoe
        self._win(self.brandon)
        self.assertFalse(self._tasks())
        self.env.company.relationship_thank_referrers = True
        self._win(self.nina)
        self.assertEqual(len(self._tasks()), 1)

    def test_nobody_thanks_himself(self):
        self.oak.referrer_id = self.carla.partner_id
        self._win(self.brandon, user_id=self.carla.id, team_id=False)
        self.assertFalse(self._tasks(self.carla.partner_id))

    def test_who_left_thanks_nobody(self):
        self.oak.referrer_id = self.zoe
        self.carla.active = False
        self._win(self.brandon)
        self.assertEqual(self._tasks().user_id, self.ben)

    def test_statements_do_not_grow(self):
        def clients(count):
            clients = self.env["res.partner"].create(
                [{"name": "Sent", "referrer_id": self.zoe.id} for __ in range(count)]
            )
            for client in clients:
                self._create_lead(client).action_set_won()
            self.env.flush_all()
            clients._set_first_won()
            self.env.flush_all()
            self.env.invalidate_all()
            return clients

        def count(number):
            found = clients(number)
            start = self.cr.sql_log_count
            found._thank_referrers()
            self.env.flush_all()
            return self.cr.sql_log_count - start

        count(1)
        few = count(2)
        self.assertLessEqual(count(20), few)
        self.assertEqual(len(self._tasks()), 23)

    def test_erased_client_is_named_nowhere(self):
        self.lumen.referrer_id = self.zoe
        self._win(self.lumen, name="Lamps for Lucy Lumen")
        task = self._tasks()
        task.with_user(self.carla).action_feedback("She was glad")
        self.lumen.with_user(self.anna)._erase_personal_data()
        texts = [task.summary, task.note, *self.zoe.message_ids.mapped("body")]
        self.assertFalse([text for text in texts if "Lucy" in (text or "")])
        self.assertEqual(self.lumen.referrer_id, self.zoe)

    # ---- nobody sends himself ----

    def test_circles_in_one_batch(self):
        with self.assertRaisesRegex(ValidationError, "Referred By: .*Correct one of them"):
            (self.tom | self.zoe).write({"referrer_id": self.lumen.id})
            self.lumen.referrer_id = self.tom

    def test_circles_by_import(self):
        result = self.env["res.partner"].load(
            ["id", "name", "referrer_id/.id"],
            [["__test__.pia", "Pia", str(self.zoe.id)]],
        )
        self.assertFalse(result["messages"])
        result = self.env["res.partner"].load(
            [".id", "referrer_id/id"], [[str(self.zoe.id), "__test__.pia"]]
        )
        self.assertIn("Referred By", result["messages"][0]["message"])

    def test_who_joins_the_client_does_not_send_it_any_more(self):
        self.oak.referrer_id = self.zoe
        self.zoe.parent_id = self.oak
        self.assertFalse(self.oak.referrer_id)
        self.assertIn("Referred By was Zoe", "".join(self.oak.message_ids.mapped("body")))
        self.tom.referrer_id = self.brandon
        self.lumen.referrer_id = self.tom
        self.lumen.is_company = True
        self.lumen.referrer_id = self.tom
        self.tom.parent_id = self.lumen
        self.assertFalse(self.lumen.referrer_id)
