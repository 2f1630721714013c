from psycopg2 import Error as DatabaseError

from odoo import api, models


class BadRecordsError(Exception):
    """A text that can't be written for some records, with the error of each."""

    def __init__(self, model, errors):
        super().__init__(model, errors)
        self.model, self.errors = model, errors

    def get_rows(self, action, rule, runs):
        """The rows of the ledger that are meant, as [(row, error)]."""
        if self.model not in (rule.model_name, "res.partner"):
            return []
        targets = action._get_targets(rule, runs, self.model)
        return [
            (run, self.errors[targets[run.id]]) for run in runs if targets[run.id] in self.errors
        ]


class MailRenderMixin(models.AbstractModel):
    """Says for whom a text of a rule can't be written, so that nobody has to look for them.

    Odoo stops at the first. One text is worked out quickly; composing the letters of
    half a batch once more is not.
    """

    _inherit = "mail.render.mixin"

    @api.model
    def _render_template(self, template_src, model, res_ids, *args, **kwargs):
        try:
            return super()._render_template(template_src, model, res_ids, *args, **kwargs)
        except Exception as error:
            is_of_rule = "relationship_rule_unsent" in self.env.context
            if not is_of_rule or len(res_ids) < 2 or is_of_database(error):
                raise
            first = error
        # Not while the first error is handled: each would tell of that record, too.
        errors = find_bad_records(
            super()._render_template, template_src, model, res_ids, *args, **kwargs
        )
        if not errors:
            raise first
        raise BadRecordsError(model, errors) from first


def find_bad_records(render, template_src, model, res_ids, *args, **kwargs):
    """Those the text can't be written for, as {id: error}."""
    errors = {}
    for res_id in res_ids:
        try:
            render(template_src, model, [res_id], *args, **kwargs)
        except Exception as error:
            if is_of_database(error):
                raise
            errors[res_id] = error
    return errors


def is_of_database(error):
    """Whether PostgreSQL refused something: then nothing goes on in this transaction."""
    while error and not isinstance(error, DatabaseError):
        error = error.__cause__ or error.__context__
    return bool(error)
