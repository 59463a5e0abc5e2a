// What values are called, and how times are told.

import { h, s } from "./dom.js";

export const SEVERITIES = ["Extreme", "Severe", "Moderate", "Minor"];
export const KINDS = {
  terror_alert: "Terror alert",
  active_shooter: "Active shooter",
  lockdown_advisory: "Lockdown",
};
export const CHANGES = {
  opened: "New",
  corroborated: "Corroborated",
  escalated: "Escalated",
  updated: "Updated",
  corrected: "Corrected",
  all_clear: "All clear",
  reopened: "Reopened",
  retracted: "Retracted",
  closed: "Closed",
};
export const PHASES = { active: "Under way", all_clear: "All clear", closed: "Closed", retracted: "Retracted" };
export const ORDERS = {
  acknowledge: "acknowledged",
  silence: "silenced",
  lift: "lifted the silence",
  merge: "ordered a merge",
  split: "ordered a split",
  undo: "took an order back",
};

/** A report that takes longer than this to become a revision is called late. */
const LATE_MS = 3_600_000;

const UNITS = [
  [86400, "d"],
  [3600, "h"],
  [60, "min"],
];

/** A span of seconds in its largest unit: "12 min". */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  for (const [size, name] of UNITS) if (whole >= size) return `${Math.floor(whole / size)} ${name}`;
  return `${whole} s`;
}

/** A span to the minute, for what is past: "4 h 15 min". */
export function lasted(seconds) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  const parts = [days ? `${days} d` : "", hours ? `${hours} h` : "", minutes % 60 ? `${minutes % 60} min` : ""].filter(Boolean);
  return parts.join(" ") || "less than a minute";
}

/** "1 article", "2 articles". */
export const many = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** A span that ticks: "1 h 04 min 09 s". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  const pad = (number) => String(number).padStart(2, "0");
  if (days) return `${days} d ${pad(hours)} h ${pad(minutes)} min`;
  return hours ? `${hours} h ${pad(minutes)} min ${pad(whole % 60)} s` : `${minutes} min ${pad(whole % 60)} s`;
}

/** The server's time as far as this browser knows it: its own clock may be wrong. */
export const time = {
  ahead: 0,
  learn(now) {
    this.ahead = Date.parse(now) - Date.now();
  },
  now() {
    return Date.now() + this.ahead;
  },
};

export const since = (moment) => (time.now() - Date.parse(moment)) / 1000;

const agoText = (moment) => {
  const seconds = since(moment);
  return seconds < 10 ? "now" : `${span(seconds)} ago`;
};

/** Time since `moment`, kept up to date by `tick`. */
export const ago = (moment) =>
  h("time", { datetime: moment, title: stamp(moment), "data-ago": moment }, agoText(moment));

/** When a revision came out, and how old the report behind it is where that came late. */
export function heard({ changed_at: at, last_seen_at: told }) {
  const late = Date.parse(at) - Date.parse(told) > LATE_MS;
  return late ? [ago(at), h("span", { class: "late" }, " · report of ", ago(told))] : [ago(at)];
}

/** A clock that runs since `moment`, kept up to date by `tick`. */
export const running = (moment) =>
  h("time", { datetime: moment, title: stamp(moment), "data-clock": moment }, clock(since(moment)));

/** Bring all times on the page up to date. */
export function tick() {
  for (const node of document.querySelectorAll("[data-ago]")) node.textContent = agoText(node.dataset.ago);
  for (const node of document.querySelectorAll("[data-clock]")) node.textContent = clock(since(node.dataset.clock));
}

/** A moment in UTC, to the second: what people on call tell each other. */
export const stamp = (moment) => `${new Date(moment).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** A moment in UTC, to the minute, without the day where that is today. */
export function shortStamp(moment) {
  const iso = new Date(moment).toISOString();
  const today = new Date(time.now()).toISOString().slice(0, 10);
  return iso.slice(0, 10) === today ? `${iso.slice(11, 16)} UTC` : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** Severity has a shape of its own besides its colour. Points for a radius of 1. */
export const SHAPES = {
  Extreme: "M0-1.25L1.250 0 0 1.250-1.250 0Z",
  Severe: "M0-1.200L1.150.850H-1.150Z",
  Moderate: "M-.900-.900H.900V.900H-.900Z",
  Minor: "M-.950 0A.950.950 0 1 1 .950 0 .950.950 0 1 1-.950 0Z",
};

/** The shape of a severity as a small picture. */
export const glyph = (severity, size = 14) =>
  s(
    "svg",
    { viewBox: "-1.4 -1.4 2.8 2.8", width: size, height: size, class: "glyph", "data-severity": severity, "aria-hidden": "true" },
    s("path", { d: SHAPES[severity] }),
  );

export const kindWords = (kinds) => kinds.map((kind) => KINDS[kind] ?? kind).join(" · ");

/** How sure it is: certainty, probability, and who says so. */
export function sureWords(incident) {
  const { independent, articles } = incident.sources;
  const sources = many(independent, "independent source");
  const all = articles > independent ? ` in ${articles} articles` : "";
  return `${incident.certainty} · ${Math.round(incident.confidence * 100)} % · ${sources}${all}`;
}
