// What the page knows: incidents, silences, the pulse, and the filters.

import { SEVERITIES, since, time } from "./words.js";

const listeners = new Set();

export const state = {
  incidents: new Map(),
  silences: [],
  pulse: null,
  connected: false,
  user: null,
  loaded: false,
};

export const FILTERS = { q: "", kind: [], severity: [], country: "", within: "", over: "yes" };
export const filters = structuredClone(FILTERS);

/** Call `listener(what)` after each change; returns a function that ends that. */
export function watch(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const waiting = new Set();

/** Tell all listeners, once a frame. Hidden pages have no frames, but their title must still count. */
export function changed(what) {
  if (!waiting.size) {
    const run = () => {
      const all = [...waiting];
      waiting.clear();
      for (const listener of listeners) for (const each of all) listener(each);
    };
    if (document.hidden) setTimeout(run, 0);
    else requestAnimationFrame(run);
  }
  waiting.add(what);
}

export const isSilenced = (incident) => incident.silenced !== null && since(incident.silenced.until) < 0;

/** True while somebody should look: a page that nobody acknowledged or silenced. */
export const needsLook = (incident) => incident.needs && !isSilenced(incident);

export const severityRank = (incident) => SEVERITIES.length - SEVERITIES.indexOf(incident.severity);

/** True when the filters let `incident` through. */
export function passes(incident, by = filters) {
  if (by.kind.length && !incident.kinds.some((kind) => by.kind.includes(kind))) return false;
  if (by.severity.length && !by.severity.includes(incident.severity)) return false;
  if (by.country && incident.country_code !== by.country) return false;
  if (by.within && time.now() - Date.parse(incident.changed_at) > Number(by.within) * 3600e3) return false;
  if (by.over === "no" && incident.status !== "active") return false;
  const text = `${incident.headline} ${incident.place} ${incident.id} ${incident.source}`.toLowerCase();
  return by.q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** Incidents that pass the filters: those to look at first, then those under way, then those that are over. */
export function groups() {
  const found = { needs: [], watched: [], over: [] };
  for (const incident of state.incidents.values()) {
    if (!passes(incident)) continue;
    if (incident.status !== "active") found.over.push(incident);
    else found[needsLook(incident) ? "needs" : "watched"].push(incident);
  }
  const newest = (a, b) => Date.parse(b.changed_at) - Date.parse(a.changed_at) || (a.id < b.id ? -1 : 1);
  found.needs.sort((a, b) => severityRank(b) - severityRank(a) || newest(a, b));
  found.watched.sort((a, b) => severityRank(b) - severityRank(a) || newest(a, b));
  found.over.sort(newest);
  return found;
}

/** Read the filters from the address, so that a view can be passed on. */
export function readFilters(query) {
  const given = new URLSearchParams(query);
  for (const [name, unset] of Object.entries(FILTERS)) {
    const value = given.get(name);
    filters[name] = Array.isArray(unset) ? (value ? value.split(",") : []) : (value ?? unset);
  }
}

/** The filters as the query part of an address; empty where none is set. */
export function writeFilters() {
  const query = new URLSearchParams();
  for (const [name, unset] of Object.entries(FILTERS)) {
    const value = String(filters[name]);
    if (value !== String(unset)) query.set(name, value);
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}
