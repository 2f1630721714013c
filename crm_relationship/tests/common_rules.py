from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command

from .common import RelationshipCommon

# A Wednesday in a common year; where nothing else is said, time zones are UTC.
MORNING = datetime(2027, 3, 10, 9, 5)
BEFORE = datetime(2027, 1, 1)


class RuleCommon(RelationshipCommon):
    """Rules on the clients of `RelationshipCommon`; `anna` answers for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = "UTC"
        cls.env["res.partner"].search([("tz", "!=", False)]).tz = False
        cls.env["crm.relationship.rule"].search([]).active = False
        cls.env["crm.relationship.rule.run"].search([]).unlink()
        cls.env["crm.important.date"].search([]).unlink()
        cls.env["crm.interaction"].search([("is_waiting", "=", True)]).needs_reply = False
        cls.birthday = cls.env.ref("crm_relationship.date_kind_birthday")
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Greeting",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "subject": "All the best, {{ object.name }}",
                "body_html": "<p>Dear <t t-out='object.name'/></p>",
                "use_default_to": True,
                "email_from": "us@example.com",
            }
        )
        cls.ledger = cls.env["crm.relationship.rule.run"]
        (cls.oak + cls.lumen).user_id = cls.ben

    @classmethod
    def _create_rule(cls, *actions, **vals):
        """A switched-on birthday rule with these actions, a mail by default.

        It is for records of the test, if `domain` says nothing else.
        """
        model = cls.env["ir.model"].browse(vals.get("model_id")).model or "res.partner"
        vals = {"domain": f"[('id', '>', {cls.last_ids[model]})]", **vals}
        return cls.env["crm.relationship.rule"].create(
            {
                "name": "Birthday",
                "active": True,
                "user_id": cls.anna.id,
                "date_kind_id": cls.birthday.id,
                "date_start": BEFORE,
                "action_ids": [Command.create(action) for action in actions or (cls._mail(),)],
                **vals,
            }
        )

    @classmethod
    def _mail(cls, **vals):
        return {"kind": "mail", "template_id": cls.template.id, **vals}

    @classmethod
    def _task(cls, **vals):
        return {"kind": "activity", "summary": "Call", **vals}

    @classmethod
    def _create_date(cls, partner, month=3, day=10, year=0, **vals):
        return cls.env["crm.important.date"].create(
            {
                "partner_id": partner.id,
                "kind_id": cls.birthday.id,
                "month": month,
                "day": day,
                "year": year,
                **vals,
            }
        )

    @classmethod
    def _create_people(cls, count, **vals):
        """So many people whose birthday it is."""
        people = cls.env["res.partner"].create(
            [
                {
                    "name": f"Person {number}",
                    "email": f"person{number}@people.example.com",
                    "user_id": cls.ben.id,
                    **vals,
                }
                for number in range(count)
            ]
        )
        for person in people:
            cls._create_date(person)
        return people

    def freeze(self, now):
        return freeze_time(now)

    def _run(self, rule, now=MORNING):
        done = rule._run(now)
        self.env.invalidate_all()
        return done

    def _runs(self, rule, *partners):
        domain = [("rule_id", "=", rule.id)]
        if partners:
            domain.append(("res_id", "in", [partner.id for partner in partners]))
        return self.ledger.search(domain, order="date_due, id")

    def _mails_to(self, partner):
        return self.env["mail.mail"].search([("recipient_ids", "in", partner.ids)])

    def _tasks_of(self, record):
        return self.env["mail.activity"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )

    def assertStates(self, runs, *states):
        self.assertEqual(runs.mapped("state"), list(states), runs.mapped("reason"))

    def assertGreeted(self, partner, times=1):
        self.assertEqual(len(self._mails_to(partner)), times)


class DeliveryCommon(RuleCommon):
    """A rule that reaches two people, and what stands in where it could not be delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.be")
        cls.people = cls._create_people(2, phone="0470 12 34 56")
        cls.person = cls.people[0]
        cls.rule = cls._create_rule()
        cls.rule.action_ids.otherwise_id = cls.env["crm.relationship.rule.action"].create(
            cls._task(summary="Call instead")
        )

    def _later(self, hours=1):
        """After a run that learns it, and the next one, which does what stands in."""
        self.env.flush_all()
        self._run(self.rule, MORNING + timedelta(hours=hours))
        self._run(self.rule, MORNING + timedelta(hours=hours, minutes=15))
        return self._runs(self.rule, self.person)
