// What several pages are made of: values with their evidence, links, tables, days.

import { h } from "./dom.js";
import { L, say } from "./labels.js";
import { actorName, descriptor, field, inWords, isTable, json, keyOf, label } from "./data.js";

const path = (...parts) => `#/${parts.map((part) => encodeURIComponent(part)).join("/")}`;
export const link = { state: (iso3) => path("state", iso3), row: (table, key) => path("row", table, key), table: (name, query = {}) => path("table", name) + asked(query), to: path };
const asked = (query) => (Object.keys(query).length ? `?${new URLSearchParams(query)}` : "");

const MONTHS = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

// A day in words, no more exactly than it is known.
export function day(value, precision = "day") {
  if (!value) return "";
  const date = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return value;
  if (precision === "year") return value.slice(0, 4);
  return (precision === "month" ? MONTH : MONTHS).format(date);
}

const NUMBER = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 4 });
export const number = (value) => (value === null || value === "" || Number.isNaN(Number(value)) ? (value ?? "") : NUMBER.format(Number(value)));

// Large sums with their magnitude: "62 billion USD".
export function amount(value, unit) {
  const size = [[1e12, L.trillion], [1e9, L.billion], [1e6, L.million]].find(([n]) => Math.abs(Number(value)) >= n);
  const said = size ? `${NUMBER.format(Number((Number(value) / size[0]).toPrecision(5)))} ${size[1]}` : NUMBER.format(Number(Number(value).toPrecision(6)));
  // A unit is no heading: "kilometre", but "US dollar".
  const named = unit === "percent" ? "%" : unit && unit !== "count" ? label("economic_figures", "unit", unit).replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase()) : "";
  return [said, named].filter(Boolean).join(" ");
}

// The button that shows who says so; `what` is what it is the evidence of, for those who hear the page.
export const evidence = (table, key, column, what) =>
  h("button", { type: "button", class: "ev", "data-evidence": JSON.stringify([table, key, column ?? null]), "aria-label": say(L.evidence_of, { what }), title: L.evidence }, "§");

export const disputed = (row) => (row.contested === "true" || row.contested === true ? h("span", { class: "tag disputed", title: L.disputed_means }, L.disputed) : null);

// A value as people read it: codes by their label, days in words, ids as links to what they mean.
export function value(table, row, name) {
  const raw = row[name];
  if (raw === null || raw === undefined) return null;
  const f = field(table, name);
  if (f.type === "date" || f.type === "DATE") return day(raw, row[`${name}_precision`] ?? "day");
  if (f.type === "boolean") return raw === "true" ? L.yes : L.no;
  if (f.codeList) return raw.split("|").map((code) => label(table, name, code)).join(", ");
  if (f.type === "number" || f.type === "integer") return /year|ccode|gwcode|m49|rcid|session|char_/.test(name) ? raw : number(raw);
  const target = reference(table, name);
  if (target) return h("a", { href: target.href(raw) }, target.of === "actors" ? actorName(raw) : raw);
  if (/^https?:\/\//.test(raw)) return h("a", { href: raw, rel: "noopener" }, raw);
  return CODED.test(name) || !isTable(table) ? inWords(raw) : raw;
}

// Columns of issues and indicators, whose labels stand in tables of their own.
const CODED = /^(issue|case_id|provision|indicator|peer)$/;
const PAGE = { summits: "summit", documents: "document", projects: "project" };
const STATES = new Set(["iso3", "iso3_1", "iso3_2"]);
const SAME_NAME = { actor_id: "actors", source_id: "sources", status_id: "statuses", document_id: "documents", summit_id: "summits", project_id: "projects", event_id: "events", roll_call_id: "roll_calls", claim_id: "claims", figure_id: "economic_figures", position_id: "positions", reading_id: "readings", coding_id: "peer_codings" };

// To which row a column points: by its foreign key; in a view, by its name.
export function reference(table, name) {
  const key = isTable(table) && (descriptor().tables.get(table).schema.foreignKeys ?? []).find((k) => k.fields.length === 1 && k.fields[0] === name);
  const of = STATES.has(name) ? "members" : key ? key.reference.resource || table : isTable(table) ? null : SAME_NAME[name];
  if (!of) return null;
  // A state has a page, as have a summit, a document and a project; anything else has a row.
  const href = (id) => (of === "members" || (of === "actors" && /^[A-Z]{3}$/.test(id)) ? link.state(id) : PAGE[of] ? link.to(PAGE[of], id) : link.row(of, id));
  return { of: of === "members" ? "actors" : of, href };
}

export const blank = () => h("span", { class: "blank", title: L.blank_means, role: "img", "aria-label": L.blank_means }, L.blank);

// What these hold is itself the evidence.
const SELF = new Set(["sources", "evidence"]);

// A value with the button that shows what it rests on.
export function cell(table, row, name) {
  const shown = value(table, row, name);
  if (shown === null) return blank();
  return [shown, " ", SELF.has(table) ? null : evidence(table, keyOf(table, row), name, `${field(table, name).title}, ${keyOf(table, row)}`)];
}

// A sign in a matrix that is itself the button to its evidence.
export const mark = (sign, kind, table, key, column, what) =>
  h("button", { type: "button", class: `mark ${kind}`, "data-evidence": JSON.stringify([table, key, column]), "aria-label": `${say(L.evidence_of, { what })}: ${sign}`, title: what }, sign);

// Text of the codebook, in which names stand between backticks.
export const prose = (text) => (text ?? "").split("`").map((part, i) => (i % 2 ? h("code", {}, part) : part));

// Rows as a table: columns are [heading, row => nodes, "wide" if it holds sentences].
export function grid(caption, columns, rows) {
  return h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
    h("table", {},
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, columns.map(([heading, , width]) => h("th", { scope: "col", class: width }, heading)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, columns.map(([, made], i) => h(i ? "td" : "th", i ? {} : { scope: "row" }, made(row))))))));
}

