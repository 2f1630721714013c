from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.promise.crm_promise import STATES
from .aggregates import get_ratio

PROMISE_COLUMNS = (
    *("id", "name", "partner_id", "by", "user_id", "company_id"),
    *("date_due", "date_done", "state"),
)


class CrmPromiseReport(models.Model):
    """How promises are kept, ours and theirs: a row is a promise.

    There is no table. Who reads which promises, their access rules decide. The rate is that of
    promises whose day has come: an open one past its date counts as not kept, so that nobody's
    rate gets better by leaving promises open.
    """

    _name = "crm.promise.report"
    _description = "Promises Kept"
    _auto = False
    _rec_name = "promise_id"
    _order = "date_due desc, id desc"
    _depends = {
        "crm.promise": [*PROMISE_COLUMNS[1:]],
        "res.partner": ["commercial_partner_id"],
    }

    promise_id = fields.Many2one("crm.promise", readonly=True)
    name = fields.Char("What", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    by = fields.Selection(
        [("us", "We promised"), ("them", "They promised")],
        "Who Promised",
        readonly=True,
        help="Which side promised it.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        readonly=True,
        falsy_value_label="Nobody",
        help="Who of us sees to it, also to promises of clients.",
    )
    company_id = fields.Many2one("res.company", readonly=True, falsy_value_label="No company")
    date_due = fields.Date("Due On", readonly=True, help="A period is about these days.")
    date_done = fields.Date("Done On", readonly=True)
    state = fields.Selection(STATES, "How It Went", readonly=True)

    # Sums
    promises = fields.Integer("Promised", readonly=True, help="All promises, open ones included.")
    kept = fields.Integer("Kept in Time", readonly=True, help="Done by the day they were due.")
    late = fields.Integer("Done Late", readonly=True, help="Done after the day they were due.")
    broken = fields.Integer("Given Up", readonly=True, help="Closed without being done.")
    overdue = fields.Integer(
        "Open, Past Due", readonly=True, help="Not closed, and the day they were due is over."
    )
    pending = fields.Integer(
        "Open, Not Due", readonly=True, help="Not closed, and the day they are due is to come."
    )
    days_late = fields.Float(
        "Average Delay (days)",
        readonly=True,
        aggregator="avg",
        help="Days from the day due to the day done; open ones past due up to today; of several "
        "the mean. Promises kept in time count 0.",
    )

    # Of all rows of a group
    kept_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Kept in time / (kept in time + done late + given up + open past due). Promises that "
        "are not due yet are left out. Empty when none is due.",
    )

    @property
    def _table_query(self) -> SQL:
        promises = self.env["crm.promise"]
        query = promises._search(Domain.TRUE)
        return SQL(
            """
            SELECT promise.id, promise.id AS promise_id, promise.name, promise.partner_id,
                   client.commercial_partner_id, promise.by, promise.user_id, promise.company_id,
                   promise.date_due, promise.date_done, promise.state,
                   1 AS promises,
                   (promise.state = 'kept')::int AS kept,
                   (promise.state = 'late')::int AS late,
                   (promise.state = 'broken')::int AS broken,
                   (promise.state = 'open' AND promise.date_due < %(today)s)::int AS overdue,
                   (promise.state = 'open' AND promise.date_due >= %(today)s)::int AS pending,
                   CASE WHEN promise.state IN ('kept', 'late') THEN
                             greatest(promise.date_done - promise.date_due, 0)
                        WHEN promise.state = 'open' AND promise.date_due < %(today)s THEN
                             %(today)s - promise.date_due END AS days_late,
                   NULL::float8 AS kept_rate
              FROM %(promises)s promise
              JOIN res_partner client ON client.id = promise.partner_id
            """,
            promises=query.subselect(
                *(promises._field_to_sql(query.table, name, query) for name in PROMISE_COLUMNS)
            ),
            today=SQL("%s::date", fields.Date.context_today(self)),
        )

    def _read_group_select(self, aggregate_spec, query) -> SQL:
        if aggregate_spec.partition(":")[0] != "kept_rate":
            return super()._read_group_select(aggregate_spec, query)
        due = SQL(" + ").join(
            self._read_group_select(f"{name}:sum", query)
            for name in ("kept", "late", "broken", "overdue")
        )
        return get_ratio(self._read_group_select("kept:sum", query), SQL("(%s)", due))

    def action_open_promise(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.promise",
            "res_id": self.promise_id.id,
            "views": [(False, "form")],
        }
