from odoo import models
from odoo.tools import format_date

from ...tools import notify_user
from .crm_handover_line import FAILED, KEPT, MODEL_BY_KIND, STUCK

# Lines that a message names; the rest is a number.
DIGEST_LINES = 20
DIGEST = "crm_relationship.handover_digest"


class CrmHandover(models.Model):
    """Whoever is concerned is told once: when it is handed over and when it is back."""

    _inherit = "crm.handover"

    def _get_told(self):
        """Both sides, as far as they still work here."""
        return (self.from_user_id | self._get_to_users()).filtered("active")

    def _tell_moved(self):
        for user in self._get_told():
            thread = self.with_context(lang=user.lang)
            subject = thread.env._("Handover: %s", thread.display_name)
            thread._tell(user, subject, thread._get_moved_words(user))

    def _tell_returned(self):
        for user in self._get_told():
            thread = self.with_context(lang=user.lang)
            subject = thread.env._("Back from the handover: %s", thread.display_name)
            words = thread.env._("Everything that is still open is back with %s.")
            thread._tell(user, subject, words % self.from_user_id.name)

    def _tell_stayed(self):
        for user in self._get_told():
            thread = self.with_context(lang=user.lang)
            subject = thread.env._("Handover for good: %s", thread.display_name)
            words = thread.env._("%s works here no more. The clients stay where they are.")
            thread._tell(user, subject, words % self.from_user_id.name)

    def _tell_not_started(self, error):
        """Who planned it, since nobody sees a scheduled action fail."""
        user = self.create_uid
        thread = self.with_context(lang=user.lang)
        subject = thread.env._("Handover not begun: %s", thread.display_name)
        thread._tell(user, subject, error)

    def _get_moved_words(self, user):
        giver = self.from_user_id.name
        if user == self.from_user_id:
            words = self.env._("Your clients are in good hands.")
        else:
            words = self.env._("You look after clients of %s.", giver)
        if self.date_until:
            day = format_date(self.env, self.date_until)
            words = " ".join([words, self.env._("Everything comes back by itself on %s.", day)])
        return " ".join(filter(None, [words, self.reason]))

    def _tell(self, user, subject, words):
        lines = self.line_ids
        theirs = lines.filtered(lambda line: user in (self.from_user_id, line.to_user_id))
        odd = theirs.filtered(lambda line: line.state in (KEPT, FAILED, STUCK))
        done = (theirs - odd).grouped(lambda line: (line.kind, line.is_person))
        kinds = [(kind, is_person) for kind in MODEL_BY_KIND for is_person in (False, True)]
        values = {
            "words": words,
            "url": f"/mail/view?model={self._name}&res_id={self.id}",
            "counts": [(done[key][0].kind_name, len(done[key])) for key in kinds if key in done],
            "kept": [
                (line.record_name, line.kind_name, line.reason)
                for line in odd[:DIGEST_LINES].with_user(user)
            ],
            "more": max(len(odd) - DIGEST_LINES, 0),
        }
        notify_user(self, user, subject, DIGEST, values)
