// What the organisation weighs, and what was claimed of it.

import { h } from "../dom.js";
import { L } from "../labels.js";
import { rows } from "../data.js";
import { amount, blank, chart, day, evidence, grid, link, value } from "../parts.js";

export async function figures() {
  const [claims, indicators, weight] = await Promise.all([rows("claim_checks"), rows("indicators"), chart("weight")]);
  const used = [...new Set((await rows("group_years")).map((g) => g.indicator))];
  return {
    title: L.figures,
    body: [
      h("p", { class: "lead" }, L.figures_lead), weight,
      h("h2", {}, L.claims), h("p", {}, L.claims_lead),
      grid(L.claims, [
        [L.claim, (c) => [c.statement, " ", evidence("claims", c.claim_id, "stated_value", c.claim_id)], "wide"], [L.claimed, (c) => amount(c.stated_value, c.unit)], [L.tolerance, (c) => (c.tolerance ? `± ${amount(c.tolerance, c.unit)}` : "")], [L.claim_for, (c) => day(c.as_of)],
        [L.computed_heading, (c) => c.computed === null ? blank() : [amount(Number(c.computed).toPrecision(4), c.unit), " ", h("a", { href: link.table("claim_computations", { claim_id: c.claim_id }) }, L.how_computed)]], [L.verdict, (c) => h("span", { class: `tag ${c.verdict}` }, value("claim_checks", c, "verdict"))], [L.reason, (c) => c.reason, "wide"],
        [L.source, (c) => h("a", { href: link.row("sources", c.source_id) }, c.source_id)],
      ], claims),
      h("h2", {}, L.indicators), h("p", {}, L.indicators_lead),
      grid(L.indicators, [
        [L.indicator, (i) => i.label], [L.definition, (i) => i.definition, "wide"], [L.unit, (i) => value("indicators", i, "unit")], [L.provider, (i) => i.provider],
        [L.rows, (i) => [h("a", { href: link.table("economic_figures", { indicator: i.indicator }) }, L.by_state), used.includes(i.indicator) ? [" · ", h("a", { href: link.table("group_years", { indicator: i.indicator, year_rule: "dec31" }) }, L.by_group)] : null]],
      ], indicators),
    ],
  };
}
