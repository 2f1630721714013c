from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# At most so many of a kind; counts say how many there are.
MAX_ITEMS = 5
# Important dates of so many days; when there is none, the next one whenever it is.
DATES_AHEAD_DAYS = 30
ACTIVITY_FIELDS = (
    "activity_type_id",
    "calendar_event_id",
    "date_deadline",
    "is_promise",
    "res_id",
    "res_model",
    "summary",
    "user_id",
)
MEETING_FIELDS = ("name", "start", "start_date", "allday", "user_id", "privacy")


class ResPartner(models.Model):
    """Sections of the briefing on what is open and what is ahead."""

    _inherit = "res.partner"

    # ---- what is open ----

    def _brief_promises(self, family):
        promises = self.env["crm.promise"].search_fetch(
            [("partner_id", "in", family.ids), ("state", "=", "open")],
            ["partner_id", "by", "name", "date_due", "user_id", "state"],
        )
        names = self.env["crm.interaction"]._brief_user_names(promises.user_id.ids)
        sections = {}
        for promise in promises:
            values = {
                "id": promise.id,
                "by": promise.by,
                "name": promise.name,
                "date": fields.Date.to_string(promise.date_due),
                "is_late": promise.is_overdue,
            }
            if promise.user_id:
                values["user"] = {"id": promise.user_id.id, "name": names[promise.user_id.id]}
            client_id = promise.partner_id.commercial_partner_id.id
            sections.setdefault(client_id, {"promises": []})["promises"].append(values)
        return sections

    @api.model
    def _get_open_deal_domain(self, family):
        return Domain("partner_id", "in", family.ids) & Domain("won_status", "=", "pending")

    def _brief_deals(self, family):
        """Open leads and opportunities; those of others are only counted."""
        domain = self._get_open_deal_domain(family)
        deals = self.env["crm.lead"].search_fetch(
            domain,
            ["partner_id", "name", "type", "stage_id", "expected_revenue", "company_id", "user_id"],
            order="expected_revenue desc, id desc",
        )
        sections = self._count_hidden_deals(domain, deals)
        shown = self.env["crm.lead"]
        for client_id, client_deals in deals.grouped(
            lambda deal: deal.partner_id.commercial_partner_id.id
        ).items():
            sections[client_id]["deal_count"] = len(client_deals)
            shown += client_deals[:MAX_ITEMS]
        names = self.env["crm.interaction"]._brief_user_names(shown.user_id.ids)
        steps = self._get_next_steps(shown)
        for deal in shown:
            section = sections[deal.partner_id.commercial_partner_id.id]
            section["deals"].append(self._brief_deal(deal, names, steps))
        return sections

    @api.model
    def _get_next_steps(self, deals):
        """The activity or meeting of each deal that comes first: {deal id: dict}."""
        activities = self.env["mail.activity"].search_fetch(
            [("res_model", "=", "crm.lead"), ("res_id", "in", deals.ids)], ACTIVITY_FIELDS
        )
        meetings = self.env["calendar.event"].search_fetch(
            [("opportunity_id", "in", deals.ids), ("stop", ">=", fields.Datetime.now())],
            [*MEETING_FIELDS, "opportunity_id"],
        )
        names = self.env["crm.interaction"]._brief_user_names(activities.user_id.ids)
        items = [
            *((item.res_id, self._brief_activity(item, names)) for item in activities),
            *((item.opportunity_id.id, self._brief_meeting(item)) for item in meetings),
        ]
        items.sort(key=lambda pair: (pair[1]["date"], pair[1]["id"]), reverse=True)
        return dict(items)

    def _count_hidden_deals(self, domain, deals):
        """Sections to fill, with the number of open deals the caller can't open."""
        sections = {client.id: {"deals": [], "deal_count": 0, "hidden": 0} for client in self}
        companies = Domain("company_id", "in", [False, *self.env.companies.ids])
        # sudo: how many there are, nothing else
        hidden = Domain("id", "not in", deals.ids)
        counts = (
            self.env["crm.lead"]
            .sudo()
            ._read_group(domain & companies & hidden, ["partner_id"], ["__count"])
        )
        for partner, count in counts:
            sections[partner.commercial_partner_id.id]["hidden"] += count
        return sections

    @api.model
    def _brief_deal(self, deal, names, steps):
        values = {
            "id": deal.id,
            "name": deal.name,
            "type": deal.type,
            "stage": self._brief_record(deal.stage_id),
            "next_step": steps.get(deal.id),
        }
        if deal.expected_revenue:
            values["revenue"] = deal.expected_revenue
            values["currency_id"] = (deal.company_id or self.env.company).currency_id.id
        if deal.user_id:
            values["user"] = {"id": deal.user_id.id, "name": names[deal.user_id.id]}
        return self._drop_unknown(values)

    # ---- what is ahead ----

    def _brief_planned(self, family):
        """Open activities and meetings to come, the next one first."""
        clients = {member.id: member.commercial_partner_id.id for member in family}
        leads = self.env["crm.lead"].search_fetch(
            self._get_open_deal_domain(family), ["partner_id"], order="id"
        )
        lead_clients = {lead.id: clients[lead.partner_id.id] for lead in leads}
        meetings = self._get_planned_meetings(family, leads)
        items = [
            *self._brief_activities(family, leads, clients, lead_clients, meetings),
            *self._brief_meetings(meetings, clients, lead_clients),
        ]
        sections = {}
        for client_id, item in sorted(items, key=lambda pair: (pair[1]["date"], pair[1]["id"])):
            section = sections.setdefault(
                client_id, {"planned": [], "planned_count": 0, "hidden": 0}
            )
            section["planned_count"] += 1
            section["hidden"] += item["is_hidden"]
            planned = section["planned"]
            if len(planned) < MAX_ITEMS:
                planned.append(item)
            elif item["kind"] == "meeting" and all(plan["kind"] != "meeting" for plan in planned):
                # The next meeting is always told.
                planned[-1] = item
        return sections

    def _brief_activities(self, family, leads, clients, lead_clients, meetings):
        on_family = Domain("res_model", "=", "res.partner") & Domain("res_id", "in", family.ids)
        on_leads = Domain("res_model", "=", "crm.lead") & Domain("res_id", "in", leads.ids)
        activities = self.env["mail.activity"].search_fetch(on_family | on_leads, ACTIVITY_FIELDS)
        # The meeting itself says more than the activity that stands for it, and a promise
        # is told under what is open.
        activities = activities.filtered(lambda item: item.calendar_event_id not in meetings)
        activities -= self._get_told_promises(activities)
        names = self.env["crm.interaction"]._brief_user_names(activities.user_id.ids)
        for activity in activities:
            owners = lead_clients if activity.res_model == "crm.lead" else clients
            yield owners[activity.res_id], self._brief_activity(activity, names)

    @api.model
    def _get_told_promises(self, activities):
        """Of these the activities of promises that the caller is told of."""
        reminders = activities.filtered("is_promise")
        if not reminders:
            return reminders
        promises = self.env["crm.promise"].search_fetch(
            [("activity_id", "in", reminders.ids), ("state", "=", "open")], ["activity_id"]
        )
        return promises.activity_id

    @api.model
    def _brief_activity(self, activity, names):
        values = {
            "kind": "activity",
            "id": activity.id,
            "name": activity.display_name,
            "date": fields.Date.to_string(activity.date_deadline),
            "icon": activity.activity_type_id.icon or "fa-tasks",
            "res_model": activity.res_model,
            "res_id": activity.res_id,
            "is_late": activity.date_deadline < fields.Date.context_today(self),
            "is_hidden": False,
        }
        if activity.user_id:
            values["user"] = {"id": activity.user_id.id, "name": names[activity.user_id.id]}
        return values

    def _get_planned_meetings(self, family, leads):
        # Each by its index: with an OR of both PostgreSQL reads the whole calendar.
        meetings = self.env["calendar.event"]
        meetings.flush_model(["partner_ids", "opportunity_id"])
        theirs = SQL(
            """
            SELECT calendar_event_id FROM calendar_event_res_partner_rel
             WHERE res_partner_id = ANY(%s)
            UNION ALL
            SELECT id FROM calendar_event WHERE opportunity_id = ANY(%s)
            """,
            family.ids,
            leads.ids,
        )
        return meetings.search_fetch(
            Domain("stop", ">=", fields.Datetime.now()) & Domain("id", "in", theirs),
            MEETING_FIELDS,
            order="start, id",
        )

    def _brief_meetings(self, meetings, clients, lead_clients):
        """Each meeting once for each client; of a private one only that the time is taken."""
        owners = {}
        for meeting_id, guest_id, lead_id in self._get_meeting_guests(meetings):
            owner_ids = {clients.get(guest_id), lead_clients.get(lead_id)} - {None}
            owners.setdefault(meeting_id, set()).update(owner_ids)
        for meeting in meetings:
            values = self._brief_meeting(meeting)
            for owner_id in owners[meeting.id]:
                yield owner_id, values

    @api.model
    def _get_meeting_guests(self, meetings):
        """Rows of (meeting, guest, lead).

        By SQL: Odoo shows a private meeting as without guests. They only decide to which
        client the meeting is added.
        """
        if not meetings:
            return []
        return self.env.execute_query(
            SQL(
                """
                SELECT e.id, guest.res_partner_id, e.opportunity_id
                  FROM calendar_event e
             LEFT JOIN calendar_event_res_partner_rel guest ON guest.calendar_event_id = e.id
                 WHERE e.id IN %s
                """,
                meetings._ids,
            )
        )

    @api.model
    def _brief_meeting(self, meeting):
        is_hidden = meeting._check_private_event_conditions()
        start = meeting.start_date if meeting.allday else meeting.start
        values = {
            "kind": "meeting",
            "id": meeting.id,
            "name": self.env._("Private meeting") if is_hidden else meeting.display_name,
            "date": fields.Date.to_string(start)
            if meeting.allday
            else fields.Datetime.to_string(start),
            "icon": "fa-calendar",
            "is_late": False,
            "is_hidden": is_hidden,
        }
        if meeting.user_id:
            values["user"] = {"id": meeting.user_id.id, "name": meeting.user_id.sudo().name}
        return values

    def _brief_dates(self, family):
        """Important dates of the next days, else the next one."""
        today = fields.Date.context_today(self)
        limit = fields.Date.add(today, days=DATES_AHEAD_DAYS)
        records = self.env["crm.important.date"].search([("partner_id", "in", family.ids)])
        coming = [
            (date, record)
            for record in records
            if (date := record._get_next_date(today)) and date >= today
        ]
        sections = {}
        for date, record in sorted(coming, key=lambda pair: (pair[0], pair[1].id)):
            client_id = record.partner_id.commercial_partner_id.id
            dates = sections.setdefault(client_id, {"dates": []})["dates"]
            if date <= limit or not dates:
                dates.append(self._brief_date(record, date))
        return sections

    @api.model
    def _brief_date(self, record, date):
        values = {
            "id": record.id,
            "kind": record.kind_id.name,
            "icon": record.kind_id.icon,
            "contact": self._brief_record(record.partner_id),
            "date": fields.Date.to_string(date),
            "turns": record.yearly and record.year and date.year - record.year,
            "note": record.note,
        }
        return self._drop_unknown(values)
