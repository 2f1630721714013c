from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("cold", "Cold"),
    ("prospect", "Prospect"),
    ("customer", "Customer"),
    ("regular", "Regular"),
    ("key", "Key"),
    ("dormant", "Dormant"),
    ("lost", "Lost"),
]
# Clients of these are away; who comes to another one from them is won back.
AWAY_KINDS = ("dormant", "lost")


class CrmRelationshipStatus(models.Model):
    """What a client is to us, and what that obliges us to.

    A status says how often we promise to be in touch (`cadence_days`, at the
    latest `cadence_max_days`), how fast we promise to answer
    (`response_hours`) and, in words, how to treat such a client (`guidance`).
    `kind` is what automation recognises; a company may have several statuses of
    one kind and name them as it likes.
    """

    _name = "crm.relationship.status"
    _description = "Relationship Status"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        KINDS,
        required=True,
        default="customer",
        help="What the status means to reminders and reports, whatever its name. The first "
        "status of a kind is the one clients are moved to by themselves.",
    )
    color = fields.Integer(help="Colour of the status on cards and badges.")
    active = fields.Boolean(default=True)
    fold = fields.Boolean(
        string="Folded in Kanban", help="Show the column folded in the board of clients."
    )
    cadence_days = fields.Integer(
        string="Stay in Touch Every (days)",
        help="How often we promise to be in touch with such a client. 0: no promise.",
    )
    cadence_max_days = fields.Integer(
        string="At the Latest After (days)",
        help="After so many days without contact the client counts as neglected. "
        "Empty or smaller than the promised rhythm: as soon as that rhythm is missed.",
    )
    response_hours = fields.Float(
        string="Answer Within (working hours)",
        help="How fast we promise to answer such a client, in working hours of the sales team. "
        "0: what the team promises.",
    )
    guidance = fields.Text(
        translate=True,
        help="One or two sentences on how to treat such a client, shown before every contact.",
    )
    partner_count = fields.Integer(string="Clients", compute="_compute_partner_count")

    _cadence_positive = models.Constraint(
        "CHECK(cadence_days >= 0 AND cadence_max_days >= 0)",
        "The days to stay in touch can't be negative. Enter 0 for no promise.",
    )
    _response_positive = models.Constraint(
        "CHECK(response_hours >= 0)",
        "The hours to answer within can't be negative. Enter 0 for no promise.",
    )

    def _compute_partner_count(self):
        counts = dict(
            self.env["res.partner"]._read_group(
                [("relationship_status_id", "in", self.ids), ("is_commercial_entity", "=", True)],
                ["relationship_status_id"],
                ["__count"],
            )
        )
        for status in self:
            status.partner_count = counts.get(status, 0)

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"cadence_days", "cadence_max_days"}:
            self._queue_clients()
        if "response_hours" in vals:
            condition = SQL("status.id IN %s", tuple(self.ids) or (0,))
            self.env["crm.interaction"]._queue_waiting(condition)
        return result

    @api.model
    def _get_by_kind(self, kind):
        """The status clients are moved to when facts make them of this `kind`."""
        return self.search([("kind", "=", kind)], limit=1)

    def _is_won_back_from(self, before):
        """Whether who was `before` and is this now was away and is a client again."""
        return bool(self) and before.kind in AWAY_KINDS and self.kind not in AWAY_KINDS

    def _queue_clients(self):
        """Have the due dates of all clients of these statuses worked out anew."""
        self.env["crm.relationship.refresh"]._push_query(
            SQL(
                """SELECT id FROM res_partner
                   WHERE relationship_status_id IN %s AND id = commercial_partner_id""",
                tuple(self.ids) or (0,),
            )
        )

    def action_open_clients(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.res_partner_action_clients"
        )
        action["domain"] = [
            ("relationship_status_id", "=", self.id),
            ("is_commercial_entity", "=", True),
        ]
        action["context"] = {}
        return action
