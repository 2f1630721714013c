from calendar import monthrange
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.anniversary import next_anniversary
from ...tools import day_text

# A leap year: in it every day of the year exists.
LEAP_YEAR = 2000

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]


class CrmImportantDate(models.Model):
    """A birthday, anniversary or renewal of a client.

    It belongs to the person, or to the company when it is the company's own.
    Day and month are kept apart from the year because the year is often
    unknown (0). A date that does not come every year needs its year.
    """

    _name = "crm.important.date"
    _description = "Important Date"
    _order = "next_date, id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        index=True,
        ondelete="cascade",
        help="A birthday belongs to a person, the founding or a contract to the company.",
    )
    kind_id = fields.Many2one(
        "crm.important.date.kind",
        string="Occasion",
        required=True,
        index=True,
        ondelete="restrict",
        help="Rules greet and remind by the occasion.",
    )
    month = fields.Integer(string="Month Number", required=True, help="1 to 12.")
    month_choice = fields.Selection(
        MONTHS,
        string="Month",
        compute="_compute_month_choice",
        inverse="_inverse_month_choice",
        help="The month, by name.",
    )
    day = fields.Integer(required=True, help="1 to 31.")
    year = fields.Integer(help="Leave 0 when nobody knows it.")
    yearly = fields.Boolean(
        string="Every Year",
        compute="_compute_yearly",
        store=True,
        readonly=False,
        precompute=True,
        help="Off for a day that comes once, such as the end of a contract.",
    )
    note = fields.Char(help="What is good to know on that day.")
    next_date = fields.Date(
        string="Next",
        compute="_compute_next_date",
        store=True,
        index=True,
        help="When the day comes next; 29 February is 28 February in a common year.",
    )
    age = fields.Integer(
        string="Turns", compute="_compute_age", help="Years on the next date; 0 when unknown."
    )
    date_text = fields.Char(string="Date", compute="_compute_date_text")

    # Rules look for the days of a window over all clients.
    _month_day_idx = models.Index("(month, day, kind_id)")

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        # The form of a contact reads the ids of its dates and then the dates. Rows as small as
        # these are read at once: a statement less on a form that everybody opens.
        return super().search_fetch(domain, None, offset, limit, order)

    @api.depends("month")
    def _compute_month_choice(self):
        for record in self:
            record.month_choice = str(record.month) if 1 <= record.month <= 12 else False

    def _inverse_month_choice(self):
        for record in self:
            record.month = int(record.month_choice or 0)

    @api.depends("kind_id")
    def _compute_yearly(self):
        for record in self:
            record.yearly = record.kind_id.yearly if record.kind_id else True

    @api.depends("month", "day", "year", "yearly")
    def _compute_next_date(self):
        today = fields.Date.today()
        for record in self:
            record.next_date = record._get_next_date(today)

    @api.depends("year", "next_date")
    def _compute_age(self):
        for record in self:
            known = record.year and record.next_date
            record.age = record.next_date.year - record.year if known else 0

    @api.depends_context("lang")
    @api.depends("month", "day", "year")
    def _compute_date_text(self):
        for record in self:
            record.date_text = record._get_date_text()

    @api.constrains("month", "day", "year", "yearly")
    def _check_date(self):
        for record in self:
            record._check_one_date()

    def _check_one_date(self):
        if not 1 <= self.month <= 12:
            raise ValidationError(self.env._("Month must be from 1 to 12, not %s.", self.month))
        year = self.year or LEAP_YEAR
        if not 1 <= year <= 9999:
            raise ValidationError(
                self.env._("Year must have four digits, or be 0 when it is unknown.")
            )
        last = monthrange(year, self.month)[1]
        if not 1 <= self.day <= last:
            raise ValidationError(
                self.env._("Day must be from 1 to %(last)s in that month.", last=last)
            )
        if not self.yearly and not self.year:
            raise ValidationError(
                self.env._("Year is needed for a day that does not come every year.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        # The column is checked before an inverse is called.
        for vals in vals_list:
            if vals.get("month_choice"):
                vals.setdefault("month", int(vals["month_choice"]))
        return super().create(vals_list)

    @api.depends("partner_id", "kind_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.kind_id.name}, {record.partner_id.display_name}"

    def _get_next_date(self, today):
        if not self._is_valid():
            return False
        if self.yearly:
            return next_anniversary(self.month, self.day, today)
        return date(self.year, self.month, self.day)

    def _is_valid(self):
        """Whether the date exists; while it is typed it may not yet."""
        if not 1 <= self.month <= 12 or not 0 <= self.year <= 9999:
            return False
        if not self.yearly and not self.year:
            return False
        return 1 <= self.day <= monthrange(self.year or LEAP_YEAR, self.month)[1]

    def _get_date_text(self):
        """The date as people write it, without a year that nobody knows."""
        if not self._is_valid():
            return ""
        day = date(self.year or LEAP_YEAR, self.month, self.day)
        return day_text(self.env, day, with_year=self.year)

    @api.model
    def _refresh_next_dates(self):
        """Move the dates that have passed to their next year; most times there is none."""
        passed = self.search([("yearly", "=", True), ("next_date", "<", fields.Date.today())])
        passed._compute_next_date()
