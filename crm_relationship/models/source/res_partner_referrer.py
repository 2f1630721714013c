from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class ResPartner(models.Model):
    """Who sent a client to us. Nobody sends himself, not even by way of others.

    A client is a company with all its people: who works there does not send it, and whoever sent
    one of them sent the company. So the way from a client to who sent it leads over commercial
    entities.
    """

    _inherit = "res.partner"

    @api.constrains("referrer_id")
    def _check_referrer(self):
        self._check_referrals(
            [(partner, partner.referrer_id) for partner in self if partner.referrer_id]
        )

    @api.model
    def _check_referrals(self, pairs):
        """Refuse what leads back to the client itself.

        :param pairs: list of (client, who is said to have sent it), each one contact
        """
        own = self._find_own_referrals([(client.id, sender.id) for client, sender in pairs])
        for client, sender in pairs:
            if (client.id, sender.id) in own:
                raise ValidationError(client._describe_own_referral(sender))

    def _describe_own_referral(self, sender):
        names = {"referrer": sender.display_name, "client": self.display_name}
        if sender.commercial_partner_id == self.commercial_partner_id:
            return self.env._(
                "Referred By: %(referrer)s belongs to %(client)s, and nobody refers himself. "
                "Choose who else told them about us.",
                **names,
            )
        return self.env._(
            "Referred By: %(referrer)s came to us through %(client)s, so %(client)s cannot "
            "have come through %(referrer)s. Correct one of them.",
            **names,
        )

    @api.model
    def _find_own_referrals(self, pairs):
        """Of pairs (client, sender) those where whoever sent the sender, and whoever sent that
        one, ends at the client. One statement, however many pairs and however long the way.

        The way may lead over contacts the user does not see; only its ends are named.
        """
        if not pairs:
            return set()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE pair(client_id, sender_id) AS (VALUES %(pairs)s),
                way(client_id, sender_id, goal_id, place_id, seen) AS (
                    SELECT pair.client_id, pair.sender_id, client.commercial_partner_id,
                           sender.commercial_partner_id, ARRAY[sender.commercial_partner_id]
                      FROM pair
                      JOIN res_partner client ON client.id = pair.client_id
                      JOIN res_partner sender ON sender.id = pair.sender_id
                     UNION ALL
                    SELECT way.client_id, way.sender_id, way.goal_id,
                           sender.commercial_partner_id, way.seen || sender.commercial_partner_id
                      FROM way
                      JOIN res_partner place ON place.id = way.place_id
                      JOIN res_partner sender ON sender.id = place.referrer_id
                     WHERE way.place_id <> way.goal_id
                       AND sender.commercial_partner_id <> ALL(way.seen)
                )
                SELECT client_id, sender_id FROM way WHERE place_id = goal_id
                """,
                pairs=SQL(", ").join(SQL("(%s, %s)", *pair) for pair in pairs),
            )
        )
        return set(rows)

    def _drop_own_referrals(self):
        """Of contacts that become one: none of them was sent by another of them."""
        # sudo: which contacts become one, who merges them decides
        sent = self.sudo().filtered("referrer_id")
        own = self._find_own_referrals(
            [(client.id, partner.referrer_id.id) for partner in sent for client in self]
        )
        senders = {sender_id for __, sender_id in own}
        sent.filtered(lambda partner: partner.referrer_id.id in senders).referrer_id = False
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        families = self.sudo().commercial_partner_id.ids
        leads.search(
            [
                ("partner_id.commercial_partner_id", "in", families),
                ("referrer_id.commercial_partner_id", "in", families),
            ]
        ).write({"referrer_id": False})

    @api.model
    def _follow_families(self, before):
        """Who begins to work for a company does not send it, from now on."""
        result = super()._follow_families(before)
        moved = self.browse(
            partner.id
            for partner, (entity, __) in before.items()
            if partner.commercial_partner_id != entity
        )
        # sudo: contacts are moved by people too who may not see who sent whom
        moved.commercial_partner_id.sudo()._drop_referrals_by_themselves()
        return result

    def _drop_referrals_by_themselves(self):
        """Forget who sent these clients where that has become one of their own."""
        sent = self.filtered("referrer_id")
        own = self._find_own_referrals([(client.id, client.referrer_id.id) for client in sent])
        for client in sent.filtered(lambda client: (client.id, client.referrer_id.id) in own):
            client._message_log(
                body=self.env._(
                    "Referred By was %s, who belongs to this client now or came through it.",
                    client.referrer_id.name,
                )
            )
            client.referrer_id = False
