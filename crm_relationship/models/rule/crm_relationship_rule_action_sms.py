from odoo import api, fields, models

from .crm_relationship_rule import MARKETING
from .crm_relationship_rule_action import ActionKind
from .crm_relationship_rule_action_do import Unsent
from .crm_relationship_rule_run import SKIPPED, Outcome


class CrmRelationshipRuleAction(models.Model):
    """Sending an SMS: into Odoo's queue, by Odoo's composer."""

    _inherit = "crm.relationship.rule.action"

    sms_template_id = fields.Many2one(
        "sms.template",
        string="SMS",
        ondelete="restrict",
        domain="[('model', 'in', (model_name, 'res.partner'))]",
        help="The SMS to send, in the language of the client. One that is written for "
        "contacts fits every rule: it goes to the client of the record.",
    )

    @api.model
    def _get_action_kinds(self):
        return {
            **super()._get_action_kinds(),
            "sms": ActionKind(
                self.env._("Send an SMS"),
                "_do_sms",
                "_describe_sms",
                ("sms_template_id",),
                to_client=True,
                foresee="_foresee_sms",
                preview="_preview_sms",
            ),
        }

    @api.model
    def _get_part_fields(self):
        return [*super()._get_part_fields(), "sms_template_id"]

    def _get_parts(self):
        return [*super()._get_parts(), self._get_text_part(self.sms_template_id)]

    def _describe_sms(self):
        return self.env._('SMS "%s"', self.sms_template_id.name or "…")

    def _do_sms(self, rule, runs, now):
        """Queue the SMS, and say for whom it could not be."""
        lost = runs.sms_id._get_lost()
        kept = runs.filtered(lambda run: run.sms_id not in lost)
        again = self._queue_again(kept, "sms_id", "error")
        runs = runs.filtered(lambda run: run.id not in again)
        targets = self._get_targets(rule, runs, self.sms_template_id.model)
        unsent = Unsent()
        sent = {}
        for place, batch in self._get_batches(rule, runs, targets, self.sms_template_id, ["body"]):
            sent |= self._queue_sms(
                place.with_context(relationship_rule_unsent=unsent), rule, batch
            )
        if sent:
            # Have the queue sent soon after this is committed, not at its next hour.
            self.env.ref("sms.ir_cron_sms_scheduler_action")._trigger()
        reasons = self._get_unsent_sms_reasons()
        return again | {
            run.id: self._tell_sent(run, targets, sent, "sms_id")
            or Outcome(SKIPPED, self._explain_unsent(reasons, unsent.failures, targets, run))
            for run in runs
        }

    def _queue_sms(self, place, rule, res_ids):
        """Have Odoo queue the SMS, as {id of the record it is about: id of the SMS}."""
        composer = place.create(self._prepare_sms_vals(rule, res_ids))
        messages = composer._action_send_sms_mass()
        failures = place.env.context["relationship_rule_unsent"].failures
        queued = [res_id for res_id in res_ids if res_id not in failures]
        # Odoo makes them in the order of the records.
        return dict(zip(queued, messages.ids, strict=True))

    def _prepare_sms_vals(self, rule, res_ids):
        return {
            "composition_mode": "mass",
            "res_model": self.sms_template_id.model,
            "res_ids": repr(res_ids),
            "template_id": self.sms_template_id.id,
            "mass_keep_log": True,
            "mass_force_send": False,
            "use_exclusion_list": rule.purpose == MARKETING,
        }

    def _get_unsent_sms_reasons(self):
        """Why Odoo would not send an SMS, in words."""
        return {
            "sms_blacklist": self.env._("Opted out: the number is blacklisted"),
            "sms_optout": self.env._("Opted out"),
            "sms_number_missing": self.env._("No telephone number"),
            "sms_number_format": self.env._("The telephone number is not valid"),
            "sms_duplicate": self.env._("The same SMS goes to this number already"),
        }
