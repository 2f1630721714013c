from odoo import fields, models

from .crm_interaction import CHANNELS


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    interaction_channel = fields.Selection(
        CHANNELS,
        string="Contact With the Client by",
        help="An activity of this type that is marked done enters the client's history as a "
        "contact over this channel. Empty: it is no contact with the client.",
    )
