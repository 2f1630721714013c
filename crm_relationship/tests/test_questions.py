from ast import literal_eval
from datetime import datetime, timedelta

from lxml import etree

from odoo.fields import Command, Datetime, Domain
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged

NOW = "2026-03-18 10:00:00"  # a Wednesday; the week before last is 2 to 8 March


class QuestionCase(TransactionCase):
    """Clients, meetings held and meetings to come, seen from 18 March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.anna, cls.marc, cls.manager = (
            new_test_user(cls.env, f"question_{name}", groups=f"sales_team.{group}")
            for name, group in (
                ("anna", "group_sale_salesman_all_leads"),
                ("marc", "group_sale_salesman"),
                ("manager", "group_sale_manager"),
            )
        )
        (cls.anna | cls.marc | cls.manager).tz = "Europe/Brussels"
        cls.outcomes = {
            result: cls.env["crm.interaction.outcome"].create({"name": result, "result": result})
            for result in ("success", "neutral", "failure")
        }
        held = cls.env["crm.interaction"].with_context(active_test=False)
        cls.last_held = held.search([], order="id desc", limit=1).id or 0
        cls.azure = cls.make_client("Azure", "Brandon", "Colleen")
        cls.deco = cls.make_client("Deco", "Floyd")
        cls.gemini = cls.make_client("Gemini", "Edwin")

    @classmethod
    def make_client(cls, name, *people):
        client = cls.env["res.partner"].create({"name": f"Q {name}", "is_company": True})
        for person in people:
            cls.env["res.partner"].create({"name": f"Q {person}", "parent_id": client.id})
        return client

    @classmethod
    def make_held(cls, partner, date, result=None, **vals):
        return cls.env["crm.interaction"].create(
            {
                "partner_id": partner.id,
                "date": date,
                "channel": "meeting",
                "user_id": cls.anna.id,
                "outcome_id": result and cls.outcomes[result].id,
                **vals,
            }
        )

    @classmethod
    def make_event(cls, start, *guests, user=None, **vals):
        start = Datetime.to_datetime(start)
        user = user or cls.anna
        partners = user.partner_id.union(*guests)
        return (
            cls.env["calendar.event"]
            .with_context(no_mail_to_attendees=True, dont_notify=True)
            .create(
                {
                    "name": "Showroom",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "user_id": user.id,
                    "partner_ids": [Command.set(partners.ids)],
                    **vals,
                }
            )
        )

    def answer(self, xmlid, *more, user=None, drop=()):
        """The rows a user sees who clicks on the question, and on `more` filters."""
        action = self.env.ref(f"crm_relationship.{xmlid}")
        context = action.context.replace("\n", " ")
        filters = set(more) | {
            name
            for name in ("week_before_last", "has_next", "next_month", "met")
            if f"search_default_{name}'" in context
        }
        user = user or self.anna
        Model = self.env[action.res_model].with_user(user).with_context(tz=user.tz)
        view = Model.get_view(action.search_view_id.id, "search")["arch"]
        domain = Domain(literal_eval(action.domain))
        for node in etree.fromstring(view).iter("filter"):
            if node.get("name") in filters - set(drop):
                domain &= Domain(literal_eval(node.get("domain")))
        rows = Model.search(domain)
        # Not of demo data.
        return rows.filtered(lambda row: row._name != "crm.interaction" or row.id > self.last_held)


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestQuestionMeetings(QuestionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brandon, cls.floyd = cls.azure.child_ids[0], cls.deco.child_ids

    def test_meetings_of_the_week_before_last_by_result(self):
        for date, result in (
            ("2026-03-02 09:00:00", "success"),
            ("2026-03-04 09:00:00", "success"),
            ("2026-03-05 09:00:00", "neutral"),
            ("2026-03-06 09:00:00", "failure"),
            ("2026-03-08 09:00:00", None),
        ):
            self.make_held(self.brandon, date, result)
        self.make_held(self.brandon, "2026-03-03 09:00:00", "success", channel="visit")
        # none of these belongs to the answer
        self.make_held(self.brandon, "2026-03-01 09:00:00", "success")
        self.make_held(self.brandon, "2026-03-09 09:00:00", "success")
        self.make_held(self.brandon, "2026-03-03 09:00:00", "success", channel="phone")
        self.make_held(self.brandon, "2026-03-03 09:00:00", is_attempt=True)
        rows = self.answer("action_question_meetings")
        groups = rows.web_read_group(
            [("id", "in", rows.ids)], ["meeting_result"], order="meeting_result DESC"
        )
        self.assertEqual(
            [(group["meeting_result"], group["__count"]) for group in groups["groups"]],
            [("success", 3), ("neutral", 1), ("failure", 1), ("absent", 1)],
        )
        for group in groups["groups"]:
            self.assertGreaterEqual(rows.search_count(group["__extra_domain"]), group["__count"])
            opened = rows.filtered_domain(group["__extra_domain"])
            self.assertEqual(len(opened), group["__count"])

    def test_the_week_is_the_users_own(self):
        """Monday begins 1 March 11:00 UTC in Auckland and 23:00 UTC in Brussels."""
        edges = [
            self.make_held(self.brandon, f"2026-03-{day} {time}")
            for day, time in (
                ("01", "10:59:59"),
                ("01", "11:00:00"),
                ("01", "22:59:59"),
                ("01", "23:00:00"),
                ("08", "10:59:59"),
                ("08", "11:00:00"),
                ("08", "22:59:59"),
                ("08", "23:00:00"),
            )
        ]
        rows = self.answer("action_question_meetings")
        self.assertEqual([row in rows for row in edges], [0, 0, 0, 1, 1, 1, 1, 0])
        self.anna.tz = "Pacific/Auckland"
        rows = self.answer("action_question_meetings")
        self.assertEqual([row in rows for row in edges], [0, 1, 1, 1, 1, 0, 0, 0])

    def test_on_any_day_of_the_week_and_whatever_day_weeks_begin_with(self):
        inside = self.make_held(self.brandon, "2026-03-02 00:00:00")
        inside |= self.make_held(self.brandon, "2026-03-08 12:00:00")
        self.make_held(self.brandon, "2026-02-28 12:00:00")
        self.make_held(self.brandon, "2026-03-10 12:00:00")
        lang = self.env["res.lang"]._lang_get(self.anna.lang)
        for week_start in ("1", "6", "7"):
            lang.week_start = week_start
            for day in range(16, 23):
                with freeze_time(f"2026-03-{day} 12:00:00"):
                    rows = self.answer("action_question_meetings")
                self.assertEqual(rows, inside.sorted("date", reverse=True), (week_start, day))

    def test_another_week_is_one_click_away(self):
        last = self.make_held(self.brandon, "2026-03-12 09:00:00")
        this = self.make_held(self.brandon, "2026-03-17 09:00:00")
        drop = ["week_before_last"]
        self.assertEqual(self.answer("action_question_meetings", "last_week", drop=drop), last)
        self.assertEqual(self.answer("action_question_meetings", "this_week", drop=drop), this)

    def test_private_meeting_of_a_colleague_is_not_shown(self):
        self.make_held(self.brandon, "2026-03-04 09:00:00", is_private=True)
        self.assertTrue(self.answer("action_question_meetings"))
        self.assertFalse(self.answer("action_question_meetings", user=self.marc))


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestQuestionNext(QuestionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brandon, cls.colleen = cls.azure.child_ids.sorted("id")
        cls.floyd, cls.edwin = cls.deco.child_ids, cls.gemini.child_ids

    def clients(self, *filters, **kwargs):
        rows = self.answer("action_question_next", *filters, **kwargs)
        return rows.filtered(lambda row: row.partner_id.name.startswith("Q "))

    def test_clients_met_who_will_be_met_again_and_when(self):
        self.make_held(self.brandon, "2026-03-02 09:00:00", "success")
        self.make_event("2026-04-10 09:00:00", self.colleen, user=self.marc)
        nearest = self.make_event("2026-03-25 09:00:00", self.colleen, user=self.marc)
        self.make_held(self.floyd, "2026-03-03 09:00:00")
        self.make_event("2026-03-26 09:00:00", self.edwin)  # never met
        rows = self.clients()
        self.assertEqual(rows.partner_id, self.azure)
        self.assertEqual(rows.last_date, datetime(2026, 3, 2, 9))
        self.assertEqual(rows.outcome_id, self.outcomes["success"])
        self.assertEqual(rows.next_date, datetime(2026, 3, 25, 9))
        self.assertEqual(rows.next_event_id, nearest)
        self.assertEqual(rows.next_user_id, self.marc)

    def test_none_agreed(self):
        self.make_held(self.brandon, "2026-03-02 09:00:00")
        self.make_event("2026-03-25 09:00:00", self.brandon)
        self.make_held(self.floyd, "2026-03-03 09:00:00")
        rows = self.clients("no_next", drop=["has_next"])
        self.assertEqual(rows.partner_id, self.deco)
        self.assertFalse(rows.next_date)

    def test_cancelled_and_declined_are_no_appointments(self):
        for person in (self.brandon, self.floyd):
            self.make_held(person, "2026-03-02 09:00:00")
        self.make_event("2026-03-25 09:00:00", self.brandon).active = False
        event = self.make_event("2026-03-25 09:00:00", self.floyd)
        guest = event.attendee_ids.filtered(lambda a: a.partner_id == self.floyd)
        guest.state = "declined"
        self.assertFalse(self.clients())

    def test_meeting_for_an_opportunity_counts_for_its_client(self):
        self.make_held(self.brandon, "2026-03-02 09:00:00")
        lead = self.env["crm.lead"].create({"name": "Desks", "partner_id": self.azure.id})
        event = self.make_event("2026-03-25 09:00:00", opportunity_id=lead.id)
        self.assertEqual(self.clients().next_event_id, event)

    def test_meeting_that_goes_on_is_not_behind_us_yet(self):
        event = self.make_event("2026-03-18 09:30:00", self.brandon)
        self.assertFalse(self.clients())
        person = self.env["crm.meeting.report"].search([("partner_id", "=", self.brandon.id)])
        self.assertEqual(person.next_event_id, event)

    def test_by_salesperson(self):
        self.azure.user_id = self.marc
        for person in (self.brandon, self.floyd):
            self.make_held(person, "2026-03-02 09:00:00")
            self.make_event("2026-03-25 09:00:00", person)
        groups = self.env["crm.meeting.report"]._read_group(
            [("id", "in", self.clients().ids)], ["user_id"], ["partner_id:recordset"]
        )
        self.assertEqual(dict(groups), {self.marc: self.azure, self.anna: self.deco})


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestQuestionMonth(QuestionCase):
    def events(self, **kwargs):
        rows = self.answer("action_question_month", **kwargs)
        return rows.filtered(lambda event: event.name == "Showroom")

    def test_appointments_with_clients_next_month(self):
        brandon = self.azure.child_ids[0]
        first = self.make_event("2026-04-01 08:00:00", brandon)
        last = self.make_event("2026-04-30 20:00:00", brandon, user=self.marc)
        lead = self.env["crm.lead"].create({"name": "Desks", "partner_id": self.deco.id})
        deal = self.make_event("2026-04-15 08:00:00", opportunity_id=lead.id)
        self.make_event("2026-03-31 08:00:00", brandon)
        self.make_event("2026-05-01 08:00:00", brandon)
        self.make_event("2026-04-15 08:00:00", self.marc.partner_id)  # among ourselves
        self.make_event("2026-04-16 08:00:00", brandon).active = False
        for user in (self.anna, self.marc, self.manager):
            rows = self.events(user=user)
            self.assertEqual(rows, (first | deal | last).sorted(rows._order.partition(",")[0]))
        self.assertEqual(rows.mapped("crm_client_ids"), brandon | self.deco)

    def test_the_month_is_the_users_own(self):
        brandon = self.azure.child_ids[0]
        self.make_event("2026-03-31 21:30:00", brandon)  # 23:30 in Brussels
        april = self.make_event("2026-03-31 22:30:00", brandon)
        self.assertEqual(self.events(), april)
        self.anna.tz = "America/New_York"
        self.assertFalse(self.events())

    def test_client_of_a_colleagues_opportunity_is_shown(self):
        lead = self.env["crm.lead"].create(
            {"name": "Desks", "partner_id": self.deco.id, "user_id": self.anna.id}
        )
        event = self.make_event("2026-04-15 08:00:00", opportunity_id=lead.id)
        self.assertEqual(event.with_user(self.marc).crm_client_ids, self.deco)


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestQuestionLast(QuestionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brandon, cls.colleen = cls.azure.child_ids.sorted("id")

    def person(self, name, user=None):
        rows = self.answer("action_question_last", user=user)
        return rows.filtered_domain([("partner_id", "ilike", f"Q {name}")])

    def test_last_of_several_meetings_with_how_it_ended(self):
        self.make_held(self.brandon, "2026-01-05 09:00:00", "failure")
        last = self.make_held(self.brandon, "2026-02-05 09:00:00", "success", user_id=self.marc.id)
        self.make_held(self.brandon, "2026-03-05 09:00:00", channel="phone")
        self.make_held(self.brandon, "2026-03-06 09:00:00", is_attempt=True)
        self.make_held(self.colleen, "2026-03-07 09:00:00")
        row = self.person("Brandon")
        self.assertEqual(len(row), 1)
        self.assertEqual(row.last_interaction_id, last)
        self.assertEqual(row.last_date, datetime(2026, 2, 5, 9))
        self.assertEqual(row.last_user_id, self.marc)
        self.assertEqual(
            (row.outcome_id, row.outcome_result), (self.outcomes["success"], "success")
        )
        self.assertEqual(row.commercial_partner_id, self.azure)
        self.assertEqual(row.action_open_partner()["res_id"], self.brandon.id)

    def test_every_guest_of_a_meeting_was_met_with_its_outcome(self):
        event = self.make_event("2026-03-05 09:00:00", self.brandon, self.colleen)
        self.make_held(self.brandon, event.start, "neutral", calendar_event_id=event.id)
        for name in ("Brandon", "Colleen"):
            row = self.person(name)
            self.assertEqual(row.last_date, datetime(2026, 3, 5, 9))
            self.assertEqual(row.outcome_id, self.outcomes["neutral"])

    def test_meeting_of_the_calendar_counts_before_the_history_has_it(self):
        self.make_event("2026-03-18 08:00:00", self.brandon)
        self.assertEqual(self.person("Brandon").last_date, datetime(2026, 3, 18, 8))

    def test_client_who_did_not_come_was_not_met(self):
        event = self.make_event("2026-03-05 09:00:00", self.brandon)
        self.make_held(self.brandon, event.start, is_attempt=True, calendar_event_id=event.id)
        self.assertFalse(self.person("Brandon"))

    def test_own_people_are_no_clients(self):
        self.make_event("2026-03-05 09:00:00", self.marc.partner_id)
        self.assertFalse(
            self.answer("action_question_last").filtered_domain(
                [("partner_id", "=", self.marc.partner_id.id)]
            )
        )

    def test_meeting_on_a_colleagues_lead_stays_with_who_may_see_it(self):
        lead = self.env["crm.lead"].create(
            {"name": "Desks", "partner_id": self.azure.id, "user_id": self.anna.id}
        )
        self.make_held(self.brandon, "2026-03-05 09:00:00", "success", lead_id=lead.id)
        self.assertTrue(self.person("Brandon", self.anna))
        self.assertTrue(self.person("Brandon", self.manager))
        self.assertFalse(self.person("Brandon", self.marc))

    def test_another_company_stays_closed(self):
        other = self.env["res.company"].create({"name": "Elm"})
        self.azure.company_id = self.brandon.company_id = other
        self.make_event("2026-03-05 09:00:00", self.brandon)
        self.assertFalse(self.person("Brandon"))
        self.anna.company_ids |= other
        row = self.env["crm.meeting.report"].with_user(self.anna)
        row = row.with_context(allowed_company_ids=other.ids)
        self.assertTrue(row.search([("partner_id", "=", self.brandon.id)]))

    def test_every_way_of_asking_gives_the_same_answer(self):
        """What is asked decides which meetings are looked at, and never what is found."""
        people = self.env["res.partner"]
        for n in range(30):
            client = self.make_client(f"Client {n:02}", f"Person {n:02}")
            people |= client.child_ids
            days_ago, days_ahead = n * n, (n * 7) % 40 * 10
            if n % 3:
                self.make_held(client.child_ids, self.days(-days_ago - 1))
                self.make_held(client.child_ids, self.days(-days_ago - 500))
            if n % 5 < 2:
                self.make_event(self.days(days_ahead + 1), client.child_ids)
                self.make_event(self.days(days_ahead + 400), client.child_ids)
            if n % 7 == 0:
                self.make_event(self.days(-days_ago - 3), client.child_ids, self.brandon)
        report = self.env["crm.meeting.report"].with_user(self.anna)
        names = ["id", "partner_id", "last_date", "last_interaction_id", "next_date", "user_id"]
        names += ["next_event_id", "next_user_id", "scope"]
        everything = report.search([])
        known = {row["id"]: row for row in everything.read(names)}
        self.assertGreater(len(known), 45)

        def assert_same(domain, **kwargs):
            wanted = everything.filtered_domain(domain)
            self.env.invalidate_all()
            found = report.search(domain, **kwargs)
            self.assertEqual(set(found.ids), set(wanted.ids), (domain, kwargs))
            for row in found.read(names):
                self.assertEqual(row, known[row["id"]], domain)

        for domain in (
            [("last_date", "!=", False)],
            [("last_date", ">=", self.days(-90))],
            [("last_date", ">", self.days(-90)), ("last_date", "<", self.days(-20))],
            [("last_date", ">=", self.days(-90)), ("next_date", "<=", self.days(40))],
            ["|", ("last_date", ">=", self.days(-90)), ("next_date", "!=", False)],
            ["!", ("last_date", ">=", self.days(-90))],
            [("next_date", "<=", self.days(100))],
            [("next_date", "=", False)],
            [("partner_id", "ilike", "Person 1")],
            [("partner_id", "in", people[:7].ids)],
            [("partner_id", "not in", people[:7].ids)],
            [("commercial_partner_id", "in", people[:7].commercial_partner_id.ids)],
            [
                *(
                    "|",
                    ("partner_id", "ilike", "Person 1"),
                    ("commercial_partner_id", "ilike", "t 2"),
                ),
                ("last_date", ">=", self.days(-90)),
            ],
            ["|", ("partner_id", "ilike", "Person 1"), ("scope", "=", "client")],
            [("id", "in", everything[:9].ids)],
        ):
            assert_same(domain)
        for scope in ("person", "client"):
            for order in ("last_date desc nulls last, id", "next_date, last_date desc, id", "id"):
                domain = [("scope", "=", scope), ("last_date", "!=", False)]
                whole = report.search(domain, order=order)
                for limit, offset in ((3, 0), (5, 5), (10, 0), (len(whole), 0), (80, 0)):
                    page = report.search(domain, offset, limit, order)
                    self.assertEqual(page.ids, whole.ids[offset : offset + limit], order)
                    count = report.search_count(domain, limit)
                    self.assertEqual(count, min(limit, len(whole)))
            newest = report.search(domain, order="last_date desc, id", limit=4)
            self.assertEqual(newest.ids, report.search(domain, order="last_date desc, id").ids[:4])
        # empty ones come first here, so that the newest are not the first
        order = "last_date desc, id"
        page = report.search([("scope", "=", "client")], order=order, limit=4)
        self.assertEqual(page.ids, report.search([("scope", "=", "client")], order=order).ids[:4])
        self.assertFalse(page[0].last_date)

    def days(self, number):
        return Datetime.now() + timedelta(number)

    def test_list_takes_the_same_queries_for_few_and_many(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["crm.meeting.report"].web_search_read(
                [("scope", "=", "person")],
                {"partner_id": {"fields": {"display_name": {}}}, "last_date": {}, "next_date": {}},
            )
            return self.cr.sql_log_count - before

        for day in range(10, 15):
            person = self.brandon.copy({"name": "Q Copy"})
            self.make_held(person, f"2026-02-{day} 09:00:00")
        count()
        few = count()
        for day in range(10, 28):
            person = self.brandon.copy({"name": "Q Copy"})
            self.make_held(person, f"2026-02-{day} 09:00:00")
        self.assertEqual(count(), few)


@tagged("crm_relationship", "post_install", "-at_install")
class TestQuestionMenus(TransactionCase):
    def test_each_question_is_one_click_from_the_menu(self):
        folder = self.env.ref("crm_relationship.menu_relationship_questions")
        user = new_test_user(self.env, "question_menu", groups="sales_team.group_sale_salesman")
        visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        for question in ("meetings", "next", "month", "last"):
            action = self.env.ref(f"crm_relationship.action_question_{question}")
            menu = folder.child_id.filtered(lambda menu, action=action: menu.action == action)
            self.assertEqual(len(menu), 1)
            self.assertIn(menu.id, visible)
            self.assertIn("o_view_nocontent", action.help)
