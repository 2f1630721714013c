from odoo import models

TRACED = "crm_relationship.traced."


class MailThread(models.AbstractModel):
    """Fields that are tracked only when they are written.

    Whatever has `tracking=True` Odoo reads and compares at each write of a record. What `_trace`
    is told of costs nothing at other writes, and stands in the same entry of the chatter as
    what else has changed in the transaction.
    """

    _inherit = "mail.thread"

    def _trace(self, names):
        """Tell in the chatter how these fields change; call it before they are written."""
        if self.env.context.get("tracking_disable") or self.env.context.get("mail_notrack"):
            return
        precommit = self.env.cr.precommit
        precommit.add(self._track_finalize)
        precommit.data.setdefault(TRACED + self._name, set()).update(names)
        before = precommit.data.setdefault(f"mail.tracking.{self._name}", {})
        for record in self:
            values = before.setdefault(record.id, {})
            # None: somebody has decided that nothing is told of this record.
            if values is not None:
                for name in names:
                    values.setdefault(name, record[name])

    def _message_track(self, fields_iter, initial_values_dict):
        traced = self.env.cr.precommit.data.get(TRACED + self._name, ())
        return super()._message_track({*fields_iter, *traced}, initial_values_dict)
