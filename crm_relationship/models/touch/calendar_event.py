from odoo import api, fields, models
from odoo.tools import SQL

PENDING = "crm_relationship.planned_meetings"
# What of a meeting says whether and when it will be.
PLANNED_FIELDS = {"active", "start", "stop", "duration", "allday"}
# What of a meeting says with whom it will be.
GUEST_FIELDS = {"partner_ids", "opportunity_id"}


class CalendarEvent(models.Model):
    """While a meeting with a client is planned the client's rhythm rests.

    A meeting that is planned, moved, cancelled or declined has its clients
    looked at anew: one statement before the commit, whatever the number of
    meetings. The clients themselves are not touched here.
    """

    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._note_planned()
        return events

    def write(self, vals):
        planned = vals.keys() & (PLANNED_FIELDS | GUEST_FIELDS)
        if vals.keys() & GUEST_FIELDS:
            # Who is no guest any more cannot be found afterwards.
            self._queue_clients(self._ids)
        if planned:
            self._note_planned()
        result = super().write(vals)
        if planned:
            # Put off from the past to the future it was none before.
            self._note_planned()
        return result

    def unlink(self):
        self._queue_clients(self._ids)
        return super().unlink()

    def _note_planned(self):
        """Note those of these meetings that are to come; their clients are queued at the end."""
        now = fields.Datetime.now()
        coming = self.filtered(lambda event: event.stop and event.stop >= now)
        if not coming:
            return
        pending = self.env.cr.precommit.data.setdefault(PENDING, set())
        if not pending:
            # sudo: the rhythm follows whoever keeps the calendar
            self.env.cr.precommit.add(self.browse().sudo()._flush_planned)
        pending.update(coming.ids)

    @api.model
    def _flush_planned(self):
        self._queue_clients(tuple(self.env.cr.precommit.data.pop(PENDING, ())))

    @api.model
    def _queue_clients(self, event_ids):
        """Have the clients of these meetings, if they are to come, looked at anew."""
        if not event_ids:
            return
        self.env.flush_all()
        self.env["crm.relationship.refresh"]._push_query(
            SQL(
                """
                SELECT DISTINCT p.commercial_partner_id
                  FROM calendar_event e
            CROSS JOIN LATERAL (
                       SELECT a.partner_id FROM calendar_attendee a WHERE a.event_id = e.id
                       UNION ALL
                       SELECT l.partner_id FROM crm_lead l WHERE l.id = e.opportunity_id
                       ) guest
                  JOIN res_partner p ON p.id = guest.partner_id
                 WHERE e.id = ANY(%s) AND e.stop >= %s AND p.relationship_status_id IS NOT NULL
                """,
                list(event_ids),
                fields.Datetime.now(),
            )
        )
