// The live connection: the whole board once, then changes as they come. It mends itself and never reloads the page.

import { announce, toast } from "./dom.js";
import { ask, Unauthorized } from "./session.js";
import { changed, needsLook, state } from "./store.js";
import { CHANGES, time } from "./words.js";

const SILENT_MS = 25_000;
const PAUSES_MS = [500, 1000, 2000, 5000, 10_000];

let stream = null;
let heardAt = 0;
let failures = 0;
let retry = null;
let attempt = 0;

/** Load the board and follow it. `onSignedOut` is called when the server wants a sign-in. */
export async function connect(onSignedOut) {
  const mine = ++attempt;
  clearTimeout(retry);
  stop();
  try {
    const board = await ask("/api/board");
    // Two may be under way at once (a reset, and the network that came back): the later one counts.
    if (mine !== attempt) return;
    take(board);
    follow(board.cursor, onSignedOut);
    failures = 0;
  } catch (error) {
    if (mine !== attempt) return;
    if (error instanceof Unauthorized) {
      onSignedOut();
      return;
    }
    lost();
    again(onSignedOut);
  }
}

function again(onSignedOut) {
  clearTimeout(retry);
  retry = setTimeout(() => connect(onSignedOut), PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)]);
}

function stop() {
  stream?.close();
  stream = null;
}

function take(board) {
  time.learn(board.pulse.now);
  const before = state.incidents;
  state.incidents = new Map(board.incidents.map((incident) => [incident.id, incident]));
  if (state.loaded) for (const incident of board.incidents) notice(before.get(incident.id), incident);
  Object.assign(state, { silences: board.silences, pulse: board.pulse, user: board.user, loaded: true, connected: true });
  for (const what of ["incidents", "silences", "pulse"]) changed(what);
}

function follow(cursor, onSignedOut) {
  heardAt = Date.now();
  stream = new EventSource(`/api/stream?after=${encodeURIComponent(cursor)}`);
  const on = (name, act) =>
    stream.addEventListener(name, (event) => {
      heardAt = Date.now();
      if (!state.connected) {
        state.connected = true;
        changed("pulse");
      }
      act(JSON.parse(event.data));
    });
  on("incident", (incident) => {
    const before = state.incidents.get(incident.id);
    state.incidents.set(incident.id, incident);
    notice(before, incident);
    changed("incidents");
    if (before?.revision !== incident.revision) changed(`revision ${incident.id}`);
    else changed(`orders ${incident.id}`);
  });
  on("forgotten", ({ id }) => {
    state.incidents.delete(id);
    changed("incidents");
  });
  on("order", (order) => {
    if (order.state === "refused" && order.by === state.user) toast(`Refused: ${order.outcome}`, true);
    changed("orders");
  });
  on("silences", (silences) => {
    state.silences = silences;
    changed("silences");
  });
  on("pulse", (pulse) => {
    time.learn(pulse.now);
    state.pulse = pulse;
    changed("pulse");
  });
  on("reset", () => connect(onSignedOut));
  stream.addEventListener("error", () => {
    lost();
    // The browser tries again by itself unless the server refused it.
    if (stream?.readyState === EventSource.CLOSED) again(onSignedOut);
  });
}

function lost() {
  if (!state.connected && state.pulse) return;
  state.connected = false;
  changed("pulse");
}

/** Mark and announce what came in while somebody was watching. */
function notice(before, incident) {
  if (before && before.revision >= incident.revision) {
    incident.arrived = before.arrived;
    return;
  }
  incident.arrived = Date.now();
  if (!incident.notify) return;
  const where = incident.place || "place unknown";
  announce(`${CHANGES[incident.change]}: ${incident.severity}, ${where}. ${incident.headline}`);
}

/** Connections can die without a word (a sleeping laptop): whoever is silent for too long is called again. */
export function guard(onSignedOut) {
  const check = () => {
    if (stream && Date.now() - heardAt > SILENT_MS) {
      lost();
      connect(onSignedOut);
    }
  };
  setInterval(check, 5000);
  addEventListener("online", () => connect(onSignedOut));
  document.addEventListener("visibilitychange", check);
}

/** How many incidents somebody should look at. */
export const waitingCount = () => [...state.incidents.values()].filter(needsLook).length;
