from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from ..complaint.crm_complaint import OPEN_STATES
from .crm_today import PLANNED, SPARE, Item, Kind


class CrmToday(models.AbstractModel):
    """What was planned, and deals for which nothing is."""

    _inherit = "crm.today"

    def _get_today_kinds(self):
        env = self.env
        return [
            *super()._get_today_kinds(),
            Kind(
                "activity",
                "mail.activity",
                env._("To Do"),
                self._find_activities,
                self._tell_activities,
            ),
            Kind(
                "next_step",
                "crm.lead",
                env._("Next Step?"),
                self._find_stuck,
                self._tell_stuck,
            ),
        ]

    # ---- what was planned ----

    @api.model
    def _find_activities(self, day):
        """Activities of today and before that are not told as something else."""
        activities = self.env["mail.activity"].search_fetch(
            Domain("user_id", "=", day.user.id)
            & Domain("date_deadline", "<=", day.date)
            & Domain("is_promise", "=", False)
            & self._get_asked_domain(day)
            & Domain.custom(
                to_sql=lambda model, alias, query: self._query_untold_activity(alias, day)
            ),
            ["res_model", "res_id", "date_deadline", "summary", "activity_type_id"],
            order="date_deadline, id",
        )
        clients = self._get_activity_clients(activities)
        return [
            Item(
                key=f"activity:{activity.id}",
                kind="activity",
                res_id=activity.id,
                place=PLANNED,
                rank=(activity.date_deadline,),
                client_id=self._get_client_id(client),
                partner_id=client.id or 0,
                is_late=activity.date_deadline < day.date,
            )
            for activity, client in zip(activities, clients, strict=True)
        ]

    @api.model
    def _get_asked_domain(self, day):
        """Without the reminder to tell how meetings ended, when all of them are today's and on the
        list themselves."""
        interactions = self.env["crm.interaction"]
        before = Domain("user_id", "=", day.user.id) & Domain("date", "<", day.start)
        if interactions.search_count(interactions._get_untold_meeting_domain() & before, limit=1):
            return Domain.TRUE
        return Domain("activity_type_id", "!=", interactions._get_outcome_type().id)

    @api.model
    def _query_untold_activity(self, alias, day):
        """Condition: activity `alias` is not that of a meeting to come, nor the task to answer an
        inquiry or on a complaint that are on the list themselves."""
        return SQL(
            """
            NOT EXISTS (SELECT FROM calendar_event e
                         WHERE e.id = %(alias)s.calendar_event_id AND e.stop > %(start)s)
            AND NOT EXISTS (SELECT FROM crm_interaction i
                             WHERE i.reply_activity_id = %(alias)s.id AND i.user_id = %(user)s
                               AND i.needs_reply IS TRUE AND i.reply_id IS NULL)
            AND NOT EXISTS (SELECT FROM crm_complaint c
                             WHERE %(alias)s.res_model = 'crm.complaint' AND c.id = %(alias)s.res_id
                               AND c.user_id = %(user)s AND c.state IN %(open)s AND c.active)
            """,
            alias=SQL.identifier(alias),
            start=day.start,
            user=day.user.id,
            open=OPEN_STATES,
        )

    @api.model
    def _get_activity_clients(self, activities):
        """The client each activity is about, by a statement for each model of documents."""
        clients = {}
        for res_model, members in activities.grouped("res_model").items():
            if not res_model or res_model not in self.env:
                continue
            documents = (
                self.env[res_model].browse(members.mapped("res_id"))._filtered_access("read")
            )
            for document in documents:
                clients[res_model, document.id] = self._get_document_client(document)
        nobody = self.env["res.partner"]
        return [clients.get((a.res_model, a.res_id), nobody) for a in activities]

    @api.model
    def _get_document_client(self, document):
        if document._name == "res.partner":
            return document
        field = document._fields.get("partner_id")
        if field is None or field.comodel_name != "res.partner":
            return self.env["res.partner"]
        return document.partner_id

    @api.model
    def _tell_activities(self, items, day):
        activities = self.env["mail.activity"].browse(item.res_id for item in items)
        return {
            item.key: {
                "name": activity.res_name,
                "reason": self._get_activity_reason(activity, day),
                "buttons": ["brief", "done", "postpone", "call"],
            }
            for item, activity in zip(items, activities, strict=True)
        }

    @api.model
    def _get_activity_reason(self, activity, day):
        kind, summary = activity.activity_type_id.name or "", activity.summary or ""
        # Who writes "Call: …" or "Call Jo" for a call has said what it is.
        said = kind and summary.lower().startswith(kind.lower())
        what = summary if said else ": ".join(filter(None, [kind, summary]))
        what = what or self.env._("To do")
        late = (day.date - activity.date_deadline).days
        if late > 0:
            words = self._get_words_of_days(late)
            return self.env._("late %(days)s: %(what)s", days=words, what=what)
        return self.env._("today: %s", what)

    # ---- deals without next step ----

    @api.model
    def _find_stuck(self, day):
        """Own open opportunities for which nothing is planned, the most valuable first."""
        leads = self.env["crm.lead"]

        def without_step(model, alias, query):
            return SQL(
                """
                NOT EXISTS (SELECT FROM mail_activity a
                             WHERE a.res_model = 'crm.lead' AND a.res_id = %(lead)s AND a.active)
                AND NOT EXISTS (SELECT FROM calendar_event e
                                 WHERE e.opportunity_id = %(lead)s AND e.active
                                   AND e.stop >= %(start)s)
                """,
                lead=SQL.identifier(alias, "id"),
                start=day.start,
            )

        found = leads.search_fetch(
            Domain("user_id", "=", day.user.id)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending")
            & Domain.custom(to_sql=without_step),
            ["partner_id", "expected_revenue"],
            order="expected_revenue desc, id",
        )
        return [
            Item(
                key=f"next_step:{lead.id}",
                kind="next_step",
                res_id=lead.id,
                place=SPARE,
                rank=(number,),
                client_id=self._get_client_id(lead.partner_id),
                partner_id=lead.partner_id.id or 0,
            )
            for number, lead in enumerate(found)
        ]

    @api.model
    def _tell_stuck(self, items, day):
        leads = self.env["crm.lead"].browse(item.res_id for item in items)
        return {
            item.key: {
                "name": lead.contact_name or lead.partner_name or lead.name,
                "phone": lead.phone,
                "reason": self._get_stuck_reason(lead),
                "buttons": ["brief", "plan", "log", "call", "postpone"],
            }
            for item, lead in zip(items, leads, strict=True)
        }

    @api.model
    def _get_stuck_reason(self, lead):
        currency = (lead.company_id or self.env.company).currency_id
        stage = lead.stage_id.name
        if lead.expected_revenue:
            amount = format_amount(self.env, lead.expected_revenue, currency, trailing_zeroes=False)
            stage = self.env._("%(amount)s in %(stage)s", amount=amount, stage=stage)
        return self.env._("%(deal)s, %(stage)s, no next step", deal=lead.name, stage=stage)
