from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL


class CrmRelationshipStatus(models.Model):
    """Clients whom changed conditions would move wait for the word of a manager.

    Where very many would have to be looked at, and after an upgrade, they are counted in the
    background, and managers are told.
    """

    _inherit = "crm.relationship.status"

    # Clients that are looked at while a manager saves conditions. A test lowers it.
    _count_at_once = 2_000
    # Clients that "See Who" shows at most.
    _shown_max = 1_000

    move_is_held = fields.Boolean(
        string="Waits for Your Word",
        readonly=True,
        copy=False,
        help="Nobody is moved to this status by itself before you let them come.",
    )
    move_held_count = fields.Integer(
        string="Would Come Now",
        readonly=True,
        copy=False,
        help="How many clients the conditions would have moved here when they were changed, or "
        "when managers were told.",
    )
    move_is_counting = fields.Boolean(
        string="Being Counted",
        readonly=True,
        copy=False,
        help="It is being counted in the background how many clients the conditions would move.",
    )
    move_held_told = fields.Boolean(
        string="Managers Were Told",
        readonly=True,
        copy=False,
        help="The sales managers have a message that clients wait for their word.",
    )

    def _concerns_very_many(self):
        """Whether more clients may come here or go than are looked at at once."""
        rows = self.env.execute_query(
            SQL("%s LIMIT %s", self._query_concerned(), self._count_at_once + 1)
        )
        return len(rows) > self._count_at_once

    def _hold(self, count, *, is_told=False):
        """Hold the status for as many clients, or none."""
        self.write(
            {
                "move_is_held": bool(count),
                "move_held_count": count,
                "move_is_counting": False,
                "move_held_told": is_told,
            }
        )

    def _count_coming(self):
        """How many clients would come here now, if they are more than may come unasked."""
        if not (self.move_on and self.active and self.move_limit):
            return 0
        ((count,),) = self.env.execute_query(
            SQL("SELECT count(*) FROM (%s) coming", self._query_coming())
        )
        return count if count > self.move_limit else 0

    def _query_coming(self):
        """SELECT of the ids of all clients who would come here now."""
        partners = self.env["res.partner"].with_context(relationship_move_held=True)
        states = partners._query_states(
            SQL("client.relationship_status_id IN %s", tuple(self.move_from_ids.ids) or (0,))
        )
        return SQL(
            """
            WITH target AS MATERIALIZED (%(steps)s)
            SELECT s.client_id FROM (%(states)s) s CROSS JOIN LATERAL (%(next)s) next
            """,
            steps=partners._query_steps([*partners._get_steps_to(self)]),
            states=states,
            next=partners._query_next(),
        )

    def _count_later(self):
        """Nobody comes to these statuses before it is counted how many would."""
        if self:
            self.write(
                {
                    "move_is_held": True,
                    "move_held_count": 0,
                    "move_is_counting": True,
                    "move_held_told": False,
                }
            )
            # sudo: the scheduled action that moves clients, nothing of the user's choice
            self.env.ref("crm_relationship.ir_cron_moves").sudo()._trigger()

    @api.model
    def _settle_held(self):
        """Count who waits, let so few come as may come unasked, and tell of the others once.

        When the history of the past is complete all are counted again: who seemed silent before
        may be none.
        """
        is_complete = self.env["res.partner"]._is_past_complete()
        waiting = self._find_unsettled(is_complete)
        counting = waiting.filtered("move_is_counting")
        for status in waiting:
            status._hold(status._count_coming(), is_told=is_complete)
        held = waiting.filtered("move_is_held")
        # Also who is here may be moved, by conditions that were changed.
        ((waiting - held) | counting)._look_at_clients()
        if is_complete:
            held._tell_managers()
        # What comes next in the scheduled action may collide, and takes back no more than its own.
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _find_unsettled(self, is_complete):
        """Statuses that hold and of which nobody was told; before that, those to be counted."""
        waiting = self.with_context(active_test=False).search(
            [("move_is_held", "=", True), ("move_held_told", "=", False)]
        )
        return waiting if is_complete else waiting.filtered("move_is_counting")

    def _tell_managers(self):
        """One message each for every sales manager and status."""
        # A status is one for all companies: so are those who decide.
        managers = self.env.ref("sales_team.group_sale_manager").all_user_ids
        for user in self and managers.filtered(lambda user: user.active and not user.share):
            for status in self.with_context(lang=user.lang):
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

    # ---- what people do ----

    def action_let_come(self):
        """Move the clients after all that were held."""
        self._hold(0)
        self._look_at_clients()

    def action_open_coming(self):
        """Who would come here now; of very many the first."""
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(SQL("%s LIMIT %s", self._query_coming(), self._shown_max))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.res_partner_action_clients"
        )
        return {
            **action,
            "name": self._describe_coming_shown(len(rows)),
            "domain": [("id", "in", [row[0] for row in rows])],
            "context": {},
        }

    def _describe_coming_shown(self, shown):
        if shown < self._shown_max or shown >= self.move_held_count:
            return self.env._("Would become %s", self.name)
        return self.env._(
            "Would become %(status)s: %(shown)s of %(count)s",
            status=self.name,
            shown=shown,
            count=self.move_held_count,
        )
