from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.handover.crm_handover_line import KINDS
from ..tools import notify_user

MODELS = {model for __, __, model in KINDS}


class CrmReassign(models.TransientModel):
    """Give work of one person to another, exactly what is counted here.

    From Monday: what a person is behind with, kind by kind to choose; from a
    list: the rows that are marked. Which records they are is written down when
    the dialog opens, so that what comes meanwhile is not moved unseen.
    """

    _name = "crm.reassign"
    _description = "Reassign"

    from_user_id = fields.Many2one("res.users", string="From", readonly=True)
    to_user_id = fields.Many2one(
        "res.users",
        string="To",
        domain=[("share", "=", False)],
        help="Who does it from now on.",
    )
    line_ids = fields.One2many("crm.reassign.line", "reassign_id", string="What")
    is_of_person = fields.Boolean(compute="_compute_is_of_person")

    @api.depends("from_user_id")
    def _compute_is_of_person(self):
        for wizard in self:
            wizard.is_of_person = bool(wizard.from_user_id)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        context = self.env.context
        if context.get("active_model") in MODELS and context.get("active_ids"):
            lines = [self._prepare_marked_vals(context["active_model"], context["active_ids"])]
        elif "reassign_user_id" in context:
            values["from_user_id"] = context["reassign_user_id"]
            lines = self._prepare_monday_vals(
                context["reassign_user_id"], context.get("reassign_team_id")
            )
        else:
            lines = []
        values["line_ids"] = [Command.create(vals) for vals in lines]
        return values

    @api.model
    def _prepare_marked_vals(self, model, ids):
        labels = {model: label for __, label, model in KINDS}
        records = self.env[model].browse(ids).exists()
        return {
            "name": labels[model],
            "res_model": model,
            "res_ids": records.ids,
            "is_chosen": True,
        }

    @api.model
    def _prepare_monday_vals(self, user_id, team_id):
        """The rows behind the numbers of a person on Monday."""
        monday = self.env["crm.monday"]
        team = monday._choose_team(monday._get_teams(), team_id)
        lines = []
        for kind in monday._get_kinds().values():
            if kind.model in MODELS:
                domain = monday._get_rows_domain(kind, team) & Domain("user_id", "=", user_id)
                if ids := self.env[kind.model].search(domain).ids:
                    lines.append(
                        {"name": kind.label, "res_model": kind.model, "res_ids": ids}
                        | {"is_chosen": True}
                    )
        return lines

    def action_reassign(self):
        """Move what is chosen and tell the new responsible, once."""
        self.ensure_one()
        chosen = self.line_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(self.env._("What: choose what is to be reassigned."))
        self._check_taker()
        counts = {}
        for line in chosen:
            if count := line._reassign(self.to_user_id):
                counts[line.name] = count
        if counts and self.to_user_id != self.env.user:
            self._tell(counts)
        return {"type": "ir.actions.act_window_close", "infos": {"moved": sum(counts.values())}}

    def _check_taker(self):
        user = self.to_user_id
        if not user:
            raise UserError(self.env._("To: choose who is to do it."))
        # sudo: groups of a colleague
        if not user.sudo().has_group("sales_team.group_sale_salesman") or not user.active:
            raise UserError(
                self.env._("To: %s does not work in sales. Choose another colleague.", user.name)
            )

    def _tell(self, counts):
        # sudo: language and address of a colleague
        user = self.to_user_id.sudo()
        thread = self.env["mail.thread"].with_context(lang=user.lang)
        words = thread.env._("%s has reassigned this to you.", self.env.user.name)
        values = {"words": words, "counts": list(counts.items()), "kept": [], "url": "/odoo/today"}
        subject = thread.env._("Reassigned to you: %s", sum(counts.values()))
        notify_user(thread, user, subject, "crm_relationship.reassign_digest", values)


class CrmReassignLine(models.TransientModel):
    _name = "crm.reassign.line"
    _description = "What Is Reassigned"

    reassign_id = fields.Many2one(
        "crm.reassign",
        string="Dialog",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    name = fields.Char(string="What")
    res_model = fields.Char(string="Model")
    res_ids = fields.Json(string="Records")
    count = fields.Integer(string="How Many", compute="_compute_count")
    is_chosen = fields.Boolean(
        string="Reassign", default=True, help="Without it these stay where they are."
    )

    @api.depends("res_ids")
    def _compute_count(self):
        for line in self:
            line.count = len(line.res_ids or [])

    def _get_records(self):
        """The records as far as the user may change them, and may so give them away."""
        if self.res_model not in MODELS:
            raise UserError(self.env._("This can't be reassigned: %s", self.res_model))
        records = self.env[self.res_model].browse(self.res_ids or []).exists()
        records.check_access("write")
        return records

    def _reassign(self, user):
        """:return: how many have changed hands"""
        records = self._get_records().filtered(lambda record: record.user_id != user)
        self._check_companies(records, user)
        if records:
            trace = self.env._("Reassigned to %s.", user.name)
            self.env["crm.handover"]._give(records, user, trace)
        return len(records)

    def _check_companies(self, records, user):
        if "company_id" not in records._fields:
            return
        # sudo: which companies a colleague works for
        foreign = records.company_id - user.sudo().company_ids
        if foreign:
            raise UserError(
                self.env._(
                    "To: %(user)s does not work for %(company)s, to which some of these belong.",
                    user=user.name,
                    company=foreign[0].name,
                )
            )
