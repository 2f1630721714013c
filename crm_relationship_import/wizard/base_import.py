from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError


class BaseImport(models.TransientModel):
    """Days and amounts that can't be read are left to the model, where it tells of them.

    Odoo stops at the first one, and names the technical column; of an amount not even the row.
    """

    _inherit = "base_import.import"

    def _parse_date_from_data(self, data, index, *args):
        return self._parse_lines(super()._parse_date_from_data, data, index, *args)

    def _parse_float_from_data(self, data, index, *args):
        return self._parse_lines(super()._parse_float_from_data, data, index, *args)

    def _parse_lines(self, parse, data, index, *args):
        if not getattr(self.env[self.res_model], "_tells_unreadable_cells", False):
            return parse(data, index, *args)
        for line in data:
            text = line[index]
            try:
                parse([line], index, *args)
            except ImportValidationError:
                line[index] = text
        return None
