from odoo import models

from .crm_relationship_unsubscribe import EMAIL


class MailBlacklist(models.Model):
    _name = "mail.blacklist"
    # The mixin first: what the blacklist's own `create` only brings back counts as well.
    _inherit = ["crm.relationship.blacklist.mixin", "mail.blacklist"]

    _link_channel = EMAIL
    _link_field = "email"
