from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name


class WorkerCommon(BaseCase):
    """Two workers on two connections of one database, where what they do is committed.

    What a test has made it takes away itself, in `_clean_up`.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)

    def _env(self, cr, **context):
        """Where the system works, on one of the connections."""
        return api.Environment(cr, SUPERUSER_ID, context)

    def _clean_up(self):
        raise NotImplementedError
