from odoo import api, fields, models
from odoo.tools import SQL

# What is handed over: (kind, label, model). All of them have a `user_id`.
KINDS = [
    ("client", "Client", "res.partner"),
    ("lead", "Lead or deal", "crm.lead"),
    ("activity", "Thing to do", "mail.activity"),
    ("promise", "Promise", "crm.promise"),
    ("complaint", "Complaint", "crm.complaint"),
    ("waiting", "Inquiry that waits", "crm.interaction"),
]
# A client is told apart from the people and addresses that belong to it.
PERSON = "person"
MODEL_BY_KIND = {kind: model for kind, __, model in KINDS}
TODO, MOVED, CAME_BACK, KEPT, FAILED, STUCK = (
    "todo",
    "moved",
    "returned",
    "kept",
    "failed",
    "stuck",
)
LINE_STATES = [
    (TODO, "To hand over"),
    (MOVED, "Handed over"),
    (CAME_BACK, "Come back"),
    (KEPT, "Stayed"),
    (FAILED, "Not handed over"),
    (STUCK, "Not taken back"),
]


class CrmHandoverLine(models.Model):
    """One record of a handover, written down before it is moved.

    It is `todo` until it is `moved`; on the way back it is `returned`, or
    `kept` where it stayed with the colleague, with the reason. An error makes
    it `failed` or, on the way back, `stuck`, and leaves the others alone.
    """

    _name = "crm.handover.line"
    _description = "Handed Over"
    _order = "id"
    _rec_name = "record_name"

    handover_id = fields.Many2one(
        "crm.handover", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [(kind, label) for kind, label, __ in KINDS],
        string="Kind of Record",
        required=True,
        readonly=True,
    )
    is_person = fields.Boolean(
        string="Belongs to a Client",
        readonly=True,
        help="A person or an address of a client, not the client itself.",
    )
    kind_name = fields.Char(string="Kind", compute="_compute_kind_name")
    res_model = fields.Char(string="Model", compute="_compute_res_model")
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    record_name = fields.Char(string="What", compute="_compute_record_name")
    client_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    to_user_id = fields.Many2one(
        "res.users", string="To", required=True, readonly=True, index=True, ondelete="cascade"
    )
    was_follower = fields.Boolean(
        readonly=True, help="The colleague followed the record before, and goes on doing so."
    )
    state = fields.Selection(LINE_STATES, required=True, readonly=True, default=TODO)
    reason = fields.Char(readonly=True, help="Why it was not moved, or did not come back.")

    # Once only, whoever collects: the id of a record, never of a contact that can be merged.
    _record_uniq = models.Constraint(
        "UNIQUE(handover_id, kind, res_id)", "It is handed over already."
    )
    # What is still to be done, among all that was.
    _todo_idx = models.Index("(handover_id, state) WHERE state IN ('todo', 'moved')")
    # By whom what was lent has been lent on.
    _record_idx = models.Index("(res_id, kind) WHERE state = 'moved'")

    @api.depends("kind", "is_person")
    @api.depends_context("lang")
    def _compute_kind_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            person = self.env._("Person")
            line.kind_name = person if line.is_person else labels.get(line.kind)

    @api.depends("kind")
    def _compute_res_model(self):
        for line in self:
            line.res_model = MODEL_BY_KIND.get(line.kind)

    @api.depends("kind", "res_id")
    def _compute_record_name(self):
        """Its name as far as the reader may open it."""
        for kind, lines in self.grouped("kind").items():
            records = self.env[MODEL_BY_KIND[kind]].browse(lines.mapped("res_id")).exists()
            readable = records._filtered_access("read")
            names = {record.id: record.display_name for record in readable}
            hidden = self.env._("You cannot open it")
            gone = self.env._("Deleted")
            for line in lines:
                fallback = hidden if line.res_id in records._ids else gone
                line.record_name = names.get(line.res_id, fallback)

    @api.model
    def _follow_merge(self, src_partners, dst_partner):
        """Lines of merged contacts are of the one that is left, once for each handover."""
        self.flush_model()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_handover_line line SET res_id = %(dst)s
                 WHERE line.id IN (
                       SELECT min(moved.id) FROM crm_handover_line moved
                        WHERE moved.kind = 'client' AND moved.res_id IN %(src)s
                          AND NOT EXISTS (
                              SELECT FROM crm_handover_line own
                               WHERE own.handover_id = moved.handover_id
                                 AND own.kind = 'client' AND own.res_id = %(dst)s)
                        GROUP BY moved.handover_id)
                RETURNING line.id
                """,
                dst=dst_partner.id,
                src=tuple(src_partners.ids),
            )
        )
        self.invalidate_model()

    def action_open(self):
        """Open the record."""
        self.ensure_one()
        model, res_id = self.res_model, self.res_id
        if model == "mail.activity":
            activity = self.env[model].browse(res_id)
            model, res_id = activity.res_model, activity.res_id
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [(False, "form")],
        }
