import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { leftWords } from "@crm_relationship/waiting/waiting_fields";

const { DateTime } = luxon;

describe.current.tags("headless");
beforeEach(allowTranslations);

const NOW = DateTime.local(2026, 3, 10, 9, 30);

test("what is left of the time an answer was promised in", () => {
    expect(`${leftWords(NOW.plus({ hours: 2, minutes: 5 }), NOW)}`).toBe("2 h left");
    expect(`${leftWords(NOW.plus({ minutes: 5 }), NOW)}`).toBe("5 min left");
    expect(`${leftWords(NOW.minus({ days: 3 }), NOW)}`).toBe("3 days late");
    expect(`${leftWords(NOW, NOW)}`).toBe("0 min late");
});
