from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestReferrer(RelationshipCommon):
    """Who sent a client: from the lead to the client, through merges, never in a circle."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe, cls.tom = cls.env["res.partner"].create([{"name": "Zoe"}, {"name": "Tom"}])

    def test_lead_hands_its_referrer_to_the_client(self):
        lead = self._create_lead(referrer_id=self.zoe.id)
        lead.user_id = self.carla
        lead.with_user(self.carla).partner_id = self.brandon
        self.assertEqual(self.oak.referrer_id, self.zoe)
        self._create_lead(self.nina, referrer_id=self.tom.id)
        self.assertEqual(self.oak.referrer_id, self.zoe, "the first one is kept")
        later = self._create_lead(self.lumen)
        later.referrer_id = self.tom
        self.assertEqual(self.lumen.referrer_id, self.tom)

    def test_change_of_the_referrer_leaves_a_trace(self):
        lead = self._create_lead(referrer_id=self.zoe.id)
        self._end_transaction()
        lead.with_user(self.anna).write({"referrer_id": self.tom.id})
        self._end_transaction()
        message = lead.message_ids[0]
        self.assertEqual(message.author_id, self.anna.partner_id)
        [value] = message.sudo().tracking_value_ids
        self.assertEqual(value.field_id.name, "referrer_id")
        self.assertEqual((value.old_value_char, value.new_value_char), ("Zoe", "Tom"))
        traces = len(lead.message_ids)
        lead.write({"referrer_id": self.tom.id})
        self._end_transaction()
        lead.with_context(tracking_disable=True).write({"referrer_id": self.zoe.id})
        self._end_transaction()
        self.assertEqual(len(lead.message_ids), traces)

    def test_what_is_changed_together_is_one_entry(self):
        lead = self._create_lead(referrer_id=self.zoe.id)
        stage = self.env["crm.stage"].create({"name": "Halfway"})
        self._end_transaction()
        entries = len(lead.message_ids)
        lead.with_user(self.anna).write({"stage_id": stage.id, "referrer_id": self.tom.id})
        lead.with_user(self.anna).write({"city": "Ghent", "referrer_id": self.nina.id})
        self._end_transaction()
        self.assertEqual(len(lead.message_ids), entries + 1)
        values = lead.message_ids[0].sudo().tracking_value_ids
        told = {value.field_id.name: value.new_value_char for value in values}
        self.assertEqual(told, {"stage_id": "Halfway", "referrer_id": self.nina.display_name})

    def test_conversion_hands_it_to_the_new_client(self):
        lead = self._create_lead(type="lead", partner_name="New Ltd", referrer_id=self.zoe.id)
        lead._handle_partner_assignment(create_missing=True)
        self.assertEqual(lead.partner_id.commercial_partner_id.referrer_id, self.zoe)
        self.assertEqual(lead.referrer_id, self.zoe)

    def test_nobody_refers_himself(self):
        for client, referrer in ((self.lumen, self.lumen), (self.oak, self.brandon)):
            with self.assertRaisesRegex(ValidationError, "nobody refers himself"):
                client.referrer_id = referrer
        with self.assertRaisesRegex(ValidationError, "Brandon belongs to .*Nina"):
            self._create_lead(self.nina, referrer_id=self.brandon.id)

    def test_no_circles(self):
        self.oak.referrer_id = self.zoe
        self.zoe.referrer_id = self.tom
        with self.assertRaisesRegex(ValidationError, "came to us through Tom"):
            self.tom.referrer_id = self.brandon
        with self.assertRaisesRegex(ValidationError, "came to us through Tom"):
            self._create_lead(self.tom, referrer_id=self.brandon.id)

    def test_merged_leads_keep_the_earlier_referrer(self):
        first = self._create_lead(referrer_id=self.zoe.id)
        second = self._create_lead(referrer_id=self.tom.id, probability=90)
        without = self._create_lead(probability=95)
        merged = (second | first | without).merge_opportunity()
        self.assertEqual(merged.referrer_id, self.zoe)

    def merge(self, *partners):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge([partner.id for partner in partners], partners[-1])

    def test_merged_contacts_keep_their_referrer_and_whom_they_sent(self):
        self.zoe.referrer_id = self.tom
        self.lumen.referrer_id = self.zoe
        lead = self._create_lead(referrer_id=self.zoe.id)
        self.merge(self.zoe, self.nina)
        self.assertEqual(self.nina.referrer_id, self.tom)
        self.assertEqual(self.lumen.referrer_id, self.nina)
        self.assertEqual(lead.referrer_id, self.nina)

    def test_who_was_sent_by_himself_after_a_merge_was_sent_by_nobody(self):
        self.lumen.referrer_id = self.zoe
        lead = self._create_lead(self.lumen, referrer_id=self.zoe.id)
        self.merge(self.zoe, self.lumen)
        self.assertFalse(self.lumen.referrer_id)
        self.assertFalse(lead.referrer_id)

    def test_a_merge_makes_no_circle(self):
        self.zoe.referrer_id = self.tom
        self.tom.referrer_id = self.lumen
        self.merge(self.zoe, self.lumen)
        self.assertFalse(self.lumen.referrer_id)
        self.assertEqual(self.tom.referrer_id, self.lumen)

    def test_leads_without_referrer_cost_nothing(self):
        def count(**vals):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._create_lead(self.lumen, **vals)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count()
        plain = count()
        self.patch(type(self.env["crm.lead"]), "_hand_over_referrers", lambda leads: None)
        self.patch(type(self.env["crm.lead"]), "_check_referrer", lambda leads: None)
        self.assertEqual(count(), plain)
