from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ActionKind(NamedTuple):
    """What a rule needs to know of a kind of action, by names of its methods."""

    label: str
    do: str  # (rule, planned rows, now) -> {id of row: Outcome}
    describe: str  # () -> the action in words, "send Birthday greeting"
    required: tuple = ()  # fields it can't do without
    to_client: bool = False  # reaches the client: hours to send, quiet hours, weekly cap
    foresee: str | None = None  # (rule, planned rows) -> {id of row: why it can't be done}
    preview: str | None = None  # (rule, planned row) -> dict of texts, see `_preview`
    is_given: bool = False  # to somebody: `responsible` says to whom


class CrmRelationshipRuleAction(models.Model):
    """One thing a rule does, so long after its occasion.

    `otherwise_id` stands in for it where it could not be done: a task to call
    for who has no e-mail address. An action that stands in for another is done
    only then.
    """

    _name = "crm.relationship.rule.action"
    _description = "Rule Action"
    _order = "sequence, id"
    _rec_names_search = ["summary", "template_id.name"]

    rule_id = fields.Many2one(
        "crm.relationship.rule",
        index=True,
        ondelete="cascade",
        help="Empty for an action that only stands in for another.",
    )
    model_name = fields.Char(compute="_compute_model_name")
    sequence = fields.Integer(default=10)
    delay = fields.Integer(string="After", help="How long after the occasion. 0: at once.")
    delay_unit = fields.Selection(
        [("hour", "hours"), ("day", "days")],
        required=True,
        default="day",
        help="Whether the delay counts hours or days; days later means the same hour.",
    )
    kind = fields.Selection(
        selection="_selection_kind",
        string="Do",
        required=True,
        default="activity",
        help="What is done.",
    )
    otherwise_id = fields.Many2one(
        "crm.relationship.rule.action",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What to do for those it could not be done for: no address, opted out.",
    )

    date_start = fields.Datetime(
        string="Acts From",
        default=fields.Datetime.now,
        copy=False,
        readonly=True,
        help="No occasion before this moment: when the action was added to the rule, or "
        "when the rule began.",
    )
    description = fields.Char(string="Does", compute="_compute_description")

    # Mail
    template_id = fields.Many2one(
        "mail.template",
        string="Letter",
        ondelete="restrict",
        domain="[('model', 'in', (model_name, 'res.partner'))]",
        help="The mail to send, in the language of the client. One that is written for "
        "contacts fits every rule: it goes to the client of the record.",
    )

    # Task
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Type of Task",
        ondelete="restrict",
        domain="['|', ('res_model', '=', False), ('res_model', '=', model_name)]",
        help="Call, mail, to do. Empty: to do.",
    )
    summary = fields.Char(
        translate=True, help="What to do, in a few words. Empty: the name of the rule."
    )
    responsible = fields.Selection(
        [
            ("owner", "The client's salesperson"),
            ("leader", "The team's leader"),
            ("user", "This person"),
            ("round_robin", "The team's members in turn"),
        ],
        required=True,
        default="owner",
        help="Who gets the task or is told. Where there is nobody, who answers for the rule.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain=[("share", "=", False)],
        ondelete="restrict",
        help="Who gets the task or is told.",
    )

    _delay_positive = models.Constraint("CHECK(delay >= 0)", "The delay can't be negative.")

    @api.model
    def _selection_kind(self):
        return [(key, kind.label) for key, kind in self._get_action_kinds().items()]

    @api.depends("rule_id.model_id")
    @api.depends_context("rule_model")
    def _compute_model_name(self):
        for action in self:
            action.model_name = (
                action.rule_id.model_name or self.env.context.get("rule_model") or "res.partner"
            )

    @api.depends("kind", "template_id", "summary", "activity_type_id", "responsible", "user_id")
    def _compute_display_name(self):
        for action in self:
            text = action._describe_itself()
            action.display_name = text[:1].upper() + text[1:]

    @api.depends("display_name", "delay", "delay_unit", "otherwise_id")
    def _compute_description(self):
        for action in self:
            text = action._describe()
            action.description = text[:1].upper() + text[1:]

    @api.constrains(lambda self: [*self._get_part_fields(), "kind", "user_id", "responsible"])
    def _check_complete(self):
        for action in self:
            kind = action._get_action_kinds()[action.kind]
            required = list(kind.required)
            if action.responsible == "user" and kind.is_given:
                required.append("user_id")
            for name in required:
                if not action[name]:
                    label = action._fields[name].get_description(self.env)["string"]
                    raise ValidationError(self.env._("Choose: %s.", label))

    @api.model
    def _get_part_fields(self):
        """Fields with what an action is made of; it must fit what the rule acts on."""
        return ["template_id", "activity_type_id"]

    @api.constrains(lambda self: [*self._get_part_fields(), "rule_id", "otherwise_id"])
    def _check_model(self):
        """Letters and types of task fit what the rule acts on, stand-ins included."""
        for action in self._get_leading():
            model = action.rule_id.model_name
            for step in (action | action._get_stand_ins()) if model else ():
                step._check_parts(model)

    def _check_parts(self, model):
        """Refuse what does not fit records of `model`."""
        for part, part_model in self._get_parts():
            if part_model and part_model != model:
                raise ValidationError(
                    self.env._(
                        '"%(part)s" is not written for what the rule acts on.',
                        part=part.display_name,
                    )
                )

    def _get_parts(self):
        """What the action is made of, as (record, the only model it is for, if there is one)."""
        kind = self.activity_type_id
        return [self._get_text_part(self.template_id), (kind, kind.res_model)]

    def _get_text_part(self, template):
        """A text for contacts fits every rule: it goes to the client of the record."""
        return template, False if template.model == "res.partner" else template.model

    @api.model
    def name_create(self, name):
        """What is only given a name is a task of that name."""
        action = self.create({"kind": "activity", "summary": name})
        return action.id, action.display_name

    def write(self, vals):
        """An action that comes into a rule begins now."""
        result = super().write(vals)
        if "rule_id" in vals:
            self.check_access("write")
            self._begin()
        return result

    def unlink(self):
        """What waits for an action that is gone will not be done."""
        self.check_access("unlink")
        waiting = self.env["crm.relationship.rule.run"].sudo()
        waiting.search([("action_id", "in", self.ids), ("state", "=", "todo")])._skip(
            self.env._("The action was taken out of the rule")
        )
        return super().unlink()

    def _begin(self):
        """Leave alone what was before."""
        if self:
            self.write({"date_start": fields.Datetime.now()})

    @api.model
    def _get_action_kinds(self):
        """Kinds of action by key, with what a rule needs to know of each."""
        return {
            "activity": ActionKind(
                self.env._("Make a task"),
                "_do_activity",
                "_describe_activity",
                preview="_preview_activity",
                is_given=True,
            ),
            "mail": ActionKind(
                self.env._("Send a mail"),
                "_do_mail",
                "_describe_mail",
                ("template_id",),
                to_client=True,
                foresee="_foresee_mail",
                preview="_preview_mail",
            ),
        }

    def _reaches_client(self):
        """Whether it is the client who gets something."""
        kind = self._get_action_kinds().get(self.kind)
        return bool(kind and kind.to_client)

    def _do(self, rule, runs, now):
        """Do this action for rows of the ledger: all of them, or an exception.

        :return: dict of Outcome by id of row
        """
        return getattr(self, self._get_action_kinds()[self.kind].do)(rule, runs, now)

    def _describe_itself(self):
        """The action in a few words."""
        kind = self._get_action_kinds().get(self.kind)
        return getattr(self, kind.describe)() if kind else ""

    def _count_delay(self):
        """The delay in words: "an hour", "7 days"."""
        if self.delay == 1:
            return self.env._("an hour") if self.delay_unit == "hour" else self.env._("a day")
        units = dict(self._fields["delay_unit"]._description_selection(self.env))
        return f"{self.delay} {units[self.delay_unit]}"

    def _describe(self):
        """The action in words, with its delay and what stands in for it."""
        self.ensure_one()
        text = self._describe_itself()
        if self.delay:
            text = self.env._("%(delay)s later %(what)s", delay=self._count_delay(), what=text)
        if self.otherwise_id:
            text = self.env._(
                "%(what)s; if that can't be, %(otherwise)s",
                what=text,
                otherwise=self.otherwise_id._describe(),
            )
        return text

    def _describe_mail(self):
        return self.env._('send "%s"', self.template_id.name or "…")

    def _describe_activity(self):
        names = {
            "task": self.summary or self.activity_type_id.name or self.env._("to do"),
            "who": self._describe_responsible(),
        }
        return self.env._('task "%(task)s" for %(who)s', **names)
