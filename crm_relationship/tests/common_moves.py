from odoo import fields

from .common import RelationshipCommon


class MoveCommon(RelationshipCommon):
    """Clients whose facts lie on fixed days; freeze the time around the tests."""

    def _talk(self, partner, moment, **vals):
        """Both sides spoke on the phone."""
        return self._say(partner, moment, channel="phone", **vals)

    def _say(self, partner, moment, **vals):
        return self.interactions.create(
            {"partner_id": partner.id, "date": moment, "user_id": self.ben.id, **vals}
        )

    def _win(self, partner, moment, **vals):
        lead = self._create_lead(partner, **vals)
        lead.action_set_won()
        lead.date_closed = moment
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [moment, lead.id])
        # That the lead came is no talk, and belongs to its day.
        self.env.cr.flush()
        lead.interaction_ids.filtered(lambda row: row.origin_key == f"lead:{lead.id}").date = moment
        return lead

    def _decide(self, partner, status, moment, user=None):
        """Somebody sets the status by hand."""
        client = partner.with_user(user or self.anna)
        client.relationship_status_id = status
        change = client.sudo().relationship_change_ids.filtered(lambda row: not row.date_to)
        change.date = client.sudo().relationship_status_date = moment

    def _moves(self, client):
        """(status, day, why) of all steps, oldest first."""
        return [
            (change.to_status_id.kind, str(change.date), change.reason)
            for change in self.env["crm.relationship.status.change"].search(
                [("partner_id", "=", client.id)], order="date, id"
            )
        ]

    def assertMoves(self, client, *expected):
        self._refresh_clients()
        self.assertEqual(self._moves(client), list(expected))

    def _days_before(self, days):
        return fields.Datetime.subtract(fields.Datetime.now(), days=days)
