from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class CrmRelationshipRulePace(models.Model):
    """Where two workers meet who write to one person at the same moment.

    What was sent is counted in the ledger. Transactions are REPEATABLE READ: a
    worker that waited for a lock would still not see what the other one has
    just sent. Both write the row of the person instead; PostgreSQL refuses the
    second one, which starts anew and counts again.
    """

    _name = "crm.relationship.rule.pace"
    _description = "Person Being Sent Marketing"
    _log_access = False
    _rec_name = "person"

    person = fields.Char(required=True, help="Model and id, as text: it outlives merging contacts.")
    date = fields.Datetime(required=True)

    _person_unique = models.UniqueIndex("(person)")

    @api.model
    def _take(self, people, now):
        """Claim people for this transaction, in an order in which no two workers block each other.

        :param people: texts of `_get_person`
        """
        if people:
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO crm_relationship_rule_pace (person, date)
                    SELECT person, %s FROM unnest(%s::text[]) person ORDER BY person
                        ON CONFLICT (person) DO UPDATE SET date = excluded.date
                    RETURNING id
                    """,
                    now,
                    list(people),
                )
            )

    @api.autovacuum
    def _gc_pace(self):
        """Nobody is at it any more after a day."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.search([("date", "<", yesterday)]).unlink()
