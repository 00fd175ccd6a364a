"""What follows from the rows: the spells of status, the states that hold them, the sources, the code lists.

A derived cell carries the evidence of the cell that it was looked up in, so that every table answers
"who says so" by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sco_data.catalog import Catalog
from sco_data.validation.report import Finding

from .reconcile import Tables
from .seeds import PartialDate, Seeds
from .series import add_series

Cell = tuple[str, str, str]

#: Which kind of step begins a spell, and on which basis the spell then rests.
START_BASIS = {"founded": "founded", "granted": "granted", "relabelled": "granted", "memorandum_signed": "memorandum_signed"}


class Deriver:
    """Adds the derived tables to those that the sources make."""

    def __init__(self, seeds: Seeds, tables: Tables, catalog: Catalog):
        self.seeds, self.tables, self.catalog = seeds, tables, catalog
        self.looked_up: list[tuple[Cell, Cell]] = []

    def problem(self, file: str, table: str, row: str, column: str, value: Any, rule: str, mend: str) -> None:
        self.tables.problems.append(Finding(table, row, column, str(value), rule, mend, file))

    def run(self) -> None:
        for table in ("actors", "indicators", "issues", "codes"):
            keys = self.catalog.key(table)
            self.tables.rows[table] = {"|".join(str(r.get(k, "")) for k in keys): r for r in self.seeds.lists[table]}
            for row_id in self.tables.rows[table]:
                self.tables.files[table, row_id] = [f"seeds/lists/{table}.csv"]
        self.number_codes()
        add_series(self.seeds, self.tables, self.catalog)
        self.spells()
        self.members()
        self.copy_evidence()
        self.number_evidence()
        self.sources()

    def number_codes(self) -> None:
        count: Counter[str] = Counter()
        for row in self.tables.rows["codes"].values():
            count[row["code_list"]] += 1
            row["position"] = count[row["code_list"]]

    # -- spells --------------------------------------------------------------------------------

    def look_up(self, to: Cell, step_id: str, column: str, row: dict[str, Any]) -> None:
        """Fill a cell of a spell from a step, and remember where it came from."""
        value = self.tables.rows["status_steps"][step_id].get(column)
        if value is not None:
            row[to[2]] = value
            self.looked_up.append((to, ("status_steps", step_id, column)))

    def spells(self) -> None:
        steps, file = self.tables.rows["status_steps"], "seeds/lists/statuses.csv"
        of: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for step_id, step in steps.items():
            of[step.get("iso3", ""), step.get("status_sought", ""), step.get("step", "")].append(step_id)
        for spell in self.seeds.lists["statuses"]:
            row_id, row = spell["status_id"], dict(spell)
            self.tables.files["statuses", row_id] = [file]
            missing = [c for c in ("start_step", "end_step") if spell.get(c) and spell[c] not in steps]
            if not spell.get("start_step") or missing:
                column = missing[0] if missing else "start_step"
                self.problem(file, "statuses", row_id, column, spell.get(column, ""), "no such step", "name a step of status_steps")
                continue
            start = steps[spell["start_step"]]
            for column in ("iso3", "status"):
                if start.get({"status": "status_sought"}.get(column, column)) != spell.get(column):
                    self.problem(file, "statuses", row_id, column, spell.get(column, ""), f"{spell['start_step']} is about another", "point to a step of this state and status")
            basis = START_BASIS.get(start.get("step", ""))
            if basis is None:
                self.problem(file, "statuses", row_id, "start_step", spell["start_step"], f"{start.get('step')} begins no status", f"point to one of: {', '.join(START_BASIS)}")
                continue
            row["start_basis"] = basis
            self.look_up(("statuses", row_id, "start_date"), spell["start_step"], "step_on", row)
            if spell.get("end_step"):
                self.look_up(("statuses", row_id, "end_date"), spell["end_step"], "step_on", row)
            begun = start.get("step_on")
            for kind, columns in {"granted": {"granted_on": "step_on", "granted_at": "summit_id"}, "memorandum_signed": {"signed_on": "step_on"}}.items():
                found = of[start.get("iso3", ""), start.get("status_sought", ""), kind] or (
                    [spell["start_step"]] if kind == "granted" and start.get("step") == "relabelled" else []
                )
                # A status may be granted again after an exit: this spell's is the last one up to its start.
                found = sorted((s for s in found if begun and steps[s].get("step_on") and steps[s]["step_on"].day <= begun.day), key=lambda s: steps[s]["step_on"].day)[-1:]
                for column, source_column in columns.items() if found else ():
                    self.look_up(("statuses", row_id, column), found[0], source_column, row)
            row |= {k: start[k] for k in ("source_id", "source_locator")}
            self.tables.rows["statuses"][row_id] = row

    # -- states --------------------------------------------------------------------------------

    def members(self) -> None:
        last_day = self.catalog.coverage("statuses")[1]
        spells: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for status_id, spell in self.tables.rows["statuses"].items():
            if isinstance(spell.get("start_date"), PartialDate) and spell["start_date"].day <= last_day:
                spells[spell.get("iso3", "")].append((status_id, spell))
        copied = [f["name"] for f in self.catalog.fields("members") if f["origin"] == "derived"]
        for iso3, held in spells.items():
            self.tables.files["members", iso3] = ["seeds/lists/actors.csv", "seeds/lists/statuses.csv"]
            actor = self.tables.rows["actors"].get(iso3)
            if actor is None:
                self.problem("seeds/lists/statuses.csv", "statuses", held[0][0], "iso3", iso3, "no such actor", "add the state to seeds/lists/actors.csv")
                continue
            held.sort(key=lambda pair: pair[1]["start_date"].day)
            latest_id, latest = held[-1]
            ended = latest.get("end_date")
            in_force = not (isinstance(ended, PartialDate) and ended.day <= last_day)
            row = {"iso3": iso3, **{n: actor[n] for n in copied if n in actor}}
            row["founding_member"] = any(s.get("status") == "member" and s["start_basis"] == "founded" for _, s in held)
            if in_force:
                row["latest_status"], row["latest_status_since"] = latest.get("status"), latest["start_date"]
                self.looked_up.append((("members", iso3, "latest_status_since"), ("statuses", latest_id, "start_date")))
            own = [pair for pair in held if pair[1].get("status") != "shanghai_five"]
            if own:
                row["associated_since"] = own[0][1]["start_date"]
                self.looked_up.append((("members", iso3, "associated_since"), ("statuses", own[0][0], "start_date")))
            row |= {k: latest.get(k) for k in ("source_id", "source_locator", "epistemic")}
            self.tables.rows["members"][iso3] = row

    # -- evidence and sources ------------------------------------------------------------------

    def copy_evidence(self) -> None:
        """Give derived cells the evidence of the cells behind them, and mark their rows contested."""
        by_cell: dict[Cell, list[dict[str, Any]]] = defaultdict(list)
        for line in self.tables.evidence:
            by_cell[line["table_name"], line["row_id"], line["field_name"]].append(line)
        # In order: members look up statuses, which look up status_steps.
        for to, source in self.looked_up:
            for line in by_cell[source]:
                copy = {**line, "table_name": to[0], "row_id": to[1], "field_name": to[2]}
                self.tables.evidence.append(copy)
                by_cell[to].append(copy)
        contested = {(line["table_name"], line["row_id"]) for line in self.tables.evidence if line["relation"] == "contradicts"}
        for table in ("statuses", "members"):
            for row_id, row in self.tables.rows[table].items():
                row["contested"] = (table, row_id) in contested

    def number_evidence(self) -> None:
        count: Counter[str] = Counter()
        for line in self.tables.evidence:
            base = ":".join(line[c] for c in ("source_id", "table_name", "row_id", "field_name") if line[c]) + f"@{line['source_locator']}"
            base += f"[{line['char_start']}]" if line["char_start"] is not None else ""
            count[base] += 1
            line["evidence_id"] = base if count[base] == 1 else f"{base}:{count[base]}"
            self.tables.rows["evidence"][line["evidence_id"]] = line

    def sources(self) -> None:
        used = {line["source_id"] for line in self.tables.evidence} | {s.source_id for s in self.seeds.series} | {c.source_id for c in self.seeds.roll_calls}
        for table in ("positions", "readings"):
            used |= {row[c] for row in self.tables.rows[table].values() for c in ("via", "outcome_source_id") if row.get(c)}
        for source_id, record in self.seeds.sources.items():
            file = self.seeds.source_files[source_id]
            self.tables.files["sources", source_id] = [file]
            self.tables.rows["sources"][source_id] = record
            # A source whose blocks were refused is not unused.
            refused = any(p.file == file for p in self.tables.problems)
            if source_id not in used and not record.get("cited_by") and not refused:
                self.problem(file, "sources", source_id, "", "", "a source that no row uses", "remove it, or write what it says")


def derive(seeds: Seeds, tables: Tables, catalog: Catalog) -> None:
    """Add the derived tables in place."""
    Deriver(seeds, tables, catalog).run()
