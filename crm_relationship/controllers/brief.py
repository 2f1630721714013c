from urllib.parse import quote

from werkzeug.exceptions import BadRequest, Forbidden

from odoo.exceptions import AccessError, UserError
from odoo.http import Controller, request, route


class BriefController(Controller):
    @route("/crm_relationship/brief", type="http", auth="user", methods=["GET"], readonly=True)
    def brief(self, phone=None, **kwargs):
        """Open the briefing of who calls, for softphones: `?phone=%2B32456001122`.

        One client opens at once. With several there is a choice, with none an offer
        to create one. It only ever leads into the web client, and only a number that
        looks like one is passed on.
        """
        if phone and phone[0] == " ":
            # Many telephones put the plus into the address as it is: it arrives as a space.
            phone = f"+{phone.lstrip()}"
        try:
            found = request.env["res.partner"].find_briefing_by_phone(phone)
        except AccessError as error:
            raise Forbidden(str(error)) from error
        except UserError as error:
            raise BadRequest(str(error)) from error
        if len(found["choices"]) == 1:
            [choice] = found["choices"]
            if choice["res_model"] == "res.partner":
                return request.redirect(f"/odoo/briefing/{choice['res_id']}")
            return request.redirect(f"/odoo/briefing?lead={choice['res_id']}")
        # With "tel:": the web client would take a bare number for one to calculate with.
        return request.redirect(f"/odoo/briefing?phone={quote('tel:' + found['number'])}")
