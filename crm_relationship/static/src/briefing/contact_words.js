import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    formatDateTime,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/** How a contact reads, by channel: [they, we]. */
const CONTACT_WORDS = {
    phone: [_t("they called"), _t("we called")],
    meeting: [_t("we met"), _t("we met")],
    visit: [_t("they came to us"), _t("we went to them")],
    other: [_t("they contacted us"), _t("we contacted them")],
};
const WRITTEN_WORDS = [_t("they wrote"), _t("we wrote")];

/** A day or a moment of the server as luxon date. */
export function toDate(value) {
    return value.length > 10 ? deserializeDateTime(value) : deserializeDate(value);
}

/** The exact day or moment, for those who want to know. */
export function exactWords(value) {
    const date = toDate(value);
    return value.length > 10 ? formatDateTime(date) : formatDate(date);
}

/** "they called", "we wrote (Email)" */
export function contactWords({ channel, channel_name, direction }) {
    const side = direction === "in" ? 0 : 1;
    const words = CONTACT_WORDS[channel];
    // How something was written is worth a word, that a call was by phone is not.
    return words ? words[side] : `${WRITTEN_WORDS[side]} (${channel_name})`;
}

/**
 * "Anna", "Anna with Brandon": the contact the screen is about is not named.
 *
 * @param {{user?: Object, contact?: Object}} item
 * @param {number} [ownId] id of the contact the screen is about
 */
export function whoWords({ user, contact }, ownId) {
    if (!contact || contact.id === ownId) {
        return user?.name || "";
    }
    return user
        ? _t("%(user)s with %(contact)s", { user: user.name, contact: contact.name })
        : contact.name;
}

export function resultClass(result) {
    return { success: "text-success", failure: "text-danger" }[result] || "";
}
