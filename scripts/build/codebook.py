"""Render data/README.md, the codebook, from the descriptor, and CITATION.cff. Nothing here is written twice."""

from __future__ import annotations

from typing import Any

from sco_data import database

RULES = """\
1. **Start.** The founders' membership starts with the founding declaration; any other membership, observer or partner
   status on the day the Heads of State granted it; a dialogue partnership on the day its memorandum was signed; the
   Shanghai Five on the day of its first session. `start_rule="granted"` in the client takes the grant for all. Opening a
   procedure is a step, never a start.
2. **Shanghai Five**: a predecessor forum, never membership of the SCO; asked for by `include_predecessor=True` only.
3. **2025.** From 2025-09-01 `partner` records the political decision that merged the two lower statuses; `legal_status`
   keeps the earlier one while charter and memoranda are unamended. `end_reason = relabelled` is no exit and no entry.
4. **A status belongs to the state**, not to its government. Not being invited is attendance, not loss of status.
5. **Coverage** of each table has a first and a last day. Inside it a state without status is `none`; outside it the answer
   is blank, never the last known status. Without a date, functions answer for the last day and say which.
6. **A guest** is a capacity at one meeting. Observer, partner and guest are capacities, not a ladder.
7. **A consensus text** shows that no member blocked it. Its parties stand in `document_parties`; silence is not support. A
   member that stood apart is not a party by presumption.
8. **`not_named`** is a fact about a list, for a state that was a member at adoption and is not the initiator. It has no
   stance. `dissent` needs the state's own word or act, or the organisation's record; what another party reports of it
   stands in `dissent_reported`.
9. **Stance** is toward the issue's proposition, never toward an actor: +2, -2 by the holder's own explicit act or words,
   +1, -1 conditional, 0 stated neutrality, otherwise blank. Declining to take part is an act with blank stance.
10. **Undated** statements have a blank date and an `as_of` (the day on which their source appeared).
11. **Year rules** (`jan1`, `dec31`, `any`; days in each status as counts) are columns; `dec31` is the default.
12. **Neutral wording.** UN short names of states; disputed territories in the words of the UN resolution that treats them,
    or in plain geography; wars and attacks by place and date. A loaded term that a source uses stays, up to five words,
    in `term_in_source`.
13. **Group figures** print the provider's territorial scope.
14. **Disclosure.** Coding was machine-assisted, in one pass, by readers of stored copies of public pages, many of them cut
    (`read_extent`); there has been no double coding by people yet. A second, blind, machine-assisted reading of 108
    statements of the days on which statuses began (22 November 2026) found 106 of the pages and no day that differed; in 23
    cases the page says less than was coded from it (a weekday, a day without year). A third, of 74 statements of the
    meetings, attendance, documents, ratifications, events and applications (same day), found 72 of the pages and none that
    differed; 9 say less than was coded.
"""

CHOICE = """\
How a date was chosen: every source that states it is in `evidence`. Where they are compatible, the finest is carried (a
source that says "July 2005" supports 5 July 2005). Where they contradict each other the curators decide in
`seeds/decisions.toml`, with the reason, which stands in the `note` of each piece of evidence that contradicts; the row is
then `contested`. A row that a source states and the project does not carry at all is evidence with the relation
`rejected`. `source_id` names the source that a row rests on: one that states the carried value itself, by the order of the
code list `source_kind`, then the one decided for.

Which day is taken where reports of the same act differ, in this order: the day of the act itself, not of its announcement or
of the report on it; for a text, the day by which its own words or the acts that ratify it date it; for a meeting of several
days, the day on which the council met in session (`first_day` and `last_day` hold the gathering); the day in the texts of the
SCO and of the states concerned before that of agencies, and an agency of the day before a later list. "Admitted" in a report of
a day on which only the procedure was opened is a statement on another step and is kept as one that contradicts. An example,
with every source, what it says, and why one was taken: `sco-data history Iran`, then
`sco-data evidence status_steps IRN-member-memorandum_signed`.

Peers: `peer_codings` holds what Correlates of War, the World Factbook and Wikipedia code. A coding of years is no witness of a
day and feeds none; the view `peer_differences` lists where they differ from `statuses`, each with a reason.
"""

FIGURES = """\
`economic_figures` holds two kinds of rows. Those with a `vintage` are a provider's series, taken over whole by
`scripts/import_wdi.py`: they rest on that one source, have no rows in `evidence` (the view `statements` says the same of them),
and a new edition is added beside the old one. All others were coded one by one from what a source says of a project, a group,
an organisation or an event; there `value_kind` keeps money promised apart from money spent, and two statements of different
days or kinds are two rows.

A gap in a series is a missing row, never a zero. The view `country_series` takes the newest vintage of each indicator;
`country_years` has its indicators as columns, `group_years` the totals of groups with the number of states behind each and
the codes of those that lack a figure. What a provider counts as the territory of a state stands in `indicators.territorial_scope`, and
series of one provider can differ in it: GDP over GDP per head of the Russian Federation is since 2014 not `population_total`.
The `territorial_scope` of the World Bank's series is what was measured in them; no page of the World Bank was found that says it, but for Taiwan
(https://datahelpdesk.worldbank.org/knowledgebase/articles/114933-where-are-your-data-on-taiwan, read in full, 22 November 2026).

The share of the members in the world's GDP, from the CSV files alone (DuckDB, in the folder of the release); `group_years` has the same:

```sql
{sql}
```

`claims` holds sentences in circulation, `claim_checks` what these figures make of them. A claim of a share of GDP that
names no basis is read as one at current prices and exchange rates, and the reason names what purchasing power parity gives. The group is
that of the day of the claim. `tolerance` is decided for each claim and says how: as a rule, what its rounding leaves open.
"""

