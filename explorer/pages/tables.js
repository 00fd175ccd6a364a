// Every table and view: sort, filter, search, the evidence of a cell, and as CSV what is shown.

import { h, toDOM } from "../dom.js";
import { L, say } from "../labels.js";
import { field, fieldsOf, fileOf, isTable, isView, keyOf, NotThere, closest, once, ready, rows } from "../data.js";
import { grid, link, number, prose } from "../parts.js";
import { showEvidence } from "../evidence.js";
import { csvFormatRows } from "../vendor/d3-dsv.js";

export async function tables() {
  const d = await ready();
  const views = [...d.views.values()].filter((v) => !v.is_macro && !d.tables.has(v.name));
  return {
    title: L.tables,
    body: [
      h("p", { class: "lead" }, L.tables_lead),
      grid(L.tables, [
        [L.table, (t) => h("a", { href: link.table(t.name) }, t.name)], [L.title, (t) => t.title], [L.rows, (t) => number(t.rowCount)], [L.covers, (t) => (t.coverage ? `${t.coverage.first_day} – ${t.coverage.last_day}` : "")],
        [L.file, (t) => [h("a", { href: t.path, download: "" }, "CSV"), " · ", h("a", { href: link.to("codebook", t.name) }, L.columns)]],
      ], [...d.tables.values()]),
      h("h2", {}, L.views), h("p", {}, L.views_lead),
      grid(L.views, [[L.view, (v) => h("a", { href: link.table(v.name) }, v.name)], [L.answers, (v) => prose(v.answers), "wide"], [L.rows, (v) => number(v.rows)], [L.file, (v) => h("a", { href: v.path, download: "" }, "CSV.gz")]], views),
    ],
  };
}

const NUMERIC = new Set(["integer", "number", "BIGINT", "DOUBLE", "INTEGER", "HUGEINT", "DECIMAL"]);
// Dates of the data are ISO texts, whose order is that of the alphabet.
const byDay = { comparator: (asked, cell) => { const day = `${asked.getFullYear()}-${String(asked.getMonth() + 1).padStart(2, "0")}-${String(asked.getDate()).padStart(2, "0")}`; return cell === null ? -1 : cell < day ? -1 : cell > day ? 1 : 0; }, inRangeInclusive: true };

// A filter for equality, as the grid has it for each kind of column.
const EQUALS = {
  agTextColumnFilter: (filter) => ({ filterType: "text", type: "equals", filter }),
  agNumberColumnFilter: (filter) => ({ filterType: "number", type: "equals", filter: Number(filter) }),
  agDateColumnFilter: (day) => ({ filterType: "date", type: "equals", dateFrom: `${day} 00:00:00`, dateTo: null }),
};

function column(table, name) {
  const f = field(table, name);
  const numeric = NUMERIC.has(String(f.type).replace(/\(.*/, ""));
  const date = f.type === "date" || f.type === "DATE";
  return {
    field: name, headerName: name, headerTooltip: [f.title, f.description].filter(Boolean).join(": "), minWidth: 110, width: /note|summary|reason|definition|description|title|says|statement/.test(name) ? 320 : 150,
    filter: numeric ? "agNumberColumnFilter" : date ? "agDateColumnFilter" : "agTextColumnFilter", filterParams: date ? byDay : {},
    ...(numeric ? { filterValueGetter: (p) => (p.data[name] === null ? null : Number(p.data[name])), comparator: (a, b) => (a === null ? -1 : b === null ? 1 : Number(a) - Number(b)), cellClass: "number" } : {}),
    tooltipField: name,
  };
}

// The library of the grid is larger than all the rest: fetched when a table is first opened.
const agGrid = () =>
  once("grid", () => new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: "vendor/ag-grid-community.js" });
    script.onload = () => {
      globalThis.agGrid.ModuleRegistry.registerModules([globalThis.agGrid.AllCommunityModule]);
      resolve(globalThis.agGrid);
    };
    script.onerror = () => reject(new Error(script.src));
    document.head.append(script);
  }));

export async function table(name, query) {
  const d = await ready();
  if (!isTable(name) && !(isView(name) && !d.views.get(name).is_macro)) throw new NotThere(name, closest(name, [...d.tables.keys(), ...[...d.views.values()].filter((v) => !v.is_macro).map((v) => v.name)]).map((t) => ["table", t]));
  const of = d.tables.get(name) ?? d.views.get(name);
  const columns = isTable(name) ? fieldsOf(name).map((f) => f.name) : Object.keys(d.views.get(name).types);
  const unknown = [...query.keys()].filter((c) => !columns.includes(c) && c !== "search");
  const shown = h("span", { id: "shown", role: "status" }, L.loading);
  return {
    title: `${name}`,
    body: [
      h("p", { class: "lead" }, of.title ? `${of.title}. ` : "", prose(of.description ?? of.answers)),
      unknown.length ? h("p", { role: "alert", class: "problem" }, say(L.no_column, { columns: unknown.join(", "), table: name })) : null,
      h("div", { class: "tools" },
        h("label", {}, L.search_in_all, " ", h("input", { type: "search", id: "quick", value: query.get("search") ?? "" })),
        h("button", { type: "button", id: "as-csv" }, L.csv_shown), h("button", { type: "button", id: "no-filter" }, L.no_filter), h("a", { href: fileOf(name), download: "" }, L.whole_file), h("a", { href: link.to("codebook", name) }, L.columns), shown),
      h("p", { class: "note", id: "grid-help" }, isTable(name) ? L.grid_help : L.grid_help_view),
      h("p", { id: "column-said", "aria-live": "polite" }, L.column_said),
      h("div", { id: "grid" }),
    ],
    drawn: (root) => draw(root, name, columns, query),
  };
}

