from odoo import fields

from .common import RelationshipCommon

NOW = "2026-03-04 10:00:00"  # a Wednesday


class HandoverCommon(RelationshipCommon):
    """`carla` has two clients with all that can be open; `ben` takes over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.handovers = cls.env["crm.handover"]
        cls.marc = cls._create_user("rel_marc", "sales_team.group_sale_salesman")
        (cls.oak + cls.brandon + cls.lumen).user_id = cls.carla
        (cls.oak + cls.lumen).relationship_status_id = cls.status_customer

    @classmethod
    def _create_open_work(cls):
        """One thing of each kind with Oak Interiors, all carla's."""
        carla = {"user_id": cls.carla.id}
        cls.lead = cls._create_lead(cls.brandon, **carla)
        cls.activity = cls.lead.activity_schedule(
            "mail.mail_activity_data_todo", fields.Date.today(), summary="Call", **carla
        )
        cls.promise = cls.env["crm.promise"].create(
            {"name": "A sample", "partner_id": cls.oak.id, "date_due": "2026-03-20", **carla}
        )
        cls.complaint = cls.env["crm.complaint"].create(
            {"name": "Scratch", "partner_id": cls.oak.id, **carla}
        )
        cls.inquiry = cls._create_interaction(
            cls.oak,
            channel="email",
            direction="in",
            needs_reply=True,
            subject="Price?",
            **carla,
        )
        cls.work = {
            "client": cls.oak,
            "lead": cls.lead,
            "activity": cls.activity,
            "promise": cls.promise,
            "complaint": cls.complaint,
            "waiting": cls.inquiry,
        }
        cls.env.flush_all()

    def _hand_over(self, user=None, start=True, **vals):
        handover = self.handovers.with_user(user or self.anna).create(
            {"from_user_id": self.carla.id, "to_user_id": self.ben.id, **vals}
        )
        if start:
            handover.action_start()
            self._run_rest()
        return handover

    def _run_rest(self):
        self._end_transaction()
        self._run_cron("ir_cron_handover")

    def _owners(self, **records):
        """Who is responsible for each kind of work."""
        self.env.invalidate_all()
        return {kind: record.user_id for kind, record in (records or self.work).items()}

    def assertAll(self, user):
        self.assertEqual(self._owners(), dict.fromkeys(self.work, user))

    def _lines(self, handover, state):
        lines = handover.sudo().line_ids.filtered(lambda line: line.state == state)
        return {(line.kind, line.res_id): line.reason for line in lines}

    def _messages_since(self, last):
        return self.env["mail.message"].search(
            [("id", ">", last), ("message_type", "=", "user_notification")], order="id"
        )

    def _last_message(self):
        return self.env["mail.message"].search([], order="id desc", limit=1).id
