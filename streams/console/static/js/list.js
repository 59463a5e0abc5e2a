// The live list. A card is built anew only when its incident changed, so that focus and scrolling stay.

import { h } from "./dom.js";
import { card } from "./card.js";
import { groups, isSilenced, needsLook, state } from "./store.js";

const TITLES = { needs: "Needs a look", watched: "Under way, seen", over: "Over in the last 48 hours" };
const cards = new Map();

function cardOf(incident) {
  const key = `${needsLook(incident)} ${isSilenced(incident)}`;
  const held = cards.get(incident.id);
  if (held && held.incident === incident && held.key === key) return held.item;
  const made = { incident, key, item: card(incident) };
  cards.set(incident.id, made);
  return made.item;
}

/** Put `items` into `list` with as few moves as may be: a moved element loses the focus. */
function arrange(list, items) {
  let next = list.firstElementChild;
  for (const item of items) {
    if (item === next) next = next.nextElementSibling;
    else list.insertBefore(item, next);
  }
  while (next) {
    const gone = next;
    next = next.nextElementSibling;
    gone.remove();
  }
}

/** The list with its groups; `render()` brings it up to date. */
export function liveList() {
  const parts = {};
  const root = h("section", { class: "list", "aria-label": "Incidents" });
  for (const [name, title] of Object.entries(TITLES)) {
    const count = h("span", { class: "count" });
    const list = h("ul", { class: "cards" });
    const head = h("h2", null, title, " ", count);
    const group = h("section", { class: `group ${name}`, hidden: true, "aria-label": title }, head, list);
    parts[name] = { group, list, count };
    root.append(group);
  }
  const empty = h("p", { class: "empty" });
  root.append(empty);

  function render() {
    const found = groups();
    const focused = document.activeElement?.closest?.(".card")?.dataset.id;
    let shown = 0;
    for (const [name, { group, list, count }] of Object.entries(parts)) {
      shown += found[name].length;
      group.hidden = !found[name].length;
      count.textContent = String(found[name].length);
      arrange(list, found[name].map(cardOf));
    }
    for (const id of cards.keys()) if (!state.incidents.has(id)) cards.delete(id);
    empty.hidden = shown > 0;
    empty.textContent = emptyWords();
    if (focused && !document.activeElement?.closest?.(".card"))
      root.querySelector(`.card[data-id="${CSS.escape(focused)}"] a`)?.focus({ preventScroll: true });
  }
  return { root, render };
}

function emptyWords() {
  if (!state.loaded) return "Loading…";
  if (state.incidents.size) return "No incident passes the filters.";
  const live = state.connected && state.pulse?.state === "live";
  return live ? "No incident under way, none in the last 48 hours." : "Nothing known yet: not connected to the stream.";
}
