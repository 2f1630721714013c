from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.health import Conduct
from ...engine.occurrences import local_day
from ...engine.rhythm import median_gap
from ...engine.working_days import WorkingDays

# Contacts of which a client's own rhythm and conduct are told, the newest first.
NEWEST = 20
# Rows looked at to find the days of so many contacts, and how far back.
NEWEST_ROWS = 200
RHYTHM_PAST = timedelta(days=730)
# Fewer days of contact than this make no rhythm.
RHYTHM_LEAST = 4
# Whoever is spoken to on these takes part; in writing only who writes does.
SPOKEN_CHANNELS = ("phone", "meeting", "visit", "chat")
# What is derived on clients and people, with its type in the database.
SUMMARY = {
    "last_interaction_id": SQL("int"),
    "last_interaction_date": SQL("timestamp"),
    "interaction_count": SQL("int"),
    "keep_in_touch_rhythm_days": SQL("int"),
    "keep_in_touch_date": SQL("date"),
    "keep_in_touch_max_date": SQL("date"),
    "keep_in_touch_hold": SQL("varchar"),
    "keep_in_touch_meeting_date": SQL("timestamp"),
    "contact_rhythm_days": SQL("int"),
    "health_conduct": SQL("float8"),
    "health_promise_date": SQL("date"),
    "health_complaint_date": SQL("timestamp"),
}


