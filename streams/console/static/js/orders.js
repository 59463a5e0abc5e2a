// What people order: acknowledge, silence, lift, merge, split, undo. The effect comes back by the live connection.

import { h, said, toast } from "./dom.js";
import { ask } from "./session.js";
import { state } from "./store.js";
import { KINDS, SEVERITIES } from "./words.js";

const SPANS = [
  [60, "1 hour"],
  [240, "4 hours"],
  [480, "8 hours"],
  [1440, "1 day"],
  [4320, "3 days"],
  [10080, "7 days"],
  [43200, "30 days"],
];

async function order(body, done) {
  try {
    await ask("/api/commands", body);
    toast(done);
    return true;
  } catch (error) {
    toast(`Not done: ${error.message}`, true);
    return false;
  }
}

/** Acknowledge what is known of `incident` now. */
export const acknowledge = (incident) =>
  order({ action: "acknowledge", incident_id: incident.id, revision: incident.revision }, "Acknowledged");

/** End a silence. */
export const lift = (id) => order({ action: "lift", target: id }, "Silence lifted");

const option = ([value, words]) => h("option", { value }, words);
const labelled = (words, control) => h("label", null, words, control);

/** A dialog with a reason, and `parts` before it; `send` is told the reason and says whether it went out. */
function askWhy(title, hint, parts, button, send) {
  const reason = h("input", { name: "reason", required: true, maxlength: 300, placeholder: "The next on call will ask" });
  const form = h(
    "form",
    {
      method: "dialog",
      onsubmit: async (event) => {
        event.preventDefault();
        if (await send(reason.value)) dialog.close();
      },
    },
    h("h2", { id: "order-title" }, title),
    h("p", { class: "hint" }, hint),
    parts,
    labelled("Reason", reason),
    h("div", { class: "buttons" }, h("button", { type: "submit", class: "strong" }, button), h("button", { type: "button", onclick: () => dialog.close() }, "Cancel")),
  );
  const dialog = h("dialog", { "aria-labelledby": "order-title", onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();
}

/** Ask which other incident of the country is the same as `incident`. */
export function mergeDialog(incident) {
  const others = [...state.incidents.values()].filter((one) => one.country_code === incident.country_code && one.id !== incident.id && !one.redirect);
  const known = h("select", { name: "other" }, others.map((one) => option([one.id, `${one.place || "Place unknown"}: ${one.headline}`.slice(0, 120)])), option(["", "Another, by its id…"]));
  const id = h("input", { name: "id", maxlength: 200, placeholder: "Incident id" });
  const byHand = labelled("Its id", id);
  const show = () => (byHand.hidden = known.value !== "");
  known.addEventListener("change", show);
  show();
  const hint = "The one heard of first goes on; the alerts of the other point to it. Only incidents of one country can be merged.";
  askWhy("Merge with", hint, [labelled("Incident", known), byHand], "Merge", (reason) => {
    const target = known.value || id.value.trim();
    return order({ action: "merge", incident_id: incident.id, target, reason }, "Ordered");
  });
}

/** Ask which of `articles` tell of another event than `incident`. */
export function splitDialog(incident, articles) {
  const boxes = articles.map((article) => {
    const box = h("input", { type: "checkbox", value: article.id });
    return [box, h("label", { class: "choice" }, box, said(article.title || article.id), article.source ? [" · ", said(article.source)] : null)];
  });
  const list = h("fieldset", { class: "choices" }, h("legend", null, "Articles of another event"), boxes.map(([, label]) => label));
  askWhy("Split", "They leave this incident and make one of their own.", list, "Split", (reason) => {
    const chosen = boxes.filter(([box]) => box.checked).map(([box]) => box.value);
    return order({ action: "split", incident_id: incident.id, article_ids: chosen, reason }, "Ordered");
  });
}

/** Ask why a merge or a split is taken back. */
export function undoDialog(given) {
  const hint = given.action === "merge" ? "Both incidents go on; news since then stays where it is." : "The articles go back to where they were.";
  askWhy("Take it back", hint, null, "Take back", (reason) =>
    order({ action: "undo", incident_id: given.incident_id, target: given.id, reason }, "Ordered"),
  );
}

/** Ask what to silence, for how long and why: this incident, or a kind, a country and a place. */
export function silenceDialog(incident = null) {
  const about = h("select", { name: "about" }, incident ? option(["incident", "This incident"]) : null, option(["scope", "Whatever matches…"]));
  const kind = h("select", { name: "kind" }, [["", "Any kind"], ...Object.entries(KINDS)].map(option));
  const country = h("input", { name: "country", maxlength: 2, pattern: "[A-Za-z]{2}", placeholder: "Any (FI, US, …)", value: incident?.country_code ?? "" });
  const place = h("input", { name: "place", maxlength: 100, placeholder: "Any city or region" });
  const upTo = h("select", { name: "up_to" }, [...SEVERITIES].reverse().map((each) => option([each, each === "Extreme" ? "Extreme: silence everything" : `${each}: worse is still heard`])));
  upTo.value = "Severe";
  const minutes = h("select", { name: "minutes" }, SPANS.map(option));
  const reason = h("input", { name: "reason", required: true, maxlength: 300, placeholder: "The next on call will ask" });
  const scope = h("fieldset", null, h("legend", null, "Matching all of"), labelled("Kind", kind), labelled("Country code", country), labelled("Place", place));
  const show = () => (scope.hidden = about.value === "incident");
  about.addEventListener("change", show);
  show();

  const form = h(
    "form",
    {
      method: "dialog",
      onsubmit: async (event) => {
        event.preventDefault();
        const wanted = about.value === "incident"
          ? { incident_id: incident.id }
          : { kinds: kind.value ? [kind.value] : [], country_code: country.value.toUpperCase() || null, place: place.value.trim() || null };
        const body = { action: "silence", scope: { ...wanted, up_to: upTo.value }, minutes: Number(minutes.value), reason: reason.value };
        if (await order(body, "Silenced")) dialog.close();
      },
    },
    h("h2", { id: "silence-title" }, "Silence"),
    incident ? h("p", { class: "hint" }, said(incident.headline)) : null,
    labelled("What", about),
    scope,
    labelled("Up to severity", upTo),
    labelled("For", minutes),
    labelled("Reason", reason),
    h("div", { class: "buttons" }, h("button", { type: "submit", class: "strong" }, "Silence"), h("button", { type: "button", onclick: () => dialog.close() }, "Cancel")),
  );
  const dialog = h("dialog", { "aria-labelledby": "silence-title", onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();
  reason.focus();
}
