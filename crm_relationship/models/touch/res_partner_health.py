from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.health import (
    COMPLAINT_HALF_LIFE,
    DEFAULT_RHYTHM,
    HALF_LIFE_RHYTHMS,
    LATE_PROMISE,
    OPEN_COMPLAINT,
    Standing,
)
from ..client.res_partner import PREFETCH_GROUP
from .queried_field import QueriedOptionalInteger
from .res_partner_touch import COMPLAINT

DAY_SECONDS = 24 * 60 * 60
# Half to the power of this is no point any more, and PostgreSQL refuses far smaller numbers.
MOST_HALVINGS = 64


class ResPartner(models.Model):
    """How well the relationship with a client does: `engine/health.py` at this moment.

    What changes by events is stored when they happen; what fades with time is worked
    out whenever it is read, sorted or filtered by. So it is never stale, and nothing
    has to run every night.
    """

    _inherit = "res.partner"

    relationship_health = QueriedOptionalInteger(
        string="Health",
        compute="_compute_relationship_health",
        query="_query_health",
        search="_search_relationship_health",
        aggregator="avg",
        help="How well the relationship does, from 0 to 100, at this moment: how long ago the "
        "last contact was, whether they answer, how talks ended, whether we kept our promises, "
        "complaints. Empty: there was no contact yet.",
        groups="base.group_user",
    )
    health_conduct = fields.Float(
        string="Conduct",
        copy=False,
        readonly=True,
        aggregator=None,
        help="From 0 to 1: whether they answer, how talks ended, whether we kept our promises.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    health_promise_date = fields.Date(
        string="Our Next Promise",
        copy=False,
        readonly=True,
        help="When the first open promise of ours is due.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    health_complaint_date = fields.Datetime(
        string="Last Complaint Resolved",
        copy=False,
        readonly=True,
        help="When the last complaint of the client was made good.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )

    @api.depends(
        "contact_rhythm_days",
        "health_complaint_date",
        "health_conduct",
        "health_promise_date",
        "keep_in_touch_hold",
        "keep_in_touch_rhythm_days",
        "last_interaction_date",
        "relationship_status_id",
    )
    def _compute_relationship_health(self):
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        names = self._get_standing_fields()
        for partner in self:
            facts = {name: partner[name] for name in names}
            standing = partner._is_health_known() and self._get_standing(facts, now, today)
            partner.relationship_health = standing and standing.health

    def _is_health_known(self):
        """Of clients with whom somebody was in touch; their people have the client's."""
        return (
            self.relationship_status_id
            and self.is_commercial_entity
            and bool(self.last_interaction_date)
        )

    @api.model
    def _get_standing_fields(self):
        """What the standing of a client is made of: names of fields, and of its summary."""
        return (
            "contact_rhythm_days",
            "health_complaint_date",
            "health_conduct",
            "health_promise_date",
            "keep_in_touch_hold",
            "keep_in_touch_rhythm_days",
            "last_interaction_date",
        )

    @api.model
    def _get_standing(self, facts, now, today):
        """The standing at `now` of who has these facts, or None while there was no contact."""
        if not facts["last_interaction_date"]:
            return None
        content, promise = facts["health_complaint_date"], facts["health_promise_date"]
        return Standing(
            days_silent=self._count_days(facts["last_interaction_date"], now),
            rhythm=facts["keep_in_touch_rhythm_days"] or facts["contact_rhythm_days"],
            conduct=facts["health_conduct"],
            has_complaint=facts["keep_in_touch_hold"] == COMPLAINT,
            days_content=self._count_days(content, now) if content else None,
            has_late_promise=bool(promise and promise < today),
        )

    @api.model
    def _count_days(self, since, now):
        return (now - since).total_seconds() / DAY_SECONDS

    # ---- in the database ----

    @api.model
    def _query_health(self, column):
        """The formula of `engine/health.py` as SQL expression; NULL while there was no contact."""
        now = fields.Datetime.now()
        halvings = SQL(
            "%s / (%s * coalesce(nullif(%s, 0), nullif(%s, 0), %s))::float8",
            self._query_days_since(column("last_interaction_date"), now),
            HALF_LIFE_RHYTHMS,
            column("keep_in_touch_rhythm_days"),
            column("contact_rhythm_days"),
            DEFAULT_RHYTHM,
        )
        return SQL(
            """
            CASE WHEN %(status)s IS NOT NULL AND %(id)s = %(entity)s AND %(last)s IS NOT NULL
            THEN floor(100 * %(recency)s * %(conduct)s
                 * CASE WHEN %(hold)s = %(complaint)s THEN %(halved)s::float8
                        WHEN %(content)s IS NULL THEN 1
                        ELSE 1 - (1 - %(halved)s::float8) * %(fading)s END
                 * CASE WHEN %(promise)s < %(today)s THEN %(late)s::float8 ELSE 1 END
                 + 0.5)::int END
            """,
            status=column("relationship_status_id"),
            id=column("id"),
            entity=column("commercial_partner_id"),
            last=column("last_interaction_date"),
            recency=self._query_fading(halvings),
            conduct=column("health_conduct"),
            hold=column("keep_in_touch_hold"),
            complaint=COMPLAINT,
            halved=OPEN_COMPLAINT,
            content=column("health_complaint_date"),
            fading=self._query_fading(
                SQL(
                    "%s / %s",
                    self._query_days_since(column("health_complaint_date"), now),
                    COMPLAINT_HALF_LIFE,
                )
            ),
            promise=column("health_promise_date"),
            today=fields.Date.context_today(self),
            late=LATE_PROMISE,
        )

    @api.model
    def _query_days_since(self, moment, now):
        return SQL(
            "(extract(epoch FROM %s::timestamp - %s)::float8 / %s)", now, moment, DAY_SECONDS
        )

    @api.model
    def _query_fading(self, halvings):
        return SQL("power(0.5::float8, least(%s, greatest(0, %s)))", MOST_HALVINGS, halvings)

    def _search_relationship_health(self, operator, value):
        return self._search_by_sql("relationship_health", operator, value)
