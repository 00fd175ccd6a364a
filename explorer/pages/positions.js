// What states said and did themselves: the Belt and Road in the texts, dissent, roll calls, positions.

import { h } from "../dom.js";
import { L, say } from "../labels.js";
import { actorName, closest, labelOf, NotThere, rows } from "../data.js";
import { chart, day, evidence, evidenceOfDissent, grid, link, mark, plainColumns, rowLink, stateHead, value } from "../parts.js";
import { issue, loadIssues } from "./states.js";

const SIGN = { named_in_support: "●", not_named: "○", initiator: "◆", not_member: "–", blanket: "▢" };
const VOTE = { yes: "+", no: "−", abstain: "0", non_voting: "·" };

export async function positions() {
  await loadIssues();
  const [all, parties, texts, dissent, reported, votes, agreement] = await Promise.all([...["positions", "document_parties", "bri_support", "dissent", "dissent_reported", "key_votes"].map(rows), chart("votes")]);
  return {
    title: L.positions,
    body: [
      h("p", { class: "lead" }, L.positions_lead),
      h("h2", {}, L.bri), h("p", {}, L.bri_lead), bri(texts, parties),
      h("h2", {}, L.stood_apart), h("p", {}, L.stood_apart_note), apart(L.stood_apart, dissent, "dissent", parties, all),
      h("h3", {}, L.stood_apart_reported), h("p", {}, L.stood_apart_reported_note), apart(L.stood_apart_reported, reported, "dissent_reported", parties, all),
      h("h2", {}, L.key_votes), h("p", {}, L.key_votes_note), keyVotes(votes),
      h("h2", {}, L.agreement), agreement,
      h("h2", {}, L.all_positions), h("p", { class: "note" }, L.positions_note), grid(L.all_positions, [
        [L.holder, (p) => value("positions", p, "holder")], [L.day, (p) => day(p.start_date ?? p.as_of, p.start_date ? p.start_date_precision : p.as_of_precision)], [L.issue, (p) => issue(p.issue)], ...plainColumns("positions", "stance", "act"),
        [L.summary, (p) => [p.summary, " ", evidence("positions", p.position_id, null, p.position_id)], "wide"], [L.reported_by, (p) => p.asserted_by], [L.row, (p) => rowLink("positions", p, L.row_short)],
      ], [...all].sort((a, b) => (a.holder + (a.start_date ?? a.as_of) < b.holder + (b.start_date ?? b.as_of) ? -1 : 1))),
    ],
  };
}

function bri(texts, parties) {
  const of = new Map(parties.filter((p) => p.provision === "belt_and_road").map((p) => [`${p.document_id}|${p.actor_id}`, p]));
  const blanket = new Set(texts.filter((t) => t.form === "blanket").map((t) => t.document_id));
  const states = [...new Set([...of.values()].filter((p) => p.role !== "blanket").map((p) => p.actor_id))].filter((id) => id.length === 3).sort();
  const cellOf = (text, id) => {
    const party = of.get(`${text.document_id}|${id}`);
    if (party) return mark(SIGN[party.role] ?? party.role, "", "document_parties", party.party_id, "role", `${actorName(id)}, ${labelOf("document_role", party.role)}, ${day(text.adopted_on)}`);
    return blanket.has(text.document_id) ? h("span", { title: L.bri_blanket }, SIGN.blanket) : h("span", { title: L.bri_unknown }, "?");
  };
  return [
    h("p", { class: "note" }, [["named_in_support", L.bri_named], ["not_named", L.bri_not_named], ["initiator", L.bri_initiator], ["not_member", L.bri_not_member], ["blanket", L.bri_blanket], ["unknown", L.bri_unknown]].map(([role, text], i) => [i ? " · " : "", `${SIGN[role] ?? "?"} ${text}`])),
    grid(L.bri, [[L.text, (t) => [day(t.adopted_on), " ", h("a", { href: link.to("document", t.document_id) }, t.title)]], ...states.map((id) => [stateHead(id), (t) => cellOf(t, id)])], texts),
  ];
}

const apart = (title, all, view, parties, positions) => grid(title, [
  [L.day_of_text, (d) => day(d.start_date, d.start_date_precision)], [L.state, (d) => value(view, d, "actor_id")], [L.text, (d) => (d.document_id ? h("a", { href: link.to("document", d.document_id) }, d.title) : d.title)], [L.form, (d) => value(view, d, "form")],
  view === "dissent" ? [L.in_its_words, (d) => d.said, "wide"] : [L.reported_by, (d) => d.asserted_by], [L.source, (d) => [h("a", { href: link.row("sources", d.source_id) }, d.source_id), `, ${d.source_locator} `, evidenceOfDissent(d, parties, positions)]],
], all);

function keyVotes(votes) {
  const states = [...new Set(votes.map((v) => v.iso3))].sort();
  const calls = [...Map.groupBy(votes, (v) => v.roll_call_id).values()];
  return [
    h("p", { class: "note" }, ["yes", "no", "abstain", "non_voting"].map((vote, i) => [i ? " · " : "", h("span", { class: `vote ${vote}` }, VOTE[vote]), ` ${labelOf("vote", vote)}`])),
    grid(L.key_votes, [
      [L.resolution, ([v]) => [day(v.vote_on), " ", h("a", { href: link.row("roll_calls", v.roll_call_id) }, v.symbol ?? v.title ?? v.roll_call_id), ` ${issue(v.case_id)}`], "wide"],
      ...states.map((id) => [stateHead(id), (call) => { const v = call.find((c) => c.iso3 === id); return v ? mark(VOTE[v.vote], `vote ${v.vote}`, "roll_call_votes", `${v.roll_call_id}|${id}`, "vote", `${actorName(id)}, ${labelOf("vote", v.vote)}, ${v.symbol ?? v.roll_call_id}`) : ""; }]),
    ], calls),
  ];
}

export async function readings(about) {
  await loadIssues();
  const known = await rows("readings");
  const all = known.filter((r) => !about || r.about === about);
  if (!all.length) throw new NotThere(about, closest(about, [...new Set(known.map((r) => r.about))]).map((id) => ["readings", id]));
  return {
    title: about ? say(L.readings_about, { what: actorName(about) }) : L.readings,
    body: [
      h("p", { class: "lead problem" }, L.readings_lead), about ? h("p", {}, h("a", { href: "#/readings" }, L.all_readings)) : null,
      grid(L.readings, [
        [L.author, (r) => r.asserted_by], [L.about_whom, (r) => value("readings", r, "about")], [L.issue, (r) => issue(r.issue)], [L.mode, (r) => value("readings", r, "mode")], [L.said_on, (r) => day(r.as_of, r.as_of_precision)],
        [L.summary, (r) => [r.summary, " ", evidence("readings", r.reading_id, null, r.reading_id)], "wide"], [L.outcome, (r) => [value("readings", r, "forecast_outcome"), r.outcome_note ? `: ${r.outcome_note}` : ""], "wide"], [L.row, (r) => rowLink("readings", r, L.row_short)],
      ], [...all].sort((a, b) => (a.asserted_by < b.asserted_by ? -1 : 1))),
    ],
  };
}
