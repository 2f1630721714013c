from odoo import fields, models

from .crm_relationship_rule_run import SKIPPED, Outcome


class CrmRelationshipRuleRun(models.Model):
    """Rows whose message waits in Odoo's queue while the client opts out.

    The queue asks at the moment of sending, so it does not matter how the
    address came onto the blacklist.
    """

    _inherit = "crm.relationship.rule.run"

    def _find_queued_mails(self, mails):
        """Rows of marketing letters that still wait among `mails`."""
        waiting = mails.filtered(lambda mail: mail.state == "outgoing")
        return self.search([("is_marketing", "=", True), ("mail_id", "in", waiting.ids)])

    def _get_opted_out(self, blacklist, field, addresses):
        """Rows all of whose addresses are on a blacklist.

        :param dict addresses: sets of addresses by row
        """
        wanted = list(set().union(*addresses.values()))
        if not wanted:
            return self.browse()
        found = self.env[blacklist].search_fetch([(field, "in", wanted)], [field])
        blocked = set(found.mapped(field))
        return self.filtered(lambda run: addresses[run] and addresses[run] <= blocked)

    def _withdraw(self):
        """What was queued will not be sent: say so, and plan what stands in for it.

        The history took it for sent, and forgets it.

        :return: the reason, in words
        """
        reason, now = self.env._("Opted out before it was sent"), fields.Datetime.now()
        messages = self.mail_id.mail_message_id | self.sms_id.mail_message_id
        self._settle(
            {
                run.id: Outcome(
                    SKIPPED, reason, mail_id=run.mail_id.id or None, sms_id=run.sms_id.id or None
                )
                for run in self
            },
            now,
        )
        for action, runs in self.grouped("action_id").items():
            if action.otherwise_id:
                runs.rule_id._plan_otherwise(action, runs.ids, now)
        self.env["crm.interaction"].search([("message_id", "in", messages.ids)]).unlink()
        return reason
