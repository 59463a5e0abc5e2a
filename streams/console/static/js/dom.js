// Elements. Text goes in as text nodes only: nothing an article says is ever parsed as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** An HTML element: h("p", {class: "x", onclick: f}, "text", child, …). */
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** An SVG element, in the same way. */
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** Words from an article: set apart, so that writing from right to left cannot rearrange what stands beside them. */
export const said = (text, attributes) => h("bdi", attributes, text);

/** A link to another site, or the words alone where the address is none that may be opened. */
export function outside(url, ...children) {
  if (!/^https?:\/\//.test(url ?? "")) return h("span", null, ...children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}

export const byId = (id) => document.getElementById(id);

/** Say something to people who listen instead of look. */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** Say something short at the edge of the page. */
export function toast(text, bad = false) {
  const note = h("p", { class: bad ? "toast bad" : "toast" }, text);
  byId("toasts").append(note);
  setTimeout(() => note.remove(), bad ? 9000 : 4000);
}

/** localStorage where the browser has one. */
export const kept = {
  get(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {
      // Not kept: asked again next time.
    }
  },
};
