from datetime import date

from odoo.tests import tagged

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestFirstTouch(RelationshipCommon):
    """Where a client first came from: set once, corrected by hand, kept through every merge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.banner, cls.search, cls.friend = cls.env["utm.source"].create(
            [{"name": "Banner"}, {"name": "Search"}, {"name": "Friend"}]
        )
        cls.poster = cls.env["utm.medium"].create({"name": "Poster at the station"})

    def lead_of(self, partner, source, came, time="12:00:00", **vals):
        lead = self._create_lead(partner, source_id=source.id, **vals)
        lead.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s", [f"{came} {time}", lead.id]
        )
        lead.invalidate_recordset()
        return lead

    def assertTouch(self, record, source, day, medium=None):
        self.assertEqual(record.acquisition_source_id, source or self.env["utm.source"])
        self.assertEqual(record.acquisition_date, day and date.fromisoformat(day))
        self.assertEqual(record.acquisition_medium_id, medium or self.env["utm.medium"])

    # ---- set once ----

    def test_set_once(self):
        lead = self.lead_of(self.lumen, self.banner, "2026-01-05")
        self._refresh_clients()
        lead.source_id = self.search
        self.lead_of(self.lumen, self.friend, "2026-02-05")
        self._refresh_clients()
        self.assertTouch(self.lumen, self.banner, "2026-01-05")
        self.assertEqual(self.lumen.acquisition_lead_id, lead)
        self.assertEqual(lead.source_id, self.search, "the latest touch stays on the lead")

    def test_hand_entry_that_came_first_stays(self):
        self.lumen.acquisition_source_id = self.friend
        self.lead_of(self.lumen, self.banner, "2026-01-05", medium_id=self.poster.id)
        self._refresh_clients()
        self.assertTouch(self.lumen, self.friend, "2026-01-05")
        self.assertFalse(self.lumen.acquisition_lead_id)

    def test_day_is_that_of_the_company(self):
        self.env.company.resource_calendar_id.tz = "Asia/Tokyo"
        for company in (self.env.company, self.env["res.company"]):
            lead = self.lead_of(self.lumen, self.banner, "2026-01-31", "15:30:00")
            lead.company_id = company
            self._refresh_clients()
            self.assertTouch(self.lumen, self.banner, "2026-02-01")
            lead.partner_id = False
            self._refresh_clients()
        self.assertFalse(self.lumen.acquisition_date, "nothing is left from one to the next")

    def test_zone_the_database_does_not_know(self):
        self.env.company.resource_calendar_id.flush_recordset()
        self.env.cr.execute("UPDATE resource_calendar SET tz = 'Nowhere/Land'")
        self.env.invalidate_all()
        self.lead_of(self.lumen, self.banner, "2026-01-31", "23:30:00")
        self._refresh_clients()
        self.assertTouch(self.lumen, self.banner, "2026-01-31")
        [(leads,)] = self.env["crm.source.report"]._read_group(
            [("source_id", "=", self.banner.id)], [], ["leads:sum"]
        )
        self.assertEqual(leads, 1)

    # ---- corrected by hand ----

    def test_correction_leaves_a_trace_and_stays(self):
        lead = self.lead_of(self.lumen, self.banner, "2026-01-05", medium_id=self.poster.id)
        self._refresh_clients()
        self.lumen.with_user(self.anna).write(
            {"acquisition_source_id": self.friend.id, "acquisition_medium_id": False}
        )
        self._end_transaction()
        message = self.lumen.message_ids[0]
        self.assertEqual(message.author_id, self.anna.partner_id)
        changes = {
            value.field_id.name: (value.old_value_char, value.new_value_char)
            for value in message.sudo().tracking_value_ids
        }
        self.assertEqual(
            changes,
            {
                "acquisition_source_id": ("Banner", "Friend"),
                "acquisition_medium_id": ("Poster at the station", ""),
            },
        )
        lead._note_client()
        self._refresh_clients()
        self.assertTouch(self.lumen, self.friend, "2026-01-05")

    def test_source_that_was_emptied_stays_unknown(self):
        lead = self.lead_of(self.lumen, self.banner, "2026-01-05")
        self._refresh_clients()
        self.lumen.acquisition_source_id = False
        lead._note_client()
        self._refresh_clients()
        self.assertTouch(self.lumen, None, "2026-01-05")

    def test_other_writes_leave_no_trace_and_cost_nothing(self):
        self.env.flush_all()
        before = len(self.lumen.message_ids)
        self.lumen.invalidate_recordset()
        self.lumen.function = "Buyer"
        self.env.flush_all()
        self._end_transaction()
        self.assertEqual(len(self.lumen.message_ids), before)
        field = self.lumen._fields["acquisition_source_id"]
        self.assertNotIn(self.lumen.id, field._get_cache(self.env))

    # ---- a lead that was not theirs ----

    def test_lead_linked_wrongly_takes_its_first_touch_away(self):
        lead = self.lead_of(self.lumen, self.banner, "2026-01-05")
        self._refresh_clients()
        self.assertTouch(self.lumen, self.banner, "2026-01-05")
        lead.partner_id = False
        self._refresh_clients()
        self.assertTouch(self.lumen, None, False)
        lead.partner_id = self.brandon
        self._refresh_clients()
        self.assertTouch(self.oak, self.banner, "2026-01-05")

    def test_the_next_lead_is_then_the_first(self):
        wrong = self.lead_of(self.lumen, self.banner, "2026-01-05")
        right = self.lead_of(self.lumen, self.search, "2026-02-05")
        self._refresh_clients()
        wrong.partner_id = self.nina
        self._refresh_clients()
        self.assertTouch(self.lumen, self.search, "2026-02-05")
        self.assertEqual(self.lumen.acquisition_lead_id, right)
        self.assertTouch(self.oak, self.banner, "2026-01-05")

    def test_deleted_lead_leaves_the_first_touch(self):
        lead = self.lead_of(self.lumen, self.banner, "2026-01-05")
        self._refresh_clients()
        lead.unlink()
        self.lead_of(self.lumen, self.search, "2026-02-05")
        self._refresh_clients()
        self.assertTouch(self.lumen, self.banner, "2026-01-05")

    # ---- conversion and merging ----

    def test_conversion_gives_the_new_client_its_first_touch(self):
        lead = self.lead_of(
            None, self.banner, "2026-01-05", type="lead", partner_name="New Ltd", contact_name="Ann"
        )
        lead._handle_partner_assignment(create_missing=True)
        lead.convert_opportunity(lead.partner_id)
        self._refresh_clients()
        self.assertTouch(lead.partner_id.commercial_partner_id, self.banner, "2026-01-05")
        self.assertEqual(lead.source_id, self.banner)

    def test_merged_leads_keep_the_first_and_the_latest(self):
        first = self.lead_of(None, self.banner, "2026-01-05", medium_id=self.poster.id)
        latest = self.lead_of(None, self.search, "2026-03-05")
        middle = self.lead_of(None, self.friend, "2026-02-05", probability=90)
        merged = (middle | first | latest).merge_opportunity()
        self.assertEqual(merged.source_id, self.search)
        self.assertFalse(merged.medium_id, "the medium belongs to another source")
        self.assertTouch(merged, self.banner, "2026-01-05", self.poster)
        merged.partner_id = self.lumen
        self._refresh_clients()
        self.assertTouch(self.lumen, self.banner, "2026-01-05", self.poster)

    def test_merged_leads_came_on_a_day_of_the_company(self):
        self.env.company.resource_calendar_id.tz = "Asia/Tokyo"
        first = self.lead_of(None, self.banner, "2026-01-31", "15:30:00")
        merged = (first | self.lead_of(None, self.search, "2026-02-05")).merge_opportunity()
        self.assertTouch(merged, self.banner, "2026-02-01")

    def test_merged_twice(self):
        leads = [
            self.lead_of(None, source, day)
            for source, day in (
                (self.banner, "2026-01-05"),
                (self.search, "2026-02-05"),
                (self.friend, "2026-03-05"),
            )
        ]
        merged = (leads[0] | leads[1]).merge_opportunity()
        merged = (merged | leads[2]).merge_opportunity()
        self.assertEqual(merged.source_id, self.friend)
        self.assertTouch(merged, self.banner, "2026-01-05")

    def test_merging_leads_of_a_client_leaves_its_first_touch(self):
        first = self.lead_of(self.lumen, self.banner, "2026-01-05")
        second = self.lead_of(self.lumen, self.search, "2026-02-05", probability=90)
        self._refresh_clients()
        merged = (first | second).merge_opportunity()
        self._refresh_clients()
        self.assertTouch(self.lumen, self.banner, "2026-01-05")
        self.assertEqual(self.lumen.acquisition_lead_id, merged)

    def merge_contacts(self, *partners):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge([partner.id for partner in partners], partners[-1])
        self._refresh_clients()

    def test_merged_contacts_keep_the_earliest_as_a_whole(self):
        zoe = self.env["res.partner"].create({"name": "Zoe"})
        first = self.lead_of(zoe, self.banner, "2026-01-05")
        self.lead_of(self.lumen, self.search, "2026-02-05", medium_id=self.poster.id)
        self._refresh_clients()
        self.merge_contacts(zoe, self.lumen)
        self.assertTouch(self.lumen, self.banner, "2026-01-05")
        self.assertEqual(self.lumen.acquisition_lead_id, first)

    def test_merged_contacts_keep_what_somebody_has_written(self):
        zoe = self.env["res.partner"].create({"name": "Zoe"})
        self.lead_of(zoe, self.banner, "2026-01-05")
        self.lead_of(self.lumen, self.search, "2026-02-05")
        self._refresh_clients()
        self.lumen.acquisition_source_id = self.friend
        self.merge_contacts(zoe, self.lumen)
        self.assertTouch(self.lumen, self.friend, "2026-02-05")

    def test_client_merged_into_a_person_of_a_company(self):
        self.lead_of(self.lumen, self.banner, "2026-01-05")
        self.lead_of(self.brandon, self.search, "2026-02-05")
        self._refresh_clients()
        self.merge_contacts(self.lumen, self.nina)
        self.assertTouch(self.oak, self.banner, "2026-01-05")

    def test_statements_do_not_grow_with_clients(self):
        def count(number):
            partners = self.env["res.partner"].create(
                [{"name": f"Client {i}"} for i in range(number)]
            )
            for partner in partners:
                self._create_lead(partner, source_id=self.banner.id)
            self._end_transaction()
            before = self.cr.sql_log_count
            partners._set_acquisition()
            self.assertEqual(partners.acquisition_source_id, self.banner)
            return self.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(5), count(40))
