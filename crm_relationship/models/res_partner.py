from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

KEEP_IN_TOUCH_STATES = [
    ("none", "No rhythm"),
    ("ok", "In touch"),
    ("due", "Due"),
    ("overdue", "Overdue"),
]
# Fields that decide when the next contact is due.
CADENCE_FIELDS = {"keep_in_touch_days", "keep_in_touch_pause_until"}
# Fields that decide which commercial entity a contact belongs to.
FAMILY_FIELDS = {"parent_id", "is_company"}


class ResPartner(models.Model):
    """A client: status, rhythm, history, and where it came from.

    The status belongs to the commercial entity and is shared by its contacts,
    like Odoo's own commercial fields. Automation finds what it derives
    (`res_partner_refresh.py`) on the commercial entity; the last contact is
    also kept for each person.
    """

    _inherit = "res.partner"

    # Status
    relationship_status_id = fields.Many2one(
        "crm.relationship.status",
        string="Relationship",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        group_expand="_group_expand_relationship_status",
        help="What the client is to us, and what that obliges us to. "
        "Shared by all contacts of a company.",
        groups="base.group_user",
    )
    relationship_status_date = fields.Datetime(
        string="Relationship Since", copy=False, groups="base.group_user"
    )
    relationship_status_locked_until = fields.Date(
        string="Status Kept Until",
        copy=False,
        help="Up to this day the status is not changed by itself, only by hand.",
        groups="base.group_user",
    )
    relationship_status_kind = fields.Selection(
        related="relationship_status_id.kind", groups="base.group_user"
    )
    relationship_status_color = fields.Integer(
        related="relationship_status_id.color", groups="base.group_user"
    )
    relationship_change_ids = fields.One2many(
        "crm.relationship.status.change",
        "partner_id",
        string="Status History",
        groups="sales_team.group_sale_salesman",
    )
    is_commercial_entity = fields.Boolean(
        compute="_compute_is_commercial_entity",
        search="_search_is_commercial_entity",
        groups="base.group_user",
    )

    # Rhythm
    keep_in_touch_days = fields.Integer(
        string="Own Rhythm (days)",
        copy=False,
        help="How often to be in touch with this client. 0: the rhythm of its status.",
        groups="base.group_user",
    )
    keep_in_touch_pause_until = fields.Date(
        string="No Contact Until",
        copy=False,
        help="The client does not want to hear from us before this day; "
        "reminders to be in touch wait.",
        groups="base.group_user",
    )
    keep_in_touch_date = fields.Date(
        string="Next Contact Due",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Last contact plus the rhythm of the client or of its status.",
        groups="base.group_user",
    )
    keep_in_touch_max_date = fields.Date(
        string="Neglected From",
        copy=False,
        readonly=True,
        help="After this day without contact the client counts as overdue.",
        groups="base.group_user",
    )
    keep_in_touch_state = fields.Selection(
        KEEP_IN_TOUCH_STATES,
        string="In Touch",
        compute="_compute_keep_in_touch_state",
        search="_search_keep_in_touch_state",
        groups="base.group_user",
    )

    # History
    last_interaction_id = fields.Many2one(
        "crm.interaction",
        string="Last Contact",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="sales_team.group_sale_salesman",
    )
    last_interaction_date = fields.Datetime(
        string="Last Contact On",
        copy=False,
        readonly=True,
        help="The last time somebody of us and somebody of them were in touch. "
        "Attempts that reached nobody and bulk mail do not count.",
        groups="base.group_user",
    )
    interaction_count = fields.Integer(
        string="Interactions",
        copy=False,
        readonly=True,
        help="Rows of the client's history, attempts included.",
        groups="base.group_user",
    )
    interaction_ids = fields.One2many(
        "crm.interaction", "partner_id", groups="sales_team.group_sale_salesman"
    )
    important_date_ids = fields.One2many(
        "crm.important.date", "partner_id", groups="base.group_user"
    )
    promise_ids = fields.One2many(
        "crm.promise", "partner_id", groups="sales_team.group_sale_salesman"
    )

    # Origin
    acquisition_date = fields.Date(
        string="Came On",
        copy=False,
        help="The day of the client's first lead.",
        groups="base.group_user",
    )
    acquisition_source_id = fields.Many2one(
        "utm.source",
        string="Came From",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    acquisition_medium_id = fields.Many2one(
        "utm.medium",
        string="First Medium",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    acquisition_campaign_id = fields.Many2one(
        "utm.campaign",
        string="First Campaign",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    referrer_id = fields.Many2one(
        "res.partner",
        string="Referred By",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The person who sent this client to us.",
        groups="base.group_user",
    )
    referred_ids = fields.One2many(
        "res.partner", "referrer_id", string="Has Referred", groups="base.group_user"
    )

    _keep_in_touch_days_positive = models.Constraint(
        "CHECK(keep_in_touch_days >= 0)",
        "Own Rhythm can't be negative. Enter 0 for the rhythm of the status.",
    )

    def _compute_is_commercial_entity(self):
        for partner in self:
            partner.is_commercial_entity = partner == partner.commercial_partner_id

    def _search_is_commercial_entity(self, operator, value):
        if operator != "in":
            return NotImplemented

        def to_sql(model, alias, query):
            return SQL(
                "%s = %s",
                SQL.identifier(alias, "id"),
                model._field_to_sql(alias, "commercial_partner_id", query),
            )

        return Domain.custom(to_sql=to_sql)

    @api.depends("keep_in_touch_date", "keep_in_touch_max_date")
    def _compute_keep_in_touch_state(self):
        today = fields.Date.context_today(self)
        for partner in self:
            partner.keep_in_touch_state = self._get_keep_in_touch_state(
                partner.keep_in_touch_date, partner.keep_in_touch_max_date, today
            )

    @api.model
    def _get_keep_in_touch_state(self, due, late, today):
        """The state of a client whose next contact is `due` and too late after `late`."""
        if not due:
            return "none"
        if late and late < today:
            return "overdue"
        return "due" if due <= today else "ok"

    def _search_keep_in_touch_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        due = Domain("keep_in_touch_date", "<=", today)
        late = Domain("keep_in_touch_max_date", "<", today)
        domains = {
            "none": Domain("keep_in_touch_date", "=", False),
            "ok": Domain("keep_in_touch_date", ">", today),
            "due": due & ~late,
            "overdue": late,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _group_expand_relationship_status(self, statuses, domain):
        """Every status is a column on the board, also one that nobody has."""
        return statuses.search([])

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + [
            "relationship_status_id",
            "relationship_status_date",
            "relationship_status_locked_until",
        ]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("relationship_status_id"):
                vals.setdefault("relationship_status_date", fields.Datetime.now())
        partners = super().create(vals_list)
        if any(vals.get("relationship_status_id") for vals in vals_list):
            partners._start_relationship()
        return partners

    def write(self, vals):
        if "relationship_status_id" in vals:
            return self._write_relationship_status(vals)
        if vals.keys() & FAMILY_FIELDS:
            return self._write_family(vals)
        result = super().write(vals)
        if vals.keys() & CADENCE_FIELDS:
            self.commercial_partner_id._refresh_summary()
        return result

    def unlink(self):
        # sudo: nobody can answer a contact that is gone, whoever deletes it
        self.env["crm.interaction"].sudo().search(
            [("partner_id", "in", self.ids), ("lead_id", "=", False), ("needs_reply", "=", True)]
        ).needs_reply = False
        return super().unlink()

    def _start_relationship(self):
        """Write down the status that new clients begin with."""
        clients = self.filtered(
            lambda partner: (
                partner.relationship_status_id and partner == partner.commercial_partner_id
            )
        )
        # sudo: the trace is written for whoever may write the status
        self.env["crm.relationship.status.change"].sudo()._log(
            [
                (client.id, None, client.relationship_status_id.id, self._get_status_reason())
                for client in clients
            ]
        )
        clients._refresh_summary()

    def _write_relationship_status(self, vals):
        """Write a status on the commercial entities, with a trace of what changed."""
        status_id = vals["relationship_status_id"] or False
        entities = self.commercial_partner_id
        changed = entities.filtered(lambda entity: entity.relationship_status_id.id != status_id)
        if not changed:
            # Nothing to do, or Odoo hands the company's status to its contacts.
            return super().write(vals)
        changes = [
            (entity.id, entity.relationship_status_id.id or None, status_id or None)
            for entity in changed
        ]
        status_vals = {
            "relationship_status_id": status_id,
            "relationship_status_date": fields.Datetime.now(),
        }
        super(ResPartner, changed).write(status_vals)
        rest = {name: value for name, value in vals.items() if name not in status_vals}
        if rest:
            super().write(rest)
        reason = self._get_status_reason()
        # sudo: the trace is written for whoever may write the status
        self.env["crm.relationship.status.change"].sudo()._log(
            [(*change, reason) for change in changes]
        )
        changed._refresh_summary()
        return True

    def _write_family(self, vals):
        """Take the relationship along when a client joins a company, leave it when one leaves."""
        # sudo: contacts are moved by people too who may not see what clients are to us
        partners = self.sudo()
        before = {partner: partner.commercial_partner_id for partner in partners}
        statuses = {partner: partner.relationship_status_id for partner in partners}
        result = super().write(vals)
        moved = partners.filtered(lambda partner: partner.commercial_partner_id != before[partner])
        joined = moved.filtered(lambda partner: partner == before[partner])
        if joined:
            joined._join_families({partner: statuses[partner] for partner in joined})
        strangers = (moved - joined).filtered(
            lambda partner: (
                partner.relationship_status_id
                and (
                    partner == partner.commercial_partner_id
                    or not partner.commercial_partner_id.relationship_status_id
                )
            )
        )
        if strangers:
            # The status was that of the company they have left.
            super(ResPartner, strangers).write(
                {"relationship_status_id": False, "relationship_status_date": False}
            )
        return result

    @api.model
    def _join_families(self, statuses):
        """Hand history and status of former clients to the companies they belong to now.

        :param statuses: dict of contact to the status it had as a client of its own
        """
        joined = self.browse().concat(*statuses)
        self.env["crm.interaction"]._join_families(joined.ids)
        self.env["crm.relationship.status.change"]._log(
            [
                (
                    partner.id,
                    status.id,
                    None,
                    self.env._("Belongs to %s now", partner.commercial_partner_id.display_name),
                )
                for partner, status in statuses.items()
                if status
            ]
        )
        for partner, status in statuses.items():
            entity = partner.commercial_partner_id
            if status and not entity.relationship_status_id:
                reason = self.env._("As %s was before", partner.display_name)
                entity.with_context(relationship_status_reason=reason).write(
                    {"relationship_status_id": status.id}
                )
        self.env["crm.relationship.refresh"]._push(joined.ids)

    @api.model
    def _get_status_reason(self):
        return self.env.context.get("relationship_status_reason") or None

    def action_open_interactions(self):
        """The history of the client: of a company with all its contacts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_interaction_action"
        )
        field = "commercial_partner_id" if self.is_commercial_entity else "partner_id"
        action["domain"] = [(field, "=", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action

    def action_edit_origin(self):
        """Correct where the client came from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Where %s came from", self.commercial_partner_id.display_name),
            "res_model": "res.partner",
            "res_id": self.commercial_partner_id.id,
            "views": [(self.env.ref("crm_relationship.res_partner_view_form_origin").id, "form")],
            "target": "new",
        }
