from odoo import fields
from odoo.tests import TransactionCase, new_test_user


class RelationshipCommon(TransactionCase):
    """Two companies of clients, three salespeople, nobody's demo data.

    `oak` is a company with two people (`brandon`, `nina`); `lumen` a private
    person. `ben` sees all leads, `carla` her own only, `anna` manages.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls._remember_what_is_there()
        cls.anna = cls._create_user("rel_anna", "sales_team.group_sale_manager")
        cls.ben = cls._create_user("rel_ben", "sales_team.group_sale_salesman_all_leads")
        cls.carla = cls._create_user("rel_carla", "sales_team.group_sale_salesman")
        cls.insider = cls._create_user("rel_insider", "base.group_user")
        partners = cls.env["res.partner"]
        cls.oak = partners.create(
            {"name": "Oak Interiors", "is_company": True, "email": "info@oak.example.com"}
        )
        cls.brandon, cls.nina = partners.create(
            [
                {"name": "Brandon", "parent_id": cls.oak.id, "email": "brandon@oak.example.com"},
                {"name": "Nina", "parent_id": cls.oak.id, "email": "nina@oak.example.com"},
            ]
        )
        cls.lumen = partners.create({"name": "Lucy Lumen", "email": "lucy@lumen.example.com"})
        cls.interactions = cls.env["crm.interaction"]
        # Nothing of the past is still to be found, so that silence is silence.
        cls.env["crm.interaction.backfill"].search([("state", "!=", "done")]).state = "done"
        for kind in ("cold", "prospect", "customer", "regular", "key", "dormant", "lost"):
            setattr(cls, f"status_{kind}", cls.env.ref(f"crm_relationship.status_{kind}"))

    @classmethod
    def _remember_what_is_there(cls):
        """Up to which id the records of each model are not of this test: demo data."""
        cls.last_ids = {
            name: cls.env[name]
            .with_context(active_test=False)
            .search([], order="id desc", limit=1)
            .id
            or 0
            for name in cls.env["crm.relationship.rule"]._get_rule_models()
        }

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env, login, groups=f"base.group_user,{group}", email=f"{login}@test.example.com"
        )

    @classmethod
    def _work_every_day(cls):
        """Days of next contacts are as far away as the rhythm says, whatever day it is today."""
        cls.env["res.company"].search([("resource_calendar_id", "!=", False)]).write(
            {"resource_calendar_id": False}
        )

    @classmethod
    def _create_lead(cls, partner=None, **vals):
        return cls.env["crm.lead"].create(
            {
                "name": "Desks for the showroom",
                "type": "opportunity",
                "partner_id": partner.id if partner else False,
                "user_id": cls.ben.id,
                **vals,
            }
        )

    @classmethod
    def _create_interaction(cls, partner, days_ago=0, **vals):
        date = fields.Datetime.subtract(fields.Datetime.now(), days=days_ago)
        return cls.interactions.create(
            {
                "partner_id": partner.id,
                "date": date,
                "channel": "phone",
                "user_id": cls.ben.id,
                **vals,
            }
        )

    def _end_transaction(self):
        """What a commit does before it writes: capture what happened."""
        self.env.flush_all()
        self.env.cr.flush()

    def _refresh_clients(self):
        """What the scheduled action does next."""
        self._end_transaction()
        queue = self.env["crm.relationship.refresh"]
        while partner_ids := queue._pop():
            self.env["res.partner"].browse(partner_ids)._refresh_relationship()
        self.env.invalidate_all()

    def _run_cron(self, name):
        """Run a scheduled action of the addon as the server does."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(f"crm_relationship.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _history(self, *partners):
        """What was captured of these clients, oldest first, but for the coming of their leads."""
        return self._full_history(*partners).filtered(
            lambda row: not row.origin_key.startswith("lead:")
        )

    def _full_history(self, *partners):
        """All that was captured of these clients, oldest first."""
        self._end_transaction()
        ids = [partner.commercial_partner_id.id for partner in partners]
        return self.interactions.search([("commercial_partner_id", "in", ids)], order="date, id")

    def assertStatus(self, partner, status):
        self.assertEqual(
            partner.relationship_status_id.kind or None, status.kind if status else None
        )
