from odoo.tests import HttpCase, tagged

from .common_source_report import SourceReportCase


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourSources(SourceReportCase, HttpCase):
    def test_report_and_what_is_behind_its_figures(self):
        """A client came by a fair, and later bought again by an inquiry over Google."""
        main = self.env.ref("base.main_company")
        today = self.env.cr.now().date().replace(day=1)
        fair, google = self.env["utm.source"].create(
            [{"name": "Tour Fair"}, {"name": "Tour Google"}]
        )
        self.make_cost(fair, 100, today, today, company_id=main.id)
        client = self.env["res.partner"].create(
            {"name": "Tour Client", "acquisition_date": today, "acquisition_source_id": fair.id}
        )
        for source, name, value in ((fair, "Oak table", 200), (google, "Oak kitchen", 700)):
            self.make_lead(
                source,
                f"{today} 12:00:00",
                f"{today} 13:00:00",
                name=name,
                expected_revenue=value,
                partner_id=client.id,
                company_id=main.id,
            )
        self.make_lead(None, f"{today} 12:00:00", company_id=main.id)
        self.start_tour("/odoo/sources", "crm_relationship_sources", login="admin")

    def test_costs_and_sources_that_are_the_same(self):
        main = self.env.ref("base.main_company")
        today = self.env.cr.now().date()
        long, short = self.env["utm.source"].create(
            [{"name": "Tourbook"}, {"name": "tourbook.com"}]
        )
        self.env["utm.source"].create({"name": "Tour without"})
        for source, name in ((long, "Tables"), (short, "Chairs")):
            self.make_lead(source, f"{today} 00:00:00", name=name, company_id=main.id)
        self.start_tour("/odoo/source-costs", "crm_relationship_source_merge", login="admin")
        cost = self.env["crm.source.cost"].search([("source_id", "=", long.id)])
        self.assertEqual((cost.amount, cost.recurring), (50, True))
        self.assertFalse(short.active)
