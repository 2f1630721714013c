import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor, hexToRGBA } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { getWords, YOUNG } from "../source_report/source_figures";

const MOST_BARS = 12;
const LAST_BARS = 3;
// Beyond the longest known source the bar of the unknown one ends here.
const CAP = 1.15;

/**
 * Bars of profit, longest first. Of many sources the best and the worst are drawn. The unknown
 * source is always there, but must not dwarf the others: its bar is cut, its figure is not.
 */
export function getBars(lines) {
    const drawn = lines.filter(
        (line, index) =>
            lines.length <= MOST_BARS ||
            index < MOST_BARS - LAST_BARS ||
            index >= lines.length - LAST_BARS ||
            line.is_unknown
    );
    const known = drawn.filter((line) => !line.is_unknown).map((line) => line.profit);
    const unknown = drawn.filter((line) => line.is_unknown).map((line) => line.profit);
    const limit = Math.max(0, ...known) * CAP;
    const most = Math.max(
        0,
        ...known,
        ...unknown.map((profit) => (limit ? Math.min(profit, limit) : profit))
    );
    const least = Math.min(0, ...known, ...unknown);
    const percent = (value) => (100 * value) / (most - least || 1);
    return drawn.map((line) => ({
        ...line,
        isCut: line.profit > most,
        start: percent(Math.min(0, line.profit) - least),
        width: percent(Math.abs(Math.min(line.profit, most))),
    }));
}

const scheme = () => cookie.get("color_scheme");
const text = () => getCustomColor(scheme(), "#495057", "#adb5bd");
const grid = () => getCustomColor(scheme(), "rgba(0,0,0,.1)", "rgba(255,255,255,.15)");

const GAP = 3;
const HEIGHT = 14;

const isApart = (one, other) =>
    one.right < other.left ||
    one.left > other.right ||
    one.bottom < other.top ||
    one.top > other.bottom;
const getBox = (left, middle, width) => ({
    left,
    right: left + width,
    top: middle - HEIGHT / 2,
    bottom: middle + HEIGHT / 2,
});

/** Where a name may stand: right of its bubble, left of it, above, below. */
function getPlaces({ x, y }, radius, width) {
    const away = radius + GAP;
    return [
        getBox(x + away, y, width),
        getBox(x - away - width, y, width),
        getBox(x - width / 2, y - away - HEIGHT / 2, width),
        getBox(x - width / 2, y + away + HEIGHT / 2, width),
    ];
}

/**
 * Writes names beside the bubbles; one that would lie upon another name or bubble wherever it
 * stood is left out, and told when the bubble is pointed at.
 */
const namesPlugin = {
    id: "names",
    afterDatasetsDraw(chart) {
        const { ctx, chartArea, data } = chart;
        ctx.save();
        ctx.font = "11px sans-serif";
        ctx.fillStyle = text();
        const points = chart.getDatasetMeta(0).data;
        const spots = data.datasets[0].data;
        const taken = points.map(({ x, y }, index) => {
            const { r } = spots[index];
            return { left: x - r, right: x + r, top: y - r, bottom: y + r };
        });
        points.forEach((point, index) => {
            const { label, r } = spots[index];
            const place = getPlaces(point, r, ctx.measureText(label).width).find(
                (box) =>
                    box.left >= chartArea.left &&
                    box.right <= chartArea.right &&
                    box.top >= chartArea.top - HEIGHT &&
                    box.bottom <= chartArea.bottom &&
                    taken.every((other) => isApart(box, other))
            );
            if (place) {
                taken.push(place);
                ctx.fillText(label, place.left, (place.top + place.bottom) / 2 + 4);
            }
        });
        ctx.restore();
    },
};

/** Dashed: what was earned is what was spent. Who is below it has cost more than it brought. */
const breakEvenPlugin = {
    id: "breakEven",
    beforeDatasetsDraw({ ctx, scales: { x, y } }) {
        const end = Math.min(x.max, y.max);
        ctx.save();
        ctx.strokeStyle = text();
        ctx.setLineDash([4, 4]);
        ctx.beginPath();
        ctx.moveTo(x.getPixelForValue(0), y.getPixelForValue(0));
        ctx.lineTo(x.getPixelForValue(end), y.getPixelForValue(end));
        ctx.stroke();
        ctx.restore();
    },
};

