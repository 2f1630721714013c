from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, ormcache

from .crm_interaction_capture import COLUMNS, OPEN_MODELS, SIGNATURE, name_columns
from .crm_interaction_capture_lead import MEDIUM_CHANNELS

LOOK_UP = "crm_relationship.look_up"
# What a row that was made in memory has of its client, unless it has it already.
KNOWN_BY_CLIENT = ("commercial_partner_id", "user_id", "company_id")
# Of more events than this the query is as fast, since it is planned once for all.
FEW = 20

# What must be in memory of an event, of its document, and of who made it.
MESSAGE_FIELDS = (
    *("date", "subject", "author_id", "create_uid", "message_type", "is_internal"),
    *("subtype_id", "model", "res_id", "partner_ids"),
)
ACTIVITY_FIELDS = ("res_model", "res_id", "summary", "feedback", "activity_type_id")
DOCUMENT_FIELDS = {
    "crm.lead": ("partner_id", "user_id", "team_id", "company_id", "name"),
    "res.partner": (),
}
LEAD_FIELDS = (
    *DOCUMENT_FIELDS["crm.lead"],
    *("medium_id", "active", "won_status", "create_uid", "create_date"),
)


class CrmInteraction(models.Model):
    """Rows that are made of what is in memory.

    What people do all day is one mail, one activity, one lead, and a moment ago Odoo had all
    of it in hand. PostgreSQL takes longer to plan the query that finds it again in ten tables
    than for all the rest, and plans it in each transaction: between two, Odoo lets a connection
    forget all plans. So of a few events the row is put together from the cache, and only the
    client is looked up.

    What a row is, say the queries in `crm_interaction_capture_<kind>.py`. Here are their plain
    cases; what is special, or not in memory, is left to them. Nothing is read for it.
    """

    _inherit = "crm.interaction"

    @api.model
    def _get_rows_in_hand(self):
        """Kinds of events -> method that makes the row of one of them, a dict of `COLUMNS`.

        It takes the id and what was noted with it, and returns None where the query has to
        be asked.
        """
        return {
            "message": self._get_message_in_hand,
            "plain_activity": self._get_activity_in_hand,
            "lead": self._get_lead_in_hand,
        }

    @api.model
    def _look_up_captured(self):
        """Ask the queries for all that this transaction notes: something is special about it."""
        self.env.cr.precommit.data[LOOK_UP] = True

    @api.model
    def _take_in_hand(self, kind, events):
        """Make the rows of those `events` that are in memory, and take them out of `events`."""
        make = self._get_rows_in_hand().get(kind)
        if not make or len(events) > FEW or self.env.cr.precommit.data.get(LOOK_UP):
            return []
        rows = []
        for event_id, noted in list(events.items()):
            if row := make(event_id, noted):
                rows.append({"duration": 0, "is_attempt": False, "is_private": False, **row})
                del events[event_id]
        return rows

    @api.model
    def _insert_in_hand(self, rows):
        """Append rows that were made in memory, and nothing else.

        Planning takes longer than writing, so of one row, and of rows of which all is known,
        the statement says no more than it must: each event is one of these in nearly all
        transactions.
        """
        is_complete = not [row for row in rows if not self._complete_in_hand(row)]
        if len(rows) > 1 and not is_complete:
            self._insert_captured(self._query_in_hand(rows))
        elif rows:
            # What one of us did says whose it is, and nobody has changed a new row: to look that
            # up twice more, as the foreign keys of the signature do, takes a tenth of all this.
            is_ours = all(row["direction"] == "out" for row in rows)
            uid, now = (None if is_ours else self.env.uid), fields.Datetime.now()
            signature = dict(zip(SIGNATURE, (uid, now, None, now), strict=True))
            rows = [{**row, **signature} for row in rows]
            known = {name for row in rows for name, value in row.items() if value is not None}
            if not is_complete:
                known.update(KNOWN_BY_CLIENT)
            columns = tuple(name for name in (*COLUMNS, *SIGNATURE) if name in known)
            source = self._get_source_in_hand(rows, columns, is_complete)
            self._append(source, columns, is_one=len(rows) == 1)

    @api.model
    def _get_source_in_hand(self, rows, columns, is_complete):
        """What stands after INSERT: these rows, or the one of which the client knows the rest."""
        values = [[row.get(name) for name in columns] for row in rows]
        if is_complete:
            return SQL("VALUES %s", SQL(", ").join(map(tuple, values)))
        [row], [values] = rows, values
        return SQL(
            "SELECT %s FROM res_partner client WHERE client.id = %s AND client.partner_share",
            SQL(", ").join(
                SQL.identifier("client", name) if name in KNOWN_BY_CLIENT and not value else value
                for name, value in zip(columns, values, strict=True)
            ),
            row["partner_id"],
        )

    @api.model
    def _query_in_hand(self, rows):
        """SELECT of `COLUMNS` of rows that were made in memory, with what their client knows."""
        is_complete = all(self._complete_in_hand(row) for row in rows)
        values = SQL(", ").join(SQL("%s", tuple(map(row.get, COLUMNS))) for row in rows)
        event = SQL("(VALUES %s) AS event(%s)", values, name_columns(COLUMNS))
        if is_complete:
            return SQL("SELECT %s FROM %s", self._get_columns_in_hand(), event)
        return SQL(
            """
            SELECT %s FROM %s LEFT JOIN res_partner client ON client.id = event.partner_id::int4
             WHERE event.partner_id IS NULL OR client.partner_share
            """,
            self._get_columns_in_hand(KNOWN_BY_CLIENT),
            event,
        )

    @api.model
    def _complete_in_hand(self, row):
        """Add what is in memory of the client; returns whether that was all."""
        if not row["partner_id"]:
            return True
        names = (*KNOWN_BY_CLIENT, "partner_share")
        client = self._recall("res.partner", row["partner_id"], names)
        if not client or not client["partner_share"]:
            return False
        for name in KNOWN_BY_CLIENT:
            row[name] = row.get(name) or client[name]
        return True

    @api.model
    @ormcache("of_client")
    def _get_columns_in_hand(self, of_client=()):
        """`COLUMNS` of `event`, of which `client` knows those `of_client`.

        They have their types, which a row of values that are all NULL has not.
        """
        columns = []
        for name in COLUMNS:
            column = SQL(
                "%s::%s", SQL.identifier("event", name), SQL(self._fields[name].column_type[1])
            )
            if name in of_client:
                column = SQL("coalesce(%s, %s)", column, SQL.identifier("client", name))
            columns.append(column)
        return SQL(", ").join(columns)

    @api.model
    def _get_message_in_hand(self, message_id, message_type):
        """Row of a message that one of us wrote to the client of the document itself."""
        message = self._recall("mail.message", message_id, MESSAGE_FIELDS)
        if not message or message["message_type"] != "comment":
            return None
        document = self._recall_document(message["model"], message["res_id"])
        us = self._recall("res.users", message["create_uid"], ("partner_id", "share"))
        is_ours = us and not us["share"] and us["partner_id"] == message["author_id"]
        if (
            not document
            or not is_ours
            or message["create_uid"] == SUPERUSER_ID
            or document["partner_id"] not in message["partner_ids"]
            or not self._may_be_contact(
                message["model"], "comment", message["subtype_id"], message["is_internal"]
            )
        ):
            return None
        return {
            **document,
            "date": min(message["date"], fields.Datetime.now()),
            "user_id": message["create_uid"],
            "channel": "email",
            "direction": "out",
            "subject": message["subject"] or document["subject"],
            "needs_reply": False,
            "message_id": message_id,
            "origin_key": f"message:{message_id}",
        }

    @api.model
    def _get_activity_in_hand(self, activity_id, user_id):
        """Row of an activity that neither is about a mail nor stands for a meeting."""
        activity = self._recall("mail.activity", activity_id, ACTIVITY_FIELDS)
        document = activity and self._recall_document(activity["res_model"], activity["res_id"])
        if not document:
            return None
        kind = self._recall(
            "mail.activity.type", activity["activity_type_id"], ("interaction_channel",)
        )
        if not kind or not kind["interaction_channel"]:
            return None
        return {
            **document,
            "date": fields.Datetime.now(),
            "user_id": user_id,
            "channel": kind["interaction_channel"],
            "direction": "out",
            "subject": activity["summary"] or document["subject"],
            "summary": activity["feedback"] or None,
            "needs_reply": False,
            "activity_id": activity_id,
            "origin_key": f"activity:{activity_id}",
        }

    @api.model
    def _get_lead_in_hand(self, lead_id, noted):
        """Row of a lead that did not come by mail."""
        lead = self._recall("crm.lead", lead_id, LEAD_FIELDS)
        maker = lead and self._recall("res.users", lead["create_uid"], ("share",))
        if not maker:
            return None
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        channels = {get_id(xmlid): channel for xmlid, channel in MEDIUM_CHANNELS.items()}
        is_for_others = lead["create_uid"] not in (SUPERUSER_ID, lead["user_id"])
        waits = bool(
            lead["active"]
            and (lead["won_status"] or "pending") == "pending"
            and (maker["share"] or is_for_others)
        )
        return {
            **self._recall_document("crm.lead", lead_id),
            "date": min(lead["create_date"], fields.Datetime.now()),
            "channel": channels.get(lead["medium_id"] or 0)
            or ("website" if maker["share"] else "other"),
            "direction": "in",
            "is_attempt": not waits,
            "needs_reply": waits,
            "origin_key": f"lead:{lead_id}",
        }

    @api.model
    def _recall_document(self, model, res_id):
        """The columns that a row has of its document, None when they are not in memory."""
        if model not in OPEN_MODELS:
            return None
        document = self._recall(model, res_id, DOCUMENT_FIELDS[model])
        if document is None:
            return None
        is_lead = model == "crm.lead"
        return {
            "partner_id": document["partner_id"] if is_lead else res_id,
            "lead_id": res_id if is_lead else None,
            "user_id": document.get("user_id"),
            "team_id": document.get("team_id"),
            "company_id": document.get("company_id"),
            "subject": document.get("name"),
            "res_model": model,
            "res_id": res_id,
        }

    @api.model
    def _recall(self, model, record_id, names):
        """What the cache holds of a record: {field: value, of relations ids}, or None."""
        if not record_id:
            return None
        cache = self.env[model].browse(record_id)._cache
        try:
            return {name: cache[name] for name in names}
        except KeyError:
            return None