class ResPartner(models.Model):
    """What history, promises and calendar say of clients, gathered and written by sets.

    One statement gathers the facts of any number of clients and their people,
    the engine works out what follows, one statement writes what has changed.
    The briefing asks for the same and writes nothing.
    """

    _inherit = "res.partner"

    def _refresh_summary(self):
        """Last contact of each client and person, when the next one is due, and how it stands."""
        if not self:
            return
        self.env.flush_all()
        rows = self._get_summaries()
        if not rows:
            return
        names = [SQL.identifier(name) for name in SUMMARY]
        self._execute_refresh(
            SQL(
                """
                UPDATE res_partner p SET (%(names)s) = ROW(%(fresh)s)
                  FROM unnest(%(ids)s::int[], %(values)s) AS fresh(id, %(names)s)
                 WHERE p.id = fresh.id AND (%(old)s) IS DISTINCT FROM (%(fresh)s)
                   -- Or else the whole table is read through.
                   AND p.commercial_partner_id IN %(clients)s
                RETURNING p.id
                """,
                names=SQL(", ").join(names),
                old=SQL(", ").join(SQL("p.%s", name) for name in names),
                fresh=SQL(", ").join(SQL("fresh.%s", name) for name in names),
                ids=[row["id"] for row in rows],
                clients=tuple(self.ids),
                values=SQL(", ").join(
                    SQL("%s::%s[]", [row[name] for row in rows], kind)
                    for name, kind in SUMMARY.items()
                ),
            )
        )

    def _get_summaries(self, is_counted=True):
        """What is derived for each member of these families: dicts of `id` and `SUMMARY`.

        They hold the facts besides, by the names of `_query_facts`.

        :param bool is_counted: without it the whole history need not be read
        """
        facts = self.env.execute_query_dict(self._query_facts(is_counted))
        calendars = self._get_working_days(facts)
        return [
            fact | self._summarize(fact, calendars.get((fact["calendar_id"], fact["company_id"])))
            for fact in facts
        ]

    @api.model
    def _get_working_days(self, facts):
        """{(calendar id, company id): its working days} for those who have a rhythm."""
        keys = {
            (fact["calendar_id"], fact["company_id"])
            for fact in facts
            if fact["keep_in_touch_rhythm_days"] and fact["calendar_id"]
        }
        calendars = self.env["resource.calendar"].browse({key[0] for key in keys})
        plain = calendars._get_plain_calendars(keys) if keys else {}
        return {key: WorkingDays(calendar) for key, calendar in plain.items()}

    @api.model
    def _summarize(self, fact, working_days):
        """What follows from the facts of one member."""
        due, late = self._get_due_days(fact, working_days or WorkingDays(None))
        conduct = self._get_conduct(fact)
        return {
            "keep_in_touch_date": due,
            "keep_in_touch_max_date": late,
            "contact_rhythm_days": self._get_contact_rhythm(fact["contact_days"]),
            "health_conduct": conduct.score if fact["is_client"] else None,
        }

    @api.model
    def _get_due_days(self, fact, working_days):
        """When the next contact is due, and after which day it is too late; working days."""
        days = fact["keep_in_touch_rhythm_days"]
        if not days or fact["keep_in_touch_hold"]:
            return None, None
        zone = working_days.calendar.tz if working_days.calendar else "UTC"
        since = local_day(fact["last_interaction_date"] or fact["status_date"], zone)
        pause = fact["pause_until"] or since
        return tuple(
            working_days.next(max(since + timedelta(days=count), pause))
            for count in (days, max(days, fact["max_days"]))
        )

    @api.model
    def _get_contact_rhythm(self, contact_days):
        """How many days usually lie between two contacts with a client; 0 when none do."""
        newest = sorted(contact_days or (), reverse=True)[:NEWEST]
        recent = [day for day in newest if newest[0] - day <= RHYTHM_PAST]
        return median_gap(recent, RHYTHM_LEAST)

    @api.model
    def _get_conduct(self, fact):
        names = Conduct.__dataclass_fields__
        return Conduct(**{name: fact[name] or 0 for name in names})

    # ---- facts ----

    def _query_facts(self, is_counted=True):
        """SELECT of the facts about each member of these families.

        Of people only the last contact and the number of rows; of clients all.
        """
        return SQL(
            """
            SELECT member.id, client.id IS NOT NULL AS is_client,
                   last.id AS last_interaction_id, last.date AS last_interaction_date,
                   last.is_asking,
                   total.count AS interaction_count,
                   member.relationship_status_date AS status_date,
                   member.keep_in_touch_pause_until AS pause_until,
                   CASE WHEN client.id IS NOT NULL
                        THEN coalesce(nullif(member.keep_in_touch_days, 0),
                                      status.cadence_days, 0) ELSE 0
                        END AS keep_in_touch_rhythm_days,
                   coalesce(nullif(member.keep_in_touch_max_days, 0),
                            status.cadence_max_days, 0) AS max_days,
                   company.id AS company_id, company.resource_calendar_id AS calendar_id,
                   %(hold)s AS keep_in_touch_hold,
                   meeting.date AS keep_in_touch_meeting_date,
                   talks.*, promises.*,
                   %(complaint)s AS health_complaint_date
              FROM res_partner member
         LEFT JOIN crm_relationship_status status ON status.id = member.relationship_status_id
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN status.id IS NOT NULL
                                    AND member.id = member.commercial_partner_id
                          THEN member.id END AS id
                   ) client
         LEFT JOIN res_users owner ON owner.id = member.user_id
         LEFT JOIN res_company company ON company.id = coalesce(
                   member.company_id, owner.company_id, (SELECT min(id) FROM res_company))
         LEFT JOIN LATERAL (
                   SELECT i.id, i.date, i.needs_reply IS TRUE AND i.reply_id IS NULL AS is_asking
                     FROM (%(history)s) i
                    WHERE i.is_attempt IS NOT TRUE
                    ORDER BY i.date DESC, i.id DESC LIMIT 1
                   ) last ON true
        CROSS JOIN LATERAL (%(total)s) total
        CROSS JOIN LATERAL (%(meeting)s) meeting
        CROSS JOIN LATERAL (%(talks)s) talks
        CROSS JOIN LATERAL (%(promises)s) promises
             WHERE member.commercial_partner_id IN %(ids)s
            """,
            ids=tuple(self.ids) or (0,),
            hold=self._query_hold(),
            complaint=self._query_made_good(),
            history=self._query_history(),
            total=SQL("SELECT count(*)::int FROM (%s) i", self._query_history())
            if is_counted
            else SQL("SELECT NULL::int AS count"),
            meeting=self._query_next_meeting(),
            talks=self._query_talks(),
            promises=self._query_promises(),
        )

    @api.model
    def _query_history(self):
        """SELECT of the history of `member`: a client's own and that of all its people."""
        return SQL(
            """
            SELECT id, date, is_attempt, needs_reply, reply_id FROM crm_interaction
             WHERE commercial_partner_id = CASE
                   WHEN member.id = member.commercial_partner_id THEN member.id END
            UNION ALL
            SELECT id, date, is_attempt, needs_reply, reply_id FROM crm_interaction
             WHERE partner_id = CASE
                   WHEN member.id <> member.commercial_partner_id THEN member.id END
            """
        )

    @api.model
    def _query_hold(self):
        """Why nobody is to keep in touch with `client` for now, a key of `HOLDS`, or NULL."""
        return SQL("CASE WHEN meeting.date IS NOT NULL THEN 'meeting' END")

    @api.model
    def _query_made_good(self):
        """When the last complaint of `client` was made good."""
        return SQL("NULL::timestamp")

    @api.model
    def _query_next_meeting(self):
        """SELECT of when the next meeting with `client` begins: with any of its people who has
        not declined, or on any of its deals when nobody from outside is invited."""
        return SQL(
            """
            SELECT min(e.start) AS date FROM (
                   SELECT e.start FROM res_partner p
                     JOIN calendar_attendee a
                       ON a.partner_id = p.id AND a.state IS DISTINCT FROM 'declined'
                     JOIN calendar_event e ON e.id = a.event_id AND e.active AND e.stop >= %(now)s
                    WHERE p.commercial_partner_id = client.id AND p.partner_share
                    UNION ALL
                   SELECT e.start FROM res_partner p
                     JOIN crm_lead l ON l.partner_id = p.id
                     JOIN calendar_event e
                       ON e.opportunity_id = l.id AND e.active AND e.stop >= %(now)s
                    WHERE p.commercial_partner_id = client.id AND NOT EXISTS (
                          SELECT FROM calendar_attendee a
                            JOIN res_partner g ON g.id = a.partner_id AND g.partner_share
                           WHERE a.event_id = e.id)
                   ) e
            """,
            now=fields.Datetime.now(),
        )

    @api.model
    def _query_talks(self):
        """SELECT of what the newest rows of the history of `client` say."""
        return SQL(
            """
            SELECT array_agg(DISTINCT i.date::date) FILTER (WHERE i.reached) AS contact_days,
                   count(*) FILTER (WHERE i.place <= %(newest)s)::int AS contacts,
                   count(*) FILTER (WHERE i.place <= %(newest)s AND i.reached
                       AND (i.direction = 'in' OR i.channel IN %(spoken)s))::int AS theirs,
                   count(i.ended)::int AS outcomes,
                   count(*) FILTER (WHERE i.ended = 'success')::int AS successes,
                   count(*) FILTER (WHERE i.ended = 'failure')::int AS failures
              FROM (SELECT r.*, CASE WHEN r.place <= %(newest)s AND r.reached
                                THEN r.outcome_result END AS ended
              FROM (SELECT t.date, t.direction, t.channel, t.outcome_result,
                           t.is_attempt IS NOT TRUE AS reached,
                           row_number() OVER (ORDER BY t.date DESC, t.id DESC) AS place
                      FROM crm_interaction t WHERE t.commercial_partner_id = client.id
                     ORDER BY t.date DESC, t.id DESC LIMIT %(rows)s) r) i
            """,
            newest=NEWEST,
            rows=NEWEST_ROWS,
            spoken=SPOKEN_CHANNELS,
        )

    @api.model
    def _query_promises(self):
        """SELECT of how we kept our newest promises to `client`, and when the next is due."""
        return SQL(
            """
            SELECT count(*) FILTER (WHERE ours.is_closed)::int AS promises,
                   count(*) FILTER (WHERE ours.is_closed AND ours.state = 'kept')::int AS kept,
                   count(*) FILTER (WHERE ours.is_closed AND ours.state = 'late')::int AS kept_late,
                   min(ours.date_due) FILTER (WHERE ours.state = 'open') AS health_promise_date
              FROM (SELECT pr.state, pr.date_due,
                           pr.state <> 'open' AND row_number() OVER (
                               PARTITION BY pr.state = 'open'
                               ORDER BY pr.date_done DESC, pr.id DESC) <= %(newest)s AS is_closed
                      FROM res_partner p JOIN crm_promise pr ON pr.partner_id = p.id
                     WHERE p.commercial_partner_id = client.id AND pr.by = 'us') ours
            """,
            newest=NEWEST,
        )
