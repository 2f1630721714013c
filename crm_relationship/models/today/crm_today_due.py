from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date, format_time

from .crm_today import DAY, PLANNED, SPARE, Item, Kind

FEBRUARY = 2
LEAP_DAY = 29


class CrmToday(models.AbstractModel):
    """What was planned, and what one does for clients without being asked."""

    _inherit = "crm.today"

    def _get_today_kinds(self):
        env = self.env
        return [
            *super()._get_today_kinds(),
            Kind(
                "activity",
                "mail.activity",
                env._("To Do"),
                self._find_activities,
                self._tell_activities,
            ),
            Kind("due", "res.partner", env._("Due"), self._find_due, self._tell_due),
            Kind(
                "birthday",
                "crm.important.date",
                env._("Their Day"),
                self._find_dates,
                self._tell_dates,
            ),
            Kind(
                "next_step",
                "crm.lead",
                env._("Next Step?"),
                self._find_stuck,
                self._tell_stuck,
            ),
        ]

    # ---- what was planned ----

    @api.model
    def _find_activities(self, day):
        """Activities of today and before that are not told as something else."""
        activities = self.env["mail.activity"].search_fetch(
            Domain("user_id", "=", day.user.id)
            & Domain("date_deadline", "<=", day.date)
            & Domain("is_promise", "=", False)
            & ~Domain("calendar_event_id", "in", self._get_meetings(day).ids)
            & ~Domain("id", "in", self._query_told_activities(day)),
            ["res_model", "res_id", "date_deadline", "summary", "activity_type_id"],
            order="date_deadline, id",
        )
        clients = self._get_activity_clients(activities)
        return [
            Item(
                key=f"activity:{activity.id}",
                kind="activity",
                res_id=activity.id,
                place=PLANNED,
                rank=(activity.date_deadline,),
                client_id=client.commercial_partner_id.id or 0,
                partner_id=client.id or 0,
                is_late=activity.date_deadline < day.date,
            )
            for activity, client in zip(activities, clients, strict=True)
        ]

    @api.model
    def _query_told_activities(self, day):
        """Tasks to answer who waits, and those on complaints that are on the list themselves."""
        return SQL(
            """(
            SELECT i.reply_activity_id FROM crm_interaction i
             WHERE i.needs_reply IS TRUE AND i.reply_id IS NULL
               AND i.reply_activity_id IS NOT NULL
            UNION ALL
            SELECT a.id FROM mail_activity a JOIN crm_complaint c ON c.id = a.res_id
             WHERE a.res_model = 'crm.complaint' AND a.user_id = %(user)s
               AND c.user_id = %(user)s AND c.state IN ('new', 'progress') AND c.active
            )""",
            user=day.user.id,
        )

    @api.model
    def _get_activity_clients(self, activities):
        """The client each activity is about, by a statement for each model of documents."""
        clients = {}
        for res_model, members in activities.grouped("res_model").items():
            if not res_model or res_model not in self.env:
                continue
            documents = (
                self.env[res_model].browse(members.mapped("res_id"))._filtered_access("read")
            )
            for document in documents:
                clients[res_model, document.id] = self._get_document_client(document)
        nobody = self.env["res.partner"]
        return [clients.get((a.res_model, a.res_id), nobody) for a in activities]

    @api.model
    def _get_document_client(self, document):
        if document._name == "res.partner":
            return document
        field = document._fields.get("partner_id")
        if field is None or field.comodel_name != "res.partner":
            return self.env["res.partner"]
        return document.partner_id

    @api.model
    def _tell_activities(self, items, day):
        activities = self.env["mail.activity"].browse(item.res_id for item in items)
        return {
            item.key: {
                "name": activity.res_name,
                "reason": self._get_activity_reason(activity, day),
                "buttons": ["brief", "done", "postpone", "call"],
            }
            for item, activity in zip(items, activities, strict=True)
        }

    @api.model
    def _get_activity_reason(self, activity, day):
        kind, summary = activity.activity_type_id.name, activity.summary
        what = ": ".join(filter(None, [kind, summary])) or self.env._("To do")
        late = (day.date - activity.date_deadline).days
        if late > 0:
            words = self._get_words_of_days(late)
            return self.env._("late %(days)s: %(what)s", days=words, what=what)
        return self.env._("today: %s", what)

    # ---- clients who are due ----

    @api.model
    def _find_due(self, day):
        """Own clients whose next contact is due, but those spoken to a moment ago."""
        domain = (
            Domain("user_id", "=", day.user.id)
            & Domain("keep_in_touch_date", "<=", day.date)
            & Domain("is_commercial_entity", "=", True)
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT client.id, client.keep_in_touch_date, client.keep_in_touch_max_date
                  FROM res_partner client
                 WHERE client.id IN %(own)s
                   AND NOT EXISTS (
                       SELECT FROM crm_interaction i
                        WHERE i.commercial_partner_id = client.id AND i.is_attempt IS NOT TRUE
                          AND i.date > client.last_interaction_date)
              ORDER BY %(order)s DESC, client.id
                """,
                own=self.env["res.partner"]._search(domain).subselect(),
                order=self.env["res.partner"]._query_touch_order("client"),
            )
        )
        return [
            Item(
                key=f"due:{client_id}:{due}",
                kind="due",
                res_id=client_id,
                place=SPARE,
                rank=(number,),
                client_id=client_id,
                partner_id=client_id,
                is_late=bool(late and late < day.date),
            )
            for number, (client_id, due, late) in enumerate(rows)
        ]

    @api.model
    def _tell_due(self, items, day):
        clients = self.env["res.partner"].browse(item.res_id for item in items)
        return {
            item.key: {
                "reason": self._get_due_reason(client, day),
                "buttons": ["brief", "call", "log", "plan", "postpone"],
            }
            for item, client in zip(items, clients, strict=True)
        }

    @api.model
    def _get_due_reason(self, client, day):
        since = client.last_interaction_date
        parts = [client.relationship_status_id.name]
        if client.contact_rhythm:
            parts.append(client.contact_rhythm)
        elif since:
            words = self._get_words_of_days(client._count_days_since(since))
            parts.append(self.env._("no contact for %s", words))
        else:
            parts.append(self.env._("no contact yet"))
        if rhythm := client.keep_in_touch_rhythm_days:
            parts.append(self.env._("rhythm %s", self._get_words_of_days(rhythm)))
        return ", ".join(filter(None, parts))

    # ---- birthdays and other days ----

    @api.model
    def _get_days(self, day):
        """Today, and the days without work before the next day of work."""
        return [
            day.date + timedelta(days=ahead)
            for ahead in range(max((day.next_date - day.date).days, 1))
        ]

    @api.model
    def _find_dates(self, day):
        days = self._get_days(day)
        dates = self.env["crm.important.date"].search_fetch(
            Domain.OR(self._get_date_domain(when) for when in days)
            & (
                Domain("partner_id.user_id", "=", day.user.id)
                | (
                    Domain("partner_id.user_id", "=", False)
                    & Domain("partner_id.commercial_partner_id.user_id", "=", day.user.id)
                )
            ),
            ["partner_id", "kind_id", "month", "day", "year", "yearly", "note"],
        )
        planned = self._get_planned_dates(dates, day)
        return [
            Item(
                key=f"birthday:{record.id}:{when.year}",
                kind="birthday",
                res_id=record.id,
                place=DAY,
                rank=((when - day.date).days,),
                client_id=record.partner_id.commercial_partner_id.id,
                partner_id=record.partner_id.id,
            )
            for record in dates
            if record.id not in planned and (when := self._get_date_in(record, days))
        ]

    @api.model
    def _get_date_domain(self, when):
        """Dates that come on a day; 29 February is the 28th in a common year."""
        domain = Domain("month", "=", when.month) & Domain("day", "=", when.day)
        if when.month == FEBRUARY and (when + timedelta(days=1)).day == 1 and when.day < LEAP_DAY:
            domain |= Domain("month", "=", FEBRUARY) & Domain("day", "=", LEAP_DAY)
        return domain & (Domain("yearly", "=", True) | Domain("year", "=", when.year))

    @api.model
    def _get_date_in(self, record, days):
        """On which of these days a date comes."""
        when = record._get_next_date(days[0])
        return when if when in days else None

    @api.model
    def _get_planned_dates(self, dates, day):
        """Ids of those for which a rule has made a task of this person that is still open."""
        # sudo: the ledger says what rules did, whoever may read its lines
        runs = self.env["crm.relationship.rule.run"].sudo()
        planned = runs.search(
            [
                ("date_id", "in", dates.ids),
                ("occurrence", ">=", day.date),
                ("activity_id.active", "=", True),
                ("activity_id.user_id", "=", day.user.id),
                ("activity_id.date_deadline", "<=", day.date),
            ]
        )
        return set(planned.date_id.ids)

    @api.model
    def _tell_dates(self, items, day):
        dates = self.env["crm.important.date"].browse(item.res_id for item in items)
        days = self._get_days(day)
        cards = self._get_cards(dates, day)
        return {
            item.key: {
                "reason": self._get_date_reason(record, days, cards, day),
                "buttons": ["brief", "call", "done", "postpone"],
            }
            for item, record in zip(items, dates, strict=True)
        }

    @api.model
    def _get_cards(self, dates, day):
        """What rules send to the client on these days: {date id: line of the ledger}."""
        # sudo: as in _get_planned_dates
        runs = self.env["crm.relationship.rule.run"].sudo()
        sent = runs.search(
            [
                ("date_id", "in", dates.ids),
                ("occurrence", ">=", day.date),
                ("state", "in", ("todo", "done")),
                ("action_id.kind", "in", ("mail", "sms")),
            ],
            order="state desc, date_due desc",
        )
        return {run.date_id.id: run for run in sent}

    @api.model
    def _get_date_reason(self, record, days, cards, day):
        """ "Birthday of Toni, turns 50 today (card went at 08:00)" """
        when = self._get_date_in(record, days)
        words = [record.kind_id.name]
        if record.yearly and record.year:
            words.append(self.env._("turns %s", when.year - record.year))
        on_day = self.env._("today")
        if when != day.date:
            on_day = format_date(self.env, when, date_format="EEEE")
        reason = f"{', '.join(words)} {on_day}"
        if run := cards.get(record.id):
            reason = f"{reason} ({self._get_card_words(run, day)})"
        return f"{reason}: {record.note}" if record.note else reason

    @api.model
    def _get_card_words(self, run, day):
        moment = run.date_done if run.state == "done" else run.date_due
        clock = format_time(self.env, moment, tz=day.zone, time_format="short")
        if run.state == "done":
            return self.env._("card went at %s", clock)
        return self.env._("card goes out at %s", clock)

    # ---- deals without next step ----

    @api.model
    def _find_stuck(self, day):
        """Own open opportunities for which nothing is planned, the most valuable first."""
        leads = self.env["crm.lead"]

        def without_step(model, alias, query):
            return SQL(
                """
                NOT EXISTS (SELECT FROM mail_activity a
                             WHERE a.res_model = 'crm.lead' AND a.res_id = %(lead)s AND a.active)
                AND NOT EXISTS (SELECT FROM calendar_event e
                                 WHERE e.opportunity_id = %(lead)s AND e.active
                                   AND e.stop >= %(start)s)
                """,
                lead=SQL.identifier(alias, "id"),
                start=day.start,
            )

        found = leads.search_fetch(
            Domain("user_id", "=", day.user.id)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending")
            & Domain.custom(to_sql=without_step),
            ["partner_id", "expected_revenue"],
            order="expected_revenue desc, id",
        )
        return [
            Item(
                key=f"next_step:{lead.id}",
                kind="next_step",
                res_id=lead.id,
                place=SPARE,
                rank=(number,),
                client_id=lead.partner_id.commercial_partner_id.id or 0,
                partner_id=lead.partner_id.id or 0,
            )
            for number, lead in enumerate(found)
        ]

    @api.model
    def _tell_stuck(self, items, day):
        leads = self.env["crm.lead"].browse(item.res_id for item in items)
        return {
            item.key: {
                "name": lead.contact_name or lead.partner_name or lead.name,
                "phone": lead.phone,
                "reason": self._get_stuck_reason(lead),
                "buttons": ["brief", "plan", "log", "call", "postpone"],
            }
            for item, lead in zip(items, leads, strict=True)
        }

    @api.model
    def _get_stuck_reason(self, lead):
        currency = (lead.company_id or self.env.company).currency_id
        stage = lead.stage_id.name
        if lead.expected_revenue:
            amount = format_amount(self.env, lead.expected_revenue, currency, trailing_zeroes=False)
            stage = self.env._("%(amount)s in %(stage)s", amount=amount, stage=stage)
        return self.env._("%(deal)s, %(stage)s, no next step", deal=lead.name, stage=stage)
