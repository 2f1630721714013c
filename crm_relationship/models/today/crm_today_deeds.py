from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_today import Kind

# The day that moves along when something is put off.
DUE_FIELDS = {"mail.activity": "date_deadline", "crm.promise": "date_due"}


class CrmToday(models.AbstractModel):
    """What one does with a row, with the rights one has on its record.

    `act` returns the action of a dialog, or nothing when it is done; what is
    done without a dialog can be taken back by `undo`.
    """

    _inherit = "crm.today"

    @api.model
    def act(self, key, button):
        """Do what a button of a row is for.

        :param str key: `key` of the row
        :param str button: one of its `buttons`, or `open`
        :return: an action; without one it is done, and True when it can be taken back
        """
        self._check_today_access()
        kind, record = self._get_today_record(key)
        deeds = self._get_today_deeds()
        if button not in deeds:
            raise UserError(self.env._("There is no button %s on Today.", button))
        record.check_access("read")
        return deeds[button](kind, record, key)

    @api.model
    def undo(self, key):
        """Take back what `act` did without a dialog, or that something was put off."""
        self._check_today_access()
        __, record = self._get_today_record(key)
        record.check_access("write" if record._name in DUE_FIELDS else "read")
        day = self._get_day(self.env.user, fields.Datetime.now())
        postponed = self.env["crm.today.postponement"]._find(day.user, key)
        if postponed and postponed.date_until > day.date:
            if postponed.date_before:
                record[DUE_FIELDS[record._name]] = postponed.date_before
            postponed._take_back(day.date)
            return
        line = self.env["crm.today.line"]._get_line(day.user, day.date, key)
        line.is_done = False
        if record._name == "crm.promise":
            record.action_reopen()
        elif record._name == "mail.activity":
            line.message_id.unlink()
            record.action_unarchive()

    @api.model
    def _get_today_record(self, key) -> tuple[Kind, models.BaseModel]:
        """The kind and the record of a row."""
        name, __, rest = key.partition(":")
        kind = next((kind for kind in self._get_today_kinds() if kind.name == name), None)
        res_id = rest.partition(":")[0]
        record = kind and res_id.isdecimal() and self.env[kind.res_model].browse(int(res_id))
        if not record or not record.exists():
            raise UserError(self.env._("It is not there any more. Load the page again."))
        return kind, record

    def _get_today_deeds(self):
        """What the buttons do, to be extended: {name: method(kind, record, key)}."""
        return {
            "open": self._act_open,
            "brief": self._act_brief,
            "outcome": self._act_outcome,
            "answer": self._act_answer,
            "no_answer": self._act_no_answer,
            "call": self._act_call,
            "log": self._act_log,
            "plan": self._act_plan,
            "done": self._act_done,
            "postpone": self._act_postpone,
        }

    # ---- look ----

    @api.model
    def _act_open(self, kind, record, key):
        document = record
        if record._name == "mail.activity" and record.res_model:
            document = self.env[record.res_model].browse(record.res_id)
        elif record._name in ("crm.interaction", "crm.important.date"):
            document = record.partner_id or record.lead_id
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    @api.model
    def _act_brief(self, kind, record, key):
        if record._name in ("calendar.event", "mail.activity"):
            return record.action_briefing()
        document = self._get_client_document(record)
        return self.env["res.partner"]._get_briefing_action([document], document.display_name)

    @api.model
    def _get_client_document(self, record):
        """The contact a row is about; of a stranger its lead."""
        if record._name == "res.partner":
            return record
        if record._name == "crm.lead":
            return record
        partner = record.partner_id
        return partner or record.lead_id

    # ---- speak ----

    @api.model
    def _act_outcome(self, kind, record, key):
        return record.action_ask_outcome()

    @api.model
    def _act_answer(self, kind, record, key):
        return record.action_answer()

    @api.model
    def _act_no_answer(self, kind, record, key):
        return record.action_no_reply_needed()

    @api.model
    def _act_log(self, kind, record, key):
        return self._get_talk_document(record).action_log_interaction()

    @api.model
    def _get_talk_document(self, record):
        """The contact or lead one speaks about, also of an activity on another document."""
        if record._name == "mail.activity":
            return record._get_briefing_record()
        return self._get_client_document(record)

    @api.model
    def _act_call(self, kind, record, key):
        """Dial, and log the call; a planned call is marked done by it."""
        if record._name == "crm.interaction":
            return record.action_call()
        log = record._name == "mail.activity" and record.action_ask_outcome()
        document = self._get_talk_document(record)
        if not log:
            log = document.action_log_interaction()
            log["context"] |= {"default_channel": "phone", "default_direction": "out"}
        phone = document.phone or document.commercial_partner_id.phone
        if not phone:
            return log
        return {
            "type": "ir.actions.client",
            "tag": "crm_relationship_call",
            "params": {"phone": phone, "next": log},
        }

    @api.model
    def _act_plan(self, kind, record, key):
        document = self._get_client_document(record)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Schedule Activity"),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": document._name,
                "active_id": document.id,
                "active_ids": document.ids,
            },
        }

    # ---- done, or not today ----

    @api.model
    def _act_done(self, kind, record, key):
        """Mark it done; a contact asks how it ended."""
        day = self._get_day(self.env.user, fields.Datetime.now())
        lines = self.env["crm.today.line"]
        if record._name == "crm.promise":
            record.action_done()
            return True
        if record._name != "mail.activity":
            lines._get_line(day.user, day.date, key).is_done = True
            return True
        if action := record.action_ask_outcome():
            return action
        # What comes after it, and what moved to the chatter, is not taken back.
        is_plain = record.chaining_type != "trigger" and not record.attachment_ids
        message_id = record.action_feedback()
        if is_plain:
            lines._get_line(day.user, day.date, key).message_id = message_id
        return is_plain

    @api.model
    def _act_postpone(self, kind, record, key):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not Today"),
            "res_model": "crm.today.postpone",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_key": key,
                "default_promise_id": record.id if record._name == "crm.promise" else False,
                "dialog_size": "medium",
            },
        }
