from odoo import fields, models


class CrmComplaint(models.Model):
    """What follows from a complaint: things to do, amends, and a look back."""

    _inherit = "crm.complaint"

    def _promise_amends(self):
        """Amends are a promise of ours: somebody is reminded of it, and it is counted.

        Changed ones are the same promise until it is done; what is promised after that is
        another. Dropped ones are given up.
        """
        for complaint in self.filtered("partner_id"):
            # sudo: it is the complaint's, whoever is to keep it
            promise = complaint.amends_promise_id.sudo()
            vals = complaint._prepare_amends_vals(promise)
            if promise.state == "open" and not complaint.amends:
                promise.action_break()
            elif promise.state == "open":
                promise.write(vals)
            elif complaint.amends and complaint.amends != promise.name:
                complaint.amends_promise_id = self.env["crm.promise"].create(
                    {
                        **vals,
                        "interaction_id": complaint.told_interaction_id.id,
                        "by": "us",
                        "user_id": (complaint.user_id or self.env.user).id,
                    }
                )

    def _prepare_amends_vals(self, promise):
        self.ensure_one()
        within_a_week = fields.Date.add(fields.Date.context_today(self), days=7)
        present = promise.state == "open" and promise.date_due
        return {
            "name": self.amends,
            "partner_id": self.partner_id.id,
            "date_due": self.amends_date or present or within_a_week,
        }

    def _plan_check_back(self):
        """Remind who dealt with it to ask some days later whether the client is content."""
        for complaint in self:
            # sudo: after how many days one asks is no secret
            days = complaint.company_id.sudo().relationship_complaint_check_days
            if days:
                complaint.activity_schedule(
                    "crm_relationship.mail_activity_type_complaint_check",
                    date_deadline=fields.Date.add(fields.Date.context_today(self), days=days),
                    summary=self.env._("Ask whether they are content now: %s", complaint.name),
                    user_id=(complaint.user_id or self.env.user).id,
                )

    def _plan_activities(self):
        """Who deals with an open complaint has it among the things to do, once.

        Until the client was answered it is due when the answer is, from then on
        when the complaint is to be resolved.
        """
        todo, check = (
            f"crm_relationship.mail_activity_type_complaint{suffix}" for suffix in ("", "_check")
        )
        open_ones = self.filtered(lambda complaint: complaint.is_open and complaint.user_id)
        quiet = self.with_context(crm_relationship_automated_activities=True)
        (quiet - open_ones).activity_unlink([todo])
        self.filtered("is_open").with_env(quiet.env).activity_unlink([check])
        # sudo: the task follows the complaint, also when it is assigned to a colleague
        planned = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", open_ones.ids),
                    ("activity_type_id", "=", self.env.ref(todo).id),
                    ("automated", "=", True),
                ]
            )
            .grouped("res_id")
        )
        for complaint in open_ones:
            vals = complaint._prepare_activity_vals()
            if activity := planned.get(complaint.id):
                changed = {
                    name: value
                    for name, value in vals.items()
                    if activity[name]
                    != (self.env["res.users"].browse(value) if name == "user_id" else value)
                }
                if changed:
                    activity.with_context(mail_activity_quick_update=True).write(changed)
            else:
                # Odoo tells who is made responsible; one message is enough.
                complaint.with_context(mail_activity_quick_update=True).activity_schedule(
                    todo, **vals
                )

    def _get_due_day(self):
        """The day of the next thing to do: the answer, then what was promised, if there is any."""
        self.ensure_one()
        if not self.date_acknowledged and self.acknowledge_deadline:
            day = fields.Datetime.context_timestamp(self, self.acknowledge_deadline).date()
            return min(day, self.date_deadline or day)
        return self.date_deadline

    def _prepare_activity_vals(self):
        self.ensure_one()
        today = fields.Date.context_today(self)
        if self.date_acknowledged:
            summary, deadline = self.env._("Resolve the complaint"), self.date_deadline
        else:
            summary = self.env._("Answer the complaint")
            deadline = self.acknowledge_deadline and self._get_due_day()
        return {
            "summary": summary,
            "date_deadline": deadline or today,
            "user_id": self.user_id.id,
        }
