from odoo import api, fields, models
from odoo.tools import SQL

from .crm_handover import DONE, RETURNED
from .crm_handover_line import CAME_BACK, FAILED, KEPT, KINDS, MODEL_BY_KIND, MOVED, STUCK, TODO

# Followed since the handover: until it comes back.
FOLLOWED = {"client", "lead", "complaint"}


class CrmHandover(models.Model):
    """How a handover comes back: what is still open and still with the colleague.

    So does what the colleague has handed over in turn, from whoever holds it now.
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
        lent = self._find_lent(lines)
        back = lines.filtered(lambda line: owners.get(line.res_id) in lent[line].to_user_id.ids)
        self._keep_lines(kind, lines - back, owners)
        self._write_lines(kind, back, self.from_user_id, CAME_BACK, STUCK)
        came = back.filtered(lambda line: line.state == CAME_BACK)
        self._unfollow(kind, came.browse(line.id for own in came for line in lent[own]))

    @api.model
    def _find_lent(self, lines):
        """{line: itself and all lines by which the same record has been handed on from there}"""
        self.env["crm.handover.line"].flush_model()
        found = dict.fromkeys(lines, lines.browse())
        for line_id, on_id in self.env.execute_query(
            SQL(
                "WITH RECURSIVE %s SELECT own_id, id FROM lent",
                self._query_lent(SQL("line.id IN %s", tuple(lines.ids) or (0,))),
            )
        ):
            found[lines.browse(line_id)] |= lines.browse(on_id)
        return found

    @api.model
    def _query_lent(self, condition):
        """What follows WITH RECURSIVE: lines, and those by which their records were handed on.

        Who stands in has handed on what later lines took from them. `own_id` is the line it
        began with.

        :param SQL condition: which rows `line`
        """
        return SQL(
            """
            lent(own_id, id, kind, res_id, client_id, user_id) AS (
                SELECT line.id, line.id, line.kind, line.res_id, line.client_id, line.to_user_id
                  FROM crm_handover_line line WHERE %(condition)s
                 UNION ALL
                SELECT lent.own_id, line.id, line.kind, line.res_id, line.client_id,
                       line.to_user_id
                  FROM lent
                  JOIN crm_handover_line line ON line.res_id = lent.res_id
                   AND line.kind = lent.kind AND line.id > lent.id AND line.state = %(moved)s
                  JOIN crm_handover handover ON handover.id = line.handover_id
                   AND handover.from_user_id = lent.user_id
            )
            """,
            condition=condition,
            moved=MOVED,
        )

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
                WITH RECURSIVE %(lent)s
                INSERT INTO crm_handover_line (
                       handover_id, kind, is_person, res_id, client_id, company_id, to_user_id,
                       was_follower, state, reason, create_uid, create_date, write_uid, write_date)
                SELECT %(handover)s, new.kind, %(is_person)s, new.id, new.client_id,
                       new.company_id, new.user_id, TRUE, %(kept)s, %(reason)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(rows)s) new
                 WHERE (new.client_id, new.user_id) IN (SELECT client_id, user_id FROM lent)
                ON CONFLICT (handover_id, kind, res_id) DO NOTHING
                RETURNING id
                """,
                handover=self.id,
                is_person=self._query_is_person("new"),
                kept=KEPT,
                lent=self._query_lent(
                    SQL(
                        "line.handover_id = %s AND line.kind = 'client' AND line.state = %s",
                        self.id,
                        CAME_BACK,
                    )
                ),
                reason=self.env._("Came in the meantime"),
                rows=rows,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.env["crm.handover.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])
