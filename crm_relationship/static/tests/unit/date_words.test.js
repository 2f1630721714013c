import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import {
    calendarWords,
    dayWords,
    daysBetween,
    durationWords,
} from "@crm_relationship/briefing/date_words";

const { DateTime } = luxon;

describe.current.tags("headless");
beforeEach(allowTranslations);

const NOW = DateTime.local(2026, 3, 10, 9, 30);
const at = (...parts) => DateTime.local(...parts);

test("days are counted by the calendar, not by hours", () => {
    expect(daysBetween(at(2026, 3, 9, 23, 59), NOW)).toBe(-1);
    expect(daysBetween(at(2026, 3, 11, 0, 1), NOW)).toBe(1);
    expect(daysBetween(at(2026, 3, 10, 23, 59), NOW)).toBe(0);
});

test("near days are told in words", () => {
    expect(`${dayWords(at(2026, 3, 10), NOW)}`).toBe("today");
    expect(`${dayWords(at(2026, 3, 11), NOW)}`).toBe("tomorrow");
    expect(`${dayWords(at(2026, 3, 9, 22), NOW)}`).toBe("yesterday");
    expect(`${dayWords(at(2026, 3, 13), NOW)}`).toBe("in 3 days");
    expect(`${dayWords(at(2026, 2, 26), NOW)}`).toBe("12 days ago");
});

test("days further away are told by the calendar", () => {
    expect(dayWords(at(2026, 5, 3), NOW)).toBe(calendarWords(at(2026, 5, 3), NOW));
    expect(calendarWords(at(2026, 5, 3), NOW)).not.toMatch(/2026/);
    expect(calendarWords(at(2025, 5, 3), NOW)).toMatch(/2025/);
});

test("how long somebody waits", () => {
    expect(`${durationWords(NOW.minus({ minutes: 5 }), NOW)}`).toBe("5 min");
    expect(`${durationWords(NOW.minus({ hours: 2, minutes: 40 }), NOW)}`).toBe("2 h");
    expect(`${durationWords(NOW.minus({ days: 1 }), NOW)}`).toBe("1 day");
    expect(`${durationWords(NOW.minus({ days: 3 }), NOW)}`).toBe("3 days");
    expect(`${durationWords(NOW.plus({ minutes: 1 }), NOW)}`).toBe("0 min");
});
