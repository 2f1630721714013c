from freezegun import freeze_time

from odoo.tests import tagged

from .common_today import TodayCommon

EAST, WEST = "Pacific/Fakaofo", "Pacific/Pago_Pago"  # UTC+13, UTC-11: the same clock, a day apart


@tagged("crm_relationship", "post_install", "-at_install")
class TestTodayZones(TodayCommon):
    """At 10:30 UTC it is half past eleven in the evening, on Monday with ben in the east and on
    Sunday with carla in the west; an hour later it is half past midnight with both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ben.tz, cls.carla.tz = EAST, WEST
        cls.lumen.user_id = cls.carla
        with freeze_time("2026-02-20 09:00:00"):
            for user, client in ((cls.ben, cls.oak), (cls.carla, cls.lumen)):
                cls._create_promise(client, "2026-03-02", user_id=user.id)
                cls._create_activity(client, "2026-03-02", user_id=user.id)
                cls.env["crm.important.date"].create(
                    {"partner_id": client.id, "month": 3, "day": 2}
                    | {"kind_id": cls.env.ref("crm_relationship.date_kind_birthday").id}
                )

    def _look(self, user):
        today = self._get_today(user)
        return today["date"], [(row["kind"], row["reason"]) for row in today["rows"]]

    @freeze_time("2026-03-02 10:30:00")
    def test_half_past_eleven_in_the_evening(self):
        on_the_day = [
            ("birthday", "today"),
            ("promise", "today: send a sample"),
            ("activity", "today: To-Do: Look it up"),
        ]
        self.assertEqual(self._look(self.ben), ("2026-03-02", on_the_day))
        # A Sunday: what comes before the next day of work is there.
        self.assertEqual(self._look(self.carla), ("2026-03-01", []))

    @freeze_time("2026-03-02 11:30:00")
    def test_half_past_midnight(self):
        day, rows = self._look(self.ben)
        self.assertEqual(day, "2026-03-03")
        self.assertEqual(
            rows,
            [
                ("promise", "late 1 day: send a sample"),
                ("activity", "late 1 day: To-Do: Look it up"),
            ],
        )
        day, rows = self._look(self.carla)
        self.assertEqual(day, "2026-03-02")
        self.assertEqual([kind for kind, __ in rows], ["birthday", "promise", "activity"])
        # A manager sees the day of the colleague, not the own one.
        for user, date in ((self.ben, "2026-03-03"), (self.carla, "2026-03-02")):
            self.assertEqual(self._get_today(self.anna, user_id=user.id)["date"], date)

    @freeze_time("2026-03-02 11:30:00")
    def test_put_off_to_tomorrow_is_there_on_the_own_tomorrow(self):
        for user, until, other in (
            (self.ben, "2026-03-04", "2026-03-03 10:30:00"),
            (self.carla, "2026-03-03", "2026-03-03 10:30:00"),
        ):
            [key] = [key for key in self._get_keys(user) if key.startswith("promise")]
            self._postpone(key, until, user=user)
            with freeze_time(other):
                self.assertNotIn(key, self._get_keys(user))
            with freeze_time("2026-03-03 11:30:00"):
                self.assertIn(key, self._get_keys(user))

    @freeze_time("2026-03-02 10:30:00")
    def test_meetings_of_the_own_day(self):
        # Monday 22:00 with ben; 09:00 in the west, where it is Sunday.
        late = self._create_meeting(self.oak, "2026-03-02 09:00:00", hours=3)
        self._create_meeting(self.oak, "2026-03-02 11:00:00")
        whole = self._create_meeting(
            self.lumen,
            "2026-03-01 08:00:00",
            user=self.carla,
            allday=True,
            start_date="2026-03-01",
            stop_date="2026-03-01",
        )
        meetings = [row for row in self._get_rows() if row["kind"] == "meeting"]
        self.assertEqual([row["key"] for row in meetings], [f"meeting:{late.id}"])
        self.assertEqual(meetings[0]["time"].replace("\u202f", " "), "10:00 PM")
        self.assertEqual(self._get_keys(self.carla), [f"meeting:{whole.id}"])
