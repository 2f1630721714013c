from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from .common_complaints import ComplaintCommon

# A Wednesday.
NOON = datetime(2027, 3, 10, 12, 0)


@freeze_time(NOON)
@tagged("crm_relationship", "post_install", "-at_install")
class TestComplaint(ComplaintCommon):
    """From the complaint to the client told and the check-back."""

    @users("rel_carla")
    def test_who_deals_with_it_and_by_when(self):
        complaint = self.complaints.with_env(self.env).create(
            {"name": "Too late", "partner_id": self.brandon.id}
        )
        self.assertEqual(complaint.commercial_partner_id, self.oak)
        self.assertEqual(complaint.user_id, self.ben)
        self.assertEqual(complaint.state, "new")
        # Five working days: over a weekend.
        self.assertEqual(complaint.date_deadline, date(2027, 3, 17))
        complaint.priority = "2"
        self.assertEqual(complaint.date_deadline, date(2027, 3, 11))

    def test_form_gives_it_to_the_salesperson_of_the_client(self):
        form = Form(self.complaints.with_user(self.carla))
        self.assertEqual(form.user_id, self.carla)
        form.name = "Too late"
        form.partner_id = self.brandon
        self.assertEqual(form.user_id, self.ben)
        form.user_id = self.anna
        form.partner_id = self.nina
        self.assertEqual(form.save().user_id, self.anna)

    def test_weekend_and_holiday_are_no_working_days(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": False,
                "company_id": self.env.company.id,
                "date_from": datetime(2027, 3, 12),
                "date_to": datetime(2027, 3, 12, 23, 59, 59),
            }
        )
        complaint = self._complain(priority="1")
        # Thursday, Monday, Tuesday: Friday is a holiday.
        self.assertEqual(complaint.date_deadline, date(2027, 3, 16))

    def test_what_was_promised_is_not_moved(self):
        complaint = self._complain()
        complaint.action_acknowledge()
        complaint.priority = "2"
        self.assertEqual(complaint.date_deadline, date(2027, 3, 17))
        complaint.date_deadline = date(2027, 3, 15)
        self.assertEqual(complaint.date_deadline, date(2027, 3, 15))

    def test_promised_day_stays_when_the_contact_is_chosen(self):
        form = Form(self.complaints.with_user(self.ben))
        form.name = "Too late"
        form.date_deadline = date(2027, 3, 15)
        form.partner_id = self.brandon
        self.assertEqual(form.date_deadline, date(2027, 3, 15))
        complaint = form.save()
        complaint.partner_id = self.nina
        self.assertEqual(complaint.date_deadline, date(2027, 3, 15))

    def test_client_of_another_company_is_promised_what_that_promises(self):
        other = self.env["res.company"].create({"name": "Other", "relationship_complaint_days": 1})
        other.resource_calendar_id.tz = "UTC"
        self.anna.company_ids = [Command.link(other.id)]
        self.lumen.company_id = other
        companies = [self.env.company.id, other.id]
        form = Form(
            self.complaints.with_user(self.anna).with_context(allowed_company_ids=companies)
        )
        form.name = "Too late"
        self.assertEqual(form.date_deadline, date(2027, 3, 17))
        form.partner_id = self.lumen
        self.assertEqual((form.company_id, form.date_deadline), (other, date(2027, 3, 11)))

    def test_answer_is_due_when_the_status_says(self):
        self.oak.relationship_status_id = self.status_key
        self.status_key.response_hours = 3
        complaint = self._complain()
        # 12:00 to 13:00 is no work in Odoo's standard calendar; work ends at 17:00.
        self.assertEqual(complaint.acknowledge_deadline, datetime(2027, 3, 10, 16, 0))
        self.assertEqual(self._tasks(complaint).date_deadline, NOON.date())

    def test_task_goes_with_the_complaint(self):
        complaint = self._complain()
        task = self._tasks(complaint)
        self.assertEqual((task.user_id, task.summary), (self.ben, "Answer the complaint"))
        self.assertEqual(task.date_deadline, NOON.date())
        complaint.user_id = self.anna
        complaint.action_acknowledge()
        self.assertEqual(self._tasks(complaint), task)
        self.assertEqual((task.user_id, task.summary), (self.anna, "Resolve the complaint"))
        self.assertEqual(task.date_deadline, date(2027, 3, 17))
        complaint.action_cancel()
        self.assertFalse(complaint.activity_ids)

    def test_call_acknowledges(self):
        complaint = self._complain()
        self._tell(complaint, outcome_id=self.env.ref("crm_relationship.outcome_no_answer").id)
        self.assertFalse(complaint.date_acknowledged)
        self._tell(complaint)
        self.assertEqual((complaint.date_acknowledged, complaint.state), (NOON, "progress"))
        self.assertEqual(complaint.interaction_ids.mapped("partner_id"), self.brandon)

    def test_answer_to_the_inquiry_acknowledges(self):
        inquiry = self._create_interaction(
            self.brandon, direction="in", needs_reply=True, subject="Scratch"
        )
        action = inquiry.with_user(self.carla).action_new_complaint()
        form = Form(
            self.complaints.with_user(self.carla).with_context(**action["context"]),
            "crm_relationship.crm_complaint_view_form",
        )
        complaint = form.save()
        self.assertEqual((complaint.name, complaint.partner_id), ("Scratch", self.brandon))
        self.assertEqual(inquiry.complaint_id, complaint)
        with freeze_time("2027-03-10 15:00:00"):
            self._create_interaction(self.nina)
            self._refresh_clients()
        self.assertEqual(complaint.date_acknowledged, datetime(2027, 3, 10, 15))

    def test_client_is_told_before_it_is_closed(self):
        complaint = self._complain()
        with self.assertRaisesRegex(UserError, "nobody has told the client"):
            self._resolve(complaint)
        complaint.resolution = "Brought a new desk"
        with self.assertRaisesRegex(ValidationError, "Press Tell the Client"):
            complaint.state = "resolved"
        told = self._tell(complaint)
        self._resolve(complaint)
        self.assertEqual(complaint.state, "resolved")
        self.assertEqual((complaint.told_interaction_id, complaint.date_client_told), (told, NOON))
        self.assertEqual(complaint.date_resolved, NOON)

    def test_talk_in_which_it_was_heard_is_not_how_the_client_was_told(self):
        heard = self._create_interaction(self.brandon, direction="out", subject="Scratch")
        action = heard.with_user(self.ben).action_new_complaint()
        complaint = self.complaints.with_user(self.ben).with_context(**action["context"]).create({})
        self.assertEqual(complaint.state, "progress", "who heard it knows of it")
        with self.assertRaisesRegex(UserError, "nobody has told the client"):
            self._resolve(complaint)
        told = self._tell(complaint)
        self._resolve(complaint)
        self.assertEqual(complaint.told_interaction_id, told)

    def test_imported_as_resolved(self):
        told = self._create_interaction(self.brandon, days_ago=3)
        complaint = self._complain(
            state="resolved",
            resolution="Brought a new desk",
            told_interaction_id=told.id,
            date_open=datetime(2027, 3, 1, 8, 0),
            date_resolved=datetime(2027, 3, 8, 8, 0),
        )
        self.assertEqual(complaint.date_client_told, told.date)
        complaint.state = "resolved"
        self.assertEqual(complaint.date_resolved, datetime(2027, 3, 8, 8, 0))

    def test_remedy_is_written_down(self):
        complaint = self._complain()
        self._tell(complaint)
        with self.assertRaisesRegex(UserError, "Remedy"):
            self._resolve(complaint, resolution=" ")

    def test_need_not_be_told(self):
        complaint = self._complain()
        with self.assertRaisesRegex(UserError, "Because"):
            self._resolve(complaint, how_told="untold")
        self._resolve(complaint, how_told="untold", untold_reason="Withdrawn")
        self.assertEqual((complaint.state, complaint.untold_reason), ("resolved", "Withdrawn"))
        self.assertFalse(complaint.date_client_told)

    def test_amends_are_a_promise(self):
        complaint = self._complain()
        self._tell(complaint)
        self._resolve(
            complaint, amends="Voucher of 50", amends_cost=50, amends_date=date(2027, 3, 20)
        )
        promise = complaint.amends_promise_id
        self.assertEqual((promise.name, promise.by), ("Voucher of 50", "us"))
        self.assertEqual((promise.date_due, promise.user_id), (date(2027, 3, 20), self.ben))
        self.assertEqual(promise.activity_id.user_id, self.ben)
        self.assertEqual(complaint.amends_cost, 50)

    def test_check_back_is_a_call_about_the_complaint(self):
        complaint = self._complain()
        self._tell(complaint)
        self._resolve(complaint)
        self.assertFalse(self._tasks(complaint))
        check = self._tasks(complaint, "complaint_check")
        self.assertEqual((check.date_deadline, check.user_id), (date(2027, 3, 24), self.ben))
        check.with_user(self.ben).action_feedback("Happy with the new desk")
        self._end_transaction()
        call = complaint.interaction_ids.sorted("id")[-1]
        self.assertEqual((call.channel, call.partner_id), ("phone", self.brandon))
        self.assertEqual(call.summary, "Happy with the new desk")

    def test_no_check_back(self):
        self.env.company.relationship_complaint_check_days = 0
        complaint = self._complain()
        self._tell(complaint)
        self._resolve(complaint)
        self.assertFalse(complaint.activity_ids)

    def test_opened_again(self):
        complaint = self._complain()
        self._tell(complaint)
        self._resolve(complaint)
        complaint.with_user(self.ben).action_reopen()
        self.assertEqual(complaint.state, "progress")
        self.assertFalse(complaint.date_resolved or complaint.date_client_told)
        self.assertFalse(self._tasks(complaint, "complaint_check"))
        self.assertTrue(self._tasks(complaint))
        # What was called off is no contact that was called off.
        self._end_transaction()
        self.assertEqual(len(complaint.interaction_ids), 1)
        with self.assertRaises(ValidationError):
            complaint.state = "resolved"

    def test_opened_again_the_client_is_told_anew(self):
        complaint = self._complain()
        self._tell(complaint)
        self._resolve(complaint)
        with freeze_time("2027-03-12 09:00:00"):
            complaint.with_user(self.ben).action_reopen()
            with self.assertRaisesRegex(UserError, "nobody has told the client"):
                self._resolve(complaint)
            told = self._tell(complaint)
            self._resolve(complaint)
        self.assertEqual(complaint.told_interaction_id, told)

    def test_same_cause_within_a_year_is_repeated(self):
        first = self._complain(self.nina, date_open=datetime(2026, 3, 11))
        again = self._complain()
        other = self._complain(cause_id=self.late.id)
        stranger = self._complain(self.lumen)
        mine = first | again | other | stranger
        self.assertEqual(mine.filtered("is_repeat"), again)
        domain = [("id", "in", mine.ids), ("is_repeat", "=", True)]
        self.assertEqual(self.complaints.search(domain), again)
        first.date_open = datetime(2026, 3, 9)
        self.env.invalidate_all()
        self.assertFalse(again.is_repeat)
        first.date_open = datetime(2026, 3, 11)
        first.action_cancel()
        self.env.invalidate_all()
        self.assertFalse(again.is_repeat)

    def test_late(self):
        complaint = self._complain()
        with freeze_time("2027-03-17 12:00:00"):
            self.assertFalse(complaint.is_late)
        self.env.invalidate_all()
        with freeze_time("2027-03-18 12:00:00"):
            self.assertTrue(complaint.is_late)
            late = self.complaints.search([("is_late", "=", True)])
            self.assertIn(complaint, late)

    def test_where_nobody_has_the_client(self):
        (self.oak + self.brandon).user_id = False
        self.assertFalse(self._complain().user_id)
        self.env.company.relationship_complaint_user_id = self.anna
        self.assertEqual(self._complain().user_id, self.anna)
        lead = self._create_lead(self.brandon, user_id=self.carla.id)
        self.assertEqual(self._complain(lead_id=lead.id).user_id, self.carla)


