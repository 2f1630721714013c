from odoo import api, fields, models


class CrmRelationshipRule(models.Model):
    """What a rule may act on, and which dates there are to follow.

    Only administrators may read Odoo's list of models and fields, but every
    sales manager makes rules: the form offers both as plain choices, and only
    what fits the occasion.
    """

    _inherit = "crm.relationship.rule"

    acts_on = fields.Selection(
        selection="_selection_acts_on",
        compute="_compute_acts_on",
        inverse="_inverse_acts_on",
        string="Acts On Kind",
        help="What the rule acts on, of what the occasion happens to.",
    )
    fitting_models = fields.Json(compute="_compute_fitting_models")
    date_field = fields.Selection(
        selection="_selection_date_field",
        compute="_compute_date_field",
        inverse="_inverse_date_field",
        string="Date to Follow",
        help="Which date of the record.",
    )
    fitting_date_fields = fields.Json(compute="_compute_fitting_date_fields")

    @api.model
    def _selection_acts_on(self):
        # sudo: how models are called is no secret
        models_by_name = self.env["ir.model"].sudo()
        known = {
            "res.partner": self.env._("Contacts"),
            "crm.lead": self.env._("Leads and deals"),
            "crm.interaction": self.env._("Interactions"),
            "crm.promise": self.env._("Promises"),
            "calendar.attendee": self.env._("Guests of meetings"),
        }
        return [
            (name, known.get(name) or models_by_name._get(name).name)
            for name in self._get_rule_models()
        ]

    @api.model
    def _selection_date_field(self):
        return [
            (f"{model}.{name}", field.get_description(self.env, ["string"])["string"])
            for model in self._get_rule_models()
            for name, field in self.env[model]._fields.items()
            if self._is_date_to_follow(field)
        ]

    @api.model
    def _is_date_to_follow(self, field):
        """Whether the database has the date in a column that is the same for everybody."""
        return field.type in ("date", "datetime") and field.store and not field.company_dependent

    @api.depends("model_id")
    def _compute_acts_on(self):
        for rule in self:
            rule.acts_on = rule.model_name

    def _inverse_acts_on(self):
        for rule in self:
            rule.model_id = self.env["ir.model"]._get_id(rule.acts_on)

    @api.depends("trigger", "event", "date_source")
    def _compute_fitting_models(self):
        for rule in self:
            rule.fitting_models = rule._get_fitting_models()

    @api.depends("date_field_id")
    def _compute_date_field(self):
        for rule in self:
            date_field = rule._get_date_field()
            rule.date_field = date_field and f"{date_field.model}.{date_field.name}"

    def _inverse_date_field(self):
        fields_by_name = self.env["ir.model.fields"]
        for rule in self:
            model, __, name = (rule.date_field or "").rpartition(".")
            rule.date_field_id = fields_by_name._get_ids(model).get(name) if model else False

    @api.depends("acts_on", "model_id")
    def _compute_fitting_date_fields(self):
        names = [key for key, __ in self._selection_date_field()]
        for rule in self:
            model = rule.acts_on or rule.model_name
            rule.fitting_date_fields = [key for key in names if key.rpartition(".")[0] == model]

    @api.onchange("trigger", "event", "date_source")
    def _onchange_occasion(self):
        """Act on what the occasion happens to."""
        fitting = self._get_fitting_models()
        if self.model_name not in fitting:
            self.acts_on = fitting[0]
            self._onchange_acts_on()

    @api.onchange("acts_on")
    def _onchange_acts_on(self):
        """The filter and the parts of the rule are those of what it acts on."""
        if self.acts_on and self.acts_on != self.model_name:
            self._inverse_acts_on()
        if self.date_field and self.date_field not in self.fitting_date_fields:
            self.date_field = False

    @api.onchange("date_field")
    def _onchange_date_field(self):
        self._inverse_date_field()

    def _get_date_field(self):
        # sudo: how a date is called is no secret
        return self.sudo().date_field_id
