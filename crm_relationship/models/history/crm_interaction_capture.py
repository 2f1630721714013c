from functools import lru_cache

from odoo import api, fields, models
from odoo.tools import SQL, frozendict, ormcache

PENDING = "crm_relationship.capture"

# What a capture query selects, in the order of the columns it fills.
COLUMNS = (
    "date",
    "partner_id",
    "commercial_partner_id",
    "lead_id",
    "user_id",
    "team_id",
    "company_id",
    "channel",
    "direction",
    "is_attempt",
    "subject",
    "duration",
    "summary",
    "is_private",
    "needs_reply",
    "message_id",
    "activity_id",
    "calendar_event_id",
    "res_model",
    "res_id",
    "origin_key",
    "outcome_id",
    "outcome_result",
)
# Who wrote a row down, and when.
SIGNATURE = ("create_uid", "create_date", "write_uid", "write_date")

# Everybody who sells may read these: the history names them.
OPEN_MODELS = ("crm.lead", "res.partner")
# No documents of clients: our own records, those of employees, Odoo's own
# machinery, and what is the vendors'. Calendars have their own capture.
NO_CLIENT_PREFIXES = (
    "calendar.",
    "crm.relationship",
    "discuss.",
    "fetchmail.",
    "hr.",
    "iap.",
    "ir.",
    "mail.",
    "mailing.",
    "purchase.",
    "res.",
    "sms.",
)
# Of documents that are clients' and vendors' alike: which are the clients'.
CLIENT_DOCUMENTS = {
    "account.move": ("move_type", ("out_invoice", "out_refund", "out_receipt")),
    "account.payment": ("partner_type", ("customer",)),
    "stock.picking": ("picking_type_code", ("outgoing",)),
}


@lru_cache(maxsize=32)
def name_columns(columns):
    """The names of these columns as SQL, put together once."""
    return SQL(", ").join(map(SQL.identifier, columns))


