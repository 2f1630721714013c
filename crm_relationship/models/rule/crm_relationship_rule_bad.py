from odoo import models

from ...tools import is_collision
from .mail_render_mixin_bad import BadRecordsError


class RuleBrokenError(Exception):
    """The rule itself can't be followed; its cause says why."""


class CrmRelationshipRule(models.Model):
    """Bad records: they are found, everybody else of the batch is served.

    An error in a text says by itself whom it can't be written to. Whom any other
    error is about is found by halving, with as few attempts as one bad record needs.
    """

    _inherit = "crm.relationship.rule"

    def _try(self, action, runs, now):
        """Do rows, all of them or none; returns the error that is some record's own."""
        try:
            with self.env.cr.savepoint():
                self._in_name()._do_runs(action, runs, now)
        except RuleBrokenError:
            raise
        except Exception as error:
            if is_collision(error):
                raise
            return error

    def _do_but_bad(self, action, runs, now, error):
        """Do all but the bad ones, which are returned as [(row, error)]."""
        bad = []
        while isinstance(error, BadRecordsError):
            named = error.get_rows(action, self, runs)
            if not named:
                break
            bad += named
            for run, __ in named:
                runs -= run
            error = self._try(action, runs, now) if runs else None
        return bad + self._do_but_one(action, runs, now, error) if error else bad

    def _do_but_one(self, action, runs, now, error):
        """Look for one bad row, and do the others; by halves should there be more."""
        suspects, rest = runs, runs.browse()
        while len(suspects) > 1:
            middle = len(suspects) // 2
            half, other = suspects[:middle], suspects[middle:]
            if error := self._try(action, half, now):
                suspects, rest = half, rest | other
            else:
                suspects = other
        error = error or self._try(action, suspects, now)
        bad = [(suspects, error)] if error else []
        if rest and (error := self._try(action, rest, now)):
            bad += self._do_halves(action, rest, now, error)
        return bad

    def _do_halves(self, action, runs, now, error):
        """Halve again and again, until each bad row stands alone."""
        bad, parts = [], [(runs, error)]
        while parts:
            part, error = parts.pop()
            if len(part) == 1:
                bad.append((part, error))
                continue
            middle = len(part) // 2
            for half in (part[middle:], part[:middle]):
                if error := self._try(action, half, now):
                    parts.append((half, error))
        return bad