async function draw(root, name, columns, query) {
  const [ag, all] = await Promise.all([agGrid(), rows(name)]);
  const host = root.querySelector("#grid");
  if (!host) return;
  const shown = root.querySelector("#shown");
  const open = (event) => showEvidence(name, isTable(name) ? keyOf(name, event.data) : "", event.colDef.field, event.data);
  const describe = (of) => { if (of?.getColDef) root.querySelector("#column-said").replaceChildren(...[h("strong", {}, of.getColId()), ": ", ...prose(of.getColDef().headerTooltip)].map((n) => toDOM(n))); };
  const api = ag.createGrid(host, {
    rowData: all, columnDefs: columns.map((c) => column(name, c)), defaultColDef: { sortable: true, resizable: true }, tooltipShowDelay: 400, theme: ag.themeQuartz.withParams({ fontFamily: "inherit", fontSize: 14, wrapperBorderRadius: 0 }),
    suppressDragLeaveHidesColumns: true, ensureDomOrder: true, tabToNextCell: () => false, tabToNextHeader: () => false, onCellKeyDown: (event) => { if (event.event.key === "Enter") open(event); }, onCellDoubleClicked: open, quickFilterText: query.get("search") ?? "",
    onCellFocused: (event) => describe(event.column), onHeaderFocused: (event) => describe(event.column),
    onModelUpdated: (event) => { shown.textContent = say(L.rows_shown, { n: number(event.api.getDisplayedRowCount()), of: number(all.length) }); },
    onFilterChanged: (event) => remember(event.api),
  });
  const remember = (of) => {
    // What is filtered for equality stands in the address, so that it can be sent to somebody.
    const model = of.getFilterModel();
    const asked = new URLSearchParams(Object.entries(model).filter(([, m]) => m.type === "equals").map(([c, m]) => [c, m.dateFrom?.slice(0, 10) ?? m.filter]));
    const text = root.querySelector("#quick")?.value;
    if (text) asked.set("search", text);
    if (location.hash.startsWith(link.table(name))) history.replaceState(null, "", link.table(name) + (asked.size ? `?${asked}` : ""));
  };
  const model = {};
  for (const [c, value] of query) if (columns.includes(c)) model[c] = EQUALS[column(name, c).filter](value);
  if (Object.keys(model).length) api.setFilterModel(model);
  root.querySelector("#quick").addEventListener("input", (event) => { api.setGridOption("quickFilterText", event.target.value); remember(api); });
  root.querySelector("#no-filter").addEventListener("click", () => { api.setFilterModel(null); root.querySelector("#quick").value = ""; api.setGridOption("quickFilterText", ""); remember(api); });
  root.querySelector("#as-csv").addEventListener("click", () => {
    const lines = [columns];
    api.forEachNodeAfterFilterAndSort((node) => lines.push(columns.map((c) => node.data[c] ?? "")));
    save(`${name}.csv`, `${csvFormatRows(lines)}\n`);
  });
  host.gridApi = api;
}

export function save(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const anchor = document.createElement("a");
  Object.assign(anchor, { href: address, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

export async function codebook(name) {
  const d = await ready();
  if (!name) {
    return {
      title: L.codebook,
      body: [h("p", { class: "lead" }, d.description), h("p", {}, h("a", { href: "data/README.md" }, L.codebook_file)),
        h("ul", {}, [...d.tables.values()].map((t) => h("li", {}, h("a", { href: link.to("codebook", t.name) }, t.name), `: ${t.title}`))),
        h("h2", {}, L.views), h("ul", {}, [...d.views.values()].filter((v) => !d.tables.has(v.name)).map((v) => h("li", {}, h("a", { href: link.to("codebook", v.name) }, v.call || v.name), `: ${v.answers}`)))],
    };
  }
  if (isTable(name)) {
    const codes = await rows("codes");
    const lists = [...new Set(fieldsOf(name).map((f) => f.codeList).filter(Boolean))];
    return {
      title: name,
      body: [
        h("p", { class: "lead" }, d.tables.get(name).title, ". ", prose(d.tables.get(name).description)), h("p", {}, h("a", { href: link.table(name) }, L.see_rows), " · ", L.key, ": ", d.tables.get(name).schema.primaryKey.join(", ")),
        grid(say(L.columns_of, { table: name }), [[L.column, (f) => f.name], [L.title, (f) => f.title], [L.type, (f) => f.type], [L.unit, (f) => f.unit], [L.codes, (f) => f.codeList], [L.description, (f) => prose(f.description), "wide"]], fieldsOf(name)),
        lists.map((list) => [h("h2", {}, say(L.code_list, { list })), grid(list, [[L.code, (c) => c.code], [L.label, (c) => c.label], [L.definition, (c) => prose(c.definition), "wide"]], codes.filter((c) => c.code_list === list))]),
      ],
    };
  }
  const view = d.views.get(name);
  if (!view) throw new NotThere(name, closest(name, [...d.tables.keys(), ...d.views.keys()]).map((t) => ["codebook", t]));
  return {
    title: view.call || name,
    body: [h("p", { class: "lead" }, prose(view.answers)), view.is_macro ? null : h("p", {}, h("a", { href: link.table(name) }, L.see_rows)),
      grid(say(L.columns_of, { table: name }), [[L.column, ([c]) => c], [L.description, ([, text]) => prose(text), "wide"]], Object.entries(view.columns)), h("h2", {}, "SQL"), h("pre", { tabindex: "0" }, view.sql)],
  };
}
