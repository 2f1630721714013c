from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """What an upgrade from 19.0.1.0.0 does besides the data files, topic by topic."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    _build_history(env)


def _build_history(env):
    """Leads, and mails on other documents, enter the history; so does what came before it."""
    env["crm.interaction.backfill"]._start()
