from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common_complaints import ComplaintCommon

NOON = datetime(2027, 3, 10, 12, 0)


@freeze_time(NOON)
@tagged("crm_relationship", "post_install", "-at_install")
class TestComplaintCorrected(ComplaintCommon):
    """What is entered later, or changed, has the same consequences as what is known at once."""

    def _end(self, complaint, **vals):
        self._resolve(complaint, how_told="untold", untold_reason="Knows", **vals)

    def _promise(self, complaint):
        promise = complaint.amends_promise_id
        return promise.name, promise.date_due, promise.state

    def test_amends_entered_after_the_end_are_promised(self):
        complaint = self._complain()
        self._end(complaint)
        self.assertFalse(complaint.amends_promise_id)
        complaint.with_user(self.ben).amends = "Voucher of 50"
        self.assertEqual(self._promise(complaint), ("Voucher of 50", date(2027, 3, 17), "open"))
        self.assertEqual(complaint.amends_promise_id.user_id, self.ben)

    def test_amends_that_change_are_the_same_promise_until_it_is_done(self):
        complaint = self._complain()
        self._end(complaint, amends="Voucher of 50")
        first = complaint.amends_promise_id
        complaint.with_user(self.ben).action_reopen()
        self._end(complaint, amends="Voucher of 80", amends_date=date(2027, 3, 12))
        self.assertEqual(complaint.amends_promise_id, first)
        self.assertEqual(self._promise(complaint), ("Voucher of 80", date(2027, 3, 12), "open"))
        first.action_done()
        complaint.with_user(self.ben).action_reopen()
        self._end(complaint)
        self.assertEqual(complaint.amends_promise_id, first, "promised and kept")
        complaint.with_user(self.ben).amends = "A dinner"
        self.assertEqual(self._promise(complaint), ("A dinner", date(2027, 3, 12), "open"))
        self.assertEqual(self._promise(complaint)[0], complaint.amends)
        self.assertEqual(first.state, "kept")
        complaint.with_user(self.ben).amends = False
        self.assertEqual(self._promise(complaint)[2], "broken")

    def test_day_that_was_moved_stays(self):
        complaint = self._complain()
        self._end(complaint, amends="Voucher of 50")
        complaint.amends_promise_id.date_due = date(2027, 3, 30)
        complaint.amends = "Voucher of 60"
        self.assertEqual(self._promise(complaint), ("Voucher of 60", date(2027, 3, 30), "open"))

    def test_nobody_answers_before_the_client_complains(self):
        complaint = self._complain(date_open=datetime(2027, 3, 9))
        complaint.with_user(self.ben).action_acknowledge()
        complaint.date_open = NOON
        with self.assertRaisesRegex(ValidationError, "Complained On: .* answered or resolved"):
            complaint.date_open = datetime(2027, 3, 11)

    def test_closed_from_outside_has_the_same_consequences(self):
        complaint = self._complain(amends="Voucher of 50")
        complaint.with_user(self.ben).write(
            {"state": "resolved", "resolution": "New desk", "untold_reason": "Knows"}
        )
        self.assertEqual(self._promise(complaint)[0], "Voucher of 50")
        [check] = self._tasks(complaint, "complaint_check")
        self.assertEqual((check.date_deadline, check.user_id), (date(2027, 3, 24), self.ben))

    def test_old_complaints_that_are_imported_give_nobody_anything_to_do(self):
        complaint = self._complain(
            state="resolved", resolution="New desk", untold_reason="Knows", amends="Voucher"
        )
        self.assertFalse(complaint.activity_ids | complaint.amends_promise_id.activity_id)

    def test_lead_that_is_named_later_makes_what_was_said_as_secret(self):
        complaint = self._complain()
        said = self._tell(complaint)
        other = self._create_lead(self.brandon)
        elsewhere = self._create_interaction(
            self.brandon, lead_id=other.id, complaint_id=complaint.id
        )
        rows = self.interactions.with_user(self.carla)
        domain = [("id", "in", (said | elsewhere).ids)]
        self.assertEqual(rows.search(domain).ids, said.ids)
        lead = self._create_lead(self.brandon)
        complaint.with_user(self.ben).lead_id = lead
        self.assertFalse(rows.search(domain))
        self.assertEqual((said.lead_id, elsewhere.lead_id), (lead, other))
        complaint.with_user(self.ben).lead_id = False
        self.assertEqual(rows.search(domain).ids, said.ids)

    def test_words_of_a_private_contact_are_not_handed_to_everybody(self):
        contact = self._create_interaction(
            self.brandon, subject="Divorce", summary="Cannot pay", is_private=True
        )
        context = contact.with_user(self.ben).action_new_complaint()["context"]
        self.assertEqual(context["default_origin_interaction_id"], contact.id)
        self.assertFalse({"default_name", "default_description"} & context.keys())
        contact.is_private = False
        context = contact.with_user(self.ben).action_new_complaint()["context"]
        self.assertEqual(context["default_name"], "Divorce")
        self.assertEqual(context["default_description"], "Cannot pay")

    def test_who_may_not_change_it_cannot_write_into_it(self):
        complaint = self._complain(cause_id=self.late.id)
        names = ("name", "partner_id", "cause_id", "priority", "date_deadline", "description")
        for user, is_fixed in ((self.carla, True), (self.ben, False)):
            form = Form(complaint.with_user(user))
            for name in (*names, "user_id", "resolution", "amends", "amends_cost"):
                self.assertEqual(form._get_modifier(name, "readonly"), is_fixed, name)
        self.assertFalse(
            Form(self.complaints.with_user(self.carla))._get_modifier("name", "readonly")
        )
