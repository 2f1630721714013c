from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_complaints import ComplaintCommon

NOON = datetime(2027, 3, 10, 12, 0)


@freeze_time(NOON)
@tagged("crm_relationship", "post_install", "-at_install")
class TestComplaintKeep(ComplaintCommon):
    """What survives merging, moving, deleting and erasing; and what the briefing tells."""

    def _merge(self, winner, *losers):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        partners = winner.concat(*losers)
        wizard._merge(partners.ids, winner)

    def test_contacts_merged(self):
        complaint = self._complain(self.lumen)
        other = self.env["res.partner"].create({"name": "Lucy", "email": "lucy@lumen.example.com"})
        self._merge(other, self.lumen)
        self.env.invalidate_all()
        self.assertEqual((complaint.partner_id, complaint.commercial_partner_id), (other, other))

    def test_all_of_a_complaint_is_merged(self):
        twin = self.env["res.partner"].create({"name": "Lucy"})
        earlier = self._complain(twin, date_open=datetime(2026, 9, 1))
        heard = self._create_interaction(self.lumen)
        complaint = self._complain(self.lumen, origin_interaction_id=heard.id)
        told = self._tell(complaint)
        self._resolve(complaint, amends="Voucher of 50")
        again = self._complain(self.lumen, user_id=self.carla.id)
        self.assertFalse((complaint | earlier).filtered("is_repeat"))
        self._merge(self.brandon, self.lumen, twin)
        self.env.invalidate_all()
        everything = earlier | complaint | again
        self.assertEqual(everything.exists().partner_id, self.brandon)
        self.assertEqual(everything.commercial_partner_id, self.oak)
        self.assertEqual(complaint.origin_interaction_id, heard)
        self.assertEqual(complaint.told_interaction_id, told)
        self.assertEqual((heard | told).partner_id, self.brandon)
        self.assertEqual((heard | told).commercial_partner_id, self.oak)
        promise = complaint.amends_promise_id
        self.assertEqual((promise.partner_id, promise.state), (self.brandon, "open"))
        self.assertEqual(len(self._tasks(complaint, "complaint_check")), 1)
        self.assertEqual(self._tasks(again).user_id, self.carla)
        self.assertEqual(everything.filtered("is_repeat"), complaint | again)
        [briefing] = self.nina.with_user(self.carla).get_briefing()
        self.assertEqual([item["id"] for item in briefing["complaints"]], [earlier.id, again.id])

    def test_all_complaints_of_merged_leads(self):
        leads = self._create_lead(self.brandon) | self._create_lead(self.brandon)
        complaints = self.complaints
        for lead in leads:
            complaints += self._complain(lead_id=lead.id, user_id=self.ben.id)
        complaints[1].active = False
        told = self._tell(complaints[0]), self._tell(complaints[1])
        merged = leads.merge_opportunity()
        self.assertEqual(complaints.exists().mapped("lead_id"), merged)
        self.assertEqual(len(complaints.filtered(lambda row: row.lead_id == merged)), 2)
        for complaint, row in zip(complaints, told, strict=True):
            self.assertEqual((row.complaint_id, row.lead_id), (complaint, merged))

    def test_client_becomes_a_contact(self):
        complaint = self._complain(self.lumen)
        self.lumen.parent_id = self.oak
        self.assertEqual(complaint.commercial_partner_id, self.oak)
        self.lumen.parent_id = False
        self.assertEqual(complaint.commercial_partner_id, self.oak)

    def test_contact_deleted(self):
        complaint = self._complain(self.brandon)
        self.brandon.unlink()
        self.assertEqual((complaint.partner_id, complaint.state), (self.oak, "new"))

    def test_company_deleted(self):
        complaint, of_company = self._complain(self.brandon), self._complain(self.oak)
        self.oak.unlink()
        self.env.invalidate_all()
        self.assertEqual(complaint.commercial_partner_id, self.brandon)
        self.assertFalse(of_company.commercial_partner_id)
        self.assertEqual(of_company.state, "cancelled")
        self.assertEqual(of_company.cancel_reason, "The client was deleted")

    def test_contact_archived(self):
        complaint = self._complain(self.lumen)
        self.lumen.active = False
        self.assertEqual((complaint.partner_id, complaint.is_open), (self.lumen, True))

    def test_leads_merged_and_deleted(self):
        leads = self._create_lead(self.brandon) | self._create_lead(self.brandon)
        complaint = self._complain(lead_id=leads[1].id)
        merged = leads.merge_opportunity()
        self.assertEqual(complaint.lead_id, merged)
        merged.unlink()
        self.assertEqual(complaint.exists().former_lead_user_id, self.ben)

    def test_person_erased(self):
        complaint = self._complain(
            self.lumen, description="<p>Lucy Lumen says so</p>", resolution="Called Lucy Lumen"
        )
        complaint.message_post(body="Lucy Lumen called", message_type="comment")
        stranger = self._complain(partner_id=False, email_from="L <lucy@lumen.example.com>")
        self._tell(complaint)
        self._resolve(complaint, resolution="Lucy Lumen got a new desk")
        self._end_transaction()
        self.lumen.with_user(self.anna)._erase_personal_data()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(complaint.name, f"Complaint {complaint.id}")
        self.assertFalse(complaint.description)
        self.assertEqual(complaint.resolution, "Erased")
        self.assertFalse(stranger.email_from)
        self.assertEqual((complaint.state, complaint.date_resolved), ("resolved", NOON))
        self.assertEqual(complaint.cause_id, self.defect)
        texts = complaint.message_ids.mapped("body") + complaint.activity_ids.mapped("summary")
        self.assertNotIn("Lucy", " ".join(map(str, texts)))

    def test_on_paper_since_the_day_where_the_reader_is(self):
        self._complain(date_open=datetime(2027, 3, 9, 20, 0), resolution="A new desk")
        client = self.brandon.with_user(self.carla).with_context(tz="Australia/Sydney")
        [page] = self.env["crm.briefing.page"].with_env(client.env)._prepare_pages(client)
        [line] = page["complaints"]
        self.assertIn("Complaint: The desk came with a scratch", line)
        self.assertIn("since 03/10/2027", line)
        self.assertIn("A new desk", line)

    def test_person_with_a_similar_address_is_not_erased(self):
        self.lumen.email = "lucy_l@example.org"
        strangers = [
            self._complain(partner_id=False, email_from=email)
            for email in ("lucy-l@example.org", "Luc <lucy-l@example.org>")
        ]
        self.lumen.with_user(self.anna)._erase_personal_data()
        for stranger in strangers:
            stranger.invalidate_recordset()
            self.assertEqual(stranger.name, "The desk came with a scratch")

    def test_briefing_tells_what_is_open(self):
        complaint = self._complain(user_id=self.ben.id, resolution="A new desk is on its way")
        self._complain(state="cancelled")
        [briefing] = self.nina.with_user(self.carla).get_briefing()
        self.assertEqual(
            briefing["complaints"],
            [
                {
                    "id": complaint.id,
                    "name": "The desk came with a scratch",
                    "contact": {"id": self.brandon.id, "name": "Brandon"},
                    "cause": "Defect or damage",
                    "remedy": "A new desk is on its way",
                    "date": "2027-03-10 12:00:00",
                    "deadline": "2027-03-17",
                    "user": {"id": self.ben.id, "name": self.ben.name},
                    "state": "new",
                    "priority": "0",
                    "is_late": False,
                    "is_repeat": False,
                    "is_hidden": False,
                }
            ],
        )
        page = self.env["crm.briefing.page"]._prepare_page(briefing, [])
        [line] = page["complaints"]
        self.assertIn("The desk came with a scratch", line)
        self.assertIn("A new desk is on its way", line)

    def test_briefing_tells_of_a_colleague_s_lead_that_there_is_one(self):
        lead = self._create_lead(self.brandon)
        self._complain(lead_id=lead.id, user_id=self.ben.id)
        [briefing] = self.oak.with_user(self.carla).get_briefing()
        [item] = briefing["complaints"]
        self.assertTrue(item["is_hidden"])
        self.assertEqual(item["user"]["name"], self.ben.name)
        self.assertNotIn("name", item)
        [line] = self.env["crm.briefing.page"]._prepare_page(briefing, [])["complaints"]
        self.assertNotIn("scratch", line)

    def test_whoever_meets_the_client_sees_it_on_the_meeting(self):
        meeting = self.env["calendar.event"].create(
            {
                "name": "Showroom visit",
                "start": NOON,
                "stop": NOON,
                "partner_ids": [Command.set((self.carla.partner_id | self.nina).ids)],
            }
        )
        meeting = meeting.with_user(self.carla)
        self.assertFalse(meeting.complaint_notice)
        lead = self._create_lead(self.brandon)
        self._complain(user_id=self.ben.id, resolution="A new desk is on its way")
        self._complain(name="Secret price", lead_id=lead.id, user_id=self.ben.id)
        meeting.invalidate_recordset()
        plain, hidden = meeting.complaint_notice.splitlines()
        for words in ("The desk came with a scratch", self.ben.name, "A new desk is on its way"):
            self.assertIn(words, plain)
        self.assertIn("you cannot open it", hidden)
        self.assertNotIn("Secret", hidden)
        with self.assertRaises(AccessError):
            meeting.with_user(self.insider).read(["complaint_notice"])

    def test_nobody_is_to_keep_in_touch_meanwhile(self):
        self.oak.relationship_status_id = self.status_key
        self.status_key.cadence_days = 30
        self._create_interaction(self.brandon)
        self._refresh_clients()
        due = self.oak.keep_in_touch_date
        self.assertTrue(due)
        complaint = self._complain()
        self._refresh_clients()
        self.assertFalse(self.oak.keep_in_touch_date)
        self.assertFalse(self.oak.keep_in_touch_max_date)
        self.assertEqual(self.oak.keep_in_touch_state, "none")
        [briefing] = self.brandon.with_user(self.carla).get_briefing()
        self.assertEqual(
            briefing["cadence"],
            {"days": 30, "pause": "while a complaint is open", "state": "none"},
        )
        complaint.action_cancel()
        self._refresh_clients()
        self.assertEqual(self.oak.keep_in_touch_date, due)

    def test_briefing_of_a_lead_without_client(self):
        lead = self._create_lead(email_from="toni@example.org")
        self.complaints.create({"name": "Too late", "lead_id": lead.id})
        [briefing] = lead.with_user(self.ben).get_briefing()
        self.assertEqual([item["name"] for item in briefing["complaints"]], ["Too late"])
        self.assertEqual(briefing["hidden"], 0)

    def test_briefing_of_many_costs_the_same(self):
        people = self.env["res.partner"].create([{"name": f"P {i}"} for i in range(12)])
        for person in people:
            self._complain(person)
        self.env.flush_all()
        people[:1].with_user(self.ben)._brief_complaints(people)
        counts = []
        for some in (people[:2], people):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.with_user(self.ben)._brief_complaints(some)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)
