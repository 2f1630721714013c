from textwrap import shorten

from odoo import api, models
from odoo.tools import html2plaintext

GUIDANCE_LENGTH = 300


class CrmBriefingPage(models.AbstractModel):
    _inherit = "crm.briefing.page"

    @api.model
    def _get_playbook_lines(self, briefing):
        """Of each playbook the guidance, what to ask, and the steps still to be done."""
        return [
            line
            for playbook in briefing.get("playbooks", [])
            for line in self._get_lines_of_playbook(playbook)
        ]

    @api.model
    def _get_lines_of_playbook(self, playbook):
        guidance = shorten(
            html2plaintext(playbook["guidance"], include_references=False),
            GUIDANCE_LENGTH,
            placeholder="…",
        )
        left = [step["name"] for step in playbook["steps"] if step["state"] == "open"]
        done = len(playbook["steps"]) - len(left)
        heading = self._join(
            playbook["name"],
            done
            and self.env._("%(done)s of %(all)s steps done", done=done, all=len(playbook["steps"])),
        )
        return [
            heading,
            *filter(None, [guidance]),
            *self._cut([self.env._("Ask: %s", question) for question in playbook["questions"]]),
            *self._cut([f"☐ {name}" for name in left]),
        ]
