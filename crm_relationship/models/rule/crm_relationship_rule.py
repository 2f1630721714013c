from typing import NamedTuple

from odoo import api, fields, models

from ...engine.occurrences import Schedule

MARKETING, SERVICE = "marketing", "service"
SEND, ACTIVITY, SKIP = "send", "activity", "skip"


class RuleModel(NamedTuple):
    """How a rule reaches the client of a record."""

    partner: str  # the field that holds the contact; "id" for the contact itself


class TriggerKind(NamedTuple):
    """What a rule needs to know of a kind of occasion, by names of its methods."""

    label: str
    query: str  # (Window) -> SQL of what is due in it
    check: str | None  # (planned rows) -> {id of row: why the occasion is over}
    describe: str  # () -> the occasion in words, "On the birthday, at 9:00"
    note: str  # (planned row) -> what to tell who gets the task
    models: tuple = ()  # what a rule of it may act on; none named: anything
    has_parts: bool = False  # one day may have several; the query says which, as `part`


class CrmRelationshipRule(models.Model):
    """On this occasion, for these records, do that.

    A rule acts from `date_start` on, the moment it was switched on: nothing of
    the past, unless that moment is moved back by hand. On each run what is due
    is planned into the ledger (`crm.relationship.rule.run`) by one statement,
    and done from there in batches; a row of the ledger exists once for each
    rule, action, record and occurrence, which is what makes it happen once.

    A new rule is off. Switched off, what still waits is dropped. A rule that would reach more than
    `limit` records at once is held until somebody says so (`is_held`).

    Kinds of occasion are listed by `_get_trigger_kinds`, kinds of action by
    `crm.relationship.rule.action._get_action_kinds`, models by
    `_get_rule_models`: a bridge extends those.
    """

    _name = "crm.relationship.rule"
    _description = "Relationship Rule"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
        help="What the rule is called in the ledger and in the tasks it makes.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        string="Switched On",
        default=False,
        tracking=True,
        help="Off: nothing is planned or done, and what still waits is dropped.",
    )
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="The rule acts on records of this company and on those of none. "
        "Empty: on those of all companies its responsible works for.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Is told when something fails or is held, and gets the tasks of clients "
        "who have no salesperson.",
    )

    # Whom
    model_id = fields.Many2one(
        "ir.model",
        string="Acts on",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env["ir.model"]._get("res.partner"),
        help="What the occasion happens to: contacts, leads and deals, contacts with clients, "
        "promises.",
    )
    model_name = fields.Char(related="model_id.model", string="Model Name", store=True)
    domain = fields.Char(
        string="Only for",
        default="[]",
        help="Only records that match, at the planning and again at the doing. Empty: all.",
    )
    purpose = fields.Selection(
        [(MARKETING, "Marketing"), (SERVICE, "Service")],
        required=True,
        default=MARKETING,
        help="Marketing never reaches who has opted out. Service is what a client must "
        "be told anyway.",
    )

    # Occasion
    trigger = fields.Selection(
        selection="_selection_trigger",
        required=True,
        default="date",
        help="What the rule waits for.",
    )
    date_source = fields.Selection(
        [("important_date", "Important date"), ("field", "Date field")],
        default="important_date",
        help="Whether the date is one of the client's important dates or a field of the record.",
    )
    date_kind_id = fields.Many2one(
        "crm.important.date.kind",
        string="Occasion",
        ondelete="restrict",
        help="Which of the client's important dates.",
    )
    date_field_id = fields.Many2one(
        "ir.model.fields",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('date', 'datetime')),"
        " ('store', '=', True), ('company_dependent', '=', False)]",
        help="Which date of the record.",
    )
    offset = fields.Integer(help="Days or months after the date; negative: before it.")
    offset_unit = fields.Selection(
        [("day", "days"), ("month", "months")],
        required=True,
        default="day",
        help="Whether the offset counts days or months.",
    )
    recurrence = fields.Selection(
        [("once", "Once"), ("yearly", "Every year"), ("monthly", "Every month")],
        required=True,
        default="yearly",
        help="Once: on the date with its year. Every year and every month: from then on. "
        "A month without that day has it on its last one.",
    )
    leap_day = fields.Selection(
        [("feb28", "28 February"), ("mar1", "1 March")],
        required=True,
        default="feb28",
        help="When 29 February is kept in a year that lacks it.",
    )
    silence_days = fields.Integer(
        help="Days without contact. 0: as many as the client's own rhythm or the one of "
        "its status allows; clients without a rhythm are left alone.",
    )

    # How
    send_hour = fields.Float(
        default=9.0,
        help="Hour of the day in the client's time zone; where that is unknown, in the company's.",
    )
    catch_up_days = fields.Integer(
        default=3,
        help="How many days late it may still be done, after the server was off or the "
        "date was entered late. 0: on the day itself or never.",
    )
    catch_up_policy = fields.Selection(
        [
            (SEND, "Do it all the same"),
            (ACTIVITY, "Make a task instead"),
            (SKIP, "Leave it"),
        ],
        required=True,
        default=SKIP,
        help="What to do with what was missed for longer than that.",
    )
    date_start = fields.Datetime(
        string="Acts From",
        copy=False,
        help="Nothing before this moment. Set when the rule is switched on; move it back "
        "to make up for the time before.",
    )
    limit = fields.Integer(
        help="Asks before reaching more than so many at once. 0: never asks.",
    )
    action_ids = fields.One2many(
        "crm.relationship.rule.action",
        "rule_id",
        string="Actions",
        copy=True,
        help="What to do, in order.",
    )

    # State
    is_held = fields.Boolean(
        string="Waits for Approval",
        copy=False,
        readonly=True,
        help="The rule would reach more than its limit and waits for your word.",
    )
    held_count = fields.Integer(string="Held", copy=False, readonly=True)
    looked_until = fields.Datetime(
        copy=False,
        readonly=True,
        help="Up to when occasions were looked for: what came later was missed in downtime.",
    )
    failure_told = fields.Datetime(
        copy=False, readonly=True, help="When somebody was last told about failures."
    )
    plan_error = fields.Text(
        string="Error",
        copy=False,
        readonly=True,
        help="Why the rule can't go on. What waits goes on waiting.",
    )
    error_told = fields.Datetime(
        copy=False, readonly=True, help="When somebody was last told about the error."
    )
    run_ids = fields.One2many("crm.relationship.rule.run", "rule_id", string="Ledger")
    sentence = fields.Html(
        compute="_compute_sentence",
        sanitize=False,
        help="The rule in one sentence.",
    )
    actions_text = fields.Char(string="Does", compute="_compute_actions_text")
    occasion_text = fields.Char(string="When", compute="_compute_occasion_text")

    _limit_positive = models.Constraint(
        'CHECK("limit" >= 0)', "The limit can't be negative. Enter 0 for none."
    )
    _silence_positive = models.Constraint(
        "CHECK(silence_days >= 0)", "The days without contact can't be negative."
    )
    _catch_up_positive = models.Constraint(
        "CHECK(catch_up_days >= 0)", "The days of catching up can't be negative."
    )
    _send_hour_range = models.Constraint(
        "CHECK(send_hour >= 0 AND send_hour < 24)", "The hour must be from 0:00 to 23:59."
    )

    @api.model
    def _selection_trigger(self):
        return [(key, kind.label) for key, kind in self._get_trigger_kinds().items()]

    @api.model
    def _get_rule_models(self):
        """Models a rule may act on; a bridge adds its own."""
        return {
            "res.partner": RuleModel("id"),
            "crm.lead": RuleModel("partner_id"),
            "crm.interaction": RuleModel("partner_id"),
            "crm.promise": RuleModel("partner_id"),
        }

    @api.model
    def _get_trigger_kinds(self):
        """Kinds of occasion by key, with what a rule needs to know of each."""
        return {
            "date": TriggerKind(
                self.env._("A date"),
                "_query_date",
                "_check_date_rows",
                "_describe_date",
                "_note_date",
            ),
            "silence": TriggerKind(
                self.env._("Silence"),
                "_query_silence",
                "_check_silence_rows",
                "_describe_silence",
                "_note_silence",
                ("res.partner", "crm.lead"),
            ),
        }

    def _get_trigger(self):
        return self._get_trigger_kinds()[self.trigger]

    def _get_fitting_models(self):
        """Names of the models that the occasion happens to, the usual one first."""
        kind = self._get_trigger_kinds().get(self.trigger)
        return list((kind and kind.models) or self._get_rule_models())

    def _get_records_model(self):
        company = self.company_id or self.env.company
        return self.env[self.model_name].with_company(company)

    def _acts_on_archived(self):
        """Whether what is archived is meant as well."""
        return False

    def _get_lang_expression(self, model):
        """The language of the client, for letters on records of `model` that do not say theirs."""
        partner = self._get_rule_models()[model].partner
        path = "object" if partner == "id" else f"object.{partner}"
        return "{{ " + path + ".lang }}"

    @api.model
    def _get_zone(self, run, company):
        """The time zone of the client, else of the company, as at the planning."""
        return (
            run.partner_id.tz or company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
        )

    def _get_schedule(self):
        """When the rule acts, for the engine."""
        return Schedule(
            recurrence=self.recurrence,
            offset=self.offset,
            offset_unit=self.offset_unit,
            leap_day=self.leap_day,
            send_hour=self.send_hour,
            catch_up_days=self.catch_up_days,
        )
