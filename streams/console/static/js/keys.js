// The keyboard. Letters act only outside of fields, and can be switched off (WCAG 2.1, 2.1.4).

import { byId, h, kept } from "./dom.js";
import { acknowledge, silenceDialog } from "./orders.js";
import { state } from "./store.js";
import { glyph, SEVERITIES } from "./words.js";

const HELP = [
  ["j  ↓", "next incident"],
  ["k  ↑", "previous incident"],
  ["Enter", "open it"],
  ["a", "acknowledge it"],
  ["s", "silence it"],
  ["/", "search"],
  ["1  2  3", "Live, Why not, Desk"],
  ["+  −  0", "enlarge, reduce, whole map"],
  ["t", "theme"],
  ["Esc", "back to the live list"],
  ["?", "this help"],
];

const inField = (target) => target.closest?.("input, select, textarea, dialog") !== null;
const current = () => {
  const id = document.activeElement?.closest?.(".card")?.dataset.id ?? byId("main").dataset.incident;
  return state.incidents.get(id);
};

function step(by) {
  const links = [...document.querySelectorAll(".card h3 a, .rows .row a")].filter((link) => link.checkVisibility());
  if (!links.length) return;
  const row = document.activeElement?.closest?.(".card, .row");
  const at = row ? links.findIndex((link) => row.contains(link)) : -1;
  const next = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
  next.focus();
  next.closest(".card, .row").scrollIntoView({ block: "nearest" });
}

/** Listen to the keyboard; `acts` has what the page does: `go(path)`, `theme()`, `map()`. */
export function keyboard(acts) {
  const actions = {
    j: () => step(1),
    ArrowDown: () => step(1),
    k: () => step(-1),
    ArrowUp: () => step(-1),
    a: () => current()?.needs && acknowledge(current()),
    s: () => current() && silenceDialog(current()),
    "/": () => byId("search")?.focus(),
    1: () => acts.go("/"),
    2: () => acts.go("/why-not"),
    3: () => acts.go("/desk"),
    "+": () => acts.map()?.zoom(1.8),
    "-": () => acts.map()?.zoom(1 / 1.8),
    0: () => acts.map()?.reset(),
    t: () => acts.theme(),
    "?": () => helpDialog(),
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      if (inField(event.target)) event.target.blur();
      else if (location.pathname !== "/") acts.go("/");
      return;
    }
    const act = actions[event.key];
    if (!act || inField(event.target) || (event.key !== "?" && kept.get("keys") === "off")) return;
    event.preventDefault();
    act();
  });
  byId("help").addEventListener("click", helpDialog);
}

/** The legend of the map and the list of keys. */
function helpDialog() {
  const off = kept.get("keys") === "off";
  const dialog = h(
    "dialog",
    { class: "help", "aria-labelledby": "help-title", onclose: () => dialog.remove() },
    h("h2", { id: "help-title" }, "How to read this page"),
    h("ul", { class: "legend" }, SEVERITIES.map((each) => h("li", null, glyph(each, 18), each))),
    h("p", { class: "hint" }, "Severity is CAP 1.2: colour and shape say the same. A pin grows with the number of people killed and injured. A ring marks what nobody has acknowledged; a hollow pin is over."),
    h("h2", null, "Keys"),
    h("dl", { class: "keys" }, HELP.flatMap(([key, does]) => [h("dt", null, h("kbd", null, key)), h("dd", null, does)])),
    h("label", { class: "check" }, h("input", { type: "checkbox", checked: !off, onchange: (event) => kept.set("keys", event.target.checked ? "on" : "off") }), "Keys act without Ctrl"),
    h("div", { class: "buttons" }, h("button", { type: "button", class: "strong", onclick: () => dialog.close() }, "Close")),
  );
  document.body.append(dialog);
  dialog.showModal();
}
