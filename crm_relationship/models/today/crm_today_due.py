from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_today import SPARE, Item, Kind


class CrmToday(models.AbstractModel):
    """Clients one is to be in touch with again."""

    _inherit = "crm.today"

    def _get_today_kinds(self):
        env = self.env
        return [
            *super()._get_today_kinds(),
            Kind(
                "due",
                "res.partner",
                env._("Due"),
                self._find_due,
                self._tell_due,
            ),
        ]

    @api.model
    def _find_due(self, day):
        """Own clients whose next contact is due, but those spoken to a moment ago."""
        domain = (
            Domain("user_id", "=", day.user.id)
            & Domain("keep_in_touch_date", "<=", day.date)
            & Domain("is_commercial_entity", "=", True)
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT client.id, client.keep_in_touch_date, client.keep_in_touch_max_date
                  FROM res_partner client
                 WHERE client.id IN %(own)s
                   AND NOT EXISTS (
                       SELECT FROM crm_interaction i
                        WHERE i.commercial_partner_id = client.id AND i.is_attempt IS NOT TRUE
                          AND i.date > client.last_interaction_date)
              ORDER BY %(order)s DESC, client.id
                """,
                own=self.env["res.partner"]._search(domain).subselect(),
                order=self.env["res.partner"]._query_touch_order("client"),
            )
        )
        return [
            Item(
                key=f"due:{client_id}:{due}",
                kind="due",
                res_id=client_id,
                place=SPARE,
                rank=(number,),
                client_id=client_id,
                partner_id=client_id,
                is_late=bool(late and late < day.date),
            )
            for number, (client_id, due, late) in enumerate(rows)
        ]

    @api.model
    def _tell_due(self, items, day):
        clients = self.env["res.partner"].browse(item.res_id for item in items)
        return {
            item.key: {
                "reason": self._get_due_reason(client, day),
                "buttons": ["brief", "call", "log", "plan", "postpone"],
            }
            for item, client in zip(items, clients, strict=True)
        }

    @api.model
    def _get_due_reason(self, client, day):
        since = client.last_interaction_date
        parts = [client.relationship_status_id.name]
        if client.contact_rhythm:
            parts.append(client.contact_rhythm)
        elif since:
            words = self._get_words_of_days(client._count_days_since(since))
            parts.append(self.env._("no contact for %s", words))
        else:
            parts.append(self.env._("no contact yet"))
        if rhythm := client.keep_in_touch_rhythm_days:
            parts.append(self.env._("rhythm %s", self._get_words_of_days(rhythm)))
        return ", ".join(filter(None, parts))
