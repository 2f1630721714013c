import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { dayBars } from "@crm_relationship/rule_ahead/rule_ahead";

describe.current.tags("headless");
beforeEach(allowTranslations);

test("the highest day fills the strip, a small one can be seen, none has no bar", () => {
    const bars = dayBars([
        { date: "2026-11-27", happens: 150, without: 50 },
        { date: "2026-11-28", happens: 1, without: 0 },
        { date: "2026-11-29", happens: 0, without: 0 },
    ]);
    expect(bars.map((bar) => [bar.height, bar.heightWithout])).toEqual([
        [24, 8],
        [3, 0],
        [0, 0],
    ]);
    expect(bars.map((bar) => bar.isWeekend)).toEqual([false, true, true]);
    expect(bars.map((bar) => bar.dayOfMonth)).toEqual([27, 28, 29]);
});

test("a day says how many, and how many not", () => {
    const [day, other] = dayBars([
        { date: "2026-11-27", happens: 2, without: 1 },
        { date: "2026-11-28", happens: 3, without: 0 },
    ]);
    expect(day.title).toMatch(/: 2, 1 not$/);
    expect(other.title).toMatch(/: 3$/);
});
