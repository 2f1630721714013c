from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.occurrences import local_day
from ...engine.send_window import SendWindow
from ...engine.working_time import WorkingTime

NEW, PROGRESS, RESOLVED, CANCELLED = "new", "progress", "resolved", "cancelled"
OPEN_STATES = (NEW, PROGRESS)
STATES = [
    (NEW, "New"),
    (PROGRESS, "In Progress"),
    (RESOLVED, "Resolved"),
    (CANCELLED, "Cancelled"),
]
PRIORITIES = [("0", "Normal"), ("1", "High"), ("2", "Urgent")]
# The same cause again within so many days is a repeated complaint.
REPEAT_DAYS = 365


class CrmComplaint(models.Model):
    """A client tells us that something went wrong.

    It is born new. The first answer of one of us acknowledges it
    (`crm_interaction.py`), who takes it up has it in progress, and it is
    resolved when the remedy is written down and the client was told
    (`crm_complaint_close.py`). While it is open everybody who meets the client
    sees it, and marketing holds still.

    The client is the company of the contact at the time: who leaves that
    company leaves the complaint with it.
    """

    _name = "crm.complaint"
    _description = "Complaint"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_open desc, id desc"
    _mail_post_access = "read"
    _primary_email = "email_from"

    name = fields.Char(
        string="What Is Wrong",
        required=True,
        tracking=True,
        help="The complaint in few words, as the client would put it.",
    )
    active = fields.Boolean(
        default=True,
        help="Archived complaints are out of sight and hold nothing, but still count.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        help="Who complains.",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        compute="_compute_commercial_partner_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
    )
    email_from = fields.Char(
        string="Email", help="Address the complaint came from, while its client is not known."
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Lead or Deal",
        index="btree_not_null",
        ondelete="set null",
        help="What the complaint is about. Who may not see a colleague's lead does not read "
        "complaints about it either, only that there is one.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
        help="Who deals with it. Filled with the salesperson of the lead or client, else as the "
        "CRM settings say, else with who writes it down.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        help="The company of ours that deals with it.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        default=NEW,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
        help="Resolved: the remedy is done and the client knows. Cancelled: it was none, or was "
        "entered twice.",
    )
    is_open = fields.Boolean(compute="_compute_is_open", search="_search_is_open")
    priority = fields.Selection(
        PRIORITIES,
        default="0",
        tracking=True,
        help="How urgent it is. The CRM settings say within how many working days complaints of "
        "each are to be resolved.",
    )
    cause_id = fields.Many2one(
        "crm.complaint.cause",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="What went wrong. The same cause again within a year is a repeated complaint.",
    )
    description = fields.Html(help="What happened, as the client tells it.")

    # Days
    date_open = fields.Datetime(
        string="Complained On",
        required=True,
        default=fields.Datetime.now,
        copy=False,
        help="When the client complained.",
    )
    date_acknowledged = fields.Datetime(
        string="Acknowledged On",
        readonly=True,
        copy=False,
        help="When one of us first answered the client about it.",
    )
    acknowledge_deadline = fields.Datetime(
        string="Acknowledge Until",
        compute="_compute_acknowledge_deadline",
        store=True,
        precompute=True,
        help="When the answer is due that the status of the client promises.",
    )
    date_deadline = fields.Date(
        string="Promised For",
        compute="_compute_date_deadline",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        tracking=True,
        help="The day by which it is to be resolved. Filled by the priority, in working days; "
        "once the client was answered only you change it.",
    )
    date_resolved = fields.Datetime(string="Resolved On", readonly=True, copy=False)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    # History
    interaction_ids = fields.One2many("crm.interaction", "complaint_id", string="Contacts About It")
    is_repeat = fields.Boolean(
        string="Repeated",
        compute="_compute_is_repeat",
        search="_search_is_repeat",
        help="The client has complained of the same cause within the year before.",
    )

    # Who has an open complaint: always a small part of the table.
    _open_idx = models.Index(
        "(commercial_partner_id) WHERE state IN ('new', 'progress') AND active IS TRUE"
    )
    # The moments that rules and reports look for.
    _date_open_idx = models.Index("(date_open)")
    _date_resolved_idx = models.Index("(date_resolved) WHERE date_resolved IS NOT NULL")

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        # Not on partner_id.commercial_partner_id, as in the history.
        for complaint in self:
            complaint.commercial_partner_id = complaint.partner_id.commercial_partner_id

    @api.depends("partner_id", "lead_id")
    def _compute_company_id(self):
        for complaint in self:
            complaint.company_id = (
                complaint.lead_id.company_id
                or complaint.partner_id.company_id
                or complaint.company_id
                or self.env.company
            )

    @api.depends("partner_id", "lead_id", "company_id")
    def _compute_user_id(self):
        """Who has the lead or the client, unless somebody deals with it already."""
        # A mailbox writes nothing down by itself.
        writer = self.env.user.filtered(lambda user: user.id != SUPERUSER_ID)
        for complaint in self:
            partner, lead = complaint.partner_id, complaint.lead_id
            candidates = (
                lead.user_id,
                partner.user_id,
                partner.commercial_partner_id.user_id,
                lead.team_id.user_id,
                complaint.company_id.relationship_complaint_user_id,
                writer,
            )
            # On a form that is being filled in the writer stands there before the client does.
            is_chosen = complaint._origin or complaint.user_id != writer
            complaint.user_id = (is_chosen and complaint.user_id) or next(
                filter(complaint._may_be_dealt_with_by, candidates), False
            )

    def _may_be_dealt_with_by(self, user):
        """Whether somebody is still there, sells, and so could open the complaint at all."""
        return (
            user.active
            and user.has_group("sales_team.group_sale_salesman")
            and self.company_id <= user.company_ids
        )

    @api.depends("state", "active")
    def _compute_is_open(self):
        for complaint in self:
            complaint.is_open = complaint.active and complaint.state in OPEN_STATES

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "in", OPEN_STATES) & Domain("active", "=", True)

    @api.depends("date_open", "priority", "date_acknowledged")
    def _compute_date_deadline(self):
        """So many working days from the day of the complaint, as long as nothing was promised.

        Not on `company_id`, which is worked out anew whenever the contact is chosen: a day that
        was entered before would be lost.
        """
        windows = {}
        for complaint in self:
            if complaint.date_acknowledged and complaint.date_deadline:
                continue
            # sudo: the working days of a company and its promises are no secret
            company = (complaint.company_id or self.env.company).sudo()
            if company not in windows:
                calendar = self.env["crm.relationship.rule"]._get_work_calendar(company)
                windows[company] = SendWindow(calendar=calendar), calendar.tz
            days = company._get_complaint_days(complaint.priority)
            complaint.date_deadline = self._add_working_days(
                complaint.date_open or fields.Datetime.now(), days, *windows[company]
            )

    @api.onchange("company_id")
    def _onchange_company_id(self):
        """Another company of ours has other working days, and promises something else."""
        self._compute_date_deadline()

    @api.model
    def _add_working_days(self, moment, days, window, zone):
        for __ in range(days):
            later = window.next_moment(moment + timedelta(days=1), zone)
            if later is None:
                return False  # the calendar of the company has no working days
            moment = later
        return local_day(moment, zone)

    @api.depends("date_open", "partner_id", "lead_id", "company_id")
    def _compute_acknowledge_deadline(self):
        """The response time promised to the client, by the working hours of the company."""
        calendars = {}
        for complaint in self:
            client = complaint.partner_id.commercial_partner_id
            # sudo: what is promised to clients is no secret
            hours = (
                client.sudo().relationship_status_id.response_hours
                or complaint.lead_id.sudo().team_id.response_hours
            )
            if not hours or not complaint.date_open:
                complaint.acknowledge_deadline = False
                continue
            company = (complaint.company_id or self.env.company).sudo()
            if company not in calendars:
                rules = self.env["crm.relationship.rule"]
                calendars[company] = rules._get_work_calendar(company)
            clock = WorkingTime(calendars[company], complaint.date_open)
            due = clock.after(complaint.date_open, hours)
            complaint.acknowledge_deadline = due and due.replace(microsecond=0)

    @api.depends("date_deadline", "state", "date_resolved")
    @api.depends_context("uid", "tz")
    def _compute_is_late(self):
        """Not resolved, and the promised day is over."""
        today = fields.Date.context_today(self)
        for complaint in self:
            deadline = complaint.date_deadline
            complaint.is_late = bool(complaint.is_open and deadline and deadline < today)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("is_open", "=", True) & Domain(
            "date_deadline", "<", fields.Date.context_today(self)
        )

    @api.depends("cause_id", "commercial_partner_id", "date_open", "state")
    def _compute_is_repeat(self):
        stored = self.filtered("id")
        repeated = stored.with_context(active_test=False)._origin.search(
            Domain("id", "in", stored._origin.ids) & Domain("is_repeat", "=", True)
        )
        for complaint in self:
            complaint.is_repeat = complaint._origin in repeated

    def _search_is_repeat(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model(["cause_id", "commercial_partner_id", "date_open", "state"])
        return Domain.custom(to_sql=lambda model, alias, query: self._query_repeated(alias))

    @api.model
    def _query_repeated(self, alias):
        """Condition: the client of complaint `alias` complained of the same within the year
        before, whoever may read that."""
        return SQL(
            """(%(alias)s.state <> %(cancelled)s AND EXISTS (
                SELECT FROM crm_complaint earlier
                 WHERE earlier.commercial_partner_id = %(alias)s.commercial_partner_id
                   AND earlier.cause_id = %(alias)s.cause_id
                   AND earlier.state <> %(cancelled)s
                   AND (earlier.date_open, earlier.id)
                       < (%(alias)s.date_open, %(alias)s.id)
                   AND earlier.date_open >= %(alias)s.date_open - %(days)s * interval '1 day'))""",
            alias=SQL.identifier(alias),
            cancelled=CANCELLED,
            days=REPEAT_DAYS,
        )

    @api.model
    def _query_open_of(self, client):
        """Condition: the client whose id is in the SQL expression `client` has an open complaint.

        Whatever waits while a complaint is open asks this: rules, silence, rhythm.
        """
        return SQL(
            """EXISTS (SELECT FROM crm_complaint complaint
                        WHERE complaint.commercial_partner_id = %s
                          AND complaint.state IN %s AND complaint.active IS TRUE)""",
            client,
            OPEN_STATES,
        )
