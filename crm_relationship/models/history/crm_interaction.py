from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

CHANNELS = [
    ("email", "Email"),
    ("phone", "Phone"),
    ("meeting", "Meeting"),
    ("visit", "Visit"),
    ("sms", "SMS"),
    ("chat", "Chat"),
    ("website", "Website"),
    ("messenger", "Messenger"),
    ("letter", "Letter"),
    ("other", "Other"),
]
DIRECTIONS = [("in", "From the client"), ("out", "From us")]


class CrmInteraction(models.Model):
    """One contact with a client over one channel, in or out.

    Rows come by themselves from mails, done activities and meetings (see
    `crm_interaction_capture.py`), or from people and outside systems through
    `create` and `log`. `origin_key` is unique, so that one event is one row
    whatever path it came by. An attempt (`is_attempt`) reached nobody: it is
    history, not a contact.

    Which inquiries wait for an answer is in `crm_interaction_reply.py`.
    """

    _name = "crm.interaction"
    _description = "Interaction"
    _order = "date desc, id desc"
    _rec_names_search = ["subject", "partner_id.name"]

    date = fields.Datetime(
        required=True, default=fields.Datetime.now, help="When the contact took place."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="set null",
        help="The person we spoke with.",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        compute="_compute_commercial_partner_id",
        store=True,
        precompute=True,
        ondelete="set null",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        index="btree_not_null",
        ondelete="set null",
        help="The lead or deal it was about; empty when it was about none.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Our Side",
        default=lambda self: self.env.user,
        index=True,
        help="Who of us had the contact; of an inquiry, who is responsible for it.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        index="btree_not_null",
        ondelete="set null",
        help="The team whose promise to answer counts, where the client's status has none.",
    )
    # Without its company a row would be everybody's.
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        ondelete="restrict",
        help="Only people of this company see it; without one, everybody's.",
    )
    channel = fields.Selection(
        CHANNELS, required=True, default="phone", help="The way you were in contact."
    )
    direction = fields.Selection(
        DIRECTIONS, required=True, default="out", help="Who began: the client, or one of us."
    )
    is_attempt = fields.Boolean(
        string="Attempt",
        help="It reached nobody (no answer, bulk mail), so it does not count as being in touch.",
    )
    subject = fields.Char(help="What it was about, in a few words.")
    purpose_id = fields.Many2one(
        "crm.interaction.purpose",
        string="Why",
        index="btree_not_null",
        ondelete="restrict",
        help="The reason for the contact.",
    )
    offered = fields.Char(help="What was offered, with price or discount.")
    outcome_id = fields.Many2one(
        "crm.interaction.outcome",
        string="Ended",
        index="btree_not_null",
        ondelete="restrict",
        help="How the contact ended; empty while nobody has said it.",
    )
    outcome_result = fields.Selection(string="Result", related="outcome_id.result", store=True)
    summary = fields.Text(string="Note", help="What whoever speaks to the client next should know.")
    duration = fields.Float(
        string="Duration (hours)", aggregator="sum", help="How long it took; empty when unknown."
    )
    is_private = fields.Boolean(
        string="Private", help="Its text is only for you and the sales managers."
    )
    message_id = fields.Many2one("mail.message", index="btree_not_null", ondelete="set null")
    activity_id = fields.Many2one("mail.activity", index="btree_not_null", ondelete="set null")
    calendar_event_id = fields.Many2one(
        "calendar.event", string="Calendar Meeting", index="btree_not_null", ondelete="set null"
    )
    res_model = fields.Char(string="Origin Model")
    res_id = fields.Many2oneReference(string="Origin", model_field="res_model")
    origin_key = fields.Char(
        required=True,
        copy=False,
        default=lambda self: f"manual:{uuid4()}",
        help="Names the event behind the row; the same event is never captured twice.",
    )
    promise_ids = fields.One2many("crm.promise", "interaction_id", string="Promises")

    _origin_key_uniq = models.Constraint(
        "UNIQUE(origin_key)", "This event is in the history already."
    )
    _duration_positive = models.Constraint(
        "CHECK(duration >= 0)", "The duration can't be negative."
    )
    # The history of a client, newest first.
    _family_date_idx = models.Index("(commercial_partner_id, date DESC, id DESC)")
    # The list of everything and the reports over a period.
    _date_idx = models.Index("(date DESC, id DESC)")

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        # Not on partner_id.commercial_partner_id: a contact who changes the
        # company leaves the old company its history.
        for interaction in self:
            interaction.commercial_partner_id = interaction.partner_id.commercial_partner_id

    @api.constrains("date")
    def _check_date(self):
        now = fields.Datetime.now()
        for interaction in self:
            if interaction.date > fields.Datetime.add(now, minutes=5):
                raise ValidationError(
                    self.env._(
                        "Date: a contact that is still to come can't be logged. "
                        "Schedule an activity or a meeting instead."
                    )
                )

    @api.constrains("partner_id", "lead_id", "message_id")
    def _check_client(self):
        for interaction in self:
            if not (interaction.partner_id or interaction.lead_id or interaction.message_id):
                raise ValidationError(
                    self.env._("Contact: choose the client or the lead the contact was with.")
                )

    @api.onchange("outcome_id")
    def _onchange_outcome_id(self):
        if self.outcome_id:
            self.is_attempt = self.outcome_id.is_attempt

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._complete_vals(vals)
        interactions = super().create(vals_list)
        interactions._queue_refresh()
        return interactions

    def write(self, vals):
        before = self.commercial_partner_id.ids if "partner_id" in vals else []
        if vals.get("outcome_id") and "is_attempt" not in vals:
            outcome = self.env["crm.interaction.outcome"].browse(vals["outcome_id"])
            vals = {**vals, "is_attempt": outcome.is_attempt}
        result = super().write(vals)
        if vals.keys() & self._get_refresh_fields():
            self._unlink_replies()
            self._queue_refresh(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held_meeting(self):
        if self.env.context.get("crm_relationship_is_settled"):
            return  # What it would come again from goes as well, or is in another row.
        held = self.calendar_event_id._get_held()
        for interaction in self:
            client_id = interaction.commercial_partner_id.id or None
            if (interaction.calendar_event_id.id, client_id) in held:
                raise UserError(
                    self.env._(
                        'The meeting "%s" would enter the history again. If it did not take '
                        "place, archive or delete it in the calendar first.",
                        interaction.calendar_event_id.name,
                    )
                )

    def unlink(self):
        if not self.env.context.get("crm_relationship_is_settled"):
            self.env["crm.interaction.deleted"]._remember(self)
        self._unlink_replies()
        self._queue_refresh()
        return super().unlink()

    @api.model
    def _get_refresh_fields(self):
        """Fields that change what is known about the client as a whole."""
        return {"date", "partner_id", "is_attempt", "direction", "needs_reply"}

    @api.model
    def _complete_vals(self, vals):
        """Fill in what follows from the lead, the contact and the outcome."""
        lead = self.env["crm.lead"].browse(vals.get("lead_id"))
        if lead:
            if "partner_id" not in vals:
                vals["partner_id"] = lead.partner_id.id
            vals.setdefault("team_id", lead.team_id.id)
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        vals.setdefault("company_id", (lead.company_id or partner.company_id).id)
        if vals.get("outcome_id") and "is_attempt" not in vals:
            outcome = self.env["crm.interaction.outcome"].browse(vals["outcome_id"])
            vals["is_attempt"] = outcome.is_attempt
        return vals

    @api.model
    def _join_families(self, partner_ids):
        """Move the history of these contacts to the companies they have become part of."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_interaction i SET commercial_partner_id = p.commercial_partner_id
                  FROM res_partner p
                 WHERE p.id = i.commercial_partner_id AND p.id IN %s
                   AND p.commercial_partner_id <> p.id
                RETURNING i.id
                """,
                tuple(partner_ids),
            )
        )
        self.invalidate_model()

    def _queue_refresh(self, more_partner_ids=()):
        partner_ids = {*self.commercial_partner_id.ids, *more_partner_ids}
        self.env["crm.relationship.refresh"]._push(partner_ids)

    @api.model
    def log(self, vals):
        """Write down a contact that an outside system knows of, once.

        :param dict vals: fields of `crm.interaction`; `origin_key` names the
            event in the outside system, such as `"softphone:4711"`. Without it
            every call makes a new row.
        :return: id of the row, the same one when the event was logged before
        :rtype: int
        :raise UserError: a field that does not exist is named
        :raise ValidationError: neither `partner_id` nor `lead_id` is given
        """
        unknown = set(vals) - set(self._fields)
        if unknown:
            raise UserError(
                self.env._(
                    "An interaction has no field %s. Leave it out or correct its name.",
                    ", ".join(sorted(unknown)),
                )
            )
        return self._find_origin(vals.get("origin_key")) or self.create(vals).id

    @api.model
    def _find_origin(self, origin_key):
        """Id of the row of this event, also when the caller may not read it."""
        if not origin_key:
            return False
        # sudo: only whether the event is known, nothing of the row is given out
        return self.sudo().search([("origin_key", "=", origin_key)], limit=1).id

    def action_open_origin(self):
        """Open the document the contact is about: the lead, else the client, else the row."""
        self.ensure_one()
        record = self.lead_id or self.partner_id or self.commercial_partner_id or self
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
