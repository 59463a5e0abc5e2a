// The row of filters; they stand in the address too.

import { h } from "./dom.js";
import { FILTERS, filters, state, writeFilters } from "./store.js";
import { glyph, KINDS, SEVERITIES } from "./words.js";

const WITHIN = { "": "Any time", 1: "Last hour", 6: "Last 6 hours", 24: "Last 24 hours", 168: "Last 7 days" };

function toggles(name, label, options, onchange) {
  const buttons = options.map(([value, ...shown]) =>
    h(
      "button",
      {
        type: "button",
        class: "chip",
        "data-value": value,
        onclick: () => {
          const chosen = filters[name];
          filters[name] = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value];
          onchange();
        },
      },
      ...shown,
    ),
  );
  const root = h("div", { class: "chips", role: "group", "aria-label": label }, buttons);
  const show = () => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(filters[name].includes(button.dataset.value)));
  };
  return { root, show };
}

function choice(name, label, options, onchange) {
  const select = h("select", {
    "aria-label": label,
    name,
    onchange: () => {
      filters[name] = select.value;
      onchange();
    },
  });
  const show = () => {
    const wanted = options();
    if (filters[name] && !wanted.some(([value]) => value === filters[name])) wanted.push([filters[name], filters[name]]);
    // With a mark after each: an only choice is the empty value, and must differ from no choice at all.
    const all = (values) => values.map((value) => `${value};`).join("");
    if (all([...select.options].map((option) => option.value)) !== all(wanted.map(([value]) => value)))
      select.replaceChildren(...wanted.map(([value, words]) => h("option", { value }, words)));
    select.value = filters[name];
  };
  return { root: select, show };
}

const countries = () => {
  const found = new Map();
  for (const { country_code: code, country } of state.incidents.values()) if (code) found.set(code, country || code);
  return [["", "All countries"], ...[...found].sort((a, b) => a[1].localeCompare(b[1]))];
};

/** The filters; `onchange` is called when one is set. `show()` brings them up to date. */
export function filterRow(onchange) {
  const set = () => {
    history.replaceState(history.state, "", location.pathname + writeFilters());
    show();
    onchange();
  };
  const search = h("input", {
    type: "search",
    id: "search",
    placeholder: "Search place or headline",
    "aria-label": "Search place or headline",
    maxlength: 100,
    oninput: () => {
      filters.q = search.value;
      set();
    },
  });
  const parts = [
    choice("country", "Country", countries, set),
    choice("within", "Changed within", () => Object.entries(WITHIN).sort((a, b) => Number(a[0]) - Number(b[0])), set),
    choice("over", "Incidents that are over", () => [["yes", "With those over"], ["no", "Under way only"]], set),
    toggles("severity", "Severity", SEVERITIES.map((each) => [each, glyph(each, 11), each]), set),
    toggles("kind", "Kind", Object.entries(KINDS), set),
  ];
  const clear = h(
    "button",
    {
      type: "button",
      class: "quiet clear",
      onclick: () => {
        Object.assign(filters, structuredClone(FILTERS));
        set();
      },
    },
    "Clear filters",
  );
  const fold = h("button", { type: "button", class: "quiet fold", "aria-expanded": "false", onclick: () => {
    const open = root.classList.toggle("open");
    fold.setAttribute("aria-expanded", String(open));
  } }, "Filters");
  const root = h("search", { class: "filters", "aria-label": "Filters" }, search, fold, h("div", { class: "more" }, parts.map((part) => part.root), clear));

  function show() {
    if (search.value !== filters.q) search.value = filters.q;
    for (const part of parts) part.show();
    clear.hidden = writeFilters() === "";
  }
  return { root, show };
}
