// The router: an address after # is a page.

import { fill, h, toDOM } from "./dom.js";
import { L, say, useLabels } from "./labels.js";
import { json, NotThere } from "./data.js";
import { chart, link } from "./parts.js";
import { showEvidence } from "./evidence.js";
import { overview } from "./pages/overview.js";

useLabels(JSON.parse(document.getElementById("labels").textContent));
const main = document.querySelector("main");
const days = () => json("days.json");

// The first part of an address -> the page. A page is a title, its parts, and what is to be done once it is drawn.
const PAGES = {
  "": async () => first(),
  on: async ([on]) => first(on),
  states: async () => (await import("./pages/states.js")).states(),
  state: async ([iso3 = ""]) => { const page = await import("./pages/states.js"); await page.loadIssues(); return page.state(iso3); },
  summits: async () => (await import("./pages/summits.js")).summits(),
  summit: async ([id = ""]) => (await import("./pages/summits.js")).summit(id),
  documents: async () => (await import("./pages/summits.js")).documents(),
  document: async ([id = ""]) => (await import("./pages/summits.js")).document(id),
  projects: async () => (await import("./pages/projects.js")).projects(),
  project: async ([id = ""]) => (await import("./pages/projects.js")).project(id),
  positions: async () => (await import("./pages/positions.js")).positions(),
  readings: async ([about]) => (await import("./pages/positions.js")).readings(about),
  figures: async () => (await import("./pages/figures.js")).figures(),
  tables: async () => (await import("./pages/tables.js")).tables(),
  table: async ([name = ""], query) => (await import("./pages/tables.js")).table(name, query),
  codebook: async ([name]) => (await import("./pages/tables.js")).codebook(name),
  row: async ([table = "", ...key]) => (await import("./pages/row.js")).row(table, key.join("/")),
  about: async () => (await import("./pages/about.js")).about(),
  search: async ([text]) => (await import("./pages/about.js")).search(text ?? ""),
};
const NEEDS_DATA = (page) => !["", "on"].includes(page);

async function first(on) {
  const of = await days();
  return {
    title: null, whole: overview(of, on ?? of.last_day),
    drawn: async (root) => {
      root.append(toDOM(h("div", {}, h("h2", {}, L.timeline), await chart("timeline"))));
    },
  };
}

function parts() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  try {
    return [path.split("/").map(decodeURIComponent), new URLSearchParams(query)];
  } catch {
    throw new NotThere(path);
  }
}

const SPELT = { state: (id) => link.state(id), table: (id) => link.table(id) };
const towards = (near) => (Array.isArray(near) ? (SPELT[near[0]]?.(near[1]) ?? (PAGES[near[0]] ? link.to(near[0], near[1]) : link.row(near[0], near[1]))) : link.table(near));

function lost(what, near) {
  return {
    title: L.not_there,
    body: [h("p", { role: "alert" }, say(L.not_there_text, { what: what || location.hash })), near.length ? [h("p", {}, L.did_you_mean), h("ul", {}, near.map((n) => h("li", {}, h("a", { href: towards(n) }, Array.isArray(n) ? n.slice(1).join(", ") : n))))] : null,
      h("p", {}, h("a", { href: "#/" }, L.overview), " · ", h("a", { href: "#/tables" }, L.tables))],
  };
}

// How far down each page was when it was left, for those who come back to it.
history.scrollRestoration = "manual";
const heights = new Map();
let back = false;
let left = location.hash;
globalThis.navigation?.addEventListener("navigate", (event) => {
  back = event.navigationType === "traverse";
  heights.set(left, scrollY);
});

let turn = 0;
async function show(event) {
  const mine = ++turn;
  // What it shows belongs to the page before.
  document.getElementById("evidence").close();
  let page;
  let name = "";
  try {
    const [[asked, ...rest], query] = parts();
    name = asked;
    if (!Object.hasOwn(PAGES, name)) throw new NotThere(location.hash);
    if (event && NEEDS_DATA(name)) fill(main, h("p", { role: "status" }, L.loading));
    if (NEEDS_DATA(name)) await (await import("./data.js")).ready();
    page = await PAGES[name](rest, query);
  } catch (error) {
    if (!(error instanceof NotThere)) console.warn(error);
    page = error instanceof NotThere ? lost(error.message, error.near) : { title: L.not_there, body: [h("p", { role: "alert" }, say(L.not_loaded, { what: error.message }))] };
  }
  // A slower page that was asked for earlier does not overwrite the one that was asked for last.
  if (mine !== turn) return;
  fill(main, page.whole ?? h("div", {}, h("h1", { tabindex: "-1" }, page.title), page.body));
  document.title = page.title ? `${page.title} · ${L.site}` : L.site;
  for (const a of document.querySelectorAll("nav a")) {
    if (a.hash === `#/${name}` || a.hash === `#/${name}s` || (a.hash === "#/" && name === "on")) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  document.body.dataset.page = name;
  if (event) {
    scrollTo(0, back ? (heights.get(location.hash) ?? 0) : 0);
    main.querySelector("h1")?.focus({ preventScroll: true });
  }
  try {
    await page.drawn?.(main);
  } catch (error) {
    console.warn(error);
    main.append(toDOM(h("p", { role: "alert", class: "problem" }, say(L.not_loaded, { what: error.message }))));
  }
  left = location.hash;
  main.dataset.ready = left;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-evidence]");
  // An address after # is a page: the link over the navigation moves the focus and leaves the address.
  if (event.target.closest(".skip")) {
    event.preventDefault();
    main.focus();
  }
  if (button) showEvidence(...JSON.parse(button.dataset.evidence));
});
document.querySelector("#find").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = link.to("search", new FormData(event.target).get("text"));
});
addEventListener("hashchange", show);
show();
