from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestReferralTree(RelationshipCommon):
    """Zoe sent Oak; of Oak, Brandon sent Tom and Nina sent Lucy; Lucy sent Uma."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.zoe, cls.tom, cls.uma = partners.create(
            [{"name": name} for name in ("Zoe", "Tom", "Uma")]
        )
        cls.oak.referrer_id = cls.zoe
        cls.tom.referrer_id = cls.brandon
        cls.lumen.referrer_id = cls.nina
        cls.uma.referrer_id = cls.lumen
        cls.env.flush_all()
        # What they have bought is worked out by sets: here it is given.
        for client, value in ((cls.zoe, 7), (cls.oak, 1000), (cls.lumen, 200), (cls.uma, 30)):
            cls.env.cr.execute(
                "UPDATE res_partner SET purchase_value = %s WHERE id = %s", (value, client.id)
            )
        cls.env.invalidate_all()
        cls._create_lead(cls.brandon)
        cls._create_lead(cls.tom, user_id=cls.carla.id)
        cls._create_lead(cls.uma).action_set_won()
        cls._create_lead(referrer_id=cls.lumen.id)

    def _tree(self, client, user=None):
        """All readable rows of the tree, by name, as if everybody in it were unfolded."""
        found, unfolded = {}, set()
        ids = [client.id]
        while ids:
            unfolded.add(ids[0])
            other = self.env["res.partner"].browse(ids.pop(0))
            [root, *sent] = other.with_user(user or self.ben).get_referral_tree()["rows"]
            for row in (root, *sent):
                found.setdefault(row.get("name"), row)
                readable = not row["is_hidden"]
                if readable and row["id"] not in unfolded and row["id"] not in ids:
                    ids.append(row["id"])
        return found

    def _branch(self, row):
        return tuple(row["branch"][name] for name in ("clients", "leads", "won", "value"))

    def test_who_sent_whom(self):
        tree = self.zoe.with_user(self.ben).get_referral_tree()
        self.assertEqual(
            [(row["name"], row["depth"], row["through"], row["parent_id"]) for row in tree["rows"]],
            [("Zoe", 0, "", None), ("Oak Interiors", 1, "", self.zoe.id)],
        )
        self.assertIsNone(tree["sent_by"])
        of_oak = self.brandon.with_user(self.ben).get_referral_tree()
        self.assertEqual(of_oak["sent_by"], {"id": self.zoe.id, "name": "Zoe"})
        self.assertEqual(
            [(row["name"], row["depth"], row["through"]) for row in of_oak["rows"]],
            [("Oak Interiors", 0, ""), ("Lucy Lumen", 1, "Nina"), ("Tom", 1, "Brandon")],
        )
        of_lucy = self.lumen.with_user(self.ben).get_referral_tree()
        self.assertEqual([row["id"] for row in of_lucy["rows"]], [self.lumen.id, self.uma.id])

    def test_those_who_brought_most_come_first_a_page_at_a_time(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Friend {n}", "referrer_id": self.zoe.id} for n in range(5)]
        )
        self.env.flush_all()
        for n, friend in enumerate(partners):
            self.env.cr.execute(
                "UPDATE res_partner SET purchase_value = %s WHERE id = %s", (n * 500, friend.id)
            )
        self.env.invalidate_all()
        zoe = self.zoe.with_user(self.ben)
        pages = [zoe.get_referral_tree(offset, 3) for offset in (0, 3, 6)]
        self.assertEqual(
            [[row["name"] for row in page["rows"]] for page in pages],
            [
                ["Zoe", "Friend 4", "Friend 3", "Oak Interiors"],
                ["Zoe", "Friend 2", "Friend 1", "Friend 0"],
                ["Zoe"],
            ],
        )
        self.assertEqual({page["total"] for page in pages}, {6})
        figures = {self._branch(page["rows"][0]) for page in pages}
        self.assertEqual(figures, {(9, 4, 1, 6230)})

    def test_what_it_brought(self):
        tree = self._tree(self.zoe)
        self.assertEqual(self._branch(tree["Zoe"]), (4, 4, 1, 1230))
        self.assertEqual(self._branch(tree["Oak Interiors"]), (3, 3, 1, 230))
        self.assertEqual(self._branch(tree["Lucy Lumen"]), (1, 2, 1, 30))
        self.assertEqual(self._branch(tree["Uma"]), (0, 0, 0, 0))
        own = [tree["Oak Interiors"][name] for name in ("leads", "won", "value")]
        self.assertEqual(own, [1, 0, 1000])

    def test_figures_open_their_rows(self):
        for won, count in ((False, 4), (True, 1)):
            action = self.zoe.with_user(self.ben).action_open_referral_leads(won)
            leads = self.env["crm.lead"].with_user(self.ben).search(action["domain"])
            self.assertEqual(len(leads), count)
        action = self.zoe.with_user(self.ben).action_open_referral_clients()
        clients = self.env["res.partner"].with_user(self.ben).search(action["domain"])
        self.assertEqual((len(clients), sum(clients.mapped("purchase_value"))), (4, 1230))
        with self.assertRaises(AccessError):
            self.zoe.with_user(self.insider).action_open_referral_clients()

    def test_own_leads_count_for_who_sees_own_leads(self):
        self.assertEqual(self._branch(self._tree(self.zoe, self.carla)["Zoe"])[:3], (4, 1, 0))

    def test_top_referrers_first(self):
        top = self.env["res.partner"].with_user(self.ben).get_top_referrers()
        ours = self.zoe | self.oak | self.lumen
        rows = [row for row in top["rows"] if row["id"] in ours.ids]
        self.assertEqual(
            [(row["name"], row["direct"], self._branch(row)) for row in rows],
            [
                ("Zoe", 1, (4, 4, 1, 1230)),
                ("Oak Interiors", 2, (3, 3, 1, 230)),
                ("Lucy Lumen", 1, (1, 2, 1, 30)),
            ],
        )
        second = self.env["res.partner"].with_user(self.ben).get_top_referrers(1, 1)
        self.assertEqual([row["id"] for row in second["rows"]], [top["rows"][1]["id"]])

    def test_a_circle_in_old_data_ends_where_it_closes(self):
        self.env.cr.execute(
            "UPDATE res_partner SET referrer_id = %s WHERE id = %s", (self.uma.id, self.zoe.id)
        )
        self.env.invalidate_all()
        self.assertEqual(len(self._tree(self.zoe)), 5)
        self.assertEqual(self._branch(self._tree(self.uma)["Uma"])[0], 4)
        top = self.env["res.partner"].with_user(self.ben).get_top_referrers()
        self.assertLessEqual(
            {self.zoe.id, self.uma.id, self.oak.id}, {row["id"] for row in top["rows"]}
        )

    def test_contacts_of_another_company_have_no_name(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.lumen.company_id = other
        rows = self.oak.with_user(self.carla).get_referral_tree()["rows"]
        [hidden] = [row for row in rows if row["is_hidden"]]
        self.assertEqual(hidden["id"], self.lumen.id)
        self.assertNotIn("name", hidden)
        self.assertEqual((hidden["leads"], hidden["value"]), (0, 0))
        # Whom they sent is seen, but not by who asks for the hidden one alone.
        below = self.zoe.with_user(self.carla).get_referral_tree(client_id=self.lumen.id)
        self.assertEqual([row.get("name") for row in below["rows"]], [None, "Uma"])
        for asked in (self.lumen, self.tom):
            with self.assertRaises(AccessError):
                asked.with_user(self.carla).get_referral_tree(client_id=self.lumen.id)
        # Whom they sent counts, as far as it may be read, and the hidden one by its number.
        [root] = self.zoe.with_user(self.carla).get_referral_tree()["rows"][:1]
        self.assertEqual(self._branch(root), (4, 1, 0, 1030))
        top = self.env["res.partner"].with_user(self.carla).get_top_referrers()
        self.assertNotIn(self.lumen.id, [row["id"] for row in top["rows"]])
        self.carla.company_ids = [Command.link(other.id)]
        oak = self.oak.with_user(self.carla).with_context(
            allowed_company_ids=(self.env.company | other).ids
        )
        self.assertFalse(any(row["is_hidden"] for row in oak.get_referral_tree()["rows"]))

    def test_who_may_look(self):
        for call in (
            lambda: self.zoe.with_user(self.insider).get_referral_tree(),
            lambda: self.env["res.partner"].with_user(self.insider).get_top_referrers(),
            lambda: self.zoe.with_user(self.insider).action_open_referral_leads(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_statements_do_not_grow_with_the_tree(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self.zoe.with_user(self.ben).get_referral_tree()
            self.env["res.partner"].with_user(self.ben).get_top_referrers()
            return self.cr.sql_log_count - start

        count()
        few = count()
        above = self.uma
        for number in range(30):
            below = self.env["res.partner"].create(
                [{"name": f"Friend {number}.{i}", "referrer_id": above.id} for i in range(3)]
            )
            above = below[0]
        self._create_lead(above, referrer_id=False)
        self.assertEqual(count(), few)
        self.assertEqual(self._branch(self._tree(self.zoe)["Zoe"])[0], 94)

    def test_a_long_line_is_read_once(self):
        """Not once for each who stands above: of a line of 100 that were 5,000 rows."""
        above, size = self.uma, 100
        for number in range(size):
            above = self.env["res.partner"].create(
                {"name": f"Friend {number}", "referrer_id": above.id}
            )
        handled = []

        def explained(env, query):
            [[[plan]]] = env.execute_query(SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", query))
            handled.extend(self._find_recursions(plan["Plan"]))
            return original(env, query)

        original = type(self.env).execute_query_dict
        self.patch(type(self.env), "execute_query_dict", explained)
        top = self.env["res.partner"].with_user(self.ben).get_top_referrers(limit=200)
        [clients] = [row["branch"]["clients"] for row in top["rows"] if row["id"] == self.zoe.id]
        self.assertEqual(clients, size + 4)
        self.assertTrue(handled)
        self.assertLess(max(handled), 3 * size)

    def _find_recursions(self, node):
        """How many rows each recursion of a plan has handled."""
        own = node["Actual Rows"] * node["Actual Loops"]
        return [own] * (node["Node Type"] == "Recursive Union") + [
            rows for child in node.get("Plans", ()) for rows in self._find_recursions(child)
        ]