@tagged("crm_relationship", "post_install", "-at_install")
class TestComplaintSecurity(ComplaintCommon):
    """Who reads and changes complaints, role by role, in two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead_ben = cls._create_lead(cls.brandon)
        cls.plain = cls._complain(user_id=cls.ben.id)
        cls.secret = cls._complain(user_id=cls.ben.id, lead_id=cls.lead_ben.id)
        cls.of_carla = cls._complain(user_id=cls.carla.id)
        cls.everything = cls.plain | cls.secret | cls.of_carla

    def _readable(self, user):
        domain = [("id", "in", self.everything.ids)]
        return self.complaints.with_user(user).search(domain).sudo()

    def test_who_reads(self):
        self.assertEqual(self._readable(self.anna), self.everything)
        self.assertEqual(self._readable(self.ben), self.everything)
        self.assertEqual(self._readable(self.carla), self.plain | self.of_carla)
        with self.assertRaises(AccessError):
            self._readable(self.insider)
        with self.assertRaises(AccessError):
            self.brandon.with_user(self.insider).read(["complaint_ids"])

    def test_who_changes(self):
        self.of_carla.with_user(self.carla).resolution = "Called"
        with self.assertRaises(AccessError):
            self.plain.with_user(self.carla).resolution = "Called"
        self.of_carla.with_user(self.ben).resolution = "Visited"
        for user in (self.carla, self.ben):
            with self.assertRaises(AccessError):
                self.of_carla.with_user(user).unlink()
        self.of_carla.with_user(self.anna).unlink()

    def test_buttons_are_for_who_may_press_them(self):
        both = self.plain | self.of_carla
        for user, expected in ((self.carla, [False, True]), (self.ben, [True, True])):
            self.assertEqual(both.with_user(user).mapped("may_change"), expected)
        self.assertTrue(self.complaints.with_user(self.carla).new({}).may_change)

    def test_who_wrote_it_down_may_correct_it(self):
        complaint = self.complaints.with_user(self.carla).create(
            {"name": "Late", "partner_id": self.brandon.id}
        )
        self.assertEqual(complaint.user_id, self.ben)
        complaint.name = "Delivered late"
        with self.assertRaises(AccessError):
            complaint.unlink()

    def test_secret_of_a_lead_that_is_deleted(self):
        self.lead_ben.unlink()
        self.assertFalse(self.secret.lead_id)
        self.assertEqual(self._readable(self.carla), self.plain | self.of_carla)
        self.assertEqual(self._readable(self.ben), self.everything)

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.plain.company_id = other
        self.assertEqual(self._readable(self.anna), self.everything - self.plain)
        self.anna.company_ids = [Command.link(other.id)]
        anna = self.complaints.with_user(self.anna).with_context(allowed_company_ids=other.ids)
        domain = [("id", "in", self.everything.ids)]
        self.assertEqual(anna.search(domain), self.plain)
        self.oak.company_id = other
        self.assertEqual(self._complain().company_id, other)

    def test_causes_are_kept_by_managers(self):
        causes = self.env["crm.complaint.cause"]
        with self.assertRaises(AccessError):
            causes.with_user(self.ben).create({"name": "Noise"})
        self.assertTrue(causes.with_user(self.anna).create({"name": "Noise"}))
        self.assertTrue(causes.with_user(self.insider).search([], limit=1))
