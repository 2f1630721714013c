from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import day_words


class CrmInteraction(models.Model):
    """Why a client still waits to whom somebody has written: it did not arrive.

    What fails to be delivered is no answer (`crm_interaction_delivery.py`). Odoo tells who wrote
    it; here everybody sees it who might believe that the client was answered.
    """

    _inherit = "crm.interaction"

    undelivered_answer = fields.Char(
        compute="_compute_undelivered_answer",
        help="The last mail or SMS to the client since the inquiry, when it did not arrive.",
    )

    @api.depends("is_waiting")
    @api.depends_context("uid")
    def _compute_undelivered_answer(self):
        waiting = self.filtered("is_waiting")
        of_clients = waiting.filtered("commercial_partner_id")
        words = of_clients._get_undelivered_answers("commercial_partner_id")
        words |= (waiting - of_clients)._get_undelivered_answers("lead_id")
        for interaction in self:
            interaction.undelivered_answer = words.get(interaction._origin.id, False)

    def _get_undelivered_answers(self, owner):
        """What did not arrive since these inquiries, in words: {id: words}.

        :param str owner: column that holds inquiry and answer together
        """
        found = self._find_undelivered_answers(owner)
        if not found:
            return {}
        failures = self.env["mail.notification"]._fields["failure_type"]
        reasons = dict(failures._description_selection(self.env))
        # sudo: who of us had the contact is a fact for all salespeople
        users = self.env["res.users"].sudo().browse({row["user_id"] for row in found} - {None})
        names = {user.id: user.name for user in users}
        return {
            row["id"]: self._describe_undelivered(
                row, names.get(row["user_id"]), reasons.get(row["failure_type"])
            )
            for row in found
        }

    @api.model
    def _describe_undelivered(self, row, colleague, reason):
        words = {
            "channel": self._get_channel_names()[row["channel"]],
            "day": day_words(self.env, fields.Datetime.context_timestamp(self, row["date"]).date()),
            "colleague": colleague,
        }
        if colleague:
            told = self.env._("Not delivered: %(channel)s of %(day)s by %(colleague)s", **words)
        else:
            told = self.env._("Not delivered: %(channel)s of %(day)s", **words)
        return f"{told} ({reason})" if reason else told

    def _find_undelivered_answers(self, owner):
        """Of these inquiries the last that somebody wrote since, where it did not arrive.

        Facts, as everybody in sales may know them: when, over which channel, by whom, and why not.

        :param str owner: column that holds inquiry and answer together
        """
        ids = self.ids
        if not ids:
            return []
        for name in ("crm.interaction", "mail.message", "mail.notification"):
            self.env[name].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT inquiry.id, answer.date, answer.channel, answer.user_id, failure_type
                  FROM crm_interaction inquiry
            CROSS JOIN LATERAL (
                       SELECT reply.date, reply.channel, reply.user_id, m.id AS message_id
                         FROM crm_interaction reply
                         JOIN mail_message m ON m.id = reply.message_id
                        WHERE reply.%(owner)s = inquiry.%(owner)s
                          AND reply.is_attempt IS TRUE AND %(said_since)s AND %(by_hand)s
                        ORDER BY reply.date DESC, reply.id DESC LIMIT 1
                       ) answer
            CROSS JOIN LATERAL (
                       SELECT min(n.failure_type) FROM mail_notification n
                        WHERE n.mail_message_id = answer.message_id
                       ) reason(failure_type)
                  JOIN mail_message m ON m.id = answer.message_id
                 WHERE inquiry.id IN %(ids)s AND (%(undelivered)s)
                """,
                owner=SQL.identifier(owner),
                ids=tuple(ids),
                said_since=self._query_said_since("inquiry"),
                by_hand=self._query_by_hand(),
                undelivered=self._query_undelivered(),
            )
        )
