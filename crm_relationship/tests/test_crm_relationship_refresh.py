from odoo.tests import tagged

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRelationshipRefresh(RelationshipCommon):
    """The queue of clients whose derived facts are to be worked out anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue = cls.env["crm.relationship.refresh"]
        cls.queue.search([("partner_id", "!=", False)]).unlink()
        cls.first, cls.second = cls.env["res.partner"].create([{"name": "One"}, {"name": "Two"}])

    def test_client_of_many_talks_is_taken_once(self):
        for client in (self.first, self.second, self.first, self.first):
            self.queue._push(client.ids)
        self.assertEqual(self.queue._pop(limit=1), self.first.ids)
        self.assertEqual(
            self.queue.search([("id", "!=", False)]).mapped("partner_id"), [self.second.id]
        )

    def test_longest_in_the_queue_comes_first(self):
        self.queue._push(self.second.ids)
        self.queue._push(self.first.ids)
        self.assertEqual(self.queue._pop(limit=1), self.second.ids)
        self.assertEqual(self.queue._pop(limit=1), self.first.ids)
        self.assertEqual(self.queue._pop(limit=1), [])

    def test_client_that_is_gone_does_not_end_the_work(self):
        gone = self.first.id
        self.queue._push([gone])
        self.first.unlink()
        self.queue.search([("partner_id", "!=", gone)]).unlink()
        self.assertEqual(self.queue._pop(limit=1), [0])
        self.assertEqual(self.queue._pop(limit=1), [])
