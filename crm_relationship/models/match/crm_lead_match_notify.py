from odoo import api, models

from ...tools import notify_user

# Inquiries listed in one message; the rest is a number.
DIGEST_LINES = 50
PENDING = "crm_relationship.owners"
# Context: users whom we tell ourselves of what is assigned to them.
HELD = "crm_relationship_held_notices"


class CrmLead(models.Model):
    """The owner of a client is told of its inquiries: once, whoever deals with them.

    One inquiry is told like any assignment in Odoo, with the reason; all of a
    transaction, such as an import, in one message.
    """

    _inherit = "crm.lead"

    @api.model
    def _hold_notices(self, found):
        """These leads, of whose assignment to their clients' owners Odoo says nothing."""
        owners = frozenset(match.owner["id"] for match in found if match and match.owner)
        return self.with_context(**{HELD: owners}) if owners else self

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        followers = super()._message_auto_subscribe_followers(updated_values, default_subtype_ids)
        user_id = updated_values.get("user_id")
        if user_id not in self.env.context.get(HELD, ()) or not self.match_evidence:
            return followers
        return [(partner_id, subtypes, False) for partner_id, subtypes, __ in followers]

    @api.model
    def _note_owners(self, leads):
        """Note who is to be told of which leads; told before the commit.

        :param leads: (lead, owner of its client) of each
        """
        context = self.env.context
        is_silent = context.get("tracking_disable") or context.get("mail_auto_subscribe_no_notify")
        if is_silent or not self.env.registry.ready:
            return
        noted = [(lead.id, owner["id"]) for lead, owner in leads if owner]
        pending = self.env.cr.precommit.data.setdefault(PENDING, {})
        for lead_id, user_id in noted:
            if user_id == self.env.uid:
                continue
            if not pending:
                # sudo: whoever brings the lead in, its client's owner is told
                self.env.cr.precommit.add(self.browse().sudo()._flush_owners)
            pending.setdefault(user_id, {})[lead_id] = True

    @api.model
    def _flush_owners(self):
        for user_id, lead_ids in self.env.cr.precommit.data.pop(PENDING, {}).items():
            user = self.env["res.users"].browse(user_id)
            leads = self.browse(lead_ids).exists().with_context(lang=user.lang)
            if leads:
                leads._tell_owner(user)

    def _tell_owner(self, user):
        """One message about new inquiries of the clients of a user."""
        values = {
            "leads": self[:DIGEST_LINES],
            "user": user,
            "more": max(len(self) - DIGEST_LINES, 0),
        }
        thread = self if len(self) == 1 else self.env["mail.thread"]
        notice = "crm_relationship.lead_match_notice"
        notify_user(thread, user, self._get_notice_subject(user), notice, values)

    def _get_notice_subject(self, user):
        if len(self) > 1:
            return self.env._("%s new inquiries of your clients", len(self))
        if self.user_id == user:
            return self.env._("You have been assigned to %s", self.display_name)
        return self.env._(
            "%(client)s, your client: %(lead)s", client=self.partner_id.name, lead=self.name
        )
