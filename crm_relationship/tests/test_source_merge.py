from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..models.source import crm_source_merge_do
from ..models.source.crm_source_merge_do import CrmSourceMerge
from .test_source_cost import SourceCase


class SourceMergeCase(SourceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {"company_id": cls.company.id, "company_ids": [(6, 0, cls.company.ids)]}
        cls.manager = new_test_user(
            cls.env, "source_manager", groups="sales_team.group_sale_manager", **company
        )
        cls.long, cls.short, cls.site = cls.env["utm.source"].create(
            [{"name": name} for name in ("Oakbook", "Oak-Book", "oakbook.com")]
        )
        cls.merges = cls.env["crm.source.merge"].with_user(cls.manager)

    def proposal(self, *sources):
        return self.merges._propose().search(
            [("state", "=", "proposed"), ("source_ids", "in", sources[0].id)]
        )

    def make_merge(self, *sources):
        merge = self.merges.create({"source_ids": [Command.set([source.id for source in sources])]})
        merge.target_id = sources[0].id
        return merge

    def make_client(self, source, **vals):
        return self.env["res.partner"].create(
            {"name": "Client", "acquisition_source_id": source.id, **vals}
        )


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceMerge(SourceMergeCase):
    """Sources that are the same are proposed and become one, with all that hangs on them."""

    def test_proposed_by_name_the_one_with_most_leads_stays(self):
        self.make_lead(self.short)
        self.make_client(self.short)
        self.make_lead(self.site)
        merge = self.proposal(self.long)
        self.assertEqual(merge.source_ids, self.long | self.short | self.site)
        self.assertEqual((merge.target_id, merge.key), (self.short, "oakbook"))

    def test_source_an_app_brings_stays(self):
        facebook = self.env.ref("utm.utm_source_facebook")
        other = self.env["utm.source"].create({"name": "fb"})
        self.make_lead(other)
        self.assertEqual(self.proposal(other).target_id, facebook)

    def test_proposed_once_and_no_longer_when_renamed(self):
        merge = self.proposal(self.long)
        self.assertEqual(self.proposal(self.long), merge)
        self.short.name = "Elm"
        self.site.name = "Ash"
        self.assertFalse(self.proposal(self.long))
        self.assertFalse(merge.exists())

    def test_not_the_same_is_remembered(self):
        self.proposal(self.long).action_distinct()
        self.assertFalse(self.proposal(self.long))
        new = self.env["utm.source"].create({"name": "OAKBOOK [7]"})
        self.assertEqual(self.proposal(new).source_ids, self.long | new)
        told_apart = self.merges.search([("state", "=", "distinct")])
        told_apart.action_propose_again()
        self.assertEqual(told_apart.state, "proposed")

    def test_proposal_put_together_by_hand_stays(self):
        merge = self.merges.browse(
            (self.long | self.banner).with_user(self.manager).action_same()["res_id"]
        )
        self.assertEqual(self.proposal(self.long), merge)
        self.assertIn(merge.target_id, self.long | self.banner)
        merge.source_ids -= merge.target_id
        self.assertIn(merge.target_id, merge.source_ids)

    def test_everything_becomes_that_of_the_one_that_stays(self):
        elm = self.env["res.company"].create({"name": "Elm"})
        leads = self.make_lead(self.short) | self.make_lead(self.site, lost=True)
        leads |= self.make_lead(self.site, company_id=elm.id)
        client = self.make_client(self.site)
        cost = self.make_cost(self.short, 10, "2026-01-01", "2026-01-31")
        merge = self.make_merge(self.long, self.short, self.site)
        merge.action_merge()
        self.assertEqual(leads.source_id, self.long)
        self.assertEqual(client.acquisition_source_id, self.long)
        self.assertEqual(cost.source_id, self.long)
        self.assertFalse((self.short | self.site).filtered("active"))
        self.assertEqual((self.short | self.site).relationship_merged_id, self.long)
        self.assertEqual((merge.state, merge.user_id), ("merged", self.manager))
        self.assertEqual(
            (
                self.long.relationship_lead_count,
                self.long.relationship_client_count,
                self.long.relationship_cost,
            ),
            (3, 1, 10),
        )

    def test_the_old_name_means_the_one_that_stays(self):
        self.make_merge(self.long, self.short, self.site).action_merge()
        self.assertEqual(
            self.env["utm.mixin"]._find_or_create_record("utm.source", "OAK-book"), self.long
        )
        sources = self.env["utm.source"]
        self.assertEqual(sources.name_create("oak-book")[0], self.long.id)
        for operator, name in (("ilike", "oakbook.c"), ("=", "Oak-Book"), ("in", ["oakbook.com"])):
            self.assertEqual(sources.search([("display_name", operator, name)]), self.long)
        self.assertEqual(sources.name_search("oakbook.com"), [(self.long.id, "Oakbook")])
        self.assertIn(self.long, sources.search([("display_name", "not ilike", "oakbook.com")]))
        lead = self.make_lead(self.short)
        self.assertEqual(lead.source_id, self.long)
        lead.source_id = self.site
        self.assertEqual(lead.source_id, self.long)
        [cost_id] = self.env["crm.source.cost"].load(
            ["source_id", "date_from", "amount"], [["oakbook.COM", "2026-01-01", "5"]]
        )["ids"]
        self.assertEqual(self.env["crm.source.cost"].browse(cost_id).source_id, self.long)
        self.assertEqual(self.env["utm.source"].create({"name": "Oak-Book"}).name, "Oak-Book [2]")

    def test_rows_that_say_the_same_do_not_become_twins(self):
        # As link trackers: one for each address, medium, campaign and source.
        self.patch(crm_source_merge_do, "ONE_FOR_EACH", {"crm_lead": ("name", "medium_id")})
        sources = (self.long, self.short, self.site, self.site)
        leads = [
            self.make_lead(source, name=name)
            for source, name in zip(sources, ("A", "A", "A", "B"), strict=True)
        ]
        only = [self.make_lead(source, name="C") for source in (self.short, self.site)]
        merge = self.make_merge(self.long, self.short, self.site)
        merge.action_merge()
        self.assertEqual(
            [lead.source_id for lead in leads], [self.long, self.short, self.site, self.long]
        )
        self.assertEqual([lead.source_id for lead in only], [self.long, self.site])
        merge.action_undo()
        self.assertEqual([lead.source_id for lead in leads], [*sources])
        self.assertEqual([lead.source_id for lead in only], [self.short, self.site])

    def test_what_is_merged_already_is_not_merged_again(self):
        first, second = (self.make_merge(self.long, self.short) for _i in range(2))
        first.action_merge()
        with self.assertRaisesRegex(UserError, "at least two that are not merged yet"):
            second.action_merge()
        with self.assertRaisesRegex(UserError, "is decided already"):
            first.action_merge()

    def test_statements_do_not_grow_with_leads(self):
        def count(number):
            source = self.env["utm.source"].create({"name": f"Many {number}"})
            for _i in range(number):
                self.make_lead(source)
            merge = self.make_merge(self.long, source)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            merge.action_merge()
            return self.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(3), count(30))

    def test_managers_only(self):
        merge = self.make_merge(self.long, self.short)
        company = {"company_id": self.company.id, "company_ids": [(6, 0, self.company.ids)]}
        for login, groups in (
            ("source_sales", "sales_team.group_sale_salesman_all_leads"),
            ("source_money", "base.group_user,crm_relationship.group_money"),
        ):
            user = new_test_user(self.env, login, groups=groups, **company)
            for operation in (
                lambda user=user: merge.with_user(user).action_merge(),
                lambda user=user: merge.with_user(user).action_undo(),
                lambda user=user: merge.with_user(user).action_open(),
                lambda user=user: self.long.with_user(user).action_same(),
            ):
                with self.assertRaises(AccessError):
                    operation()
        with self.assertRaises(AccessError):
            self.env["crm.source.merge.move"].with_user(self.manager).create({})


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceMergeUndo(SourceMergeCase):
    """Until the end of the day a merge is put back, exactly as far as it still stands."""

    def merge(self, *sources):
        merge = self.make_merge(*sources)
        merge.action_merge()
        return merge

    def test_everything_is_put_back(self):
        leads = self.make_lead(self.short) | self.make_lead(self.site) | self.make_lead(self.long)
        client = self.make_client(self.site)
        cost = self.make_cost(self.short, 10, "2026-01-01", "2026-01-31")
        merge = self.merge(self.long, self.short, self.site)
        merge.action_undo()
        self.assertEqual([lead.source_id for lead in leads], [self.short, self.site, self.long])
        self.assertEqual(client.acquisition_source_id, self.site)
        self.assertEqual(cost.source_id, self.short)
        self.assertEqual((self.short | self.site).mapped("active"), [True, True])
        self.assertFalse((self.short | self.site).relationship_merged_id)
        self.assertFalse(self.env["crm.source.merge.move"].search([("merge_id", "=", merge.id)]))
        self.assertEqual(merge.state, "proposed")
        self.assertEqual(self.make_lead(self.short).source_id, self.short)

    def test_what_was_changed_since_stays(self):
        kept, changed = self.make_lead(self.short), self.make_lead(self.short)
        merge = self.merge(self.long, self.short)
        changed.source_id = self.banner
        new = self.make_lead(self.long)
        merge.action_undo()
        self.assertEqual(
            (kept.source_id, changed.source_id, new.source_id),
            (self.short, self.banner, self.long),
        )

    def test_merges_are_undone_in_turn(self):
        lead = self.make_lead(self.site)
        first = self.merge(self.short, self.site)
        second = self.merge(self.long, self.short)
        self.assertEqual(lead.source_id, self.long)
        self.assertEqual(self.site.relationship_merged_id, self.long)
        with self.assertRaisesRegex(UserError, "'Oak-Book' itself was merged into 'Oakbook'"):
            first.action_undo()
        second.action_undo()
        self.assertEqual(lead.source_id, self.short)
        self.assertEqual(self.site.relationship_merged_id, self.short)
        first.action_undo()
        self.assertEqual(lead.source_id, self.site)

    def test_until_the_end_of_the_day_where_the_manager_is(self):
        self.manager.tz = "America/New_York"
        with freeze_time("2026-06-10 23:00:00"):
            merge = self.merge(self.long, self.short)
        # Midnight in New York is 4:00 UTC in summer.
        with freeze_time("2026-06-11 03:59:00"):
            self.env["crm.source.merge.move"]._gc_moves()
            merge.invalidate_recordset()
            self.assertTrue(merge.can_undo)
        with freeze_time("2026-06-11 04:00:00"):
            merge.invalidate_recordset()
            with self.assertRaisesRegex(UserError, "day of the merge is over"):
                merge.action_undo()

    def test_ledger_is_cleaned_afterwards(self):
        self.make_lead(self.short)
        with freeze_time("2026-06-10 12:00:00"):
            merge = self.merge(self.long, self.short)
        moves = self.env["crm.source.merge.move"].search([("merge_id", "=", merge.id)])
        self.assertTrue(moves)
        with freeze_time("2026-06-12 12:00:00"):
            self.env["crm.source.merge.move"]._gc_moves()
        self.assertFalse(moves.exists())
        self.assertEqual(merge.state, "merged")

    def test_source_of_a_mailing_is_its_own(self):
        """Where no app with mailings is installed, deals stand in for them.

        Whoever merges need not see the mailing, nor must it be in use.
        """
        self.make_lead(self.short, lost=True)
        other = self.env["res.company"].create({"name": "Elm"})
        self.make_lead(self.site, company_id=other.id)
        models = self.registry.models
        mixin = {"utm.source.mixin": models["utm.mixin"]}
        sources = (self.long | self.short | self.site).with_user(self.manager)
        with patch.dict(models, mixin):
            owned = self.merges._get_owned(sources)
        self.assertEqual(owned, self.short | self.site)
        self.assertFalse(owned.env.su)

    def test_sources_of_mailings_are_grouped_and_ungrouped(self):
        def get_owned(merge, sources):
            return sources & self.short

        self.patch(CrmSourceMerge, "_get_owned", get_owned)
        lead = self.make_lead(self.short)
        other = self.make_lead(self.site)
        merge = self.merge(self.long, self.short, self.site)
        self.assertTrue(self.short.active)
        self.assertEqual(lead.source_id, self.short)
        self.assertEqual(other.source_id, self.long)
        self.assertEqual((self.short | self.long).relationship_group_id, merge.group_id)
        self.assertEqual(merge.group_id.name, "Oakbook")
        self.assertFalse(self.proposal(self.long), "nothing is left to propose")
        merge.action_undo()
        self.assertFalse((self.short | self.long).relationship_group_id)
        self.assertEqual(other.source_id, self.site)
