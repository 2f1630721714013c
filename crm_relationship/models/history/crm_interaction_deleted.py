from odoo import api, fields, models
from odoo.tools import SQL


class CrmInteractionDeleted(models.Model):
    """An event that somebody has deleted from the history.

    The mail, activity or lead behind it is there still: without this, building the history of
    the past again would bring the row back.
    """

    _name = "crm.interaction.deleted"
    _description = "Deleted Interaction"
    _log_access = False
    _rec_name = "origin_key"

    origin_key = fields.Char(
        required=True, help="Names the event, as the row of the history did that is gone."
    )

    _origin_key_uniq = models.Constraint("UNIQUE(origin_key)", "This event is deleted already.")

    @api.model
    def _remember(self, interactions):
        """Keep the events of these rows out of the history of the past."""
        # What was logged by hand has nothing behind it that it could come from.
        keys = [key for key in interactions.mapped("origin_key") if key and key[:7] != "manual:"]
        if keys:
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO crm_interaction_deleted (origin_key) SELECT unnest(%s)
                    ON CONFLICT (origin_key) DO NOTHING RETURNING id
                    """,
                    keys,
                )
            )
