// Projects: what was planned, and what became of it.

import { h } from "../dom.js";
import { L } from "../labels.js";
import { rows } from "../data.js";
import { amount, cell, chart, columnsOf, disputed, evidence, grid, link, period, rowLink, value } from "../parts.js";
import { facts, found } from "./summits.js";

export async function projects() {
  const [all, planned] = await Promise.all([rows("projects"), chart("projects")]);
  return {
    title: L.projects,
    body: [h("p", { class: "lead" }, L.projects_lead), planned, grid(L.projects, [
      [L.project, (p) => h("a", { href: link.to("project", p.project_id) }, p.name)], [L.kind, (p) => value("projects", p, "kind")], [L.relation, (p) => value("projects", p, "sco_relation")],
      [L.planned, (p) => (p.planned_completion ? cell("projects", p, "planned_completion") : "")], [L.completed, (p) => (p.completed_date ? cell("projects", p, "completed_date") : "")], [L.status, (p) => cell("projects", p, "project_status")], [L.disputed_heading, disputed],
    ], all)],
  };
}

export async function project(id) {
  const [all, participants, figures] = await Promise.all(["projects", "project_participants", "project_figures"].map(rows));
  const row = found(all, "project_id", id);
  return {
    title: row.name,
    body: [
      h("p", { class: "lead" }, row.summary), h("p", { class: "note" }, L.relation, ": ", cell("projects", row, "sco_relation"), row.aliases ? ` · ${row.aliases.replaceAll("|", ", ")}` : ""),
      facts("projects", row, "kind", "announced_date", "agreed_date", "begun_date", "planned_completion", "completed_date", "project_status", "status_as_of"), disputed(row), row.note ? h("p", { class: "note" }, row.note) : null,
      h("p", {}, rowLink("projects", row)),
      h("h2", {}, L.participants), grid(L.participants, [[L.participant, (p) => value("project_participants", p, "actor_id")], ...columnsOf("project_participants", "role")], participants.filter((p) => p.project_id === id)),
      h("h2", {}, L.figures), h("p", { class: "note" }, L.project_figures_note),
      grid(L.figures, [
        [L.indicator, (f) => value("project_figures", f, "indicator")], [L.value, (f) => [amount(f.value, f.unit), " ", evidence("economic_figures", f.figure_id, "value", f.figure_id)]],
        [L.kind, (f) => value("project_figures", f, "value_kind")], [L.qualifier, (f) => value("project_figures", f, "qualifier")], [L.as_of, (f) => period(f.first_day, f.last_day ?? f.as_of)], [L.disputed_heading, disputed], [L.remark, (f) => f.note, "wide"],
      ], figures.filter((f) => f.project_id === id)),
    ],
  };
}
