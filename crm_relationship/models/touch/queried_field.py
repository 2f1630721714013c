from odoo import fields


class Queried:
    """A field that is computed for records, and that queries know as SQL: contacts are sorted,
    filtered and counted by it.

    ``query`` names the method of the model that returns the SQL. It takes ``column``, which gives
    a stored field as SQL.
    """

    query = None

    def to_sql(self, model, alias):
        make = getattr(model, self.query)
        return make(lambda name: model._field_to_sql(alias, name))


class QueriedFloat(Queried, fields.Float):
    pass


class QueriedInteger(Queried, fields.Integer):
    pass


class QueriedOptionalInteger(Queried, fields.Integer):
    """A number that may be unknown: Odoo's own integer shows what is unknown as 0."""

    falsy_value = None

    def convert_to_cache(self, value, record, validate=True):
        return None if value is None or value is False else int(value)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_read(self, value, record, use_display_name=True):
        return value

    def convert_to_export(self, value, record):
        return "" if value is False else value
