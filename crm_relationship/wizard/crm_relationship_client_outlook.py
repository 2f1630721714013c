from odoo import Command, api, fields, models

OUTLOOK_DAYS = 30
SENT_MAX = 80


class CrmRelationshipClientOutlook(models.TransientModel):
    """What rules did for one client and are going to do, on one screen.

    What is coming is worked out when it is opened; what was done is the ledger itself, as far as
    the reader may see it.
    """

    _name = "crm.relationship.client.outlook"
    _description = "What Rules Do for a Client"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    is_off = fields.Boolean(related="partner_id.relationship_rules_off")
    coming_ids = fields.One2many("crm.relationship.client.outlook.line", "outlook_id")
    run_ids = fields.Many2many("crm.relationship.rule.run", compute="_compute_run_ids")
    has_more = fields.Boolean(compute="_compute_run_ids")

    @api.depends("partner_id")
    def _compute_run_ids(self):
        for outlook in self:
            found = self.env["crm.relationship.rule.run"].search(
                outlook._get_run_domain(), limit=SENT_MAX + 1
            )
            outlook.run_ids = found[:SENT_MAX]
            outlook.has_more = len(found) > SENT_MAX

    def _get_run_domain(self):
        family = self.partner_id._get_rule_family()
        return [("partner_id", "in", family.ids), ("state", "!=", "todo")]

    @api.model
    def _open(self, partner):
        self.check_access("read")
        partner.check_access("read")
        # sudo: nobody writes these but this
        outlook = self.sudo().create({"partner_id": partner.id}).sudo(False)
        outlook._look_ahead()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Automatic: %s", partner.display_name),
            "res_model": self._name,
            "res_id": outlook.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large", "create": False},
        }

    def _look_ahead(self):
        family = self.partner_id._get_rule_family()
        rules = self.env["crm.relationship.rule"].search([("active", "=", True)])
        known = self.env["crm.relationship.client.outlook.line"]._fields
        # sudo: the lines are those the reader may see
        self.sudo().coming_ids = [
            Command.create({name: value for name, value in line.items() if name in known})
            for line in rules._forecast_for(family, OUTLOOK_DAYS)
        ]

    def action_open_ledger(self):
        """All lines of the ledger about this client."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_rule_run_action"
        )
        action["domain"] = [("partner_id", "in", self.partner_id._get_rule_family().ids)]
        action["display_name"] = self.partner_id.display_name
        return action


class CrmRelationshipClientOutlookLine(models.TransientModel):
    """One thing a rule is going to do for a client, or not, and why."""

    _name = "crm.relationship.client.outlook.line"
    _description = "What a Rule Is Going to Do for a Client"
    _order = "date_due, id"

    outlook_id = fields.Many2one(
        "crm.relationship.client.outlook", required=True, index=True, ondelete="cascade"
    )
    date_due = fields.Datetime(string="When")
    partner_id = fields.Many2one("res.partner", string="Client", ondelete="cascade")
    rule_id = fields.Many2one("crm.relationship.rule", ondelete="cascade")
    action_id = fields.Many2one("crm.relationship.rule.action", string="What", ondelete="cascade")
    occurrence = fields.Date("About the Day")
    reason = fields.Char(help="Why it will not happen, or what will happen instead.")
