from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_playbook import LINK, QUESTION, STEP
from .crm_playbook_tick import OWNERS


class CrmPlaybook(models.Model):
    """What the briefing tells of playbooks: one statement for any number of records."""

    _inherit = "crm.playbook"

    @api.model
    def _brief(self, records):
        """The published playbooks for these clients or deals.

        :param records: commercial entities, or leads
        :return: dict of record id to a list of dicts, see `res.partner.get_briefing`
        """
        if not records:
            return {}
        self.env.flush_all()
        briefings = {}
        for row in self.env.execute_query_dict(self._query_briefing(records)):
            briefings.setdefault(row["record_id"], []).append(
                {**self._brief_one(row), "res_model": records._name, "res_id": row["record_id"]}
            )
        return briefings

    @api.model
    def _query_briefing(self, records):
        readable = self._search(Domain("version_id", "!=", False))
        owner, __ = OWNERS[records._name]
        fits = self._query_fits_deal() if records._name == "crm.lead" else self._query_fits_client()
        return SQL(
            """
            SELECT record.id AS record_id, playbook.id, playbook.name,
                   version.version, version.date, version.body, version.lines, version.note,
                   EXISTS (SELECT FROM crm_playbook_read r
                            WHERE r.version_id = version.id AND r.user_id = %(user)s) AS is_read,
                   (SELECT jsonb_object_agg(t.step_id, jsonb_build_object(
                               'state', t.state, 'reason', t.reason,
                               'date', to_char(t.date, 'YYYY-MM-DD HH24:MI:SS'),
                               'user_id', t.user_id, 'user', p.name))
                      FROM crm_playbook_tick t
                 LEFT JOIN res_users u ON u.id = t.user_id
                 LEFT JOIN res_partner p ON p.id = u.partner_id
                     WHERE t.%(owner)s = record.id AND t.playbook_id = playbook.id) AS ticks
              FROM %(table)s record
              JOIN crm_playbook playbook ON %(fits)s
              JOIN crm_playbook_version version ON version.id = playbook.version_id
             WHERE record.id IN %(ids)s AND playbook.id IN %(readable)s
             ORDER BY record.id, playbook.sequence, playbook.id
            """,
            user=self.env.uid,
            owner=SQL.identifier(owner),
            table=SQL.identifier(records._table),
            fits=fits,
            ids=tuple(records.ids),
            readable=readable.subselect(),
        )

    @api.model
    def _query_fits_client(self):
        return SQL("playbook.status_id = record.relationship_status_id")

    @api.model
    def _query_fits_deal(self):
        """Condition: the `playbook` is for the deal `record`, by its stage, team and company."""
        return SQL(
            """
            playbook.stage_id = record.stage_id AND record.type = 'opportunity'
            AND record.won_status IS DISTINCT FROM 'lost'
            AND (playbook.company_id IS NULL OR record.company_id IS NULL
                 OR playbook.company_id = record.company_id)
            AND %s
            """,
            self._query_fits_team(SQL("playbook"), SQL("record")),
        )

    @api.model
    def _query_fits_team(self, playbook, deal):
        return SQL(
            """
            (NOT EXISTS (SELECT FROM crm_playbook_crm_team_rel rel
                          WHERE rel.crm_playbook_id = %(playbook)s.id)
             OR EXISTS (SELECT FROM crm_playbook_crm_team_rel rel
                         WHERE rel.crm_playbook_id = %(playbook)s.id
                           AND rel.crm_team_id = %(deal)s.team_id))
            """,
            playbook=playbook,
            deal=deal,
        )

    @api.model
    def _brief_one(self, row):
        lines, ticks = row["lines"] or [], row["ticks"] or {}
        return {
            "id": row["id"],
            "name": row["name"],
            "version": row["version"],
            "date": fields.Datetime.to_string(row["date"]),
            "is_read": row["is_read"],
            "news": row["note"] or "",
            "guidance": row["body"] or "",
            "questions": [line["name"] for line in lines if line["kind"] == QUESTION],
            "links": [
                {"name": line["name"], "url": line["url"]} for line in lines if line["kind"] == LINK
            ],
            "steps": [
                self._brief_step(line, ticks.get(str(line["id"]), {}))
                for line in lines
                if line["kind"] == STEP
            ],
        }

    @api.model
    def _brief_step(self, line, tick):
        step = {"id": line["id"], "name": line["name"], "state": tick.get("state") or "open"}
        if tick.get("user_id"):
            step["user"] = {"id": tick["user_id"], "name": tick["user"]}
        return {**step, **{name: tick[name] for name in ("reason", "date") if tick.get(name)}}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_briefing_sections(self):
        return [*super()._get_briefing_sections(), self._brief_playbooks]

    def _brief_playbooks(self, family):
        """Playbooks for what these clients are to us, with what of them was done."""
        playbooks = self.env["crm.playbook"]._brief(self)
        return {client_id: {"playbooks": items} for client_id, items in playbooks.items()}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def get_briefing(self):
        """Also the playbooks for the stages of these deals, before those for their clients."""
        briefings = super().get_briefing()
        playbooks = self.env["crm.playbook"]._brief(self)
        return [
            {
                **briefing,
                "playbooks": [*playbooks.get(lead.id, []), *briefing.get("playbooks", [])],
            }
            for lead, briefing in zip(self, briefings, strict=True)
        ]
