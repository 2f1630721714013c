import { _t } from "@web/core/l10n/translation";
import {
    formatFloat,
    formatInteger,
    formatMonetary,
    formatPercentage,
} from "@web/views/fields/formatters";

/** How many of what a ratio rests on (as in `crm_source_report.py`). */
export const CASES = {
    cost_per_lead: "leads",
    acquisition_cost: "customers",
    conversion: "leads",
    roas: "customers",
    roi: "customers",
    payback: "customers",
};
// Of fewer cases a ratio says little: one more or less would move it by five per cent.
export const FEW_CASES = 20;
// Leads that had less of their usual time have most of what they bring still before them.
export const YOUNG = 0.5;
// With the cost of goods of less than this the margin is that of a part, which is said.
const KNOWN = 0.995;

// There is none of them without a cost.
const OF_COST = ["cost_per_lead", "acquisition_cost", "roas", "roi", "payback"];

// Costs are entered by these; by a team or a salesperson there are none to be missed.
const BY_MODEL = ["source_id", "medium_id", "campaign_id", "date"];
const COST_FIELDS = [
    ...["company_id", "source_group_id", "event_date"],
    ...BY_MODEL.flatMap((name) => [name, `deal_${name}`]),
];

/**
 * Whether a cost could have been entered for rows told apart by these fields, or for those that a
 * search finds.
 */
export const areCostsKnownBy = (names, domain = []) =>
    [...names, ...domain.filter(Array.isArray).map(([name]) => name)].every((name) =>
        COST_FIELDS.includes(String(name).split(/[.:]/)[0])
    );

export const isMissing = (value) => value === false || value === undefined || value === null;

/**
 * What is said instead of a figure that does not exist; nothing if there is one.
 *
 * @param {boolean} [isCostExpected] whether a missing cost could have been entered
 */
export function getWords(name, values, isCostExpected = true) {
    if (name === "cost" && isMissing(values.cost)) {
        return isCostExpected ? _t("no cost entered") : "";
    }
    if (name === "payback" && !values.payback && !isMissing(values.cost)) {
        return _t("not yet");
    }
    if (name === "maturity" && isMissing(values.maturity) && values.leads) {
        return _t("too few won deals");
    }
    if (name === "margin" && isMissing(values.margin) && values.revenue) {
        return _t("cost of goods unknown");
    }
    return "";
}

/** How sure the figure is, if it is not. */
export function getDoubt(name, values) {
    if (isMissing(values[name]) || (name === "payback" && !values.payback)) {
        return "";
    }
    if (name === "maturity" && values.maturity < YOUNG) {
        return _t("too young to judge");
    }
    if (name === "margin" && values.goods_known < KNOWN) {
        return _t("%s known", `${Math.max(0, Math.round(100 * values.goods_known))}%`);
    }
    const cases = values[CASES[name]];
    return CASES[name] && cases < FEW_CASES ? _t("few cases (%s)", cases) : "";
}

/** The figure as people read it; empty when it does not exist. */
export function formatFigure(name, type, value, currencyId) {
    if (isMissing(value)) {
        return "";
    }
    if (["conversion", "roi", "maturity"].includes(name)) {
        return formatPercentage(value, { digits: [16, name === "conversion" ? 1 : 0] });
    }
    if (name === "payback") {
        return value ? _t("month %s", value) : "";
    }
    if (type === "monetary") {
        return formatMonetary(value, { currencyId, noSymbol: true });
    }
    return type === "integer" ? formatInteger(value) : formatFloat(value, { digits: [16, 1] });
}

/** How much of all leads and of all money a line is, e.g. that of the unknown source. */
export function getShare(line, total, { revenueLabel }) {
    const percent = (name) => `${Math.round((100 * line[name]) / total[name])}%`;
    const shares = [];
    if (total.leads) {
        shares.push(_t("%s of leads", percent("leads")));
    }
    if (total.revenue > 0) {
        shares.push(
            _t("%(percent)s of %(money)s", { percent: percent("revenue"), money: revenueLabel })
        );
    }
    return shares.join(", ");
}

// Figures that do not exist where nothing was entered or nothing came.
const OPTIONAL = ["cost", "maturity", "margin", "goods_known", ...Object.keys(CASES)];

/**
 * What a graph draws for a group: nothing, and not 0, where the figure does not exist; with what
 * is said of it.
 */
export function getPoint(name, values, isCostExpected) {
    const value = values[name];
    const isEmpty = isMissing(value) || (name === "payback" && !value);
    if (!OPTIONAL.includes(name) || !isEmpty) {
        return { value: value || 0, words: getDoubt(name, values) };
    }
    const of = isMissing(values.cost) && OF_COST.includes(name) ? "cost" : name;
    return { value: null, words: getWords(of, values, isCostExpected) };
}

/** A graph has no bar at all for what is not there. */
export const isOptional = (name) => OPTIONAL.includes(name);
