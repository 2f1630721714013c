from odoo import api, fields, models

# Fields that decide when the next contact is due.
CADENCE_FIELDS = {"keep_in_touch_days", "keep_in_touch_pause_until"}
STATUS_FIELDS = {"relationship_status_id", "relationship_status_date"}
# Fields that decide which commercial entity a contact belongs to.
FAMILY_FIELDS = {"parent_id", "is_company"}


class ResPartner(models.Model):
    """Writing a status on whole families, with its trace, and following who moves.

    A client that becomes a contact of a company takes its history and, where
    the company has none, its status along; a contact that leaves a company
    leaves both behind.
    """

    _inherit = "res.partner"

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
        changes = self._get_status_changes(vals)
        if changes:
            super(ResPartner, self.browse(change[0] for change in changes)).write(
                {
                    "relationship_status_id": vals["relationship_status_id"],
                    "relationship_status_date": fields.Datetime.now(),
                }
            )
            # Odoo has handed the status of the companies to their contacts.
            vals = {name: value for name, value in vals.items() if name not in STATUS_FIELDS}
        families = self._get_families() if vals.keys() & FAMILY_FIELDS else {}
        result = super().write(vals)
        self._follow_families(families)
        self._log_status_changes(changes)
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
        self._log_status_changes(
            [(client.id, None, client.relationship_status_id.id) for client in clients]
        )

    def _get_status_changes(self, vals):
        """What writing `vals` changes on commercial entities.

        :return: list of (id, old status id or None, new status id or None)
        """
        if "relationship_status_id" not in vals:
            return []
        new_id = vals["relationship_status_id"] or None
        changes = []
        for entity in self.commercial_partner_id:
            old_id = entity.relationship_status_id.id or None
            if old_id != new_id:
                changes.append((entity.id, old_id, new_id))
        return changes

    @api.model
    def _log_status_changes(self, changes):
        if not changes:
            return
        reason = self.env.context.get("relationship_status_reason") or None
        # sudo: the trace is written for whoever may write the status
        self.env["crm.relationship.status.change"].sudo()._log(
            [(*change, reason) for change in changes]
        )
        self.browse(change[0] for change in changes)._refresh_summary()

    def _get_families(self):
        """Of each of these contacts: the commercial entity and the status it has now."""
        # sudo: contacts are moved by people too who may not see what clients are to us
        return {
            partner: (partner.commercial_partner_id, partner.relationship_status_id)
            for partner in self.sudo()
        }

    @api.model
    def _follow_families(self, before):
        """Take the relationship along with contacts that have moved.

        :param dict before: what `_get_families` told before the move
        """
        moved = {
            partner: status
            for partner, (entity, status) in before.items()
            if partner.commercial_partner_id != entity
        }
        joined = {
            partner: status for partner, status in moved.items() if partner == before[partner][0]
        }
        if joined:
            self._join_families(joined)
        for partner in moved.keys() - joined.keys():
            entity = partner.commercial_partner_id
            if entity == partner or not entity.relationship_status_id:
                reason = self.env._("Has left %s", before[partner][0].display_name)
                partner.with_context(relationship_status_reason=reason).write(
                    {"relationship_status_id": False}
                )

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
