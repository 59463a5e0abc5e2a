// Requests to our own server, and signing in.

import { byId, h } from "./dom.js";

export class Unauthorized extends Error {}

/** The JSON that `path` answers with. Throws Unauthorized, or an Error with the server's own words. */
export async function ask(path, body = undefined, method = body === undefined ? "GET" : "POST") {
  const response = await fetch(path, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: method === "GET" ? {} : { "X-Tocsin": "console", "Content-Type": "application/json" },
    cache: "no-store",
  });
  if (response.status === 401) throw new Unauthorized("sign in");
  const text = await response.text();
  if (!response.ok) {
    let words = text;
    try {
      words = JSON.parse(text).error ?? text;
    } catch {
      // Not JSON: a proxy's own page, or a plain sentence.
    }
    throw new Error(words.slice(0, 200) || `the server answers ${response.status}`);
  }
  return JSON.parse(text);
}

/** Show the sign-in form; `done` is called once somebody is signed in. */
export async function signIn(done) {
  const session = await ask("/api/session");
  const main = byId("main");
  if (!session.token) {
    main.replaceChildren(
      h("section", { class: "sheet narrow" }, h("h1", null, "Sign in"), h("p", null, "Your reverse proxy did not say who you are: sign in there, then load this page again.")),
    );
    return;
  }
  const problem = h("p", { class: "problem", role: "alert" });
  const form = h(
    "form",
    {
      class: "sheet narrow",
      onsubmit: async (event) => {
        event.preventDefault();
        problem.textContent = "";
        const given = new FormData(form);
        try {
          await ask("/api/session", { name: given.get("name"), token: given.get("token") });
          done();
        } catch (error) {
          problem.textContent = error.message;
        }
      },
    },
    h("h1", null, "Sign in"),
    h("label", null, "Your name", h("input", { name: "name", required: true, maxlength: 60, autocomplete: "username" })),
    h("p", { class: "hint" }, "It stands beside what you acknowledge and silence."),
    h("label", null, "Token", h("input", { name: "token", type: "password", required: true, autocomplete: "current-password" })),
    problem,
    h("button", { type: "submit", class: "strong" }, "Sign in"),
  );
  main.replaceChildren(form);
  form.querySelector("input").focus();
}
