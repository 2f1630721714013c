from odoo import models


class MailActivitySchedule(models.TransientModel):
    """A contact that is planned and done at once is asked about as well."""

    _inherit = "mail.activity.schedule"

    def action_schedule_activities_done(self):
        if not (self.res_model and len(self._evaluate_res_ids()) == 1):
            return super().action_schedule_activities_done()
        activity = self._action_schedule_activities()
        action = activity.action_ask_outcome()
        if not action:
            activity.action_done()
        return action
