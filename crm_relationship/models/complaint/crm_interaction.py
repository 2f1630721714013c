from odoo import api, fields, models
from odoo.tools import SQL

from .crm_complaint import OPEN_STATES

MODEL = "crm.complaint"
# What was noted in this transaction is about complaints.
ABOUT_COMPLAINTS = "crm_relationship.about_complaints"


class CrmInteraction(models.Model):
    """Contacts about complaints.

    What is said on a complaint, or logged about it, names it. The first answer
    of one of us acknowledges it. A row about a complaint about a lead is about
    that lead too, and so as secret as the complaint.
    """

    _inherit = "crm.interaction"

    complaint_id = fields.Many2one(
        MODEL,
        index="btree_not_null",
        ondelete="set null",
        help="The complaint the contact was about.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        interactions = super().create(vals_list)
        interactions._acknowledge_complaints()
        return interactions

    def write(self, vals):
        result = super().write(vals)
        if vals.get("complaint_id"):
            self._acknowledge_complaints()
        return result

    @api.model
    def _complete_vals(self, vals):
        complaint = self.env[MODEL].browse(vals.get("complaint_id"))
        if complaint:
            vals.setdefault("lead_id", complaint.lead_id.id)
            if not vals.get("partner_id") and not vals["lead_id"]:
                vals["partner_id"] = complaint.partner_id.id
        return super()._complete_vals(vals)

    # ---- capture ----

    @api.model
    def _capture(self, kind, events, documents=()):
        if MODEL in documents:
            self.env.cr.precommit.data[ABOUT_COMPLAINTS] = True
        return super()._capture(kind, events, documents)

    @api.model
    def _append(self, source, columns, **kwargs):
        ids = super()._append(source, columns, **kwargs)
        if ids and self.env.cr.precommit.data.pop(ABOUT_COMPLAINTS, False):
            self.browse(ids)._name_complaints()
        return ids

    def _name_complaints(self):
        """Say of captured rows which complaint they are about, and what it was."""
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_interaction i
                   SET complaint_id = c.id, lead_id = c.lead_id,
                       former_lead_user_id = c.former_lead_user_id,
                       subject = coalesce(
                           (SELECT nullif(m.subject, '') FROM mail_message m
                             WHERE m.id = i.message_id),
                           (SELECT nullif(a.summary, '') FROM mail_activity a
                             WHERE a.id = i.activity_id),
                           c.name),
                       summary = coalesce(i.summary,
                           (SELECT nullif(a.feedback, '') FROM mail_activity a
                             WHERE a.id = i.activity_id))
                  FROM crm_complaint c
                 WHERE i.id IN %s AND i.res_model = %s AND c.id = i.res_id
                RETURNING i.id
                """,
                self._ids,
                MODEL,
            )
        )
        if rows:
            self.invalidate_model()
            self.browse(row[0] for row in rows)._acknowledge_complaints()
            self.env.flush_all()

    def _acknowledge_complaints(self):
        """Those that were answered are acknowledged."""
        # sudo: the complaint follows what happened, whoever deals with it
        complaints = self.sudo().complaint_id
        if complaints:
            complaints._acknowledge_answered(SQL("c.id IN %s", complaints._ids))

    # ---- families ----

    @api.model
    def _join_families(self, partner_ids):
        result = super()._join_families(partner_ids)
        joined = SQL(
            "p.id = c.commercial_partner_id AND p.id IN %s AND p.commercial_partner_id <> p.id",
            tuple(partner_ids),
        )
        self.env[MODEL]._follow_clients(joined)
        return result

    def _follow_orphans(self, partners):
        result = super()._follow_orphans(partners)
        orphans = SQL(
            "p.id = c.partner_id AND p.id IN %s AND c.commercial_partner_id IS NULL",
            tuple(partners.ids),
        )
        self.env[MODEL]._follow_clients(orphans)
        return result


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    def write(self, vals):
        if "lead_id" not in vals:
            return super().write(vals)
        before = {complaint: complaint.lead_id for complaint in self}
        result = super().write(vals)
        for complaint, lead in before.items():
            # sudo: what was said is as secret as the lead, whoever said it
            said = complaint.sudo().interaction_ids.filtered(
                lambda row, lead=lead: row.lead_id == lead
            )
            said.lead_id = complaint.lead_id
        return result

    @api.model
    def _acknowledge_answered(self, condition):
        """Acknowledge complaints that a human of ours has answered, at that moment.

        :param SQL condition: which complaints `c`
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, min(greatest(answer.date, c.date_open))
                  FROM crm_complaint c
            CROSS JOIN LATERAL (
                       SELECT i.date FROM crm_interaction i
                        WHERE i.complaint_id = c.id AND i.direction = 'out'
                          AND i.is_attempt IS NOT TRUE
                        UNION ALL
                       SELECT reply.date FROM crm_interaction i
                         JOIN crm_interaction reply ON reply.id = i.reply_id
                        WHERE i.complaint_id = c.id
                       ) answer
                 WHERE c.date_acknowledged IS NULL AND c.state IN %s AND %s
                 GROUP BY c.id ORDER BY c.id
                """,
                OPEN_STATES,
                condition,
            )
        )
        for complaint_id, moment in rows:
            self.browse(complaint_id)._acknowledge(moment.replace(microsecond=0))
