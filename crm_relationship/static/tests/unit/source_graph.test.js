import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { SourceReportGraphModel } from "@crm_relationship/source_pivot/source_report_graph";
import {
    areCostsKnownBy,
    getPoint,
    getShare,
    getWords,
} from "@crm_relationship/source_report/source_figures";

describe.current.tags("headless");
beforeEach(allowTranslations);

const MONTHS = ["January 2026", "February 2026", "March 2026"];
const FIELDS = {
    cost: { name: "cost", type: "monetary", aggregator: "sum", string: "Cost" },
    leads: { name: "leads", type: "integer", aggregator: "sum", string: "Leads" },
    cost_per_lead: { name: "cost_per_lead", type: "monetary", aggregator: "avg", string: "CPL" },
    date: { name: "date", type: "date", groupable: true, string: "Came On" },
    source_id: { name: "source_id", type: "many2one", groupable: true, string: "Source" },
    user_id: { name: "user_id", type: "many2one", groupable: true, string: "Salesperson" },
};
for (const field of Object.values(FIELDS)) {
    field.store = true;
    field.sortable = true;
}

const read = (month, source, cost, leads) => ({
    "date:month": [`2026-0${month + 1}-01`, MONTHS[month]],
    source_id: source,
    "cost:sum": cost,
    "leads:sum": leads,
    "cost_per_lead:avg": cost !== false && leads ? cost / leads : false,
    __count: 1,
    __extra_domain: [],
});
const GOOGLE = [1, "Google"];
const FAIR = [2, "Fair"];

/** The data of a graph of what leads cost, by month and source. */
async function draw(groups, measure = "cost_per_lead", domain = []) {
    const asked = [];
    const orm = {
        formattedReadGroup: async (_model, _domain, _groupBy, specs) => {
            asked.push(specs);
            return groups;
        },
    };
    const metaData = {
        fieldAttrs: {},
        fields: FIELDS,
        groupBy: ["date:month", "source_id"],
        measure,
        mode: "line",
        order: null,
        resModel: "crm.source.report",
        stacked: false,
        viewMeasures: [],
    };
    const model = new SourceReportGraphModel({}, metaData, { orm });
    await model.load({ context: {}, domain, groupBy: [] });
    return { ...model.data, asked };
}

test("in a graph what does not exist is nothing, and not 0", async () => {
    const data = await draw([
        read(0, GOOGLE, 310, 4),
        read(0, FAIR, 10, 20),
        read(1, GOOGLE, false, 3),
        read(2, FAIR, 40, 0),
    ]);
    expect(data.asked.length).toBe(1);
    const [google, fair] = data.datasets;
    expect(google.data).toEqual([77.5, null, null]);
    expect(fair.data).toEqual([0.5, null, null]);
    expect(google.words).toEqual(["few cases (4)", "no cost entered", ""]);
    expect(fair.words).toEqual(["", "", ""]);
    expect(data.words).toEqual(["", "no cost entered", ""]);
});

test("a count that is not there is 0", async () => {
    const data = await draw([read(0, GOOGLE, 310, 4), read(1, FAIR, false, 2)], "leads");
    expect(data.datasets.map(({ data }) => data)).toEqual([
        [4, 0],
        [0, 2],
    ]);
    expect(data.words).toEqual(["", ""]);
});

test("where costs are left out none is missed", async () => {
    const domain = [["user_id", "=", 2]];
    const data = await draw([read(0, GOOGLE, false, 4)], "cost_per_lead", domain);
    expect(data.datasets[0].data).toEqual([null]);
    expect(data.words).toEqual([""]);
    expect(getWords("cost", { cost: false }, areCostsKnownBy([], domain))).toBe("");
    expect(areCostsKnownBy(["source_id", "event_date:month"], [["date", ">=", "x"], "|"])).toBe(
        true
    );
    expect(areCostsKnownBy(["team_id"])).toBe(false);
});

test("a figure of a graph says why it is missing and how sure it is", () => {
    expect(getPoint("roi", { roi: false, cost: 0, customers: 3 }, true)).toEqual({
        value: null,
        words: "",
    });
    expect(getPoint("roi", { roi: 0, cost: 5, customers: 20 }, true)).toEqual({
        value: 0,
        words: "",
    });
    expect(getPoint("payback", { payback: 0, cost: 5, customers: 3 }, true)).toEqual({
        value: null,
        words: "not yet",
    });
    expect(getPoint("conversion", { conversion: false, cost: false, leads: 0 }, true)).toEqual({
        value: null,
        words: "",
    });
});

test("the share of the unknown source is told of leads and of money", () => {
    const options = { revenueLabel: "Won Value" };
    const total = { leads: 8, revenue: 200 };
    expect(getShare({ leads: 2, revenue: 20 }, total, options)).toBe(
        "25% of leads, 10% of Won Value"
    );
    expect(getShare({ leads: 0, revenue: 20 }, { leads: 0, revenue: 20 }, options)).toBe(
        "100% of Won Value"
    );
    expect(getShare({ leads: 1, revenue: 0 }, { leads: 1, revenue: 0 }, options)).toBe(
        "100% of leads"
    );
});
