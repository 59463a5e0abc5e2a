// The page's frame: which page is shown, the pulse, the theme.

import { boardPage } from "./board.js";
import { deskPage } from "./desk.js";
import { byId, kept } from "./dom.js";
import { incidentPage } from "./incident.js";
import { keyboard } from "./keys.js";
import { connect, guard, waitingCount } from "./live.js";
import { signIn } from "./session.js";
import { state, watch } from "./store.js";
import { span, since, tick } from "./words.js";
import { whyNotPage } from "./whynot.js";

const THEMES = { auto: "◐", light: "☀", dark: "☾" };
let page = null;
let signedOut = false;

function open() {
  const path = location.pathname;
  const incident = path.match(/^\/incidents\/([^/]+)$/);
  const main = byId("main");
  delete main.dataset.incident;
  if (incident) {
    page = incidentPage(decodeURIComponent(incident[1]));
    main.dataset.incident = page.id;
  } else if (path === "/why-not") page = whyNotPage();
  else if (path === "/desk") page = deskPage();
  else page = boardPage();
  main.replaceChildren(page.root);
  for (const link of document.querySelectorAll(".bar nav a")) {
    if (link.getAttribute("href") === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  title();
}

function go(path) {
  if (path === location.pathname + location.search) return;
  history.pushState(null, "", path);
  open();
  scrollTo(0, 0);
  byId("main").focus({ preventScroll: true });
}

function title() {
  const count = waitingCount();
  if (page?.id) return;
  document.title = count ? `(${count}) Tocsin` : "Tocsin";
}

/** How the console itself is doing: quiet is only good news while everything runs. */
function pulse() {
  const { pulse: told, connected } = state;
  const node = byId("pulse");
  let [mood, words] = ["connecting", "Connecting…"];
  if (!connected && told) [mood, words] = ["lost", "Connection lost: what you see may be old"];
  else if (told?.state === "lost") [mood, words] = ["lost", told.note || "The stream cannot be reached"];
  else if (told?.state === "loading" || told?.state === "connecting") [mood, words] = ["connecting", told.note || "Reading the stream…"];
  else if (told?.state === "live") [mood, words] = flow(told);
  node.dataset.state = mood;
  byId("pulse-text").textContent = words;
  byId("user").textContent = state.user && state.user !== "operator" ? state.user : "";
}

function flow({ articles_per_minute: rate, articles_at: at }) {
  if (rate === null) return ["live", "Live"];
  if (rate > 0) return ["live", `Live · ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} articles/min`];
  const quiet = at ? since(at) : null;
  if (quiet !== null && quiet < 300) return ["live", `Live · no article for ${span(quiet)}`];
  return ["quiet", quiet === null ? "Live, but no articles come in" : `Live, but no article for ${span(quiet)}`];
}

function theme() {
  const names = Object.keys(THEMES);
  const chosen = kept.get("theme") ?? "auto";
  const next = names[(names.indexOf(chosen) + 1) % names.length];
  kept.set("theme", next);
  showTheme(next);
}

function showTheme(chosen) {
  if (chosen === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  const button = byId("theme");
  button.textContent = THEMES[chosen];
  button.setAttribute("aria-label", `Theme: ${chosen === "auto" ? "as the system" : chosen}`);
}

function onSignedOut() {
  if (signedOut) return;
  signedOut = true;
  page = null;
  signIn(() => {
    signedOut = false;
    start();
  }).catch(() => {
    signedOut = false;
    setTimeout(start, 3000);
  });
}

function start() {
  open();
  connect(onSignedOut);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-route]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.getAttribute("href"));
});
addEventListener("popstate", open);
byId("theme").addEventListener("click", theme);
showTheme(kept.get("theme") in THEMES ? kept.get("theme") : "auto");
keyboard({ go, theme, map: () => page?.map?.() });
watch((what) => {
  page?.on?.(what);
  if (what === "incidents" || what === "silences" || what === "pulse") title();
  if (what === "pulse") pulse();
});
setInterval(() => {
  tick();
  pulse();
}, 1000);
guard(onSignedOut);
start();
