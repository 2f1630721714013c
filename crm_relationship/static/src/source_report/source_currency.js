import { getCurrency } from "@web/core/currency";
import { user } from "@web/core/user";

/** What a measure is called; one of money says in which currency: that of the company. */
export function nameMeasure({ string, type }) {
    const currency = type === "monetary" && getCurrency(user.activeCompany.currency_id)?.name;
    return currency ? `${string}, ${currency}` : string;
}
