from odoo import api, fields, models
from odoo.tools import SQL


class CrmInteraction(models.Model):
    """What stays of the history when what it is about goes.

    A row outlives its mail, activity, meeting, lead, contact, user and team: it
    loses the link and keeps the facts. It stays as secret as it was: of the
    deleted lead of a colleague only who could see that lead reads the history.
    """

    _inherit = "crm.interaction"

    former_lead_user_id = fields.Many2one(
        "res.users",
        string="Salesperson of the Deleted Lead",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Whose lead the contact was about, if that lead is deleted. Who sees own leads only "
        "still does not read the history of others' leads.",
    )

    def _outlive_leads(self):
        """Prepare the rows of leads that are about to be deleted."""
        strangers = self.filtered(lambda row: not row.commercial_partner_id)
        counted = strangers._forget_strangers()
        kept = self - strangers + counted
        (strangers - counted).with_context(crm_relationship_is_settled=True).unlink()
        kept.promise_ids._leave_documents(kept.lead_id)
        for user, rows in kept.grouped(lambda row: row.lead_id.user_id).items():
            if user:
                rows.former_lead_user_id = user

    def _forget_strangers(self):
        """Of what strangers and we said keep what response times count, without their words.

        Nobody can be linked with it any more, and nobody waits.

        :return: inquiries and their answers; the rest says nothing without its lead
        """
        inquiries = self.filtered(lambda row: row.needs_reply or row.no_reply_reason)
        unanswered = inquiries.filtered(lambda row: row.needs_reply and not row.reply_id)
        unanswered.write({"needs_reply": False, "no_reply_reason": "closed"})
        counted = inquiries | (inquiries.reply_id & self)
        counted.write(dict.fromkeys(("subject", "summary", "offered", "no_reply_note"), False))
        return counted

    def _move_to_lead(self, lead):
        """The history of leads that are merged into `lead`."""
        self.write({"lead_id": lead.id})
        self.filtered(lambda row: row.res_model == lead._name).write({"res_id": lead.id})

    def _follow_orphans(self, partners):
        """Hand the history of these people, whose company is gone, to who they are now."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_interaction i SET commercial_partner_id = p.commercial_partner_id
                  FROM res_partner p
                 WHERE p.id = i.partner_id AND p.id IN %s AND i.commercial_partner_id IS NULL
                RETURNING i.id
                """,
                tuple(partners.ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _drop_same_meetings(self, client):
        """Of a meeting with two clients that are one now keep one row, and all that was told."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT twin.id FROM (
                       SELECT i.id, told.is_told,
                              row_number() OVER (
                                  PARTITION BY i.calendar_event_id
                                      ORDER BY told.is_told DESC, i.id) AS place
                         FROM crm_interaction i
                   CROSS JOIN LATERAL (
                              SELECT i.outcome_id IS NOT NULL OR i.purpose_id IS NOT NULL
                                     OR i.summary IS NOT NULL OR i.offered IS NOT NULL
                                     OR EXISTS (SELECT FROM crm_promise promise
                                                 WHERE promise.interaction_id = i.id)
                              ) told(is_told)
                        WHERE i.commercial_partner_id = %s
                          AND i.calendar_event_id IS NOT NULL AND i.origin_key LIKE 'event:%%'
                       ) twin
                 WHERE twin.place > 1 AND NOT twin.is_told
                """,
                client.id,
            )
        )
        # sudo: the history is kept whoever merges
        twins = self.sudo().browse([row[0] for row in rows])
        twins.with_context(crm_relationship_is_settled=True).unlink()
