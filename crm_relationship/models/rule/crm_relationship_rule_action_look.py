from odoo import models
from odoo.tools import html2plaintext, html_sanitize

from ...tools import taken_back


class CrmRelationshipRuleAction(models.Model):
    """Looking at what an action would do, without doing it.

    `_foresee` says for many rows whom it would not reach, `_preview` what one
    of them would get. Neither queues, writes or tells anything.
    """

    _inherit = "crm.relationship.rule.action"

    def _foresee(self, rule, runs):
        """Rows the action could not be done for, as {id of row: reason}."""
        foresee = self._get_action_kinds()[self.kind].foresee
        return getattr(self, foresee)(rule, runs) if foresee else {}

    def _foresee_mail(self, rule, runs):
        """Whom Odoo would not send the letter to: its composer decides, nothing is rendered."""
        targets = self._get_targets(rule, runs, self.template_id.model)
        res_ids = sorted({res_id for res_id in targets.values() if res_id})
        composer = self._open_composer(rule, res_ids)
        # Odoo asks for the language client by client: have all of them at hand.
        runs.partner_id.mapped("lang")
        values = composer._generate_template_for_composer(
            res_ids, ["email_to", "email_cc", "partner_ids"], find_or_create_partners=False
        )
        for res_id, recipients in values.items():
            recipients["recipient_ids"] = [(4, id_) for id_ in recipients.pop("partner_ids", ())]
            # Letters are told apart by their text, which is not made here.
            recipients["subject"] = res_id
        return self._foresee_unsent(
            runs, targets, composer._process_mail_values_state(values), self._get_unsent_reasons()
        )

    def _open_composer(self, rule, res_ids):
        composers = self.env["mail.compose.message"]
        return composers.with_context(mail_composer_force_partners=False).create(
            self._prepare_composer_vals(rule, res_ids)
        )

    def _foresee_unsent(self, runs, targets, values, reasons):
        """Why rows would not be sent, by what Odoo's composer said of their records."""
        failures = {
            res_id: message["failure_type"]
            for res_id, message in values.items()
            if message.get("failure_type")
        }
        return {
            run.id: self._explain_unsent(reasons, failures, targets, run)
            for run in runs
            if not targets[run.id] or targets[run.id] in failures
        }

    def _foresee_sms(self, rule, runs):
        """Whom Odoo would not send the SMS to."""
        model = self.sms_template_id.model
        targets = self._get_targets(rule, runs, model)
        res_ids = sorted({res_id for res_id in targets.values() if res_id})
        composer = self.env["sms.composer"].create(self._prepare_sms_vals(rule, res_ids))
        values = composer._prepare_mass_sms_values(self.env[model].browse(res_ids))
        return self._foresee_unsent(runs, targets, values, self._get_unsent_sms_reasons())

    def _preview(self, rule, run):
        """What a row of the ledger would bring: the text of a letter, who gets a task.

        A text that can't be made says so in words.

        :return: dict: title, to, subject, body (HTML) or text, error
        """
        preview = self._get_action_kinds()[self.kind].preview
        texts = {"title": self._describe()[:1].upper() + self._describe()[1:]}
        if not preview:
            return texts
        try:
            with self.env.cr.savepoint(flush=False):
                return texts | getattr(self, preview)(rule, run)
        except Exception as error:  # noqa: BLE001 whatever it is, it is told in words
            return texts | {"error": self._explain_error(error)}

    def _preview_mail(self, rule, run):
        """The letter in the client's language, as the composer renders it."""
        res_id = self._get_targets(rule, run, self.template_id.model)[run.id]
        if not res_id:
            return {"error": self.env._("No client")}
        res_ids = [res_id]
        composer = self._at_home_of(rule, run)._open_composer(rule, res_ids)
        values = composer._generate_template_for_composer(
            res_ids, ["email_to", "partner_ids"], find_or_create_partners=False
        )[res_id]
        partners = self.env["res.partner"].browse(values.get("partner_ids"))
        to = [values.get("email_to"), *partners.filtered("email").mapped("email_formatted")]
        body = composer._render_field("body", res_ids, compute_lang=True)[res_id]
        return {
            "to": ", ".join(filter(None, to)),
            "subject": composer._render_field("subject", res_ids, compute_lang=True)[res_id],
            "body": html_sanitize(body, sanitize_tags=True),
        }

    def _preview_sms(self, rule, run):
        """The SMS in the client's language, as the composer renders it."""
        model = self.sms_template_id.model
        res_id = self._get_targets(rule, run, model)[run.id]
        if not res_id:
            return {"error": self.env._("No client")}
        composers = self._at_home_of(rule, run).env["sms.composer"]
        composer = composers.create(self._prepare_sms_vals(rule, [res_id]))
        sms = composer._prepare_mass_sms_values(self.env[model].browse(res_id))[res_id]
        return {"to": sms["number"], "text": sms["body"]}

    def _preview_activity(self, rule, run):
        """The task: what to do, and for whom."""
        record = rule._get_records_model().browse(run.res_id)
        note = getattr(rule, rule._get_trigger().note)(run)
        return {
            "to": self._get_responsibles(rule, run, record)[run.id].name,
            "subject": self.summary or rule.name,
            "text": html2plaintext(note or ""),
        }

    def _explain_error(self, error):
        """An error of a template in a line of words, without its traceback."""
        while error.__cause__:
            error = error.__cause__
        words = str(error).strip().split("\n")[0] or type(error).__name__
        return self.env._("There is an error in the text: %s", words[:300])

    def _look_at(self, rule, line):
        """What a line of the forecast of a rule would bring.

        :param rule: whose it is: an action that only stands in for another has none
        :param dict line: res_id, partner_id, occurrence, date_due
        """
        with taken_back(rule._as_it_acts()) as rule:
            run = rule._make_row(self.id, line)
            return run.action_id._preview(rule, run)
