from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_relationship_status import AWAY_KINDS


class CrmRelationshipStatusChange(models.Model):
    """One change of a client's relationship status, whoever made it.

    Rows are only ever added, by `_log`: by hand, by a rule, by an import or by
    the facts. The row of a client without `date_to` is the present status.
    """

    _name = "crm.relationship.status.change"
    _description = "Relationship Status Change"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    from_status_id = fields.Many2one(
        "crm.relationship.status", string="From", index="btree_not_null", ondelete="set null"
    )
    to_status_id = fields.Many2one(
        "crm.relationship.status", string="To", index="btree_not_null", ondelete="set null"
    )
    date = fields.Datetime(required=True, index=True)
    date_to = fields.Datetime(string="Until", help="Empty for the present status.")
    days = fields.Integer(
        string="Days in It",
        compute="_compute_days",
        search="_search_days",
        aggregator="avg",
        help="Days spent in the status, up to now for the present one.",
    )
    is_won_back = fields.Boolean(
        string="Won Back",
        compute="_compute_is_won_back",
        search="_search_is_won_back",
        help="A client who was dormant or lost is one again.",
    )
    user_id = fields.Many2one("res.users", string="By", ondelete="set null")
    rule_id = fields.Many2one(
        "crm.relationship.rule",
        string="By Rule",
        index="btree_not_null",
        ondelete="set null",
        help="The rule that changed it, in the name of who answers for it.",
    )
    reason = fields.Char()

    @api.depends("date", "date_to")
    def _compute_days(self):
        now = fields.Datetime.now()
        for change in self:
            change.days = ((change.date_to or now) - change.date).days if change.date else 0

    def _search_days(self, operator, value):
        field = self._fields["days"]
        return Domain.custom(
            to_sql=lambda model, alias, query: field.condition_to_sql(
                "days", operator, value, model, alias, query
            )
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """The days of the present status run on: they are never stored."""
        if field_expr == "days":
            return SQL(
                "floor(extract(epoch FROM coalesce(%s, %s) - %s) / 86400)::int",
                SQL.identifier(alias, "date_to"),
                fields.Datetime.now(),
                SQL.identifier(alias, "date"),
            )
        return super()._field_to_sql(alias, field_expr, query)

    @api.depends("from_status_id.kind", "to_status_id.kind")
    def _compute_is_won_back(self):
        for change in self:
            change.is_won_back = change.to_status_id._is_won_back_from(change.from_status_id)

    def _search_is_won_back(self, operator, value):
        if operator != "in":
            return NotImplemented
        back = Domain("from_status_id.kind", "in", AWAY_KINDS) & Domain(
            "to_status_id.kind", "not in", AWAY_KINDS
        )
        back &= Domain("to_status_id", "!=", False)
        return back if True in value else ~back

    @api.model
    def _log(self, changes, date=None):
        """Write down changes of status and close the rows they end.

        :param changes: list of tuples (partner id, old status id or None,
            new status id or None, reason or None); one partner once
        :param date: moment of the change, naive UTC; now when left out
        """
        date = date or fields.Datetime.now()
        self._log_dated([(*change, date) for change in changes])

    @api.model
    def _log_dated(self, changes):
        """The same for changes that each have their moment as the last value."""
        if not changes:
            return
        self.flush_model()
        self.env.execute_query(self._query_log(changes))
        self.invalidate_model()

    @api.model
    def _close(self, partners):
        """End the present status of these contacts, without a new one."""
        # sudo: nobody writes the trace by hand
        self.sudo().search([("partner_id", "in", partners.ids), ("date_to", "=", False)]).write(
            {"date_to": fields.Datetime.now()}
        )

    @api.model
    def _query_log(self, changes):
        rows = SQL(", ").join(
            SQL("(%s::int, %s::int, %s::int, %s::varchar, %s::timestamp)", *change)
            for change in changes
        )
        return SQL(
            """
            WITH change(partner_id, from_id, to_id, reason, date) AS (VALUES %(rows)s),
            closed AS (
                UPDATE crm_relationship_status_change c SET date_to = change.date
                FROM change WHERE c.partner_id = change.partner_id AND c.date_to IS NULL
            )
            INSERT INTO crm_relationship_status_change (
                partner_id, from_status_id, to_status_id, reason, date, user_id, rule_id,
                create_uid, create_date, write_uid, write_date)
            SELECT partner_id, from_id, to_id, reason, date, %(uid)s, %(rule)s,
                   %(uid)s, %(now)s, %(uid)s, %(now)s
            FROM change
            RETURNING id
            """,
            rows=rows,
            now=fields.Datetime.now(),
            uid=self.env.uid,
            # What a rule does comes with its id.
            rule=self.env.context.get("relationship_status_rule_id") or None,
        )
