from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

# What a rule waits for. Changed, it is another rule, which begins now.
OCCASION_FIELDS = {
    "trigger",
    "date_source",
    "date_kind_id",
    "date_field_id",
    "status_id",
    "status_days",
    "event",
    "outcome_result",
    "stuck_days",
}


class CrmRelationshipRule(models.Model):
    """A rule that is changed while something waits: nothing is lost, nothing comes twice.

    A line keeps its key whatever its rule says now, so what was done is not done again. What
    waits moves with the hour and the delays; the filter, the date and the texts are looked at
    when it is done. A rule that waits for something else drops what waits and begins now.
    """

    _inherit = "crm.relationship.rule"

    def write(self, vals):
        restarting = self.filtered(lambda rule: rule.active and rule._waits_for_other(vals))
        recounting = self.filtered(lambda rule: rule.active and rule._waits_longer_or_less(vals))
        hours = {rule: rule.send_hour for rule in self} if "send_hour" in vals else {}
        result = super().write(vals)
        restarting._restart(vals)
        (recounting - restarting)._count_anew()
        for rule, hour in hours.items():
            if rule.is_at_hour:
                waiting = SQL("run.rule_id = %s", rule.id)
                self._move_waiting(waiting, timedelta(hours=rule.send_hour - hour))
        return result

    def _waits_for_other(self, vals):
        """Whether these values change what the rule waits for."""
        return any(
            self._fields[name].convert_to_write(self[name], self) != (vals[name] or False)
            for name in OCCASION_FIELDS & vals.keys() & self._fields.keys()
        )

    def _waits_longer_or_less(self, vals):
        """Whether clients wait for another number of hours than before."""
        return self.trigger == "waiting" and self.waiting_hours != vals.get(
            "waiting_hours", self.waiting_hours
        )

    def _count_anew(self):
        """Have the new limit hold for all who wait since the rule began.

        Who is past it by now is found by the next run. What was done is not done again, and its
        later steps go on as planned.
        """
        if not self:
            return
        waiting = self._get_waiting()
        settled = waiting.search(
            [
                ("rule_id", "in", self.ids),
                ("state", "!=", "todo"),
                ("res_id", "in", waiting.mapped("res_id")),
            ]
        )
        begun = {(run.rule_id, run.res_id, run.occurrence, run.part) for run in settled}
        waiting.filtered(
            lambda run: (run.rule_id, run.res_id, run.occurrence, run.part) not in begun
        ).unlink()
        self.write({"looked_until": False})

    def _restart(self, vals):
        """Drop what waited for something else, and begin now: nothing of the past."""
        if not self:
            return
        self._get_waiting()._skip(self.env._("The rule waits for something else now"))
        if "date_start" not in vals:
            self.write({"date_start": fields.Datetime.now()})

    def _move_waiting(self, which, delta):
        """Move lines that are not due yet; what is due stays due."""
        if not delta:
            return
        ledger = self.env["crm.relationship.rule.run"]
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_relationship_rule_run run
                   SET date_due = run.date_due + %(delta)s,
                       date_expire = run.date_expire + %(delta)s
                 WHERE %(which)s AND run.state = 'todo' AND run.date_due > %(now)s
                RETURNING run.id
                """,
                delta=delta,
                which=which,
                now=fields.Datetime.now(),
            )
        )
        ledger.invalidate_model(["date_due", "date_expire"])


class CrmRelationshipRuleAction(models.Model):
    """An action that comes sooner or later than it did moves what waits for it."""

    _inherit = "crm.relationship.rule.action"

    def write(self, vals):
        delays = {}
        if vals.keys() & {"delay", "delay_unit"}:
            delays = {action: action._get_delay() for action in self}
        result = super().write(vals)
        for action, delay in delays.items():
            waiting = SQL("run.action_id = %s", action.id)
            action.rule_id._move_waiting(waiting, action._get_delay() - delay)
        return result

    def _get_delay(self):
        return timedelta(**{f"{self.delay_unit}s": self.delay})
