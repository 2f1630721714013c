from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

KEEP_IN_TOUCH_STATES = [
    ("none", "No rhythm"),
    ("ok", "In touch"),
    ("due", "Due"),
    ("overdue", "Overdue"),
]
# Read together when one of them is asked for, and not whenever anything of a contact is: most
# of what Odoo does with contacts needs none of them. Status and rhythm are shown in many places
# that need nothing else of ours, so they are read by themselves.
PREFETCH_GROUP = "crm_relationship"
PREFETCH_STATUS = "crm_relationship.status"


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
        prefetch=PREFETCH_STATUS,
    )
    relationship_status_date = fields.Datetime(
        string="Relationship Since",
        copy=False,
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    relationship_status_locked_until = fields.Date(
        string="Status Kept Until",
        copy=False,
        help="Up to this day the status is not changed by itself, only by hand.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    relationship_status_locked_reason = fields.Char(
        string="Kept Because",
        copy=False,
        help="Why the status is not to change by itself up to that day.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
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
        prefetch=PREFETCH_GROUP,
    )
    keep_in_touch_pause_until = fields.Date(
        string="No Contact Until",
        copy=False,
        help="The client does not want to hear from us before this day; "
        "reminders to be in touch wait.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    keep_in_touch_date = fields.Date(
        string="Next Contact Due",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Last contact plus the rhythm of the client or of its status. None while a "
        "complaint of the client is open.",
        groups="base.group_user",
        prefetch=PREFETCH_STATUS,
    )
    keep_in_touch_max_date = fields.Date(
        string="Neglected From",
        copy=False,
        readonly=True,
        help="After this day without contact the client counts as overdue.",
        groups="base.group_user",
        prefetch=PREFETCH_STATUS,
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
        prefetch=PREFETCH_GROUP,
    )
    last_interaction_date = fields.Datetime(
        string="Last Contact On",
        copy=False,
        readonly=True,
        help="The last time somebody of us and somebody of them were in touch. "
        "Attempts that reached nobody and bulk mail do not count.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    interaction_count = fields.Integer(
        string="Interactions",
        copy=False,
        readonly=True,
        help="Rows of the client's history, attempts included.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
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

    # Origin. Only the day has an index, by which reports find who came in a period: each one costs
    # whenever PostgreSQL plans anything with contacts, or writes one.
    acquisition_date = fields.Date(
        string="Came On",
        copy=False,
        index="btree_not_null",
        help="The day of the client's first lead.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    acquisition_source_id = fields.Many2one(
        "utm.source",
        string="Came From",
        copy=False,
        ondelete="set null",
        help="The source of the client's first contact. It stays when later leads come from "
        "elsewhere.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    acquisition_medium_id = fields.Many2one(
        "utm.medium",
        string="First Medium",
        copy=False,
        ondelete="set null",
        help="The medium of the client's first contact.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    acquisition_campaign_id = fields.Many2one(
        "utm.campaign",
        string="First Campaign",
        copy=False,
        ondelete="set null",
        help="The campaign of the client's first contact.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    referrer_id = fields.Many2one(
        "res.partner",
        string="Referred By",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The person who sent this client to us.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
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
            # Who is too late is due: PostgreSQL finds both by the same index.
            "overdue": due & late,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _group_expand_relationship_status(self, statuses, domain):
        """Every status is a column on the board, also one that nobody has."""
        return statuses.search([("active", "=", True)])

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + [
            "relationship_status_id",
            "relationship_status_date",
            "relationship_status_locked_until",
            "relationship_status_locked_reason",
        ]

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
