from odoo import fields


class OptionalInteger(fields.Integer):
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
