// The page of one incident: what is known, how it came to be known, and what to do.

import { difference, marks, severityTag, toll } from "./card.js";
import { h, outside, said } from "./dom.js";
import { worldMap } from "./map.js";
import { acknowledge, mergeDialog, silenceDialog, splitDialog, undoDialog } from "./orders.js";
import { drawPins } from "./pins.js";
import { ask } from "./session.js";
import { isSilenced, state } from "./store.js";
import { ago, CHANGES, heard, kindWords, lasted, many, ORDERS, PHASES, running, shortStamp, stamp } from "./words.js";

const fact = (name, ...shown) => h("div", { class: "fact" }, h("dt", null, name), h("dd", null, ...shown));

/** A link to an incident, by its headline where that is known. */
export const toIncident = (id) => h("a", { href: `/incidents/${encodeURIComponent(id)}`, "data-route": true }, said(state.incidents.get(id)?.headline ?? id));

function header({ summary: incident, articles }) {
  const buttons = [];
  if (incident.needs)
    buttons.push(h("button", { type: "button", class: "strong", "data-order": "acknowledge", onclick: () => acknowledge(incident) }, "Acknowledge"));
  if (incident.status === "active" && !isSilenced(incident))
    buttons.push(h("button", { type: "button", "data-order": "silence", onclick: () => silenceDialog(incident) }, "Silence…"));
  if (!incident.redirect) {
    buttons.push(h("button", { type: "button", "data-order": "merge", onclick: () => mergeDialog(incident) }, "Merge…"));
    const named = articles.filter((article) => article.id);
    if (named.length > 1) buttons.push(h("button", { type: "button", "data-order": "split", onclick: () => splitDialog(incident, named) }, "Split…"));
  }
  return h(
    "header",
    { class: "head", "data-severity": incident.severity },
    h("p", { class: "top" }, severityTag(incident), h("span", { class: "tag" }, PHASES[incident.status]), h("span", { class: "kinds" }, kindWords(incident.kinds)), h("span", { class: "when" }, "revision ", incident.revision, ", ", heard(incident))),
    h("h1", null, incident.place ? said(incident.place) : "Place unknown"),
    h("p", { class: "headline" }, said(incident.headline)),
    incident.redirect ? h("p", { class: "mark" }, "→ goes on as ", toIncident(incident.redirect)) : null,
    marks(incident),
    buttons.length ? h("div", { class: "buttons" }, buttons) : null,
  );
}

function advisoryFact(spells) {
  const last = spells.at(-1);
  if (!last) return fact("Advisory", h("span", { class: "none" }, "none"));
  const words = last.words.split(":")[0];
  if (!last.until) return fact("Advisory", h("strong", null, "⌂ ", words), h("small", null, "in force for ", running(last.since)));
  const held = (Date.parse(last.until) - Date.parse(last.since)) / 1000;
  return fact("Advisory", `${words}: lifted `, ago(last.until), h("small", null, `was in force for ${lasted(held)}`));
}

function why(dossier) {
  const paged = dossier.revisions.find((revision) => revision.notify);
  if (!paged) return fact("Why it paged", "It paged nobody.", h("small", null, dossier.revisions[0]?.why));
  return fact("Why it paged", paged.why, h("small", null, `${CHANGES[paged.change]}, revision ${paged.revision}, `, ago(paged.at)));
}

function facts(dossier) {
  const incident = dossier.summary;
  const { articles, publishers, independent } = incident.sources;
  const shown = toll(incident);
  const spans = [["killed", incident.killed_span, incident.killed_disputed], ["injured", incident.injured_span, incident.injured_disputed]].filter(([, span]) => span);
  return h(
    "dl",
    { class: "facts" },
    fact(
      "Toll",
      shown.length ? shown : h("span", { class: "none" }, "nothing stated"),
      spans.map(([what, span, disputed]) => h("small", disputed ? { class: "disputed" } : null, disputed ? `${what}: sources differ, from ${span}` : `${what}: claims from ${span}`)),
    ),
    fact("How sure", `${incident.certainty}, ${Math.round(incident.confidence * 100)} %`, h("small", null, `${independent} independent of ${many(publishers, "publisher")}, ${many(articles, "article")}`)),
    why(dossier),
    advisoryFact(dossier.advisories),
    fact("Threat level", incident.threat ? said(incident.threat) : h("span", { class: "none" }, "not told"), incident.level_incident ? h("small", null, "told by ", toIncident(incident.level_incident)) : null),
    fact("Urgency", incident.urgency, h("small", null, "heard of from ", shortStamp(incident.first_seen_at), " to ", shortStamp(incident.last_seen_at))),
  );
}

const link = (article) => outside(article.url, said(article.title || article.source || article.id));

