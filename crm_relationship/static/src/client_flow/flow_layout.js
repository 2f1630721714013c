const NODE_MIN = 30;
const GAP = 8;

/**
 * Where the bands of a flow lie, pure: nodes on both sides are at least so high that their name
 * fits, and the rest of the height is shared by how many clients they have.
 *
 * @param {Object} flow `statuses` and `bands` as `get_flow` returns them
 * @param {number} height of the picture
 * @returns {{left: Object[], right: Object[], bands: Object[], height: number}}
 */
export function layoutFlow({ statuses, bands }, height = 360) {
    const sides = { left: stack(statuses, bands, "from"), right: stack(statuses, bands, "to") };
    const needed = (nodes) => nodes.length * (NODE_MIN + GAP) - GAP;
    const full = Math.max(height, needed(sides.left), needed(sides.right));
    for (const nodes of Object.values(sides)) {
        spread(nodes, full - needed(nodes));
    }
    const find = (nodes, id) => nodes.find((node) => node.id === id);
    const placed = [...bands]
        .sort((one, other) => order(statuses, one, other))
        .map((band) => ({
            ...band,
            key: `${band.from}-${band.to}`,
            color: find(sides.right, band.to).color,
            ...place(find(sides.left, band.from), band.count, "start"),
            ...place(find(sides.right, band.to), band.count, "end"),
        }));
    return { ...sides, bands: placed, height: full };
}

function order(statuses, one, other) {
    const at = (id) => statuses.findIndex((status) => status.id === id);
    return at(one.to) - at(other.to) || at(one.from) - at(other.from);
}

function stack(statuses, bands, side) {
    return statuses
        .map((status) => ({
            ...status,
            count: bands
                .filter((band) => band[side] === status.id)
                .reduce((total, band) => total + band.count, 0),
        }))
        .filter((node) => node.count);
}

function spread(nodes, rest) {
    const total = nodes.reduce((sum, node) => sum + node.count, 0);
    let top = 0;
    for (const node of nodes) {
        node.top = top;
        node.height = NODE_MIN + (rest * node.count) / total;
        node.used = 0;
        top += node.height + GAP;
    }
}

/** The part of a node that a band takes, one below the other. */
function place(node, count, name) {
    const top = node.top + node.used;
    const height = (node.height * count) / node.count;
    node.used += height;
    return { [`${name}Top`]: top, [`${name}Bottom`]: top + height };
}

/** The band as the path of an SVG that is `width` wide. */
export function drawBand(band, width = 100) {
    const half = width / 2;
    return (
        `M0,${band.startTop} C${half},${band.startTop} ${half},${band.endTop} ${width},${band.endTop} ` +
        `L${width},${band.endBottom} C${half},${band.endBottom} ${half},${band.startBottom} ` +
        `0,${band.startBottom} Z`
    );
}
