import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import { getHoursWords } from "@crm_relationship/monday/monday";

describe.current.tags("headless");
beforeEach(allowTranslations);

test("hours as the reader writes numbers", () => {
    patchWithCleanup(localization, { decimalPoint: ",", thousandsSep: ".", grouping: [3, 0] });
    expect(`${getHoursWords(false)}`).toBe("none yet");
    expect(`${getHoursWords(0.2)}`).toBe("12 min");
    expect(`${getHoursWords(3)}`).toBe("3 h");
    expect(`${getHoursWords(3.46)}`).toBe("3,5 h");
    expect(`${getHoursWords(50)}`).toBe("2 days");
});
