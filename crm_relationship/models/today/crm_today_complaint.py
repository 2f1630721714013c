from odoo import api, models


class CrmToday(models.AbstractModel):
    """Whoever speaks to a client who complains, knows it before."""

    _inherit = "crm.today"

    @api.model
    def _tell_items(self, items, day):
        """Rows say in `complaint` what their client complains of; complaints say it themselves."""
        rows = super()._tell_items(items, day)
        client_ids = {item.key: item.client_id for item in items if item.kind != "complaint"}
        notices = self.env["crm.complaint"]._get_notices(list({*client_ids.values()} - {0}))
        for row in rows:
            if notice := notices.get(client_ids.get(row["key"])):
                row["complaint"] = notice
        return rows
