from odoo import api, fields, models
from odoo.tools import SQL

from ..client.res_partner import PREFETCH_GROUP
from .res_partner_first_touch import FIRST_TOUCH

# Where a lead came from, said as one thing.
TOUCH = ("source_id", "medium_id", "campaign_id")


class CrmLead(models.Model):
    """Merging leads loses neither where they came from first nor where they came from last.

    The lead that is left bears the latest source, medium and campaign. Where the earliest of them
    came from is kept beside it (``acquisition_*``) and goes to the client. On a lead that was
    never merged these fields are empty: its first touch is its own.
    """

    _inherit = "crm.lead"

    acquisition_date = fields.Date(
        "First Came On",
        copy=False,
        readonly=True,
        help="The day of the earliest of the leads that were merged into this one.",
        prefetch=PREFETCH_GROUP,
    )
    acquisition_source_id = fields.Many2one(
        "utm.source",
        "First Source",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="Where the earliest of the leads that were merged into this one came from.",
        prefetch=PREFETCH_GROUP,
    )
    acquisition_medium_id = fields.Many2one(
        "utm.medium",
        "First Medium",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="The medium of the earliest of the leads that were merged into this one.",
        prefetch=PREFETCH_GROUP,
    )
    acquisition_campaign_id = fields.Many2one(
        "utm.campaign",
        "First Campaign",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="The campaign of the earliest of the leads that were merged into this one.",
        prefetch=PREFETCH_GROUP,
    )

    # The report of sources reads won deals alone, of a period those that came in it.
    _won_create_date_idx = models.Index("(create_date) WHERE won_status = 'won'")

    @api.model
    def _query_first_touch_of(self, alias):
        """SELECT of day, source, medium and campaign of the first touch of the lead `alias`."""
        self.env["res.company"].flush_model(["resource_calendar_id"])
        self.env["resource.calendar"].flush_model(["tz"])
        return SQL(
            """
            SELECT coalesce(
                       %(lead)s.acquisition_date,
                       (%(lead)s.create_date AT TIME ZONE 'UTC' AT TIME ZONE coalesce(
                           (SELECT %(zone)s
                              FROM res_company company
                              JOIN resource_calendar calendar
                                   ON calendar.id = company.resource_calendar_id
                             WHERE company.id = coalesce(%(lead)s.company_id, %(company_id)s)),
                           'UTC'))::date) AS date,
                   CASE WHEN %(lead)s.acquisition_date IS NULL THEN %(lead)s.source_id
                        ELSE %(lead)s.acquisition_source_id END AS source_id,
                   CASE WHEN %(lead)s.acquisition_date IS NULL THEN %(lead)s.medium_id
                        ELSE %(lead)s.acquisition_medium_id END AS medium_id,
                   CASE WHEN %(lead)s.acquisition_date IS NULL THEN %(lead)s.campaign_id
                        ELSE %(lead)s.acquisition_campaign_id END AS campaign_id
            """,
            lead=SQL.identifier(alias),
            zone=self.env["crm.relationship.rule"]._query_known_zone(SQL("calendar.tz")),
            company_id=self.env.company.id,
        )

    def _get_tz_of_day(self):
        """The time zone of the company's days, as the report Sources counts them."""
        # sudo: where a company works is no secret, its calendar may be
        company = (self.company_id or self.env.company).sudo()
        return self.env["crm.source.report"]._get_tz(company)

    def _get_day(self):
        """The day this lead came where its company is."""
        local = self.with_context(tz=self._get_tz_of_day())
        return fields.Datetime.context_timestamp(local, self.create_date).date()

    def _get_first_touch(self):
        """``{field: value}`` of the earliest touch of these leads."""

        def came(lead):
            return (lead.acquisition_date or lead._get_day(), lead.create_date, lead.id)

        first = min(self, key=came)
        if first.acquisition_date:
            return {name: first[name] for name in FIRST_TOUCH}
        own = {f"acquisition_{name}": first[name] for name in TOUCH}
        return {"acquisition_date": first._get_day(), **own}

    def _merge_get_fields_specific(self):
        def first_touch(name, leads):
            value = leads._get_first_touch()[name]
            return value.id if isinstance(value, models.BaseModel) else value

        def latest_touch(name, leads):
            latest = leads.sorted(lambda lead: (lead.create_date, lead.id), reverse=True)
            # The three belong together: none is taken from another lead.
            return next(
                (lead[name].id for lead in latest if any(lead[part] for part in TOUCH)), False
            )

        return {
            **super()._merge_get_fields_specific(),
            **dict.fromkeys(FIRST_TOUCH, first_touch),
            **dict.fromkeys(TOUCH, latest_touch),
        }

    def _merge_dependences(self, opportunities):
        # sudo: the client's first touch is then that of the lead that is left, whoever merges
        clients = self.env["res.partner"].sudo()
        clients.search([("acquisition_lead_id", "in", opportunities.ids)]).write(
            {"acquisition_lead_id": self.id}
        )
        return super()._merge_dependences(opportunities)
