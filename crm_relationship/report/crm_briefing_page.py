from textwrap import shorten

from odoo import api, fields, models
from odoo.tools import format_amount, format_date, format_datetime

# What fits on one page: longer lists say how many more there are.
MAX_LINES = 6
MAX_HISTORY = 8
LINE_LENGTH = 110


class CrmBriefingPage(models.AbstractModel):
    """The briefing in words, for paper and mail: at most one page.

    It is made of what `get_briefing` and `get_timeline` tell the caller, so it
    says nothing that the caller may not read.
    """

    _name = "crm.briefing.page"
    _description = "Briefing on Paper"

    @api.model
    def _prepare_pages(self, records):
        return [
            self._prepare_page(briefing, record.get_timeline(limit=MAX_HISTORY)["rows"])
            for record, briefing in zip(records, records.get_briefing(), strict=True)
        ]

    @api.model
    def _prepare_page(self, briefing, history):
        """What the template shows: headings with lists of lines, those without lines left out."""
        blocks = [
            (self.env._("Last contact"), self._get_last_lines(briefing)),
            (self.env._("Open"), self._get_open_lines(briefing)),
            (self.env._("Ahead"), self._get_ahead_lines(briefing)),
            (self.env._("Playbook"), self._get_playbook_lines(briefing)),
            (self.env._("Good to know"), self._get_background_lines(briefing)),
            (self.env._("History"), [self._get_history_line(row) for row in history]),
        ]
        client = briefing.get("client", {})
        return {
            "name": briefing["name"],
            "client": client.get("name") if client.get("id") != briefing["id"] else "",
            "phone": briefing.get("phone"),
            "status": self._get_status_line(briefing.get("status", {})),
            "guidance": briefing.get("status", {}).get("guidance"),
            "rules_off": briefing.get("rules_off"),
            "complaints": [
                self._get_complaint_line(item) for item in briefing.get("complaints", [])
            ],
            "blocks": [{"title": title, "lines": lines} for title, lines in blocks if lines],
            "printed": self.env._(
                "As of %(moment)s, for %(user)s",
                moment=self._get_moment(fields.Datetime.to_string(fields.Datetime.now())),
                user=self.env.user.name,
            ),
        }

    # ---- words ----

    @api.model
    def _get_moment(self, value):
        """A day or a moment as the reader writes it, in the time zone of the reader."""
        if len(value) > 10:
            return format_datetime(self.env, value, dt_format="short")
        return format_date(self.env, value)

    @api.model
    def _join(self, *parts):
        return ", ".join(str(part) for part in parts if part)

    @api.model
    def _cut(self, lines, total=0):
        """As many lines as have room, then how many more there are."""
        more = max(total, len(lines)) - MAX_LINES
        if more > 0:
            return [*lines[:MAX_LINES], self.env._("and %s more", more)]
        return lines

    @api.model
    def _get_status_line(self, status):
        since = status.get("since")
        days, hours = status.get("cadence_days"), status.get("response_hours")
        return self._join(
            status.get("name"),
            since and self.env._("since %s", format_date(self.env, since[:10])),
            days and self.env._("be in touch every %s days", days),
            hours and self.env._("answer within %s h", f"{hours:g}"),
        )

    @api.model
    def _get_contact_line(self, row):
        names = dict(
            self.env["crm.interaction"]._fields["direction"]._description_selection(self.env)
        )
        return self._join(
            self._get_moment(row["date"][:19]),
            row["channel_name"],
            names[row["direction"]].lower() if row["direction"] else "",
            row.get("user", {}).get("name"),
            row.get("contact", {}).get("name"),
        )

    @api.model
    def _get_last_lines(self, briefing):
        row = briefing.get("last_contact")
        if not row:
            return [self.env._("No contact yet.")]
        labels = {
            "purpose": self.env._("Why: %s"),
            "subject": self.env._("About: %s"),
            "offered": self.env._("Offered: %s"),
            "outcome": self.env._("Ended: %s"),
        }
        lines = [label % row[name] for name, label in labels.items() if row.get(name)]
        note = row.get("summary") or row.get("preview")
        if note:
            lines.append(self.env._("Note: %s", shorten(note, 300, placeholder="…")))
        if row["is_hidden"]:
            lines.append(self.env._("What was said you cannot open."))
        return [self._get_contact_line(row), *lines]

    @api.model
    def _get_open_lines(self, briefing):
        waiting = [
            self.env._(
                "Waits for an answer since %s",
                self._join(
                    self._get_moment(row["date"]),
                    row.get("subject") or shorten(row.get("summary", ""), 100, placeholder="…"),
                    row["channel_name"],
                    row.get("undelivered"),
                ),
            )
            for row in briefing["waiting"]
        ]
        promises = [self._get_promise_line(item) for item in briefing.get("promises", [])]
        deals = [self._get_deal_line(item) for item in briefing.get("deals", [])]
        return [
            *self._cut(waiting),
            *self._cut(promises),
            *self._cut(deals, briefing.get("deal_count", 0)),
        ]

    @api.model
    def _get_complaint_line(self, item):
        """What, since when, who deals with it, promised for when, and what is being done."""
        deadline = item.get("deadline")
        promised = self.env._("late, it was promised for %s") if item["is_late"] else None
        return self._join(
            self.env._("Complaint: %s", item.get("name") or self.env._("you cannot open it")),
            self.env._("since %s", format_date(self.env, item["date"])),
            item.get("user", {}).get("name") or self.env._("nobody deals with it yet"),
            deadline and (promised or self.env._("promised for %s")) % self._get_moment(deadline),
            item["is_repeat"] and self.env._("repeated"),
            item.get("remedy"),
        )

    @api.model
    def _get_promise_line(self, item):
        label = (
            self.env._("We promised: %s") if item["by"] == "us" else self.env._("They promised: %s")
        )
        day = self._get_moment(item["date"])
        return self._join(
            label % item["name"],
            self.env._("late, it was due %s", day) if item["is_late"] else day,
            item.get("user", {}).get("name"),
        )

    @api.model
    def _get_deal_line(self, item):
        revenue = item.get("revenue")
        step = item.get("next_step")
        currency = self.env["res.currency"].browse(item.get("currency_id"))
        return self._join(
            item["name"],
            revenue and format_amount(self.env, revenue, currency, trailing_zeroes=False),
            item.get("stage", {}).get("name"),
            step and self.env._("next: %s", f"{step['name']} ({self._get_moment(step['date'])})"),
        )

    @api.model
    def _get_ahead_lines(self, briefing):
        planned = [
            self._join(
                self._get_moment(item["date"]), item["name"], item.get("user", {}).get("name")
            )
            for item in briefing.get("planned", [])
        ]
        dates = [
            self._join(
                self._get_moment(item["date"]),
                f"{item['kind']} {item['contact']['name']}",
                item.get("turns"),
                item.get("note"),
            )
            for item in briefing.get("dates", [])
        ]
        return [
            *self._cut(planned, briefing.get("planned_count", 0)),
            *self._cut(dates),
            *self._get_touch_lines(briefing),
        ]

    @api.model
    def _get_touch_lines(self, briefing):
        """The next contact or why there is none, the own rhythm, the health, one person only."""
        cadence = briefing.get("cadence", {})
        pause, due, health = cadence.get("pause"), cadence.get("date"), briefing.get("health")
        if pause:
            contact = self.env._("Keeping in touch is paused: %s", pause)
        else:
            contact = due and self.env._("Contact due %s", self._get_moment(due))
        lines = [
            self._join(contact, briefing.get("rhythm", {}).get("text")),
            health and self.env._("Health %s of 100", health["score"]),
        ]
        if briefing.get("people", {}).get("in_touch") == 1:
            lines.append(self.env._("In touch with one person only"))
        return [line for line in lines if line]

    @api.model
    def _get_background_lines(self, briefing):
        origin = briefing.get("origin", {})
        source = origin.get("source", {}).get("name")
        known_by = self._join(
            *(
                item["name"]
                for item in briefing["known_by"][:MAX_LINES]
                if item["id"] != self.env.uid
            )
        )
        hidden = briefing["hidden"]
        return [
            *(
                self._join(
                    item["contact"]["name"],
                    *(f"{value['label']}: {value['value']}" for value in item["items"]),
                )
                for item in briefing.get("preferences", [])
            ),
            *(f"{note['contact']['name']}: {note['text']}" for note in briefing.get("notes", [])),
            *filter(
                None,
                [
                    self._get_purchase_line(briefing.get("purchases")),
                    source and self.env._("Came from %s", source),
                    known_by and self.env._("Known by %s", known_by),
                    hidden and self.env._("Items you cannot open: %s", hidden),
                ],
            ),
        ]

    @api.model
    def _get_purchase_line(self, bought):
        if not bought:
            return None
        currency = self.env["res.currency"].browse(bought["currency_id"])
        return self._join(
            self.env._(
                "Purchases: %(count)s, the last on %(day)s",
                count=bought["count"],
                day=self._get_moment(bought["last"]),
            ),
            self.env._("%s in all", format_amount(self.env, bought["value"], currency)),
            "rhythm_days" in bought
            and self.env._(
                "every %(usual)s days, now %(now)s",
                usual=bought["rhythm_days"],
                now=bought["days_since"],
            ),
        )

    @api.model
    def _get_history_line(self, row):
        about = row.get("subject") or row.get("purpose") or row.get("summary") or row.get("preview")
        line = self._join(self._get_contact_line(row), about, row.get("outcome"))
        return shorten(line, LINE_LENGTH, placeholder="…")


class ReportBriefing(models.AbstractModel):
    """Print of the briefing of contacts."""

    _name = "report.crm_relationship.report_briefing"
    _description = "Briefing of a Contact"
    _briefing_model = "res.partner"

    @api.model
    def _get_report_values(self, docids, data=None):
        records = self.env[self._briefing_model].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": self._briefing_model,
            "docs": records,
            "pages": self.env["crm.briefing.page"]._prepare_pages(records),
        }


class ReportBriefingLead(models.AbstractModel):
    """Print of the briefing of leads."""

    _name = "report.crm_relationship.report_briefing_lead"
    _inherit = "report.crm_relationship.report_briefing"
    _description = "Briefing of a Lead"
    _briefing_model = "crm.lead"
