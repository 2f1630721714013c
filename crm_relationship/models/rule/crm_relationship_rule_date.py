from odoo import models
from odoo.tools import SQL, format_date

from ...engine.occurrences import candidate_days, nominals_of, plan_rows
from .crm_relationship_rule import SEND

# Up to so many days an index is worth it; more are a good part of the year.
DAYS_BY_INDEX = 90
# So near each other, two days of a yearly date are the same occasion.
SAME_OCCASION_DAYS = 31


class CrmRelationshipRule(models.Model):
    """The occasion "a date": an important date of the client, or a field of the record."""

    _inherit = "crm.relationship.rule"

    def _get_fitting_models(self):
        if self.trigger == "date" and self.date_source == "important_date":
            return ["res.partner", "crm.lead"]
        return super()._get_fitting_models()

    def _query_date(self, window):
        """Those whose date is due: the days of the engine, joined to all dates."""
        zones = self._get_candidate_zones(window)
        rows = plan_rows(self._get_schedule(), self._get_steps(), zones, window)
        if not rows:
            return None
        source = self._get_date_source([row.nominal for row in rows])
        keep = self.catch_up_policy == SEND
        return SQL(
            """
            SELECT rec.id AS res_id, partner.id AS partner_id,
                   %(company)s AS company_id,
                   %(date)s AS date_id, day.action_id, day.occurrence, day.date_due, day.date_expire
              FROM %(tables)s
              JOIN unnest(%(zones)s::text[], %(years)s::int[], %(months)s::int[],
                          %(days)s::int[], %(actions)s::int[], %(occurrences)s::date[],
                          %(dues)s::timestamp[], %(expires)s::timestamp[])
                   AS day(zone, year, month, day, action_id, occurrence, date_due, date_expire)
                ON %(match)s AND day.zone = %(zone)s
             WHERE %(where)s AND %(new)s
            """,
            company=self._query_company(),
            date=source["date"],
            new=self._query_not_corrected(),
            tables=source["tables"],
            match=source["match"],
            where=self._query_where(source["where"]),
            zone=self._query_zone(),
            zones=[row.zone for row in rows],
            years=[row.nominal.year for row in rows],
            months=[row.nominal.month for row in rows],
            days=[row.nominal.day for row in rows],
            actions=[row.step for row in rows],
            occurrences=[row.occurrence for row in rows],
            dues=[row.due for row in rows],
            expires=[None if keep else row.expires for row in rows],
        )

    def _get_candidate_zones(self, window):
        """Time zones of those whose date may be due somewhere on Earth."""
        days = candidate_days(self._get_schedule(), window)
        if not days:
            return []
        source = self._get_date_source(days)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT %(zone)s
                  FROM %(tables)s
                  JOIN unnest(%(years)s::int[], %(months)s::int[], %(days)s::int[])
                       AS day(year, month, day) ON %(match)s
                 WHERE %(where)s
                """,
                zone=self._query_zone(),
                tables=source["tables"],
                match=source["match"],
                where=source["where"],
                years=[day.year for day in days],
                months=[day.month for day in days],
                days=[day.day for day in days],
            )
        )
        return [zone for [zone] in rows]

    def _get_date_source(self, days):
        """Where the dates are, and how they match a `day` (year, month, day) of the engine.

        :param days: the days that are looked for, so that an index finds them
        """
        if self.date_source == "field":
            return self._get_field_source()
        date = {
            # Unknown is 0, or nothing when nobody entered it.
            "year": SQL("coalesce(occasion.year, 0)"),
            "month": SQL("occasion.month"),
            "day": SQL("occasion.day"),
            # A day that comes once matches only with its own year.
            "every_year": SQL("(occasion.yearly OR occasion.year = day.year)"),
        }
        return {
            "date": SQL("occasion.id"),
            "tables": SQL(
                """crm_important_date occasion
                   JOIN res_partner partner ON partner.id = occasion.partner_id
                   JOIN %s rec ON rec.%s = partner.id %s""",
                self._table_of_records(),
                self._column_of_partner(),
                self._join_home(),
            ),
            "match": self._query_match(date),
            "where": SQL(
                "occasion.kind_id = %s AND %s", self.date_kind_id.id, self._query_days(days)
            ),
        }

    def _query_days(self, days):
        """Only these days, said in the way an index is used; a long list is none."""
        pairs = {(day.month, day.day) for day in days}
        if self.recurrence == "monthly" or len(pairs) > DAYS_BY_INDEX:
            return SQL("true")
        return SQL("(occasion.month, occasion.day) IN %s", tuple(sorted(pairs)))

    def _get_field_source(self):
        column = SQL("rec.%s", SQL.identifier(self._get_date_field().name))
        local = self._query_local(column)
        date = {
            "year": SQL("extract(year FROM %s)::int", local),
            "month": SQL("extract(month FROM %s)::int", local),
            "day": SQL("extract(day FROM %s)::int", local),
            "every_year": SQL("true"),
        }
        where = SQL("%s IS NOT NULL", column)
        match = self._query_match(date)
        if self.recurrence == "once":
            # Lets an index on the field be used.
            match = SQL(
                """%(match)s AND %(column)s >= make_date(day.year, day.month, day.day) - 1
                   AND %(column)s < make_date(day.year, day.month, day.day) + 3""",
                match=match,
                column=column,
            )
        return {
            "date": SQL("NULL::int"),
            "tables": SQL(
                "%s rec LEFT JOIN res_partner partner ON partner.id = rec.%s %s",
                self._table_of_records(),
                self._column_of_partner(),
                self._join_home(),
            ),
            "match": match,
            "where": where,
        }

    def _query_local(self, column):
        """The day of a date field, by the clock of the client."""
        if self._get_date_field().ttype == "date":
            return column
        return SQL("timezone(%s, timezone('UTC', %s))", self._query_zone(), column)

    def _query_match(self, date):
        """How a date matches a `day`: by its parts, and never before its own year."""
        if self.recurrence == "monthly":
            return SQL(
                "%(day)s = day.day AND (%(year)s, %(month)s) <= (day.year, day.month)", **date
            )
        if self.recurrence == "once":
            return SQL(
                "%(month)s = day.month AND %(day)s = day.day AND %(year)s = day.year", **date
            )
        return SQL(
            "%(month)s = day.month AND %(day)s = day.day AND %(year)s <= day.year"
            " AND %(every_year)s",
            **date,
        )

    def _query_not_corrected(self):
        """Not what was done this year already, for a yearly date that was corrected since.

        Around New Year a month counts as the same year. That it was about this year is said
        twice, first so that the index finds these rows alone and not those of all years.
        """
        if self.recurrence != "yearly":
            return SQL("true")
        return SQL(
            """NOT EXISTS (
                   SELECT FROM crm_relationship_rule_run before
                     JOIN crm_relationship_rule_action action ON action.id = day.action_id
                    WHERE before.rule_id = %(rule)s AND before.state = 'done'
                      AND before.res_model = %(model)s AND before.res_id = rec.id
                      AND before.action_id IN (action.id, action.otherwise_id)
                      AND before.occurrence <> day.occurrence
                      AND before.occurrence BETWEEN %(new_year)s - %(days)s
                                                AND %(new_year)s + 366 + %(days)s
                      AND (extract(year FROM before.occurrence)
                               = extract(year FROM day.occurrence)
                           OR abs(before.occurrence - day.occurrence) <= %(days)s)
                      AND %(same)s)""",
            rule=self.id,
            model=self.model_name,
            days=SAME_OCCASION_DAYS,
            new_year=SQL("make_date(extract(year FROM day.occurrence)::int, 1, 1)"),
            same=self._query_same_date(),
        )

    def _query_same_date(self):
        """Whether a row was about this date: the same, or one entered in place of a deleted one."""
        if self.date_source == "field":
            return SQL("true")
        return SQL(
            """occasion.yearly
               AND (before.date_id = occasion.id
                    OR before.date_id IS NULL AND occasion.write_date > before.date_done)"""
        )

    def _check_date_rows(self, runs):
        """Rows whose date was changed or taken away since they were planned."""
        schedule = self._get_schedule()
        days = [
            (nominal, occurrence)
            for occurrence in set(runs.mapped("occurrence"))
            for nominal in nominals_of(schedule, occurrence)
        ]
        source = self._get_date_source([nominal for nominal, __ in days])
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT rec.id, day.occurrence
                  FROM %(tables)s
                  JOIN unnest(%(years)s::int[], %(months)s::int[], %(days)s::int[],
                              %(occurrences)s::date[]) AS day(year, month, day, occurrence)
                    ON %(match)s
                 WHERE %(where)s AND rec.id IN %(ids)s
                """,
                tables=source["tables"],
                match=source["match"],
                where=source["where"],
                years=[nominal.year for nominal, __ in days],
                months=[nominal.month for nominal, __ in days],
                days=[nominal.day for nominal, __ in days],
                occurrences=[occurrence for __, occurrence in days],
                ids=tuple(runs.mapped("res_id")),
            )
        )
        left = set(rows)
        reason = self.env._("The date was changed or taken away")
        return {run.id: reason for run in runs if (run.res_id, run.occurrence) not in left}

    def _describe_date(self):
        words = {
            "day": self._describe_day(),
            "date": self._describe_source(),
            "hour": self._format_hour(),
        }
        return self.env._("%(day)s %(date)s, at %(hour)s their time", **words)

    def _describe_day(self):
        """On, before or after the date."""
        if not self.offset:
            return self.env._("On")
        count = abs(self.offset)
        if self.offset_unit == "month":
            length = self.env._("a month") if count == 1 else self.env._("%s months", count)
        else:
            length = self._count_days(count)
        if self.offset < 0:
            return self.env._("%s before", length).capitalize()
        return self.env._("%s after", length).capitalize()

    def _describe_source(self):
        if self.date_source == "field":
            name = self._get_date_field().field_description or "…"
        else:
            name = self.date_kind_id.name or "…"
        names = {"name": name.lower() if self.env.lang in (False, "en_US") else name}
        if self.recurrence == "monthly":
            return self.env._("the day of the client's %(name)s, every month", **names)
        if self.recurrence == "once":
            return self.env._("the client's %(name)s, once", **names)
        return self.env._("the client's %(name)s", **names)

    def _note_date(self, run):
        """What the task says of the occasion."""
        names = {"date": format_date(self.env, run.occurrence)}
        if self.date_source == "field":
            names["name"] = self._get_date_field().field_description
        else:
            names["name"] = self.date_kind_id.name
        return self.env._("%(name)s on %(date)s", **names)
