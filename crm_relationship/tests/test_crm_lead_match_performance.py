from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged, warmup

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestLeadMatchPerformance(RelationshipCommon):
    """Matching costs two statements at most, however many leads there are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.env["crm.lead"].with_context(tracking_disable=True)
        partners = cls.env["res.partner"].create(
            [
                {"name": f"Client {number}", "email": f"{number}@client{number}.test"}
                for number in range(1000)
            ]
        )
        # Every third has an owner, every tenth shares its address.
        partners[::3].user_id = cls.ben
        cls.env["res.partner"].create(
            [{"name": "Namesake", "email": partner.email} for partner in partners[::10]]
        )
        cls.env.flush_all()

    def _prepare(self, count):
        """Leads of clients, of colleagues of clients, and of strangers."""
        addresses = ["{0}@client{0}.test", "new{0}@client{0}.test", "{0}@stranger{0}.test"]
        return [
            {
                "name": f"Lead {number}",
                "email_from": addresses[number % 3].format(number % 1000),
                "phone": f"+32 456 {number:06}",
                "user_id": False,
            }
            for number in range(count)
        ]

    @contextmanager
    def _count(self):
        self.env.flush_all()
        start = self.env.cr.sql_log_count
        counted = []
        yield counted
        self.env.flush_all()
        counted.append(self.env.cr.sql_log_count - start)

    @warmup
    def test_finding_is_one_statement(self):
        for count in (10, 1000):
            vals_list = self._prepare(count)
            # What numbers are read by; Odoo reads it for every lead with a number.
            self.env.company.country_id.mapped("code")
            with self.subTest(count=count), self.assertQueryCount(1):
                found = self.leads._match_new(vals_list)
            self.assertTrue(any(match.certain for match in found))
            self.assertTrue(any(match.verdict.proposals for match in found))

    @warmup
    def test_nothing_to_look_for_is_no_statement(self):
        with self.assertQueryCount(0):
            self.leads._match_new([{"name": "Walked in"}, {"name": "Given", "partner_id": 1}])

    def test_strangers_and_proposals_add_two_statements(self):
        """What Odoo does for leads that are linked is not ours to count here."""
        models = type(self.env["crm.lead"])
        for count in (10, 300):
            vals_list = [vals for vals in self._prepare(3 * count) if "new" in vals["email_from"]]
            self.leads.create(vals_list[:1])
            with self._count() as ours:
                leads = self.leads.create(vals_list)
            self.assertEqual(len(leads.match_proposal_ids.lead_id), count)
            nothing = patch.object(models, "_match_new", lambda self, vals: [None] * len(vals))
            with nothing, self._count() as without:
                self.leads.create(vals_list)
            with self.subTest(count=count):
                self.assertEqual(ours[0] - without[0], 2)

    def _correct(self, count, address):
        """Statements of correcting the address of so many leads at once."""
        leads = self.leads.create(
            [{"name": f"Lead {number}", "user_id": False} for number in range(count)]
        )
        with self._count() as counted:
            leads.email_from = address
        return leads, counted[0]

    def test_correcting_many_adds_the_same(self):
        models = type(self.env["crm.lead"])
        self._correct(1, "new1@client1.test")
        for count in (10, 300):
            leads, ours = self._correct(count, "new1@client1.test")
            self.assertEqual(len(leads.match_proposal_ids), count)
            with patch.object(models, "_match_corrected", lambda self: None):
                __, without = self._correct(count, "new1@client1.test")
            with self.subTest(count=count):
                # What was proposed and rejected before, who it is, who is proposed now.
                self.assertEqual(ours - without, 3)

    @warmup
    def test_writing_something_else_is_as_before(self):
        lead = self.leads.create({"name": "Lead", "email_from": "1@client1.test"})
        self.env.flush_all()
        with self.assertQueryCount(1):
            lead.priority = "2"
            lead.flush_recordset()
