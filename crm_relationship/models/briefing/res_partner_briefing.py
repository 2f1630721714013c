from textwrap import shorten

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import html2plaintext

MAX_NOTES = 3
NOTE_LENGTH = 240
KNOWN_BY_DAYS = 365


class ResPartner(models.Model):
    """What one must know before speaking to a client.

    `get_briefing` is worked out when it is asked for: the summaries stored on
    clients may be a minute old. It is a constant number of statements for any
    number of contacts. Every section is a method over whole families and can be
    extended by other addons through `_get_briefing_sections`.
    """

    _inherit = "res.partner"

    def get_briefing(self):
        """What to know before speaking to these contacts, one dict each, in order.

        It is about the client as a whole: of a company with all its people.
        Dates are `YYYY-MM-DD`, moments `YYYY-MM-DD HH:MM:SS` in UTC. Other
        records are `{"id", "name"}`. What is unknown is left out; only lists
        and `hidden` are always there. Rows that the caller may not read give no
        text: they are marked `is_hidden` or counted in `hidden`.

        - `id`, `name`; `client`: the company of the contact, or itself; `phone`
        - `status`: `id`, `name`, `kind`, `color`, `since`, `guidance`,
          `cadence_days`, `cadence_max_days`, `response_hours`
        - `cadence`: `days`, `date` (next contact due; none while it rests), `state` (`ok`,
          `due`, `overdue`, `none`), `pause_until`, `pause` (why nobody needs to be in touch
          for now, in words)
        - `rhythm`: how often they usually are in touch: `days`, `now` (days since), `text`
        - `health`: `score` (0 to 100), `reasons` (sentences, what takes most first)
        - `people`: of a company with people: `in_touch` (with how many we were during the last
          365 days), `known` (how many there are)
        - `last_contact`: `date`, `channel`, `channel_name`, `direction`, `user`,
          `outcome`, `result`, `is_attempt`, `is_hidden`; unless hidden also `id`,
          `contact`, `phone`, `lead`, `subject`, `preview`, `purpose`, `offered`, `summary`
        - `waiting`: inquiries without answer, longest first, like `last_contact`
          (which is the newest contact but these) and `deadline`, if one was promised;
          `undelivered`: what we wrote since did not arrive, in words
        - `complaints`: open ones, the oldest first: `date`, `user`, `deadline` (promised for),
          `state`, `priority`, `is_late`, `is_repeat`, `is_hidden`; unless hidden also `id`,
          `name`, `contact`, `cause`, `remedy`, `acknowledged`
        - `promises`: open ones: `id`, `by`, `name`, `date`, `user`, `is_late`
        - `deals`: open ones, largest first: `id`, `name`, `type`, `stage`,
          `revenue`, `currency_id`, `user`, `next_step` (like `planned`);
          `deal_count`: how many there are
        - `planned`: activities and meetings to come: `kind`, `id`, `name`,
          `date` (a moment for meetings), `user`, `icon`, `is_late`, `is_hidden`;
          `planned_count`
        - `dates`: `id`, `kind`, `icon`, `contact`, `date`, `turns`, `note`
        - `origin`: `date`, `source`, `medium`, `campaign`, `referrer`, and for
          those who see costs `cost` (per lead of the source) with `currency_id`
        - `purchases`: `count`, `first`, `last`, `days_since`, `value` (net of what was given
          back) with `currency_id`, `rhythm_days` (usual gap, from the third day of purchase on)
        - `notes`: `contact`, `text`
        - `preferences`: `contact`, `items`: properties filled in, each with `name`,
          `label`, `value` in words
        - `known_by`: colleagues in touch during the last 365 days: `id`, `name`, `count`
        - `playbooks`: how to go about this client, and of a lead first its deal: `id`, `name`,
          `version`, `date`, `is_read` (by the caller), `news`, `guidance` (HTML), `questions`,
          `links` (`name`, `url`), `steps` (`id`, `name`, `state`: `open`, `done`, `skipped`,
          `reason`, `user`, `date`); `res_model`, `res_id`: whose steps they are
        - `rules_off`: true where no rule acts on the client
        - `hidden`: how many items the caller can't open; of the history the newest
          thousand rows count

        :rtype: list[dict]
        :raise AccessError: the caller is no salesperson or may not read a contact
        """
        self._check_briefing_access()
        if not self:
            return []
        clients = self.commercial_partner_id
        clients.check_access("read")
        family = clients._get_family()
        sections = {client.id: {} for client in clients}
        for get_section in clients._get_briefing_sections():
            for client_id, values in get_section(family).items():
                self._merge_section(sections[client_id], values)
        return [
            partner._prepare_briefing(sections[partner.commercial_partner_id.id])
            for partner in self
        ]

    def _check_briefing_access(self):
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("sales_team.group_sale_salesman")):
            raise AccessError(
                self.env._(
                    "The briefing is for salespeople. "
                    "Ask an administrator for the sales group User: Own Documents Only."
                )
            )

    def _get_family(self):
        """All people and addresses of these clients that the caller may read."""
        return (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search_fetch(
                [("commercial_partner_id", "in", self.ids)],
                ["name", "commercial_partner_id", "comment"],
            )
        )

    @api.model
    def _merge_section(self, briefing, values):
        hidden = briefing.get("hidden", 0) + values.get("hidden", 0)
        briefing.update(values, hidden=hidden)

    def _prepare_briefing(self, sections):
        """The dict of one contact: what is about it before what is about its client."""
        self.ensure_one()
        client = self.commercial_partner_id
        lists = ("complaints", "waiting", "promises", "deals", "planned", "dates", "playbooks")
        empty = {name: [] for name in lists}
        briefing = {
            "id": self.id,
            "name": self.name or self.display_name,
            "client": {"id": client.id, "name": client.name or client.display_name},
            **empty,
            "deal_count": 0,
            "planned_count": 0,
            "notes": [],
            "preferences": [],
            "known_by": [],
            "hidden": 0,
            **sections,
        }
        if self.phone:
            briefing["phone"] = self.phone
        for name in ("notes", "preferences"):
            items = sorted(briefing[name], key=lambda item: item["contact"]["id"] != self.id)
            briefing[name] = items[:MAX_NOTES]
        return briefing

    def _get_briefing_sections(self):
        """Sections of the briefing, to be extended.

        Each is a method that takes all members of the families of these clients
        and returns {client id: values}. Values of one name replace each other,
        but `hidden` is summed up.
        """
        return [
            self._brief_status,
            self._brief_history,
            self._brief_promises,
            self._brief_deals,
            self._brief_planned,
            self._brief_dates,
            self._brief_origin,
            self._brief_notes,
            self._brief_preferences,
        ]

    @api.model
    def _brief_record(self, record):
        return {"id": record.id, "name": record.name} if record else None

    @api.model
    def _drop_unknown(self, values):
        return {name: value for name, value in values.items() if value}

    # ---- who they are to us ----

    def _brief_status(self, family):
        return {
            client.id: {"status": client._brief_one_status()}
            for client in self
            if client.relationship_status_id
        }

    def _brief_lock(self):
        """Until when the status is kept, and why, as long as it is."""
        until = self.relationship_status_locked_until
        if not until or until < fields.Date.context_today(self):
            return {}
        return {
            "locked_until": fields.Date.to_string(until),
            "locked_reason": self.relationship_status_locked_reason,
        }

    def _brief_one_status(self):
        status = self.relationship_status_id
        values = {
            "id": status.id,
            "name": status.name,
            "kind": status.kind,
            "since": fields.Datetime.to_string(self.relationship_status_date),
            "guidance": status.guidance,
            "cadence_days": self.keep_in_touch_days or status.cadence_days,
            "cadence_max_days": status.cadence_max_days,
            "response_hours": status.response_hours,
            **self._brief_lock(),
        }
        return {**self._drop_unknown(values), "color": status.color}

    # ---- what happened ----

    def _brief_history(self, family):
        """Last contact, what waits, which colleagues know them, what is hidden."""
        interactions = self.env["crm.interaction"]
        since = fields.Datetime.subtract(fields.Datetime.now(), days=KNOWN_BY_DAYS)
        sections = interactions._count_history("commercial_partner_id", self.ids, since)
        histories = interactions._get_history_briefing("commercial_partner_id", self.ids)
        for client_id, history in histories.items():
            sections[client_id].update(history)
        return sections

    # ---- where they came from, and what else to know ----

    def _brief_origin(self, family):
        costs = self._get_origin_costs()
        referrers = self.referrer_id._filtered_access("read")
        return {
            client.id: {"origin": origin}
            for client in self
            if (origin := client._brief_one_origin(costs, referrers))
        }

    def _brief_one_origin(self, costs, referrers):
        source = self.acquisition_source_id
        values = {
            "date": fields.Date.to_string(self.acquisition_date),
            "source": self._brief_record(source),
            "medium": self._brief_record(self.acquisition_medium_id),
            "campaign": self._brief_record(self.acquisition_campaign_id),
            "referrer": self._brief_record(self.referrer_id & referrers),
        }
        origin = self._drop_unknown(values)
        if source.id in costs:
            origin["cost"] = costs[source.id]
            origin["currency_id"] = self.env.company.currency_id.id
        return origin

    def _get_origin_costs(self):
        """Cost per lead of the sources these clients came from, for those who see money."""
        if not self.env.user.has_group("crm_relationship.group_money"):
            return {}
        # sudo: the group decides who sees costs
        costs = self.env["crm.source.cost"].sudo()
        return costs._get_cost_per_lead(self.acquisition_source_id.ids)

    def _brief_notes(self, family):
        """Internal notes: of a company first its own, then those on its people."""
        sections = {}
        for member in family.sorted(lambda partner: (partner not in self, partner.id)):
            text = html2plaintext(member.comment or "").strip()
            if text:
                notes = sections.setdefault(member.commercial_partner_id.id, {"notes": []})
                notes["notes"].append(
                    {
                        "contact": {"id": member.id, "name": member.name or member.display_name},
                        "text": shorten(text, NOTE_LENGTH, placeholder="…"),
                    }
                )
        return sections

    # ---- what one does next ----

    def action_log_interaction(self):
        """Open the dialog that logs a contact with this client."""
        self.ensure_one()
        return self.env["crm.interaction"]._get_log_action(self)

    @api.model
    def _get_briefing_action(self, records, name):
        """Action of the dialog with the briefings of these contacts and leads.

        :param records: list of records, one tab each
        """
        return {
            "type": "ir.actions.client",
            "tag": "crm_relationship.briefing_dialog",
            "name": self.env._("Briefing: %s", name),
            "params": {
                "records": [
                    {
                        "resModel": record._name,
                        "resId": record.id,
                        "name": record.name or record.display_name,
                    }
                    for record in records
                ]
            },
        }

    def action_open_status_history(self):
        """All statuses the client has had, the present one first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_status_change_action"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {}
        return action
