from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .crm_relationship_rule_notice import FAILURE
from .crm_relationship_rule_run import FAILED, TODO


class CrmRelationshipRuleRun(models.Model):
    """What people do with the ledger: read it, try again, leave it.

    Nobody writes it but by what is offered here.
    """

    _inherit = "crm.relationship.rule.run"

    may_open = fields.Boolean(
        string="Open to Me",
        compute="_compute_may_open",
        search="_search_may_open",
        help="Whether you may open the record the line is about.",
    )

    has_made = fields.Boolean(
        compute="_compute_has_made",
        compute_sudo=True,
        help="Whether there is a letter or an open task to look at.",
    )

    @api.depends("activity_id", "message_id")
    def _compute_has_made(self):
        for run in self:
            run.has_made = bool(run.activity_id or run.message_id)

    def _compute_may_open(self):
        readable = self.search([("id", "in", self.ids), ("may_open", "=", True)])
        for run in self:
            run.may_open = run in readable

    @api.model
    def _search_may_open(self, operator, value):
        """Lines of records the reader may open, by the record rules of these records."""
        if operator != "in":
            return NotImplemented
        readable = Domain.FALSE
        for name in self.env["crm.relationship.rule"]._get_rule_models():
            # A record rule asks as superuser; the reader's own rights count.
            Model = self.env[name].sudo(False)
            if Model.has_access("read"):
                query = Model.with_context(active_test=False)._search(self._get_open_domain(name))
                readable |= Domain("res_model", "=", name) & Domain("res_id", "in", query)
        return readable if True in value else ~readable

    @api.model
    def _get_open_domain(self, model):
        """Of the records the reader may read, those whose lines are open to them."""
        return Domain.TRUE

    def action_open_made(self):
        """What was made: the letter as it was sent, the task on its record."""
        self.ensure_one()
        if not self.message_id:
            return self.action_open_record()
        return {
            "type": "ir.actions.act_window",
            "name": self.action_id.display_name or self.rule_id.name,
            "res_model": "mail.message",
            "res_id": self.message_id.id,
            "views": [(self.env.ref("mail.mail_message_view_form").id, "form")],
            "target": "new",
        }

    def action_retry(self):
        """Try again what has failed, with the next run."""
        failed = self._take_failed()
        if off := failed.rule_id.filtered(lambda rule: not rule.active):
            raise UserError(self.env._("Switch %s on first, then try again.", off[0].name))
        # Asked for by hand, it is neither too late nor too much.
        failed.write(
            {
                "state": TODO,
                "reason": False,
                "error": False,
                "date_expire": False,
                "is_approved": True,
            }
        )
        failed.rule_id._wake_up()

    def action_leave(self):
        """Leave what has failed, and write down who said so."""
        failed = self._take_failed()
        reason = self.env._("Left: %s decided so.", self.env.user.name)
        failed._skip(reason)
        for rule in failed.rule_id:
            if not rule._get_failed():
                rule._close_notices(FAILURE)

    def _take_failed(self):
        """Those of the lines that have failed, for who may change their rules.

        :raise UserError: none of them has
        """
        self.check_access("read")
        self.rule_id.check_access("write")
        failed = self.sudo().filtered(lambda run: run.state == FAILED)
        if not failed:
            raise UserError(
                self.env._("None of these has failed: there is nothing to try again or to leave.")
            )
        return failed
