from odoo import api, fields, models

# Fields that decide when the next contact is due.
CADENCE_FIELDS = {"keep_in_touch_days", "keep_in_touch_max_days", "keep_in_touch_pause_until"}
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
        if families:
            self._follow_families(families)
        self._log_status_changes(changes)
        if "relationship_status_locked_until" in vals:
            # Kept or no longer: what happened meanwhile moves it on its day.
            self.env["crm.relationship.refresh"]._push(self.ids)
        if vals.keys() & CADENCE_FIELDS:
            self.commercial_partner_id._refresh_summary()
        return result

    def unlink(self):
        self._leave_to_company()
        orphans = self.with_context(active_test=False).child_ids - self
        families = orphans._get_families()
        result = super().unlink()
        orphans.exists()._stand_alone(families)
        return result

    def _leave_to_company(self):
        """What stays of contacts that are about to be deleted.

        The company of a contact still waits for an answer, and is still owed what
        was promised to the contact. A client that goes as a whole waits for nothing.
        """
        # sudo: history and promises stay whole, whoever deletes the contact
        promises = self.env["crm.promise"].sudo().search([("partner_id", "in", self.ids)])
        for promise in promises:
            if promise.partner_id.commercial_partner_id not in self:
                promise.partner_id = promise.partner_id.commercial_partner_id
                promise._leave_documents(self)
        self.env["crm.interaction"].sudo().search(
            [
                ("partner_id", "in", self.ids),
                ("commercial_partner_id", "in", self.ids),
                ("lead_id", "=", False),
                ("needs_reply", "=", True),
            ]
        ).write({"needs_reply": False, "no_reply_reason": "closed"})

    def _stand_alone(self, before):
        """Make these people, whose company was deleted, clients of their own.

        They keep their part of the history and what the company was to us.

        :param dict before: what `_get_families` told while the company was there
        """
        if not self:
            return
        self.env["crm.interaction"]._follow_orphans(self)
        clients = [
            (partner.id, None, before[partner][1].id)
            for partner in self
            if partner == partner.commercial_partner_id and before[partner][0] != partner
        ]
        reason = self.env._("The company was deleted")
        self.with_context(relationship_status_reason=reason)._log_status_changes(
            [change for change in clients if change[2]]
        )
        self.env["crm.relationship.refresh"]._push(self.ids)

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
        # What they bought counts for whom they belong to now.
        families = {client.id for p in moved for client in (before[p][0], p.commercial_partner_id)}
        self.env["crm.relationship.refresh"]._push(families)
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

    def _drop_same_dates(self):
        """Of dates that two merged contacts both had keep one, best with its year."""
        kept = {}
        for date in self.important_date_ids.sorted(lambda date: (-date.year, date.id)):
            key = (date.kind_id, date.month, date.day, date.yearly)
            years = kept.setdefault(key, set())
            if date.year in years or (years and not date.year):
                date.unlink()
            else:
                years.add(date.year)

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
