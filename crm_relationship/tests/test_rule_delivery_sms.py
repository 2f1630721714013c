import json
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sms.tools.sms_api import SmsApi

from .common_rules import MORNING, DeliveryCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleDeliverySms(DeliveryCommon, HttpCase):
    """What the provider of SMS reports, when it is sent and hours later, is in the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.people[1]
        cls.other.phone = "0470 12 34 57"
        cls.rule.action_ids.write({"kind": "sms", "sms_template_id": cls._create_text().id})

    @classmethod
    def _create_text(cls, model="res.partner"):
        return cls.env["sms.template"].create(
            {"name": "Short", "model_id": cls.env["ir.model"]._get_id(model), "body": "Hello"}
        )

    def _send_queue(self, *states):
        """Odoo's queue, with a provider that answers so for the SMS in order of their numbers."""
        self.sent = []

        def send(api, endpoint, params, timeout=15):
            told = [number for message in params["messages"] for number in message["numbers"]]
            self.sent += sorted(told, key=lambda number: number["number"])
            pairs = zip(self.sent, states, strict=True)
            return [{"uuid": text["uuid"], "state": state} for text, state in pairs]

        with patch.object(SmsApi, "_contact_iap", send), self.enter_registry_test_mode():
            self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()
        self.env.invalidate_all()

    def _report(self, status, *texts):
        """The provider calls Odoo's own route."""
        self.env.flush_all()
        reports = [{"sms_status": status, "uuids": [text["uuid"] for text in texts]}]
        answer = self.url_open(
            "/sms/status",
            data=json.dumps({"params": {"message_statuses": reports}}),
            headers={"Content-Type": "application/json"},
        )
        self.assertEqual(answer.json().get("result"), "OK", answer.text)
        self.env.invalidate_all()

    def test_lost_hours_after_it_was_sent(self):
        self._run(self.rule)
        self._send_queue("success", "success")
        self.assertStates(self._later(), "done")
        self._report("invalid_destination", self.sent[0])
        self._report("delivered", self.sent[1])
        for hours in (2, 3):
            runs = self._later(hours)
        self.assertStates(runs, "skipped", "done")
        self.assertEqual(runs[0].reason, "Could not be delivered: Invalid Destination")
        self.assertEqual(self._tasks_of(self.person).summary, "Call instead")
        self.assertStates(self._runs(self.rule, self.other), "done")
        self.assertFalse(self._tasks_of(self.other))

    def test_reports_of_every_kind(self):
        expected = {
            "expired": ("skipped", "Could not be delivered: Expired"),
            "not_delivered": ("skipped", "Could not be delivered: Not Delivered"),
            "not_allowed": ("skipped", "Could not be delivered: Not Allowed"),
            "rejected": ("skipped", "Could not be delivered: Rejected"),
            "carrier_on_strike": ("failed", "Could not be delivered: carrier_on_strike"),
            "sent": ("done", False),
            "delivered": ("done", False),
        }
        people = self._create_people(len(expected))
        for number, person in enumerate(people):
            person.phone = f"0470 12 34 {60 + number}"
        self.people.active = False
        self._run(self.rule)
        self._send_queue(*["success"] * len(expected))
        for status, text in zip(expected, self.sent, strict=True):
            self._report(status, text)
        self._later()
        became = [self._runs(self.rule, person)[0] for person in people]
        self.assertEqual([(run.state, run.reason) for run in became], list(expected.values()))

    def test_refused_when_it_is_sent(self):
        self._run(self.rule)
        self._send_queue("wrong_number_format", "insufficient_credit")
        self.assertStates(self._later(), "skipped", "done")
        other = self._runs(self.rule, self.other)
        self.assertStates(other, "failed")
        self.assertEqual(other.reason, "Could not be delivered: Insufficient Credit")
        sms = other.sms_id
        self.assertEqual(sms.state, "error")

        # Tried again it is the same SMS, and not failed before the queue has come to it.
        other.action_retry()
        self._later(2)
        self.assertStates(other, "done")
        self.assertEqual((other.sms_id, sms.state), (sms, "outgoing"))
        self._send_queue("success")
        self._later(3)
        self.assertStates(other, "done")

    def test_what_the_queue_sends_later_is_done(self):
        self._run(self.rule)
        self._send_queue("success", "insufficient_credit")
        self._later()
        other = self._runs(self.rule, self.other)
        self.assertStates(other, "failed")
        other.sms_id.action_set_outgoing()
        self._send_queue("success")
        self._later(2)
        self.assertStates(other, "done")
        self.assertFalse(other.reason)

    def test_lost_by_their_fault_it_is_written_anew(self):
        self._run(self.rule)
        self._send_queue("success", "success")
        self._report("carrier_on_strike", self.sent[0])
        runs = self._later()
        self.assertStates(runs, "failed")
        lost = runs.sms_id
        runs.action_retry()
        self._later(2)
        self.assertStates(runs, "done")
        self.assertNotEqual(runs.sms_id, lost)
        self.assertEqual(runs.sms_id.state, "outgoing")
        self._send_queue("success")
        self.assertEqual([text["number"] for text in self.sent], ["+32470123456"])

    @mute_logger("odoo.addons.sms.controllers.main", "odoo.http")
    def test_reports_of_what_is_not_ours_change_nothing(self):
        self._run(self.rule)
        self._send_queue("success", "success")
        self._report("rejected", {"uuid": "0" * 32})
        self.assertStates(self._later(), "done")

    def test_it_is_seen_in_the_chatter(self):
        self._run(self.rule)
        self._send_queue("success", "success")
        run = self._runs(self.rule, self.person)
        self.assertEqual(run.message_id.model, "res.partner")
        self.assertEqual(run.message_id.res_id, self.person.id)
        [notice] = run.message_id.notification_ids
        self.assertEqual(
            (notice.res_partner_id, notice.notification_status), (self.person, "pending")
        )
        self._report("not_delivered", self.sent[0])
        self.assertEqual(notice.notification_status, "exception")
        # Who answers for the rule wrote it, and sees the red sign.
        self.assertTrue(self.person.with_user(self.anna).message_has_sms_error)
        self.assertFalse(self.other.with_user(self.anna).message_has_sms_error)

    def test_it_stays_an_attempt(self):
        self._run(self.rule)
        self.env.cr.flush()
        self._send_queue("success", "insufficient_credit")
        self._runs(self.rule, self.other).sms_id.action_set_outgoing()
        self._send_queue("success")
        self._report("delivered", *self.sent)
        self.env.cr.flush()
        rows = self.env["crm.interaction"].search([("partner_id", "in", self.people.ids)])
        self.assertEqual(rows.mapped("is_attempt"), [True, True])

    def test_statements_do_not_grow_with_the_number(self):
        """Of a batch: one INSERT of notifications, one of what the provider knows them by."""
        people = self._create_people(40)
        for number, person in enumerate(people):
            person.phone = f"0471 12 34 {number:02}"
        rules = [
            self._create_rule(
                {"kind": "sms", "sms_template_id": self._create_text().id},
                domain=f"[('id', 'in', {some.ids})]",
                purpose="service",
            )
            for some in (people[:10], people[10:])
        ]
        counts = []
        for rule in rules:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rule._run(MORNING)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertStates(self._runs(rules[1]), *["done"] * 30)
        self.assertLessEqual(counts[1], counts[0], counts)
