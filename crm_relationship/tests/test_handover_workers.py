from odoo import fields
from odoo.tests import new_test_user, tagged

from .common_workers import WorkerCommon

NUMBER = 6


@tagged("crm_relationship", "post_install", "-at_install")
class TestHandoverWorkers(WorkerCommon):
    """Two workers carry out one handover: no client is moved twice, and none is lost when one of
    them is killed."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr, tracking_disable=True)
            groups = "base.group_user,sales_team.group_sale_salesman"
            giver, taker = (
                new_test_user(env, login, groups=groups, email=f"{login}@us.example.com")
                for login in ("rel_giver", "rel_taker")
            )
            clients = env["res.partner"].create(
                [{"name": f"Lent {n}", "user_id": giver.id} for n in range(NUMBER)]
            )
            handover = env["crm.handover"].create(
                {
                    "from_user_id": giver.id,
                    "to_user_id": taker.id,
                    "date_until": fields.Date.add(fields.Date.today(), days=30),
                }
            )
            handover._start()
            self.ids = {record._name: record.ids for record in (handover, clients, giver + taker)}

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM crm_handover WHERE id IN %s", [tuple(self.ids["crm.handover"])])
            env = self._env(cr)
            users = env["res.users"].browse(self.ids["res.users"])
            people = users.partner_id
            env["res.partner"].browse(self.ids["res.partner"]).unlink()
            users.unlink()
            people.unlink()
            env["crm.relationship.refresh"]._pop()

    def _handover(self, cr, size=NUMBER // 2):
        handover = self._env(cr)["crm.handover"].browse(self.ids["crm.handover"])
        self.patch(self.registry["crm.handover"], "_batch_size", size)
        return handover

    def _owners(self):
        """How many clients each of the two has, and in which states the lines are."""
        with self.registry.cursor() as cr:
            handover = self._handover(cr)
            clients = handover.env["res.partner"].browse(self.ids["res.partner"])
            owners = clients.mapped("user_id.login")
            states = handover.line_ids.grouped("state")
            notes = clients.message_ids.filtered(lambda each: "stands in" in (each.body or ""))
            return owners, {state: len(lines) for state, lines in states.items()}, len(notes)

    def test_two_workers_share_the_lines(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            self.assertEqual(self._handover(one)._work_batch(), NUMBER // 2)
            # What the first has taken and not committed yet is left out by the second.
            self.assertEqual(self._handover(two)._work_batch(), NUMBER // 2)
            self.assertEqual(self._handover(two)._work_batch(), 0)
            one.commit()  # pylint: disable=invalid-commit
            two.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self._owners(), (["rel_taker"], {"moved": NUMBER}, NUMBER))

    def test_killed_half_way_nothing_is_lost(self):
        with self.registry.cursor() as one:
            handover = self._handover(one)
            self.assertEqual(handover._work_batch(), NUMBER // 2)
            one.commit()  # pylint: disable=invalid-commit
            self.assertEqual(handover._work_batch(), NUMBER // 2)
            # As the database does when the process is gone.
            one.rollback()
        half = {"moved": NUMBER // 2, "todo": NUMBER // 2}
        self.assertEqual(self._owners()[1:], (half, NUMBER // 2))
        with self.registry.cursor() as two:
            self.assertEqual(self._handover(two)._work_batch(), NUMBER // 2)
            self.assertEqual(self._handover(two)._work_batch(), 0)
            two.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self._owners(), (["rel_taker"], {"moved": NUMBER}, NUMBER))
