from datetime import timedelta

from odoo import fields
from odoo.tests import tagged, users

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRelationshipStatus(RelationshipCommon):
    """The status is the family's, moves on facts, and leaves a trace."""

    def _changes(self, partner):
        return self.env["crm.relationship.status.change"].search(
            [("partner_id", "=", partner.id)], order="date, id"
        )

    def test_seven_statuses_come_with_the_addon(self):
        statuses = self.env["crm.relationship.status"].search([])
        self.assertEqual(
            statuses.mapped("kind"),
            ["cold", "prospect", "customer", "regular", "key", "dormant", "lost"],
        )
        self.assertTrue(all(status.guidance for status in statuses))

    @users("rel_carla")
    def test_status_of_a_contact_is_that_of_the_company(self):
        self.brandon.with_user(self.env.user).relationship_status_id = self.status_key
        for member in self.oak | self.brandon | self.nina:
            self.assertStatus(member, self.status_key)
        self.assertRecordValues(
            self._changes(self.oak),
            [
                {
                    "from_status_id": False,
                    "to_status_id": self.status_key.id,
                    "user_id": self.env.uid,
                    "date_to": False,
                }
            ],
        )
        self.assertFalse(self._changes(self.brandon))

    def test_new_contact_gets_the_status_of_the_company(self):
        self.oak.relationship_status_id = self.status_regular
        zoe = self.env["res.partner"].create({"name": "Zoe", "parent_id": self.oak.id})
        self.assertStatus(zoe, self.status_regular)
        self.assertEqual(len(self._changes(self.oak)), 1)

    def test_change_closes_the_row_before(self):
        self.oak.relationship_status_id = self.status_cold
        self.oak.with_context(relationship_status_reason="They called").write(
            {"relationship_status_id": self.status_prospect.id, "city": "Ghent"}
        )
        first, second = self._changes(self.oak)
        self.assertEqual(first.date_to, second.date)
        self.assertEqual(second.reason, "They called")
        self.assertEqual(second.from_status_id, self.status_cold)
        self.assertEqual(self.oak.city, "Ghent")

    def test_writing_the_same_status_is_no_change(self):
        self.oak.relationship_status_id = self.status_cold
        since = self.oak.relationship_status_date
        self.oak.write({"relationship_status_id": self.status_cold.id})
        self.assertEqual(len(self._changes(self.oak)), 1)
        self.assertEqual(self.oak.relationship_status_date, since)

    def test_import_with_a_status_leaves_a_trace(self):
        client = self.env["res.partner"].create(
            {"name": "Imported", "relationship_status_id": self.status_customer.id}
        )
        self.assertEqual(self._changes(client).to_status_id, self.status_customer)
        self.assertTrue(client.relationship_status_date)

    def test_status_can_be_taken_away(self):
        self.oak.relationship_status_id = self.status_cold
        self.oak.relationship_status_id = False
        self.assertStatus(self.brandon, None)
        self.assertFalse(self._changes(self.oak)[-1].to_status_id)

    def test_several_clients_at_once(self):
        (self.oak | self.lumen).write({"relationship_status_id": self.status_lost.id})
        self.assertEqual(len(self._changes(self.oak)), 1)
        self.assertEqual(len(self._changes(self.lumen)), 1)

    def test_first_lead_makes_a_cold_client(self):
        self._create_lead(self.brandon)
        self.assertStatus(self.oak, None)
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_cold)
        self.assertStatus(self.nina, self.status_cold)
        self.assertEqual(self._changes(self.oak).reason, "First lead or contact")

    def test_first_contact_makes_a_cold_client(self):
        self._create_interaction(self.lumen, channel="email")
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)

    def test_own_people_are_no_clients(self):
        self._create_interaction(self.insider.partner_id)
        self._create_lead(self.env.company.partner_id)
        self._refresh_clients()
        self.assertStatus(self.insider.partner_id, None)
        self.assertStatus(self.env.company.partner_id, None)

    def test_won_deal_makes_a_customer(self):
        lead = self._create_lead(self.brandon)
        self._refresh_clients()
        lead.action_set_won()
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_customer)
        self.assertEqual(self._changes(self.oak)[-1].reason, f'Because "{lead.name}" was won')

    def test_won_deal_takes_no_better_status_away(self):
        self.oak.relationship_status_id = self.status_key
        self._create_lead(self.brandon).action_set_won()
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_key)

    def test_lost_client_comes_back_only_by_a_later_deal(self):
        first = self._create_lead(self.brandon)
        first.action_set_won()
        # Two deals of one day would not be bought again.
        first.date_closed -= timedelta(days=1)
        self._refresh_clients()
        self.oak.relationship_status_id = self.status_lost
        self.oak.relationship_status_date += timedelta(minutes=1)
        self._create_lead(self.nina)
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_lost)
        self.oak.relationship_status_date -= timedelta(minutes=2)
        self._create_lead(self.nina).action_set_won()
        self._refresh_clients()
        # Won back as a customer, who has bought again at that moment.
        self.assertStatus(self.oak, self.status_regular)

    def test_locked_status_stays(self):
        self.oak.write(
            {
                "relationship_status_id": self.status_prospect.id,
                "relationship_status_locked_until": fields.Date.today() + timedelta(days=1),
            }
        )
        self._create_lead(self.brandon).action_set_won()
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_prospect)

    def test_board_shows_every_status(self):
        self.oak.relationship_status_id = self.status_key
        groups = (
            self.env["res.partner"]
            .with_context(read_group_expand=True)
            .web_read_group([("id", "=", self.oak.id)], ["relationship_status_id"])["groups"]
        )
        self.assertEqual(len(groups), 7)

    def test_merged_contacts_keep_history_and_one_status(self):
        zoe = self.env["res.partner"].create({"name": "Zoe", "email": "lucy@lumen.example.com"})
        self._create_interaction(zoe, days_ago=1)
        self._create_interaction(self.lumen, days_ago=2)
        self._refresh_clients()
        self.env["base.partner.merge.automatic.wizard"]._merge([zoe.id, self.lumen.id], self.lumen)
        self._refresh_clients()
        self.assertEqual(self.lumen.interaction_count, 2)
        self.assertEqual(len(self._history(self.lumen)), 2)
        self.assertEqual(
            self.lumen.last_interaction_date, max(self._history(self.lumen).mapped("date"))
        )

    def test_person_who_becomes_part_of_a_company(self):
        inquiry = self._create_interaction(self.lumen, direction="in", needs_reply=True, days_ago=1)
        self.lumen.relationship_status_id = self.status_key
        self.lumen.write({"company_name": "Lumen Ltd"})
        self.lumen.create_company()
        company = self.lumen.parent_id
        self._create_interaction(self.lumen)
        self._refresh_clients()
        self.assertEqual(inquiry.commercial_partner_id, company)
        self.assertFalse(inquiry.is_waiting)
        self.assertEqual(company.interaction_count, 2)
        self.assertStatus(company, self.status_key)
        self.assertStatus(self.lumen, self.status_key)
        present = self.env["crm.relationship.status.change"].search(
            [("partner_id", "in", (company | self.lumen).ids), ("date_to", "=", False)]
        )
        self.assertRecordValues(
            present.sorted(lambda change: change.partner_id.id),
            [
                {"partner_id": self.lumen.id, "to_status_id": False},
                {"partner_id": company.id, "to_status_id": self.status_key.id},
            ],
        )

    def test_contact_who_leaves_a_company_leaves_its_status(self):
        self.oak.relationship_status_id = self.status_key
        past = self._create_interaction(self.nina)
        self.nina.parent_id = False
        self.assertStatus(self.nina, None)
        self.assertEqual(past.commercial_partner_id, self.oak)

    def test_merge_into_the_contact_of_a_company(self):
        inquiry = self._create_interaction(self.lumen, direction="in", needs_reply=True)
        self.lumen.relationship_status_id = self.status_prospect
        self.nina.email = self.lumen.email
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.lumen.id, self.nina.id], self.nina
        )
        self._refresh_clients()
        self.assertEqual(inquiry.partner_id, self.nina)
        self.assertEqual(inquiry.commercial_partner_id, self.oak)

    def test_merge_keeps_the_first_touch_and_one_present_status(self):
        first, second = self.env["utm.source"].create([{"name": "Fair"}, {"name": "Search"}])
        zoe = self.env["res.partner"].create(
            {
                "name": "Zoe",
                "email": "lucy@lumen.example.com",
                "acquisition_date": "2020-01-01",
                "acquisition_source_id": first.id,
                "relationship_status_id": self.status_cold.id,
            }
        )
        self.lumen.write({"acquisition_date": "2020-02-01", "acquisition_source_id": second.id})
        self.lumen.relationship_status_id = self.status_customer
        self.env["base.partner.merge.automatic.wizard"]._merge([zoe.id, self.lumen.id], self.lumen)
        self.assertEqual(self.lumen.acquisition_source_id, first)
        self.assertStatus(self.lumen, self.status_customer)
        present = self._changes(self.lumen).filtered(lambda change: not change.date_to)
        self.assertEqual(present.to_status_id, self.status_customer)

    def test_status_set_by_hand_stands_against_what_was_won_before(self):
        self._create_lead(self.brandon).action_set_won()
        self._refresh_clients()
        self.oak.with_user(self.anna).relationship_status_id = self.status_prospect
        self.oak.relationship_status_date += timedelta(minutes=1)
        self._create_interaction(self.brandon)
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_prospect)

    def test_merged_leads_keep_history(self):
        leads = self._create_lead(self.lumen) | self._create_lead(self.lumen)
        for lead in leads:
            self._create_interaction(self.lumen, lead_id=lead.id)
        self._end_transaction()
        merged = leads.merge_opportunity()
        self._end_transaction()
        self.assertEqual(self._history(self.lumen).lead_id, merged)
        # Two talks, and that each of the two leads came.
        self.assertEqual(len(merged.interaction_ids), 4)
