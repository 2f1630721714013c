from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, convert_file


def migrate(cr, version):
    """What an upgrade from 19.0.1.0.0 does besides the data files, topic by topic."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    _renew_rules(env)
    _set_channel_of_emails(env)
    _hide_private_meetings(env)
    _alarm_nobody(env)
    _mark_promises(env)
    _find_first_leads(env)
    _build_history(env)
    env["res.partner"]._add_starting_preferences()
    env["res.partner"]._set_first_won_of_all()
    _thank_for_new_clients_only(env)
    env["crm.relationship.status"]._set_default_conditions()
    _drop_indexes(env)
    _queue_clients(env)


def _renew_rules(env):
    """What was said on a lead that is deleted stays as private as the lead was.

    Who sees own leads only sees what rules did to these.
    """
    for name in ("crm_interaction", "crm_relationship_rule"):
        convert_file(env, "crm_relationship", f"security/{name}_security.xml", None, mode="init")


def _set_channel_of_emails(env):
    """An activity to write a mail is a contact, unless somebody has chosen otherwise."""
    activity_type = env.ref("mail.mail_activity_data_email", raise_if_not_found=False)
    if activity_type and not activity_type.interaction_channel:
        activity_type.interaction_channel = "email"


def _hide_private_meetings(env):
    """The name of a private meeting stays in the calendar."""
    env.cr.execute(
        """
        UPDATE crm_interaction SET subject = NULL
         WHERE calendar_event_id IS NOT NULL AND is_private AND origin_key LIKE 'event:%'
        """
    )


def _alarm_nobody(env):
    """Who waits since before the upgrade gets a deadline, but nobody a hundred messages."""
    env.cr.execute(
        """
        UPDATE crm_interaction SET response_alert = 'past'
         WHERE needs_reply IS TRUE AND reply_id IS NULL AND response_alert IS NULL
        """
    )
    env["crm.interaction"]._queue_waiting(SQL("TRUE"))


def _mark_promises(env):
    """An activity says itself whether it stands for a promise."""
    env.cr.execute(
        """
        UPDATE mail_activity a SET is_promise = true
          FROM crm_promise p WHERE p.activity_id = a.id
        """
    )


def _find_first_leads(env):
    """First touches that were taken from a lead say so; others stay as somebody wrote them."""
    env.cr.execute(
        """
        UPDATE res_partner client SET acquisition_lead_id = lead.id
          FROM res_partner entity
    CROSS JOIN LATERAL (
               SELECT l.id, l.create_date, l.source_id
                 FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                WHERE p.commercial_partner_id = entity.id
                ORDER BY l.create_date, l.id LIMIT 1
               ) lead
         WHERE client.id = entity.id
           AND entity.acquisition_date = lead.create_date::date
           AND entity.acquisition_source_id IS NOT DISTINCT FROM lead.source_id
        """
    )


def _build_history(env):
    """Leads, and mails on other documents, enter the history; so does what came before it."""
    env["crm.interaction.backfill"]._start()


def _thank_for_new_clients_only(env):
    """Who sent a client that is won already is thanked by now: nobody gets a heap of tasks."""
    env.cr.execute(
        """
        UPDATE res_partner SET referrer_thanked_date = first_won_date
         WHERE referrer_id IS NOT NULL AND first_won_date IS NOT NULL
           AND referrer_thanked_date IS NULL
        """
    )


def _drop_indexes(env):
    """Odoo keeps the index of a field that is to have none any more."""
    for name in ("source", "medium", "campaign"):
        index = SQL.identifier(f"res_partner__acquisition_{name}_id_index")
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", index))


def _queue_clients(env):
    """Health, own rhythm and what holds up the next contact are worked out in the background."""
    env["crm.relationship.refresh"]._push_query(
        SQL(
            """SELECT id FROM res_partner
                WHERE relationship_status_id IS NOT NULL AND id = commercial_partner_id"""
        )
    )
