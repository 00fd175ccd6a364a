// How to cite, what to download, what changed, and a search over all names.

import { h } from "../dom.js";
import { L, say } from "../labels.js";
import { actorName, descriptor, inWords, json, ready, rows } from "../data.js";
import { day, grid, link } from "../parts.js";

export async function about() {
  await ready();
  const [site, text] = await Promise.all([json("site.json"), fetch("CHANGELOG.md").then((r) => r.text())]);
  const d = descriptor();
  return {
    title: L.about,
    body: [
      h("p", { class: "lead" }, d.description),
      h("dl", { class: "facts" }, h("dt", {}, L.version), h("dd", {}, d.version), h("dt", {}, L.made_on), h("dd", {}, day(d.created.slice(0, 10))), h("dt", {}, L.licence), h("dd", {}, h("a", { href: d.licenses[0].path }, d.licenses[0].title))),
      h("h2", {}, L.cite), h("pre", { tabindex: "0", "aria-label": L.cite }, site.cite), h("pre", { tabindex: "0", "aria-label": "BibTeX" }, site.bibtex), h("p", {}, L.cite_row_note),
      h("h2", {}, L.downloads), h("ul", {},
        h("li", {}, h("a", { href: "data/datapackage.json", download: "" }, "datapackage.json"), `: ${L.descriptor_is}`), h("li", {}, h("a", { href: "#/tables" }, L.each_table)), h("li", {}, L.whole_release)),
      h("h2", {}, L.trust), h("p", {}, L.trust_text), h("p", {}, h("a", { href: "data/README.md" }, L.codebook_file)),
      h("h2", {}, L.wrong), h("p", {}, L.wrong_how), h("pre", { tabindex: "0", "aria-label": L.wrong }, say(L.wrong_form, { table: "…", row: "…", version: d.version })),
      h("h2", {}, L.pictures), h("p", {}, L.pictures_text),
      h("h2", {}, L.changelog), h("pre", { class: "long", tabindex: "0", "aria-label": L.changelog }, text),
      h("h2", {}, L.made_with), h("ul", {}, site.libraries.map((l) => h("li", {}, `${l.name} ${l.version}, ${l.licence}`))),
    ],
  };
}

const MOST = 200;
const HOMES = { actors: null, projects: "project", documents: "document" };

export async function search(text) {
  const wanted = text.trim().toLowerCase();
  // A row is found once, by whichever of its names.
  const found = wanted ? Map.groupBy((await rows("names")).filter((n) => n.name.toLowerCase().includes(wanted)), (n) => `${n.table_name}\n${n.row_id}`) : new Map();
  const names = [...found.values()];
  const to = (n) => (n.table_name === "actors" && n.kind === "state" ? link.state(n.row_id) : HOMES[n.table_name] ? link.to(HOMES[n.table_name], n.row_id) : link.row(n.table_name, n.row_id));
  const heading = say(L.found, { n: names.length, text });
  return { title: heading, body: [names.length > MOST ? h("p", {}, say(L.first_shown, { n: MOST })) : null, names.length ? grid(heading, [[L.name, ([n, ...more]) => [h("a", { href: to(n) }, n.table_name === "actors" ? actorName(n.row_id) : n.name), [n, ...more].map((m) => m.name).filter((name) => name !== actorName(n.row_id) && (n.table_name === "actors" || name !== n.name)).map((name) => h("span", { class: "note" }, ` · ${name}`))]], [L.kind, ([n]) => inWords(n.kind)], [L.table, ([n]) => n.table_name]], names.slice(0, MOST)) : h("p", {}, L.nothing_found)] };
}
