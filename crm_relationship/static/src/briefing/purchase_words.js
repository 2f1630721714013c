import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { toDate } from "./contact_words";
import { dayWords } from "./date_words";

/** "Bought 5 times, last 58 days ago, $ 8,400.00 in all, every 35 days, now 58" */
export function purchaseWords({ count, last, value, currency_id, rhythm_days, days_since }) {
    const day = dayWords(toDate(last));
    const parts = [
        count === 1
            ? _t("Bought once, %s", day)
            : _t("Bought %(count)s times, last %(day)s", { count, day }),
        _t("%s in all", formatCurrency(value, currency_id)),
    ];
    if (rhythm_days) {
        parts.push(
            _t("every %(usual)s days, now %(now)s", { usual: rhythm_days, now: days_since })
        );
    }
    return parts.join(", ");
}
