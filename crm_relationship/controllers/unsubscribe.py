from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from odoo.http import Controller, Response, request, route
from odoo.tools import get_lang
from odoo.tools.mail import email_anonymize

from ..models.rule.crm_relationship_unsubscribe import EMAIL, PATHS, SMS, WORDS_MAX

PAGE = [f"{path}/<string:token>" for path in PATHS.values()]
HEADERS = {
    # The address of the page is the key to it: nobody else gets to know it, or keeps it.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
}


class UnsubscribeController(Controller):
    """The pages behind the link with which a client stops letters or SMS.

    The token in the link is the only right there is: no login, and a token that
    is not ours is answered like any other. Looking changes nothing, since mail
    scanners follow every link; only a POST does.
    """

    @route(PAGE, type="http", auth="public", methods=["GET"], sitemap=False, readonly=True)
    def page(self, token, **kwargs):
        link = self._find(token)
        if not link:
            return self._render_unknown()
        return self._render(link, "done" if link._is_out() else "ask")

    # Mail programs post here without ever having been on a page (RFC 8058), so there
    # is no session to protect, and none is made.
    @route(
        f"{PATHS[EMAIL]}/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        sitemap=False,
    )
    def one_click(self, token, **kwargs):
        if kwargs.get("List-Unsubscribe") != "One-Click":
            raise BadRequest
        link = self._find(token)
        if link:
            link._stop()
        return Response(status=200 if link else 404)

    @route(
        [f"{path}/confirm" for path in PAGE],
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def confirm(self, token, words="", **kwargs):
        link = self._find(token)
        if not link:
            return self._render_unknown()
        link._stop(words)
        return self._render(link, "done")

    @route(
        [f"{path}/undo" for path in PAGE],
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def undo(self, token, **kwargs):
        link = self._find(token)
        if not link:
            return self._render_unknown()
        link._undo()
        return self._render(link, "done" if link._is_out() else "undone")

    def _find(self, token):
        is_sms = request.httprequest.path.startswith(f"{PATHS[SMS]}/")
        links = request.env["crm.relationship.unsubscribe"]
        return links._find(token, SMS if is_sms else EMAIL)

    def _render(self, link, state):
        """The page in the client's language."""
        lang = get_lang(request.env, link.partner_id.lang or link.lang or None).code
        request.update_context(lang=lang)
        company = link.company_id or link.env["res.company"].browse(request.env.company.id)
        return self._make_page(
            {
                "state": state,
                "is_sms": link.channel == SMS,
                "address": self._disguise(link),
                "company_name": company.name,
                "logo": None if company.uses_default_logo else f"/logo.png?company={company.id}",
                "action": f"{PATHS[link.channel]}/{link.token}",
                "may_undo": state == "done" and link._may_undo(),
                "words_max": WORDS_MAX,
                "csrf_token": request.csrf_token(),
            },
        )

    def _disguise(self, link):
        """Enough of the address for its owner to know it."""
        if link.channel == SMS:
            return f"…{link.address[-3:]}"
        return email_anonymize(link.address)

    def _render_unknown(self):
        """Whatever is wrong with the link, the answer is the same."""
        request.update_context(lang=get_lang(request.env).code)
        return self._make_page({"state": "unknown"}, status=404)

    def _make_page(self, values, status=200):
        values["html_lang"] = request.env.lang.replace("_", "-")
        page = request.env["ir.qweb"]._render("crm_relationship.unsubscribe_page", values)
        # Not in the template: Odoo does not translate one that begins like this.
        page = Markup("<!DOCTYPE html>\n") + page.strip()
        return request.make_response(page, headers=[*HEADERS.items()], status=status)
