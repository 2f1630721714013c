import { registry } from "@web/core/registry";
import { SourceOverview } from "./source_overview";

registry.category("views").add("source_overview", {
    type: "source_overview",
    Controller: SourceOverview,
    searchMenuTypes: ["filter", "favorite"],
});