function timeline(revisions) {
  const entry = (revision) =>
    h(
      "li",
      { class: revision.notify ? "paged" : "", "data-revision": revision.revision, "data-severity": revision.severity },
      h("p", { class: "top" }, h("span", { class: `tag ${revision.change}` }, CHANGES[revision.change]), h("span", { class: "number" }, `revision ${revision.revision}`), revision.notify ? h("span", { class: "rang" }, "paged") : null, h("time", { datetime: revision.at, title: stamp(revision.at), class: "when" }, shortStamp(revision.at))),
      h("p", { class: "why" }, revision.why),
      revision.delta.length ? h("ul", { class: "deltas" }, revision.delta.map((delta) => h("li", null, difference(delta)))) : null,
      h("p", { class: "source" }, link(revision.trigger), revision.trigger.source ? [" · ", said(revision.trigger.source)] : null, " · ", h("time", { datetime: revision.said_at, title: stamp(revision.said_at) }, shortStamp(revision.said_at))),
    );
  return h("section", { class: "sheet" }, h("h2", null, "Timeline"), h("ol", { class: "timeline" }, revisions.map(entry)));
}

function quotes(found) {
  if (!found.length) return null;
  const entry = ({ fields, quote, article }) =>
    h("li", null, h("blockquote", null, said(quote)), h("p", { class: "source" }, h("span", { class: "field" }, fields.join(", ")), article ? [" · ", link(article), article.source ? [" · ", said(article.source)] : null] : null));
  return h("section", { class: "sheet" }, h("h2", null, "In their words"), h("ul", { class: "quotes" }, found.map(entry)));
}

function claims(found) {
  if (!found.length) return null;
  const row = (claim) => h("tr", null, h("th", { scope: "row" }, claim.field), h("td", null, said(claim.value)), h("td", null, said(claim.source || claim.article_id)), h("td", { title: stamp(claim.at) }, shortStamp(claim.at)));
  return h("section", { class: "sheet" }, h("h2", null, "Who said what"), h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Claims" }, h("table", { class: "claims" }, h("thead", null, h("tr", null, ["What", "Value", "Source", "When"].map((name) => h("th", { scope: "col" }, name)))), h("tbody", null, found.map(row)))));
}

/** The articles that changed the alert; copies, and reports that added nothing, are only counted. */
function sources(articles, { articles: count }) {
  const entry = (article) => h("li", null, link(article), article.source && article.title ? h("span", { class: "source" }, " · ", said(article.source)) : null);
  return h("section", { class: "sheet" }, h("h2", null, count > articles.length ? `Articles (${articles.length} of ${count})` : `Articles (${articles.length})`), count > articles.length ? h("p", { class: "hint" }, "Those that changed the alert.") : null, h("ul", { class: "articles" }, articles.map(entry)));
}

/** What became of an order, where the pipeline answers it, and a way back. */
export const outcome = (order) =>
  order.state
    ? [
        h("span", { class: `outcome ${order.state}`, title: order.outcome }, { done: "done", refused: "refused: ", waiting: "under way" }[order.state], order.state === "refused" ? order.outcome : null),
        order.undoable ? h("button", { type: "button", "data-order": "undo", onclick: () => undoDialog(order) }, "Take back…") : null,
      ]
    : null;

/** One line about an order: who, what, when and why. */
const orderLine = (order) =>
  h("li", { "data-given": order.id }, h("strong", null, said(order.by)), ` ${ORDERS[order.action] ?? order.action} `, ago(order.at), order.until ? `, until ${shortStamp(order.until)}` : "", order.reason ? [": ", said(order.reason)] : "", order.state ? " " : "", outcome(order));

const orders = (found) => (found.length ? h("section", { class: "sheet" }, h("h2", null, "Who did what"), h("ul", { class: "orders" }, found.map(orderLine))) : null);

/** The page of the incident `id`; it loads anew whenever the incident changes. */
export function incidentPage(id) {
  const root = h("article", { class: "incident", "aria-busy": "true" }, h("p", { class: "empty" }, "Loading…"));
  let dossier = null;
  let asked = 0;
  const map = worldMap((view) => dossier && drawPins(map.pins, [dossier.summary], view, () => {}));

  async function load() {
    const mine = ++asked;
    try {
      const found = await ask(`/api/incidents/${encodeURIComponent(id)}`);
      if (mine !== asked) return;
      const first = dossier === null;
      dossier = found;
      render();
      if (first && dossier.summary.x !== null) requestAnimationFrame(() => map.fit([dossier.summary], 7));
    } catch (error) {
      if (mine === asked && !dossier) root.replaceChildren(h("p", { class: "empty" }, error.message), h("p", { class: "empty" }, h("a", { href: "/", "data-route": true }, "Back to the live list")));
    }
    root.removeAttribute("aria-busy");
  }

  function render() {
    const incident = dossier.summary;
    document.title = `${incident.severity}: ${incident.place || "place unknown"} – Tocsin`;
    root.replaceChildren(
      h("p", { class: "back" }, h("a", { href: "/", "data-route": true }, "← Live")),
      h("div", { class: "columns" }, h("div", { class: "column wide" }, header(dossier), facts(dossier), timeline(dossier.revisions), claims(dossier.claims)), h("div", { class: "column" }, incident.x === null ? null : map.root, quotes(dossier.quotes), sources(dossier.articles, dossier.summary.sources), orders(dossier.orders))),
    );
  }

  load();
  return {
    root,
    id,
    map: () => map,
    on: (what) => (what === `revision ${id}` || what === `orders ${id}` || what === "orders" || (what === "incidents" && !dossier && state.incidents.has(id))) && load(),
  };
}
