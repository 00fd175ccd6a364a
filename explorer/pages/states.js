// The states: all of them, and one page each.

import { h } from "../dom.js";
import { L, say } from "../labels.js";
import { actorName, closest, csv, figuresOf, NotThere, rows } from "../data.js";
import { amount, blank, cell, columnsOf, day, disputed, evidence, evidenceOfDissent, grid, link, number, plainColumns, rowLink, value } from "../parts.js";

export async function states() {
  const [members, paths, steps, statuses] = await Promise.all([rows("members"), rows("accession_paths"), rows("status_steps"), rows("statuses")]);
  const known = new Set(members.map((m) => m.iso3));
  const others = [...new Set(steps.map((s) => s.iso3))].filter((iso3) => !known.has(iso3)).sort((a, b) => actorName(a).localeCompare(actorName(b)));
  const of = (m, status) => paths.find((p) => p.iso3 === m.iso3 && p.status === status);
  return {
    title: L.states,
    body: [
      h("p", { class: "lead" }, say(L.states_lead, { n: members.length })),
      grid(L.states, [
        [L.state, (m) => h("a", { href: link.state(m.iso3) }, m.name)],
        [L.spells, (m) => h("ul", { class: "plain" }, statuses.filter((s) => s.iso3 === m.iso3).sort((a, b) => (a.start_date < b.start_date ? -1 : 1)).map((s) =>
          h("li", {}, value("statuses", s, "status"), ": ", day(s.start_date, s.start_date_precision), s.end_date ? ` – ${day(s.end_date, s.end_date_precision)}` : "", " ", evidence("statuses", s.status_id, "start_date", `${m.name}, ${s.status}`), " ", disputed(s)))), "wide"],
        [L.days_to_membership, (m) => number(of(m, "member")?.days_opened_to_granted ?? null)],
      ], [...members].sort((a, b) => a.name.localeCompare(b.name))),
      h("p", { class: "note" }, L.days_to_membership_means),
      h("h2", {}, L.asked_only), h("p", {}, L.asked_only_lead), h("ul", {}, others.map((iso3) => h("li", {}, h("a", { href: link.state(iso3) }, actorName(iso3))))),
    ],
  };
}

const section = (title, note, ...content) => [h("h2", {}, title), note ? h("p", { class: "note" }, note) : null, content];

