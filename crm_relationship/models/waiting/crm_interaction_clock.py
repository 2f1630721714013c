from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.working_time import WorkingTime

# The owner is reminded when this part of the promised hours is used up.
REMINDER_PART = 0.75
# The clocks of inquiries younger than this are looked at in every run, since holidays
# and working hours may be entered at any time.
FRESH = timedelta(days=30)


class CrmInteraction(models.Model):
    """By when an inquiry is to be answered, and how long the answer took.

    Both count in working time: that of the sales team, else of the company,
    with its holidays and its time zone; without any, round the clock. The team
    is that of the inquiry, else of who is responsible.

    While an inquiry waits, its promise follows the client's status and the
    team. Once it is answered the promise stays as it was. `NULL` in
    `response_target_hours` and `response_working_hours` means "not worked out
    yet"; a past that is read in long after is measured by today's promise.
    """

    _inherit = "crm.interaction"

    response_target_hours = fields.Float(
        string="Answer Promised Within (working hours)",
        aggregator=None,
        readonly=True,
        copy=False,
        help="What the status of the client, else the sales team, promised at the time of the "
        "inquiry. 0: no promise.",
    )
    response_deadline = fields.Datetime(
        string="Answer Until",
        readonly=True,
        copy=False,
        help="When the promised working hours are used up.",
    )
    response_reminder = fields.Datetime(
        string="Remind At",
        readonly=True,
        copy=False,
        help="When three quarters of the promised working hours are used up.",
    )
    response_working_hours = fields.Float(
        string="Answered After (working hours)",
        aggregator="avg",
        readonly=True,
        copy=False,
        help="Hours of the team's working time from the inquiry to our answer.",
    )

    # Who waits, longest first: the list, and what is looked at in every run.
    _waiting_date_idx = models.Index("(date) WHERE needs_reply IS TRUE AND reply_id IS NULL")

    @api.model
    def _set_clock_of_fresh(self):
        """Of what waits not long yet, and of strangers: no queue tells of a new holiday."""
        since = fields.Datetime.now() - FRESH
        self._set_clock(
            SQL("i.reply_id IS NULL AND (i.date > %s OR i.commercial_partner_id IS NULL)", since)
        )

    @api.model
    def _queue_waiting(self, condition):
        """Queue the clients who wait and for whom `condition` holds: their promise has changed.

        :param SQL condition: which rows `i`, of `team` and `status`
        """
        self.flush_model()
        self.env["crm.relationship.refresh"]._push_query(
            SQL(
                """
                SELECT DISTINCT i.commercial_partner_id %s
                 WHERE i.needs_reply IS TRUE AND i.reply_id IS NULL
                   AND i.commercial_partner_id IS NOT NULL AND %s
                """,
                self._query_clock_tables(),
                condition,
            )
        )

    @api.model
    def _set_clock(self, condition):
        """Work out promise and working time of inquiries, where they are due or have changed.

        A constant number of statements for any number of inquiries.

        :param SQL condition: which rows `i`
        """
        inquiries = self.env.execute_query_dict(self._query_clock(condition))
        if not inquiries:
            return
        clocks = self._get_clocks(inquiries)
        changes = []
        for inquiry in inquiries:
            clock = clocks[inquiry["calendar_id"], inquiry["company_id"]]
            fresh = self._work_out(inquiry, clock)
            if fresh != tuple(inquiry[name] for name in self._get_clock_fields()):
                changes.append((inquiry["id"], *fresh))
        if changes:
            self._write_clock(changes)

    @api.model
    def _get_clock_fields(self):
        """What is worked out, in the order in which `_work_out` returns it."""
        return (
            "response_target_hours",
            "response_deadline",
            "response_reminder",
            "response_working_hours",
        )

    @api.model
    def _query_clock(self, condition):
        """SELECT of inquiries that wait, or whose answer was not measured yet.

        `promised` is what counts now, `calendar_id` the clock by which it does.
        """
        return SQL(
            """
            SELECT i.id, i.date, reply.date AS reply_date,
                   %(columns)s,
                   coalesce(nullif(status.response_hours, 0), team.response_hours, 0) AS promised,
                   %(calendar)s AS calendar_id, company.id AS company_id
                   %(tables)s %(company)s
         LEFT JOIN crm_interaction reply ON reply.id = i.reply_id
             WHERE i.needs_reply IS TRUE
               AND (i.reply_id IS NULL OR i.response_working_hours IS NULL)
               AND %(condition)s
            """,
            columns=SQL(", ").join(SQL.identifier("i", name) for name in self._get_clock_fields()),
            calendar=self._query_clock_calendar(),
            tables=self._query_clock_tables(),
            company=self._join_clock_company(),
            condition=condition,
        )

    @api.model
    def _query_clock_tables(self):
        """FROM of inquiries `i` with who promises an answer, and to whom.

        What is answered already was promised to who the client was when it asked: the
        answer itself may have made it another.
        """
        return SQL(
            """
              FROM crm_interaction i
         LEFT JOIN res_users u ON u.id = i.user_id
         LEFT JOIN crm_team team ON team.id = coalesce(i.team_id, u.sale_team_id)
         LEFT JOIN res_partner client ON client.id = i.commercial_partner_id
         LEFT JOIN crm_relationship_status status ON status.id = coalesce(
                   CASE WHEN i.reply_id IS NOT NULL THEN (
                       SELECT change.to_status_id FROM crm_relationship_status_change change
                        WHERE change.partner_id = client.id AND change.date <= i.date
                        ORDER BY change.date DESC, change.id DESC LIMIT 1) END,
                   client.relationship_status_id)
            """
        )

    @api.model
    def _join_clock_company(self):
        """The company whose working time counts, of what `_query_clock_tables` selects."""
        return SQL(
            """LEFT JOIN res_company company ON company.id = coalesce(
                   i.company_id, team.company_id, u.company_id, %s)""",
            self.env.company.id,
        )

    @api.model
    def _query_clock_calendar(self):
        """By which calendar an inquiry is answered."""
        return SQL("coalesce(team.response_calendar_id, company.resource_calendar_id)")

    @api.model
    def _work_out(self, inquiry, clock):
        """Promise, deadline, reminder and working hours of one inquiry."""
        target = inquiry["response_target_hours"]
        is_answered = inquiry["reply_date"] is not None
        if target is None or not is_answered:
            target = inquiry["promised"]
        deadline = reminder = None
        if target:
            deadline = self._round(clock.after(inquiry["date"], target))
            reminder = self._round(clock.after(inquiry["date"], target * REMINDER_PART))
        hours = clock.hours(inquiry["date"], inquiry["reply_date"]) if is_answered else None
        return target, deadline, reminder, hours

    @api.model
    def _round(self, moment):
        return moment and moment.replace(microsecond=0)

    @api.model
    def _write_clock(self, changes):
        """Write what was worked out with one statement: rows of (id, *clock fields)."""
        rows = SQL(", ").join(
            SQL("(%s, %s::float8, %s::timestamp, %s::timestamp, %s::float8)", *change)
            for change in changes
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_interaction i SET (%(columns)s) = (
                       fresh.target, fresh.deadline, fresh.reminder, fresh.hours)
                  FROM (VALUES %(rows)s) AS fresh(id, target, deadline, reminder, hours)
                 WHERE i.id = fresh.id
                RETURNING i.id
                """,
                columns=SQL(", ").join(map(SQL.identifier, self._get_clock_fields())),
                rows=rows,
            )
        )
        self.invalidate_model()

    # ---- clocks ----

    @api.model
    def _get_clocks(self, inquiries):
        """{(calendar id, company id): clock} for these rows of `_query_clock`."""
        start = min(inquiry["date"] for inquiry in inquiries)
        keys = {(inquiry["calendar_id"], inquiry["company_id"]) for inquiry in inquiries}
        calendars = self.env["resource.calendar"].browse({key[0] for key in keys if key[0]})
        plain = calendars._get_plain_calendars(keys)
        return {key: WorkingTime(plain.get(key), start) for key in keys}
