from odoo import api, fields, models
from odoo.tools import SQL

from .crm_handover import DRAFT, MANAGERS, PLANNED
from .crm_handover_line import FAILED, KEPT, MODEL_BY_KIND, PERSON, STUCK


class CrmHandover(models.Model):
    """How much there is: before it begins what would go, afterwards what went."""

    _inherit = "crm.handover"

    client_count = fields.Integer(string="Clients", compute="_compute_counts")
    person_count = fields.Integer(
        string="People",
        compute="_compute_counts",
        help="People and addresses of clients that have the salesperson too.",
    )
    lead_count = fields.Integer(string="Leads and Deals", compute="_compute_counts")
    activity_count = fields.Integer(string="Things to Do", compute="_compute_counts")
    promise_count = fields.Integer(string="Promises", compute="_compute_counts")
    complaint_count = fields.Integer(string="Complaints", compute="_compute_counts")
    waiting_count = fields.Integer(string="Inquiries", compute="_compute_counts")
    kept_count = fields.Integer(string="Stayed", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")

    @api.depends("from_user_id", "scope", "client_domain", "state", "line_ids.state")
    def _compute_counts(self):
        begun = self.filtered(lambda handover: handover.state not in (DRAFT, PLANNED))
        by_kind = begun._count_lines(
            ["kind", "is_person"], lambda kind, is_person: PERSON if is_person else kind
        )
        by_state = begun._count_lines(["state"], lambda state: state)
        for handover in self:
            is_ahead = handover not in begun
            counts = handover._count_ahead() if is_ahead else by_kind.get(handover.id, {})
            for kind in (PERSON, *MODEL_BY_KIND):
                handover[f"{kind}_count"] = counts.get(kind, 0)
            states = by_state.get(handover.id, {})
            handover.kept_count = states.get(KEPT, 0)
            handover.failed_count = states.get(FAILED, 0) + states.get(STUCK, 0)

    def _count_lines(self, groupby, get_key):
        """{handover id: {key: number of lines}}

        :param groupby: fields of lines
        :param get_key: takes their values, returns the key
        """
        counts = {}
        rows = self.env["crm.handover.line"]._read_group(
            [("handover_id", "in", self.ids)], ["handover_id", *groupby], ["__count"]
        )
        for handover, *group, count in rows:
            counts.setdefault(handover.id, {})[get_key(*group)] = count
        return counts

    def _count_ahead(self):
        """{kind: number of records} that would be handed over."""
        may_ask = self.from_user_id == self.env.user or self.env.user.has_group(MANAGERS)
        if not self.from_user_id or not (may_ask or self.env.su):
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT CASE WHEN %(is_person)s THEN %(person)s ELSE mine.kind END, count(*)
                         FROM (%(mine)s) mine GROUP BY 1""",
                    is_person=self._query_is_person("mine"),
                    person=PERSON,
                    mine=self._query_mine(),
                )
            )
        )

    @api.model
    def _query_is_person(self, alias):
        """Condition: row `alias` is a person or an address of a client, not the client itself."""
        return SQL(
            "(%(alias)s.kind = 'client' AND %(alias)s.id IS DISTINCT FROM %(alias)s.client_id)",
            alias=SQL.identifier(alias),
        )

    def action_open_records(self):
        """The records behind a number: before it begins those themselves."""
        self.ensure_one()
        if self.state not in (DRAFT, PLANNED):
            return self.action_open_lines()
        kind = self.env.context["handover_kind"]
        is_person = kind == PERSON
        rows = self.env.execute_query(
            SQL(
                "SELECT mine.id FROM (%s) mine WHERE %s = %s",
                self._query_mine(["client" if is_person else kind]),
                self._query_is_person("mine"),
                is_person,
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": self._fields[f"{kind}_count"]._description_string(self.env),
            "res_model": MODEL_BY_KIND["client" if is_person else kind],
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", [row[0] for row in rows])],
            "context": {"create": False},
        }
