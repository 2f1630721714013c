from odoo import models

from .crm_relationship_rule import MARKETING
from .crm_relationship_rule_run import DONE, SKIPPED, Outcome
from .mail_render_mixin import TIME_WORDS
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
        again = self._queue_again(runs, "mail_id", "exception")
        runs = runs.filtered(lambda run: run.id not in again)
        template = self.template_id
        targets = self._get_targets(rule, runs, template.model)
        unsent = Unsent()
        sent = {}
        for place, batch in self._get_batches(
            rule, runs, targets, template, ["subject", "body_html"]
        ):
            place = place.with_context(
                relationship_rule_unsent=unsent, mail_composer_force_partners=False
            )
            sent |= self._queue_mails(place, rule, batch)
        if sent:
            # Have the queue sent soon after this is committed, not at its next hour.
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        reasons = self._get_unsent_reasons()
        return again | {
            run.id: self._tell_sent(run, targets, sent, "mail_id")
            or Outcome(SKIPPED, self._explain_unsent(reasons, unsent.failures, targets, run))
            for run in runs
        }

    def _queue_again(self, runs, link, failed):
        """What was made before and is still in Odoo's queue goes again: no second one is made."""
        again = runs.filtered(link)
        if made := again[link].filtered(lambda made: made.state == failed):
            made.write({"state": "outgoing", "failure_type": False})
            # sudo: else the failure of the first time would still be told until it is sent
            notices = self.env["mail.notification"].sudo()
            notices.search([("mail_message_id", "in", made.mail_message_id.ids)]).write(
                {"notification_status": "ready", "failure_type": False, "failure_reason": False}
            )
        return {run.id: Outcome(DONE, **{link: run[link].id}) for run in again}

    def _queue_mails(self, place, rule, res_ids):
        """Have Odoo queue the letter, as {id of the record it is about: id of the mail}."""
        composer = place.create(self._prepare_composer_vals(rule, res_ids))
        return {mail.res_id: mail.id for mail in composer._action_send_mail_mass_mail(res_ids)}

    def _prepare_composer_vals(self, rule, res_ids):
        template = self.template_id
        return {
            "composition_mode": "mass_mail",
            "model": template.model,
            "res_ids": repr(res_ids),
            "template_id": template.id,
            "lang": template.lang or rule._get_lang_expression(template.model),
            "use_exclusion_list": rule.purpose == MARKETING,
            "force_send": False,
        }

    def _get_targets(self, rule, runs, model):
        """The record each row writes about: its own, or the client for what suits contacts."""
        if model == rule.model_name:
            return {run.id: run.res_id for run in runs}
        return {run.id: run.partner_id.id for run in runs}

    def _get_batches(self, rule, runs, targets, template, texts):
        """What to write about, by company and time zone, as (composer there, ids of records).

        A client met by several rows is written to once. A text without a time of day
        reads the same in every zone.
        """
        has_time = any(word in (template[text] or "") for text in texts for word in TIME_WORDS)
        model = "sms.composer" if template._name == "sms.template" else "mail.compose.message"
        batches, seen = {}, set()
        for run in runs:
            target = targets[run.id]
            if target and target not in seen:
                seen.add(target)
                company = self._get_company(rule, run)
                zone = rule._get_zone(run, company) if has_time else None
                batches.setdefault((company, zone), []).append(target)
        for (company, zone), res_ids in batches.items():
            yield self._at_home(self.env[model], company, zone), res_ids

    def _get_company(self, rule, run):
        """The company that writes: that of the record, else of the rule."""
        return run.company_id or rule.company_id or self.env.company

    def _at_home(self, composers, company, zone):
        """Composers that write for this company, by the clock of a time zone."""
        composers = composers.with_company(company)
        return composers.with_context(tz=zone, relationship_rule_zone=zone) if zone else composers

    def _at_home_of(self, rule, run):
        """This action, speaking for the company of a row by the clock of its client."""
        company = self._get_company(rule, run)
        return self._at_home(self, company, rule._get_zone(run, company))

    def _tell_sent(self, run, targets, sent, link):
        """The outcome of a row that was sent; of those of one client only the first has it."""
        made = sent.pop(targets[run.id], None)
        return Outcome(DONE, **{link: made}) if made else None

    def _explain_unsent(self, reasons, failures, targets, run):
        """Why a row was not sent."""
        target = targets[run.id]
        if not target:
            return self.env._("No client")
        if target not in failures:
            return self.env._("The same goes to this client already")
        failure = failures[target]
        return reasons.get(failure) or self.env._("Odoo would not send it (%s)", failure or "-")

    def _get_unsent_reasons(self):
        """Why Odoo would not send a mail, in words."""
        return {
            "mail_bl": self.env._("Opted out: the address is blacklisted"),
            "mail_optout": self.env._("Opted out"),
            "mail_email_missing": self.env._("No e-mail address"),
            "mail_email_invalid": self.env._("The e-mail address is not valid"),
            "mail_dup": self.env._("The same letter goes to this address already"),
        }

    def _do_activity(self, rule, runs, now):
        """Make the tasks, without a notification each; a digest tells of them later."""
        records = rule._get_records_model().browse(runs.mapped("res_id"))
        users = self._get_responsibles(rule, runs, records)
        places = self._get_task_records(runs, records)
        vals_list = self._prepare_activity_vals_list(rule, runs, users, places, now)
        subscriptions = Subscriptions()
        activities = (
            self.env["mail.activity"]
            .with_context(
                mail_activity_quick_update=True, relationship_rule_subscriptions=subscriptions
            )
            .create(list(vals_list.values()))
        )
        subscriptions.subscribe(self.env)
        made = dict(zip(vals_list, activities, strict=True))
        return {
            run.id: Outcome(
                DONE, activity_id=made[run.id].id, user_id=users[run.id].id, to_announce=True
            )
            if run.id in made
            else Outcome(SKIPPED, self.env._("No client"))
            for run in runs
        }

    def _get_task_records(self, runs, records):
        """Where the task of each row is made: on its record, else on its lead, else its client."""
        if isinstance(records, self.pool["mail.activity.mixin"]):
            return {run.id: records.browse(run.res_id) for run in runs}
        leads = {record.id: record.lead_id for record in records if "lead_id" in record}
        return {run.id: leads.get(run.res_id) or run.partner_id for run in runs}

    def _prepare_activity_vals_list(self, rule, runs, users, places, now):
        """What to make, by id of row; nothing where there is no record to make it on."""
        names = {run.id: place.display_name for run in runs if (place := places[run.id])}
        note = getattr(rule, rule._get_trigger().note)
        common = self._prepare_common_activity_vals(rule, now)
        return {
            run.id: common
            | self._prepare_activity_vals(places[run.id], users[run.id], names[run.id], note(run))
            for run in runs
            if run.id in names
        }

    def _prepare_common_activity_vals(self, rule, now):
        kind = self.activity_type_id or self.env.ref("mail.mail_activity_data_todo")
        return {
            "activity_type_id": kind.id,
            "summary": self.summary or rule.name,
            "date_deadline": now.date(),
            "automated": True,
        }

    def _prepare_activity_vals(self, place, user, name, note):
        return {
            "res_model_id": self.env["ir.model"]._get_id(place._name),
            "res_id": place.id,
            # Given, so that it is not looked up record by record.
            "res_name": name,
            "note": note,
            "user_id": user.id,
        }
