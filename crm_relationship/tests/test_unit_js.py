from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js


@tagged("crm_relationship", "post_install", "-at_install")
class TestUnitJs(HttpCase):
    """Our own unit tests in JavaScript, without those of the web client."""

    def test_unit(self):
        suite = test_js.HOOTCommon._generate_hash(self, "@crm_relationship")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
