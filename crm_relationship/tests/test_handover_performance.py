from freezegun import freeze_time

from odoo.tests import tagged

from .common_handover import NOW, HandoverCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestHandoverPerformance(HandoverCommon):
    """As many statements for 60 clients as for 10, there and back."""

    def _add_clients(self, number, user):
        carla = {"user_id": user.id}
        clients = self.env["res.partner"].create(
            [{"name": f"Many {index}", **carla} for index in range(number)]
        )
        leads = self.env["crm.lead"].create(
            [
                {"name": "Desks", "type": "opportunity", "partner_id": each.id, **carla}
                for each in clients
            ]
        )
        self.env["crm.promise"].create(
            [
                {"name": "A sample", "partner_id": each.id, "date_due": "2026-03-20", **carla}
                for each in clients
            ]
        )
        self.env["mail.activity"].create(
            [
                {"res_model_id": self.env["ir.model"]._get_id("crm.lead"), "res_id": lead.id}
                | {"summary": "Call", "date_deadline": "2026-03-10", **carla}
                for lead in leads
            ]
        )
        self._end_transaction()

    def _count(self, work):
        self._end_transaction()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        work()
        self._end_transaction()
        return self.env.cr.sql_log_count - start

    def _lend(self, number, login):
        user = self._create_user(login, "sales_team.group_sale_salesman")
        self._add_clients(number, user)
        handover = self._hand_over(start=False, from_user_id=user.id, date_until="2026-03-20")
        there = self._count(handover.action_start)
        self.assertEqual(handover.state, "active")
        self.assertTrue(handover.date_moved)
        back = self._count(handover.action_return)
        self.assertEqual(handover.state, "returned")
        self.assertEqual(handover.client_count, number)
        return there, back

    @freeze_time(NOW)
    def test_statements_do_not_grow_with_clients(self):
        self._lend(5, "rel_warm")
        few = self._lend(10, "rel_few")
        many = self._lend(60, "rel_many")
        self.assertEqual(many, few)
