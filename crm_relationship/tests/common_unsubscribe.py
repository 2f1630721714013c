import re
from ast import literal_eval

from .common_rules import MORNING, RuleCommon

LINK = re.compile(r"/relationship/stop/([\w-]+)")


class UnsubscribeCommon(RuleCommon):
    """A greeting that went to `lumen`, with its link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.links = cls.env["crm.relationship.unsubscribe"]
        cls.env["mail.blacklist"].search([("id", "!=", 0)]).unlink()

    def _greet(self, partner, now=MORNING, **vals):
        """The letter a marketing rule has queued for `partner`."""
        self._create_date(partner)
        rule = self._create_rule(purpose="marketing", **vals)
        self._run(rule, now)
        return self._mails_to(partner)

    def _get_token(self, mail):
        return LINK.search(mail.body_html)[1]

    def _get_link(self, mail):
        return self.links._find(self._get_token(mail), "email")

    def _get_headers(self, mail):
        return literal_eval(mail.headers or "{}")

    def _is_blacklisted(self, email):
        return bool(self.env["mail.blacklist"].search_count([("email", "=", email)]))

    def _stops(self, partner):
        """What the history says of stopping and undoing."""
        return self._history(partner).filtered(
            lambda row: row.origin_key.startswith("unsubscribe:")
        )
