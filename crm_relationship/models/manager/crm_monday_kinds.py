from collections import namedtuple

from odoo import api, fields, models

from ..handover.crm_handover_open import COMPLAINT_TASK
from ..today.crm_today_postponement import OFTEN

# `domain` is of rows of `model`, which have a `user_id`; `action` shows them in a list.
MondayKind = namedtuple("MondayKind", "label help model domain action")


class CrmMonday(models.AbstractModel):
    """Which numbers there are of a person; another addon adds its own."""

    _inherit = "crm.monday"

    @api.model
    def _get_kinds(self):
        """{key: `MondayKind`} in the order of the columns."""
        return {
            **self._get_kinds_of_people(),
            **self._get_kinds_of_clients(),
            **self._get_kinds_of_cases(),
        }

    @api.model
    def _get_kinds_of_people(self):
        """What somebody is owed or was to do."""
        today = fields.Date.to_string(fields.Date.context_today(self))
        late = [("date_deadline", "<", today)]
        return {
            "waiting": MondayKind(
                self.env._("Waiting"),
                self.env._("Inquiries of clients that nobody has answered yet."),
                "crm.interaction",
                [("is_waiting", "=", True)],
                "crm_relationship.crm_interaction_action_waiting",
            ),
            "activities": MondayKind(
                self.env._("Overdue"),
                self.env._(
                    "Things to do with clients whose day is over; promises and complaints have "
                    "their own columns."
                ),
                "mail.activity",
                [
                    *late,
                    ("is_promise", "=", False),
                    ("res_model", "in", self._get_client_models()),
                    *self._get_own_task_domain(),
                ],
                "mail.mail_activity_action",
            ),
            "promises": MondayKind(
                self.env._("Late Promises"),
                self.env._("Promises of ours whose day is over and that are not kept yet."),
                "crm.promise",
                [("by", "=", "us"), ("is_overdue", "=", True)],
                "crm_relationship.crm_promise_action",
            ),
        }

    @api.model
    def _get_kinds_of_clients(self):
        """With whom to be in touch."""
        return {
            "due": MondayKind(
                self.env._("Due"),
                self.env._("Clients with whom to be in touch by now."),
                "res.partner",
                [("keep_in_touch_state", "=", "due")],
                "crm_relationship.res_partner_action_clients",
            ),
            "overdue": MondayKind(
                self.env._("Neglected"),
                self.env._("Clients with whom nobody has been in touch for too long."),
                "res.partner",
                [("keep_in_touch_state", "=", "overdue")],
                "crm_relationship.res_partner_action_clients",
            ),
        }

    @api.model
    def _get_kinds_of_cases(self):
        """Complaints and deals that do not go on."""
        return {
            "complaints": MondayKind(
                self.env._("Late Complaints"),
                self.env._(
                    "Open complaints whose promised day is over, or that nobody answered in time."
                ),
                "crm.complaint",
                self._get_late_complaint_domain(),
                "crm_relationship.crm_complaint_action",
            ),
            "next_step": MondayKind(
                self.env._("No Next Step"),
                self.env._("Open deals with nothing planned: no activity, no meeting ahead."),
                "crm.lead",
                self._get_next_step_domain(),
                "crm.crm_lead_action_pipeline",
            ),
            "postponed": MondayKind(
                self.env._("Put Off"),
                self.env._("What was put off on Today three times or more, with the reason."),
                "crm.today.postponement",
                [("count", ">=", OFTEN)],
                "crm_relationship.crm_today_postponement_action",
            ),
        }

    @api.model
    def _get_client_models(self):
        """Models of documents that belong to a client."""
        return sorted({*self.env["crm.interaction"]._get_capture_models(), "crm.complaint"})

    @api.model
    def _get_own_task_domain(self):
        """Not the task that stands for a complaint, which is counted itself."""
        task = self.env["ir.model.data"]._xmlid_to_res_id(COMPLAINT_TASK)
        return [
            *("|", "|", ("res_model", "!=", "crm.complaint"), ("automated", "=", False)),
            ("activity_type_id", "!=", task),
        ]

    @api.model
    def _get_late_complaint_domain(self):
        now = fields.Datetime.to_string(fields.Datetime.now())
        return [
            *("|", ("is_late", "=", True), "&", "&", ("is_open", "=", True)),
            *(("date_acknowledged", "=", False), ("acknowledge_deadline", "<", now)),
        ]

    @api.model
    def _get_next_step_domain(self):
        """As on Today: what is over today still counts as planned."""
        return [
            ("type", "=", "opportunity"),
            ("won_status", "=", "pending"),
            ("activity_ids", "=", False),
            ("calendar_event_ids", "not any", [("stop", ">=", "today")]),
        ]
