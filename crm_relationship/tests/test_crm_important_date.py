from datetime import date

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged, users

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestImportantDate(RelationshipCommon):
    """Days of the year, with and without a year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.birthday = cls.env.ref("crm_relationship.date_kind_birthday")

    def _create_date(self, month, day, year=0, **vals):
        return self.env["crm.important.date"].create(
            {
                "partner_id": self.brandon.id,
                "kind_id": self.birthday.id,
                "month": month,
                "day": day,
                "year": year,
                **vals,
            }
        )

    def test_next_date_and_age(self):
        today = fields.Date.today()
        record = self._create_date(today.month, today.day, today.year - 50)
        if (today.month, today.day) != (2, 29):
            self.assertEqual(record.next_date, today)
            self.assertEqual(record.age, 50)

    def test_unknown_year_has_no_age(self):
        record = self._create_date(5, 3)
        self.assertEqual((record.next_date.month, record.next_date.day), (5, 3))
        self.assertGreaterEqual(record.next_date, fields.Date.today())
        self.assertEqual(record.age, 0)
        self.assertEqual(record.date_text, "May 3")

    def test_date_text_is_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        record = self._create_date(5, 3, 1980)
        self.assertEqual(record.date_text, "May 3, 1980")
        self.assertEqual(record.with_context(lang="de_DE").date_text, "3. Mai 1980")
        record.year = 0
        self.assertEqual(record.with_context(lang="de_DE").date_text, "3. Mai")

    def test_leap_day_in_a_common_year(self):
        record = self._create_date(2, 29)
        self.assertEqual(record._get_next_date(date(2027, 1, 1)), date(2027, 2, 28))
        self.assertEqual(record._get_next_date(date(2028, 2, 29)), date(2028, 2, 29))
        self.assertEqual(record._get_next_date(date(2027, 3, 1)), date(2028, 2, 29))

    def test_impossible_dates_are_named(self):
        for month, day, year, text in (
            (13, 1, 0, "Month"),
            (0, 1, 0, "Month"),
            (2, 30, 0, "Day"),
            (2, 29, 2027, "Day"),
            (4, 31, 0, "Day"),
            (5, 1, 19999, "Year"),
        ):
            with self.subTest(month=month, day=day), self.assertRaisesRegex(ValidationError, text):
                self._create_date(month, day, year)

    def test_day_that_comes_once_needs_its_year(self):
        with self.assertRaisesRegex(ValidationError, "Year"):
            self._create_date(5, 3, yearly=False)
        record = self._create_date(5, 3, 2020, yearly=False)
        self.assertEqual(record.next_date, date(2020, 5, 3))

    @users("rel_carla")
    def test_typed_in_the_form(self):
        with Form(self.env["crm.important.date"]) as form:
            form.partner_id = self.brandon
            form.kind_id = self.birthday
            form.day = 29
            form.month_choice = "2"
        record = form.record
        self.assertEqual((record.month, record.day, record.year), (2, 29, 0))
        self.assertTrue(record.yearly)

    def test_passed_days_move_on(self):
        record = self._create_date(5, 3)
        upcoming = record.next_date
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_important_date SET next_date = '2020-05-03' WHERE id = %s", [record.id]
        )
        self.env.invalidate_all()
        self.env["crm.important.date"]._refresh_next_dates()
        self.assertEqual(record.next_date, upcoming)
