from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# Fields that decide who is moved here.
CONDITION_FIELDS = {
    "active",
    "kind",
    "sequence",
    "move_on",
    "move_from_ids",
    "move_days",
    "move_factor",
    "move_purchases",
    "move_back_on",
}
# The conditions of the statuses that come with the addon: kind -> values, `from` as kinds. Key is
# by hand alone: whom a company depends on, people decide.
DEFAULT_CONDITIONS = {
    "cold": {"move_on": "contact"},
    "prospect": {"move_on": "talk_qualified", "from": ("cold",)},
    "customer": {"move_on": "purchase", "move_purchases": 1, "from": ("cold", "prospect")},
    "regular": {
        "move_on": "again",
        "move_purchases": 2,
        "move_days": 365,
        "move_factor": 1.5,
        "from": ("customer",),
    },
    "dormant": {
        "move_on": "silence",
        "move_days": 365,
        "move_factor": 3,
        "move_back_on": "talk",
        "from": ("customer", "regular"),
    },
    "lost": {
        "move_on": "silence",
        "move_days": 730,
        "move_back_on": "purchase",
        "from": ("prospect", "dormant"),
    },
}


class CrmRelationshipStatus(models.Model):
    """On which fact clients come to a status by themselves, and from where.

    Every status names one fact (`move_on`) and its numbers; without one, clients
    come by hand alone. How facts are found is in `res_partner_move_facts.py`.

    Conditions that are changed may fit very many clients. If they would move
    more than `move_limit` at once, the status holds (`move_is_held`) until a
    manager has seen the count and lets them come. Where very many clients would
    have to be looked at, it holds at once, and they are counted in the
    background (`crm_relationship_status_held.py`).
    """

    _inherit = "crm.relationship.status"

    move_on = fields.Selection(
        [
            ("contact", "Their first lead or contact"),
            ("talk", "A talk in both directions"),
            ("qualified", "An opportunity: a lead becomes one, or one of us opens it"),
            ("talk_qualified", "A talk in both directions, or an opportunity"),
            ("purchase", "A purchase"),
            ("again", "They buy again within their rhythm"),
            ("silence", "Silence: no purchase and no word from them"),
        ],
        string="Clients Come Here On",
        help="The fact that moves a client to this status by itself. Empty: by hand alone. "
        "A purchase is a won deal, with Invoicing an invoice that is paid. A talk is a call, "
        "meeting, visit or chat, or a message that the other side has answered.",
    )
    move_from_ids = fields.Many2many(
        "crm.relationship.status",
        "crm_relationship_status_move_rel",
        "status_id",
        "from_id",
        string="From",
        help="Only clients of these statuses come here by themselves. "
        "Who has no status yet counts as cold.",
    )
    move_days = fields.Integer(
        string="Days",
        help="Silence: so many days without purchase and without a word from them. Bought again: "
        "so many days after the purchase before, while they have no rhythm of their own yet.",
    )
    move_factor = fields.Float(
        string="Times Their Rhythm",
        help="For clients who bought on three days or more: their usual days between two "
        "purchases, times this, take the place of the days. 0: the days hold for all.",
    )
    move_purchases = fields.Integer(
        string="From Purchase No.",
        default=1,
        help="The purchase with which a client comes here: 1 is the first, 2 the second.",
    )
    move_back_on = fields.Selection(
        [("purchase", "They buy again"), ("talk", "They buy again or talk with us")],
        string="Won Back When",
        help="The fact that gives a client of this status back what it was before. "
        "Empty: by hand alone.",
    )
    move_limit = fields.Integer(
        string="Ask Before Moving More Than",
        default=100,
        help="When changed conditions would move more clients than this at once, nobody is moved "
        "to this status until you have seen how many and let them come. 0: never ask.",
    )
    _move_numbers_positive = models.Constraint(
        "CHECK(move_days >= 0 AND move_factor >= 0 AND move_purchases >= 0 AND move_limit >= 0)",
        "Days, Times Their Rhythm, From Purchase No. and the number to ask from can't be negative.",
    )

    @api.constrains("move_on", "move_days", "move_purchases")
    def _check_move_numbers(self):
        for status in self:
            if status.move_on in ("silence", "again") and not status.move_days:
                raise ValidationError(
                    self.env._(
                        "Days of %s: enter after how many days, for clients without a rhythm of "
                        "their own.",
                        status.name,
                    )
                )
            if status.move_on == "purchase" and not status.move_purchases:
                raise ValidationError(
                    self.env._(
                        "From Purchase No. of %s: enter 1 for the first purchase.", status.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        statuses = super().create(vals_list)
        statuses.filtered("move_on")._conditions_changed()
        return statuses

    def write(self, vals):
        before = {status: status._get_conditions() for status in self}
        result = super().write(vals)
        if vals.keys() & CONDITION_FIELDS:
            changed = self.filtered(lambda status: status._get_conditions() != before[status])
            changed._conditions_changed()
        return result

    @api.model
    def _set_default_conditions(self):
        """Give the addon's own statuses, as far as they are there, the fact they come with."""
        known = {kind: self._find_own(kind) for kind in DEFAULT_CONDITIONS}
        for kind, conditions in DEFAULT_CONDITIONS.items():
            sources = self.concat(*map(known.get, conditions.get("from", ())))
            vals = {name: value for name, value in conditions.items() if name != "from"}
            known[kind].write({**vals, "move_from_ids": sources.ids})

    @api.model
    def _find_own(self, kind):
        status = self.env.ref(f"crm_relationship.status_{kind}", raise_if_not_found=False)
        return status or self.browse()

    def _get_conditions(self):
        return [self[name] for name in sorted(CONDITION_FIELDS)]

    def _conditions_changed(self):
        """Look at the clients again whom these statuses concern now, or ask first.

        Who saves does not wait until very many are looked at.
        """
        self.env.flush_all()
        later = self.filtered(lambda status: status._concerns_very_many())
        later._count_later()
        for status in self - later:
            status._hold(status._count_coming())
        (self - later)._look_at_clients()

    def _look_at_clients(self):
        """Have everybody looked at again who may come here or go."""
        self.env["crm.relationship.refresh"]._push_query(self._query_concerned())

    def _query_concerned(self):
        """SELECT of the ids of all clients who are here, or where clients come from."""
        return SQL(
            """SELECT id FROM res_partner
                WHERE relationship_status_id IN %s AND id = commercial_partner_id""",
            tuple((self | self.move_from_ids).ids) or (0,),
        )
