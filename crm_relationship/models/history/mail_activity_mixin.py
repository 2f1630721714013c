from odoo import models


class MailActivityMixin(models.AbstractModel):
    """Keeps what Odoo's own code does with its activities apart from what people do.

    Documents move and delete the activities they have scheduled themselves by
    these methods: that is nobody's decision to put a client off.
    """

    _inherit = "mail.activity.mixin"

    def activity_reschedule(self, *args, **kwargs):
        return super(MailActivityMixin, self._with_automated_activities()).activity_reschedule(
            *args, **kwargs
        )

    def activity_unlink(self, *args, **kwargs):
        return super(MailActivityMixin, self._with_automated_activities()).activity_unlink(
            *args, **kwargs
        )

    def _with_automated_activities(self):
        return self.with_context(crm_relationship_automated_activities=True)
