from operator import itemgetter

from odoo import api, fields, models
from odoo.tools import SQL, groupby

NAMED = {"source_id": "utm.source", "medium_id": "utm.medium"}
REQUIRED = ("source_id", "date_from", "amount")
# Rows of a column whose mistakes are told in full.
TOLD = 5
DAYS = ("date_from", "date_to", "recurring_until")


class CrmSourceCost(models.Model):
    """Import of costs from a file: what is wrong is told by row and column, before Odoo tries."""

    _inherit = "crm.source.cost"

    # Odoo's import leaves to us what it can't read: see `crm_relationship_import`.
    _tells_unreadable_cells = True

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Source Costs"),
                "template": "/crm_relationship/static/import/source_costs.csv",
            }
        ]

    @api.model
    def load(self, fields, data):
        data = self._complete_names(fields, data)
        messages = self._check_import(fields, data)
        if messages:
            return {"ids": False, "messages": self._tell_by_column(messages), "nextrow": 0}
        return super().load(fields, data)

    @api.model
    def _complete_names(self, fields, data):
        """The rows with sources, media and currencies as they are written here.

        A file says "google" or "usd" where Odoo looks for "Google" and "USD".
        """
        data = [list(row) for row in data]
        for column, name in enumerate(fields):
            if name == "currency_id":
                for row in data:
                    row[column] = self._get_currency_code(row[column])
            elif name in NAMED:
                known = self._get_known_names(NAMED[name], {row[column] for row in data})
                for row in data:
                    text = (row[column] or "").strip()
                    row[column] = known.get(text) or known.get(text.lower()) or text
        return data

    @api.model
    def _get_known_names(self, model, values):
        """``{name as written or in lower case: name}`` of what exists, of a column's values.

        A source that was merged has the name of the one it is now.
        """
        lower = tuple({value.strip().lower() for value in values if value})
        if not lower:
            return {}
        self.env[model].flush_model()
        table = SQL.identifier(self.env[model]._table)
        is_merged = SQL("now.id = said.relationship_merged_id AND NOT said.active")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT said.name, coalesce(now.name, said.name)
                  FROM %(table)s said LEFT JOIN %(table)s now ON %(is_merged)s
                 WHERE lower(said.name) IN %(lower)s
                 ORDER BY said.id DESC
                """,
                table=table,
                is_merged=is_merged if model == "utm.source" else SQL("false"),
                lower=lower,
            )
        )
        known = {said.lower(): name for said, name in rows}
        return known | dict(rows)

    @api.model
    def _get_currency_code(self, value):
        return (value or "").strip().upper()

    @api.model
    def _check_import(self, fields, data):
        """What no row may say, as messages of Odoo's import: each names its row and column."""
        known = self._get_import_names(fields, data)
        return [
            {
                "type": "error",
                "field": name,
                "value": row[fields.index(name)],
                "message": self.env._(
                    "Row %(row)s (headings not counted), %(field)s: %(error)s",
                    row=number + 1,
                    field=self._fields[name]._description_string(self.env),
                    error=error,
                ),
                "record": number,
                "rows": {"from": number, "to": number},
            }
            for number, row in enumerate(data)
            for name, error in self._get_import_errors(dict(zip(fields, row, strict=True)), known)
        ]

    @api.model
    def _tell_by_column(self, messages):
        """One message a column. Of several the screen of the import shows only the values, as
        names that were not found, and neither what is wrong with them nor what to do."""
        columns = []
        for __, of_column in groupby(messages, itemgetter("field")):
            told = [message["message"] for message in of_column[:TOLD]]
            if rest := len(of_column) - len(told):
                told.append(self.env._("And %s more.", rest))
            rows = {"from": of_column[0]["record"], "to": of_column[-1]["record"]}
            columns.append({**of_column[0], "message": " ".join(told), "rows": rows})
        return columns

    @api.model
    def _get_import_names(self, fields, data):
        """``{column: names that exist}`` for the columns in which no other may stand."""
        names = {
            "currency_id": set(
                self.env["res.currency"].search([("active", "=", True)]).mapped("name")
            )
        }
        context = self.env.context
        is_lenient = (context.get("name_create_enabled_fields") or {}).get(
            "source_id"
        ) or "source_id" in context.get("import_skip_records", [])
        if "source_id" in fields and not is_lenient:
            column = fields.index("source_id")
            names["source_id"] = set(
                self._get_known_names("utm.source", {row[column] for row in data}).values()
            )
        return names

    @api.model
    def _get_import_errors(self, values, known):
        """Yield ``(field, what is wrong with it and what to do)`` of one row."""
        for name in REQUIRED:
            if name in values and not values[name]:
                yield name, self.env._("is empty. Fill it in.")
        yield from self._get_amount_errors(values.get("amount"))
        unreadable = [name for name in DAYS if not _is_day(values.get(name))]
        for name in unreadable:
            yield (
                name,
                self.env._(
                    "'%s' is no day. Correct it, or choose the date format of the file beside the "
                    "columns.",
                    values[name],
                ),
            )
        start, end = values.get("date_from"), values.get("date_to")
        if start and end and not unreadable and str(end) < str(start):
            yield (
                "date_to",
                self.env._(
                    "the period ends (%(end)s) before it begins (%(start)s). Correct one of them.",
                    end=end,
                    start=start,
                ),
            )
        for name, names in known.items():
            if values.get(name) and values[name] not in names:
                yield name, self._describe_unknown(name, values[name])

    @api.model
    def _get_amount_errors(self, amount):
        try:
            if float(amount or 0) < 0:
                error = self.env._(
                    "a cost cannot be negative (%s). Enter what was spent as a positive amount.",
                    amount,
                )
                yield "amount", error
        except ValueError:
            yield "amount", self.env._("'%s' is no number. Enter the amount in digits.", amount)

    @api.model
    def _describe_unknown(self, name, value):
        if name == "currency_id":
            return self.env._(
                "there is no active currency '%s'. Write its code, e.g. USD, or activate it in the "
                "settings.",
                value,
            )
        return self.env._(
            "there is no source '%s'. Correct its name, or have it created with the option below.",
            value,
        )


def _is_day(value):
    try:
        fields.Date.to_date(value)
    except ValueError:
        return False
    return True
