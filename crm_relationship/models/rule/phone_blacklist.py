from odoo import models

from .crm_relationship_unsubscribe import SMS


class PhoneBlacklist(models.Model):
    _name = "phone.blacklist"
    # The mixin first: what the blacklist's own `create` only brings back counts as well.
    _inherit = ["crm.relationship.blacklist.mixin", "phone.blacklist"]

    _link_channel = SMS
    _link_field = "number"
