from markupsafe import Markup

from odoo import api, models


class CrmRelationshipStatus(models.Model):
    """Managers are told of clients who wait for their word, also after an upgrade."""

    _inherit = "crm.relationship.status"

    @api.model
    def _tell_held(self):
        """Count again once the history of the past is complete, and tell the sales managers once.

        Who seemed silent before may be none. So few as may come unasked come.
        """
        waiting = self.search([("move_is_held", "=", True), ("move_held_told", "=", False)])
        if not waiting or not self.env["res.partner"]._is_past_complete():
            return
        for status in waiting:
            status._hold(status._count_coming(), is_told=True)
        held = waiting.filtered("move_is_held")
        (waiting - held)._look_at_clients()
        # A status is one for all companies: so are those who decide.
        managers = self.env.ref("sales_team.group_sale_manager").all_user_ids
        for user in held and managers.filtered(lambda user: user.active and not user.share):
            for status in held.with_context(lang=user.lang):
                status._tell_manager(user)

    def _tell_manager(self, user):
        self.ensure_one()
        link = Markup('<a href="/odoo/relationship-statuses/%s">%s</a>') % (self.id, self.name)
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._(
                "%(count)s clients would become %(status)s",
                count=self.move_held_count,
                status=self.name,
            ),
            body=Markup("<p>%s</p><p>%s</p>")
            % (
                self.env._(
                    "The conditions of this status fit them, but nobody is moved before you "
                    "have looked: See Who shows them, Let Them Come moves them."
                ),
                link,
            ),
            force_send=False,
        )
