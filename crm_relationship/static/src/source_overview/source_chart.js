import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/** A chart of Chart.js, drawn anew when its configuration changes. */
export class SourceChart extends Component {
    static template = "crm_relationship.SourceChart";
    static props = { config: Object, label: String };

    setup() {
        this.canvasRef = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (config) => {
                this.chart = new Chart(this.canvasRef.el, config);
                return () => this.chart.destroy();
            },
            () => [this.props.config]
        );
        onWillUnmount(() => this.chart?.destroy());
    }
}