function getAxis(title) {
    return {
        title: { display: Boolean(title), text: title, color: text() },
        grid: { color: grid() },
        beginAtZero: true,
        ticks: {
            color: text(),
            maxTicksLimit: 6,
            callback: (value) => formatFloat(value, { humanReadable: true, decimals: 0 }),
        },
    };
}

const open = (points, lines, onOpen) => points.length && onOpen(lines[points[0].index]);
const point = (ev, points) => (ev.native.target.style.cursor = points.length ? "pointer" : "");

/**
 * What was spent against what was earned before that is taken off (the margin, where the cost of
 * goods is known); the more clients, the larger the bubble.
 */
export function getScatter(lines, { currencyId, earnedLabel, profitLabel, getLabel, onOpen }) {
    const spent = lines.filter((line) => line.cost !== false);
    const earned = (line) => line.profit + line.cost;
    const money = (value) => formatMonetary(value, { currencyId });
    return {
        type: "bubble",
        data: {
            datasets: [
                {
                    data: spent.map((line) => ({
                        x: line.cost,
                        y: earned(line),
                        r: Math.min(28, 4 + 3 * Math.sqrt(line.customers)),
                        label: getLabel(line),
                    })),
                    backgroundColor: spent.map((line) =>
                        hexToRGBA(getColor(line.profit < 0 ? 1 : 0, scheme(), "sm"), 0.7)
                    ),
                },
            ],
        },
        options: {
            maintainAspectRatio: false,
            animation: false,
            layout: { padding: { top: 12, right: 12 } },
            scales: { x: getAxis(_t("Cost")), y: getAxis(earnedLabel) },
            onClick: (ev, points) => open(points, spent, onOpen),
            onHover: point,
            plugins: {
                legend: { display: false },
                tooltip: {
                    callbacks: {
                        label: ({ dataIndex: index }) => [
                            getLabel(spent[index]),
                            _t("cost %s", money(spent[index].cost)),
                            `${earnedLabel}: ${money(earned(spent[index]))}`,
                            `${profitLabel}: ${money(spent[index].profit)}`,
                            _t("%s new customers", spent[index].customers),
                        ],
                    },
                },
            },
        },
        plugins: [breakEvenPlugin, namesPlugin],
    };
}

/** Cost and profit of the leads of each month; pale while they are too young to judge. */
export function getTrend(months, { currencyId, profitLabel, isCostExpected, getLabel, onOpen }) {
    const colors = (index) =>
        months.map((month) => {
            const isYoung = month.maturity !== false && month.maturity < YOUNG;
            return hexToRGBA(getColor(index, scheme(), "sm"), isYoung ? 0.35 : 1);
        });
    return {
        type: "bar",
        data: {
            labels: months.map(getLabel),
            datasets: [
                {
                    label: _t("Cost"),
                    // no bar of 0 where no cost was entered
                    data: months.map(({ cost }) => (cost === false ? null : cost)),
                    backgroundColor: colors(3),
                },
                {
                    label: profitLabel,
                    data: months.map((month) => month.profit),
                    backgroundColor: colors(0),
                },
            ],
        },
        options: {
            maintainAspectRatio: false,
            animation: false,
            interaction: { mode: "index", intersect: false },
            scales: {
                x: { grid: { display: false }, ticks: { color: text() } },
                y: getAxis(""),
            },
            onClick: (ev, points) => open(points, months, onOpen),
            onHover: point,
            plugins: {
                legend: { labels: { color: text(), boxWidth: 12 } },
                tooltip: {
                    callbacks: {
                        label: ({ dataset, raw }) =>
                            `${dataset.label}: ${formatMonetary(raw, { currencyId })}`,
                        footer: ([{ dataIndex }]) =>
                            getWords("cost", months[dataIndex], isCostExpected),
                    },
                },
            },
        },
    };
}
