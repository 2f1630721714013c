from odoo import models

from .crm_relationship_rule import MARKETING
from .crm_relationship_rule_run import DONE, SKIPPED, Outcome
from .mail_thread import Subscriptions


class Unsent:
    """What Odoo would not send, and why, by record.

    No dict: Odoo hands back an older environment whose context compares equal,
    and with it the dict of an older batch. Two of these are never equal.
    """

    def __init__(self):
        self.failures = {}


class CrmRelationshipRuleAction(models.Model):
    """How each kind of action is done, for many records at once.

    Nothing leaves the house here: mails go to Odoo's queue, in the transaction
    that marks the ledger.
    """

    _inherit = "crm.relationship.rule.action"

    def _do_mail(self, rule, runs, now):
        """Queue the letter, and say for whom it could not be."""
        unsent = Unsent()
        composer = (
            self.env["mail.compose.message"]
            .with_context(relationship_rule_unsent=unsent, mail_composer_force_partners=False)
            .create(self._prepare_composer_vals(rule, runs))
        )
        mails = composer._action_send_mail_mass_mail(runs.mapped("res_id"))
        mail_by_record = {mail.res_id: mail.id for mail in mails}
        if mails:
            # Have the queue sent soon after this is committed, not at its next hour.
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        reasons = self._get_unsent_reasons()
        return {
            run.id: Outcome(DONE, mail_id=mail_by_record[run.res_id])
            if run.res_id in mail_by_record
            else Outcome(SKIPPED, self._explain_unsent(reasons, unsent.failures.get(run.res_id)))
            for run in runs
        }

    def _prepare_composer_vals(self, rule, runs):
        template = self.template_id
        return {
            "composition_mode": "mass_mail",
            "model": rule.model_name,
            "res_ids": repr(runs.mapped("res_id")),
            "template_id": template.id,
            "lang": template.lang or rule._get_lang_expression(),
            "use_exclusion_list": rule.purpose == MARKETING,
            "force_send": False,
        }

    def _get_unsent_reasons(self):
        """Why Odoo would not send a mail, in words."""
        return {
            "mail_bl": self.env._("Opted out: the address is blacklisted"),
            "mail_optout": self.env._("Opted out"),
            "mail_email_missing": self.env._("No e-mail address"),
            "mail_email_invalid": self.env._("The e-mail address is not valid"),
            "mail_dup": self.env._("The same letter goes to this address already"),
        }

    def _explain_unsent(self, reasons, failure):
        return reasons.get(failure) or self.env._("Odoo would not send it (%s)", failure or "-")

    def _do_activity(self, rule, runs, now):
        """Make the tasks, without a notification each; a digest tells of them later."""
        records = rule._get_records_model().browse(runs.mapped("res_id"))
        names = {record.id: record.display_name for record in records}
        users = self._get_responsibles(rule, runs, records)
        note = getattr(rule, rule._get_trigger().note)
        common = self._prepare_common_activity_vals(rule, now)
        subscriptions = Subscriptions()
        activities = (
            self.env["mail.activity"]
            .with_context(
                mail_activity_quick_update=True, relationship_rule_subscriptions=subscriptions
            )
            .create(
                [
                    common
                    | self._prepare_activity_vals(run, users[run.id], names[run.res_id], note(run))
                    for run in runs
                ]
            )
        )
        subscriptions.subscribe(self.env)
        return {
            run.id: Outcome(DONE, activity_id=activity.id)
            for run, activity in zip(runs, activities, strict=True)
        }

    def _prepare_common_activity_vals(self, rule, now):
        kind = self.activity_type_id or self.env.ref("mail.mail_activity_data_todo")
        return {
            "res_model_id": rule.model_id.id,
            "activity_type_id": kind.id,
            "summary": self.summary or rule.name,
            "date_deadline": now.date(),
            "automated": True,
        }

    def _prepare_activity_vals(self, run, user, name, note):
        return {
            "res_id": run.res_id,
            # Given, so that it is not looked up record by record.
            "res_name": name,
            "note": note,
            "user_id": user.id,
        }

    def _get_responsibles(self, rule, runs, records):
        """Who gets the task of each row; who answers for the rule where there is nobody."""
        find = getattr(self, f"_get_{self.responsible}")
        by_id = {record.id: record for record in records}
        fallback = rule._get_answerable()
        return {
            run.id: find(by_id[run.res_id], run).filtered("active")[:1] or fallback for run in runs
        }

    def _get_owner(self, record, run):
        """The salesperson of the record, else of the contact, else of its company."""
        contact = run.partner_id
        return record.user_id or contact.user_id or contact.commercial_partner_id.user_id

    def _get_leader(self, record, run):
        return self._get_team(record, run).user_id

    def _get_user(self, record, run):
        return self.user_id

    def _get_round_robin(self, record, run):
        """Members in turn: rows of the ledger are numbered."""
        members = self._get_team(record, run).member_ids.sorted("id")
        return members[run.id % len(members)] if members else members

    def _get_team(self, record, run):
        team = record.team_id if "team_id" in record else self.env["crm.team"]
        return team or self._get_owner(record, run).sale_team_id
