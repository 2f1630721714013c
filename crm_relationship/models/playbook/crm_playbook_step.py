from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_playbook import LINK, QUESTION, STEP

KINDS = [(STEP, "Step"), (QUESTION, "Question"), (LINK, "Link")]
SCHEMES = ("http", "https", "mailto", "tel")


class CrmPlaybookStep(models.Model):
    """A line of the draft of a playbook: something to do, to ask, or to look up.

    A step keeps its ticks from version to version as long as it is the same line. One that was
    ever published is archived instead of deleted, so that old versions and reports stay.
    """

    _name = "crm.playbook.step"
    _description = "Line of a Playbook"
    _order = "sequence, id"

    playbook_id = fields.Many2one("crm.playbook", required=True, index=True, ondelete="cascade")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        KINDS,
        required=True,
        default=STEP,
        help="Steps are ticked, or skipped with a reason. Questions are there to be asked, links "
        "to be opened.",
    )
    name = fields.Char(
        string="Text", required=True, help="What to do, to ask, or what the link leads to."
    )
    url = fields.Char(string="Link To", help="Address of the page, of links only.")
    is_published = fields.Boolean(readonly=True, copy=False)

    @api.constrains("kind", "url")
    def _check_url(self):
        for step in self.filtered(lambda line: line.kind == LINK):
            url = urlsplit(step.url or "")
            # A page of this database has no scheme.
            if url.scheme not in SCHEMES and not (step.url or "").startswith("/"):
                raise ValidationError(
                    self.env._(
                        "Link To of “%s”: enter the whole address, such as "
                        "https://www.example.com/prices.",
                        step.name,
                    )
                )

    def unlink(self):
        published = self.filtered("is_published")
        published.active = False
        return super(CrmPlaybookStep, self - published).unlink()

    def _prepare_lines(self):
        """What a version keeps of these lines, in order."""
        return [
            {
                "id": step.id,
                "kind": step.kind,
                "name": step.name,
                **({"url": step.url} if step.kind == LINK else {}),
            }
            for step in self.sorted(lambda line: (line.sequence, line._origin.id or 0))
        ]
