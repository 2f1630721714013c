from odoo import api, fields, models
from odoo.tools import SQL

# How many inquiries that wait a briefing names, the longest first.
MAX_WAITING = 5
# So many rows of a client, the newest, are looked at to tell who knows them and what is hidden.
MAX_COUNTED = 1000
# What tells no more than that there was a contact: every salesperson may know it.
FACTS = (
    "id",
    "date",
    "channel",
    "direction",
    "is_attempt",
    "outcome_id",
    "response_deadline",
    "user_id",
)
TEXTS = ("partner_id", "lead_id", "message_id", "subject", "purpose_id", "offered", "summary")


class CrmInteraction(models.Model):
    """What the briefing asks of the history.

    Each method takes the history of clients (`owner` is `commercial_partner_id`)
    or of leads (`lead_id`) and is a constant number of statements for any
    number of them. Of rows that the caller may not read only the facts are
    given: when, over which channel, who of us, how it ended. Rows of other
    companies are left out altogether.
    """

    _inherit = "crm.interaction"

    @api.model
    def _get_history_briefing(self, owner, ids):
        """Last contact and what waits.

        :return: {owner id: {"last_contact": dict, "waiting": list of dict}}
        """
        self.flush_model()
        last = self.env.execute_query_dict(self._query_last_contacts(owner, ids))
        waiting = self.env.execute_query_dict(self._query_waiting(owner, ids))
        told = self._brief_rows(last + waiting)
        inquiries = self.browse(row["id"] for row in waiting)
        undelivered = inquiries._get_undelivered_answers(owner)
        briefings = {}
        for number, row in enumerate(last + waiting):
            briefing = briefings.setdefault(row["owner"], {})
            if number < len(last):
                briefing["last_contact"] = told[number]
            else:
                if row["response_deadline"]:
                    told[number]["deadline"] = fields.Datetime.to_string(row["response_deadline"])
                if row["id"] in undelivered:
                    told[number]["undelivered"] = undelivered[row["id"]]
                briefing.setdefault("waiting", []).append(told[number])
        return briefings

    @api.model
    def _query_last_contacts(self, owner, ids):
        """The newest contact that is no inquiry waiting for an answer: that is told apart."""
        return SQL(
            """
            SELECT owner.id AS owner, last.*
              FROM unnest(%(ids)s) AS owner(id)
        CROSS JOIN LATERAL (
                   SELECT %(facts)s FROM crm_interaction i
                    WHERE i.%(owner)s = owner.id AND i.is_attempt IS NOT TRUE AND %(companies)s
                      AND NOT (%(waits)s)
                    ORDER BY i.date DESC, i.id DESC LIMIT 1
                   ) last
            """,
            ids=list(ids),
            owner=SQL.identifier(owner),
            facts=self._query_facts(),
            companies=self._query_companies(),
            waits=self._query_waits(owner),
        )

    @api.model
    def _query_waiting(self, owner, ids):
        return SQL(
            """
            SELECT owner.id AS owner, waiting.*
              FROM unnest(%(ids)s) AS owner(id)
        CROSS JOIN LATERAL (
                   SELECT %(facts)s FROM crm_interaction i
                    WHERE i.%(owner)s = owner.id AND %(companies)s AND %(waits)s
                    ORDER BY i.date, i.id LIMIT %(limit)s
                   ) waiting
            """,
            ids=list(ids),
            owner=SQL.identifier(owner),
            facts=self._query_facts(),
            companies=self._query_companies(),
            waits=self._query_waits(owner),
            limit=MAX_WAITING,
        )

    @api.model
    def _query_waits(self, owner):
        """Condition: `i` needs an answer and has none, linked or, as yet unlinked, after it."""
        return SQL(
            """
            i.needs_reply IS TRUE AND i.reply_id IS NULL
            AND NOT EXISTS (
                SELECT FROM crm_interaction reply
                 WHERE reply.%(owner)s = i.%(owner)s AND %(answers)s)
            AND NOT %(lost)s
            """,
            owner=SQL.identifier(owner),
            answers=self._query_answers_to("i"),
            lost=self._query_lost("i"),
        )

    @api.model
    def _query_facts(self):
        return SQL(", ").join(SQL.identifier("i", name) for name in FACTS)

    @api.model
    def _query_companies(self):
        return SQL("(i.company_id IS NULL OR i.company_id IN %s)", self.env.companies._ids)

    @api.model
    def _brief_rows(self, rows):
        """Rows of facts as the caller is told them, with the texts they may read, in order."""
        texts = self._brief_texts({row["id"] for row in rows})
        names = self._brief_user_names({row["user_id"] for row in rows})
        return [self._brief_row(row, texts, names) for row in rows]

    @api.model
    def _brief_row(self, row, texts, names):
        text = texts.get(row["id"])
        outcome = self.env["crm.interaction.outcome"].browse(row["outcome_id"])
        channels = self._get_channel_names()
        facts = {
            "date": fields.Datetime.to_string(row["date"]),
            "channel": row["channel"],
            "channel_name": channels.get(row["channel"], ""),
            "direction": row["direction"],
            "is_hidden": text is None,
        }
        if row["is_attempt"]:
            facts["is_attempt"] = True
        if row["user_id"]:
            facts["user"] = {"id": row["user_id"], "name": names[row["user_id"]]}
        if outcome:
            facts.update(outcome=outcome.name, result=outcome.result)
        return {**facts, **(text or {})}

    @api.model
    def _brief_user_names(self, user_ids):
        # sudo: who of us had the contact is a fact for all salespeople, also
        # when the colleague has left
        users = self.env["res.users"].sudo().browse(user_id for user_id in user_ids if user_id)
        return {user.id: user.name for user in users}

    @api.model
    def _brief_texts(self, ids):
        """Texts of the rows that the caller may read: {id: dict without what is unknown}."""
        rows = self.search_fetch([("id", "in", list(ids))], TEXTS)
        contacts = rows.partner_id._filtered_access("read")
        leads = rows.lead_id._filtered_access("read")
        messages = self._get_readable_messages(rows.message_id.ids)
        return {row.id: row._brief_text(contacts, leads, messages) for row in rows}

    @api.model
    def _get_readable_messages(self, message_ids):
        """The mails that the caller may read: subject and first line stay where they are."""
        return self.env["mail.message"].search_fetch(
            [("id", "in", message_ids)], ["subject", "body"]
        )

    def _brief_text(self, contacts, leads, messages):
        self.ensure_one()
        contact = self.partner_id & contacts
        lead = self.lead_id & leads
        message = self.message_id & messages
        values = {
            "id": self.id,
            "contact": contact and {"id": contact.id, "name": contact.name or contact.display_name},
            "phone": contact.phone,
            "lead": lead and {"id": lead.id, "name": lead.name},
            "subject": self.subject or message.subject,
            "preview": message.preview,
            "purpose": self.purpose_id.name,
            "offered": self.offered,
            "summary": self.summary,
        }
        return {name: value for name, value in values.items() if value}

    @api.model
    def _count_history(self, owner, ids, since):
        """Who of us was in touch since a moment, and how much the caller can't open.

        Of each client the newest rows count, up to `MAX_COUNTED`: a client with
        a long history costs no more than others.

        :return: {owner id: {"known_by": [{"id", "name", "count"}], "hidden": int}}
        """
        self.flush_model()
        rows = self.env.execute_query(self._query_counts(owner, ids, since))
        names = self._brief_user_names({user_id for __, user_id, recent, __ in rows if recent})
        counts = {}
        for owner_id, user_id, recent, hidden in rows:
            count = counts.setdefault(owner_id, {"known_by": [], "hidden": 0})
            count["hidden"] += hidden
            if user_id and recent:
                count["known_by"].append({"id": user_id, "name": names[user_id], "count": recent})
        return counts

    @api.model
    def _query_counts(self, owner, ids, since):
        readable = self._search([])
        return SQL(
            """
            SELECT owner.id, recent.user_id,
                   count(*) FILTER (
                       WHERE recent.date >= %(since)s AND recent.is_attempt IS NOT TRUE
                             AND NOT (recent.needs_reply IS TRUE AND recent.reply_id IS NULL)
                   ) AS known,
                   count(*) FILTER (WHERE recent.is_readable IS NULL)
              FROM unnest(%(ids)s) AS owner(id)
        CROSS JOIN LATERAL (
                   SELECT i.user_id, i.date, i.is_attempt, i.needs_reply, i.reply_id,
                          -- Not IN (...): that would look at the history of everybody.
                          (SELECT TRUE FROM %(readable_from)s
                            WHERE crm_interaction.id = i.id AND %(readable_where)s
                          ) AS is_readable
                     FROM crm_interaction i
                    WHERE i.%(owner)s = owner.id AND %(companies)s
                    ORDER BY i.date DESC, i.id DESC LIMIT %(limit)s
                   ) recent
             GROUP BY 1, 2
             ORDER BY known DESC, recent.user_id
            """,
            owner=SQL.identifier(owner),
            since=since,
            ids=list(ids),
            companies=self._query_companies(),
            readable_from=readable.from_clause,
            readable_where=readable.where_clause or SQL("TRUE"),
            limit=MAX_COUNTED,
        )

    @api.model
    def _get_log_action(self, partner, lead=None):
        """Action of the dialog that logs one contact, named after the client."""
        client = partner.commercial_partner_id.name or (lead and lead.display_name)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log: %s", client) if client else self.env._("Log Interaction"),
            "res_model": "crm.interaction.log",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": partner.id,
                "default_lead_id": lead and lead.id,
                "dialog_size": "medium",
            },
        }

    def action_log(self):
        """Log a contact from the history of a client, or of any client."""
        partner = self.env["res.partner"].browse(self.env.context.get("default_partner_id"))
        return self._get_log_action(partner)
