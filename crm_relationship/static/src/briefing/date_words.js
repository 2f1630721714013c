import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

// Nearer than this a date is told by its distance, further away by the calendar.
const NEAR_DAYS = 14;

/**
 * Days from `now` to `date` by the calendar, whatever the time of day.
 *
 * @param {luxon.DateTime} date
 * @param {luxon.DateTime} now
 * @returns {number}
 */
export function daysBetween(date, now) {
    const [from, to] = [now, date].map((value) => DateTime.utc(value.year, value.month, value.day));
    return Math.round(to.diff(from, "days").days);
}

/**
 * A day in words while it is near: "yesterday", "in 3 days", "3 May", "3 May 2025".
 *
 * @param {luxon.DateTime} date
 * @param {luxon.DateTime} [now]
 * @returns {string}
 */
export function dayWords(date, now = DateTime.local()) {
    const days = daysBetween(date, now);
    switch (days) {
        case 0:
            return _t("today");
        case 1:
            return _t("tomorrow");
        case -1:
            return _t("yesterday");
    }
    if (Math.abs(days) > NEAR_DAYS) {
        return calendarWords(date, now);
    }
    return days > 0 ? _t("in %s days", days) : _t("%s days ago", -days);
}

/**
 * A day by the calendar, with its year unless it is the present one.
 *
 * @param {luxon.DateTime} date
 * @param {luxon.DateTime} [now]
 * @returns {string}
 */
export function calendarWords(date, now = DateTime.local()) {
    const format = { day: "numeric", month: "short" };
    if (date.year !== now.year) {
        format.year = "numeric";
    }
    return date.toLocaleString(format);
}

/**
 * How long something has been going on: "5 min", "2 h", "3 days".
 *
 * @param {luxon.DateTime} moment in the past
 * @param {luxon.DateTime} [now]
 * @returns {string}
 */
export function durationWords(moment, now = DateTime.local()) {
    const minutes = Math.max(0, Math.floor(now.diff(moment, "minutes").minutes));
    if (minutes < 60) {
        return _t("%s min", minutes);
    }
    const hours = Math.floor(minutes / 60);
    if (hours < 24) {
        return _t("%s h", hours);
    }
    const days = Math.floor(hours / 24);
    return days === 1 ? _t("1 day") : _t("%s days", days);
}
