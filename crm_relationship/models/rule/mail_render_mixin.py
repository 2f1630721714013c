from functools import partial

from odoo import models

# By these a text tells a time of day: in the zone of who reads it.
TIME_WORDS = ("format_datetime", "format_time")


def show_in(zone, show, moment, tz=False, *args, **kwargs):
    """Format a moment by the clock of `zone`, unless the text names another one."""
    return show(moment, tz or zone, *args, **kwargs)


class MailRenderMixin(models.AbstractModel):
    """Texts of rules tell times by the clock of the client.

    Odoo's formatters ask the time zone of the user who sends, never that of the context.
    """

    _inherit = "mail.render.mixin"

    def _render_eval_context(self):
        values = super()._render_eval_context()
        if zone := self.env.context.get("relationship_rule_zone"):
            values |= {word: partial(show_in, zone, values[word]) for word in TIME_WORDS}
        return values
