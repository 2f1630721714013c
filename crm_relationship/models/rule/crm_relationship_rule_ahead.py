from collections import Counter
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_time

from .crm_relationship_rule_forecast import INSTEAD
from .crm_relationship_rule_run import TODO

AHEAD_DAYS = 30


class CrmRelationshipRule(models.Model):
    """What is shown beside a rule: its next 30 days in numbers, and how many it is for.

    The form asks for it after it is drawn, so that no form waits for it.
    """

    _inherit = "crm.relationship.rule"

    def get_days_ahead(self):
        """The next 30 days of the rule in numbers, as far as the caller may see them.

        :return: dict: days: list of dict (date of the user, happens, without), happens,
            without, over_limit (bool), next (UTC) or None, unforeseen (words about what
            can't be counted, or ""), matching and entered (see `_count_matching`), words
            about them, and error in words or None
        """
        self.ensure_one()
        self.check_access("read")
        today = fields.Date.context_today(self)
        days = {today + timedelta(days=number): Counter() for number in range(AHEAD_DAYS + 1)}
        try:
            lines, matching = self.forecast(AHEAD_DAYS), self._count_matching()
        except Exception as error:  # noqa: BLE001 the form is there to mend it
            return {"error": self._explain_blindness(error), "days": []}
        happens = [line for line in lines if line["state"] in (TODO, INSTEAD)]
        for line in lines:
            # What is overdue will be done today.
            day = max(fields.Datetime.context_timestamp(self, line["date_due"]).date(), today)
            key = "happens" if line["state"] in (TODO, INSTEAD) else "without"
            days.setdefault(day, Counter())[key] += 1
        return {
            "error": None,
            "days": [
                {"date": str(day), "happens": count["happens"], "without": count["without"]}
                for day, count in sorted(days.items())
            ],
            "happens": len(happens),
            "without": len(lines) - len(happens),
            "over_limit": self._is_over_limit(happens),
            "next": happens[0]["date_due"] if happens else None,
            "unforeseen": self._describe_unforeseen(),
            **matching,
        }

    def _is_over_limit(self, happens):
        """Whether it will ask first: more on one moment than the limit."""
        reached = Counter(line["date_due"] for line in happens)
        return bool(self.limit) and max(reached.values(), default=0) > self.limit

    def _explain_blindness(self, error):
        if isinstance(error, UserError):
            return str(error)
        return self.env._("The rule can't look ahead: %s", str(error).strip().split("\n")[0])

    def _count_matching(self):
        """How many match the filter, how many of them have the occasion at all, in words."""
        # A list of rules shows those that are off: no word about archived clients.
        records = self.with_context(active_test=True)._get_records_model()
        domain = self._get_record_domain()
        matching = records.search_count(domain)
        entered_domain = self._get_occasion_domain()
        entered = None
        if entered_domain is not None:
            entered = records.search_count(domain & entered_domain)
        return {
            "matching": matching,
            "entered": entered,
            "words": self._describe_matching(matching, entered),
        }

    def _describe_matching(self, matching, entered):
        if entered is None:
            return self.env._("%s match.", matching)
        words = {"matching": matching, "entered": entered}
        if self.trigger == "silence":
            return self.env._("%(matching)s match, %(entered)s of them have a rhythm.", **words)
        return self.env._(
            "%(matching)s match, %(entered)s of them have the date: %(name)s.",
            **words,
            name=self._get_date_name(),
        )

    def action_open_matching(self, only_entered=False):
        """The records the rule is for, or those of them who have the occasion."""
        self.ensure_one()
        entered = self._get_occasion_domain() if only_entered else None
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.model_name,
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": self._get_domain_to_open(Domain.TRUE if entered is None else entered),
        }

    def action_ask_switch_on(self):
        """Say what will happen, and switch on when it is confirmed."""
        self.ensure_one()
        self.check_access("write")
        if not self.action_ids:
            raise UserError(self._explain_idleness())
        ask = self.env["crm.relationship.rule.switch"].create({"rule_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Switch On: %s", self.name),
            "res_model": ask._name,
            "res_id": ask.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _describe_start(self):
        """What will happen once it is switched on, line by line."""
        ahead = self.get_days_ahead()
        if ahead["error"]:
            return [ahead["error"]]
        words = [ahead["words"], self._describe_coming(ahead)]
        if ahead["without"]:
            words.append(self.env._("%s will not be reached; See Who says why.", ahead["without"]))
        if ahead["over_limit"]:
            words.append(
                self.env._("It asks you first, for it is more than %s at once.", self.limit)
            )
        words.append(
            self.env._("Nothing of the past: what was due before this moment is not made up for.")
        )
        return words

    def _describe_coming(self, ahead):
        if not ahead["happens"] and ahead["unforeseen"]:
            return ahead["unforeseen"]
        if not ahead["happens"]:
            return self.env._("Nothing comes in the next %s days.", AHEAD_DAYS)
        moment = self._format_moment(ahead["next"])
        return self.env._(
            "%(count)s in the next %(days)s days, the first on %(moment)s.",
            count=ahead["happens"],
            days=AHEAD_DAYS,
            moment=moment,
        )

    def _format_moment(self, moment):
        """A moment where the user is, without its seconds."""
        local = fields.Datetime.context_timestamp(self, moment)
        hour = format_time(self.env, local.replace(tzinfo=None).time(), time_format="short")
        return f"{format_date(self.env, local.date())} {hour}"