#: A group's share of the world from the CSV files alone; a test runs it.
SHARE_SQL = """\
SELECT c.year, 100 * sum(c.gdp_current) / any_value(w.value) AS share_of_world, count(c.gdp_current) AS states_with_data, count(*) AS states
FROM 'data/derived/country_years.csv' c
JOIN 'data/economic_figures.csv' w ON w.subject_id = 'world' AND w.indicator = 'gdp_current' AND year(w.first_day) = c.year AND w.vintage = '{vintage}'
WHERE c.status_dec31 = 'member'
GROUP BY c.year ORDER BY c.year"""


def cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def constraints(field: dict[str, Any], schema: dict[str, Any]) -> str:
    given = field.get("constraints", {})
    parts = ["required"] if given.get("required") else []
    parts += ["unique"] if given.get("unique") else []
    parts += [f"pattern `{cell(given['pattern'])}`"] if "pattern" in given else []
    parts += [f"{word} {given[key]}" for key, word in (("minimum", "at least"), ("maximum", "at most")) if key in given]
    parts += [f"codes: [{field['codeList']}](#codes-{field['codeList']})"] if "codeList" in field else []
    parts += [f"only {', '.join(field['codeSubset'])}"] if "codeSubset" in field else []
    for key in schema.get("foreignKeys", []):
        if key["fields"] == [field["name"]]:
            target = key["reference"]["resource"]
            parts.append(f"-> [{target}](#{target})")
    return "; ".join(parts)


def table_section(resource: dict[str, Any]) -> list[str]:
    schema, cover = resource["schema"], resource.get("coverage")
    facts = [f"{resource['rowCount']} rows", f"key: {', '.join(f'`{k}`' for k in schema['primaryKey'])}", f"file: `{resource['path']}`"]
    facts += [f"covers {cover['first_day']} to {cover['last_day']}"] if cover else []
    facts += ["unique: " + ", ".join(f"`{k}`" for k in keys) for keys in schema.get("uniqueKeys", [])]
    lines = [f"### {resource['name']}", "", f"**{resource['title']}.** {resource['description']}", "", "; ".join(facts) + ".", ""]
    lines += ["| column | type | what it holds | constraints |", "|---|---|---|---|"]
    for field in schema["fields"]:
        unit = f" Unit: {field['unit']}." if "unit" in field else ""
        lines.append(f"| `{field['name']}` | {field['type']} | {cell(field['description'])}{unit} | {constraints(field, schema)} |")
    return [*lines, ""]


def render(descriptor: dict[str, Any], codes: list[dict[str, Any]], vintage: str) -> str:
    """Return the codebook as Markdown; the vintage is the newest of the series."""
    resources = descriptor["resources"]
    out = ["<!-- Generated by scripts/build from datapackage.json; do not edit. -->", f"# Codebook of {descriptor['title']}", ""]
    out += [f"Version {descriptor['version']}. Data: {descriptor['licenses'][0]['title']}.", ""]
    out += ["Dates are ISO dates. A date with a `_precision` column holds the first possible day; read both. `start_date` and", "`end_date` are half-open (the end is the first day on which it no longer held; blank = in force), `first_day` and", "`last_day` are inclusive, `..._on` is the day of an act. Missing is the empty string. Values are in base units.", ""]  # fmt: skip
    out += ["| table | rows | what it holds |", "|---|---:|---|"]
    out += [f"| [{r['name']}](#{r['name']}) | {r['rowCount']} | {cell(r['title'])} |" for r in resources]
    out += ["", "## Rules of coding", "", RULES, CHOICE, "## Figures, groups and claims", "", FIGURES.format(sql=SHARE_SQL.format(vintage=vintage)), "## Tables", ""]
    for resource in resources:
        out += table_section(resource)
    out += ["## Views", "", "Answered by the client and by `connect()`; their SQL stands in `sco_data/views/`.", ""]
    for view in database.views().values():
        out += [f"- **{view.name}**: {view.answers}", *(f"  - `{column}`: {text}" for column, text in view.columns.items())]
    out += ["", "## Codes", ""]
    for name in dict.fromkeys(c["code_list"] for c in codes):
        out += [f"### codes-{name}", "", "| code | label | definition |", "|---|---|---|"]
        out += [f"| `{c['code']}` | {cell(c['label'])} | {cell(c['definition'])} |" for c in codes if c["code_list"] == name]
        out += [""]
    return "\n".join(out)


def citation(descriptor: dict[str, Any]) -> str:
    """Return CITATION.cff."""
    return (
        "# Generated by scripts/build from datapackage.json; do not edit.\n"
        "cff-version: 1.2.0\n"
        "type: dataset\n"
        "message: Please cite this dataset, and the original source of a row where you use one.\n"
        f'title: "{descriptor["title"]}"\n'
        f"version: {descriptor['version']}\n"
        f"date-released: {descriptor['created'][:10]}\n"
        "license: CC-BY-4.0\n"
        "authors:\n" + "".join(f'  - name: "{c["title"]}"\n' for c in descriptor["contributors"])
    )