// Columns of a table, each with its title from the codebook and its evidence.
export const columnsOf = (table, ...names) => names.map((name) => [field(table, name).title, (row) => cell(table, row, name)]);
export const plainColumns = (table, ...names) => names.map((name) => [field(table, name).title, (row) => value(table, row, name)]);

// A picture that the build drew, with what it shows in words and the table behind it.
export async function chart(name) {
  const { alt, title, width, height, columns, rows } = await json(`charts/${name}.json`);
  return h("figure", { class: "chart" },
    h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": title }, h("img", { src: `charts/${name}.svg`, alt, loading: "lazy", width, height })),
    h("figcaption", {}, alt),
    h("details", {}, h("summary", {}, say(L.table_behind, { title })), grid(title, columns.map((c, i) => [c.replaceAll("_", " "), (row) => inWords(row[i])]), rows),
      h("p", {}, h("a", { href: `charts/${name}.csv`, download: "" }, L.csv_of_chart))));
}

// Whole years, months, or days: a period no more exactly than it is given.
export function period(first, last) {
  if (!first) return day(last);
  if (first.endsWith("-01-01") && last.endsWith("-12-31")) return first.slice(0, 4) === last.slice(0, 4) ? first.slice(0, 4) : `${first.slice(0, 4)}–${last.slice(0, 4)}`;
  const next = new Date(`${last}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  const months = first.endsWith("-01") && next.getUTCDate() === 1 ? "month" : "day";
  return first.slice(0, 7) === last.slice(0, 7) && months === "month" ? day(first, "month") : `${day(first, months)} – ${day(last, months)}`;
}

// Who stood apart from what, with the row of the tables behind a line of the view.
export function evidenceOfDissent(d, parties, positions) {
  const party = d.document_id && parties.find((p) => p.document_id === d.document_id && p.actor_id === d.actor_id && p.role === d.form && p.source_id === d.source_id);
  if (party) return evidence("document_parties", party.party_id, null, `${actorName(d.actor_id)}, ${d.title}`);
  const position = positions.find((p) => p.holder === d.actor_id && p.act === d.form && p.source_id === d.source_id && p.document_id === d.document_id);
  return position ? evidence("positions", position.position_id, null, `${actorName(d.actor_id)}, ${d.title}`) : null;
}

// The head of a column of states: a code, and its name for those who do not know it.
export const stateHead = (id) => h("abbr", { title: actorName(id) }, id);

export const rowLink = (table, row, text = L.the_row) => h("a", { href: link.row(table, keyOf(table, row)) }, text);
