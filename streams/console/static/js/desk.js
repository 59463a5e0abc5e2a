// The desk: silences in force, and who ordered what.

import { h, said } from "./dom.js";
import { outcome, toIncident } from "./incident.js";
import { lift, silenceDialog } from "./orders.js";
import { ask } from "./session.js";
import { state } from "./store.js";
import { ago, KINDS, ORDERS, shortStamp } from "./words.js";

/** What a silence covers, in words. */
function scopeWords(scope) {
  const parts = [];
  if (scope.incident_id) parts.push(toIncident(scope.incident_id));
  if (scope.kinds.length) parts.push(scope.kinds.map((kind) => KINDS[kind] ?? kind).join(", "));
  if (scope.country_code) parts.push(scope.country_code);
  if (scope.place) parts.push(said(scope.place));
  return [parts.flatMap((part, index) => (index ? [" · ", part] : [part])), h("small", null, scope.up_to === "Extreme" ? " everything" : ` up to ${scope.up_to}`)];
}

const silenceRow = (silence) =>
  h(
    "tr",
    null,
    h("td", null, scopeWords(silence.scope)),
    h("td", null, said(silence.reason)),
    h("td", null, said(silence.by)),
    h("td", null, shortStamp(silence.until)),
    h("td", null, h("button", { type: "button", onclick: () => lift(silence.id) }, "Lift")),
  );

function orderRow(order) {
  const about = order.incident_id
    ? [toIncident(order.incident_id), order.action === "merge" ? [" + ", toIncident(order.target)] : null]
    : order.scope
      ? scopeWords(order.scope)
      : order.target;
  return h("tr", null, h("td", null, ago(order.at)), h("td", null, said(order.by)), h("td", null, ORDERS[order.action] ?? order.action), h("td", null, about), h("td", null, said(order.reason)), h("td", null, outcome(order)));
}

const table = (label, names, body) =>
  h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, h("table", null, h("thead", null, h("tr", null, names.map((name) => h("th", { scope: "col" }, name || h("span", { class: "unseen" }, "Action"))))), body));

/** The page; both tables follow what comes in. */
export function deskPage() {
  const silences = h("tbody");
  const log = h("tbody");
  const none = h("p", { class: "hint" }, "Nothing is silenced.");
  const empty = h("p", { class: "hint" }, "Nobody has ordered anything yet.");
  const inForce = table("Silences", ["What", "Why", "Who", "Until", ""], silences);
  const kept = table("Orders", ["When", "Who", "Did", "About", "Why", "Outcome"], log);
  const root = h(
    "section",
    { class: "desk" },
    h("h1", { class: "unseen" }, "Desk"),
    h("section", { class: "sheet" }, h("h2", null, "Silences in force"), none, inForce, h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => silenceDialog() }, "New silence…"))),
    h("section", { class: "sheet" }, h("h2", null, "Who did what"), empty, kept),
  );

  function render() {
    const held = state.silences.filter((silence) => Date.parse(silence.until) > Date.now());
    silences.replaceChildren(...held.map(silenceRow));
    none.hidden = held.length > 0;
    inForce.hidden = !held.length;
  }

  async function load() {
    const { commands } = await ask("/api/commands").catch(() => ({ commands: [] }));
    log.replaceChildren(...commands.map(orderRow));
    empty.hidden = commands.length > 0;
    kept.hidden = !commands.length;
  }

  render();
  load();
  return {
    root,
    on: (what) => {
      if (what === "silences") render();
      if (what === "silences" || what.startsWith("orders")) load();
    },
  };
}
