from functools import cached_property

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...engine.send_window import Hours, SendWindow
from ...engine.working_time import Block, Calendar

# A company without a calendar works from Monday to Friday.
WEEKDAYS = tuple(Block(weekday, 8 * 60, 17 * 60) for weekday in range(5))
# A moment like any other: hours that do not open on this day never do.
SOME_MOMENT = fields.Datetime.to_datetime("2027-03-10 12:00:00")


class WindowFinder:
    """The window of each action and company, worked out once for a run."""

    def __init__(self, rules):
        self.env = rules.env
        self.windows = {}

    @cached_property
    def companies(self):
        # sudo: who looks at a forecast need not read the settings of companies
        return {company.id: company for company in self.env["res.company"].sudo().search([])}

    def get(self, rule, to_client, company_id):
        key = rule.id, to_client, company_id
        if key not in self.windows:
            self.windows[key] = rule._get_send_window(to_client, self.companies[company_id])
        return self.windows[key]


class CrmRelationshipRule(models.Model):
    """When it may go out: hours of the client's day, quiet hours, working days.

    What is due outside is moved to the next allowed moment before anything is
    claimed, and with it the moment from which it is too late: lateness that the
    window causes is none.
    """

    _inherit = "crm.relationship.rule"

    window_from = fields.Float(
        string="Sends From",
        help="Mails and SMS go to clients from this hour of their day on; what is due earlier "
        "waits for it. From 0:00 to 0:00: at any hour.",
    )
    window_to = fields.Float(
        string="Sends Until",
        help="From this hour of the client's day on mails and SMS wait for the next day.",
    )
    ignore_quiet_hours = fields.Boolean(
        string="Also in Quiet Hours",
        help="The quiet hours of the company do not hold for this rule: for what a client "
        "expects at once, such as the confirmation of an inquiry.",
    )
    working_days_only = fields.Boolean(
        help="All that the rule does, tasks too, waits for a day on which the company works, "
        "by its working hours and public holidays. It is then done at the same hour.",
    )

    _window_range = models.Constraint(
        "CHECK(window_from >= 0 AND window_from <= 24 AND window_to >= 0 AND window_to <= 24)",
        "The hours to send must be from 0:00 to 24:00.",
    )
    _window_length = models.Constraint(
        "CHECK(window_from <> window_to OR window_from = 0)",
        "The hours to send have no length. Enter 0:00 twice to send at any hour.",
    )

    @api.constrains("window_from", "window_to", "ignore_quiet_hours", "company_id", "user_id")
    def _check_window(self):
        for rule in self:
            # sudo: who may not see a company must not set it against its quiet hours either
            companies = self.env["res.company"].sudo().browse(rule._get_company_ids())
            for company in companies:
                window = SendWindow(rule._get_send_hours(company))
                if window.next_moment(SOME_MOMENT, "UTC") is None:
                    raise ValidationError(
                        self.env._(
                            "All hours in which %(rule)s sends are quiet hours of %(company)s. "
                            "Change the hours, or let the rule send in quiet hours too.",
                            rule=rule.name,
                            company=company.name,
                        )
                    )

    def _get_send_hours(self, company):
        """The hours in which something may go to a client."""
        hours = []
        if self.window_from != self.window_to:
            hours.append(Hours.of(self.window_from, self.window_to))
        quiet = Hours.of(company.relationship_quiet_from, company.relationship_quiet_to)
        if quiet.start != quiet.end and not self.ignore_quiet_hours:
            hours.append(quiet.without())
        return tuple(hours)

    def _get_send_window(self, to_client, company):
        """When an action may be done for records of a company."""
        hours = self._get_send_hours(company) if to_client else ()
        calendar = self._get_work_calendar(company) if self.working_days_only else None
        return SendWindow(hours, calendar)

    def _get_work_calendar(self, company):
        """The working days of a company, its public holidays left out."""
        calendar = company.resource_calendar_id
        plain = calendar._get_plain_calendars([(calendar.id, company.id)])
        if plain:
            return plain[calendar.id, company.id]
        holidays = calendar._get_days_off()
        off = {*holidays[False, company.id], *holidays[False, False]}
        return Calendar(company.partner_id.tz or "UTC", WEEKDAYS, tuple(sorted(off)))

    def _get_moves(self, lines, now):
        """Where the window moves planned lines, as the engine says it.

        :param lines: dicts with action_id, company_id, zone and date_due
        """
        self.ensure_one()
        finder = WindowFinder(self)
        actions = self.env["crm.relationship.rule.action"]
        return [
            self._get_move(finder, actions.browse(line["action_id"]), line, now) for line in lines
        ]

    def _get_move(self, finder, action, line, now):
        company_id = line["company_id"] or (self.company_id or self.env.company).id
        window = finder.get(self, action._reaches_client(), company_id)
        move = window.move(line["date_due"], now, line["zone"])
        if move is None:
            raise UserError(
                self.env._(
                    "There is no day or hour on which it may act for %(company)s. "
                    "Look at the hours of the rule, the quiet hours and the working hours.",
                    company=finder.companies[company_id].name,
                )
            )
        return move

    def _move_due(self, now):
        """Move what is due at a moment that is not allowed; one UPDATE for each rule.

        :return: the rules that never may act, and whether anything was moved
        """
        broken, moved = self.browse(), False
        lines_by_rule = {}
        for line in self._get_due_lines(now):
            lines_by_rule.setdefault(line["rule_id"], []).append(line)
        for rule_id, lines in lines_by_rule.items():
            rule = self.browse(rule_id)
            try:
                moves = rule._in_words()._get_moves(lines, now)
            except UserError as error:
                rule._break(error)
                broken |= rule
            else:
                moved |= rule._move_rows(zip(lines, moves, strict=True), now)
        return broken, moved

    def _get_due_lines(self, now):
        """What is due of rules that may not act at any time, by moment, zone and company."""
        self.flush_model()
        self.env["res.company"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT run.rule_id, run.action_id, run.company_id, run.date_due, %(zone)s AS zone,
                       array_agg(run.id) AS run_ids
                  FROM crm_relationship_rule_run run
                  JOIN crm_relationship_rule rule ON rule.id = run.rule_id
                  JOIN res_company company
                    ON company.id = coalesce(run.company_id, rule.company_id, %(company)s)
             LEFT JOIN res_partner partner ON partner.id = run.partner_id
                       %(home)s
                 WHERE run.state = 'todo' AND run.date_due <= %(now)s AND run.rule_id IN %(rules)s
                   AND run.action_id IS NOT NULL
                   AND (rule.working_days_only
                        OR rule.window_from <> rule.window_to
                        OR coalesce(company.relationship_quiet_from, 0)
                           <> coalesce(company.relationship_quiet_to, 0))
              GROUP BY 1, 2, 3, 4, 5
                """,
                zone=self._query_zone(),
                company=self.env.company.id,
                home=self._join_home(SQL("company.id")),
                now=now,
                rules=tuple(self.ids) or (0,),
            )
        )

    def _move_rows(self, moves, now):
        """Move waiting rows; what another worker holds is left to it.

        What is too late is so later by as long as the window was closed.

        :param moves: pairs of a due line and the engine's move
        :return: whether anything was moved
        """
        rows = [
            (run_id, move)
            for line, move in moves
            if move.moment != line["date_due"]
            for run_id in line["run_ids"]
        ]
        if not rows:
            return False
        moved = self.env.execute_query(
            SQL(
                """
                UPDATE crm_relationship_rule_run run
                   SET date_due = free.moment, date_expire = run.date_expire + free.closed,
                       write_date = %(now)s, write_uid = %(uid)s
                  FROM (SELECT waiting.id, move.moment, move.closed
                          FROM unnest(%(ids)s::int[], %(moments)s::timestamp[],
                                      %(closed)s::interval[]) AS move(id, moment, closed)
                          JOIN crm_relationship_rule_run waiting
                            ON waiting.id = move.id AND waiting.state = 'todo'
                           FOR NO KEY UPDATE OF waiting SKIP LOCKED) free
                 WHERE run.id = free.id
                RETURNING run.id
                """,
                now=now,
                uid=self.env.uid,
                ids=[run_id for run_id, __ in rows],
                moments=[move.moment for __, move in rows],
                closed=[move.closed for __, move in rows],
            )
        )
        self.env["crm.relationship.rule.run"].browse(
            run_id for [run_id] in moved
        ).invalidate_recordset()
        return True
