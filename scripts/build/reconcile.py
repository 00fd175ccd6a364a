"""Bring together what the sources say of each row: corroborate, refine, decide between them, reject.

Every value that a source states becomes a row of evidence, for the source that wins too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sco_data.catalog import Catalog
from sco_data.errors import near
from sco_data.validation.report import Finding

from .seeds import PartialDate, Seeds, Statement, by_row


@dataclass
class Tables:
    """The rows of every table as they go into data/, and the files from which each row came."""

    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    evidence: list[dict[str, Any]] = field(default_factory=list)
    files: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)


def compatible(one: Any, other: Any) -> bool:
    """Return True if two stated values can both be right: equal, or one date within the other."""
    if isinstance(one, PartialDate) and isinstance(other, PartialDate):
        return one.covers(other) or other.covers(one)
    return bool(one == other)


def finest(values: list[Any]) -> Any:
    """Return the most precise of several compatible values."""
    return max(values, key=lambda v: len(str(v)) if isinstance(v, PartialDate) else 0)


def text(value: Any) -> str:
    """Return a value as it stands in a CSV cell.

    >>> text(46e9), text(23.5), text(True), text(None)
    ('46000000000', '23.5', 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


class Reconciler:
    """Turns statements into rows and evidence."""

    def __init__(self, seeds: Seeds, catalog: Catalog):
        self.seeds, self.catalog = seeds, catalog
        self.tables = Tables(problems=list(seeds.problems))
        self.rank = {code["code"]: i for i, code in enumerate(c for c in seeds.lists.get("codes", []) if c.get("code_list") == "source_kind")}
        self.decisions: dict[tuple[str, str, str | None], dict[str, Any]] = {}
        for decision in seeds.decisions:
            key = decision["table"], decision["row"], decision.get("field")
            if key in self.decisions:
                self.problem("seeds/decisions.toml", *(k or "" for k in key), rule="decided twice", mend="keep one decision")
            self.decisions[key] = decision
        self.used: set[tuple[str, str, str | None]] = set()

    def problem(self, file: str, table: str, row: str, column: str = "", value: Any = "", *, rule: str, mend: str) -> None:
        self.tables.problems.append(Finding(table, row, column, text(value), rule, mend, file))

    def run(self) -> Tables:
        for (table, row_id), statements in by_row(self.seeds.statements).items():
            self.tables.files[table, row_id] = sorted({s.file for s in statements})
            rejected = self.decisions.get((table, row_id, None))
            if rejected and rejected.get("reject"):
                self.used.add((table, row_id, None))
                for statement in statements:
                    for name in [*statement.stated] or [""]:
                        self.add_evidence(statement, name, "rejected", rejected["why"])
            else:
                self.add_row(table, row_id, statements)
        for key, decision in self.decisions.items():
            if key not in self.used:
                self.problem(
                    "seeds/decisions.toml", decision["table"], decision["row"], decision.get("field", ""),
                    rule="nothing there to decide: no such row, or its sources agree", mend="remove the decision, or correct its table, row and field",
                )  # fmt: skip
        return self.tables

    def add_row(self, table: str, row_id: str, statements: list[Statement]) -> None:
        row: dict[str, Any] = dict(statements[0].key)
        self.decide_once(table, row_id, statements, row)
        against: set[int] = set()
        takes: list[str] = []
        for spec in self.catalog.fields(table):
            name = spec["name"]
            stating = [s for s in statements if name in s.stated]
            if stating:
                row[name], relations, take = self.weigh(table, row_id, name, stating)
                takes += [take] if take else []
                for statement, relation, why in relations:
                    self.add_evidence(statement, name, relation, why)
                    if relation == "contradicts":
                        against.add(id(statement))
        for statement in statements:
            if not statement.stated:
                self.add_evidence(statement, "", "supports", "")
        rests_on = self.rests_on(table, row, statements, against, takes)
        row |= {"source_id": rests_on.source_id, "source_locator": rests_on.at, "contested": bool(against)}
        self.tables.rows[table][row_id] = row

    def decide_once(self, table: str, row_id: str, statements: list[Statement], row: dict[str, Any]) -> None:
        homes: dict[str, Statement] = {}
        for statement in statements:
            for name, value in statement.decided.items():
                if name in homes and row[name] != value:
                    self.problem(
                        statement.file, table, row_id, name, value,
                        rule=f"coded twice: {homes[name].file} has {text(row[name])}", mend="write what the curator decides in one of the two",
                    )  # fmt: skip
                homes.setdefault(name, statement)
                row.setdefault(name, value)

    def weigh(self, table: str, row_id: str, name: str, stating: list[Statement]) -> tuple[Any, list[tuple[Statement, str, str]], str]:
        """Return the value to carry, what each source is to it, and the source that a decision took."""
        best = finest([s.stated[name] for s in stating])
        if all(compatible(s.stated[name], best) for s in stating):
            return best, [(s, "supports", "") for s in stating], ""
        decision = self.decisions.get((table, row_id, name))
        self.used.add((table, row_id, name))
        if decision is None:
            said = "; ".join(f"{s.source_id} ({s.file}) says {text(s.stated[name])}" for s in stating)
            self.problem(
                stating[0].file, table, row_id, name,
                rule=f"sources contradict each other without a decision: {said}", mend="add a [[decision]] to seeds/decisions.toml, with table, row, field, take, against and why",
            )  # fmt: skip
            return best, [(s, "supports", "") for s in stating], ""
        taken = [s for s in stating if s.source_id == decision["take"] and decision.get("at", s.at) == s.at]
        values = {text(s.stated[name]) for s in taken}
        if not taken or any(not compatible(s.stated[name], taken[0].stated[name]) for s in taken):
            self.problem(
                "seeds/decisions.toml", table, row_id, name, decision["take"],
                rule=f"the source to take states {', '.join(sorted(values)) or 'nothing'} here", mend="take a source that states the value, and name the place with `at` if it states several",
            )  # fmt: skip
            return best, [(s, "supports", "") for s in stating], ""
        unheard = [s for s in stating if not compatible(s.stated[name], finest([t.stated[name] for t in taken])) and s.source_id not in decision["against"]]
        if unheard:
            said = "; ".join(f"{s.source_id} ({s.file}) says {text(s.stated[name])}" for s in unheard)
            self.problem(
                unheard[0].file, table, row_id, name,
                rule=f"contradicts {decision['take']}, and the decision between them does not know it: {said}", mend="weigh it in seeds/decisions.toml: add it to `against`, or decide anew",
            )  # fmt: skip
        carried = finest([t.stated[name] for t in taken])
        # Others may know it more exactly, if they agree among themselves.
        finer = [s.stated[name] for s in stating if compatible(s.stated[name], carried)]
        if all(compatible(v, finest(finer)) for v in finer):
            carried = finest(finer)
        relations = []
        for s in stating:
            agrees = compatible(s.stated[name], carried)
            relations.append((s, "supports" if agrees else "contradicts", "" if agrees else decision["why"]))
        return carried, relations, decision["take"]

    def rests_on(self, table: str, row: dict[str, Any], statements: list[Statement], against: set[int], takes: list[str]) -> Statement:
        """Return the statement that a row rests on: not contradicted, exact, then the better kind of source."""
        leading = next((f["name"] for f in self.catalog.fields(table) if f["origin"] == "stated" and f["name"] in row), None)

        opposed = {s.source_id for s in statements if id(s) in against}

        def order(s: Statement) -> tuple[Any, ...]:
            exact = leading is None or text(s.stated.get(leading)) == text(row[leading])
            kind = self.seeds.sources.get(s.source_id, {}).get("kind")
            # A source that is set aside for one column is not the one to rest the row on, unless it is the one taken.
            return id(s) in against, s.source_id in opposed and s.source_id not in takes, not exact, self.rank.get(kind, 99), s.source_id not in takes, s.source_id

        return min(statements, key=order)

    def add_evidence(self, s: Statement, name: str, relation: str, why: str) -> None:
        start, end = s.span or (None, None)
        digest = self.seeds.span_hashes.get((s.source_id, *s.span)) if s.span else None
        if s.span and digest is None:
            self.problem(s.file, s.table, s.row_id, "span", f"[{start}, {end}]", rule="seeds/spans.csv does not know the span", mend="run scripts/check_spans.py --texts DIR --lock")
        coded = text(s.stated[name]) if name else ""
        note = "; ".join(part for part in (s.remark.rstrip(".") if why else s.remark, why) if part)
        self.tables.evidence.append(
            {
                "table_name": s.table, "row_id": s.row_id, "field_name": name, "stated_value": s.words.get(name) or coded, "coded_value": coded, "relation": relation,
                "source_id": s.source_id, "source_locator": s.at, "read_extent": s.read,
                "char_start": start, "char_end": end, "span_sha256": digest, "note": note,
            }
        )  # fmt: skip


def reconcile(seeds: Seeds, catalog: Catalog) -> Tables:
    """Return the rows that the sources make, with their evidence."""
    return Reconciler(seeds, catalog).run()


def split_dates(row: dict[str, Any]) -> dict[str, Any]:
    """Replace each partial date by its first possible day and its precision."""
    out: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, PartialDate):
            out[name], out[f"{name}_precision"] = value.day, value.precision
        else:
            out[name] = value
    return out


def check_stated(seeds: Seeds, tables: Tables, catalog: Catalog) -> None:
    """Report stated values that no list or table knows, also of statements that a decision sets aside."""
    for table in catalog.resources:
        keys = {k["fields"][0]: k["reference"]["resource"] for k in catalog.resource(table)["schema"].get("foreignKeys", [])}
        lists = {f["name"]: [c["code"] for c in seeds.lists["codes"] if c.get("code_list") == f["codeList"]] for f in catalog.fields(table) if "codeList" in f}
        for s in seeds.statements:
            for name, value in s.stated.items() if s.table == table else ():
                known = tables.rows[keys[name]] if name in keys else lists.get(name)
                if known is not None and value not in known:
                    rule = f"foreign key: no such row in {keys[name]}" if name in keys else "code: not in the code list"
                    tables.problems.append(Finding(table, s.row_id, name, text(value), rule, f"correct the value, or add it.{near(value, known)}", s.file))
