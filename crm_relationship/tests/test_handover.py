from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common_handover import NOW, HandoverCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestHandover(HandoverCommon):
    """Clients and all that is open go to a colleague, on their day."""

    @freeze_time(NOW)
    def test_clients_go_with_all_that_is_open(self):
        self._create_open_work()
        handover = self._hand_over()
        self.assertAll(self.ben)
        self.assertEqual((self.brandon + self.lumen).user_id, self.ben)
        self.assertEqual(handover.state, "done")
        self.assertEqual(handover.date_moved, fields.Datetime.now())
        tasks = (self.promise.activity_id + self.complaint.activity_ids).mapped("user_id")
        self.assertEqual(tasks, self.ben)

    def test_it_is_called_by_both_when_it_has_both(self):
        handover = self.env["crm.handover"].new({"from_user_id": self.carla.id})
        self.assertFalse(handover.display_name)
        handover.to_user_id = self.ben
        self.assertEqual(handover.display_name, f"{self.carla.name} to {self.ben.name}")

    @freeze_time(NOW)
    def test_what_is_closed_or_a_colleagues_stays(self):
        self._create_open_work()
        colleagues = self._create_lead(self.oak, user_id=self.marc.id)
        won = self._create_lead(self.oak, user_id=self.carla.id)
        won.action_set_won()
        kept = self.promise.copy()
        kept.action_done()
        self._hand_over()
        self.assertEqual(
            (colleagues.user_id, won.user_id, kept.user_id), (self.marc, self.carla, self.carla)
        )

    @freeze_time(NOW)
    def test_the_counts_before_are_what_goes(self):
        self._create_open_work()
        handover = self._hand_over(start=False)
        work = {**self.work, "person": self.brandon}
        counts = {kind: handover[f"{kind}_count"] for kind in work}
        self.assertEqual(
            counts,
            {"client": 2, "lead": 1, "activity": 1, "promise": 1, "complaint": 1, "waiting": 1}
            | {"person": 1},
        )
        for kind, record in work.items():
            action = handover.with_context(handover_kind=kind).action_open_records()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual((record in found, len(found)), (True, counts[kind]))
        handover.action_start()
        self.assertEqual({kind: handover[f"{kind}_count"] for kind in work}, counts)
        for kind, record in work.items():
            action = handover.with_context(handover_kind=kind).action_open_records()
            lines = self.env["crm.handover.line"].search(action["domain"])
            self.assertEqual(
                (record.id in lines.mapped("res_id"), len(lines)), (True, counts[kind])
            )

    @freeze_time(NOW)
    def test_only_chosen_clients(self):
        self._create_open_work()
        self._hand_over(scope="chosen", client_domain=str([("id", "=", self.lumen.id)]))
        self.assertEqual(self.lumen.user_id, self.ben)
        self.assertAll(self.carla)

    @freeze_time(NOW)
    def test_marked_in_the_list_of_clients(self):
        context = {"active_model": "res.partner", "active_ids": self.oak.ids}
        handover = self.handovers.with_user(self.anna).with_context(**context)
        values = handover.default_get(["from_user_id", "scope", "client_domain"])
        self.assertEqual((values["scope"], values["from_user_id"]), ("chosen", self.carla.id))
        handover = self._hand_over(**values)
        self.assertEqual(
            (self.oak.user_id, self.brandon.user_id, self.lumen.user_id),
            (self.ben, self.ben, self.carla),
        )

    @freeze_time(NOW)
    def test_several_colleagues_get_whole_clients_in_turn(self):
        self._create_open_work()
        more = self.env["res.partner"].create(
            [{"name": f"Client {index}", "user_id": self.carla.id} for index in range(3)]
        )
        self._hand_over(other_user_ids=self.marc.ids)
        clients = (self.oak + self.lumen + more).sorted("id")
        owners = [client.user_id.login for client in clients]
        self.assertEqual(owners, ["rel_ben", "rel_marc", "rel_ben", "rel_marc", "rel_ben"])
        self.assertEqual(self.brandon.user_id, self.ben)
        self.assertAll(self.ben)

    @freeze_time(NOW)
    def test_planned_it_begins_on_its_day(self):
        self._create_open_work()
        handover = self._hand_over(date_from="2026-03-10")
        self.assertEqual(handover.state, "planned")
        self.assertAll(self.carla)
        with freeze_time("2026-03-10 00:30:00"):
            self._run_rest()
        self.assertAll(self.ben)
        self.assertEqual(handover.state, "done")

    def test_the_day_begins_where_the_person_lives(self):
        self.carla.tz = "Pacific/Auckland"
        with freeze_time(NOW):
            handover = self._hand_over(date_from="2026-03-10")
        with freeze_time("2026-03-09 10:30:00"):  # 23:30 there
            self._run_rest()
            self.assertEqual(handover.state, "planned")
        with freeze_time("2026-03-09 11:30:00"):
            self._run_rest()
            self.assertEqual(handover.state, "done")

    @freeze_time(NOW)
    def test_the_chatter_keeps_the_trace(self):
        self._create_open_work()
        self._hand_over(date_until="2026-03-20")
        for record in (self.oak, self.lead, self.complaint):
            traces = record.message_ids.filtered(lambda message: "stands in" in message.body)
            self.assertEqual(len(traces), 1, record)
            self.assertIn("rel_ben", traces.body.split("stands in")[0])
            self.assertIn("rel_carla", traces.body.split("stands in")[1])
            self.assertIn("03/20/2026", traces.body)

    @freeze_time(NOW)
    def test_both_are_told_once_and_clients_never(self):
        self._create_open_work()
        self._end_transaction()
        last = self._last_message()
        last_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id
        self._hand_over(date_until="2026-03-20", reason="Parental leave")
        told = self._messages_since(last)
        self.assertEqual(len(told), 2)
        self.assertEqual(told.mapped("partner_ids"), (self.ben + self.carla).partner_id)
        [for_ben] = told.filtered(lambda message: message.partner_ids == self.ben.partner_id)
        self.assertIn("Parental leave", for_ben.body)
        self.assertIn("03/20/2026", for_ben.body)
        recipients = self.env["mail.mail"].search([("id", ">", last_mail)]).recipient_ids
        self.assertLessEqual(recipients, (self.ben + self.carla).partner_id)

    @freeze_time(NOW)
    def test_rules_do_not_take_a_lead_for_newly_assigned(self):
        self._create_open_work()
        self.lead.date_open = "2026-01-10 08:00:00"
        self.lead.flush_recordset()
        days = self.lead.day_open
        self._hand_over()
        self.assertEqual(self.lead.date_open, fields.Datetime.to_datetime("2026-01-10 08:00:00"))
        self.assertEqual(self.lead.day_open, days)

    @freeze_time(NOW)
    def test_a_new_inquiry_of_the_client_goes_to_the_stand_in(self):
        self._hand_over(date_until="2026-03-20")
        lead = self.env["crm.lead"].create(
            {
                "name": "Twelve desks",
                "type": "lead",
                "email_from": "brandon@oak.example.com",
                "contact_name": "Brandon",
                "user_id": False,
            }
        )
        self.assertEqual((lead.partner_id, lead.user_id), (self.brandon, self.ben))

    @freeze_time(NOW)
    def test_an_appointment_stays_with_who_made_it(self):
        self._create_open_work()
        meeting = self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": "2026-03-10 09:00:00",
                "stop": "2026-03-10 10:00:00",
                "user_id": self.carla.id,
                "partner_ids": (self.carla.partner_id + self.brandon).ids,
            }
        )
        self._hand_over()
        self.assertEqual(meeting.user_id, self.carla)
        self.assertEqual(meeting.partner_ids, self.carla.partner_id + self.brandon)

    @freeze_time(NOW)
    def test_what_is_private_stays_with_its_writer(self):
        self._create_open_work()
        self.inquiry.is_private = True
        self._hand_over()
        self.assertEqual(self.inquiry.user_id, self.carla)

    @freeze_time(NOW)
    def test_who_left_hands_over_too(self):
        self._create_open_work()
        self.carla.active = False
        self.assertEqual(self.carla.with_user(self.anna).handover_open_count, 8)
        action = self.carla.with_user(self.anna).action_hand_over()
        self.assertEqual(action["context"], {"default_from_user_id": self.carla.id})
        self._hand_over()
        self.assertAll(self.ben)
        self.env.invalidate_all()
        self.assertEqual(self.carla.with_user(self.anna).handover_open_count, 0)

    # ---- refused ----

    @freeze_time(NOW)
    def test_impossible_terms_are_refused_with_words(self):
        for vals, words in (
            ({"to_user_id": self.carla.id}, "To: choose a colleague"),
            ({"date_until": "2026-03-04"}, "Comes Back On: choose a day after"),
            ({"scope": "chosen", "client_domain": "[('nonsense', '=', 1)]"}, "no filter"),
            ({"scope": "chosen", "client_domain": "]["}, "no filter"),
        ):
            with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
                self._hand_over(start=False, **vals)

    @freeze_time(NOW)
    def test_who_does_not_sell_takes_nothing(self):
        handover = self._hand_over(start=False, to_user_id=self.insider.id)
        with self.assertRaisesRegex(UserError, "does not work in sales"):
            handover.action_start()

    @freeze_time(NOW)
    def test_overlapping_handovers_are_refused(self):
        self._hand_over(date_until="2026-03-20")
        week = {"date_from": "2026-03-10", "date_until": "2026-03-12"}
        for vals, words in (
            ({}, "has a handover to rel_ben"),
            ({"from_user_id": self.marc.id, "to_user_id": self.carla.id}, "is away at that time"),
            # Who stands in may hand over, but not to who is away.
            ({"from_user_id": self.ben.id, "to_user_id": self.carla.id}, "is away at that time"),
        ):
            handover = self._hand_over(start=False, **week | vals)
            with self.assertRaisesRegex(UserError, words):
                handover.action_start()
        later = self._hand_over(date_from="2026-03-20", date_until="2026-03-25")
        self.assertEqual(later.state, "planned")

    @freeze_time(NOW)
    def test_a_begun_one_keeps_its_terms(self):
        handover = self._hand_over(date_until="2026-03-20")
        with self.assertRaisesRegex(UserError, "under way"):
            handover.to_user_id = self.marc
        with self.assertRaisesRegex(UserError, "Use the buttons"):
            handover.state = "draft"
        with self.assertRaisesRegex(UserError, "stays, as its trace"):
            handover.unlink()
        handover.date_until = "2026-03-25"
        planned = self._hand_over(date_from="2026-04-10", date_until="2026-04-12")
        planned.action_draft()
        planned.unlink()
