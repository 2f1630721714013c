from odoo.tests import HttpCase, tagged

from .test_story import StoryCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestStoryTour(StoryCommon, HttpCase):
    """The story as people live it, in the browser."""

    def test_story_in_the_browser(self):
        # As new users are by default: to answer a stranger makes a contact of them.
        self.ben.group_ids += self.env.ref("base.group_partner_manager")
        lead = self._inquiry_arrives()
        lead.expected_revenue = 10000
        self.start_tour(
            f"/odoo/crm/{lead.id}", "crm_relationship_story_salesperson", login="rel_ben"
        )
        self._refresh_clients()
        client = lead.partner_id
        self.assertEqual(client.email_normalized, "rita@reed.example.com")
        client.name = "Rita Reed"
        self.assertRecordValues(
            self._history(client),
            [
                {"direction": "in", "channel": "email", "is_waiting": False},
                {"direction": "out", "channel": "email", "is_waiting": False},
                {"direction": "out", "channel": "visit", "is_waiting": False},
            ],
        )
        self.assertStatus(client, self.status_customer)
        self._birthday_is_greeted_once(client)
        self.start_tour("/odoo", "crm_relationship_story_manager", login="rel_anna")
