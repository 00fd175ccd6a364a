"""The errors that are made on purpose: each operator takes a release and returns it with one plausible error, or None where it does not apply."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import hashlib
import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sco_data.catalog import DESCRIPTOR, Catalog

Cells = list[str]


@dataclass
class Table:
    """A table as it stands in its file: text, row by row."""

    name: str
    fields: list[dict[str, Any]]
    key: list[str]
    header: Cells
    rows: list[Cells]

    @cached_property
    def at(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.header)}

    @cached_property
    def field(self) -> dict[str, dict[str, Any]]:
        return {f["name"]: f for f in self.fields}

    def id(self, row: Cells) -> str:
        return "|".join(row[self.at[k]] for k in self.key)

    def get(self, row: Cells, column: str) -> str:
        return row[self.at[column]]


@dataclass(frozen=True)
class Mutant:
    """A release with one error: what was done, where, and the file as it then is."""

    operator: str
    table: str
    #: The ids by which the place may be named: that of before, and that of after where the error is in the key.
    rows: tuple[str, ...]
    column: str
    before: str
    after: str
    body: bytes
    #: Something else in the release contradicts it: a rule, a type, a code list, a key, evidence, another table.
    witnessed: bool
    #: Error in the descriptor: the changed descriptor, and no changed file.
    descriptor: dict[str, Any] | None = None


def written(header: Cells, rows: list[Cells]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode()


@dataclass
class Release:
    """The release that the errors are made in."""

    catalog: Catalog
    tables: dict[str, Table] = field(init=False)

    def __post_init__(self) -> None:
        self.tables = {}
        for name in self.catalog.resources:
            with self.catalog.path(name).open(encoding="utf-8", newline="") as handle:
                header, *rows = csv.reader(handle)
            self.tables[name] = Table(name, self.catalog.fields(name), self.catalog.key(name), header, rows)

    @cached_property
    def foreign(self) -> dict[tuple[str, str], tuple[str, str]]:
        """(table, column) -> (table, column) pointed to."""
        return {
            (name, key["fields"][0]): (key["reference"]["resource"], key["reference"]["fields"][0])
            for name, resource in self.catalog.resources.items() for key in resource["schema"].get("foreignKeys", [])
        }  # fmt: skip

    @cached_property
    def evidenced(self) -> set[tuple[str, str, str]]:
        """The cells that evidence speaks of."""
        table = self.tables["evidence"]
        return {(table.get(r, "table_name"), table.get(r, "row_id"), table.get(r, "field_name")) for r in table.rows}

    @cached_property
    def evidenced_rows(self) -> set[tuple[str, str]]:
        return {(table, row) for table, row, _ in self.evidenced}

    @cached_property
    def states(self) -> set[str]:
        """The states of the panel."""
        return {row[0] for row in self.tables["country_years"].rows}

    @cached_property
    def family(self) -> set[str]:
        return {row[0] for row in self.tables["members"].rows}

    @cached_property
    def panelled(self) -> set[tuple[str, str]]:
        """The figures of series that a panel repeats."""
        table, panel, groups = self.tables["economic_figures"], self.tables["country_years"], self.tables["group_years"]
        columns = {f["name"] for f in panel.fields}
        years = {(row[0], row[1]) for row in panel.rows} | {("world", groups.get(row, "year")) for row in groups.rows}
        summed = {groups.get(row, "indicator") for row in groups.rows}
        out = set()
        for row in table.rows:
            subject, indicator, year = table.get(row, "subject_id"), table.get(row, "indicator"), table.get(row, "first_day")[:4]
            if (subject, year) in years and indicator in (summed if subject == "world" else columns):
                out.add(("economic_figures", table.id(row)))
        return out

    @cached_property
    def measured(self) -> set[str]:
        """The indicators of which there are figures or claims."""
        return {t.get(row, "indicator") for t in (self.tables["economic_figures"], self.tables["claims"]) for row in t.rows}

    @cached_property
    def spans(self) -> Counter[str]:
        table = self.tables["evidence"]
        return Counter(table.get(row, "span_sha256") for row in table.rows)

    @cached_property
    def evidence_per_row(self) -> dict[tuple[str, str], int]:
        """How many lines of evidence speak of a row."""
        table = self.tables["evidence"]
        out: dict[tuple[str, str], int] = {}
        for row in table.rows:
            place = table.get(row, "table_name"), table.get(row, "row_id")
            out[place] = out.get(place, 0) + 1
        return out


# -- what contradicts an error ---------------------------------------------------------------------

#: Columns that the curator decides and that something else in the release repeats: the row's id, its indicator, another table.
REPEATED = {
    "status_steps": {"iso3", "status_sought", "step"},
    "statuses": {"iso3", "status", "start_step", "end_step", "epistemic"},
    "summits": {"body", "main_document_id"},
    "positions": {"holder"},
    "officials": {"office"},
    "peer_codings": {"peer", "iso3"},
    "document_parties": {"document_id", "actor_id", "provision"},
    "economic_figures": {"unit", "subject_kind"},
    "members": {"epistemic"},
    "claims": {"unit"},
    "roll_calls": {"rcid", "session"},
    "codes": {"label", "position"},
    "actors": {"iso3"},
    "evidence": {"evidence_id", "table_name", "row_id", "field_name", "relation", "source_id", "source_locator", "char_start"},
}
#: What a series says in its own columns twice, and a panel or total once more.
OF_A_SERIES = {
    "economic_figures": {"figure_id", "subject_id", "indicator", "first_day", "last_day", "source_locator", "vintage", "contested"},
    "roll_calls": {"roll_call_id", "yes", "no", "abstain", "others_yes", "others_no", "others_abstain", "source_locator", "contested"},
    "roll_call_votes": {"roll_call_id", "iso3", "vote", "source_locator"},
    "roll_call_issues": {"roll_call_id", "source_locator"},
}
#: Columns of actors that members, and that the panel of state-years repeats.
IN_MEMBERS = {"iso2", "m49", "ccode", "gwcode", "wikidata_id", "name", "official_name", "name_ru", "name_zh"}
IN_PANEL = {"name", "ccode", "gwcode"}


def witnessed(release: Release, table: Table, row: Cells, column: str, after: str) -> bool:
    """Return whether something in the release repeats a cell, so that another value there contradicts it."""
    name, row_id, origin = table.name, table.id(row), table.field[column]["origin"]
    if name == "evidence":
        if column == "coded_value":
            # What is against a cell may be against it otherwise; what is rejected stands alone.
            return table.get(row, "relation") == "supports" and bool(table.get(row, "field_name"))
        if column in ("char_end", "span_sha256"):
            return not after or release.spans[table.get(row, "span_sha256")] > 1
        return column in REPEATED[name]
    if (name, row_id, column) in release.evidenced:
        return True
    if column in REPEATED.get(name, ()):
        return bool(after) or column != "main_document_id"
    if origin == "precision":
        return (name, row_id, column.removesuffix("_precision")) in release.evidenced or name in ("statuses", "members")
    if name == "economic_figures" and table.get(row, "vintage") and column == "value":
        return (name, row_id) in release.panelled
    if name in OF_A_SERIES and (name, row_id) not in release.evidenced_rows:
        return column in OF_A_SERIES[name]
    if name == "actors":
        return (column in IN_MEMBERS and row_id in release.family) or (column in IN_PANEL and row_id in release.states) or (origin == "key" and row_id in release.states)
    if name == "indicators":
        return column == "unit" and row_id in release.measured
    if origin == "key":
        return release.catalog.resource(name)["madeFrom"] == "view" or (name, row_id) in release.evidenced_rows or name == "sources"
    if name == "sources":
        return column == "series" or (column in ("cited_by", "cited_at") and not after)
    return origin in ("stated", "derived", "provenance") and column != "seat_contested"


# -- errors in a cell ------------------------------------------------------------------------------

Change = Callable[[random.Random, Release, Table, Cells, str], "str | None"]


@dataclass(frozen=True)
class Operator:
    """One kind of error: which columns it is made in, and how."""

    name: str
    says: str
    make: Callable[[random.Random, Release, str], Mutant | None]


OPERATORS: dict[str, Operator] = {}
#: How often another row is tried before an operator is said not to apply to a table.
TRIES = 60


def _place(rng: random.Random, table: Table, columns: list[str]) -> Iterator[tuple[int, str]]:
    for _ in range(TRIES):
        yield rng.randrange(len(table.rows)), rng.choice(columns)


def in_cell(name: str, says: str, suits: Callable[[dict[str, Any]], bool], breaks: bool = False, blank: bool = False) -> Callable[[Change], Change]:
    """Register an error in one cell of a column that suits; with `breaks` the value is none of the column's kind, whoever else knows of it."""

    def register(change: Change) -> Change:
        def make(rng: random.Random, release: Release, table_name: str) -> Mutant | None:
            table = release.tables[table_name]
            columns = [f["name"] for f in table.fields if suits(f)]
            if not columns or not table.rows:
                return None
            for n, column in _place(rng, table, columns):
                row = table.rows[n]
                before = table.get(row, column)
                if blank != (before == ""):
                    continue
                after = change(rng, release, table, row, column)
                if after is None or after == before:
                    continue
                changed = [*row]
                changed[table.at[column]] = after
                body = written(table.header, [*table.rows[:n], changed, *table.rows[n + 1 :]])
                known = breaks or witnessed(release, table, row, column, after)
                return Mutant(name, table_name, tuple({table.id(row), table.id(changed)}), column, before, after, body, known)
            return None

        OPERATORS[name] = Operator(name, says, make)
        return change

    return register


