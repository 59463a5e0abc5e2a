// Pins: one per incident, sized by toll, with colour and shape by severity; those that would overlap are drawn as one.

import { s } from "./dom.js";
import { needsLook, severityRank } from "./store.js";
import { KINDS, SHAPES } from "./words.js";

const GAP = 4;
/** Size of a place name, and about the width of one of its letters, in pixels. */
const LINE = 13;
const LETTER = 7.5;

const isOver = (incident) => incident.status !== "active";

/**
 * Radius in pixels: grows with the logarithm of the toll (three for each killed, one for each injured). What is over
 * is drawn smaller.
 */
export const radius = (incident) => Math.min(7 + 2.2 * Math.log2(1 + incident.toll), 24) * (isOver(incident) ? 0.65 : 1);

/** What is under way before what is over, then the worse. */
const worse = (a, b) => isOver(a) - isOver(b) || severityRank(b) - severityRank(a) || b.toll - a.toll;

/** Incidents joined into groups wherever their pins would touch at `scale` pixels per unit. */
export function cluster(incidents, scale) {
  const groups = [];
  for (const incident of [...incidents].sort(worse)) {
    const size = radius(incident);
    const near = groups.find((group) => {
      const gap = Math.hypot((group.x - incident.x) * scale, (group.y - incident.y) * scale);
      return gap < group.radius + size * 0.6 + GAP;
    });
    if (near) near.members.push(incident);
    else groups.push({ x: incident.x, y: incident.y, radius: size, members: [incident] });
  }
  return groups;
}

/** True when no enlargement would tell the members apart. */
const inOneSpot = (members, most) =>
  members.every(({ x, y }) => Math.hypot(x - members[0].x, y - members[0].y) * most < members.length * 8);

/** Members of one spot set on a circle around it, in units. */
function fanned(group, scale) {
  const around = 13 + 3 * group.members.length;
  return group.members.map((incident, index) => {
    const angle = (2 * Math.PI * index) / group.members.length - Math.PI / 2;
    return { incident, x: group.x + (around / scale) * Math.cos(angle), y: group.y + (around / scale) * Math.sin(angle) };
  });
}

const tip = (incident) =>
  `${incident.severity}: ${incident.place}. ${incident.kinds.map((kind) => KINDS[kind] ?? kind).join(", ")}. ${incident.headline}`;

function pin(incident, x, y, scale) {
  const size = radius(incident) / scale;
  const at = `translate(${x} ${y}) scale(${size})`;
  return s(
    "a",
    {
      href: `/incidents/${encodeURIComponent(incident.id)}`,
      "data-route": true,
      "data-id": incident.id,
      "data-severity": incident.severity,
      tabindex: -1,
      class: `pin${isOver(incident) ? " over" : ""}${needsLook(incident) ? " needs" : ""}${incident.precision === "country" ? " vague" : ""}`,
    },
    s("title", null, tip(incident)),
    s("g", { transform: at }, needsLook(incident) ? s("circle", { class: "ring", r: 1.7 }) : null, s("path", { d: SHAPES[incident.severity] })),
  );
}

/** The name of the place beside a pin that somebody should look at, where it covers no other pin. */
function label(incident, at, others, scale) {
  const words = incident.place.split(",")[0];
  const [left, width] = [radius(incident) + 9, words.length * LETTER];
  const covers = others.some((other) => {
    const [dx, dy] = [(other.x - at.x) * scale, (other.y - at.y) * scale];
    return other !== at && dx > 0 && dx < left + width + other.radius && Math.abs(dy) < other.radius + LINE;
  });
  if (!words || covers) return null;
  return s("text", { class: "label", x: at.x + left / scale, y: at.y, "font-size": LINE / scale, "dominant-baseline": "central" }, words);
}

function bundle(group, scale, open) {
  const worst = group.members[0];
  const size = Math.max(12, group.radius) / scale;
  const needs = group.members.some(needsLook);
  return s(
    "g",
    {
      class: `pin bundle${needs ? " needs" : ""}${isOver(worst) ? " over" : ""}`,
      "data-severity": worst.severity,
      "data-count": group.members.length,
      onclick: () => open(group.members),
    },
    s("title", null, `${group.members.length} incidents, the worst ${worst.severity}: ${worst.place}`),
    s(
      "g",
      { transform: `translate(${group.x} ${group.y}) scale(${size})` },
      needs ? s("circle", { class: "ring", r: 1.7 }) : null,
      s("path", { d: SHAPES[worst.severity], transform: "scale(1.15)" }),
      s("text", { "text-anchor": "middle", "dominant-baseline": "central", y: worst.severity === "Severe" ? 0.2 : 0.04 }, group.members.length),
    ),
  );
}

/** Draw `incidents` into `layer` for the `view`; `open(members)` is called when a group is clicked. */
export function drawPins(layer, incidents, view, open) {
  const drawn = [];
  const labels = [];
  const groups = cluster(incidents.filter(({ x }) => x !== null), view.scale);
  for (const group of groups) {
    const [worst] = group.members;
    if (needsLook(worst)) labels.push(label(worst, group, groups, view.scale));
    if (group.members.length === 1) drawn.push(pin(worst, group.x, group.y, view.scale));
    else if (group.members.length <= 6 && inOneSpot(group.members, (view.scale / view.zoom) * view.most))
      drawn.push(...fanned(group, view.scale).map(({ incident, x, y }) => pin(incident, x, y, view.scale)));
    else drawn.push(bundle(group, view.scale, open));
  }
  // The worst come last, on top.
  layer.replaceChildren(...drawn.reverse(), ...labels.filter(Boolean));
}
