from odoo.tests import tagged

from odoo.addons.crm_relationship.tests.common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestPartnerErase(RelationshipCommon):
    """What the law obliges to keep of an erased person stays: invoices and their files."""

    def test_files_of_invoices_are_kept(self):
        person = self.lumen
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": person.id}
        )
        files = self.env["ir.attachment"].create(
            [
                {"name": name, "raw": b"x", "res_model": model, "res_id": record.id}
                for name, model, record in (
                    ("invoice.txt", "account.move", invoice),
                    ("proof.txt", "account.move", invoice),
                    ("photo.png", "res.partner", person),
                )
            ]
        )
        self.env["mail.message"].create(
            {
                "model": "account.move",
                "res_id": invoice.id,
                "author_id": person.id,
                "body": "I paid",
                "attachment_ids": files[1].ids,
            }
        )
        person.with_user(self.anna)._erase_personal_data()
        self.assertEqual(files.exists(), files[:2])
