import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { getBars, getScatter, getTrend } from "@crm_relationship/source_overview/source_charts";
import { getDoubt, getWords } from "@crm_relationship/source_report/source_figures";

describe.current.tags("headless");
beforeEach(allowTranslations);

const line = (label, profit, rest) => ({ key: label, label, profit, cost: false, ...rest });

test("losses begin left of zero, the unknown source does not dwarf the others", () => {
    const [unknown, best, worst] = getBars([
        line(false, 1000, { is_unknown: true }),
        line("Fair", 100),
        line("Magazine", -115),
    ]);
    expect([best.start, Math.round(best.width)]).toEqual([50, 43]);
    expect([worst.start, Math.round(worst.width)]).toEqual([0, 50]);
    expect([unknown.start, Math.round(unknown.width), unknown.isCut]).toEqual([50, 50, true]);
    expect(best.isCut).toBe(false);
});

test("of many sources the best and the worst are drawn, and always the unknown one", () => {
    const lines = Array.from({ length: 30 }, (_, index) => line(`S${index}`, 30 - index));
    lines[20].is_unknown = true;
    expect(getBars(lines).map(({ key }) => Number(key.slice(1)))).toEqual([
        ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 27, 28, 29],
    ]);
});

test("a bubble stands at what was spent and what came in before that was taken off", () => {
    const config = getScatter(
        [
            line("Fair", 400, { cost: 600, customers: 4 }),
            line("Referral", 900, { customers: 1 }),
            line("Magazine", -300, { cost: 300, customers: 0 }),
        ],
        { currencyId: 1, earnedLabel: "Won value", profitLabel: "Profit", getLabel: (l) => l.label }
    );
    const [dataset] = config.data.datasets;
    expect(dataset.data).toEqual([
        { x: 600, y: 1000, r: 10, label: "Fair" },
        { x: 300, y: 0, r: 4, label: "Magazine" },
    ]);
    const [gain, loss] = dataset.backgroundColor;
    expect(gain).not.toBe(loss);
    expect(config.options.scales.y.title.text).toBe("Won value");
});

test("a month without a cost entered has no bar of 0", () => {
    const months = [line("May", 5), line("June", 7, { cost: 0 })];
    const getTrendOf = (isCostExpected) =>
        getTrend(months, { isCostExpected, profitLabel: "Profit", getLabel: (l) => l.label });
    const { data, options } = getTrendOf(true);
    expect(data.datasets.map((dataset) => dataset.data)).toEqual([
        [null, 0],
        [5, 7],
    ]);
    const { footer } = options.plugins.tooltip.callbacks;
    expect(footer([{ dataIndex: 0 }])).toBe("no cost entered");
    expect(footer([{ dataIndex: 1 }])).toBe("");
    const bySalesperson = getTrendOf(false).options.plugins.tooltip.callbacks;
    expect(bySalesperson.footer([{ dataIndex: 0 }])).toBe("");
});

test("what is not known is said in words", () => {
    expect(getWords("cost", { cost: false })).toBe("no cost entered");
    expect(getWords("cost", { cost: 0 })).toBe("");
    expect(getWords("margin", { margin: false, revenue: 10 })).toBe("cost of goods unknown");
    expect(getWords("payback", { payback: 0, cost: 10 })).toBe("not yet");
});

test("a figure that rests on little says so", () => {
    expect(getDoubt("roi", { roi: 2, customers: 19 })).toBe("few cases (19)");
    expect(getDoubt("roi", { roi: 2, customers: 20 })).toBe("");
    expect(getDoubt("roi", { roi: false, customers: 1 })).toBe("");
    expect(getDoubt("margin", { margin: 5, goods_known: 0.36 })).toBe("36% known");
    expect(getDoubt("margin", { margin: 5, goods_known: -0.1 })).toBe("0% known");
    expect(getDoubt("margin", { margin: 5, goods_known: 1 })).toBe("");
    expect(getDoubt("maturity", { maturity: 0.49 })).toBe("too young to judge");
});
