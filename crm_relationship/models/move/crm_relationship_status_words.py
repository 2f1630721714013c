from odoo import api, fields, models
from odoo.tools import format_list


class CrmRelationshipStatus(models.Model):
    """In words: when clients come to a status by themselves, and when they leave it."""

    _inherit = "crm.relationship.status"

    move_sentence = fields.Text(
        string="In Words",
        compute="_compute_move_sentence",
        help="When clients come to this status by themselves, and when they leave it.",
    )

    @api.depends(
        "name",
        "kind",
        "active",
        "move_on",
        "move_from_ids",
        "move_days",
        "move_factor",
        "move_purchases",
        "move_back_on",
        "move_is_held",
    )
    @api.depends_context("lang")
    def _compute_move_sentence(self):
        others = self.search([("active", "=", True)])
        for status in self:
            leaving = (others - status._origin).filtered(
                lambda other, status=status: other.move_on and status._origin in other.move_from_ids
            )
            status.move_sentence = "\n".join(
                [status._describe_coming(), status._describe_leaving(leaving)]
            )

    def _describe_coming(self):
        """When clients come here."""
        if not self.move_on:
            return self.env._("Clients come here by hand alone.")
        condition = self._describe_condition()
        if self.move_on == "contact":
            return self.env._("Clients come here by themselves %s.", condition)
        if not self.move_from_ids:
            return self.env._(
                "Nobody comes here by himself: choose in From where clients come from."
            )
        return self.env._(
            "Clients come here by themselves from %(names)s, %(condition)s.",
            names=format_list(self.env, self.move_from_ids.mapped("display_name"), style="or"),
            condition=condition,
        )

    def _describe_leaving(self, others):
        """When clients leave it: for which of `others`, or back to what they were."""
        ways = [
            self.env._(
                "for %(name)s %(condition)s",
                name=other.display_name,
                condition=other._describe_condition(),
            )
            for other in others
        ]
        if self.move_back_on == "purchase":
            ways.append(self.env._("back to what they were when they buy again"))
        elif self.move_back_on == "talk":
            ways.append(
                self.env._("back to what they were when they buy again or talk with us again")
            )
        if not ways:
            return self.env._("They leave by hand alone.")
        return self.env._("They leave %s.", format_list(self.env, ways, style="or"))

    def _describe_condition(self):
        return self._get_condition_words().get(self.move_on, "")

    def _get_condition_words(self):
        """Fact -> when that is, as the end of a sentence; a bridge adds its own."""
        translate = self.env._
        return {
            "contact": translate("with their first lead or contact"),
            "talk": translate("when both sides have spoken"),
            "qualified": translate("when a lead of theirs becomes an opportunity, or we open one"),
            "talk_qualified": translate(
                "when both sides have spoken, a lead of theirs becomes an opportunity, or we open "
                "one"
            ),
            "purchase": self._describe_purchase_condition(),
            "again": translate(
                "when they buy again within %s", self._describe_wait(self.move_days)
            ),
            "silence": translate(
                "when they neither buy nor say a word for %s", self._describe_wait(self.move_days)
            ),
        }

    def _describe_purchase_condition(self):
        if self.move_purchases <= 1:
            return self.env._("with their first purchase")
        number = self.env["res.partner"]._name_number(self.move_purchases)
        return self.env._("with their %s purchase", number)

    def _describe_wait(self, days):
        if not self.move_factor:
            return self.env._("%s days", days)
        return self.env._(
            "%(factor)s times their usual days between purchases (%(days)s days while they have "
            "no rhythm)",
            factor=f"{self.move_factor:g}",
            days=days,
        )