export async function state(iso3) {
  const actors = await rows("actors");
  const actor = actors.find((a) => a.actor_id === iso3);
  if (!actor || actor.kind !== "state") throw new NotThere(iso3, closest(iso3, actors.filter((a) => a.kind === "state").map((a) => `${a.actor_id} ${a.name}`)).map((said) => ["state", said.slice(0, 3), said.slice(4)]));
  const [members, statuses, steps, positions, votes, participants, projects, dissent, reported, parties, documents, indicators, readings] = await Promise.all(
    ["members", "statuses", "status_steps", "positions", "key_votes", "project_participants", "projects", "dissent", "dissent_reported", "document_parties", "documents", "indicators", "readings"].map(rows));
  const mine = (all, column = "iso3") => all.filter((row) => row[column] === iso3);
  const member = mine(members)[0];
  const spells = mine(statuses).sort((a, b) => (a.start_date < b.start_date ? -1 : 1));
  const path = mine(steps).sort((a, b) => ((a.step_on ?? "9") < (b.step_on ?? "9") ? -1 : 1));
  const said = mine(positions, "holder").sort((a, b) => ((a.start_date ?? a.as_of) < (b.start_date ?? b.as_of) ? -1 : 1));
  const title = new Map(documents.map((d) => [d.document_id, d]));
  const bri = mine(parties, "actor_id").filter((p) => p.provision === "belt_and_road").sort((a, b) => (title.get(a.document_id)?.adopted_on < title.get(b.document_id)?.adopted_on ? -1 : 1));
  const project = new Map(projects.map((p) => [p.project_id, p]));
  const roles = Map.groupBy(mine(participants, "actor_id"), (p) => p.project_id);
  const figures = member ? await figuresOf(iso3) : [];
  const newest = new Map();
  for (const f of figures) if (f.vintage && (!newest.has(f.indicator) || newest.get(f.indicator).first_day < f.first_day)) newest.set(f.indicator, f);
  const about = mine(readings, "about");

  return {
    title: actor.name,
    body: [
      member
        ? h("p", { class: "lead" }, value("members", member, "latest_status"), ", ", say(L.since, { day: day(member.latest_status_since, member.latest_status_since_precision) }), " ", evidence("members", iso3, "latest_status_since", actor.name), " ", disputed(member))
        : h("p", { class: "lead" }, L.never_held),
      h("p", { class: "note" }, [actor.official_name, actor.name_ru, actor.name_zh, actor.iso3, actor.ccode && `COW ${actor.ccode}`, actor.gwcode && `GW ${actor.gwcode}`].filter(Boolean).join(" · ")),
      spells.length ? section(L.statuses_of, L.statuses_note, grid(L.statuses_of, [...columnsOf("statuses", "status", "start_date", "end_date", "start_basis", "legal_status"), [L.disputed_heading, disputed], [L.row, (r) => rowLink("statuses", r, L.row_short)]], spells)) : null,
      path.length ? section(L.steps, null, grid(L.steps, [...columnsOf("status_steps", "step_on", "status_sought", "step", "place"), [L.disputed_heading, disputed], [L.row, (r) => rowLink("status_steps", r, L.row_short)]], path)) : null,
      mine(dissent, "actor_id").length ? section(L.stood_apart, L.stood_apart_note, grid(L.stood_apart, [
        [L.day_of_text, (d) => day(d.start_date, d.start_date_precision)], [L.text, (d) => (d.document_id ? h("a", { href: link.to("document", d.document_id) }, d.title) : d.title)], [L.form, (d) => value("dissent", d, "form")], [L.in_its_words, (d) => d.said, "wide"],
        [L.source, (d) => [h("a", { href: link.row("sources", d.source_id) }, d.source_id), `, ${d.source_locator} `, evidenceOfDissent(d, parties, positions)]],
      ], mine(dissent, "actor_id"))) : null,
      mine(reported, "actor_id").length ? section(L.stood_apart_reported, L.stood_apart_reported_note, grid(L.stood_apart_reported, [
        [L.day_of_text, (d) => day(d.start_date, d.start_date_precision)], [L.text, (d) => (d.document_id ? h("a", { href: link.to("document", d.document_id) }, d.title) : d.title)], [L.form, (d) => value("dissent_reported", d, "form")], [L.reported_by, (d) => d.asserted_by],
        [L.source, (d) => [h("a", { href: link.row("sources", d.source_id) }, d.source_id), `, ${d.source_locator} `, evidenceOfDissent(d, parties, positions)]],
      ], mine(reported, "actor_id"))) : null,
      bri.length ? section(L.bri, L.bri_note, grid(L.bri, [
        [L.day, (p) => day(title.get(p.document_id)?.adopted_on)], [L.text, (p) => h("a", { href: link.to("document", p.document_id) }, title.get(p.document_id)?.title)], [L.role, (p) => cell("document_parties", p, "role")], [L.basis, (p) => value("document_parties", p, "basis")],
      ], bri)) : null,
      said.length ? section(L.positions, L.positions_note, grid(L.positions, [[L.day, (p) => cell("positions", p, p.start_date ? "start_date" : "as_of")], ...plainColumns("positions", "issue", "stance", "act"), [L.summary, (p) => [p.summary, " ", evidence("positions", p.position_id, null, p.position_id)], "wide"], [L.reported_by, (p) => p.asserted_by], [L.row, (p) => rowLink("positions", p, L.row_short)]], said)) : null,
      mine(votes).length ? section(L.key_votes, L.key_votes_note, grid(L.key_votes, [
        [L.day, (v) => day(v.vote_on)], [L.resolution, (v) => h("a", { href: link.row("roll_calls", v.roll_call_id) }, v.symbol ?? v.title ?? v.roll_call_id)], [L.case, (v) => labelOfCase(v)], [L.status, (v) => (v.status ? value("key_votes", v, "status") : blank())],
        [L.vote, (v) => [h("span", { class: `vote ${v.vote}` }, value("roll_call_votes", v, "vote")), " ", evidence("roll_call_votes", `${v.roll_call_id}|${iso3}`, "vote", `${v.symbol}, ${actor.name}`)]],
      ], mine(votes)), h("p", {}, h("a", { href: link.table("roll_call_votes", { iso3 }) }, L.all_votes), " · ", h("a", { href: link.table("vote_agreement", { iso3_1: iso3 }) }, L.agreement_with_others))) : null,
      roles.size ? section(L.projects, null, grid(L.projects, [
        [L.project, ([id]) => h("a", { href: link.to("project", id) }, project.get(id).name)], [L.role, ([, of]) => of.map((p, i) => [i ? ", " : "", cell("project_participants", p, "role")])],
        [L.status, ([id]) => value("projects", project.get(id), "project_status")], [L.relation, ([id]) => value("projects", project.get(id), "sco_relation")],
      ], [...roles])) : null,
      newest.size ? section(L.figures, L.figures_of_note, grid(L.figures, [
        [L.indicator, (f) => indicators.find((i) => i.indicator === f.indicator)?.label ?? f.indicator], [L.year, (f) => f.first_day?.slice(0, 4)], [L.value, (f) => [amount(f.value, f.unit), " ", evidence("economic_figures", f.figure_id, "value", f.figure_id)]],
      ], [...newest.values()].sort((a, b) => (a.indicator < b.indicator ? -1 : 1))), h("p", {}, h("a", { href: link.table("economic_figures", { subject_id: iso3 }) }, L.all_figures))) : null,
      about.length ? section(L.readings_of, L.readings_note, h("p", {}, h("a", { href: link.to("readings", iso3) }, say(L.n_readings, { n: about.length, what: actor.name })))) : null,
    ],
  };
}

const labelOfCase = (vote) => issueLabels.get(vote.case_id) ?? vote.case_id;
const issueLabels = new Map();
export const loadIssues = async () => { for (const i of await csv("data/issues.csv")) issueLabels.set(i.issue, i.label); };
export const issue = (id) => issueLabels.get(id) ?? id;
