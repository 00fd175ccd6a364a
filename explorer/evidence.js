// Who says so, where, and who does not: the dialog behind every §.

import { fill, h } from "./dom.js";
import { L, say } from "./labels.js";
import { descriptor, field, isView, label, ready, rowOf, source, statements } from "./data.js";
import { blank, day, link, prose, reference, value } from "./parts.js";

const RELATIONS = ["supports", "contradicts", "rejected"];

// One statement of a source: its words, what was coded from them, where they stand.
async function statement(table, said) {
  const from = await source(said.source_id);
  const title = from.url ? h("a", { href: from.url, rel: "noopener" }, from.title) : from.title;
  const by = [from.authors ?? from.publisher, from.published_on ? day(from.published_on) : from.year].filter(Boolean).join(", ");
  return h("li", { class: said.relation },
    h("p", {},
      said.field_name ? h("span", { class: "of" }, field(table, said.field_name).title, ": ") : null,
      said.stated_value === null ? L.whole_row : h(said.stated_value === said.coded_value ? "span" : "q", { class: "stated" }, said.stated_value),
      said.coded_value !== null && said.coded_value !== said.stated_value ? [" ", h("span", { class: "coded" }, say(L.coded_as, { value: said.coded_value }))] : null),
    h("p", { class: "source" }, title, by ? ` (${by})` : "", said.source_locator ? [" · ", h("span", {}, said.source_locator)] : null, " · ",
      h("a", { href: link.row("sources", said.source_id) }, said.source_id), " · ", said.read_extent ? label("evidence", "read_extent", said.read_extent) : null),
    said.note ? h("p", { class: "note" }, said.note) : null);
}

// All statements of a row or of one of its cells, those for it first.
export async function statementsOf(table, key, column) {
  let all = await statements(table, key, column);
  let note = null;
  let head = (relation) => L[`relation_${relation}`];
  if (!all.length && column) {
    // Nobody states this cell by itself: what the row as a whole rests on.
    all = await statements(table, key);
    note = reason(table, column);
    head = (relation) => L[`rests_${relation}`];
  } else if (!all.length && table !== "sources") note = L.made[descriptor().tables.get(table).madeFrom] ?? null;
  const groups = await Promise.all(RELATIONS.map(async (relation) => {
    const of = all.filter((e) => e.relation === relation);
    return of.length ? h("section", {}, h("h3", {}, say(head(relation), { n: of.length })), h("ul", { class: "statements" }, await Promise.all(of.map((e) => statement(table, e))))) : null;
  }));
  const counts = RELATIONS.map((relation) => [relation, all.filter((e) => e.relation === relation).length]).filter(([, n]) => n);
  // Above long lists, so that nobody misses that some say otherwise.
  const summary = counts.length > 1 ? h("p", { class: "counts" }, counts.map(([relation, n]) => say(head(relation), { n })).join(" · ")) : null;
  return { note, groups: [summary, ...groups.filter(Boolean)].filter(Boolean) };
}

function reason(table, column) {
  const f = field(table, column);
  return say(L.origin[f.origin] ?? L.origin.stated, { description: f.description });
}

// Of a value in a view: how it is made, and the rows that it names.
function ofView(name, column, row) {
  const view = descriptor().views.get(name);
  const named = Object.keys(row ?? {}).filter((c) => row[c] !== null && reference(name, c));
  return [h("p", {}, prose(view.columns[column])), h("p", {}, say(L.computed, { view: name })), h("p", {}, prose(view.answers)),
    named.length ? h("p", {}, L.rows_named, " ", named.map((c, i) => [i ? ", " : "", value(name, row, c)])) : null,
    h("p", {}, L.made_from, " ", view.uses.flatMap((t) => [h("a", { href: link.table(t) }, t), " "])),
    h("details", {}, h("summary", {}, L.its_sql), h("pre", { tabindex: "0" }, view.sql))];
}

let turn = 0;

export async function showEvidence(table, key, column, row) {
  const dialog = document.getElementById("evidence");
  // An answer that comes late does not take the place of the next one.
  const mine = ++turn;
  const show = (...nodes) => { if (mine === turn) fill(dialog, ...nodes); };
  fill(dialog, h("p", { role: "status" }, L.loading));
  if (!dialog.open) dialog.showModal();
  try {
    await ready();
    const title = column ? field(table, column).title : table;
    let body;
    if (!isView(table)) {
      const { note, groups } = await statementsOf(table, key, column);
      row = await rowOf(table, key);
      body = [
        h("p", {}, h("a", { href: link.row(table, key) }, `${table} / ${key}`), column ? [": ", h("strong", {}, value(table, row, column) ?? blank())] : null),
        column && field(table, column).description ? h("p", { class: "note" }, prose(field(table, column).description)) : null,
        note ? h("p", { class: "note" }, prose(note)) : null, groups,
        row.note ? h("p", { class: "note" }, L.remark, ": ", row.note) : null,
      ];
    } else body = ofView(table, column, row);
    show(h("div", { class: "bar" }, h("h2", { id: "evidence-title" }, `${L.evidence}: ${title}`), h("button", { type: "button", onclick: () => dialog.close() }, L.close)), body);
  } catch (error) {
    show(h("div", { class: "bar" }, h("h2", { id: "evidence-title" }, L.evidence), h("button", { type: "button", onclick: () => dialog.close() }, L.close)), h("p", { role: "alert" }, say(L.not_loaded, { what: error.message })));
  }
}
