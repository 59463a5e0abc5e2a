// One incident in the list: what is new, how bad, where, how sure.

import { h, said } from "./dom.js";
import { acknowledge, silenceDialog } from "./orders.js";
import { isSilenced, needsLook } from "./store.js";
import { ago, CHANGES, glyph, heard, kindWords, PHASES, shortStamp, sureWords } from "./words.js";

const FRESH_MS = 20_000;
const QUIET = ["headline", "independent sources", "certainty", "urgency"];

/** The toll in words: "3 killed · 6 injured". */
export function toll(incident) {
  const parts = [];
  if (incident.killed) parts.push(h("strong", null, incident.killed, " killed", incident.killed_disputed ? " (disputed)" : null));
  if (incident.injured) parts.push(h("span", null, incident.injured, " injured", incident.injured_disputed ? " (disputed)" : null));
  return parts.flatMap((part, index) => (index ? [" · ", part] : [part]));
}

/** One change of a field: "killed 1 → 3". */
export const difference = ({ field, before, after }) =>
  h(
    "span",
    { class: "difference" },
    h("span", { class: "field" }, field),
    " ",
    before ? h("del", null, said(before)) : null,
    before ? h("span", { class: "unseen" }, " became ") : null,
    h("ins", null, after ? said(after) : "none"),
  );

/** Who acknowledged or silenced it. */
export function marks(incident) {
  const found = [];
  const { acknowledged, silenced } = incident;
  if (acknowledged) {
    const stale = incident.needs ? `, but it changed since (revision ${acknowledged.revision})` : "";
    found.push(h("p", { class: "mark" }, "✓ ", said(acknowledged.by), " acknowledged ", ago(acknowledged.at), stale));
  }
  if (isSilenced(incident))
    found.push(h("p", { class: "mark" }, "◌ silenced by ", said(silenced.by), ` until ${shortStamp(silenced.until)}: `, said(silenced.reason)));
  return found;
}

/** The severity as shape and word. */
export const severityTag = (incident) =>
  h("span", { class: "severity", "data-severity": incident.severity }, glyph(incident.severity), incident.severity);

function news(incident) {
  const parts = incident.delta.filter(({ field }) => !QUIET.includes(field)).slice(0, 3);
  return parts.length ? h("p", { class: "news" }, parts.map(difference)) : null;
}

function buttons(incident) {
  if (incident.status !== "active") return null;
  const about = `${incident.severity}, ${incident.place || "place unknown"}`;
  return h(
    "div",
    { class: "buttons" },
    incident.needs
      ? h("button", { type: "button", class: "strong", "data-order": "acknowledge", "aria-label": `Acknowledge ${about}`, onclick: () => acknowledge(incident) }, "Acknowledge")
      : null,
    isSilenced(incident)
      ? null
      : h("button", { type: "button", "data-order": "silence", "aria-label": `Silence ${about}`, onclick: () => silenceDialog(incident) }, "Silence…"),
  );
}

/** The list item of `incident`. */
export function card(incident) {
  const needs = needsLook(incident);
  const fresh = incident.arrived && Date.now() - incident.arrived < FRESH_MS;
  const over = incident.status !== "active";
  const item = h(
    "li",
    {
      class: `card${needs ? " needs" : ""}${fresh ? " fresh" : ""}${over ? " over" : ""}`,
      "data-id": incident.id,
      "data-revision": incident.revision,
      "data-severity": incident.severity,
    },
    h(
      "p",
      { class: "top" },
      severityTag(incident),
      h("span", { class: `tag ${incident.change}` }, over ? PHASES[incident.status] : CHANGES[incident.change]),
      h("span", { class: "when" }, heard(incident)),
    ),
    h(
      "h3",
      null,
      h("a", { href: `/incidents/${encodeURIComponent(incident.id)}`, "data-route": true }, incident.place ? said(incident.place) : "Place unknown"),
    ),
    h("p", { class: "headline" }, said(incident.headline)),
    h("p", { class: "facts" }, h("span", { class: "toll" }, toll(incident)), h("span", { class: "kinds" }, kindWords(incident.kinds))),
    news(incident),
    incident.advisory && !over ? h("p", { class: incident.advised ? "advice" : "advice lifted" }, incident.advisory) : null,
    incident.threat ? h("p", { class: "threat" }, said(incident.threat)) : null,
    h("p", { class: "sure" }, sureWords(incident)),
    marks(incident),
    buttons(incident),
  );
  if (fresh) setTimeout(() => item.classList.remove("fresh"), FRESH_MS);
  return item;
}
