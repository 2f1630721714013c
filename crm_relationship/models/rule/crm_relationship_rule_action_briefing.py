from markupsafe import Markup

from odoo import api, models

from .crm_relationship_rule_action import ActionKind
from .crm_relationship_rule_run import DONE, SKIPPED, Outcome


class CrmRelationshipRuleAction(models.Model):
    """Mailing the briefing of clients to one of us: what that person may read, no more.

    The ledger does not link it: it is for the eyes of who gets it.
    """

    _inherit = "crm.relationship.rule.action"

    @api.model
    def _get_action_kinds(self):
        return {
            **super()._get_action_kinds(),
            "briefing": ActionKind(
                self.env._("Mail the briefing"),
                "_do_briefing",
                "_describe_briefing",
                foresee="_foresee_briefing",
                preview="_preview_briefing",
                is_given=True,
            ),
        }

    def _describe_briefing(self):
        return self.env._("mail the briefing to %s", self._describe_responsible())

    def _do_briefing(self, rule, runs, now):
        """Queue one mail for each person, with the briefings of all their clients."""
        readers = self._get_readers(rule, runs)
        reasons = self._get_briefing_obstacles(runs, readers)
        ready = runs.filtered(lambda run: run.id not in reasons)
        for user, rows in ready.grouped(lambda run: readers[run.id]).items():
            self._queue_briefing(user, rows.partner_id)
        if ready:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        outcomes = {run_id: Outcome(SKIPPED, reason) for run_id, reason in reasons.items()}
        return outcomes | {run.id: Outcome(DONE, user_id=readers[run.id].id) for run in ready}

    def _foresee_briefing(self, rule, runs):
        return self._get_briefing_obstacles(runs, self._get_readers(rule, runs))

    def _preview_briefing(self, rule, run):
        reader = self._get_readers(rule, run)[run.id]
        if reason := self._get_briefing_obstacles(run, {run.id: reader}).get(run.id):
            return {"to": reader.name, "error": reason}
        return {
            "to": reader.email_formatted,
            "subject": self.env._("Briefing: %s", run.partner_id.display_name),
        }

    def _get_readers(self, rule, runs):
        records = rule._get_records_model().browse(runs.mapped("res_id"))
        return self._get_responsibles(rule, runs, records)

    def _get_briefing_obstacles(self, runs, readers):
        """Why a briefing can't be mailed, by id of row."""
        reasons = {}
        for user, rows in runs.grouped(lambda run: readers[run.id]).items():
            clients = self._as_reader(user, rows.partner_id.commercial_partner_id)
            readable = clients._filtered_access("read") if self._may_brief(user) else ()
            for run in rows:
                if not run.partner_id:
                    reasons[run.id] = self.env._("No client")
                elif not user.email:
                    reasons[run.id] = self.env._("%s has no e-mail address", user.name)
                elif run.partner_id.commercial_partner_id not in readable:
                    reasons[run.id] = self.env._("%s may not read the briefing", user.name)
        return reasons

    def _may_brief(self, user):
        return user.has_group("sales_team.group_sale_salesman")

    def _as_reader(self, user, records):
        """Records as somebody sees them: in the rights, companies, language and zone."""
        companies = [user.company_id.id, *(user.company_ids - user.company_id).ids]
        context = {"lang": user.lang, "tz": user.tz, "allowed_company_ids": companies}
        return records.with_user(user).with_context(**context)

    def _queue_briefing(self, user, contacts):
        """One page for each client, however many of its people are meant."""
        people = contacts.grouped("commercial_partner_id").values()
        contacts = self._as_reader(user, contacts.browse([person[0].id for person in people]))
        env = contacts.env
        pages = env["crm.briefing.page"]._prepare_pages(contacts)
        bodies = [
            env["ir.qweb"]._render("crm_relationship.briefing_page", {"page": page})
            for page in pages
        ]
        # sudo: only administrators write mails directly; this one goes to the reader alone
        return (
            env["mail.mail"]
            .sudo()
            .create(
                {
                    "subject": env._("Briefing: %s", ", ".join(page["name"] for page in pages)),
                    "body_html": Markup("").join(bodies),
                    "email_from": user.email_formatted,
                    "email_to": user.email_formatted,
                    "author_id": user.partner_id.id,
                    "auto_delete": True,
                    "headers": contacts._name_in_headers(),
                }
            )
        )
