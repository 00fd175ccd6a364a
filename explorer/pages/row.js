// One row of any table: every value, every statement behind it, how to cite it, how to say that it is wrong.

import { fill, h } from "../dom.js";
import { L, say } from "../labels.js";
import { csv, descriptor, fieldsOf, json, rowOf, statements } from "../data.js";
import { cell, disputed, evidence, grid, link, prose } from "../parts.js";
import { statementsOf } from "../evidence.js";

// How to cite: the release, then the sources that support the row, the one that it rests on first.
async function citation(table, key, row, said) {
  const [site, entries] = await Promise.all([json("site.json"), json("citations.json")]);
  const against = new Set(said.filter((e) => e.relation !== "supports").map((e) => e.source_id));
  const rests = table === "sources" ? "" : (row?.source_id ?? "");
  const ids = [...new Set(said.map((e) => e.source_id))].filter((id) => !against.has(id) || id === rests).sort((a, b) => (b === rests) - (a === rests) || (a < b ? -1 : 1));
  return [say(site.cite_row, { table, row: key }), ...ids.map((id) => entries[id])].join("\n");
}

export async function row(table, key) {
  const said = await statements(table, key);
  // What was stated and rejected is no row of the table, and has its statements all the same.
  const found = await rowOf(table, key).catch((error) => { if (said.length) return null; throw error; });
  const { note, groups } = await statementsOf(table, key);
  const d = descriptor();
  const index = table === "sources" ? h("div", { id: "rests" }, h("button", { type: "button", onclick: (event) => restsOn(event.target, key) }, L.show_what_rests)) : null;
  return {
    title: `${table} / ${key}`,
    body: [
      h("p", { class: "lead" }, d.tables.get(table).title, " ", found ? disputed(found) : null),
      found ? h("dl", { class: "facts row" }, fieldsOf(table).map((f) => [h("dt", { title: f.description }, f.title, h("code", {}, f.name)), h("dd", {}, cell(table, found, f.name), found[f.name] === null && said.some((e) => e.field_name === f.name) ? [" ", evidence(table, key, f.name, `${f.title}, ${key}`)] : null)])) : h("p", { class: "problem" }, L.rejected_row),
      table === "sources" ? null : h("h2", {}, L.who_says_so), note ? h("p", { class: "note" }, prose(note)) : null, groups, groups.length || note || table === "sources" ? null : h("p", {}, L.no_statement),
      index,
      table === "sources" ? [h("h2", {}, L.source_itself), h("p", {}, (await json("citations.json"))[key])] : null,
      h("h2", {}, L.cite_row), h("pre", { tabindex: "0", id: "citation", "aria-label": L.cite_row }, await citation(table, key, found, said)), h("p", {}, L.cite_row_note),
      h("h2", {}, L.wrong), h("p", {}, L.wrong_how), h("pre", { tabindex: "0", "aria-label": L.wrong }, say(L.wrong_form, { table, row: key, version: d.version })),
      h("p", {}, h("a", { href: link.table(table) }, say(L.all_rows, { table })), " · ", h("a", { href: link.to("codebook", table) }, L.columns)),
    ],
  };
}

async function restsOn(button, id) {
  const host = button.parentNode;
  button.textContent = L.loading;
  let all;
  try {
    all = await csv("data/evidence.csv");
  } catch (error) {
    fill(host, h("p", { role: "alert", class: "problem" }, say(L.not_loaded, { what: error.message })));
    return;
  }
  const rows = Map.groupBy(all.filter((e) => e.source_id === id), (e) => `${e.table_name}\n${e.row_id}`);
  fill(host, h("h2", { tabindex: "-1" }, say(L.rests_on_it, { n: rows.size })), grid(say(L.rests_on_it, { n: rows.size }), [
    [L.table, ([of]) => of.table_name], [L.row, ([of]) => h("a", { href: link.row(of.table_name, of.row_id) }, of.row_id)], [L.relation_heading, (of) => [...new Set(of.map((e) => L[`short_${e.relation}`]))].join(", ")], [L.columns_stated, (of) => [...new Set(of.map((e) => e.field_name).filter(Boolean))].join(", ")],
  ], [...rows.values()]));
  // The button that was pressed is gone.
  host.querySelector("h2").focus();
}
