import { Component } from "@odoo/owl";
import { formatFigure, getDoubt, getWords } from "../source_report/source_figures";

/** Lines of figures; every figure opens the rows that prove it. */
export class SourceTable extends Component {
    static template = "crm_relationship.SourceTable";
    static props = {
        title: String,
        columns: Array,
        lines: Array,
        total: { type: Object, optional: true },
        currencyId: Number,
        getLabel: Function,
        getNote: { type: Function, optional: true },
        getOther: { type: Function, optional: true },
        otherTitle: { type: String, optional: true },
        isCostExpected: Boolean,
        open: Function,
    };

    /** Text of a cell, words in place of a missing figure, and how sure it is. */
    getCell(line, { name, type }) {
        const value = line[name];
        return {
            text: formatFigure(name, type, value, this.props.currencyId),
            words: getWords(name, line, this.props.isCostExpected),
            doubt: getDoubt(name, line),
            isLoss: type === "monetary" && value < 0,
        };
    }
}
