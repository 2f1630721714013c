from odoo import api, models
from odoo.fields import Domain

BY_VOICE = ("phone", "meeting", "visit")


class CrmToday(models.AbstractModel):
    """Whom one has spoken to already that day."""

    _inherit = "crm.today"

    @api.model
    def _get_spoken_to(self, field, partners, day, by_letter=False):
        """When the person last spoke that day with each of these: {id: moment}.

        :param str field: which of an interaction's contacts they are, the person or the client
        :param bool by_letter: who was written to counts as well
        """
        channels = Domain("channel", "in", BY_VOICE)
        if by_letter:
            channels |= Domain("direction", "=", "out")
        rows = self.env["crm.interaction"]._read_group(
            Domain(field, "in", partners.ids)
            & Domain("user_id", "=", day.user.id)
            & Domain("is_attempt", "=", False)
            & Domain("date", ">=", day.start)
            & Domain("date", "<", day.stop)
            & channels,
            [field],
            ["date:max"],
        )
        return {partner.id: moment for partner, moment in rows}
