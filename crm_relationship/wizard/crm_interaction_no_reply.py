from odoo import fields, models

from ..models.waiting.crm_interaction_reply import NO_REPLY_REASONS


class CrmInteractionNoReply(models.TransientModel):
    """Say why inquiries need no answer, and take them off the list of those who wait."""

    _name = "crm.interaction.no.reply"
    _description = "No Answer Needed"

    interaction_ids = fields.Many2many("crm.interaction", string="Inquiries", required=True)
    reason = fields.Selection(
        NO_REPLY_REASONS,
        string="Because",
        required=True,
        default="thanks",
        help="Why nobody needs to answer.",
    )
    note = fields.Char(string="Remark", help="What to know about it later.")

    def action_save(self):
        """Take the inquiries off the list; each can be made to wait again."""
        self.ensure_one()
        inquiries = self.interaction_ids
        inquiries._check_set_aside()
        inquiries.write(
            {
                "needs_reply": False,
                "no_reply_reason": self.reason,
                "no_reply_note": self.note,
            }
        )
        inquiries._close_own_follow_ups()
        return {"type": "ir.actions.act_window_close"}
