from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

from freezegun import freeze_time

from odoo.tests import tagged

from .common_complaints import ComplaintCommon

NOW = datetime(2027, 6, 30, 9, 0)
HOUR, DAY = 3600, 86400
MEASURES = (
    *("complaints:sum", "resolved:sum", "still_open:sum", "unacknowledged:sum", "in_time:sum"),
    *("missed:sum", "repeats:sum", "amends_cost:sum", "acknowledge_hours:avg", "resolve_days:avg"),
    *("open_days:max", "median_acknowledge_hours:avg", "p90_acknowledge_hours:avg"),
    *("median_resolve_days:avg", "p90_resolve_days:avg", "within_promise:avg", "repeat_rate:avg"),
)


def mean(values):
    return sum(values) / len(values) if values else False


def percentile(values, share):
    """Interpolated between the two values beside it."""
    values = sorted(values)
    if not values:
        return False
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def calculate(facts):
    """All measures of these complaints, in the order of `MEASURES`."""
    answered = [
        (fact["acknowledged"] - fact["opened"]).total_seconds() / HOUR
        for fact in facts
        if fact["acknowledged"]
    ]
    ended = [
        (fact["resolved"] - fact["opened"]).total_seconds() / DAY
        for fact in facts
        if fact["resolved"]
    ]
    open_days = [
        (NOW - fact["opened"]).total_seconds() / DAY for fact in facts if not fact["resolved"]
    ]
    last_days = [(fact, (fact["resolved"] or NOW).date()) for fact in facts if fact["deadline"]]
    kept = [fact for fact, day in last_days if fact["resolved"] and day <= fact["deadline"]]
    missed = [fact for fact, day in last_days if day > fact["deadline"]]
    repeats = sum(fact["is_repeat"] for fact in facts)
    return (
        len(facts),
        len(ended),
        len(open_days),
        len(facts) - len(answered),
        len(kept),
        len(missed),
        repeats,
        sum(fact["cost"] for fact in facts),
        mean(answered),
        mean(ended),
        max(open_days, default=False),
        percentile(answered, 0.5),
        percentile(answered, 0.9),
        percentile(ended, 0.5),
        percentile(ended, 0.9),
        len(kept) / (len(kept) + len(missed)) if kept or missed else False,
        repeats / len(facts),
    )


@freeze_time(NOW)
@tagged("crm_relationship", "post_install", "-at_install")
class TestComplaintFigures(ComplaintCommon):
    """Every figure of the report against a calculation of its own, of a hundred complaints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaints.with_context(active_test=False).search([]).unlink()
        cls.causes = cls.late + cls.defect + cls.env.ref("crm_relationship.complaint_cause_wrong")
        chance = Random(42)
        cls.facts = [cls._make_one(chance) for __ in range(100)]
        cls.counted = [fact for fact in cls.facts if not fact["cancelled"]]
        for fact in cls.counted:
            fact["is_repeat"] = any(cls._is_repeated_by(earlier, fact) for earlier in cls.counted)

    @classmethod
    def _make_one(cls, chance):
        contact = chance.choice([cls.brandon, cls.nina, cls.lumen])
        opened = NOW - timedelta(minutes=chance.randrange(60, 900 * 24 * 60))
        acknowledged = opened + timedelta(minutes=chance.randrange(1, 5000))
        resolved = opened + timedelta(minutes=chance.randrange(1, 60 * 24 * 60))
        fact = {
            "client": contact.commercial_partner_id,
            "cause": chance.choice([*cls.causes, False]),
            "opened": opened,
            "acknowledged": acknowledged if chance.random() < 0.8 and acknowledged < NOW else None,
            "resolved": resolved if chance.random() < 0.7 and resolved < NOW else None,
            "deadline": chance.random() < 0.9 and (opened + timedelta(days=30)).date(),
            "cost": chance.randrange(0, 300),
            "cancelled": chance.random() < 0.1,
        }
        state = "resolved" if fact["resolved"] else "progress"
        fact["id"] = cls._complain(
            contact,
            cause_id=fact["cause"] and fact["cause"].id,
            date_open=opened,
            date_acknowledged=fact["acknowledged"],
            date_resolved=fact["resolved"],
            date_deadline=fact["deadline"],
            amends_cost=fact["cost"],
            active=chance.random() < 0.9,
            state="cancelled" if fact["cancelled"] else state,
            resolution="Done",
            untold_reason="Knows",
        ).id
        cls.complaints.browse(fact["id"]).date_deadline = fact["deadline"]
        return fact

    @staticmethod
    def _is_repeated_by(earlier, fact):
        return (
            fact["cause"]
            and earlier["cause"] == fact["cause"]
            and earlier["client"] == fact["client"]
            and (earlier["opened"], earlier["id"]) < (fact["opened"], fact["id"])
            and fact["opened"] - earlier["opened"] <= timedelta(days=365)
        )

    def _read(self, *groupby, user=None):
        report = self.env["crm.complaint.report"].with_user(user or self.anna)
        return report._read_group([], groupby, MEASURES)

    def assertFigures(self, found, expected, label=None):
        for name, figure, value in zip(MEASURES, found, expected, strict=True):
            self.assertIs(figure is False, value is False, (label, name, figure, value))
            self.assertAlmostEqual(figure, value, 6, (label, name))

    def test_all(self):
        [found] = self._read()
        self.assertFigures(found, calculate(self.counted))
        self.assertTrue(all(found), "each figure is tried")

    def test_by_cause_and_by_client(self):
        for field, key in (("cause_id", "cause"), ("commercial_partner_id", "client")):
            groups = defaultdict(list)
            for fact in self.counted:
                groups[fact[key] or self.env[fact["client"]._name].browse()].append(fact)
            rows = {row[0].id: row[1:] for row in self._read(field)}
            self.assertEqual(len(rows), len(groups))
            for record, facts in groups.items():
                self.assertFigures(rows[record.id], calculate(facts), record.display_name)

    def test_by_month(self):
        groups = defaultdict(list)
        for fact in self.counted:
            groups[fact["opened"].date().replace(day=1)].append(fact)
        rows = {row[0].date(): row[1:] for row in self._read("date:month")}
        self.assertEqual(rows.keys(), groups.keys())
        for month, facts in groups.items():
            self.assertFigures(rows[month], calculate(facts), month)
