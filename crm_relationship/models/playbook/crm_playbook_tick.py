from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_playbook import STEP

DONE, SKIPPED = "done", "skipped"
STATES = [(DONE, "Done"), (SKIPPED, "Skipped")]
# For which record a tick is, by its model; the first part of its key.
OWNERS = {"crm.lead": ("lead_id", "lead"), "res.partner": ("partner_id", "client")}


class CrmPlaybookTick(models.Model):
    """A step of a playbook was done for a deal or a client, or skipped for a reason.

    There is one for each step and deal or client: `key` says which, and is unique in the
    database. It holds no partner column, so that merging contacts loses none.
    """

    _name = "crm.playbook.tick"
    _description = "Step Done"
    _order = "date desc, id desc"
    _rec_name = "step_id"

    key = fields.Char(required=True, readonly=True, copy=False)
    playbook_id = fields.Many2one("crm.playbook", required=True, index=True, ondelete="cascade")
    step_id = fields.Many2one("crm.playbook.step", required=True, index=True, ondelete="cascade")
    lead_id = fields.Many2one("crm.lead", index="btree_not_null", ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Client", index="btree_not_null", ondelete="cascade"
    )
    state = fields.Selection(STATES, required=True)
    reason = fields.Char(help="Why the step was skipped.")
    user_id = fields.Many2one("res.users", string="Who", index=True, ondelete="set null")
    date = fields.Datetime(string="When", required=True)

    _key_unique = models.Constraint("UNIQUE(key)", "This step has been ticked already.")
    _reason_of_skipped = models.Constraint(
        "CHECK(state <> 'skipped' OR reason <> '')", "Reason: say why the step was skipped."
    )

    @api.model
    def _set(self, playbook, step_id, record, state, reason):
        """Tick, skip or open again (no `state`) a step for a record."""
        name, prefix = OWNERS[record._name]
        key = f"{prefix}:{record.id}:{step_id}"
        self.env.flush_all()
        if state:
            query = SQL(
                """
                INSERT INTO crm_playbook_tick
                       (key, playbook_id, step_id, %(name)s, state, reason, user_id, date,
                        create_uid, write_uid, create_date, write_date)
                VALUES (%(key)s, %(playbook)s, %(step)s, %(record)s, %(state)s, %(reason)s,
                        %(user)s, %(now)s, %(user)s, %(user)s, %(now)s, %(now)s)
                    ON CONFLICT (key) DO UPDATE
                       SET state = EXCLUDED.state, reason = EXCLUDED.reason,
                           user_id = EXCLUDED.user_id, date = EXCLUDED.date,
                           write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                RETURNING id
                """,
                name=SQL.identifier(name),
                key=key,
                playbook=playbook.id,
                step=step_id,
                record=record.id,
                state=state,
                reason=reason or None,
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        else:
            query = SQL("DELETE FROM crm_playbook_tick WHERE key = %s RETURNING id", key)
        self.env.execute_query(query)
        self.invalidate_model()

    @api.model
    def _hand_over(self, sources, target):
        """Hand the ticks of `sources` to `target`: records that become one.

        Of a step that both had the one done is left, of two alike the older.
        """
        name, prefix = OWNERS[target._name]
        names = {
            "name": SQL.identifier(name),
            "ids": tuple((sources | target).ids),
            "target": target.id,
            "prefix": f"{prefix}:{target.id}:",
        }
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                DELETE FROM crm_playbook_tick WHERE id IN (
                    SELECT id FROM (
                        SELECT id, row_number() OVER (
                               PARTITION BY step_id ORDER BY state = 'done' DESC, date, id) AS place
                          FROM crm_playbook_tick WHERE %(name)s IN %(ids)s
                    ) ranked WHERE place > 1)
                RETURNING id
                """,
                **names,
            )
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_playbook_tick SET %(name)s = %(target)s, key = %(prefix)s || step_id
                 WHERE %(name)s IN %(ids)s AND key <> %(prefix)s || step_id
                RETURNING id
                """,
                **names,
            )
        )
        self.invalidate_model()


class CrmPlaybook(models.Model):
    _inherit = "crm.playbook"

    def set_step(self, step_id, res_model, res_id, state=False, reason=False):
        """Tick (`done`) or skip (`skipped`, with a reason) a step for a deal or a client.

        Without `state` the step is open again. Of a contact the client is meant.

        :raise AccessError: the caller may not read the playbook, or not change the deal
        :raise UserError: it is no step of what is published, or no reason is given
        """
        self.ensure_one()
        self.check_access("read")
        self._check_step(step_id, res_model, state, reason)
        record = self.env[res_model].browse(res_id)
        # What is known of a client is everybody's in sales; a deal belongs to somebody.
        record.check_access("write" if res_model == "crm.lead" else "read")
        if res_model == "res.partner":
            record = record.commercial_partner_id
        reason = reason.strip() if state == SKIPPED else False
        self.env["crm.playbook.tick"]._set(self, step_id, record, state, reason)

    def _check_step(self, step_id, res_model, state, reason):
        if res_model != ("crm.lead" if self.stage_id else "res.partner"):
            raise UserError(
                self.env._("The steps of %s are ticked for clients.", self.name)
                if self.status_id
                else self.env._("The steps of %s are ticked for deals.", self.name)
            )
        steps = {line["id"] for line in self.version_id._get_lines(STEP)}
        if step_id not in steps or state not in (False, DONE, SKIPPED):
            raise UserError(
                self.env._("%s has a new version without this step. Reload the page.", self.name)
            )
        if state == SKIPPED and not (reason or "").strip():
            raise UserError(self.env._("Reason: say in few words why you skip this step."))
