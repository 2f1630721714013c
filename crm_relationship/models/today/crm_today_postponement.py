from odoo import api, fields, models

# Postponed so often, it is the manager's business.
OFTEN = 3
# So many days after its day a postponement is forgotten: what comes up then is something new.
FORGOTTEN_DAYS = 30


class CrmTodayPostponement(models.Model):
    """Something that was put off on somebody's Today: until when, why and how often.

    One row for each person and thing (`key`: its kind and record). Until its
    day the thing is not on the list of that person.
    """

    _name = "crm.today.postponement"
    _description = "Postponed on Today"
    _order = "count desc, date_until, id"
    _rec_name = "reason"

    user_id = fields.Many2one(
        "res.users",
        string="Postponed By",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="On whose Today it was put off.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Whom it is about.",
    )
    key = fields.Char(
        required=True, readonly=True, help="What was put off: its kind and its record."
    )
    date_until = fields.Date(
        string="Until", required=True, readonly=True, help="The day on which it is there again."
    )
    date_before = fields.Date(
        string="Was For",
        readonly=True,
        help="The day of the activity or promise before it was put off the last time.",
    )
    reason = fields.Char(required=True, readonly=True, help="Why it was put off the last time.")
    count = fields.Integer(
        string="Times",
        required=True,
        default=1,
        readonly=True,
        aggregator=None,
        help="How often it was put off. Three times and the sales managers see it.",
    )

    # Without the client, so that merging contacts never drops a row.
    _key_uniq = models.Constraint("UNIQUE(user_id, key)", "It is put off already.")

    @api.model
    def _get_postponed(self, user, day):
        """What is not on the list of `user` on that day: keys, and the clients it is about."""
        # sudo: what is shown of another's day is decided where it is asked for
        rows = self.sudo().search_fetch(
            [("user_id", "=", user.id), ("date_until", ">", day)], ["key", "partner_id"]
        )
        return set(rows.mapped("key")), set(rows.partner_id.commercial_partner_id.ids)

    @api.model
    def _get_moments(self, user, day):
        """When what is not on the list of `user` on that day was put off: {key: moment}."""
        # sudo: as in _get_postponed
        rows = self.sudo().search_fetch(
            [("user_id", "=", user.id), ("date_until", ">", day)], ["key", "write_date"]
        )
        return {row.key: row.write_date for row in rows}

    @api.model
    def _get_ended(self, user, kind, since, day):
        """Keys of what was put off until one of the days after `since`, up to `day`."""
        # sudo: as in _get_postponed
        rows = self.sudo().search_fetch(
            [
                ("user_id", "=", user.id),
                ("key", "=like", f"{kind}:%"),
                ("date_until", ">", since),
                ("date_until", "<=", day),
            ],
            ["key"],
        )
        return rows.mapped("key")

    @api.model
    def _find(self, user, key):
        # sudo: nobody writes these rows but by putting something off
        return self.sudo().search([("user_id", "=", user.id), ("key", "=", key)])

    @api.model
    def _postpone(self, user, key, vals):
        """Put something off, once more if it was before."""
        row = self._find(user, key)
        if row:
            row.write({**vals, "count": row.count + 1})
        else:
            row.create({**vals, "user_id": user.id, "key": key})

    def _take_back(self, day):
        """It is on the list again, as if it had not been put off the last time."""
        self.ensure_one()
        if self.count > 1:
            self.write({"count": self.count - 1, "date_until": day})
        else:
            self.unlink()

    @api.autovacuum
    def _gc_forgotten(self):
        limit = fields.Date.subtract(fields.Date.today(), days=FORGOTTEN_DAYS)
        self.search([("date_until", "<", limit)], limit=10_000).unlink()
