from datetime import timedelta

from odoo.tests import tagged

from ..models.rule.crm_relationship_unsubscribe import Recipient
from .common_rules import MORNING
from .common_unsubscribe import UnsubscribeCommon

EMAIL = "lucy@lumen.example.com"
NUMBER = "+32456001122"


@tagged("crm_relationship", "post_install", "-at_install")
class TestUnsubscribeAgain(UnsubscribeCommon):
    """A link that is used again, by who stopped, by others, years later."""

    def _make_link(self, channel, address):
        reader = Recipient(channel, address, self.lumen.id, None, self.env.company.id)
        token = self.links._get_urls([reader])[reader].rsplit("/", 1)[1]
        return self.links._find(token, channel)

    def _ways(self):
        """How people of ours blacklist again what a client stopped, each with its link."""
        for channel, model, address in (
            ("email", "mail.blacklist", EMAIL),
            ("sms", "phone.blacklist", NUMBER),
        ):
            field = "email" if channel == "email" else "number"
            blacklist = self.env[model].with_context(active_test=False)
            link = self._make_link(channel, address)

            def find(blacklist=blacklist, field=field, address=address):
                return blacklist.search([(field, "=", address)])

            def create(blacklist=blacklist, field=field, address=address):
                return blacklist.create({field: address})

            yield link, lambda find=find: (find().action_archive(), find().action_unarchive())
            yield link, lambda find=find, create=create: (find().unlink(), create())
            yield link, create

    def test_what_we_have_blacklisted_since_an_old_link_does_not_take_back(self):
        for number, (link, blacklist_again) in enumerate(self._ways()):
            link._stop()
            self.assertTrue(link._may_undo(), number)
            blacklist_again()
            self.assertTrue(link._is_out(), number)
            self.assertFalse(link._may_undo(), number)
            self.assertFalse(link._undo(), number)
            self.assertTrue(link._is_out(), number)
            link._get_blacklist()[1].search([]).unlink()

    def test_what_we_have_set_free_the_link_stops_and_takes_back_again(self):
        link = self._make_link("email", EMAIL)
        link._stop()
        self.env["mail.blacklist"]._remove(EMAIL)
        self.assertFalse(link.date_out)
        self.assertTrue(link._stop())
        self.assertTrue(link._undo())
        self.assertFalse(self._is_blacklisted(EMAIL))

    def test_an_entry_that_somebody_has_deleted_before_may_be_deleted(self):
        entry = self.env["mail.blacklist"]._add(EMAIL)
        link = self._make_link("email", EMAIL)
        entry.browse(entry.id).unlink()
        self.assertTrue(entry.unlink())
        self.assertFalse(link.date_out)

    def test_pressing_again_and_again_leaves_two_lines_a_day(self):
        link = self._make_link("email", EMAIL)
        for minute in range(5):
            with self.freeze(MORNING + timedelta(minutes=2 * minute)):
                self.assertTrue(link._stop("Enough" if minute == 2 else ""))
                self.assertFalse(link._stop())
            with self.freeze(MORNING + timedelta(minutes=2 * minute + 1)):
                self.assertTrue(link._undo())
                self.assertFalse(link._undo())
        with self.freeze(MORNING + timedelta(minutes=20)):
            link._stop()
        back, out = self._stops(self.lumen)
        # The last word is the last line.
        self.assertEqual(out.date, MORNING + timedelta(minutes=20))
        self.assertEqual(out.subject, f"Unsubscribed from letters to {EMAIL}")
        self.assertEqual(out.summary, "Enough")
        self.assertEqual(back.date, MORNING + timedelta(minutes=9))
        self.assertTrue(self._is_blacklisted(EMAIL))
        notes = self.lumen.message_ids.filtered(lambda note: EMAIL in (note.body or ""))
        self.assertEqual(len(notes), 2)
        entry = self.env["mail.blacklist"].search([("email", "=", EMAIL)])
        self.assertLessEqual(len(entry.message_ids), 3)

    def test_on_another_day_it_is_another_word(self):
        link = self._make_link("email", EMAIL)
        for days in range(3):
            with self.freeze(MORNING + timedelta(days=days)):
                link._stop()
                link._undo()
        self.assertEqual(len(self._stops(self.lumen)), 6)
