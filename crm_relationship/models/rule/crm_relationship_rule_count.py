from odoo import models
from odoo.fields import Domain


class CrmRelationshipRule(models.Model):
    """How many a rule is for: who matches its filter, and who of them has the occasion at all."""

    _inherit = "crm.relationship.rule"

    def _get_occasion_domain(self):
        """Records that have what the rule waits for, as a Domain; None when it can't be said."""
        if self.trigger == "date":
            return self._get_date_domain()
        if self.trigger == "silence":
            client = self._get_client_path("commercial_partner_id.")
            rhythm = [(f"{client}relationship_status_id", "!=", False)]
            if not self.silence_days:
                rhythm.append((f"{client}keep_in_touch_date", "!=", False))
            return Domain(rhythm)
        return None

    def _describe_unforeseen(self):
        """What no look ahead can count, in words; nothing where all that comes is known."""
        if self.trigger == "waiting":
            return self.env._("Who writes from now on can't be foreseen: it acts when it happens.")
        if not self.is_at_hour:
            return self.env._("It acts when it happens, which can't be foreseen.")
        return ""

    def _get_date_domain(self):
        if self.date_source == "field":
            return Domain(self._get_date_field().name, "!=", False)
        dates = Domain("kind_id", "=", self.date_kind_id.id)
        return Domain(f"{self._get_client_path()}important_date_ids", "any", dates)

    def _get_client_path(self, rest=""):
        """The way from a record to its client, as a prefix of a field."""
        partner = self._get_rule_models()[self.model_name].partner
        return rest if partner == "id" else f"{partner}.{rest}"

    def _describe_entered(self, fulfilled):
        """Whether the occasion is known for a record, in words."""
        if self.trigger == "silence":
            if fulfilled:
                return self.env._("Has a status, and a rhythm to be in touch")
            return self.env._("No rhythm: enter how often to be in touch, or a status with one")
        name = self._get_date_name()
        if fulfilled:
            return self.env._("Has the date: %s", name)
        return self.env._("The date is not entered: %s", name)

    def _get_date_name(self):
        if self.date_source == "field":
            return self._get_date_field().field_description
        return self.date_kind_id.name
