from odoo import api, fields, models
from odoo.tools import SQL

PENDING = "crm_relationship.meetings"
# What of a meeting says whether, when and with whom it took place.
NOTED_FIELDS = {"active", "start", "stop", "duration", "allday", "privacy", "partner_ids"}


class CalendarEvent(models.Model):
    """The history follows what is corrected in the calendar afterwards.

    A meeting that is in the history and turns out to have been cancelled,
    declined or put off leaves it; one that was at another time, longer, or with
    others, or should have been private, is corrected. A row on which somebody
    has written how the meeting ended is not taken away.
    """

    _inherit = "calendar.event"

    def write(self, vals):
        if not vals.keys() & NOTED_FIELDS:
            return super().write(vals)
        begun = self._filtered_begun()
        result = super().write(vals)
        begun._note_correction()
        return result

    def unlink(self):
        # sudo: the activities go with their meetings, in the database, whoever they are of
        self.sudo().activity_ids._note_cancelled()
        return super().unlink()

    def _filtered_begun(self):
        """Those that may be in the history: it holds nothing that is to come."""
        now = fields.Datetime.now()
        return self.filtered(lambda event: event.start and event.start <= now)

    def _note_correction(self):
        """Note that these meetings may differ from the history; compared before the commit."""
        if not self:
            return
        pending = self.env.cr.precommit.data.setdefault(PENDING, set())
        if not pending:
            # sudo: the history follows whoever keeps the calendar
            self.env.cr.precommit.add(self.browse().sudo()._flush_corrections)
        pending.update(self.ids)

    @api.model
    def _flush_corrections(self):
        """Compare the noted meetings with the history and correct it."""
        interactions = self.env["crm.interaction"]
        noted = self.env.cr.precommit.data.pop(PENDING, set())
        domain = [("calendar_event_id", "in", noted), ("origin_key", "=like", "event:%")]
        event_ids = tuple(interactions.search(domain).calendar_event_id.ids)
        if not event_ids:
            return
        held = self._query_held_again(event_ids)
        differences = self._query_differences(event_ids, held)
        gone = interactions.browse()
        for row_id, is_gone, *values in self.env.execute_query(differences):
            if is_gone:
                gone += interactions.browse(row_id)
            else:
                fnames = ("date", "duration", "is_private", "subject")
                interactions.browse(row_id).write(dict(zip(fnames, values, strict=True)))
        gone.unlink()
        interactions.flush_model()
        interactions._insert_captured(self._query_missing(held))

    @api.model
    def _query_held_again(self, event_ids):
        """The rows that these meetings should have in the history, as the table `held`."""
        now = fields.Datetime.now()
        condition = SQL("e.id IN %s AND e.start <= %s", event_ids, now)
        held = self._query_held_meetings(now, condition, is_again=True)
        return self.env["crm.interaction"]._query_as_table(held, "held")

    def _get_held(self):
        """With whom these meetings took place: {(meeting id, id of the client or None)}."""
        if not self:
            return set()
        held = self._query_held_again(self._ids)
        return set(
            self.env.execute_query(
                SQL("SELECT held.calendar_event_id, held.commercial_partner_id FROM %s", held)
            )
        )

    @api.model
    def _query_differences(self, event_ids, held):
        """SELECT of (row, whether it is to go, *values) that is to be corrected."""
        return SQL(
            """
            SELECT i.id, held.date IS NULL, held.date, held.duration,
                   coalesce(i.is_private, false) OR held.is_private,
                   CASE WHEN NOT held.is_private THEN i.subject END
              FROM crm_interaction i
         LEFT JOIN %(held)s ON %(same)s
             WHERE i.calendar_event_id IN %(ids)s AND i.origin_key LIKE 'event:%%'
               AND CASE WHEN held.date IS NULL
                        THEN i.outcome_id IS NULL AND i.purpose_id IS NULL
                             AND i.summary IS NULL AND i.offered IS NULL
                        ELSE (i.date, i.duration) IS DISTINCT FROM (held.date, held.duration)
                             OR held.is_private AND i.is_private IS NOT TRUE END
            """,
            held=held,
            same=self._query_same(),
            ids=event_ids,
        )

    @api.model
    def _query_missing(self, held):
        """SELECT of the rows that the history lacks."""
        return SQL(
            """
            SELECT held.* FROM %s
             WHERE NOT EXISTS (SELECT FROM crm_interaction i WHERE %s)
            """,
            held,
            self._query_same(),
        )

    @api.model
    def _query_same(self):
        """Condition: row `i` of the history is what `held` says, also when its person has
        moved to another company since: the old one keeps what was said for it."""
        return SQL(
            """
            held.calendar_event_id = i.calendar_event_id
            AND (held.commercial_partner_id IS NOT DISTINCT FROM i.commercial_partner_id
                 OR held.partner_id = i.partner_id)
            """
        )
