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
        composer = (
            self.env["mail.compose.message"]
            .with_context(mail_composer_force_partners=False)
            .create(self._prepare_composer_vals(rule, runs))
        )
        res_ids = list(set(runs.mapped("res_id")))
        # Odoo asks for the language client by client: have all of them at hand.
        runs.partner_id.mapped("lang")
        values = composer._generate_template_for_composer(
            res_ids, ["email_to", "email_cc", "partner_ids"], find_or_create_partners=False
        )
        for res_id, recipients in values.items():
            recipients["recipient_ids"] = [(4, id_) for id_ in recipients.pop("partner_ids", ())]
            # Letters are told apart by their text, which is not made here.
            recipients["subject"] = res_id
        failures = composer._process_mail_values_state(values)
        reasons = self._get_unsent_reasons()
        return {
            run.id: self._explain_unsent(reasons, failures[run.res_id]["failure_type"])
            for run in runs
            if failures[run.res_id].get("failure_type")
        }

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
        composer = (
            self.env["mail.compose.message"]
            .with_context(mail_composer_force_partners=False)
            .create(self._prepare_composer_vals(rule, run))
        )
        res_ids = [run.res_id]
        values = composer._generate_template_for_composer(
            res_ids, ["email_to", "partner_ids"], find_or_create_partners=False
        )[run.res_id]
        partners = self.env["res.partner"].browse(values.get("partner_ids"))
        to = [values.get("email_to"), *partners.filtered("email").mapped("email_formatted")]
        body = composer._render_field("body", res_ids, compute_lang=True)[run.res_id]
        return {
            "to": ", ".join(filter(None, to)),
            "subject": composer._render_field("subject", res_ids, compute_lang=True)[run.res_id],
            "body": html_sanitize(body, sanitize_tags=True),
        }

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

    def _look_at(self, line):
        """What a line of the forecast would bring.

        :param dict line: res_id, partner_id, occurrence, date_due
        """
        with taken_back(self.rule_id._as_it_acts()) as rule:
            run = rule._make_row(self.id, line)
            return run.action_id._preview(rule, run)
