// The world map: outlines, and a view that can be moved and enlarged.

import { h, s } from "./dom.js";

const VERSION = new URL(import.meta.url).pathname.split("/js/")[0];
const MAX_ZOOM = 24;
/** Room around a pin, in map units. */
const MARGIN = 40;
/** From California to Japan and from the Arctic to the Cape: all is shown at first, but not the empty Pacific. */
const HOME = [
  { x: 140, y: 20 },
  { x: 930, y: 420 },
];

/**
 * The map. `onview(view)` is called whenever another part of it is shown, with its scale in pixels per unit.
 * `pinned()` gives the points that must be in sight when all is shown.
 */
export function worldMap(onview, pinned = () => []) {
  const land = s("g", { class: "land" });
  const pins = s("g", { class: "pins" });
  const picture = s("svg", { class: "world", preserveAspectRatio: "xMidYMid meet", "aria-hidden": "true" }, land, pins);
  const root = h(
    "section",
    { class: "map", "aria-label": "Map of the incidents in the list" },
    picture,
    h(
      "div",
      { class: "zoom" },
      h("button", { type: "button", "aria-label": "Enlarge map", onclick: () => zoom(1.8) }, "+"),
      h("button", { type: "button", "aria-label": "Reduce map", onclick: () => zoom(1 / 1.8) }, "−"),
      h("button", { type: "button", "aria-label": "Whole world", onclick: reset }, "⤢"),
    ),
  );
  let world = { width: 1000, height: 430 };
  const view = { x: 500, y: 215, zoom: 1 };
  let untouched = true;

  /** Pixels per map unit when all of the world is shown. */
  const base = () => Math.min(picture.clientWidth / world.width, picture.clientHeight / world.height) || 1;
  const scale = () => base() * view.zoom;

  function show() {
    const width = picture.clientWidth / scale();
    const height = picture.clientHeight / scale();
    view.x = within(view.x, width, world.width);
    view.y = within(view.y, height, world.height);
    picture.setAttribute("viewBox", `${view.x - width / 2} ${view.y - height / 2} ${width || 1} ${height || 1}`);
    picture.classList.toggle("near", view.zoom > 1);
    onview({ scale: scale(), zoom: view.zoom, most: MAX_ZOOM });
  }

  function zoom(factor, at = null) {
    untouched = false;
    const before = scale();
    view.zoom = Math.min(Math.max(view.zoom * factor, 1), MAX_ZOOM);
    if (at) {
      // The place under the pointer stays under it.
      view.x += at.x / before - at.x / scale();
      view.y += at.y / before - at.y / scale();
    }
    show();
  }

  /** Show all, until somebody chooses another part. */
  function reset() {
    const room = ({ x, y }) => [
      { x: x - MARGIN, y: y - MARGIN },
      { x: x + MARGIN, y: y + MARGIN },
    ];
    frame([...HOME, ...pinned().flatMap(room)], MAX_ZOOM, 0);
    untouched = true;
  }

  /** Show the points, with room around them. */
  function fit(points, most = 8) {
    untouched = false;
    frame(points, most, MARGIN);
  }

  function frame(points, most, margin) {
    const xs = points.map((point) => point.x);
    const ys = points.map((point) => point.y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const room = Math.min(picture.clientWidth / (right - left + margin), picture.clientHeight / (bottom - top + margin));
    view.zoom = Math.min(Math.max(room / base(), 1), most);
    Object.assign(view, { x: (left + right) / 2, y: (top + bottom) / 2 });
    show();
  }

  let dragged = null;
  picture.addEventListener("pointerdown", (event) => {
    if (event.target.closest("a") || event.button) return;
    dragged = { x: event.clientX, y: event.clientY };
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    untouched = false;
    view.x -= (event.clientX - dragged.x) / scale();
    view.y -= (event.clientY - dragged.y) / scale();
    dragged = { x: event.clientX, y: event.clientY };
    show();
  });
  for (const name of ["pointerup", "pointercancel"]) picture.addEventListener(name, () => (dragged = null));
  picture.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const box = picture.getBoundingClientRect();
      const at = { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
      zoom(Math.exp(-event.deltaY / 400), at);
    },
    { passive: false },
  );
  const settle = () => (untouched ? reset() : show());
  new ResizeObserver(settle).observe(picture);

  load().then((found) => {
    world = found;
    land.replaceChildren(...world.countries.map(({ code, path }) => s("path", { d: path, "data-code": code })));
    // Paths are in tenths of a unit, so that their numbers are whole.
    land.setAttribute("transform", "scale(0.1)");
    settle();
  });
  return { root, pins, fit, zoom, reset, settle };
}

/** The middle of a stretch of `size` that stays inside of `whole`, or is centred where it is larger. */
const within = (middle, size, whole) =>
  size >= whole ? whole / 2 : Math.min(Math.max(middle, size / 2), whole - size / 2);

let loading = null;

/** The outlines, loaded once. Without them the pins still stand where they should. */
function load() {
  loading ??= fetch(`${VERSION}/world.json`)
    .then((response) => response.json())
    .catch(() => {
      loading = null;
      return { width: 1000, height: 430, countries: [] };
    });
  return loading;
}
