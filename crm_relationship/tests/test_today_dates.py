from freezegun import freeze_time

from odoo.tests import tagged

from .common_today import MONDAY, TodayCommon

FRIDAY = "2026-02-27 09:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
class TestTodayDates(TodayCommon):
    """Birthdays and other days of one's clients."""

    def _create_date(self, partner, month, day, year=0, kind="birthday", **vals):
        return self.env["crm.important.date"].create(
            {
                "partner_id": partner.id,
                "kind_id": self.env.ref(f"crm_relationship.date_kind_{kind}").id,
                "month": month,
                "day": day,
                "year": year,
                **vals,
            }
        )

    @freeze_time(MONDAY)
    def test_birthday(self):
        record = self._create_date(self.brandon, 3, 2, 1976, note="likes cake")
        self._create_date(self.nina, 3, 3)
        other = self.env["res.partner"].create({"name": "Of Carla", "user_id": self.carla.id})
        self._create_date(other, 3, 2)
        [row] = self._get_rows()
        self.assertEqual(row["key"], f"birthday:{record.id}:2026")
        self.assertEqual(row["kind_name"], "Birthday")
        self.assertEqual(row["reason"], "turns 50 today: likes cake")
        self.assertEqual((row["name"], row["person"]), ("Oak Interiors", "Brandon"))
        self.assertEqual(row["buttons"], ["brief", "call", "done", "postpone"])

    @freeze_time(MONDAY)
    def test_birthday_goes_to_who_looks_after_the_company_now(self):
        record = self._create_date(self.brandon, 3, 2)
        self.brandon.user_id = self.ben
        self.oak.user_id = self.carla
        self.assertEqual(self._get_keys(), [])
        self.assertEqual(self._get_keys(self.carla), [f"birthday:{record.id}:2026"])

    @freeze_time(MONDAY)
    def test_who_is_archived_has_no_birthday(self):
        self._create_date(self.brandon, 3, 2)
        self._create_date(self.lumen, 3, 2)
        (self.brandon | self.lumen).active = False
        self.assertEqual(self._get_keys(), [])

    @freeze_time(MONDAY)
    def test_done_and_undone(self):
        record = self._create_date(self.brandon, 3, 2)
        key = f"birthday:{record.id}:2026"
        self.assertEqual(self._get_keys(), [key])
        self.assertIs(self._act(key, "done"), True)
        today = self._get_today()
        self.assertEqual((today["rows"], today["done"], today["total"]), ([], 1, 1))
        self.env["crm.today"].with_user(self.ben).undo(key)
        self.assertEqual(self._get_keys(), [key])

    def test_done_on_friday_it_is_not_there_on_saturday(self):
        record = self._create_date(self.brandon, 2, 28)
        key = f"birthday:{record.id}:2026"
        with freeze_time(FRIDAY):
            self.assertEqual(self._get_keys(), [key])
            self._act(key, "done")
        with freeze_time("2026-02-28 09:00:00"):
            self.assertEqual(self._get_keys(), [])

    def test_put_off_it_is_there_again_on_its_day(self):
        record = self._create_date(self.brandon, 3, 2, 1976)
        key = f"birthday:{record.id}:2026"
        with freeze_time(MONDAY):
            self._postpone(key, "2026-03-04", reason="absent")
            self.assertEqual(self._get_keys(), [])
        with freeze_time("2026-03-03 09:00:00"):
            self.assertEqual(self._get_keys(), [])
        with freeze_time("2026-03-04 09:00:00"):
            self.assertEqual(self._get_reasons(), ["turned 50 on Monday"])
            self._act(key, "done")
            self.assertEqual(self._get_keys(), [])
        with freeze_time("2026-03-05 09:00:00"):
            self.assertEqual(self._get_keys(), [])

    def test_put_off_and_forgotten_it_is_there_for_a_week(self):
        record = self._create_date(self.brandon, 3, 2)
        key = f"birthday:{record.id}:2026"
        with freeze_time(MONDAY):
            self._postpone(key, "2026-03-03")
        with freeze_time("2026-03-09 09:00:00"):
            self.assertEqual(self._get_reasons(), ["was on Monday"])
        with freeze_time("2026-03-10 09:00:00"):
            self.assertEqual(self._get_keys(), [])
        with freeze_time("2027-03-02 09:00:00"):
            self.assertEqual(self._get_keys(), [f"birthday:{record.id}:2027"])

    @freeze_time(MONDAY)
    def test_who_was_called_is_congratulated(self):
        record = self._create_date(self.brandon, 3, 2)
        key = f"birthday:{record.id}:2026"
        self.assertEqual(self._get_keys(), [key])
        call = {"channel": "phone", "date": "2026-03-02 08:00:00", "user_id": self.ben.id}
        self._create_interaction(self.brandon, **call, is_attempt=True)
        self._create_interaction(self.nina, **call)
        self._create_interaction(self.brandon, **call | {"channel": "email"})
        self._create_interaction(self.brandon, **call | {"date": "2026-03-01 08:00:00"})
        self.assertEqual(self._get_keys(), [key])
        self._create_interaction(self.brandon, **call)
        today = self._get_today()
        self.assertEqual((today["rows"], today["done"], today["total"]), ([], 1, 1))

    def test_on_friday_those_of_the_weekend(self):
        self._create_date(self.nina, 2, 28)
        self._create_date(self.brandon, 2, 27)
        self._create_date(self.lumen, 3, 2)
        with freeze_time(FRIDAY):
            self.assertEqual(self._get_reasons(), ["today", "Saturday"])
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Closed",
                    "date_from": "2026-03-01 23:00:00",
                    "date_to": "2026-03-02 22:59:00",
                    "company_id": self.env.company.id,
                }
            )
            self.assertEqual(self._get_reasons(), ["today", "Saturday", "Monday"])

    def test_leap_day(self):
        self._create_date(self.brandon, 2, 29, 1976)
        with freeze_time(FRIDAY):
            self.assertEqual(self._get_reasons(), ["turns 50 Saturday"])
        with freeze_time("2028-02-28 09:00:00"):
            self.assertEqual(self._get_reasons(), [])
        with freeze_time("2028-02-29 09:00:00"):
            self.assertEqual(self._get_reasons(), ["turns 52 today"])

    @freeze_time(MONDAY)
    def test_day_that_comes_once(self):
        self._create_date(self.oak, 3, 2, 2026, kind="renewal", yearly=False)
        self._create_date(self.oak, 3, 2, 2025, kind="renewal", yearly=False)
        self.assertEqual(len(self._get_rows()), 1)

    @freeze_time(MONDAY)
    def test_whether_the_card_went(self):
        record = self._create_date(self.brandon, 3, 2)
        rule = self.env["crm.relationship.rule"].create(
            {
                "name": "Cards",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "trigger": "date",
                "date_source": "important_date",
                "date_kind_id": record.kind_id.id,
                "action_ids": [
                    (
                        0,
                        0,
                        {
                            "kind": "mail",
                            "template_id": self.env["mail.template"]
                            .create(
                                {
                                    "name": "Card",
                                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                                    "subject": "All the best",
                                }
                            )
                            .id,
                        },
                    )
                ],
            }
        )
        run = self.env["crm.relationship.rule.run"].create(
            {
                "rule_id": rule.id,
                "action_id": rule.action_ids.id,
                "occurrence": "2026-03-02",
                "key": "card",
                "res_model": "res.partner",
                "res_id": self.brandon.id,
                "partner_id": self.brandon.id,
                "date_id": record.id,
                "date_due": "2026-03-02 10:00:00",
            }
        )
        reason = self._get_reasons()[0].replace("\u202f", " ")
        self.assertEqual(reason, "today (card goes out at 11:00 AM)")
        run.write({"state": "done", "date_done": "2026-03-02 07:00:00"})
        reason = self._get_reasons()[0].replace("\u202f", " ")
        self.assertEqual(reason, "today (card went at 8:00 AM)")
        run.date_done = "2026-03-01 19:00:00"
        reason = self._get_reasons()[0].replace("\u202f", " ")
        self.assertEqual(reason, "today (card went at 8:00 PM, Sunday)")
        run.activity_id = self._create_activity(self.brandon, "2026-03-02", summary="Call Brandon")
        self.assertEqual([row["kind"] for row in self._get_rows()], ["activity"])
