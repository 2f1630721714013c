from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        interactions = self.env["crm.interaction"]
        done = self.filtered(lambda activity: activity.res_model in ("crm.lead", "res.partner"))
        meetings = done.calendar_event_id
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if done:
            interactions._capture("activity", done.ids)
        if meetings:
            interactions._capture("meeting", meetings.ids)
        return result
