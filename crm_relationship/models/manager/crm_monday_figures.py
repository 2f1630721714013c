from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# The figures of response times are of so many days.
RESPONSE_DAYS = 28


class CrmMonday(models.AbstractModel):
    """The numbers that are of all together: the questions, the flow, the response times."""

    _inherit = "crm.monday"

    # ---- the four questions ----

    @api.model
    def _get_tiles(self):
        """The questions with their number; each opens the action that answers it."""
        return [
            {
                "key": "meetings",
                "question": self.env._("How did the meetings of the week before last end?"),
                "action": "crm_relationship.action_question_meetings",
                **self._count_meetings(),
            },
            {
                "key": "next",
                "question": self.env._("Who has agreed on a next appointment?"),
                "action": "crm_relationship.action_question_next",
                "words": self.env._("clients met will be met again"),
                "number": self._count_met("client", "next_date"),
            },
            {
                "key": "month",
                "question": self.env._("Which appointments does next month bring?"),
                "action": "crm_relationship.action_question_month",
                "words": self.env._("appointments with clients"),
                "number": self._count_next_month(),
            },
            {
                "key": "last",
                "question": self.env._("When did we last meet a person?"),
                "action": "crm_relationship.action_question_last",
                "words": self.env._("people met so far"),
                "number": self._count_met("person"),
            },
        ]

    @api.model
    def _count_meetings(self):
        domain = [
            ("channel", "in", ("meeting", "visit")),
            ("is_attempt", "=", False),
            ("date", ">=", "today -monday -14d"),
            ("date", "<", "today -monday -7d"),
        ]
        results = dict(
            self.env["crm.interaction"]._read_group(domain, ["meeting_result"], ["__count"])
        )
        count = sum(results.values())
        words = self.env._("meetings and visits")
        if count:
            words = self.env._("meetings and visits, %s ended well", results.get("success", 0))
        return {"number": count, "words": words}

    @api.model
    def _count_met(self, scope, *needed):
        domain = Domain("scope", "=", scope) & Domain("last_date", "!=", False)
        domain &= Domain.AND(Domain(name, "!=", False) for name in needed)
        return self.env["crm.meeting.report"].search_count(domain)

    @api.model
    def _count_next_month(self):
        domain = [
            "|",
            ("opportunity_id", "!=", False),
            ("partner_ids.partner_share", "=", True),
            ("start", ">=", "today =1d +1m"),
            ("start", "<", "today =1d +2m"),
        ]
        return self.env["calendar.event"].search_count(domain)

    # ---- the month ----

    @api.model
    def _get_flow(self):
        """Statuses in their order with how many clients came to them and left them this month."""
        flow = self.env["crm.relationship.flow"]
        data = flow.get_flow(**flow.get_default_period())
        came, left = Counter(), Counter()
        for band in data["bands"]:
            came[band["to"]] += band["count"]
            left[band["from"]] += band["count"]
        return [
            {**status, "came": came[status["id"]], "left": left[status["id"]]}
            for status in data["statuses"]
            # Who had no status before left none.
            if status["id"]
        ]

    @api.model
    def get_flow_action(self, status_id, direction):
        """Open the changes behind a number of the flow.

        :param direction: `came` or `left`
        """
        flow = self.env["crm.relationship.flow"]
        side = "to" if direction == "came" else "from"
        return flow.get_flow_action(**flow.get_default_period(), band={side: status_id})

    # ---- response times ----

    @api.model
    def _get_response_domain(self, team):
        since = fields.Datetime.now() - timedelta(days=RESPONSE_DAYS)
        domain = Domain("date", ">=", fields.Datetime.to_string(since))
        domain &= Domain("inquiries", "=", 1)
        if team:
            domain &= Domain("user_id", "in", self._get_team_users(team).ids)
        return domain

    @api.model
    def _get_response(self, team):
        """How fast inquiries of the last four weeks were answered; False where there is none."""
        names = ("inquiries", "answered", "unanswered", "in_time", "missed")
        ratios = ("median_hours", "p90_hours", "within_target")
        aggregates = [f"{name}:sum" for name in names] + [f"{name}:avg" for name in ratios]
        [row] = self.env["crm.response.report"]._read_group(
            self._get_response_domain(team), aggregates=aggregates
        )
        figures = dict(zip((*names, *ratios), row, strict=True))
        # The sum of no rows is none.
        figures |= {name: figures[name] or 0 for name in names}
        if not figures["answered"]:
            figures |= {"median_hours": False, "p90_hours": False}
        if not (figures["in_time"] or figures["missed"]):
            figures["within_target"] = False
        return figures | {"days": RESPONSE_DAYS}

    @api.model
    def get_response_action(self, team_id=False, is_unanswered=False):
        """Open the inquiries behind the response times."""
        team = self._choose_team(self._get_teams(), team_id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_response_report_action"
        )
        domain = self._get_response_domain(team)
        if is_unanswered:
            domain &= Domain("unanswered", "=", 1)
        return action | {
            "domain": list(domain),
            "context": {"search_default_group_user": 1},
            "path": False,
        }
