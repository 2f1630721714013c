from odoo import fields, models

from ...engine.health import HALF_LIFE_RHYTHMS
from .res_partner_touch import COMPLAINT


class ResPartner(models.Model):
    """The briefing on keeping in touch: the rhythm, the health of the relationship, the people.

    Worked out from history, promises and calendar as they are now.
    """

    _inherit = "res.partner"

    def _get_briefing_sections(self):
        return [*super()._get_briefing_sections(), self._brief_touch, self._brief_people]

    def _brief_touch(self, family):
        """When the next contact is due or why it is not, the health, the own rhythm."""
        self.env.flush_all()
        summaries = {row["id"]: row for row in self._get_summaries(is_counted=False)}
        return {
            client.id: self._drop_unknown(client._brief_one_touch(summaries[client.id]))
            for client in self
            if client.id in summaries
        }

    def _brief_one_touch(self, summary):
        cadence = self._brief_cadence(summary)
        return {
            "cadence": cadence,
            "health": self._brief_health(summary),
            # While nobody is to be in touch it does not matter how long nobody was.
            "rhythm": None if cadence and "pause" in cadence else self._brief_rhythm(summary),
        }

    def _brief_cadence(self, summary):
        today = fields.Date.context_today(self)
        due, late = summary["keep_in_touch_date"], summary["keep_in_touch_max_date"]
        pause = self._describe_pause(
            summary["keep_in_touch_hold"], summary["keep_in_touch_meeting_date"]
        )
        if not due and not (pause and summary["keep_in_touch_rhythm_days"]):
            return None
        values = {
            "days": summary["keep_in_touch_rhythm_days"],
            "date": fields.Date.to_string(due),
            "pause": pause,
        }
        until = self.keep_in_touch_pause_until
        if until and until > today:
            values["pause_until"] = fields.Date.to_string(until)
        state = self._get_keep_in_touch_state(due, late, today)
        return {**self._drop_unknown(values), "state": state}

    def _brief_rhythm(self, summary):
        usual, last_date = summary["contact_rhythm_days"], summary["last_interaction_date"]
        words = self._describe_rhythm(usual, last_date, summary["is_asking"])
        return words and {"days": usual, "now": self._count_days_since(last_date), "text": words}

    # ---- health ----

    def _brief_health(self, summary):
        standing = self._get_summary_standing(summary)
        if not standing:
            return None
        return {"score": standing.health, "reasons": self._describe_health(summary, standing)}

    def _get_health_reasons(self):
        """Why the relationship with this client does as it does, in words; what takes most first.

        :return: list of sentences, empty while there was no contact
        """
        self.ensure_one()
        client = self.commercial_partner_id
        self.env.flush_all()
        [summary] = [
            row for row in client._get_summaries(is_counted=False) if row["id"] == client.id
        ]
        standing = client._get_summary_standing(summary)
        return client._describe_health(summary, standing) if standing else []

    def _get_summary_standing(self, summary):
        """The standing now of a client with this summary; None while there was no contact."""
        if not summary["is_client"]:
            return None
        return self._get_standing(summary, fields.Datetime.now(), fields.Date.context_today(self))

    def _describe_health(self, summary, standing):
        parts = [
            (standing.recency, self._describe_recency(summary, standing)),
            *self._describe_conduct(summary),
            (standing.word, self._describe_late_promise(summary, standing)),
            (standing.complaints, self._describe_complaints(summary, standing)),
        ]
        return [
            self.env._("%(part)s%%: %(reason)s", part=round(100 * value), reason=words)
            for value, words in sorted(parts, key=lambda part: part[0])
            if words
        ]

    def _describe_recency(self, summary, standing):
        when = self._describe_days_ago(self._count_days_since(summary["last_interaction_date"]))
        last = (
            self.env._("they asked us %s", when)
            if summary["is_asking"]
            else self.env._("the last contact was %s", when)
        )
        if not standing.rhythm:
            return last
        return self.env._(
            "%(last)s, the rhythm is %(rhythm)s days; after %(half)s days without a word half is "
            "gone",
            last=last,
            rhythm=standing.rhythm,
            half=HALF_LIFE_RHYTHMS * standing.rhythm,
        )

    def _describe_conduct(self, summary):
        """Pairs of a part of the conduct and its words, of what is known."""
        conduct = self._get_conduct(summary)
        if conduct.contacts:
            yield (
                conduct.reciprocity,
                self.env._(
                    "they took part in %(theirs)s of the last %(contacts)s contacts and attempts",
                    theirs=conduct.theirs,
                    contacts=conduct.contacts,
                ),
            )
        if conduct.outcomes:
            yield (
                conduct.outcome,
                self.env._(
                    "talks with a known end: %(count)s, of them %(good)s well and %(bad)s badly",
                    count=conduct.outcomes,
                    good=conduct.successes,
                    bad=conduct.failures,
                ),
            )
        if conduct.promises:
            yield (
                conduct.promise,
                self.env._(
                    "promises of ours: %(count)s, of them %(kept)s kept in time and %(late)s late",
                    count=conduct.promises,
                    kept=conduct.kept,
                    late=conduct.kept_late,
                ),
            )

    def _describe_late_promise(self, summary, standing):
        if not standing.has_late_promise:
            return None
        days = (fields.Date.context_today(self) - summary["health_promise_date"]).days
        if days == 1:
            return self.env._("a promise of ours is 1 day late")
        return self.env._("a promise of ours is %s days late", days)

    def _describe_complaints(self, summary, standing):
        if summary["keep_in_touch_hold"] == COMPLAINT:
            return self.env._("a complaint is open")
        if summary["health_complaint_date"] and round(100 * standing.complaints) < 100:
            return self.env._(
                "a complaint was made good %s",
                self._describe_days_ago(self._count_days_since(summary["health_complaint_date"])),
            )
        return None

    # ---- people ----

    def _brief_people(self, family):
        """With how many of the people of companies we are in touch."""
        counts = self._count_people_in_touch()
        known = family.filtered(
            lambda person: not person.is_company and person.parent_id and person.active
        ).grouped("commercial_partner_id")
        return {
            client.id: {"people": {"in_touch": counts.get(client.id, 0), "known": len(people)}}
            for client, people in known.items()
            if client.is_company and client in self
        }