class CrmInteraction(models.Model):
    """How the history fills itself.

    What happens in a transaction is only noted, by id. Before the commit all of
    it becomes rows with one statement, however many events of whatever kinds
    there were: `INSERT ... SELECT ... ON CONFLICT DO NOTHING`, which also queues
    the clients for refresh. Nothing of a client, lead or message is updated.

    Of a few events what the row needs is in memory (`crm_interaction_capture_hand.py`).
    The queries of the kinds are in `crm_interaction_capture_<kind>.py`, that of
    meetings in `calendar_event.py`. They take any ids, also of long ago, and may
    be run again: an event that is in the history already adds nothing.
    """

    _inherit = "crm.interaction"

    @api.model
    def _get_capture_queries(self):
        """Kinds of events: kind -> method that returns the SQL of its rows.

        Each method takes `events`, a dict {id: uid of who did it}, and the
        `models` of the documents concerned (None: any), and returns a SELECT of
        `COLUMNS`.
        """
        return {
            "message": self._query_messages,
            "automatic_message": self._query_automatic_messages,
            "activity": self._query_activities,
            "plain_activity": self._query_plain_activities,
            "activity_change": self._query_activity_changes,
            "meeting": self._query_done_meetings,
            "lead": self._query_leads,
            "lead_history": self._query_lead_history,
        }

    @api.model
    def _capture(self, kind, events, documents=()):
        """Note that events of a `kind` happened; they are written before the commit.

        :param events: ids, done by the current user, or {id: what the query of
            the kind takes}
        :param documents: names of the models of the documents concerned
        """
        pending = self.env.cr.precommit.data.setdefault(PENDING, {})
        if not pending:
            # sudo: the history is kept whoever acts, also a client on the portal
            self.env.cr.precommit.add(self.sudo()._flush_captured)
        if self.env.context.get("import_file"):
            self._look_up_captured()  # a trial import is rolled back, and stays in memory
        if not isinstance(events, dict):
            events = dict.fromkeys(events, self.env.uid)
        noted, models_noted = pending.setdefault(kind, ({}, set()))
        noted.update(events)
        models_noted.update(documents)

    @api.model
    def _flush_captured(self):
        """Write what was noted in this transaction."""
        pending = self.env.cr.precommit.data.pop(PENDING, {})
        rows, selects = [], []
        for kind, (events, documents) in pending.items():
            rows += self._take_in_hand(kind, events)
            if events:
                query = self._get_capture_queries()[kind]
                selects.append(SQL("(%s)", query(events, documents)))
        if not selects:
            self._insert_in_hand(rows)
            return
        if rows:
            selects.append(SQL("(%s)", self._query_in_hand(rows)))
        self._insert_captured(SQL(" UNION ALL ").join(selects))

    @api.model
    def _insert_captured(self, query, columns=COLUMNS, *, is_signed=True):
        """Append the rows that `query` selects, each event once.

        :param SQL query: SELECT of `columns`
        :param bool is_signed: whether the rows bear who wrote them down
        :return: ids of the new rows
        """
        source = SQL(
            """SELECT event.*, %(uid)s::int, %(now)s, %(uid)s::int, %(now)s
                 FROM (%(query)s) AS event""",
            query=query,
            uid=self.env.uid if is_signed else None,
            now=fields.Datetime.now(),
        )
        return self._append(source, (*columns, *SIGNATURE))

    @api.model
    def _append(self, source, columns, *, is_one=False):
        """Append the rows of `source`, SQL that may stand after INSERT, each event once.

        :param bool is_one: whether it is one row at most, whose client need not be told apart
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH captured AS (
                    INSERT INTO crm_interaction (%s) %s
                    ON CONFLICT (origin_key) DO NOTHING
                    RETURNING id, commercial_partner_id
                ), queued AS (
                    INSERT INTO crm_relationship_refresh (partner_id)
                    SELECT %s commercial_partner_id FROM captured
                    WHERE commercial_partner_id IS NOT NULL
                )
                SELECT id FROM captured
                """,
                name_columns(columns),
                source,
                SQL() if is_one else SQL("DISTINCT"),
            )
        )
        if rows:
            self._empty_lists(columns)
        return [row[0] for row in rows]

    def _empty_lists(self, columns):
        """Forget lists of rows that are in memory: nobody has new rows, but they miss in these."""
        inverses = self.pool.field_inverses
        for name in columns:
            for field in inverses.get(self._fields[name], ()):
                if self.env.cache.contains_field(field):
                    self.env[field.model_name].invalidate_model([field.name])

    @api.model
    def _query_as_table(self, query, alias):
        """What a capture query selects, as a table whose columns have their names."""
        return SQL("(%s) AS %s(%s)", query, SQL.identifier(alias), name_columns(COLUMNS))

    # ---- documents ----

    @api.model
    @ormcache()
    def _get_capture_models(self):
        """Models whose threads are history: documents that belong to one client.

        Any thread whose client Odoo knows by a stored field counts, whichever
        app or custom model it is of.

        :return: {model: name of the field that is its client}
        """
        models_by_name = {"res.partner": "id"}
        thread = self.pool["mail.thread"]
        for name, model_class in self.pool.items():
            if not issubclass(model_class, thread) or name.startswith(NO_CLIENT_PREFIXES):
                continue
            if field_name := self._get_client_field(self.env[name]):
                models_by_name[name] = field_name
        return frozendict(models_by_name)

    @api.model
    def _get_client_field(self, model):
        """Name of the stored field that is the client of a document of `model`, else None."""
        if model._abstract or model._transient or not model._auto:
            return None
        # A custom model has no field by Odoo's own name; the first contact is its client.
        for name in model._mail_get_partner_fields(introspect_fields=model._custom):
            field = model._fields[name]
            is_column = field.store and not field.company_dependent
            if field.type == "many2one" and field.comodel_name == "res.partner" and is_column:
                return name
        return None

    @api.model
    def _query_documents(self, documents, model, res_id):
        """SELECT of the document that `model` and `res_id` name, when it is a client's.

        Its columns are `lead_id`, `partner_id`, `user_id`, `team_id`,
        `company_id`, and, of what everybody who sells may read, `name` and
        `email`; `is_open` says so.

        :param documents: names of the models to look at, None or empty: all
        :param SQL model: column with the name of the document's model
        :param SQL res_id: column with the id of the document
        """
        known = self._get_capture_models()
        names = [name for name in documents or () if name in known] or list(known)
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s FROM %s document WHERE %s = %s AND document.id = %s AND %s",
                self._query_document_columns(self.env[name]),
                SQL.identifier(self.env[name]._table),
                model,
                name,
                res_id,
                self._query_is_client_document(self.env[name]),
            )
            for name in names
        )

    @api.model
    def _query_document_columns(self, model):
        """Columns of `document`, a row of `model`, as `_query_documents` names them."""
        is_lead = model._name == "crm.lead"

        def column(name, comodel_name):
            field = model._fields.get(name)
            if field and field.store and field.comodel_name == comodel_name:
                return SQL.identifier("document", name)
            return SQL("NULL::int")

        return SQL(
            "%s AS lead_id, %s AS partner_id, %s AS user_id, %s AS team_id, %s AS company_id, "
            "%s AS name, %s AS email, %s AS is_open",
            SQL("document.id") if is_lead else SQL("NULL::int"),
            SQL.identifier("document", self._get_capture_models()[model._name]),
            column("user_id", "res.users"),
            column("team_id", "crm.team"),
            column("company_id", "res.company"),
            SQL("document.name") if is_lead else SQL("NULL::text"),
            SQL("document.email_normalized") if is_lead else SQL("NULL::text"),
            model._name in OPEN_MODELS,
        )

    @api.model
    def _query_is_client_document(self, model):
        """Condition: `document`, a row of `model`, belongs to a client."""
        if model._name == "crm.lead":
            return SQL("TRUE")  # also while nobody knows whose it is
        known = SQL(
            "%s IS NOT NULL", SQL.identifier("document", self._get_capture_models()[model._name])
        )
        name, values = CLIENT_DOCUMENTS.get(model._name, (None, None))
        if name in model._fields and model._fields[name].store:
            return SQL("%s AND %s IN %s", known, SQL.identifier("document", name), values)
        return known
