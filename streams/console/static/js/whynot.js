// "Why not": the newest articles that did not page, with the reason for each.

import { h, outside, said } from "./dom.js";
import { ask } from "./session.js";
import { ago, many } from "./words.js";

const PAUSE_MS = 250;

function row(article) {
  return h(
    "li",
    { class: "row" },
    h("p", { class: "title" }, outside(article.url, said(article.title || article.id))),
    h("p", { class: "about" }, h("span", { class: "tag" }, article.status_words), h("span", null, article.reason), h("span", null, `alert probability ${Math.round(article.confidence * 100)} %`), article.source ? said(article.source) : null, article.published_at ? ago(article.published_at) : null),
  );
}

function choice(label, onchange) {
  const select = h("select", { "aria-label": label, onchange });
  const show = (any, counts) => {
    const chosen = select.value;
    const known = Object.entries(counts).sort((a, b) => b[1] - a[1]);
    if (chosen && !(chosen in counts)) known.push([chosen, 0]);
    select.replaceChildren(h("option", { value: "" }, any), ...known.map(([value, count]) => h("option", { value }, `${value.replaceAll("_", " ")} (${count})`)));
    select.value = chosen;
  };
  return { select, show };
}

/** The page; it searches on the server, in the newest few thousand. */
export function whyNotPage() {
  let asked = 0;
  let timer = null;
  const rows = h("ul", { class: "rows" });
  const found = h("p", { class: "hint", role: "status" }, "Loading…");
  const search = h("input", { type: "search", id: "search", placeholder: "Search title, source or id", "aria-label": "Search suppressed articles", maxlength: 200, oninput: () => soon() });
  const status = choice("What the article is", () => load());
  const reason = choice("Reason", () => load());
  const refresh = h("button", { type: "button", onclick: () => load() }, "Refresh");
  const root = h(
    "section",
    { class: "whynot sheet", "aria-labelledby": "whynot-title" },
    h("h1", { id: "whynot-title" }, "Why it did not page"),
    h("p", { class: "hint" }, "Every article that was read and put aside, with the rule that decided. For an article of any age: tocsin explain."),
    h("search", { class: "filters" }, search, status.select, reason.select, refresh),
    found,
    rows,
  );

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(load, PAUSE_MS);
  }

  async function load() {
    const mine = ++asked;
    const query = new URLSearchParams({ q: search.value, status: status.select.value, reason: reason.select.value });
    try {
      const answer = await ask(`/api/suppressed?${query}`);
      if (mine !== asked) return;
      found.textContent = `${answer.matching} of the newest ${many(answer.searched, "article")} put aside${answer.matching > answer.articles.length ? `; the first ${answer.articles.length} are shown` : ""}.`;
      status.show("Anything", answer.statuses);
      reason.show("Any reason", answer.reasons);
      rows.replaceChildren(...answer.articles.map(row));
    } catch (error) {
      if (mine === asked) found.textContent = error.message;
    }
  }

  load();
  return { root };
}
