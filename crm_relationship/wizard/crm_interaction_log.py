from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import without_defaults

# What people log by hand; chats and web forms come by themselves.
LOG_CHANNELS = [
    ("phone", "Phone"),
    ("email", "Email"),
    ("meeting", "Meeting"),
    ("visit", "Visit"),
    ("sms", "SMS"),
    ("messenger", "Messenger"),
    ("letter", "Letter"),
    ("other", "Other"),
]

# In a dialog about a client two words are enough.
LOG_DIRECTIONS = [("out", "We"), ("in", "They")]

# What they wrote is read when nobody is there to answer at once.
WRITTEN_CHANNELS = {"email", "sms", "messenger", "letter"}


class CrmInteractionLog(models.TransientModel):
    """Log one contact with a client, in ten seconds and without the mouse.

    Saving makes one interaction. A next step becomes a promise, ours or theirs,
    which is among the things to do of who logged it. The same dialog asks how
    an activity or a meeting ended: see `crm_interaction_log_outcome.py`.
    """

    _name = "crm.interaction.log"
    _description = "Log Interaction"

    partner_id = fields.Many2one(
        "res.partner", string="Contact", help="The person you were in touch with."
    )
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Client", compute="_compute_commercial_partner_id"
    )
    lead_id = fields.Many2one("crm.lead")
    complaint_id = fields.Many2one(
        "crm.complaint",
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('is_open', '=', True)]",
        help="The complaint the contact was about.",
    )
    date = fields.Datetime(
        string="When",
        required=True,
        default=fields.Datetime.now,
        help="When the contact took place.",
    )
    channel = fields.Selection(
        LOG_CHANNELS, required=True, default="phone", help="The way you were in contact."
    )
    direction = fields.Selection(
        LOG_DIRECTIONS,
        string="Who",
        required=True,
        default="out",
        help="Who contacted whom.",
    )
    needs_reply = fields.Boolean(
        string="Waits for an Answer",
        compute="_compute_needs_reply",
        store=True,
        readonly=False,
        help="They expect an answer: it is in the list of those who wait until they have one.",
    )
    purpose_id = fields.Many2one(
        "crm.interaction.purpose", string="Why", help="Why the contact took place."
    )
    offered = fields.Char(help="What was offered, with price or discount.")
    outcome_id = fields.Many2one(
        "crm.interaction.outcome",
        string="Ended",
        help="How the contact ended. The keys 1, 2, 3 choose as well.",
    )
    summary = fields.Text(string="Note", help="What to know before the next contact.")
    next_step = fields.Char(help="What was agreed, by one side or the other.")
    next_date = fields.Date(string="By", help="When the next step is to be done.")
    next_by = fields.Selection(
        [("us", "We do it"), ("them", "They do it")],
        string="Whose Step",
        required=True,
        default="us",
        help="Whose promise the next step is.",
    )

    @api.depends("partner_id")
    @api.depends_context("default_partner_id")
    def _compute_commercial_partner_id(self):
        partners = self.env["res.partner"]
        known = partners.browse(self.env.context.get("default_partner_id"))
        for log in self:
            log.commercial_partner_id = (log.partner_id or known).commercial_partner_id

    @api.depends("channel", "direction", "outcome_id")
    def _compute_needs_reply(self):
        """Who wrote waits, unless it is told how it ended; who called was spoken to."""
        for log in self:
            log.needs_reply = (
                log.direction == "in" and log.channel in WRITTEN_CHANNELS and not log.outcome_id
            )

    @api.constrains("next_step", "next_date")
    def _check_next_date(self):
        for log in self:
            if log.next_step and not log.next_date:
                raise ValidationError(
                    self.env._("Next Step: say by when, so that somebody can be reminded of it.")
                )

    def action_save(self):
        """Write the interaction and what follows from it."""
        self.ensure_one()
        without_defaults(self)._log()
        return {"type": "ir.actions.act_window_close"}

    def action_save_and_plan(self):
        """Save, then schedule the next call."""
        self.ensure_one()
        without_defaults(self)._log()
        record = self._get_document()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan the Next Call"),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": record._name,
                "active_id": record.id,
                "active_ids": record.ids,
                "default_activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
            },
        }

    def _log(self):
        interaction = self._write_interaction()
        if self.next_step:
            self._promise_next_step(interaction)
        return interaction

    def _write_interaction(self):
        return self.env["crm.interaction"].create(self._prepare_interaction_vals())

    def _get_document(self):
        return self.lead_id or self.partner_id

    def _prepare_interaction_vals(self):
        document = self._get_document()
        return {
            "date": self.date,
            "partner_id": self.partner_id.id or self.lead_id.partner_id.id,
            "lead_id": self.lead_id.id,
            "complaint_id": self.complaint_id.id,
            "channel": self.channel,
            "direction": self.direction,
            "needs_reply": self.direction == "in" and self.needs_reply,
            "purpose_id": self.purpose_id.id,
            "offered": self.offered,
            "outcome_id": self.outcome_id.id,
            "summary": self.summary,
            "res_model": document._name,
            "res_id": document.id,
        }

    def _promise_next_step(self, interaction):
        """A promise is one of or to a client: a lead without one has only something to do."""
        partner = interaction.partner_id or self.partner_id
        if partner:
            self.env["crm.promise"].create(self._prepare_promise_vals(interaction, partner))
        else:
            self._schedule_next_step()

    def _prepare_promise_vals(self, interaction, partner):
        return {
            "name": self.next_step,
            "partner_id": partner.id,
            "interaction_id": interaction.id,
            "by": self.next_by,
            "date_due": self.next_date,
        }

    def _schedule_next_step(self):
        """Put it among Odoo's own things to do: to do it ourselves or to ask whether they did."""
        summary = self.next_step
        if self.next_by == "them":
            summary = self.env._("They promised: %s", self.next_step)
        self._get_document().activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.next_date,
            summary=summary,
            user_id=self.env.uid,
        )
