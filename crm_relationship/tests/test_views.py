from lxml import etree

from odoo.tests import TransactionCase, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestViews(TransactionCase):
    """What holds for each screen of the addon."""

    def _get_own_fields(self, expr):
        """The fields in our views that `expr` finds: name of the view, node, field."""
        data = self.env["ir.model.data"].search(
            [("module", "=like", "crm_relationship%"), ("model", "=", "ir.ui.view")]
        )
        found = []
        for view in self.env["ir.ui.view"].browse(data.mapped("res_id")):
            model = self.env.get(view.model)
            if model is None:
                continue
            for node in etree.fromstring(view.arch).xpath(f"//field{expr}"):
                field = model._fields.get(node.get("name"))
                if field is not None:
                    found.append((view.name, node, field))
        return found

    def test_what_a_figure_opens_has_a_name(self):
        """Odoo calls the rows behind a bar or a cell "Untitled" where the view has no title."""
        data = self.env["ir.model.data"].search(
            [("module", "=like", "crm_relationship%"), ("model", "=", "ir.ui.view")]
        )
        views = (
            self.env["ir.ui.view"]
            .browse(data.mapped("res_id"))
            .filtered(lambda view: view.type in ("pivot", "graph") and not view.inherit_id)
        )
        self.assertIn("crm.source.report", views.mapped("model"))
        untitled = [view.name for view in views if not etree.fromstring(view.arch).get("string")]
        self.assertEqual(untitled, [])

    def test_widget_of_a_day_is_on_days(self):
        """On a moment the browser warns that it is none."""
        wrong = [
            f"{view}: {field.name}"
            for view, __, field in self._get_own_fields("[@widget='date']")
            if field.type != "date"
        ]
        self.assertEqual(wrong, [])

    def test_help_on_what_people_enter(self):
        """In the history and the dates, where people enter most."""
        models = ("crm.interaction", "crm.interaction.log", "crm.important.date", "crm.promise")
        bare = {
            f"{field.model_name}.{field.name}"
            for __, node, field in self._get_own_fields("[not(@invisible='1')]")
            if field.model_name in models
            and not (field.help or field.readonly or node.get("readonly"))
            and not node.get("column_invisible")
        }
        self.assertEqual(bare - {"crm.promise.name"}, set())

    def test_what_leaves_the_calendar_is_asked_before(self):
        """Also of many meetings at once, and by the name of the button."""
        views = self.env["ir.ui.view"].search([("arch_db", "ilike", "action_not_held")])
        buttons = [
            button
            for view in views
            for button in etree.fromstring(view.arch).xpath("//button[@name='action_not_held']")
        ]
        self.assertGreaterEqual(len(buttons), 4)
        for button in buttons:
            self.assertIn("calendar", button.get("confirm", ""))
            self.assertEqual(button.get("confirm-label"), "Did Not Take Place")

    def test_cost_per_lead_is_read_on_a_phone(self):
        """Bars of a dozen sources in twelve months are as thin as hairs there."""
        action = self.env.ref("crm_relationship.crm_source_report_action_cost_per_lead")
        self.assertEqual(action.mobile_view_mode, "list")
        views = {kind: view_id for view_id, kind in action.views}
        arch = self.env["crm.source.report"].get_view(views["list"], "list")["arch"]
        tree = etree.fromstring(arch)
        self.assertEqual(tree.get("default_group_by"), "source_id,date:month")
        shown = [node.get("name") for node in tree.xpath("field[not(@column_invisible)]")]
        self.assertEqual(shown[:4], ["display_name", "cost_per_lead", "leads", "cost"])

    def test_end_of_a_cost_of_every_month_says_what_it_does(self):
        arch = self.env["crm.source.cost"].get_view(view_type="form")["arch"]
        [hint] = etree.fromstring(arch).xpath("//div[contains(., 'cut to its')]")
        self.assertEqual(hint.get("invisible"), "not recurring or not recurring_until")

    def test_colour_of_who_waits_is_said_in_a_column(self):
        arch = self.env.ref("crm_relationship.crm_interaction_view_list").arch
        tree = etree.fromstring(arch)
        self.assertEqual(tree.get("decoration-warning"), "is_waiting")
        self.assertTrue(tree.xpath("field[@name='is_waiting'][not(@column_invisible)]"))
