from odoo import api, models
from odoo.tools import SQL, ormcache


class CrmRelationshipRule(models.Model):
    """The time zone a client lives in, for the database.

    PostgreSQL refuses a statement with a zone it does not know, for all clients in it. Odoo
    offers zones by a list of its own, and the server of the database may lack some of these
    (those with old names, on some systems). Whose zone is not known is where the company is.
    """

    _inherit = "crm.relationship.rule"

    def _query_zone(self):
        """The time zone of the client, else that of the company; see `_join_home`."""
        return SQL("coalesce(%s, home.zone, 'UTC')", self._query_known_zone(SQL("partner.tz")))

    def _join_home(self, company=None):
        """The time zone of a company.

        :param SQL company: its id; that of the record `rec`, else of the rule, if not given
        """
        if company is None:
            company = SQL(
                "coalesce(%s, %s)",
                self._query_record_company(),
                (self.company_id or self.env.company).id,
            )
        return SQL(
            """LEFT JOIN LATERAL (
                   SELECT coalesce(%(calendar)s, %(address)s) AS zone
                     FROM res_company house
                LEFT JOIN resource_calendar calendar ON calendar.id = house.resource_calendar_id
                LEFT JOIN res_partner address ON address.id = house.partner_id
                    WHERE house.id = %(company)s) home ON true""",
            calendar=self._query_known_zone(SQL("calendar.tz")),
            address=self._query_known_zone(SQL("address.tz")),
            company=company,
        )

    @api.model
    def _query_known_zone(self, column):
        """A time zone, or nothing where PostgreSQL does not know it."""
        return SQL(
            "CASE WHEN %(column)s = ANY(string_to_array(%(known)s, ',')) THEN %(column)s END",
            column=column,
            known=self._get_known_zones(),
        )

    @api.model
    @ormcache()
    def _get_known_zones(self):
        """Names of all time zones that PostgreSQL knows, in one text."""
        [[names]] = self.env.execute_query(
            SQL(
                "SELECT string_agg(name, ',') FROM pg_timezone_names"
                " WHERE name NOT LIKE 'posix/%%' AND name NOT LIKE 'right/%%'"
            )
        )
        return names
