// The release in the browser: tables and views are fetched when they are first asked for, and kept.

import { L } from "./labels.js";
import { csvParseRows } from "./vendor/d3-dsv.js";

const kept = new Map();

// What is not there: a page, a table, a row. `near` are ids that the reader may have meant.
export class NotThere extends Error {
  constructor(what, near = []) {
    super(what);
    this.near = near;
  }
}

export function once(key, make) {
  if (!kept.has(key)) kept.set(key, make().catch((error) => { kept.delete(key); throw error; }));
  return kept.get(key);
}

async function fetched(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${answer.statusText}`);
  if (!path.endsWith(".gz")) return answer.text();
  const bytes = await answer.arrayBuffer();
  const magic = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  // Some servers unpack it on the way.
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return new TextDecoder().decode(bytes);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

export const json = (path) => once(path, async () => JSON.parse(await fetched(path)));

// Rows of a CSV file as objects; an empty cell is null.
export const csv = (path) =>
  once(path, async () => {
    const [header, ...lines] = csvParseRows(await fetched(path));
    const rows = lines.map((line) => {
      const row = {};
      for (let i = 0; i < header.length; i++) row[header[i]] = line[i] === "" ? null : line[i];
      return row;
    });
    rows.columns = header;
    return rows;
  });

let described = null;
let fields = new Map();
let labels = new Map();
let names = new Map();
let words = new Map();

// Fetch what every page but the first needs: the descriptor, the codes and the names of actors.
export const ready = () =>
  once("ready", async () => {
    const [descriptor, codes, actors, views, issues, indicators] = await Promise.all([json("data/datapackage.json"), csv("data/codes.csv"), csv("data/actors.csv"), json("views/views.json"), csv("data/issues.csv"), csv("data/indicators.csv")]);
    described = { ...descriptor, tables: new Map(descriptor.resources.map((r) => [r.name, r])), views: new Map(views.map((v) => [v.name, v])) };
    for (const r of descriptor.resources) fields.set(r.name, new Map(r.schema.fields.map((f) => [f.name, f])));
    for (const c of codes) labels.set(`${c.code_list}/${c.code}`, c.label);
    for (const a of actors) names.set(a.actor_id, a.name);
    for (const [code, label] of [...Object.entries(L.words), ...issues.map((i) => [i.issue, i.label]), ...indicators.map((i) => [i.indicator, i.label]), ...codes.map((c) => [c.code, c.label])]) if (!words.has(code)) words.set(code, label);
    return described;
  });

export const descriptor = () => described;
export const fieldsOf = (table) => [...(fields.get(table)?.values() ?? [])];
export const isTable = (name) => described.tables.has(name);
export const isView = (name) => described.views.has(name);
export const actorName = (id) => names.get(id) ?? id;

// The column of a view that a table has too is described and labelled as there.
const OF_NAME = new Map();
export function field(table, name) {
  const own = fields.get(table)?.get(name);
  if (own) return own;
  if (!OF_NAME.size) for (const of of fields.values()) for (const f of of.values()) if (!OF_NAME.has(f.name)) OF_NAME.set(f.name, f);
  const view = described.views.get(table);
  const list = view?.codes[name];
  const other = OF_NAME.get(name);
  return { name, title: other?.title ?? name.replaceAll("_", " "), description: view?.columns[name], type: view?.types[name], codeList: list ?? other?.codeList };
}

// The label of a code, by the code list of its column.
export function label(table, name, code) {
  const list = field(table, name).codeList;
  return (list && labels.get(`${list}/${code}`)) ?? code;
}
// A code of which no list is known, as in the columns of a view, by the first label that it has anywhere; without one, as words.
export const inWords = (code) => words.get(code) ?? (/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(code) ? code.replaceAll("_", " ") : code);
export const labelOf = (list, code) => labels.get(`${list}/${code}`) ?? code;

// Where the file of a table or view lies, under the site.
export const fileOf = (name) => (isTable(name) ? described.tables.get(name).path : described.views.get(name).path);

export async function rows(name) {
  await ready();
  if (!isTable(name) && !isView(name)) throw new NotThere(name, closest(name, [...described.tables.keys(), ...described.views.keys()]));
  return csv(fileOf(name));
}

// The rows of a table of 27,000 figures that are of one state lie in a file of their own.
export const figuresOf = (iso3) => csv(`slices/economic_figures/${iso3}.csv`);

export const keyOf = (table, row) => described.tables.get(table).schema.primaryKey.map((part) => row[part] ?? "").join("|");

const byKey = (table) =>
  once(`key/${table}`, async () => {
    const all = await rows(table);
    return new Map(all.map((row) => [keyOf(table, row), row]));
  });

export async function rowOf(table, key) {
  await ready();
  if (!isTable(table)) throw new NotThere(table, closest(table, [...described.tables.keys()]));
  const all = await byKey(table);
  if (!all.has(key)) throw new NotThere(`${table}/${key}`, closest(key, [...all.keys()]).map((k) => [table, k]));
  return all.get(key);
}

const grams = (text) => new Set([...text.toLowerCase()].map((_, i, all) => all.slice(i, i + 3).join("")));

// The ids that share most with what was asked for, by groups of three letters.
export function closest(asked, known, most = 5) {
  const wanted = grams(asked);
  const shared = known.map((id) => [id, [...grams(id)].filter((g) => wanted.has(g)).length / Math.max(1, Math.sqrt(id.length))]);
  return shared.filter(([, n]) => n > 0.2).sort((a, b) => b[1] - a[1]).slice(0, most).map(([id]) => id);
}

export const source = (id) => rowOf("sources", id);

// As the view `statements` has it: the rows of evidence, and for what was taken over whole from a dataset the statement that the row is itself.
const SERIES = { economic_figures: ["value", () => true], roll_calls: [null, (row, said) => row.contested !== "true" && !said], roll_call_votes: ["vote", (row, said) => !said] };

// Without a column, all that is said of the row.
export async function statements(table, key, column = null) {
  const row = await rowOf(table, key).catch(() => null);
  const of = await json("evidence/tables.json");
  const shard = of.includes(table) ? await once(`evidence/${table}`, async () => Map.groupBy(await csv(`evidence/${table}.csv`), (e) => e.row_id)) : new Map();
  const said = shard.get(key) ?? [];
  const itself = [];
  const series = SERIES[table];
  if (row && series && series[1](row, said.length) && (await source(row.source_id)).series === "true") {
    const value = series[0] && row[series[0]];
    itself.push({ field_name: series[0], stated_value: value, coded_value: value, relation: "supports", source_id: row.source_id, source_locator: row.source_locator, read_extent: "full", note: null });
  }
  return [...said, ...itself].filter((e) => column === null || e.field_name === column);
}
