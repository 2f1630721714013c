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
        - `total`, `won_back`, and `before`: the same two of as many days before
        - `months`: of each month `month`, `total` and `won_back`
        """
        start, end = fields.Date.to_date(date_from), fields.Date.to_date(date_to)
        changes = self.env["crm.relationship.status.change"]
        domain = self._get_flow_domain(start, end)
        moves = changes._read_group(domain, ["from_status_id", "to_status_id"], ["__count"])
        bands = [
            {"from": before.id, "to": after.id, "count": count} for before, after, count in moves
        ]
        shown = {band[side] for band in bands for side in ("from", "to")}
        statuses = self.env["crm.relationship.status"].with_context(active_test=False)
        names = statuses.search_fetch([("id", "in", list(shown))], ["name", "color"])
        length = (end - start).days + 1
        return {
            "statuses": [
                *(
                    [{"id": False, "name": self.env._("No status"), "color": 0}]
                    if False in shown
                    else []
                ),
                *({"id": one.id, "name": one.name, "color": one.color} for one in names),
            ],
            "bands": bands,
            **self._count_flow(domain),
            "before": self._count_flow(
                self._get_flow_domain(
                    fields.Date.subtract(start, days=length), fields.Date.subtract(start, days=1)
                )
            ),
            "months": self._get_months(domain),
        }

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
    def _count_flow(self, domain):
        changes = self.env["crm.relationship.status.change"]
        return {
            "total": changes.search_count(domain),
            "won_back": changes.search_count(domain & Domain("is_won_back", "=", True)),
        }

    @api.model
    def _get_months(self, domain):
        changes = self.env["crm.relationship.status.change"]
        back = dict(
            changes._read_group(
                domain & Domain("is_won_back", "=", True), ["date:month"], ["__count"]
            )
        )
        return [
            {
                "month": fields.Date.to_string(month),
                "total": count,
                "won_back": back.get(month, 0),
            }
            for month, count in changes._read_group(domain, ["date:month"], ["__count"])
        ]
