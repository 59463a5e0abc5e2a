// The live page: filters, map and list.

import { h } from "./dom.js";
import { filterRow } from "./filters.js";
import { liveList } from "./list.js";
import { worldMap } from "./map.js";
import { drawPins } from "./pins.js";
import { groups, readFilters } from "./store.js";
import { glyph, SEVERITIES } from "./words.js";

const shownIncidents = () => Object.values(groups()).flat();

const legend = () => h("ul", { class: "legend", "aria-hidden": "true" }, SEVERITIES.map((each) => h("li", null, glyph(each, 10), each)));

/** The page. Pointing at a card or a pin marks the other. */
export function boardPage() {
  readFilters(location.search);
  let view = null;
  const map = worldMap(
    (shown) => {
      view = shown;
      pins();
    },
    () => shownIncidents().filter(({ x }) => x !== null),
  );
  map.root.append(legend());
  const list = liveList();
  const filters = filterRow(render);
  const root = h("div", { class: "board" }, h("h1", { class: "unseen" }, "Live incidents"), filters.root, map.root, list.root);

  function pins() {
    drawPins(map.pins, shownIncidents(), view, (members) => map.fit(members, 20));
  }

  function render() {
    filters.show();
    list.render();
    if (view) map.settle();
  }

  const point = (event) => {
    const id = event.target.closest?.("[data-id]")?.dataset.id;
    for (const each of root.querySelectorAll(".pointed")) each.classList.remove("pointed");
    if (id) for (const each of root.querySelectorAll(`[data-id="${CSS.escape(id)}"]`)) each.classList.add("pointed");
  };
  root.addEventListener("pointerover", point);
  root.addEventListener("focusin", point);
  render();
  return { root, map: () => map, on: (what) => (what === "incidents" || what === "silences" || what === "pulse") && render() };
}
