"""The files that Odoo loads."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

DEMO = Path(__file__).resolve().parents[2] / "crm_relationship" / "demo"
QUIETLY = "{'tracking_disable': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True}"


class File:
    """One file of records; `context` keeps Odoo's own notices out of the story."""

    def __init__(self, name, context):
        self.name = name
        self.lines = ['<?xml version="1.0" encoding="UTF-8" ?>']
        self.lines.append("<!-- Written by tools/make_demo.py: change the tables there. -->")
        self.lines.append(f'<odoo noupdate="1" context={quoteattr(context)}>')

    def record(self, xmlid, model, /, *, is_created_again=True, **values):
        """A record; `is_created_again` by an update of the addon when somebody has deleted it."""
        again = "" if is_created_again else ' forcecreate="0"'
        self.lines.append(f'    <record id="{xmlid}" model="{model}"{again}>')
        for name, value in values.items():
            if value is not None and value != "":
                self.lines.append(f"        {self._field(name, value)}")
        self.lines.append("    </record>")

    def _field(self, name, value):
        if isinstance(value, Ref):
            return f'<field name="{name}" ref="{value}" />'
        if isinstance(value, str) and len(value) < 60 and "&" not in value:
            return f'<field name="{name}">{value}</field>'
        if isinstance(value, str):
            # The formatter would break the text, and the line break would be stored.
            value = repr(value)
        model = f' model="{value.model}"' if isinstance(value, Raw) and value.model else ""
        return f'<field name="{name}"{model} eval={quoteattr(str(value))} />'

    def function(self, model, name, uid, arguments):
        call = f'model="{model}" name="{name}" uid="{uid}" eval={quoteattr(arguments)}'
        self.lines.append(f"    <function {call} />")

    def write(self):
        text = "\n".join([*self.lines, "</odoo>", ""])
        (DEMO / self.name).write_text(text, encoding="utf-8")


class Ref(str):
    """External id of another record."""

    __slots__ = ()


def ref_or_none(xmlid):
    return Ref(xmlid) if xmlid else None


class Raw:
    """Python that is evaluated when the data is loaded; in it `obj` is a record of `model`."""

    def __init__(self, text, model=""):
        self.text = text
        self.model = model

    def __str__(self):
        return self.text
