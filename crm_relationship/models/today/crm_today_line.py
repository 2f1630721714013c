from odoo import api, fields, models
from odoo.tools import SQL

KEPT_DAYS = 7


class CrmTodayLine(models.Model):
    """What was on somebody's Today, one row for each thing and day.

    What was there and is no longer open was done, by whatever way: that is what
    "7 of 19 done" counts. `is_done` marks what leaves no other trace, such as a
    word of congratulation.
    """

    _name = "crm.today.line"
    _description = "Seen on Today"
    _order = "date desc, id"
    _rec_name = "key"

    user_id = fields.Many2one(
        "res.users", string="Person", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(string="Day", required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)
    is_done = fields.Boolean(string="Marked Done", readonly=True)
    message_id = fields.Many2one(
        "mail.message",
        string="Note in the Chatter",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="What marking an activity done wrote; it goes when that is taken back.",
    )

    _key_uniq = models.Constraint(
        "UNIQUE(user_id, date, key)", "It is on the list of that day already."
    )

    @api.model
    def _get_seen(self, user, day):
        """What was on the list of `user` on that day: {key: whether it was marked done}."""
        # sudo: what is shown of another's day is decided where it is asked for
        rows = self.sudo().search_fetch(
            [("user_id", "=", user.id), ("date", "=", day)], ["key", "is_done"]
        )
        return {row.key: row.is_done for row in rows}

    @api.model
    def _get_done(self, user, keys):
        """Which of these things were marked done, on whatever day."""
        # sudo: as in _get_seen
        rows = self.sudo().search_fetch(
            [("user_id", "=", user.id), ("key", "in", keys), ("is_done", "=", True)], ["key"]
        )
        return set(rows.mapped("key"))

    @api.model
    def _see(self, user, day, keys):
        """Remember what is on the list; a second window at the same moment adds nothing."""
        if keys:
            now = fields.Datetime.now()
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO crm_today_line
                           (user_id, date, key, create_uid, create_date, write_uid, write_date)
                    SELECT %(user)s, %(day)s, key, %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM unnest(%(keys)s) AS key
                        ON CONFLICT DO NOTHING
                    RETURNING id
                    """,
                    user=user.id,
                    day=day,
                    uid=self.env.uid,
                    now=now,
                    keys=list(keys),
                )
            )

    @api.model
    def _get_line(self, user, day, key):
        self._see(user, day, [key])
        # sudo: nobody writes these rows but from the list
        return self.sudo().search(
            [("user_id", "=", user.id), ("date", "=", day), ("key", "=", key)]
        )

    @api.autovacuum
    def _gc_past(self):
        limit = fields.Date.subtract(fields.Date.today(), days=KEPT_DAYS)
        self.search([("date", "<", limit)], limit=10_000).unlink()
