from datetime import UTC

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...engine.source_names import Source, propose


class CrmSourceMerge(models.Model):
    """Sources that are the same: proposed, merged into one, or said not to be the same.

    What is proposed is found by the names (``engine/source_names.py``) whenever the screen is
    opened. A proposal without a ``key`` was put together by hand and waits until it is decided.
    Of sources that are not the same the row stays, so that no two of them are proposed again.
    """

    _name = "crm.source.merge"
    _description = "Same Sources"
    _order = "state desc, date desc, id"
    _rec_name = "target_id"

    target_id = fields.Many2one(
        "utm.source",
        "Stays",
        compute="_compute_target_id",
        store=True,
        precompute=True,
        readonly=False,
        index=True,
        ondelete="cascade",
        domain="[('id', 'in', source_ids)]",
        help="The source that stays. Leads, clients, costs and all else of the others become its.",
    )
    source_ids = fields.Many2many(
        "utm.source",
        "crm_source_merge_source_rel",
        "merge_id",
        "source_id",
        string="Same Sources",
        context={"active_test": False},
        help="The sources that are the same, the one that stays among them.",
    )
    state = fields.Selection(
        [("proposed", "Proposed"), ("merged", "Merged"), ("distinct", "Not the Same")],
        default="proposed",
        required=True,
        readonly=True,
        copy=False,
        help="Merged: they are one source now. Not the Same: they are not proposed again.",
    )
    key = fields.Char(
        readonly=True,
        copy=False,
        help="What the names have in common. Empty when somebody put the sources together.",
    )
    date = fields.Datetime(
        "Decided On", readonly=True, copy=False, help="When they were merged, or told apart."
    )
    user_id = fields.Many2one(
        "res.users",
        "Decided By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who merged them, or told them apart.",
    )
    undo_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Until then the merge can be undone: the end of the day for whoever merged.",
    )
    can_undo = fields.Boolean(
        compute="_compute_can_undo", help="The day of the merge is not over yet."
    )
    group_id = fields.Many2one(
        "crm.source.group",
        "Put into Group",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Sources that belong to a mailing or the like keep their names: they became one line "
        "by this group.",
    )
    grouped_ids = fields.Many2many(
        "utm.source",
        "crm_source_merge_grouped_rel",
        "merge_id",
        "source_id",
        string="Grouped Sources",
        readonly=True,
        copy=False,
        help="The sources this merge has put into the group.",
    )

    @api.depends("source_ids")
    def _compute_target_id(self):
        for merge in self:
            sources = merge.source_ids._origin
            if merge.target_id not in sources:
                merge.target_id = sources and sources._sort_by_weight()[0]
            else:
                merge.target_id = merge.target_id

    @api.depends("state", "undo_until")
    def _compute_can_undo(self):
        now = fields.Datetime.now()
        for merge in self:
            until = merge.undo_until
            merge.can_undo = merge.state == "merged" and bool(until) and now <= until

    def write(self, vals):
        # What somebody has changed is no longer what was found.
        if "source_ids" in vals and "key" not in vals:
            vals = {**vals, "key": False}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_merged(self):
        if any(merge.can_undo for merge in self):
            raise UserError(self.env._("A merge can still be undone today: undo it first."))

    @api.model
    def action_open(self):
        """The screen, with what is the same as things stand."""
        self._propose()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_source_merge_action"
        )
        # A reload looks again, as the menu does.
        return action | {"path": "same-sources"}

    def action_merge(self):
        """Make one source of each of these sets."""
        for merge in self:
            merge._merge()
        return True

    def action_undo(self):
        """Put back what these merges have moved."""
        for merge in self:
            merge._undo()
        return True

    def action_distinct(self):
        """These are not the same; remember it."""
        self._check_proposed()
        self.write({"state": "distinct", "date": fields.Datetime.now(), "user_id": self.env.uid})

    def action_propose_again(self):
        """Somebody has told them apart by mistake."""
        told_apart = self.filtered(lambda merge: merge.state == "distinct")
        told_apart.write({"state": "proposed", "date": False, "user_id": False})

    def _check_proposed(self):
        for merge in self:
            if merge.state != "proposed":
                raise UserError(
                    self.env._("'%s' is decided already. Reload the page.", merge.display_name)
                )

    @api.model
    def _propose(self):
        """Bring what is proposed up to date; what somebody put together stays."""
        found = {
            frozenset(source.id for source in same): (key, [source.id for source in same])
            for key, same in self._find_same()
        }
        old = self.search([("state", "=", "proposed"), ("key", "!=", False)])
        known = {frozenset(merge.source_ids.ids): merge for merge in old}
        (old - self.browse().concat(*(known[ids] for ids in known.keys() & found.keys()))).unlink()
        return self.create(
            [
                {"key": key, "source_ids": [Command.set(ids)], "target_id": ids[0]}
                for same, (key, ids) in found.items()
                if same not in known
            ]
        )

    @api.model
    def _find_same(self):
        taken = self.search([("state", "=", "proposed"), ("key", "=", False)]).source_ids
        sources = self.env["utm.source"].search([("id", "not in", taken.ids)])
        # A mailing's own source is in a group and cannot be merged: nothing is left to propose.
        sources -= self._get_owned(sources.filtered("relationship_group_id"))
        weights = sources._get_weights()
        return propose(
            [Source(source.id, source.name or "", weights[source.id]) for source in sources],
            self._get_distinct_pairs(),
        )

    @api.model
    def _get_distinct_pairs(self):
        return {
            frozenset((one, other))
            for merge in self.search([("state", "=", "distinct")])
            for one in merge.source_ids.ids
            for other in merge.source_ids.ids
            if one < other
        }

    def _get_end_of_day(self):
        """The end of today where the user is, in UTC."""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        end = now.replace(hour=23, minute=59, second=59, microsecond=0)
        return end.astimezone(UTC).replace(tzinfo=None)
