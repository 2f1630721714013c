from collections import Counter

from pytz import UTC

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import date_utils


class CrmRelationshipFlow(models.AbstractModel):
    """The flow of clients between statuses over some months, as a picture shows it.

    It counts the changes the caller may read; each number opens its rows.
    """

    _name = "crm.relationship.flow"
    _description = "Flow of Clients"

    @api.model
    def get_flow(self, date_from, date_to):
        """Bands from each former to each new status, from one day to another, both included.

        - `statuses`: `id`, `name`, `color` in their order; id False is "no status"
        - `bands`: `from`, `to`, `count`
        - `total`, `won_back`, and `before`: the same two of as many months, or days, before
        - `months`: of each month `month`, `total` and `won_back`
        """
        start, end = fields.Date.to_date(date_from), fields.Date.to_date(date_to)
        moves = self._count_moves(start, end, by_month=True)
        bands = Counter()
        for (__, before, after), count in moves.items():
            bands[before, after] += count
        return {
            "statuses": self._describe_statuses({status for band in bands for status in band}),
            "bands": [
                {"from": before.id, "to": after.id, "count": count}
                for (before, after), count in bands.items()
            ],
            **self._sum_up(moves),
            "before": self._sum_up(self._count_moves(*self._get_time_before(start, end))),
            "months": [
                {
                    "month": fields.Date.to_string(month),
                    **self._sum_up({key: moves[key] for key in moves if key[0] == month}),
                }
                for month in sorted({month for month, __, __ in moves})
            ],
        }

    @api.model
    def _describe_statuses(self, shown):
        """Those of these statuses that are some in their order; first that there was none."""
        statuses = self.env["crm.relationship.status"].union(*shown).sorted()
        none = {"id": False, "name": self.env._("No status"), "color": 0}
        return [
            *([none] if any(not status for status in shown) else []),
            *({"id": one.id, "name": one.name, "color": one.color} for one in statuses),
        ]

    @api.model
    def get_default_period(self):
        """The month that runs."""
        today = fields.Date.context_today(self)
        return {
            "date_from": fields.Date.to_string(date_utils.start_of(today, "month")),
            "date_to": fields.Date.to_string(date_utils.end_of(today, "month")),
        }

    @api.model
    def get_flow_action(self, date_from, date_to, band=None, *, won_back=False):
        """Open the changes behind a number.

        :param dict band: `from` and `to`, either may be left out
        """
        domain = self._get_flow_domain(fields.Date.to_date(date_from), fields.Date.to_date(date_to))
        for side, name in (("from", "from_status_id"), ("to", "to_status_id")):
            if band and side in band:
                domain &= Domain(name, "=", band[side])
        if won_back:
            domain &= Domain("is_won_back", "=", True)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_status_change_action"
        )
        views = [(False, mode) for mode in ("list", "graph", "pivot")]
        return {**action, "domain": list(domain), "context": {}, "views": views, "path": False}

    @api.model
    def _get_time_before(self, start, end):
        """As many whole months before whole months, else as many days."""
        last = fields.Date.subtract(start, days=1)
        after = fields.Date.add(end, days=1)
        if start.day == 1 and after.day == 1:
            months = 12 * (after.year - start.year) + after.month - start.month
            return fields.Date.subtract(start, months=months), last
        return fields.Date.subtract(start, days=(after - start).days), last

    @api.model
    def _get_flow_domain(self, start, end):
        """Changes between the days of the caller. Who only left is no client any more."""
        zone = self.env.tz
        moments = [
            fields.Datetime.to_string(
                zone.localize(fields.Datetime.to_datetime(day)).astimezone(UTC)
            )
            for day in (start, fields.Date.add(end, days=1))
        ]
        return Domain("date", ">=", moments[0]) & Domain("date", "<", moments[1])

    @api.model
    def _count_moves(self, start, end, *, by_month=False):
        """{(month or None, former status, new status): count}: all figures in one statement."""
        groupby = ["from_status_id", "to_status_id", *(["date:month"] if by_month else [])]
        rows = self.env["crm.relationship.status.change"]._read_group(
            self._get_flow_domain(start, end), groupby, ["__count"]
        )
        return {
            (month[0] if month else None, before, after): count
            for before, after, *month, count in rows
        }

    @api.model
    def _sum_up(self, moves):
        return {
            "total": sum(moves.values()),
            "won_back": sum(
                count
                for (__, before, after), count in moves.items()
                if after._is_won_back_from(before)
            ),
        }
