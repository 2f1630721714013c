from odoo import models

from odoo.addons.mail.tools.discuss import Store


class MailActivity(models.Model):
    """Marking an activity done that was a contact with a client asks how it ended.

    The web client asks through `action_ask_outcome`. Whatever marks activities
    done otherwise (several at once, other programs) is not asked.
    """

    _inherit = "mail.activity"

    def action_done(self):
        """The buttons of Odoo's own lists of activities ask as well, for one activity."""
        is_one = self.env.context.get("ask_outcome") and len(self) == 1 and self.active
        return (is_one and self.action_ask_outcome()) or super().action_done()

    def action_ask_outcome(self):
        """Dialog that marks this activity done and asks how the contact ended.

        :return: an action; False when there is nothing to ask, because the
            activity is no contact with a client or the caller keeps no history:
            it is then marked done as usual
        """
        self.ensure_one()
        if not self._is_outcome_asked():
            return False
        document = self.env[self.res_model].browse(self.res_id)
        lead = document if self.res_model == "crm.lead" else self.env["crm.lead"]
        return self.env["crm.interaction.log"]._get_outcome_action(
            default_activity_id=self.id,
            default_partner_id=self._get_client().id,
            default_lead_id=lead.id,
            default_channel=self.activity_type_id.interaction_channel,
        )

    def _is_outcome_asked(self):
        """Whether this is a contact with a client that the caller can tell the outcome of."""
        return bool(
            self.activity_type_id.interaction_channel
            and self.res_model in self.env["crm.interaction"]._get_capture_models()
            and self.env["crm.interaction.log"].has_access("create")
            and self.env[self.res_model].browse(self.res_id).has_access("read")
            and self._has_client()
            and all(event._has_outcome() for event in self.calendar_event_id)
        )

    def _get_client(self):
        """The person outside that the activity is about, may be none."""
        if not self.res_model or self.res_model not in self.env:
            return self.env["res.partner"]
        document = self.env[self.res_model].browse(self.res_id)
        return document._mail_get_partners()[document.id][:1]

    def _has_client(self):
        client = self._get_client()
        return client.partner_share if client else self.res_model == "crm.lead"

    def _to_store_defaults(self, target):
        # Read with the name of the type anyway: the client asks only where it may be a contact.
        return super()._to_store_defaults(target) + [
            Store.One("activity_type_id", ["interaction_channel"])
        ]
