from odoo import api, fields, models
from odoo.tools import SQL

from .crm_handover import DONE, RETURNED
from .crm_handover_line import CAME_BACK, FAILED, KEPT, KINDS, MODEL_BY_KIND, STUCK, TODO

# Followed since the handover: until it comes back.
FOLLOWED = {"client", "lead", "complaint"}


class CrmHandover(models.Model):
    """How a handover comes back: what is still open and still with the colleague.

    What was closed, deleted or given to somebody else meanwhile stays as it is,
    and is listed with the reason; so is what came meanwhile and is open with the
    colleague who has begun it.
    """

    _inherit = "crm.handover"

    def _begin_return(self):
        # sudo: lines and state are written by the work only; who may end it was checked
        handover = self.sudo()
        if not handover.from_user_id.active:
            handover._stay_for_good()
            return
        handover.is_returning = True
        left = handover.line_ids.filtered(lambda line: line.state in (TODO, FAILED))
        left.write({"state": KEPT, "reason": self.env._("Never handed over")})

    def _stay_for_good(self):
        """Who has left in the meantime does not come back."""
        self.write({"state": DONE, "date_until": False, "date_ended": fields.Datetime.now()})
        self._tell_stayed()

    def _return_lines(self, kind, lines):
        owners = self._get_open_owners(kind, lines)
        back = lines.filtered(lambda line: owners.get(line.res_id) == line.to_user_id.id)
        self._keep_lines(kind, lines - back, owners)
        self._write_lines(kind, back, self.from_user_id, CAME_BACK, STUCK)
        self._unfollow(kind, back.filtered(lambda line: line.state == CAME_BACK))

    def _keep_lines(self, kind, lines, owners):
        """Write down why these do not come back."""
        records = self.env[MODEL_BY_KIND[kind]].with_context(active_test=False)
        there = set(records.browse(lines.mapped("res_id")).exists()._ids)
        # sudo: names of colleagues
        names = {
            user.id: user.name
            for user in self.env["res.users"].sudo().browse({*owners.values()} - {None})
        }
        reasons = {}
        for line in lines:
            if line.res_id not in there:
                reason = self.env._("Deleted or merged in the meantime")
            elif line.res_id not in owners:
                reason = self.env._("Closed in the meantime")
            elif owner := names.get(owners[line.res_id]):
                reason = self.env._("Given to %s in the meantime", owner)
            else:
                reason = self.env._("Nobody is responsible any more")
            reasons.setdefault(reason, []).append(line.id)
        for reason, ids in reasons.items():
            lines.browse(ids).write({"state": KEPT, "reason": reason})

    @api.model
    def _unfollow(self, kind, lines):
        """The colleagues do not go on being written to about what they only looked after."""
        if kind not in FOLLOWED:
            return
        new = lines.filtered(lambda line: not line.was_follower)
        for user, of_user in new.grouped("to_user_id").items():
            records = self.env[MODEL_BY_KIND[kind]].browse(of_user.mapped("res_id"))
            # sudo: the handover made them follow
            records.sudo().message_unsubscribe(user.partner_id.ids)

    def _finish_return(self):
        self._list_what_came()
        self.write({"state": RETURNED, "is_returning": False, "date_ended": fields.Datetime.now()})
        self._tell_returned()

    def _list_what_came(self):
        """What came of these clients meanwhile and is open stays with the colleague, listed."""
        rows = SQL(" UNION ALL ").join(
            SQL("SELECT %s AS kind, rows.* FROM (%s) rows", kind, self._query_open(kind))
            for kind, __, __ in KINDS
        )
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_handover_line (
                       handover_id, kind, is_person, res_id, client_id, company_id, to_user_id,
                       was_follower, state, reason, create_uid, create_date, write_uid, write_date)
                SELECT %(handover)s, new.kind, %(is_person)s, new.id, new.client_id,
                       new.company_id, new.user_id, TRUE, %(kept)s, %(reason)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(rows)s) new
                 WHERE (new.client_id, new.user_id) IN (
                           SELECT client_id, to_user_id FROM crm_handover_line
                            WHERE handover_id = %(handover)s AND kind = 'client'
                              AND state = %(back)s)
                ON CONFLICT (handover_id, kind, res_id) DO NOTHING
                RETURNING id
                """,
                handover=self.id,
                is_person=self._query_is_person("new"),
                kept=KEPT,
                back=CAME_BACK,
                reason=self.env._("Came in the meantime"),
                rows=rows,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.env["crm.handover.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])
