from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .queried_field import QueriedInteger

# Who was not spoken to for so long is no tie to a company any more.
TIE_DAYS = 365


class ResPartner(models.Model):
    """With how many people of a company we are in touch: one only is a risk.

    Each person bears the day of the last contact; the company's own mailbox is
    no person. Counted at the moment it is asked for, since a tie ends when
    nothing happens.
    """

    _inherit = "res.partner"

    people_in_touch = QueriedInteger(
        compute="_compute_people_in_touch",
        query="_query_people_in_touch",
        search="_search_people_in_touch",
        aggregator="avg",
        help="With how many people of the company somebody of us was in touch during the last "
        "365 days.",
        groups="base.group_user",
    )
    is_one_person_only = fields.Boolean(
        string="One Person Only",
        compute="_compute_people_in_touch",
        search="_search_is_one_person_only",
        help="We are in touch with one person of the company only: when that person leaves, we "
        "know nobody there.",
        groups="base.group_user",
    )

    @api.depends("child_ids.last_interaction_date")
    def _compute_people_in_touch(self):
        counts = self._count_people_in_touch()
        for partner in self:
            partner.people_in_touch = counts.get(partner.id, 0)
            partner.is_one_person_only = partner.people_in_touch == 1

    def _count_people_in_touch(self):
        """{company id: number of its people} of those of these that are companies."""
        companies = self.filtered(lambda partner: partner.is_company and partner._origin)
        if not companies:
            return {}
        domain = self._get_in_touch_domain() & Domain("commercial_partner_id", "in", companies.ids)
        # sudo: how many there are, also of people that the reader may not open
        rows = self.sudo()._read_group(domain, ["commercial_partner_id"], ["__count"])
        return {company.id: count for company, count in rows}

    @api.model
    def _get_in_touch_domain(self):
        """People, not companies nor addresses of theirs, spoken to during the last year."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=TIE_DAYS)
        return (
            Domain("last_interaction_date", ">=", since)
            & Domain("parent_id", "!=", False)
            & Domain("is_company", "=", False)
        )

    @api.model
    def _query_people_in_touch(self, column):
        self.flush_model(["commercial_partner_id", "parent_id", "is_company", "active"])
        return SQL(
            """CASE WHEN %s THEN (
                SELECT count(*)::int FROM res_partner person
                 WHERE person.commercial_partner_id = %s AND %s) ELSE 0 END""",
            column("is_company"),
            column("id"),
            self._query_is_tie(fields.Datetime.subtract(fields.Datetime.now(), days=TIE_DAYS)),
        )

    def _search_people_in_touch(self, operator, value):
        return self._search_by_sql("people_in_touch", operator, value)

    def _search_is_one_person_only(self, operator, value):
        if operator != "in":
            return NotImplemented
        since = fields.Datetime.subtract(fields.Datetime.now(), days=TIE_DAYS)
        # One look at all people, instead of one for each company.
        self.flush_model()
        companies = SQL(
            """(SELECT person.commercial_partner_id FROM res_partner person WHERE %s
                GROUP BY person.commercial_partner_id HAVING count(*) = 1)""",
            self._query_is_tie(since),
        )
        return Domain("is_company", "=", True) & Domain("id", "in", companies)

    @api.model
    def _query_is_tie(self, since):
        """Condition: somebody of us was in touch with `person`, one of a company, after `since`."""
        return SQL(
            """person.active AND person.parent_id IS NOT NULL AND person.is_company IS NOT TRUE
               AND person.last_interaction_date >= %s""",
            since,
        )
