from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.today.crm_today_deeds import DUE_FIELDS

REASONS = [
    ("time", "No time today"),
    ("absent", "Nobody there"),
    ("client", "The client wants it later"),
    ("waits", "Something is missing first"),
    ("other", "Other"),
]


class CrmTodayPostpone(models.TransientModel):
    """Put something on Today off to another day, and say why."""

    _name = "crm.today.postpone"
    _description = "Put Off to Another Day"

    key = fields.Char(required=True)
    reason = fields.Selection(
        REASONS, string="Because", required=True, default="time", help="Why it is not done today."
    )
    note = fields.Char(string="Remark", help="What to know about it on that day.")
    date_until = fields.Date(
        string="There Again On",
        required=True,
        default=lambda self: self._default_date_until(),
        help="The day on which it is on the list again. Days may be typed: +3d, +friday.",
    )
    promise_id = fields.Many2one("crm.promise")
    is_agreed = fields.Boolean(
        string="The client agrees to that day",
        help="The promise is then for that day. Otherwise it stays due when it was, and is late.",
    )

    @api.model
    def _default_date_until(self):
        today = self.env["crm.today"]
        return today._get_day(self.env.user, fields.Datetime.now()).next_date

    def action_save(self):
        """Take it off the list until that day."""
        self.ensure_one()
        today = self.env["crm.today"]
        day = today._get_day(self.env.user, fields.Datetime.now())
        if self.date_until <= day.date:
            raise UserError(self.env._("There Again On: choose a day after today."))
        __, record = today._get_today_record(self.key)
        record.check_access("read")
        vals = {
            "partner_id": self._get_partner(record).id,
            "date_until": self.date_until,
            "date_before": self._move(record),
            "reason": self._get_reason(),
        }
        self.env["crm.today.postponement"]._postpone(self.env.user, self.key, vals)
        return {"type": "ir.actions.act_window_close", "infos": {"postponed": self.key}}

    def _move(self, record):
        """An activity gets the new day, and the history tells that it was put off; a promise
        gets it if the client agrees.

        :return: the day before, False when nothing was moved
        """
        is_moved = record._name == "mail.activity" or (self.promise_id and self.is_agreed)
        if not is_moved:
            return False
        name = DUE_FIELDS[record._name]
        before = record[name]
        record[name] = self.date_until
        return before

    def _get_partner(self, record):
        if record._name == "mail.activity":
            return record._get_client()
        if record._name == "calendar.event":
            return record.crm_client_ids[:1]
        return record if record._name == "res.partner" else record.partner_id

    def _get_reason(self):
        label = dict(self._fields["reason"]._description_selection(self.env))[self.reason]
        return f"{label}: {self.note}" if self.note else label
