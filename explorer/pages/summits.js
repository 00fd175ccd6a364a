// Summits and the documents that they adopted.

import { h } from "../dom.js";
import { L, say } from "../labels.js";
import { actorName, NotThere, closest, rows } from "../data.js";
import { cell, columnsOf, day, disputed, evidence, grid, link, rowLink, value } from "../parts.js";

export async function summits() {
  const all = [...(await rows("summits"))].sort((a, b) => (a.session_date < b.session_date ? 1 : -1));
  return {
    title: L.summits,
    body: [h("p", { class: "lead" }, L.summits_lead), grid(L.summits, [
      [L.day, (s) => cell("summits", s, "session_date")], [L.body, (s) => value("summits", s, "body")], [L.title, (s) => h("a", { href: link.to("summit", s.summit_id) }, s.title ?? s.summit_id)],
      [L.place, (s) => (s.city ? cell("summits", s, "city") : "")], [L.format, (s) => cell("summits", s, "format")], [L.disputed_heading, disputed],
    ], all)],
  };
}

const found = (all, column, id) => {
  const row = all.find((r) => r[column] === id);
  if (!row) throw new NotThere(id, closest(id, all.map((r) => r[column])).map((k) => [column.replace("_id", ""), k]));
  return row;
};

// The parts of a row, one under the other, each with its evidence.
const facts = (table, row, ...names) => h("dl", { class: "facts" }, columnsOf(table, ...names.filter((n) => row[n] !== null)).map(([title, made]) => [h("dt", {}, title), h("dd", {}, made(row))]));

export async function summit(id) {
  const [all, attendance, documents] = await Promise.all(["summits", "summit_attendance", "documents"].map(rows));
  const row = found(all, "summit_id", id);
  const came = attendance.filter((a) => a.summit_id === id).sort((a, b) => (a.capacity + a.actor_id < b.capacity + b.actor_id ? -1 : 1));
  const texts = documents.filter((d) => d.summit_id === id);
  return {
    title: row.title ?? id,
    body: [
      facts("summits", row, "body", "ordinal", "session_date", "first_day", "last_day", "city", "country_iso3", "format", "chair_iso3", "outcome"), disputed(row), row.note ? h("p", { class: "note" }, row.note) : null,
      h("p", {}, rowLink("summits", row)),
      h("h2", {}, L.documents), texts.length ? h("ul", {}, texts.map((d) => h("li", {}, h("a", { href: link.to("document", d.document_id) }, d.title), " (", value("documents", d, "kind"), ") ", evidence("documents", d.document_id, null, d.title)))) : h("p", {}, L.none_known),
      h("h2", {}, L.who_came), came.length ? grid(L.who_came, [[L.participant, (a) => value("summit_attendance", a, "actor_id")], ...columnsOf("summit_attendance", "capacity", "attended", "represented_by", "representative_level")], came) : h("p", {}, L.none_known),
    ],
  };
}

export async function documents() {
  const all = [...(await rows("documents"))].sort((a, b) => ((a.adopted_on ?? "") < (b.adopted_on ?? "") ? 1 : -1));
  return {
    title: L.documents,
    body: [h("p", { class: "lead" }, L.documents_lead), grid(L.documents, [
      [L.title, (d) => h("a", { href: link.to("document", d.document_id) }, d.title)], [L.kind, (d) => value("documents", d, "kind")], [L.adopted, (d) => cell("documents", d, "adopted_on")], [L.in_force, (d) => (d.in_force_on ? cell("documents", d, "in_force_on") : "")], [L.disputed_heading, disputed],
    ], all)],
  };
}

export async function document(id) {
  const [all, parties, behind, positions] = await Promise.all(["documents", "document_parties", "text_parties", "positions"].map(rows));
  const row = found(all, "document_id", id);
  const named = parties.filter((p) => p.document_id === id);
  const whole = named.filter((p) => p.provision === null);
  const of = named.filter((p) => p.provision !== null);
  const presumed = behind.filter((p) => p.document_id === id && p.basis === "presumed_from_status");
  const said = positions.filter((p) => p.document_id === id);
  return {
    title: row.title,
    body: [
      facts("documents", row, "kind", "adopted_on", "summit_id", "event_id", "adoption_form", "authentic_languages", "in_force_on", "url"), disputed(row), row.note ? h("p", { class: "note" }, row.note) : null,
      h("p", {}, rowLink("documents", row)),
      h("h2", {}, L.parties),
      whole.length ? grid(L.parties, [[L.participant, (p) => value("document_parties", p, "actor_id")], ...columnsOf("document_parties", "role", "basis", "ratified_on", "in_force_on")], whole) : null,
      presumed.length ? h("p", {}, say(L.presumed, { n: presumed.length }), " ", presumed.map((p, i) => [i ? ", " : "", h("a", { href: link.state(p.actor_id) }, actorName(p.actor_id))]), ".") : null,
      !whole.length && !presumed.length ? h("p", {}, L.none_known) : null,
      of.length ? [h("h2", {}, L.provisions), grid(L.provisions, [[L.participant, (p) => value("document_parties", p, "actor_id")], ...columnsOf("document_parties", "provision", "role", "basis")], of)] : null,
      said.length ? [h("h2", {}, L.positions), h("p", { class: "note" }, L.positions_note), grid(L.positions, [[L.holder, (p) => value("positions", p, "holder")], [L.day, (p) => day(p.start_date ?? p.as_of, p.start_date ? p.start_date_precision : p.as_of_precision)], [L.summary, (p) => [p.summary, " ", evidence("positions", p.position_id, null, p.position_id)], "wide"], [L.reported_by, (p) => p.asserted_by]], said)] : null,
    ],
  };
}

export { facts, found };
