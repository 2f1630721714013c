from markupsafe import Markup

from odoo import api, models

from .crm_relationship_rule import ACTIVITY, MARKETING, SEND


class CrmRelationshipRule(models.Model):
    """The rule in words: on its form, in lists, in the tasks it makes."""

    _inherit = "crm.relationship.rule"

    @api.depends(
        "trigger",
        "date_source",
        "date_kind_id",
        "date_field_id",
        "offset",
        "offset_unit",
        "recurrence",
        "leap_day",
        "silence_days",
        "waiting_hours",
        "status_id",
        "status_days",
        "event",
        "outcome_result",
        "stuck_days",
        "send_hour",
        "model_id",
    )
    def _compute_occasion_text(self):
        for rule in self:
            kind = rule._get_trigger_kinds().get(rule.trigger)
            rule.occasion_text = getattr(rule, kind.describe)() if kind else ""

    @api.depends(
        "action_ids.kind",
        "action_ids.template_id",
        "action_ids.summary",
        "action_ids.activity_type_id",
        "action_ids.responsible",
        "action_ids.user_id",
        "action_ids.delay",
        "action_ids.delay_unit",
        "action_ids.otherwise_id",
    )
    def _compute_actions_text(self):
        for rule in self:
            rule.actions_text = ", ".join(
                action._describe() for action in rule.action_ids.sorted("sequence")
            )

    @api.depends(
        "occasion_text",
        "actions_text",
        "catch_up_days",
        "catch_up_policy",
        "purpose",
        "trigger",
        "recurrence",
        "leap_day",
        "limit",
        "window_from",
        "window_to",
        "working_days_only",
    )
    def _compute_sentence(self):
        for rule in self:
            rule.sentence = rule._describe()

    def _describe(self):
        """The whole rule as one sentence, the parts that vary in bold."""
        nothing = self.env._("do nothing yet")
        parts = [
            Markup("<b>{}</b>: {}.").format(self.occasion_text or "", self.actions_text or nothing)
        ]
        if self.trigger != "silence":
            parts.append(self._describe_lateness())
        if self.trigger == "date" and self.recurrence == "yearly":
            leap_days = dict(self._fields["leap_day"]._description_selection(self.env))
            parts.append(self.env._("29 February is kept on %s.", leap_days.get(self.leap_day)))
        if window := self._describe_window():
            parts.append(window)
        if self.purpose == MARKETING and "mail" in self.action_ids.mapped("kind"):
            parts.append(self.env._("Never to who has opted out."))
        if self.limit:
            parts.append(self.env._("Asks before reaching more than %s at once.", self.limit))
        return Markup("<span>{}</span>").format(Markup(" ").join(parts))

    def _describe_lateness(self):
        after = {
            SEND: self.env._("later all the same"),
            ACTIVITY: self.env._("later a task instead"),
        }
        words = {
            "days": self._count_days(self.catch_up_days),
            "after": after.get(self.catch_up_policy, self.env._("later not at all")),
        }
        if not self.catch_up_days:
            return self.env._("On the day itself, %(after)s.", **words)
        return self.env._("At most %(days)s late, %(after)s.", **words)

    def _count_days(self, count):
        return self.env._("a day") if count == 1 else self.env._("%s days", count)

    def _describe_window(self):
        """When it may go out, if not always."""
        hours = {
            "start": self._format_hour(self.window_from),
            "end": self._format_hour(self.window_to),
        }
        if self.window_from == self.window_to:
            return self.env._("Only on working days.") if self.working_days_only else ""
        if self.working_days_only:
            return self.env._(
                "Only from %(start)s to %(end)s their time, on working days.", **hours
            )
        return self.env._("Only from %(start)s to %(end)s their time.", **hours)

    def _format_hour(self, hour=None):
        minutes = round((self.send_hour if hour is None else hour) * 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
