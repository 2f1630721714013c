from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Who did not want to hear from us still does not, by whatever contact is left."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _log_merge_operation(self, src_partners, dst_partner):
        # sudo: a client's no counts, whoever merges
        self.sudo()._merge_optouts(src_partners.sudo(), dst_partner.sudo())
        return super()._log_merge_operation(src_partners, dst_partner)

    def _merge_optouts(self, src_partners, dst_partner):
        """What one of them has switched off or opted out of holds for the one that is left."""
        if any(src_partners.mapped("relationship_rules_off")):
            dst_partner.relationship_rules_off = True
        how = self.env._("Merged with a contact that had opted out.")
        letters = self.env["mail.blacklist"]
        emails = [email for email in src_partners.mapped("email_normalized") if email]
        email = dst_partner.email_normalized
        if email and email not in emails and letters.search_count([("email", "in", emails)]):
            letters._add(email, message=how)
        texts = self.env["phone.blacklist"]
        numbers = [number for number in src_partners.mapped("phone_sanitized") if number]
        number = dst_partner.phone_sanitized
        if number and number not in numbers and texts.search_count([("number", "in", numbers)]):
            texts._add([number], message=how)
