from datetime import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from .crm_interaction import CHANNELS, DIRECTIONS

PAGE_SIZE = 20
PAGE_SIZE_MAX = 100
# Filters that would tell what a hidden row is about leave hidden rows out.
TEXT_FILTERS = {"partner_id", "lead_id", "search"}
FILTERS = {"channels", "direction", "user_id", "is_contact", "date_from", "date_to", *TEXT_FILTERS}
ID_FILTERS = {"user_id", "partner_id", "lead_id"}
# What may be asked for, by filter.
CHOICES = {
    "channels": [channel for channel, __ in CHANNELS],
    "direction": [direction for direction, __ in DIRECTIONS],
}


class CrmInteraction(models.Model):
    """The history of a client, page by page, newest first.

    A page is found by the last row of the page before (date and id), along the
    index of the client's history: the thousandth page costs as much as the
    first, and rows that come meanwhile move nothing. Of rows that the caller
    may not read only the facts are told, as in the briefing.
    """

    _inherit = "crm.interaction"

    @api.model
    def _get_timeline(self, owner, owner_id, filters=None, before=None, limit=PAGE_SIZE):
        """One page of the history of a client or lead: see `res.partner.get_timeline`."""
        filters = self._check_timeline_filters(filters or {})
        limit = max(1, min(int(limit), PAGE_SIZE_MAX))
        self.flush_model()
        rows = self.env.execute_query_dict(
            self._query_timeline(owner, owner_id, filters, self._parse_cursor(before), limit + 1)
        )
        page = rows[:limit]
        return {
            "rows": self._brief_rows(page),
            "before": self._prepare_cursor(page[-1]) if len(rows) > limit else False,
        }

    @api.model
    def _check_timeline_filters(self, filters):
        """The filters that are set; each unknown name or value is named."""
        unknown = set(filters) - FILTERS
        if unknown:
            raise UserError(
                self.env._(
                    "The timeline has no filter %(unknown)s. There are: %(known)s.",
                    unknown=", ".join(sorted(unknown)),
                    known=", ".join(sorted(FILTERS)),
                )
            )
        filters = {name: value for name, value in filters.items() if value}
        if isinstance(filters.get("channels"), str):
            filters["channels"] = [filters["channels"]]
        for name in filters.keys() & ID_FILTERS:
            if not isinstance(filters[name], int):
                raise UserError(self.env._("Filter %s: give the id, a whole number.", name))
        for name, choices in CHOICES.items():
            values = filters.get(name, [])
            wrong = set([values] if isinstance(values, str) else values).difference(choices)
            if wrong:
                raise UserError(
                    self.env._(
                        "Filter %(name)s: there is no %(wrong)s. There are: %(known)s.",
                        name=name,
                        wrong=", ".join(sorted(wrong)),
                        known=", ".join(choices),
                    )
                )
        return filters

    @api.model
    def _prepare_cursor(self, row):
        # With the fractions of a second that captured rows have.
        return {"date": row["date"].isoformat(" "), "id": row["id"]}

    @api.model
    def _parse_cursor(self, before):
        if not before:
            return None
        try:
            return datetime.fromisoformat(before["date"]), int(before["id"])
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("Before: give what the page before has told in its field before.")
            ) from error

    @api.model
    def _query_timeline(self, owner, owner_id, filters, cursor, limit):
        conditions = [
            SQL("i.%s = %s", SQL.identifier(owner), owner_id),
            self._query_companies(),
            *self._query_timeline_facts(filters),
        ]
        if TEXT_FILTERS & filters.keys():
            readable = self._search(self._get_timeline_text_domain(owner, owner_id, filters))
            conditions.append(SQL("i.id IN %s", readable.subselect()))
        if cursor:
            conditions.append(SQL("(i.date, i.id) < (%s, %s)", *cursor))
        return SQL(
            """
            SELECT %(facts)s FROM crm_interaction i
             WHERE %(conditions)s
             ORDER BY i.date DESC, i.id DESC LIMIT %(limit)s
            """,
            facts=self._query_facts(),
            conditions=SQL(" AND ").join(conditions),
            limit=limit,
        )

    @api.model
    def _query_timeline_facts(self, filters):
        """Conditions on what everybody may know of a row."""
        if channels := filters.get("channels"):
            yield SQL("i.channel = ANY(%s)", list(channels))
        if direction := filters.get("direction"):
            yield SQL("i.direction = %s", direction)
        if user_id := filters.get("user_id"):
            yield SQL("i.user_id = %s", user_id)
        if filters.get("is_contact"):
            yield SQL("i.is_attempt IS NOT TRUE")
        # Days of the caller's time zone.
        if date_from := filters.get("date_from"):
            yield SQL("i.date >= %s", self._get_start_of_day(date_from))
        if date_to := filters.get("date_to"):
            yield SQL("i.date < %s", self._get_start_of_day(date_to, days=1))

    @api.model
    def _get_start_of_day(self, value, days=0):
        """The moment in UTC at which a day begins for the caller, or so many days later."""
        try:
            day = fields.Date.add(fields.Date.to_date(value), days=days)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("Period: %s is no day. Write it as 2025-12-31.", value)
            ) from error
        midnight = self.env.tz.localize(datetime.combine(day, datetime.min.time()))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_timeline_text_domain(self, owner, owner_id, filters):
        domain = Domain(owner, "=", owner_id)
        for name in ("partner_id", "lead_id"):
            if name in filters:
                domain &= Domain(name, "=", filters[name])
        if "search" in filters:
            # % and _ are meant as they are written.
            text = escape_psql(str(filters["search"]))
            found = [Domain(name, "ilike", text) for name in ("subject", "offered", "summary")]
            messages = self._find_messages(owner, owner_id, text)
            domain &= Domain.OR([*found, Domain("message_id", "in", messages.ids)])
        return domain

    @api.model
    def _find_messages(self, owner, owner_id, text):
        """Mails of this history with the text in their subject, of those the caller may read."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT message.id FROM crm_interaction i
                  JOIN mail_message message ON message.id = i.message_id
                 WHERE i.%s = %s AND message.subject ILIKE %s
                """,
                SQL.identifier(owner),
                owner_id,
                f"%{text}%",
            )
        )
        return self.env["mail.message"].search([("id", "in", [row[0] for row in rows])])

    def action_open_event(self):
        """Open what the row is of.

        The meeting; the mail in the chatter of its document; the document of the
        activity; else, or where the caller may not open that, the row itself.
        """
        self.ensure_one()
        record = self._get_event_record()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
            # Where the web client scrolls to in the chatter.
            "context": {"highlight_message_id": self.message_id.id} if self.message_id else {},
        }

    def _get_event_record(self):
        message = self.message_id._filtered_access("read")
        candidates = [
            (self.calendar_event_id._name, self.calendar_event_id.id),
            (message.model, message.res_id),
            (self.activity_id and self.res_model, self.res_id),
        ]
        for model, res_id in candidates:
            if model in self.env and res_id:
                record = self.env[model].browse(res_id).exists()
                if record.has_access("read") and record:
                    return record
        return self