def kind(*types: str) -> Callable[[dict[str, Any]], bool]:
    return lambda f: f["type"] in types


def any_column(_: dict[str, Any]) -> bool:
    return True


def is_id(f: dict[str, Any]) -> bool:
    return f["type"] == "string" and f["origin"] in ("key", "provenance") and "locator" not in f["name"]


def day_of(row: Cells, table: Table, column: str) -> dt.date:
    return dt.date.fromisoformat(table.get(row, column))


@in_cell("day_later", "a date one day later", kind("date"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return str(day_of(row, table, column) + dt.timedelta(1))


@in_cell("day_earlier", "a date one day earlier", kind("date"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return str(day_of(row, table, column) - dt.timedelta(1))


@in_cell("month_day_exchanged", "month and day exchanged", kind("date"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    on = day_of(row, table, column)
    return f"{on.year}-{on.day:02}-{on.month:02}" if on.day <= 12 else None


def _year(shift: int) -> Change:
    def change(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
        on = day_of(row, table, column)
        return None if (on.month, on.day) == (2, 29) else f"{on.year + shift}-{on.month:02}-{on.day:02}"

    return change


in_cell("year_later", "a year one later", kind("date"))(_year(1))
in_cell("year_earlier", "a year one earlier", kind("date"))(_year(-1))
in_cell("decade_off", "a year ten off", kind("date"))(_year(10))
in_cell("century_off", "a year a hundred off", kind("date"), breaks=False)(_year(-100))


@in_cell("first_of_month", "a day given as the first of its month", kind("date"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return table.get(row, column)[:8] + "01"


@in_cell("placeholder_date", "9999 for a day that is not known", kind("date"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return "9999-12-31"


@in_cell("impossible_day", "30 February", kind("date"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return table.get(row, column)[:5] + "02-30"


@in_cell("local_date", "a date written 09.06.2017", kind("date"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return day_of(row, table, column).strftime("%d.%m.%Y")


@in_cell("short_date", "a date written 2017-6", kind("date"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return table.get(row, column)[:7]


def _times(factor: float) -> Change:
    def change(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
        value = float(table.get(row, column)) * factor
        if table.field[column]["type"] == "integer":
            return str(int(value)) if value == int(value) else None
        return str(int(value)) if value == int(value) else repr(value)

    return change


for _name, _says, _factor in (
    ("ten_times", "a number ten times too large", 10), ("a_tenth", "a number ten times too small", 0.1), ("thousand_times", "millions for billions, the one way", 1000),
    ("a_thousandth", "millions for billions, the other way", 0.001), ("sign", "a sign lost or added", -1),
):  # fmt: skip
    in_cell(_name, _says, kind("number", "integer"))(_times(_factor))


@in_cell("digits_exchanged", "two digits that follow each other exchanged", kind("number", "integer"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    places = [i for i in range(len(value) - 1) if value[i].isdigit() and value[i + 1].isdigit() and value[i] != value[i + 1] and not (i == 0 and value[1] == "0")]
    if not places:
        return None
    i = rng.choice(places)
    return value[:i] + value[i + 1] + value[i] + value[i + 2 :]


@in_cell("one_off", "a number one too large", kind("integer", "number"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return _number(float(table.get(row, column)) + 1)


@in_cell("digit_wrong", "the last digit but one wrong", kind("integer", "number"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    if not re.fullmatch(r"\d{3,}", value):
        return None
    return value[:-2] + str((int(value[-2]) + rng.randrange(1, 10)) % 10) + value[-1]


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


@in_cell("share_over_100", "a share of more than a hundred per cent", lambda f: f["name"] in ("value", "stated_value") and f["type"] == "number")
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    return _number(100 + float(table.get(row, column))) if table.get(row, "unit") == "percent" else None


@in_cell("thousands_separator", "digits in groups", kind("number", "integer"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    return f"{int(value):,}" if re.fullmatch(r"\d{4,}", value) else None


@in_cell("decimal_comma", "a decimal comma", kind("number"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    return value.replace(".", ",") if "." in value else None


@in_cell("not_a_number", "NaN for a number", kind("number", "integer"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return rng.choice(["NaN", "inf", "n/a", "-"])


def coded(f: dict[str, Any]) -> bool:
    return "codeList" in f


@in_cell("other_code", "another code of the same list", coded)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    codes = [c for c in table.field[column]["constraints"]["enum"] if c != table.get(row, column)]
    return rng.choice(codes) if codes else None


@in_cell("unknown_code", "a code that is not in the list", coded, breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    value = table.get(row, column)
    i = rng.randrange(len(value))
    return value[:i] + value[i] + value[i:]


def textual(f: dict[str, Any]) -> bool:
    return f["type"] == "string" and ("codeList" in f or f["origin"] == "key" or f["name"].endswith(("_id", "iso3", "_step", "holder", "about", "target", "issue", "indicator")))


@in_cell("case", "capital for small letters", textual, breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    return value.upper() if value != value.upper() else value.lower()


@in_cell("blank_after", "a stray blank after the value", any_column, breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return table.get(row, column) + " "


@in_cell("blank_before", "a stray blank before the value", any_column, breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return " " + table.get(row, column)


@in_cell("blank_doubled", "two blanks for one", kind("string"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    return value.replace(" ", "  ", 1) if " " in value else None


@in_cell("tab", "a tab for a blank", kind("string"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    return value.replace(" ", "\t", 1) if " " in value else None


@in_cell("hard_blank", "a blank that does not break, from a word processor", kind("string"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    return value.replace(" ", "\u00a0", 1) if " " in value else None


@in_cell("newline", "a line break in a cell", kind("string"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    return value.replace(" ", "\n", 1) if " " in value else None


@in_cell("invisible", "a character that is not seen", kind("string"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    value = table.get(row, column)
    i = rng.randrange(1, len(value) + 1)
    return value[:i] + rng.choice("\u200b\u00ad\ufeff\u2060") + value[i:]


@in_cell("formula", "text that a spreadsheet takes for a formula", kind("string"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return "=" + table.get(row, column)


@in_cell("mojibake", "UTF-8 read as Latin-1", kind("string"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    return None if value.isascii() else value.encode().decode("latin-1")


@in_cell("quotes_doubled", "quotes that a bad CSV writer left in the cell", kind("string"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return f'"{table.get(row, column)}"'


@in_cell("na", "NA, null or a dash for unknown", kind("string"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return rng.choice(["NA", "N/A", "null", "None", "nan", "?", "unknown ", "-", "..."])


@in_cell("homoglyph", "a Cyrillic letter for a Latin one", is_id, breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    places = [i for i, c in enumerate(value) if c in "aceopxACEHKMOPTXB"]
    if not places:
        return None
    i = rng.choice(places)
    return value[:i] + dict(zip("aceopxACEHKMOPTXB", "асеорхАСЕНКМОРТХВ"))[value[i]] + value[i + 1 :]


@in_cell("id_misspelt", "a letter lost in an id", is_id)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    value = table.get(row, column)
    i = rng.randrange(len(value))
    return value[:i] + value[i + 1 :] if len(value) > 2 else None


@in_cell("truth_flipped", "true for false", kind("boolean"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return "false" if table.get(row, column) == "true" else "true"


@in_cell("truth_elsewhere", "True, 1 or yes for true", kind("boolean"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return rng.choice(["True", "TRUE", "1", "yes"])


@in_cell("to_nowhere", "a foreign key to a row that is not there", kind("string"), breaks=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    return table.get(row, column) + "x" if (table.name, column) in release.foreign else None


@in_cell("to_another", "a foreign key to another row", kind("string"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    if (table.name, column) not in release.foreign:
        return None
    target, name = release.foreign[table.name, column]
    other = release.tables[target]
    # Another that stands in this column too: a state for a state, not for a group.
    return str(other.get(rng.choice(other.rows), name)) if rng.random() < 0.2 else table.get(rng.choice(table.rows), column)


@in_cell("blanked", "a value lost", any_column)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return ""


@in_cell("copied_down", "the value of the row above", any_column)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    n = table.rows.index(row)
    return table.get(table.rows[n - 1], column) or None


@in_cell("filled", "a value where there was none", any_column, blank=True)
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str | None:
    return table.get(rng.choice(table.rows), column) or None


@in_cell("precision_other", "another precision of a date", lambda f: f["origin"] == "precision")
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return rng.choice([p for p in ("day", "month", "year") if p != table.get(row, column)])


@in_cell("locator_other", "the page of another row", lambda f: f["name"] == "source_locator")
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return table.get(rng.choice(table.rows), column)


@in_cell("span_moved", "the start of a span moved", lambda f: f["name"] in ("char_start", "char_end"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return str(int(table.get(row, column)) + rng.choice([-3, -1, 1, 7, 40]))


@in_cell("hash_other", "the hash of another span or text", lambda f: f["name"].endswith("sha256"))
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return "".join(rng.choice("0123456789abcdef") for _ in range(64))


@in_cell("vote_flipped", "yes for no", lambda f: f["name"] == "vote")
def _(rng: random.Random, release: Release, table: Table, row: Cells, column: str) -> str:
    return {"yes": "no", "no": "yes"}.get(table.get(row, column), "yes")


# -- errors in rows and columns --------------------------------------------------------------------


def in_table(name: str, says: str) -> Callable[[Callable[..., Mutant | None]], Callable[..., Mutant | None]]:
    """Register an error in more than a cell."""

    def register(function: Callable[..., Mutant | None]) -> Callable[..., Mutant | None]:
        def make(rng: random.Random, release: Release, table_name: str) -> Mutant | None:
            table = release.tables[table_name]
            return function(rng, release, table, name) if len(table.rows) > 2 else None

        OPERATORS[name] = Operator(name, says, make)
        return function

    return register


def row_known(release: Release, table: Table, row: Cells) -> bool:
    """Return whether something else in the release says that the row is there."""
    row_id = table.id(row)
    if (table.name, row_id) in release.evidenced_rows or release.catalog.resource(table.name)["madeFrom"] == "view":
        return True
    if table.name == "evidence":
        # One line of several of a row is not missed.
        return release.evidence_per_row[table.get(row, "table_name"), table.get(row, "row_id")] == 1
    if table.name == "economic_figures":
        return (table.name, row_id) in release.panelled
    if table.name == "indicators":
        return row_id in release.measured
    if table.name == "actors":
        return row_id in release.states
    return table.name in ("roll_call_votes", "roll_calls", "codes", "sources")


@in_table("row_dropped", "a row lost")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant:
    n = rng.randrange(len(table.rows))
    row = table.rows[n]
    return Mutant(name, table.name, (table.id(row),), "", ",".join(row)[:80], "", written(table.header, table.rows[:n] + table.rows[n + 1 :]), row_known(release, table, row))


@in_table("row_doubled", "a row twice")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant:
    n = rng.randrange(len(table.rows))
    return Mutant(name, table.name, (table.id(table.rows[n]),), "", "", "", written(table.header, table.rows[: n + 1] + table.rows[n:]), True)


@in_table("row_doubled_anew", "a row twice, the second under another id")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant | None:
    last = table.key[-1]
    if table.field[last]["type"] != "string" or len(table.key) > 1:
        return None
    n = rng.randrange(len(table.rows))
    row = [*table.rows[n]]
    row[table.at[last]] += "-2"
    # Under an id of its own a state, a word or an issue more is not missed.
    known = table.name not in ("actors", "indicators", "issues", "codes")
    return Mutant(name, table.name, (table.id(row),), "", "", "", written(table.header, table.rows[: n + 1] + [row] + table.rows[n + 1 :]), known)


@in_table("rows_exchanged", "two rows in the wrong order")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant:
    n = rng.randrange(len(table.rows) - 1)
    rows = [*table.rows]
    rows[n], rows[n + 1] = rows[n + 1], rows[n]
    return Mutant(name, table.name, (table.id(rows[n]), table.id(rows[n + 1])), "", "", "", written(table.header, rows), True)


@in_table("cells_exchanged", "two neighbouring cells of a row exchanged")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant | None:
    for _ in range(TRIES):
        n, i = rng.randrange(len(table.rows)), rng.randrange(len(table.header) - 1)
        row = table.rows[n]
        if row[i] != row[i + 1]:
            changed = [*row]
            changed[i], changed[i + 1] = row[i + 1], row[i]
            known = any(witnessed(release, table, row, c, v) for c, v in zip(table.header[i : i + 2], changed[i : i + 2]))
            known |= any(not fits(table.field[c], v) for c, v in zip(table.header[i : i + 2], changed[i : i + 2]))
            return Mutant(
                name, table.name, tuple({table.id(row), table.id(changed)}), "|".join(table.header[i : i + 2]), row[i], row[i + 1],
                written(table.header, [*table.rows[:n], changed, *table.rows[n + 1 :]]), known,
            )  # fmt: skip
    return None


_PARSE: dict[str, Callable[[str], Any]] = {"date": dt.date.fromisoformat, "number": float, "integer": int, "boolean": ["true", "false"].index, "string": str}


def fits(spec: dict[str, Any], value: str) -> bool:
    """Return whether a value can stand in a column, by its type and constraints."""
    given = spec.get("constraints", {})
    if not value:
        return not given.get("required")
    try:
        _PARSE[spec["type"]](value)
    except (ValueError, KeyError):
        return False
    return ("enum" not in given or value in given["enum"]) and ("pattern" not in given or re.fullmatch(given["pattern"], value) is not None)


@in_table("dates_exchanged", "first and last day of a row exchanged")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant | None:
    pairs = [(a, b) for a, b in (("start_date", "end_date"), ("first_day", "last_day"), ("announced_date", "completed_date"), ("published_on", "accessed_on")) if a in table.at and b in table.at]
    for n, (a, b) in ((rng.randrange(len(table.rows)), rng.choice(pairs)) for _ in range(TRIES) if pairs):
        row = table.rows[n]
        one, other = table.get(row, a), table.get(row, b)
        if one and other and one != other:
            changed = [*row]
            changed[table.at[a]], changed[table.at[b]] = other, one
            body = written(table.header, [*table.rows[:n], changed, *table.rows[n + 1 :]])
            return Mutant(name, table.name, tuple({table.id(row), table.id(changed)}), f"{a}|{b}", one, other, body, True)
    return None


@in_table("row_shifted", "a separator lost: a cell too few")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant:
    n = rng.randrange(len(table.rows))
    row = [*table.rows[n]]
    i = rng.randrange(len(row) - 1)
    row[i : i + 2] = [row[i] + row[i + 1]]
    return Mutant(name, table.name, tuple({table.id(table.rows[n]), "|".join((row + [""])[table.at[k]] for k in table.key)}), "", "", "", written(table.header, [*table.rows[:n], row, *table.rows[n + 1 :]]), True)


@in_table("comma_unquoted", "a comma that is not quoted: a cell too many")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant | None:
    for n, column in _place(rng, table, table.header):
        value = table.get(table.rows[n], column)
        if ", " in value:
            row = [*table.rows[n]]
            row[table.at[column] : table.at[column] + 1] = value.split(",", 1)
            return Mutant(name, table.name, tuple({table.id(table.rows[n]), "|".join(row[table.at[k]] for k in table.key)}), "", value, "", written(table.header, [*table.rows[:n], row, *table.rows[n + 1 :]]), True)
    return None


@in_table("names_exchanged", "two names of the header exchanged")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant:
    i, j = rng.sample(range(len(table.header)), 2)
    header = [*table.header]
    header[i], header[j] = header[j], header[i]
    return Mutant(name, table.name, (), "header", "", "", written(header, table.rows), True)


@in_table("name_misspelt", "a name of the header misspelt")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant:
    header = [*table.header]
    i = rng.randrange(len(header))
    header[i] = rng.choice([header[i] + "s", header[i].upper(), header[i][:-1], " " + header[i]])
    return Mutant(name, table.name, (), "header", "", "", written(header, table.rows), True)


@in_table("columns_exchanged", "the values of two columns of a kind exchanged")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant | None:
    for _ in range(TRIES):
        i, j = rng.sample(range(len(table.header)), 2)
        one, other = (table.field[table.header[k]] for k in (i, j))
        if one["type"] == other["type"] and any(row[i] != row[j] for row in table.rows):
            rows = [[*row] for row in table.rows]
            for row in rows:
                row[i], row[j] = row[j], row[i]
            sample = next(row for row in table.rows if row[i] != row[j])
            known = any(witnessed(release, table, sample, table.header[k], sample[m]) for k, m in ((i, j), (j, i))) or not all(
                fits(f, row[k]) for row in rows for f, k in ((one, i), (other, j))
            )
            return Mutant(name, table.name, (), f"{table.header[i]}|{table.header[j]}", "", "", written(table.header, rows), known)
    return None


@in_table("column_dropped", "a column lost")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant:
    i = rng.randrange(len(table.header))
    return Mutant(name, table.name, (), "header", "", "", written(table.header[:i] + table.header[i + 1 :], [row[:i] + row[i + 1 :] for row in table.rows]), True)


@in_table("column_added", "a column too many")
def _(rng: random.Random, release: Release, table: Table, name: str) -> Mutant:
    return Mutant(name, table.name, (), "header", "", "", written([*table.header, "comment"], [[*row, ""] for row in table.rows]), True)


# -- errors in the file ----------------------------------------------------------------------------


def in_file(name: str, says: str) -> Callable[[Callable[[random.Random, bytes], bytes | None]], None]:
    def register(change: Callable[[random.Random, bytes], bytes | None]) -> None:
        def make(rng: random.Random, release: Release, table_name: str) -> Mutant | None:
            body = release.catalog.path(table_name).read_bytes()
            after = change(rng, body)
            return None if after is None or after == body else Mutant(name, table_name, (), "", "", "", after, True)

        OPERATORS[name] = Operator(name, says, make)

    return register


in_file("bom", "a byte order mark")(lambda rng, body: b"\xef\xbb\xbf" + body)
in_file("crlf", "Windows line ends")(lambda rng, body: body.replace(b"\n", b"\r\n"))
in_file("latin_1", "Latin-1 for UTF-8")(lambda rng, body: None if body.isascii() else body.decode().encode("cp1252", "replace") if _ascii_after(body) else None)
in_file("utf_16", "UTF-16 for UTF-8")(lambda rng, body: body.decode().encode("utf-16"))
in_file("semicolons", "semicolons between the cells")(lambda rng, body: body.replace(b",", b";"))
in_file("cut", "the end of the file lost")(lambda rng, body: body[: -rng.randrange(2, 200)])
in_file("quote_open", "a quote that is not closed")(lambda rng, body: _quote(rng, body))
in_file("nul", "a NUL byte")(lambda rng, body: body[: (i := rng.randrange(len(body)))] + b"\x00" + body[i:])
in_file("blank_line", "an empty line")(lambda rng, body: _insert_line(rng, body, b"\n"))
in_file("header_twice", "the header once more among the rows")(lambda rng, body: _insert_line(rng, body, body.split(b"\n", 1)[0] + b"\n"))


def _ascii_after(body: bytes) -> bool:
    """Return whether Latin-1 leaves a byte that is no UTF-8: what it cannot write becomes a question mark."""
    return any(ord(c) > 127 and c.encode("cp1252", "ignore") for c in body.decode())


def _quote(rng: random.Random, body: bytes) -> bytes:
    starts = [m.end() for m in re.finditer(rb"\n", body)][:-1]
    at = rng.choice(starts)
    return body[:at] + b'"' + body[at:]


def _insert_line(rng: random.Random, body: bytes, line: bytes) -> bytes:
    at = rng.choice([m.end() for m in re.finditer(rb"\n", body)][:-1])
    return body[:at] + line + body[at:]


#: Tables whose rows a rule compares with the days that the table covers.
COVERED = {"status_steps", "statuses", "summits", "documents", "economic_figures"}

# -- a descriptor out of step with its table ---------------------------------------------------------


def in_descriptor(name: str, says: str) -> Callable[[Callable[[random.Random, dict[str, Any]], str | None]], None]:
    """Register an error in the descriptor of a table; the function changes it and returns the column, or None where it does not apply."""

    def register(change: Callable[[random.Random, dict[str, Any]], str | None]) -> None:
        def make(rng: random.Random, release: Release, table_name: str) -> Mutant | None:
            descriptor = copy.deepcopy(release.catalog.descriptor)
            resource = next(r for r in descriptor["resources"] if r["name"] == table_name)
            before = json.dumps(resource)
            column = change(rng, resource)
            if column is None or json.dumps(resource) == before:
                return None
            # Days that a table is said to cover bind the rows of some tables only.
            known = name != "coverage_other" or table_name in COVERED
            return Mutant(name, table_name, (), column, "", "", release.catalog.path(table_name).read_bytes(), known, descriptor)

        OPERATORS[name] = Operator(name, says, make)

    return register


@in_descriptor("field_dropped", "the descriptor lacks a column")
def _(rng: random.Random, resource: dict[str, Any]) -> str:
    fields = resource["schema"]["fields"]
    loose = [i for i, f in enumerate(fields) if f["name"] not in resource["schema"]["primaryKey"]]
    return str(fields.pop(rng.choice(loose))["name"]) if loose else ""


@in_descriptor("field_type", "the descriptor gives a column another type")
def _(rng: random.Random, resource: dict[str, Any]) -> str:
    spec = rng.choice(resource["schema"]["fields"])
    spec["type"] = rng.choice([t for t in ("string", "integer", "number", "boolean", "date") if t != spec["type"]])
    return str(spec["name"])


@in_descriptor("fields_exchanged", "the descriptor has two columns in the wrong order")
def _(rng: random.Random, resource: dict[str, Any]) -> str:
    fields = resource["schema"]["fields"]
    i = rng.randrange(len(fields) - 1)
    fields[i], fields[i + 1] = fields[i + 1], fields[i]
    return f"{fields[i]['name']}|{fields[i + 1]['name']}|header"


@in_descriptor("constraint_dropped", "the descriptor lacks a constraint")
def _(rng: random.Random, resource: dict[str, Any]) -> str | None:
    bound = [f for f in resource["schema"]["fields"] if f.get("constraints")]
    if not bound:
        return None
    spec = rng.choice(bound)
    del spec["constraints"][rng.choice(sorted(spec["constraints"]))]
    return str(spec["name"])


@in_descriptor("code_added", "the descriptor allows a code that the code list has not")
def _(rng: random.Random, resource: dict[str, Any]) -> str | None:
    listed = [f for f in resource["schema"]["fields"] if "codeList" in f]
    if not listed:
        return None
    spec = rng.choice(listed)
    spec["constraints"]["enum"].append("guest")
    return str(spec["name"])


@in_descriptor("foreign_key_dropped", "the descriptor lacks a foreign key")
def _(rng: random.Random, resource: dict[str, Any]) -> str | None:
    keys = resource["schema"].get("foreignKeys", [])
    return str(keys.pop(rng.randrange(len(keys)))["fields"][0]) if keys else None


@in_descriptor("primary_key_other", "the descriptor names another primary key")
def _(rng: random.Random, resource: dict[str, Any]) -> str:
    names = [f["name"] for f in resource["schema"]["fields"] if f["name"] not in resource["schema"]["primaryKey"]]
    resource["schema"]["primaryKey"] = [rng.choice(names)] if names else resource["schema"]["primaryKey"][:1]
    return "primaryKey"


@in_descriptor("path_other", "the descriptor points to a file that is not there")
def _(rng: random.Random, resource: dict[str, Any]) -> str:
    resource["path"] = resource["path"].replace(".csv", "2.csv")
    return ""


@in_descriptor("coverage_other", "the descriptor gives another coverage")
def _(rng: random.Random, resource: dict[str, Any]) -> str | None:
    if "coverage" not in resource:
        return None
    resource["coverage"]["last_day"] = "2019-12-31"
    return ""


def align(descriptor: dict[str, Any], folder: Path, mutant: Mutant) -> dict[str, Any]:
    """Bring hash, size and row count of the changed table into line, so that it is not the checksum that catches the error."""
    descriptor = copy.deepcopy(mutant.descriptor or descriptor)
    for resource in descriptor["resources"]:
        if resource["name"] == mutant.table and mutant.descriptor is None:
            try:
                rows = max(sum(1 for _ in csv.reader(io.StringIO(mutant.body.decode(), newline=""))) - 1, 0)
            except (UnicodeDecodeError, csv.Error):
                rows = resource["rowCount"]
            resource |= {"hash": "sha256:" + hashlib.sha256(mutant.body).hexdigest(), "bytes": len(mutant.body), "rowCount": rows}
    (folder / DESCRIPTOR).write_text(json.dumps(descriptor), encoding="utf-8", newline="\n")
    return descriptor
