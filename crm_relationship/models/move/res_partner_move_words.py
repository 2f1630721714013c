from odoo import api, models


class ResPartner(models.Model):
    """Why a client was moved, in the words that stand in its trace."""

    _inherit = "res.partner"

    @api.model
    def _describe_move(self, move):
        """One line; a bridge adds the facts it knows to `_get_move_words`."""
        return self._get_move_words(move).get(move.kind, move.kind)

    @api.model
    def _get_move_words(self, move):
        """Kind of the fact -> what is said of it."""
        translate = self.env._
        return {
            "contact": translate("First lead or contact"),
            "talk": translate("First talk in both directions"),
            "qualified": translate('Because "%s" became an opportunity', move.name),
            "opened": translate('Because the opportunity "%s" was opened', move.name),
            "deal": self._describe_deal(move),
            "silence": translate(
                "Because they neither bought nor said a word for %s days", move.number
            ),
            "rhythm": translate(
                "Because they neither bought nor said a word for %s days, against their own rhythm",
                move.number,
            ),
            "back_undone": translate("Because what they had bought was taken back"),
            "back_talk": translate("Won back: they talk with us again"),
            "back_deal": translate('Won back: "%s" was won', move.name),
        }

    @api.model
    def _describe_deal(self, move):
        if move.number <= 1:
            return self.env._('Because "%s" was won', move.name)
        return self.env._(
            'Because the %(number)s deal was won: "%(name)s"',
            number=self._name_number(move.number),
            name=move.name,
        )

    @api.model
    def _name_number(self, number):
        """first, second … in words as long as people say them in words."""
        translate = self.env._
        names = {
            1: translate("first"),
            2: translate("second"),
            3: translate("third"),
            4: translate("fourth"),
            5: translate("fifth"),
        }
        return names.get(number) or translate("%sth", number)
