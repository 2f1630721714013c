import re
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.rule.crm_relationship_unsubscribe import Recipient
from .common_unsubscribe import UnsubscribeCommon

CSRF = re.compile(r'name="csrf_token"\s+value="([^"]+)"')


@tagged("crm_relationship", "post_install", "-at_install")
class TestUnsubscribePage(UnsubscribeCommon, HttpCase):
    """The page behind the link, as anybody opens it: nobody is logged in."""

    def setUp(self):
        super().setUp()
        self.lumen.user_id = self.ben
        self.mail = self._greet(self.lumen)
        self.token = self._get_token(self.mail)
        self.path = f"/relationship/stop/{self.token}"

    def _one_click(self, path=None, **form):
        form = form or {"List-Unsubscribe": "One-Click"}
        return self.url_open(path or self.path, data=form, allow_redirects=False)

    def _press(self, what, path=None, **form):
        """Press a button of the page as it is shown now."""
        path = path or self.path
        page = self.url_open(path).text
        self.assertIn(f'action="{path}/{what}"', page)
        form["csrf_token"] = CSRF.search(page)[1]
        return self.url_open(f"{path}/{what}", data=form)

    def assertOptedOut(self, times=1, address="lucy@lumen.example.com"):
        self.env.invalidate_all()
        self.assertTrue(self._is_blacklisted(address))
        self.assertEqual(len(self._stops(self.lumen)), times)

    def assertStillReached(self):
        self.env.invalidate_all()
        self.assertFalse(self._is_blacklisted("lucy@lumen.example.com"))
        self.assertFalse(self._stops(self.lumen))

    # ---- looking ----

    def test_looking_changes_nothing(self):
        for __ in range(2):
            page = self.url_open(self.path)
            self.assertEqual(page.status_code, 200)
            self.assertTrue(page.text.startswith("<!DOCTYPE html>\n<html "))
            self.assertIn("No more letters?", page.text)
        head = self.opener.head(self.base_url() + self.path)
        self.assertEqual((head.status_code, head.text), (200, ""))
        for what in ("confirm", "undo"):
            self.assertEqual(self.url_open(f"{self.path}/{what}").status_code, 405)
        self.assertStillReached()

    def test_page_tells_nobody_the_address(self):
        page = self.url_open(self.path)
        self.assertNotIn("lucy@lumen.example.com", page.text)
        self.assertIn("l***@lumen.example.com", page.text)
        self.assertIn(self.env.company.name, page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", page.headers["X-Robots-Tag"])

    def test_page_in_the_language_of_the_client(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref("crm_relationship.unsubscribe_page").update_field_translations(
            "arch_db", {"fr_FR": {"No more letters?": "Plus de lettres ?"}}
        )
        self.lumen.lang = "fr_FR"
        page = self.url_open(self.path, headers={"Accept-Language": "en-US"})
        self.assertIn('lang="fr-FR"', page.text)
        self.assertIn("Plus de lettres ?", page.text)

    # ---- one click ----

    def test_one_click(self):
        self.opener.cookies.clear()
        response = self._one_click()
        self.assertEqual((response.status_code, response.content), (200, b""))
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertOptedOut()

    def test_one_click_as_mail_programs_post_it(self):
        response = self.url_open(
            self.path,
            files={"List-Unsubscribe": (None, "One-Click")},  # multipart/form-data
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 200)
        self.assertOptedOut()

    def test_posting_something_else_changes_nothing(self):
        response = self._one_click(data="x")
        self.assertEqual(response.status_code, 400)
        self.assertStillReached()

    def test_twice_is_once(self):
        self._one_click()
        self._one_click()
        self.assertIn("You are unsubscribed", self.url_open(self.path).text)
        self.assertOptedOut()
        notes = self.lumen.message_ids.filtered(lambda note: "Unsubscribed" in note.body)
        self.assertEqual(len(notes), 1)

    # ---- the page's buttons ----

    def test_button_with_words(self):
        page = self._press("confirm", words="Too <b>many</b> letters ")
        self.assertIn("You are unsubscribed", page.text)
        self.assertOptedOut()
        row = self._stops(self.lumen)
        self.assertEqual(row.summary, "Too <b>many</b> letters")
        self.assertEqual(row.subject, "Unsubscribed from letters to lucy@lumen.example.com")
        self.assertEqual(
            (row.direction, row.channel, row.is_attempt, row.needs_reply, row.user_id),
            ("in", "email", True, False, self.ben),
        )
        note = self.lumen.message_ids[0]
        self.assertIn("Too &lt;b&gt;many", note.body)
        self.assertEqual(note.author_id, self.env.ref("base.partner_root"))

    def test_words_have_an_end(self):
        self._press("confirm", words="x" * 5000)
        self.assertEqual(len(self._stops(self.lumen).summary), 300)

    def test_buttons_need_the_page(self):
        with mute_logger("odoo.http"):
            for what in ("confirm", "undo"):
                self.assertEqual(
                    self.url_open(f"{self.path}/{what}", data={"words": "x"}).status_code, 400
                )
        self.assertStillReached()

    def test_undo(self):
        self._press("confirm")
        page = self._press("undo")
        self.assertIn("Welcome back", page.text)
        self.env.invalidate_all()
        self.assertFalse(self._is_blacklisted("lucy@lumen.example.com"))
        self.assertEqual(
            self._stops(self.lumen).mapped("subject"),
            [
                "Unsubscribed from letters to lucy@lumen.example.com",
                "Wants letters to lucy@lumen.example.com again",
            ],
        )
        self.assertFalse(self._get_link(self.mail).date_out)

    def test_undo_when_nothing_is_to_undo(self):
        token = CSRF.search(self.url_open(self.path).text)[1]
        page = self.url_open(f"{self.path}/undo", data={"csrf_token": token})
        self.assertIn("Welcome back", page.text)
        self.assertStillReached()

    def test_what_we_have_blacklisted_a_client_can_not_undo(self):
        self.env["mail.blacklist"]._add("lucy@lumen.example.com")
        page = self.url_open(self.path).text
        self.assertIn("You are unsubscribed", page)
        self.assertNotIn("/undo", page)
        self._one_click()
        token = self.url_open("/web/login").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', token)[1]
        self.url_open(f"{self.path}/undo", data={"csrf_token": token})
        self.assertOptedOut(times=0)

    # ---- wrong links ----

    def test_wrong_links_are_all_answered_alike(self):
        wrong = [
            "x" * 24,
            self.token[:-1] + ("A" if self.token[-1] != "A" else "B"),
            self.token[:-1],
            self.token + "A",
            str(self._get_link(self.mail).id),
            "1",
            "%00",
            "' OR 1=1 --",
            "lucy@lumen.example.com",
            "é" * 24,
        ]
        pages = set()
        for token in wrong:
            page = self.url_open(f"/relationship/stop/{token}")
            self.assertEqual(page.status_code, 404, token)
            pages.add(page.text)
            self.assertEqual(self._one_click(f"/relationship/stop/{token}").status_code, 404)
        [page] = pages
        self.assertIn("This link does not work", page)
        self.assertNotIn(self.env.company.name, page)
        self.assertStillReached()

    def test_token_for_sms_is_none_for_letters(self):
        company = self.env.company.id
        sms, mail = (
            Recipient(channel, "+32456001122", self.lumen.id, None, company)
            for channel in ("sms", "email")
        )
        urls = self.links._get_urls([sms, mail])
        tokens = {recipient: url.rsplit("/", 1)[1] for recipient, url in urls.items()}
        self.assertEqual(self.url_open(f"/r/s/{tokens[sms]}").status_code, 200)
        self.assertEqual(self.url_open(f"/r/s/{tokens[mail]}").status_code, 404)
        self.assertEqual(self.url_open(f"/relationship/stop/{tokens[sms]}").status_code, 404)
        self.assertEqual(self.url_open(f"/relationship/stop/{tokens[mail]}").status_code, 200)

    def test_link_of_another_database_is_none(self):
        self.env["ir.config_parameter"].sudo().set_param("database.secret", "another")
        self.assertEqual(self.url_open(self.path).status_code, 404)
        self.assertEqual(self._one_click().status_code, 404)
        self.assertStillReached()

    def test_other_letters_after_the_secret_changed(self):
        self.env["ir.config_parameter"].sudo().set_param("database.secret", "another")
        rule = self.ledger.search([("mail_id", "=", self.mail.id)]).rule_id
        self._run(rule.copy({"active": True, "date_start": rule.date_start}))
        token = self._get_token(self._mails_to(self.lumen) - self.mail)
        self.assertNotEqual(token, self.token)
        self.assertEqual(self.url_open(f"/relationship/stop/{token}").status_code, 200)

    # ---- later ----

    def test_after_the_ledger_and_the_letter_are_gone(self):
        runs = self.ledger.search([("mail_id", "=", self.mail.id)])
        self.mail.unlink()
        runs.sudo().unlink()
        self._one_click()
        self.assertOptedOut()

    def test_archived_contact(self):
        self.lumen.active = False
        self._one_click()
        self.assertOptedOut()

    def test_deleted_contact(self):
        self.lumen.unlink()
        self.assertEqual(self.url_open(self.path).status_code, 200)
        self.assertEqual(self._one_click().status_code, 200)
        self.assertTrue(self._is_blacklisted("lucy@lumen.example.com"))

    def test_merged_contact(self):
        twin = self.env["res.partner"].create({"name": "Lucy", "email": "lucy@twin.example.com"})
        self.env["base.partner.merge.automatic.wizard"]._merge([twin.id, self.lumen.id], twin)
        self._one_click()
        self.env.invalidate_all()
        self.assertTrue(self._is_blacklisted("lucy@lumen.example.com"))
        self.assertEqual(len(self._stops(twin)), 1)

    def test_the_address_it_went_to_is_the_one(self):
        self.lumen.email = "lucy@new.example.com"
        self._one_click()
        self.assertOptedOut()
        self.assertFalse(self._is_blacklisted("lucy@new.example.com"))

    def test_company_of_ours_deleted(self):
        link = self._get_link(self.mail)
        link.company_id = False
        self.assertIn(self.env.company.name, self.url_open(self.path).text)
        self._one_click()
        self.assertOptedOut()

    # ---- what waits ----

    def test_what_is_queued_is_not_sent(self):
        self.assertEqual(self.mail.state, "outgoing")
        self._one_click()
        self.env.invalidate_all()
        self.assertEqual((self.mail.state, self.mail.failure_type), ("cancel", "mail_optout"))
        run = self.ledger.search([("mail_id", "=", self.mail.id)])
        self.assertEqual((run.state, run.reason), ("skipped", "Opted out before it was sent"))

    def test_service_letters_are_sent_all_the_same(self):
        rule = self.ledger.search([("mail_id", "=", self.mail.id)]).rule_id
        service = rule.copy({"active": True, "purpose": "service", "date_start": rule.date_start})
        self._run(service)
        mail = self._mails_to(self.lumen) - self.mail
        self._one_click()
        self.env.invalidate_all()
        self.assertEqual(mail.state, "outgoing")

    def test_failure_leaves_nothing_half_done(self):
        notes = type(self.links)
        with (
            mute_logger("odoo.http"),
            patch.object(notes, "_note", side_effect=ValueError("broken")),
        ):
            self.assertEqual(self._one_click().status_code, 500)
        self.env.invalidate_all()
        self.assertStillReached()
