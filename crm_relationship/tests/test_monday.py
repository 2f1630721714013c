from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common_waiting import WaitingCommon

NOW = "2026-03-04 10:00:00"  # a Wednesday


@tagged("crm_relationship", "post_install", "-at_install")
class TestMonday(WaitingCommon):
    """Who is behind with what: by person, by the rights of who looks, opening its rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monday = cls.env["crm.monday"]
        cls.other = cls._create_user("rel_other", "sales_team.group_sale_salesman")
        # Only what is made here: demo data of the same database counts too.
        cls.before = cls._count_all()

    @classmethod
    def _count_all(cls):
        data = cls.monday.with_user(cls.anna).get_monday()
        return {row["id"]: row["counts"] for row in data["people"]}

    def _counts(self, user, looker=None, team=None):
        data = self.monday.with_user(looker or self.anna).get_monday(team_id=team and team.id)
        rows = [row for row in data["people"] if row["id"] == user.id]
        if not rows:
            return None
        return {key: count for key, count in rows[0]["counts"].items() if count}

    def _make_late_work(self, user):
        """One row of each kind for `user`, and as many that are in time."""
        today = fields.Date.context_today(self.env.user)
        late, ahead = today - timedelta(days=1), today + timedelta(days=5)
        (self.oak + self.lumen).user_id = user
        self.lumen.relationship_status_id = self.status_customer
        self.oak.relationship_status_id = self.status_customer
        lead = self._create_lead(self.oak, user_id=user.id)
        planned = self._create_lead(self.oak, user_id=user.id, name="Planned")
        for day in (late, ahead):
            planned.activity_schedule(
                "mail.mail_activity_data_todo", day, summary="Call", user_id=user.id
            )
        self._create_inquiry(self.oak, "2026-03-03 09:00:00", user_id=user.id)
        self.env["crm.promise"].create(
            [
                {"name": "A sample", "partner_id": self.oak.id, "date_due": day, "by": by}
                | {"user_id": user.id}
                for day, by in ((late, "us"), (ahead, "us"), (ahead, "them"))
            ]
        )
        self.env["crm.complaint"].create(
            [
                {"name": "Scratch", "partner_id": self.oak.id, "user_id": user.id}
                | {"date_deadline": day}
                for day in (late, ahead)
            ]
        )
        self.env["crm.today.postponement"].create(
            [
                {"user_id": user.id, "partner_id": self.oak.id, "key": f"due:{count}"}
                | {"date_until": ahead, "reason": "No time", "count": count}
                for count in (2, 3)
            ]
        )
        self._refresh_clients()
        self.lumen.write(
            {"keep_in_touch_date": late, "keep_in_touch_max_date": late + timedelta(days=30)}
        )
        self.oak.write({"keep_in_touch_date": late, "keep_in_touch_max_date": late})
        return lead

    @freeze_time(NOW)
    def test_every_kind_is_counted_for_its_person(self):
        self._make_late_work(self.other)
        self.assertEqual(
            self._counts(self.other),
            {
                "waiting": 1,
                # without what stands for the late promise
                "activities": 1,
                "promises": 1,
                "due": 1,
                "overdue": 1,
                "complaints": 1,
                "next_step": 1,
                "postponed": 1,
            },
        )

    @freeze_time(NOW)
    def test_a_complaint_that_nobody_has_answered_is_late(self):
        complaint = self.env["crm.complaint"].create(
            {"name": "Scratch", "partner_id": self.oak.id, "user_id": self.other.id}
        )
        complaint.acknowledge_deadline = "2026-03-03 10:00:00"
        self.env.flush_all()
        counts = self._counts(self.other)
        self.assertEqual(counts.get("complaints"), 1)
        self.assertNotIn("activities", counts)
        complaint.date_acknowledged = NOW
        self.env.flush_all()
        self.assertFalse(self._counts(self.other))

    @freeze_time(NOW)
    def test_every_number_opens_its_rows(self):
        self._make_late_work(self.other)
        data = self.monday.with_user(self.anna).get_monday()
        for column in data["columns"]:
            for person in (*data["people"], None):
                key = column["key"]
                kwargs = {"user_id": person["id"]} if person else {}
                action = self.monday.with_user(self.anna).get_rows_action(key, **kwargs)
                rows = self.env[action["res_model"]].with_user(self.anna)
                count = person["counts"][key] if person else data["totals"][key]
                with self.subTest(key=key, person=person and person["name"]):
                    self.assertEqual(rows.search_count(action["domain"]), count)
                    self.assertEqual(action["views"][0][1], "list")

    @freeze_time(NOW)
    def test_a_deal_with_a_meeting_ahead_has_a_next_step(self):
        lead = self._make_late_work(self.other)
        meeting = self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": "2026-03-10 09:00:00",
                "stop": "2026-03-10 10:00:00",
                "opportunity_id": lead.id,
            }
        )
        self.assertNotIn("next_step", self._counts(self.other))
        meeting.write({"start": "2026-03-03 09:00:00", "stop": "2026-03-03 10:00:00"})
        self.assertEqual(self._counts(self.other)["next_step"], 1)

    @freeze_time(NOW)
    def test_who_left_with_open_work_is_marked(self):
        self._make_late_work(self.other)
        self.other.active = False
        data = self.monday.with_user(self.anna).get_monday()
        row = next(row for row in data["people"] if row["id"] == self.other.id)
        self.assertTrue(row["has_left"])
        self.assertEqual(row["counts"]["waiting"], 1)

    @freeze_time(NOW)
    def test_what_is_nobodys_has_a_row_of_its_own(self):
        self._create_inquiry(self.oak, "2026-03-03 09:00:00", user_id=False)
        data = self.monday.with_user(self.anna).get_monday()
        before = self.before.get(False, {}).get("waiting", 0)
        self.assertEqual(data["people"][-1]["id"], False)
        self.assertEqual(data["people"][-1]["counts"]["waiting"], before + 1)

    @freeze_time(NOW)
    def test_the_leader_of_a_team_sees_its_people(self):
        self.team.user_id = self.ben
        self._make_late_work(self.carla)
        self.assertEqual(self._counts(self.carla, self.ben)["waiting"], 1)
        self._create_inquiry(self.nina, "2026-03-03 09:00:00", user_id=self.other.id)
        data = self.monday.with_user(self.ben).get_monday()
        self.assertFalse(data["may_see_all"])
        self.assertEqual(data["team_id"], self.team.id)
        self.assertEqual({row["id"] for row in data["people"]}, {self.ben.id, self.carla.id})

    @freeze_time(NOW)
    def test_a_manager_may_look_at_one_team(self):
        self._create_inquiry(self.oak, "2026-03-03 09:00:00", user_id=self.other.id)
        self.assertEqual(self._counts(self.other), {"waiting": 1})
        self.assertIsNone(self._counts(self.other, team=self.team))

    def test_others_are_told_that_it_is_not_theirs(self):
        for user in (self.carla, self.ben):
            with self.assertRaisesRegex(AccessError, "Monday is for sales managers"):
                self.monday.with_user(user).get_monday()
            with self.assertRaises(AccessError):
                self.monday.with_user(user).get_rows_action("waiting")

    def test_the_menu_is_for_managers_and_leaders(self):
        menu = self.env.ref("crm_relationship.crm_monday_menu")

        def is_offered(user):
            self.env.registry.clear_cache()
            return menu.id in self.env["ir.ui.menu"].with_user(user).load_menus(False)

        self.assertTrue(is_offered(self.anna))
        self.assertFalse(is_offered(self.ben))
        self.team.user_id = self.ben
        self.assertTrue(is_offered(self.ben))
        self.assertFalse(is_offered(self.carla))

    def test_a_new_leader_is_offered_it_at_once(self):
        menu = self.env.ref("crm_relationship.crm_monday_menu")

        def is_offered():
            return menu.id in self.env["ir.ui.menu"].with_user(self.ben).load_menus(False)

        self.assertFalse(is_offered())
        self.team.user_id = self.ben
        self.assertTrue(is_offered())
        self.team.user_id = False
        self.assertFalse(is_offered())
        company = self.env["res.company"].create({"name": "Second"})
        self.ben.company_ids += company
        team = {"name": "New", "user_id": self.ben.id, "company_id": company.id}
        team = self.env["crm.team"].create(team)
        self.assertTrue(is_offered())
        team.unlink()
        self.assertFalse(is_offered())

    @freeze_time(NOW)
    def test_what_is_put_off_with_a_stranger_is_counted(self):
        self.env["crm.today.postponement"].create(
            {"user_id": self.other.id, "key": "next_step:1", "date_until": "2026-03-05"}
            | {"reason": "No time", "count": 3}
        )
        self.assertEqual(self._counts(self.other), {"postponed": 1})

    @freeze_time(NOW)
    def test_a_client_without_maximum_is_due(self):
        self.oak.user_id = self.other
        self.oak.write({"keep_in_touch_date": "2026-03-01", "keep_in_touch_max_date": False})
        self.assertEqual(self._counts(self.other), {"due": 1})

    def test_an_unknown_figure_is_refused(self):
        with self.assertRaisesRegex(UserError, "no such figure"):
            self.monday.with_user(self.anna).get_rows_action("nonsense")

    @freeze_time(NOW)
    def test_the_tiles_count_what_their_actions_show(self):
        self._create_interaction(self.brandon, date="2026-02-17 10:00:00", channel="meeting")
        meeting = {"name": "Showroom", "partner_ids": self.brandon.ids}
        self.env["calendar.event"].create(
            [
                {**meeting, "start": f"{day} 09:00:00", "stop": f"{day} 10:00:00"}
                for day in ("2026-04-07", "2026-04-08")
            ]
        )
        self._refresh_clients()
        tiles = self.monday.with_user(self.anna).get_monday()["tiles"]
        filters = {
            "meetings": ("crm_interaction_view_search_meetings", "week_before_last"),
            "next": ("crm_meeting_report_view_search", "has_next"),
            "month": ("calendar_event_view_search_clients", "next_month"),
            "last": ("crm_meeting_report_view_search", "met"),
        }
        for tile in tiles:
            action = self.env["ir.actions.act_window"]._for_xml_id(tile["action"])
            view, name = filters[tile["key"]]
            arch = self.env.ref(f"crm_relationship.{view}").with_user(self.anna)
            arch = self.env["ir.ui.view"].browse(arch.id)._get_combined_arch()
            [node] = arch.xpath(f"//filter[@name='{name}']")
            domain = Domain(safe_eval(action["domain"])) & Domain(safe_eval(node.get("domain")))
            rows = self.env[action["res_model"]].with_user(self.anna)
            with self.subTest(tile=tile["key"]):
                self.assertGreater(tile["number"], 0)
                self.assertEqual(rows.search_count(domain), tile["number"])

    @freeze_time(NOW)
    def test_the_flow_counts_who_came_and_left_this_month(self):
        self.lumen.relationship_status_id = self.status_prospect
        self.lumen.relationship_status_id = self.status_customer
        before = self._get_flow()
        self.oak.relationship_status_id = self.status_prospect
        self.oak.relationship_status_id = self.status_customer
        after = self._get_flow()
        moved = {
            kind: (after[kind][0] - before[kind][0], after[kind][1] - before[kind][1])
            for kind in after
        }
        self.assertEqual(moved[self.status_prospect.id], (1, 1))
        self.assertEqual(moved[self.status_customer.id], (1, 0))
        action = self.monday.with_user(self.anna).get_flow_action(self.status_customer.id, "came")
        changes = self.env[action["res_model"]].with_user(self.anna)
        self.assertEqual(changes.search_count(action["domain"]), after[self.status_customer.id][0])
        self.anna.tz = "America/New_York"
        change = changes.search([("partner_id", "=", self.lumen.id)], limit=1).sudo()
        for moment, less in (("2026-03-01 05:30:00", 0), ("2026-03-01 04:30:00", 1)):
            change.date = moment
            monday = self.monday.with_user(self.anna).with_context(tz=None)
            self.env.flush_all()
            flow = {row["id"]: row["came"] for row in monday.get_monday()["flow"]}
            to_status = change.to_status_id
            self.assertEqual(flow[to_status.id], after[to_status.id][0] - less)

    def _get_flow(self):
        self.env.flush_all()
        flow = self.monday.with_user(self.anna).get_monday()["flow"]
        return {row["id"]: (row["came"], row["left"]) for row in flow}

    @freeze_time(NOW)
    def test_the_response_times_are_of_four_weeks(self):
        self.team.member_ids += self.other
        data = self.monday.with_user(self.anna).get_monday(team_id=self.team.id)["response"]
        self.assertEqual([data["inquiries"], data["unanswered"]], [0, 0])
        self.assertIsNot(data["unanswered"], False)
        for day in ("2026-03-02", "2026-03-03", "2026-01-20"):
            self._create_inquiry(self.oak, f"{day} 09:00:00", user_id=self.other.id)
        data = self.monday.with_user(self.anna).get_monday(team_id=self.team.id)["response"]
        self.assertEqual((data["inquiries"], data["unanswered"]), (2, 2))
        self.assertIs(data["median_hours"], False)
        self._answer(self.oak, "2026-03-03 11:00:00", user_id=self.other.id)
        self._refresh_clients()
        data = self.monday.with_user(self.anna).get_monday(team_id=self.team.id)["response"]
        self.assertEqual((data["answered"], data["unanswered"]), (2, 0))
        self.assertAlmostEqual(data["median_hours"], 14)
        action = self.monday.with_user(self.anna).get_response_action(team_id=self.team.id)
        rows = self.env["crm.response.report"].with_user(self.anna)
        self.assertEqual(rows.search_count(action["domain"]), 2)

    def test_statements_do_not_grow_with_people(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.monday.with_user(self.anna).get_monday()
            return self.env.cr.sql_log_count - start

        def add(number, start):
            users = self.env["res.users"]
            for index in range(start, start + number):
                users |= self._create_user(f"rel_many_{index}", "sales_team.group_sale_salesman")
            for user in users:
                self._create_lead(user_id=user.id)
                self._create_inquiry(self.oak, fields.Datetime.now(), user_id=user.id)

        add(2, 0)
        count()
        few = count()
        add(10, 2)
        count()
        self.assertEqual(count(), few)
