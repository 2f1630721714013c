import random
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_touch import NOW, TouchCommon


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestTouchHealth(TouchCommon):
    """How well a relationship does, at any moment, in Python as in the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreed = cls.env.ref("crm_relationship.outcome_agreed")
        cls.refused = cls.env.ref("crm_relationship.outcome_refused")

    def _days_ago(self, days):
        return fields.Datetime.subtract(fields.Datetime.now(), days=days)

    def _promise(self, partner, state, due, by="us"):
        return self.env["crm.promise"].create(
            {
                "name": "Send the sample",
                "partner_id": partner.id,
                "by": by,
                "date_due": due,
                "state": state,
                "date_done": due if state != "open" else False,
                "user_id": self.ben.id,
            }
        )

    def _make_regular(self, client, days_ago=0, **vals):
        self._create_interaction(client, days_ago=days_ago, **vals)
        client.relationship_status_id = self.status_regular
        self._refresh_clients()

    def assertHealth(self, expected):
        self._refresh_clients()
        self.assertEqual(self.lumen.relationship_health, expected)
        self.assertEqual(self._read_sql(self.lumen), {self.lumen.id: expected})

    def _read_sql(self, partners):
        """What the database makes of it: {client: health, or None}."""
        rows = self.env["res.partner"]._read_group(
            [("id", "in", partners.ids)], ["id"], ["relationship_health:max"]
        )
        return {partner.id: None if health is False else health for partner, health in rows}

    def test_unknown_is_empty(self):
        self.lumen.relationship_status_id = self.status_regular
        self._refresh_clients()
        self.assertIs(self.lumen.relationship_health, False)
        [values] = self.lumen.read(["relationship_health"])
        self.assertIs(values["relationship_health"], False)
        self.assertEqual(self.lumen.export_data(["relationship_health"])["datas"], [[""]])
        self.assertNotIn("health", self.lumen.with_user(self.carla).get_briefing()[0])
        self.assertEqual(self.lumen._get_health_reasons(), [])
        for term in (("<", 50), (">", 0), (">=", 0), ("<=", 0), ("=", 0), ("!=", False)):
            domain = [("id", "=", self.lumen.id), ("relationship_health", *term)]
            self.assertFalse(self.env["res.partner"].search(domain), term)
        unknown = [("id", "=", self.lumen.id), ("relationship_health", "=", False)]
        self.assertEqual(self.env["res.partner"].search(unknown), self.lumen)

    def test_an_attempt_is_no_history(self):
        self._make_regular(self.lumen, is_attempt=True)
        self.assertIs(self.lumen.relationship_health, False)

    def test_it_falls_by_itself(self):
        self._make_regular(self.lumen, direction="in")
        self.assertHealth(100)
        self.env.invalidate_all()
        for days, health in ((30, 71), (60, 50), (120, 25)):
            with freeze_time(fields.Datetime.now() + timedelta(days=days)):
                self.env.invalidate_all()
                self.assertEqual(self.lumen.relationship_health, health)
                self.assertEqual(self._read_sql(self.lumen), {self.lumen.id: health})

    def test_recency_is_against_the_own_cadence(self):
        self._make_regular(self.lumen, days_ago=60)
        self.assertHealth(50)
        self.lumen.keep_in_touch_days = 60
        self.assertHealth(71)
        self.lumen.keep_in_touch_days = 0
        self.lumen.relationship_status_id = self.status_cold
        self.assertHealth(79)  # nothing is promised, nothing is usual: 90 days

    def test_they_answer_or_they_do_not(self):
        self._make_regular(self.lumen, channel="email", direction="out")
        self.assertHealth(0)
        self._create_interaction(self.lumen, channel="email", direction="in")
        self.assertHealth(100)
        for __ in range(3):
            self._create_interaction(self.lumen, is_attempt=True)
        self.assertHealth(40)  # 1 of 5
        self._create_interaction(self.lumen, channel="visit")
        self.assertHealth(67)  # 2 of 6

    def test_how_talks_ended(self):
        self._make_regular(self.lumen, outcome_id=self.agreed.id)
        self.assertHealth(86)  # (0.4 + 0.3 * 2/3) / 0.7
        row = self._create_interaction(self.lumen, outcome_id=self.refused.id)
        self.assertHealth(79)  # 1/2
        row.outcome_id = self.agreed
        self.assertHealth(89)  # 3/4
        self.agreed.result = "failure"
        self.assertHealth(68)  # 1/4

    def test_promises_of_ours(self):
        self._make_regular(self.lumen)
        self._promise(self.lumen, "broken", "2026-02-01", by="them")
        self.assertHealth(100)
        promise = self._promise(self.lumen, "open", "2026-03-06")
        self.assertHealth(100)
        with freeze_time("2026-03-07 10:00:00"):
            self.env.invalidate_all()
            # nothing was written, and it is late all the same: 0.8 of 97
            self.assertEqual(self.lumen.relationship_health, 77)
            self.assertEqual(self._read_sql(self.lumen), {self.lumen.id: 77})
        promise.action_break()
        self.assertHealth(57)  # 0.4 / 0.7
        promise.action_done()
        self.assertHealth(100)
        promise.unlink()
        self._promise(self.lumen, "late", "2026-02-01")
        self.assertHealth(79)  # (0.4 + 0.15) / 0.7

    def test_complaints(self):
        self._make_regular(self.lumen)
        complaint = self.env["crm.complaint"].create(
            {"name": "Scratches", "partner_id": self.lumen.id}
        )
        self.assertHealth(50)
        complaint.with_context(active_test=False).write({"state": "cancelled"})
        self.assertHealth(100)
        self.env.cr.execute(
            "UPDATE crm_complaint SET state = 'resolved', date_resolved = %s WHERE id = %s",
            [self._days_ago(60), complaint.id],
        )
        self.env.invalidate_all()
        self.lumen._refresh_summary()
        self.assertHealth(75)

    def test_reasons_in_words(self):
        self._make_regular(self.lumen, days_ago=60, outcome_id=self.refused.id)
        self._create_interaction(self.lumen, days_ago=61, is_attempt=True)
        self._promise(self.lumen, "late", "2026-02-01")
        self._promise(self.lumen, "open", "2026-03-01")
        self.env["crm.complaint"].create({"name": "Scratches", "partner_id": self.lumen.id})
        self._refresh_clients()
        expected = [
            "33%: talks with a known end: 1, of them 0 well and 1 badly",
            "50%: the last contact was 60 days ago, the rhythm is 30 days; after 60 days without "
            "a word half is gone",
            "50%: promises of ours: 1, of them 0 kept in time and 1 late",
            "50%: a complaint is open",
            "80%: a promise of ours is 3 days late",
            "100%: they took part in 1 of the last 2 contacts and attempts",
        ]
        self.assertEqual(self.lumen.with_user(self.carla)._get_health_reasons(), expected)
        [briefing] = self.lumen.with_user(self.carla).get_briefing()
        self.assertEqual(briefing["health"], {"score": 13, "reasons": expected})

    def test_the_briefing_is_live(self):
        self._make_regular(self.lumen, days_ago=60)
        self._create_interaction(self.lumen, direction="in")
        self._end_transaction()
        [briefing] = self.lumen.with_user(self.carla).get_briefing()
        self.assertEqual(briefing["health"]["score"], 100)
        self.assertEqual(self.lumen.relationship_health, 50)

    def test_python_and_the_database_agree(self):
        """On 300 generated clients, at three moments, and in the same order."""
        numbers = random.Random(7)
        clients = self._generate_clients(numbers, 300)
        self._refresh_clients()
        for days in (0, 17.3, 400):
            with freeze_time(fields.Datetime.now() + timedelta(days=days)):
                self.env.invalidate_all()
                python = {client.id: client.relationship_health for client in clients}
                stored = self._read_sql(clients)
                self.assertEqual({key: value or 0 for key, value in stored.items()}, python)
                self.assertEqual([v for v in stored.values() if v is None], [])
                ordered = clients.search(
                    [("id", "in", clients.ids)], order="relationship_health desc, id"
                )
                self.assertEqual(ordered.ids, sorted(python, key=lambda key: (-python[key], key)))
                below = clients.search(
                    [("id", "in", clients.ids), ("relationship_health", "<", 40)]
                )
                self.assertEqual(set(below.ids), {key for key in python if python[key] < 40})
        self.assertGreater(len(set(python.values())), 3)

    def _generate_clients(self, numbers, count):
        clients = self.env["res.partner"].create(
            [{"name": f"Client {number}"} for number in range(count)]
        )
        statuses = (self.status_cold, self.status_regular, self.status_key)
        outcomes = (False, self.agreed.id, self.refused.id)
        self.interactions.create(
            [
                {
                    "partner_id": client.id,
                    "date": self._days_ago(numbers.uniform(0, 300)),
                    "channel": numbers.choice(("email", "phone")),
                    "direction": numbers.choice(("in", "out")),
                    "outcome_id": numbers.choice(outcomes),
                    "user_id": self.ben.id,
                }
                for client in clients
                for __ in range(numbers.randint(1, 6))
            ]
        )
        for client in clients:
            client.relationship_status_id = numbers.choice(statuses)
        self.env["crm.promise"].create(
            [
                {
                    "name": "Sample",
                    "partner_id": client.id,
                    "date_due": self._days_ago(numbers.randint(-30, 5)).date(),
                    "state": numbers.choice(("open", "kept", "late", "broken")),
                    "date_done": self._days_ago(0).date(),
                }
                for client in clients[: count // 3]
            ]
        )
        self.env["crm.complaint"].create(
            [{"name": "Scratches", "partner_id": client.id} for client in clients[:20]]
        )
        return clients

    def test_groups_show_the_mean_of_what_is_known(self):
        self._make_regular(self.lumen, days_ago=60)
        self._make_regular(self.oak)
        unknown = self.env["res.partner"].create({"name": "Unknown"})
        unknown.relationship_status_id = self.status_regular
        self._refresh_clients()
        three = self.lumen | self.oak | unknown
        [(mean,)] = three.with_user(self.carla)._read_group(
            [("id", "in", three.ids)], [], ["relationship_health:avg"]
        )
        self.assertEqual(mean, 75)
        described = three.fields_get(["relationship_health", "people_in_touch"])
        self.assertEqual(described["relationship_health"]["aggregator"], "avg")
        self.assertTrue(described["relationship_health"]["sortable"])

    def test_people_of_a_company_have_none_of_their_own(self):
        self._make_regular(self.nina)
        self.assertEqual(self.oak.relationship_health, 100)
        self.assertIs(self.nina.relationship_health, False)
        self.assertEqual(self._read_sql(self.nina), {self.nina.id: None})
        self.assertTrue(self.nina._get_health_reasons())

    def test_portal_users_learn_nothing(self):
        portal = new_test_user(self.env, "rel_portal", groups="base.group_portal")
        for name in ("relationship_health", "keep_in_touch_order", "people_in_touch"):
            with self.assertRaises(AccessError):
                self.env["res.partner"].with_user(portal).search([], order=f"{name} desc", limit=1)
