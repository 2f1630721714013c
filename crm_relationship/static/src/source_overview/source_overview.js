import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { getCurrency } from "@web/core/currency";
import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { ActionHelper } from "@web/views/action_helper";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardViewProps } from "@web/views/standard_view_props";
import { areCostsKnownBy, FEW_CASES, getShare } from "../source_report/source_figures";
import { SourceChart } from "./source_chart";
import { getBars, getScatter, getTrend } from "./source_charts";
import { SourceTable } from "./source_table";

// Filters of the search view that are offered as periods.
const PERIODS = ["this_month", "last_month", "this_year", "last_12_months", "until_today"];
// Where the browser's tab keeps by which model one looks, for its way back and for reloading.
const MODEL = "crm_relationship.source_overview.model";
const ROWS = "crm_relationship.crm_source_report_action_rows";

/**
 * What each source costs and brings, to look at: bars of profit, cost against profit, the months
 * in which leads came, and the table; by the first touch or by the deal's own source.
 */
export class SourceOverview extends Component {
    static template = "crm_relationship.SourceOverview";
    static components = { ActionHelper, CogMenu, Layout, SearchBar, SourceChart, SourceTable };
    static props = { ...standardViewProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.searchBarToggler = useSearchBarToggler();
        this.keepLast = new KeepLast();
        const kept = this.props.state?.model || browser.sessionStorage.getItem(MODEL);
        this.state = useState({ model: kept === "deal" ? kept : "first_touch", data: null });
        this.getLabel = this.getLabel.bind(this);
        this.getOther = this.getOther.bind(this);
        this.getNote = this.getNote.bind(this);
        this.open = this.open.bind(this);
        useSetupAction({ getLocalState: () => ({ model: this.state.model }) });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ domain, context, resModel }) {
        const { model } = this.state;
        const data = await this.keepLast.add(
            this.orm.call(resModel, "get_overview", [domain, model], { context })
        );
        const { lines, months, currency_id: currencyId } = data;
        const profitLabel = data.columns.find(({ name }) => name === "profit").label;
        const isCostExpected = areCostsKnownBy([], domain);
        const settings = {
            currencyId,
            profitLabel,
            isCostExpected,
            earnedLabel: data.earned_label,
            getLabel: this.getLabel,
            onOpen: this.open,
        };
        this.state.data = {
            ...data,
            // drawn once for each answer, not for each rendering
            bars: getBars(lines),
            scatter: getScatter(lines, settings),
            trend: getTrend(months, settings),
            profitLabel,
            currency: getCurrency(currencyId)?.name || "",
            isCostExpected,
            untold: isCostExpected && lines.filter(({ cost }) => cost === false).length,
        };
    }

    setModel(model) {
        this.state.model = model;
        browser.sessionStorage.setItem(MODEL, model);
        return this.load(this.props);
    }

    get models() {
        return [
            {
                name: "first_touch",
                label: _t("First touch"),
                help: _t("Money and customers count for the source the client first came from."),
            },
            {
                name: "deal",
                label: _t("Deal's own source"),
                help: _t("Money and customers count for the source of the deal that was won."),
            },
        ];
    }

    get otherTitle() {
        return this.state.model === "deal" ? _t("By first touch") : _t("By deal's source");
    }

    // Periods are filters of the search, so that list and pivot keep them.

    get periods() {
        return this.env.searchModel
            .getSearchItems(({ name }) => PERIODS.includes(name))
            .map(({ id, description, isActive }) => ({ id, description, isActive }));
    }

    setPeriod(id) {
        const active = this.periods.filter((period) => period.isActive);
        for (const period of active) {
            this.env.searchModel.toggleSearchItem(period.id);
        }
        if (id) {
            this.env.searchModel.toggleSearchItem(Number(id));
        }
    }

    // Words

    getLabel(line) {
        return line.label || _t("Unknown source");
    }

    /** The share of all leads and of all money that is of unknown source. */
    getNote(line) {
        const { columns, total } = this.state.data;
        const revenueLabel = columns.find(({ name }) => name === "revenue").label;
        return line.is_unknown ? getShare(line, total, { revenueLabel }) : "";
    }

    getMoney(value) {
        return formatMonetary(value, { currencyId: this.state.data.currency_id, digits: [16, 0] });
    }

    /** Rank and profit by the other model; marked where the rank is another. */
    getOther(line) {
        return {
            title: _t("Rank %(other)s there, %(own)s here", {
                other: line.other_rank || "-",
                own: line.rank,
            }),
            isDifferent: line.other_rank !== line.rank,
            isBetter: line.other_rank && line.other_rank < line.rank,
            rank: line.other_rank ? `#${line.other_rank}` : _t("none"),
            text: this.getMoney(line.other_profit),
            open: line.other_domain && (() => this.openOther(line)),
        };
    }

    /** Open the rows behind what the line earned by the other model. */
    openOther(line) {
        const column = this.state.data.columns.find(({ name }) => name === "profit");
        const label = `${column.label}, ${this.otherTitle}`;
        return this.open({ ...line, domain: line.other_domain }, { ...column, label });
    }

    get cutWords() {
        return _t("Longer than drawn: the unknown source would dwarf the others.");
    }

    /** What maturity rests on. */
    get maturityWords() {
        const time = this.state.data.usual_time;
        if (time.cases < FEW_CASES) {
            return _t("Too few deals were won in the last two years to tell how mature they are.");
        }
        return _t(
            "Maturity rests on %(cases)s deals won in the last two years: half of them within " +
                "%(half)s days of coming, nine in ten within %(most)s. Pale months are too young " +
                "to judge.",
            time
        );
    }

    /** Open the rows behind a line, of one column only if there is one. */
    async open(line, column) {
        const facts = (column?.sums || []).flatMap((name) => [[[name, ">", 0]], [[name, "<", 0]]]);
        const domain = facts.length
            ? Domain.and([line.domain, Domain.or(facts)]).toList()
            : line.domain;
        const title = line === this.state.data.total ? _t("All sources") : this.getLabel(line);
        const action = await this.action.loadAction(ROWS);
        const name = column ? `${title}: ${column.label}` : title;
        return this.action.doAction({
            ...action,
            name,
            display_name: name,
            domain,
            // 30 days of a cost are one line
            context: column?.name === "cost" ? { group_by: ["cost_id"] } : {},
        });
    }
}
