"""SQL that several tests have in common."""

# A second scheduled action that does the same: Odoo never runs one twice at once.
SECOND = """
    INSERT INTO ir_cron (cron_name, ir_actions_server_id, user_id, active, interval_number,
                         interval_type, nextcall, priority, failure_count)
    SELECT cron_name, ir_actions_server_id, user_id, true, interval_number, interval_type,
           nextcall, priority, 0
      FROM ir_cron WHERE active
"""
