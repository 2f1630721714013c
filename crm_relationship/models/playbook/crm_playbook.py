from odoo import api, fields, models

STEP, QUESTION, LINK = "step", "question", "link"
SALESPEOPLE = "sales_team.group_sale_salesman"
MANAGERS = "sales_team.group_sale_manager"


class CrmPlaybook(models.Model):
    """How we go about a client of some status, or a deal in some stage.

    What managers write is a draft: `draft_body` and the lines of `step_ids`. Publishing it
    (`crm_playbook_publish.py`) makes a version (`crm.playbook.version`), which nobody changes any
    more. All others see the version that was published last: `body`, `version`. What is ticked
    belongs to the step (`crm.playbook.tick`), so that it stays when the next version comes.
    """

    _name = "crm.playbook"
    _description = "Playbook"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        tracking=True,
        help='What it is about, in few words: "First talk with a prospect".',
    )
    active = fields.Boolean(
        default=True, help="Archived playbooks are shown to nobody, but still count in reports."
    )
    sequence = fields.Integer(
        default=10, help="Of several playbooks for the same client or deal this one comes first."
    )
    status_id = fields.Many2one(
        "crm.relationship.status",
        string="For Clients That Are",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Shown on clients with this status; each client has its own ticks.",
    )
    stage_id = fields.Many2one(
        "crm.stage",
        string="For Deals In",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Shown on deals in this stage; each deal has its own ticks.",
    )
    team_ids = fields.Many2many(
        "crm.team",
        string="Sales Teams",
        help="Who works by it: it is shown to these teams and on their deals, and new versions are "
        "announced to them. Empty: to everybody in sales.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="The company of ours that works by it. Empty: all of them.",
    )

    # Draft
    draft_body = fields.Html(
        string="Guidance",
        copy=True,
        groups=MANAGERS,
        help="What to know and how to go about it. Others see it when it is published.",
    )
    draft_note = fields.Char(
        string="What Is New",
        copy=False,
        groups=MANAGERS,
        help="Told to the team when the next version is published.",
    )
    step_ids = fields.One2many(
        "crm.playbook.step", "playbook_id", string="Lines", copy=True, groups=MANAGERS
    )
    has_changes = fields.Boolean(
        string="Not Published Yet", compute="_compute_has_changes", groups=MANAGERS
    )

    # Published
    version_id = fields.Many2one(
        "crm.playbook.version",
        string="Present Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    version_ids = fields.One2many("crm.playbook.version", "playbook_id", string="Versions")
    version = fields.Integer(
        related="version_id.version",
        store=True,
        string="Version Number",
        help="Counts up with each publication. 0: not published yet.",
    )
    date_published = fields.Datetime(
        related="version_id.date", store=True, string="Published On", copy=False
    )
    body = fields.Html(
        related="version_id.body",
        string="Published Guidance",
        help="The guidance as it was published last. Written, it becomes the draft.",
    )
    content = fields.Html(related="version_id.content", string="Published Playbook")

    # Read
    read_ids = fields.One2many("crm.playbook.read", "playbook_id", string="Read Receipts")
    is_read = fields.Boolean(string="Read by Me", compute="_compute_is_read")
    reader_ids = fields.Many2many(
        "res.users", string="Has Read It", compute="_compute_reader_ids", groups=MANAGERS
    )
    unread_user_ids = fields.Many2many(
        "res.users", string="Has Not Read It", compute="_compute_reader_ids", groups=MANAGERS
    )

    _status_or_stage = models.Constraint(
        "CHECK((status_id IS NULL) <> (stage_id IS NULL))",
        "A playbook is for clients of a status or for deals in a stage: fill in one of "
        "For Clients That Are and For Deals In, and empty the other.",
    )

    # ---- draft ----

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._write_to_draft(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._write_to_draft(vals))

    @api.model
    def _write_to_draft(self, vals):
        """What others read changes by publishing only: a text that is written is the draft."""
        if "body" not in vals:
            return vals
        vals = dict(vals)
        body = vals.pop("body")
        return {"draft_body": body, **vals}

    @api.depends("draft_body", "step_ids.kind", "step_ids.name", "step_ids.url", "version_id")
    @api.depends("step_ids.sequence")
    def _compute_has_changes(self):
        for playbook in self:
            published = playbook.version_id
            playbook.has_changes = (playbook.draft_body or "") != (published.body or "") or (
                playbook.step_ids._prepare_lines() != (published.lines or [])
            )

    # ---- read ----

    @api.depends("version_id.read_ids.user_id")
    @api.depends_context("uid")
    def _compute_is_read(self):
        read = self.env["crm.playbook.read"].search(
            [("version_id", "in", self.version_id.ids), ("user_id", "=", self.env.uid)]
        )
        for playbook in self:
            playbook.is_read = not playbook.version_id or playbook.version_id in read.version_id

    @api.depends("version_id.read_ids.user_id", "team_ids.crm_team_member_ids", "company_id")
    def _compute_reader_ids(self):
        for playbook in self:
            audience = playbook._get_audience()
            playbook.reader_ids = playbook.version_id.read_ids.user_id
            playbook.unread_user_ids = audience - playbook.reader_ids if playbook.version else False
