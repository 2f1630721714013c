from odoo import fields, models
from odoo.exceptions import UserError


class CrmKeepInTouchPause(models.TransientModel):
    """Leave clients alone until a day, with the reason for colleagues to read."""

    _name = "crm.keep.in.touch.pause"
    _description = "Pause Keeping in Touch"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Clients",
        required=True,
        help="Who is left alone: of a company with all its people.",
    )
    date_until = fields.Date(
        string="Until",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=30),
        help="On this day, or the next working day, the next contact is due. Days may be typed: "
        "+2w, +1m.",
    )
    reason = fields.Char(help="Why, in a few words, such as: on parental leave.")

    def action_pause(self):
        self.ensure_one()
        if self.date_until <= fields.Date.context_today(self):
            raise UserError(self.env._("Until: choose a day to come, from tomorrow on."))
        self.partner_ids.commercial_partner_id.write(
            {
                "keep_in_touch_pause_until": self.date_until,
                "keep_in_touch_pause_reason": self.reason,
            }
        )
        return {"type": "ir.actions.act_window_close"}
