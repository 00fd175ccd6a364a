"""Read seeds/: one TOML file a source, the lists, the decisions, the spans. Every problem of a run is collected."""

from __future__ import annotations

import csv
import datetime as dt
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sco_data.catalog import Catalog
from sco_data.errors import CONTROL, near, shown
from sco_data.files import check_settled, is_file
from sco_data.validation.report import Finding

#: What a block may hold beside the columns of its table.
BLOCK_WORDS = {"id", "at", "span", "words", "read", "remark"}
#: The file of a series stands beside the record of its source.
SERIES = ".series.csv"
#: So does one of roll calls.
VOTES = ".votes.csv"
# No dots: `<source>.<table>.csv` is split at one.
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
BRACES = re.compile(r"\{(\w+)\}")
#: What a spreadsheet would run, or a terminal act on.
HARM = re.compile(f"[=@]|[+-](?![0-9][0-9., %]*$)|.*[\t\n{CONTROL}]", re.DOTALL)
#: Several may stand in one cell, and beyond 131,072 characters Python's csv refuses to read it again.
LONGEST_TEXT = 10_000


def texts(value: Any) -> Iterator[str]:
    """Yield every text in lists and dictionaries."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


def filled(block: dict[str, Any], braces: re.Match[str]) -> str:
    """Return what the column named in braces holds; KeyError if the block has none of that name."""
    return str(block[braces[1]])


@dataclass(frozen=True)
class PartialDate:
    """A date that is known to the day, the month or the year.

    >>> PartialDate.parse("2005-07").covers(PartialDate.parse("2005-07-05"))
    True
    """

    day: dt.date
    precision: str

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        parts = text.split("-")
        if [len(p) for p in parts] not in ([4], [4, 2], [4, 2, 2]):
            raise ValueError(text)
        return cls(dt.date.fromisoformat("-".join(parts + ["01"] * (3 - len(parts)))), ("year", "month", "day")[len(parts) - 1])

    def __str__(self) -> str:
        return self.day.isoformat()[: {"year": 4, "month": 7, "day": 10}[self.precision]]

    def covers(self, other: PartialDate) -> bool:
        """Return True if the other date lies within this one and is at least as fine."""
        return str(other).startswith(str(self))


@dataclass
class Statement:
    """What one source says of one row, in one place."""

    file: str
    source_id: str
    table: str
    row_id: str
    key: dict[str, Any]
    stated: dict[str, Any]
    decided: dict[str, Any]
    at: str
    read: str
    span: tuple[int, int] | None = None
    words: dict[str, str] = field(default_factory=dict)
    remark: str = ""


@dataclass
class Series:
    """Figures of one provider and vintage: rows of source_code, iso3, year, value, as they stand in the file."""

    file: str
    source_id: str
    vintage: str
    rows: list[dict[str, str]]


@dataclass
class RollCalls:
    """Roll calls of one dataset: a row each, with the votes of the states as letters; and which sessions are whole."""

    file: str
    source_id: str
    complete: set[str]
    rows: list[dict[str, str]]


@dataclass
class Seeds:
    """All that people wrote, typed, before any of it is reconciled."""

    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    source_files: dict[str, str] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    roll_calls: list[RollCalls] = field(default_factory=list)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    span_hashes: dict[tuple[str, int, int], str] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)


class Reader:
    """Reads one folder of seeds against one descriptor."""

    def __init__(self, folder: Path, catalog: Catalog):
        self.folder, self.catalog = folder, catalog
        self.seeds = Seeds()
        self.fields = {t: {f["name"]: f for f in catalog.fields(t)} for t in catalog.resources}

    def problem(self, file: str, table: str = "", row: str = "", column: str = "", value: Any = "", *, rule: str, mend: str) -> None:
        said = value if isinstance(value, str) and len(value) <= 1000 else shown(value)
        self.seeds.problems.append(Finding(table, row[:200], column[:200], said, rule, mend, file))

    def name(self, path: Path) -> str:
        return f"seeds/{path.relative_to(self.folder).as_posix()}"

    def read(self) -> Seeds:
        for folder in (self.folder, self.folder / "sources"):
            check_settled(folder)
        for path in sorted((self.folder / "sources").glob("*.toml")):
            if path.is_file():
                self.read_source(path)
        for path in sorted((self.folder / "sources").glob("*.csv")):
            if not path.with_name(f"{path.name.split('.')[0]}.toml").is_file():
                self.problem(self.name(path), rule="no record of its source", mend="write the TOML file of the source beside it, or remove the file")
        self.read_cited(self.folder / "cited.toml")
        for table, resource in self.catalog.resources.items():
            if resource["madeFrom"] == "list":
                self.seeds.lists[table] = self.read_list(table, self.folder / "lists" / f"{table}.csv")
        self.read_decisions(self.folder / "decisions.toml")
        self.read_spans(self.folder / "spans.csv")
        return self.seeds

    # -- files ---------------------------------------------------------------------------------

    def load_toml(self, path: Path) -> dict[str, Any]:
        try:
            if path.exists() and not is_file(path):
                raise ValueError("no file")
            body = tomllib.loads(path.read_text(encoding="utf-8"))
            longest = max((len(text) for text in texts(body)), default=0)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            # An integer of thousands of digits is a ValueError of Python's own.
            self.problem(self.name(path), rule=f"not TOML: {error}", mend="correct the syntax at that line")
            return {}
        if longest > LONGEST_TEXT:
            self.problem(self.name(path), rule=f"a text of {longest:,} characters, of {LONGEST_TEXT:,} at most", mend="shorten it")
            return {}
        return body

    def tables_of(self, path: Path, name: str) -> list[dict[str, Any]]:
        """Return the [[name]] tables of a file that has nothing else."""
        body = self.load_toml(path)
        tables = body.pop(name, [])
        if body or not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
            self.problem(self.name(path), rule=f"something else than [[{name}]] tables: {', '.join(body) or name}", mend=f"write [[{name}]] blocks only")
            return []
        return tables

    def load_csv(self, path: Path) -> list[dict[str, str]]:
        try:
            if path.exists() and not is_file(path):
                raise csv.Error("no file")
            with path.open(encoding="utf-8", newline="") as handle:
                reader = csv.DictReader(handle, restkey="(beyond the last column)", strict=True)
                return [{k: v for k, v in row.items() if v} for row in reader]
        except FileNotFoundError:
            self.problem(self.name(path), rule="file missing", mend="restore it, or take the table out of datapackage.json")
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            self.problem(self.name(path), rule=f"not CSV in UTF-8: {error}", mend="save it as comma-separated UTF-8")
        return []

    def read_source(self, path: Path) -> None:
        source_id, file = path.stem, self.name(path)
        body = self.load_toml(path)
        record = body.pop("source", None)
        if not isinstance(record, dict) and any(p.file == file for p in self.seeds.problems):
            return
        if not isinstance(record, dict):
            self.problem(file, rule="no [source]", mend="begin the file with the bibliographic record of the source")
            return
        read = record.pop("read", None)
        if read not in ("full", "excerpt"):
            self.problem(file, "sources", source_id, "read", read, rule="how much was read is not said", mend='write read = "full" or "excerpt"')
            read = "excerpt"
        self.add_source(file, source_id, record)
        series, votes = body.pop("series", None), body.pop("votes", None)
        if series is not None:
            self.read_series(file, source_id, path.with_name(f"{source_id}{SERIES}"), series)
        if votes is not None:
            self.read_votes(file, source_id, path.with_name(f"{source_id}{VOTES}"), votes)
        for table, blocks in body.items():
            if self.catalog.resources.get(table, {}).get("madeFrom") != "sources" or not isinstance(blocks, list):
                known = [t for t, r in self.catalog.resources.items() if r["madeFrom"] == "sources"]
                self.problem(file, table, rule="a source has no such table", mend=f"write [[table]] blocks of: {', '.join(known)}.{near(table, known)}")
                continue
            for block in blocks:
                if isinstance(block, dict) and isinstance(block.get("words", {}), dict):
                    self.read_block(file, source_id, table, block, read)
                else:
                    self.problem(file, table, value=block, rule="not a [[table]] block, or its words are no table", mend="see seeds/README.md")
        for extra in sorted(path.parent.glob(f"{source_id}.*.csv")):
            table = extra.name[len(source_id) + 1 : -len(".csv")]
            if extra.name.endswith((SERIES, VOTES)):
                head = "series" if extra.name.endswith(SERIES) else "votes"
                if (series if head == "series" else votes) is None:
                    self.problem(self.name(extra), rule=f"a file of {head} without its head", mend=f"write [{head}] in {file}; see seeds/README.md")
            elif self.catalog.resources.get(table, {}).get("madeFrom") == "sources":
                for row in self.load_csv(extra):
                    self.read_block(self.name(extra), source_id, table, self.from_text(self.name(extra), table, row), read)
            else:
                self.problem(self.name(extra), table, rule="a source has no such table", mend="name the file <source>.<table>.csv")

    def read_series(self, file: str, source_id: str, path: Path, head: Any) -> None:
        vintage = head.get("vintage") if isinstance(head, dict) else None
        if not isinstance(vintage, str) or not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", vintage) or set(head) != {"vintage"}:
            self.problem(file, "sources", source_id, "series", head, rule="not the head of a series", mend='write [series] with vintage = "2026-07-01", the edition of the provider\'s data')
            return
        self.seeds.sources[source_id]["series"] = True
        self.seeds.series.append(Series(self.name(path), source_id, vintage, self.load_csv(path)))

    def read_votes(self, file: str, source_id: str, path: Path, head: Any) -> None:
        complete = head.get("complete_sessions") if isinstance(head, dict) else None
        if not isinstance(complete, list) or not all(isinstance(s, str) for s in complete) or set(head) != {"complete_sessions"}:
            self.problem(file, "sources", source_id, "votes", head, rule="not the head of roll calls", mend='write [votes] with complete_sessions = ["47", "48"], the sessions that are whole')
            return
        self.seeds.sources[source_id]["series"] = True
        self.seeds.roll_calls.append(RollCalls(self.name(path), source_id, set(complete), self.load_csv(path)))

    def read_cited(self, path: Path) -> None:
        for record in self.tables_of(path, "source"):
            source_id = str(record.pop("id", ""))
            self.add_source(self.name(path), source_id, record)

    def add_source(self, file: str, source_id: str, record: dict[str, Any]) -> None:
        if not ID.fullmatch(source_id):
            self.problem(file, "sources", source_id, "source_id", rule="not an id", mend="use lower-case letters, digits, hyphens")
        if source_id in self.seeds.sources:
            self.problem(
                file, "sources", source_id, rule=f"duplicate id: also in {self.seeds.source_files[source_id]}", mend="keep one record of a source"
            )
            return
        row = {"source_id": source_id}
        for name, value in record.items():
            if name == "source_id" or name not in self.fields["sources"]:
                self.problem(file, "sources", source_id, name, value, rule="unknown field", mend=f"remove it.{near(name, self.fields['sources'])}")
                continue
            row[name] = self.typed(file, "sources", source_id, name, value)
        self.seeds.sources[source_id] = row
        self.seeds.source_files[source_id] = file

    def read_list(self, table: str, path: Path) -> list[dict[str, Any]]:
        file, rows, seen = self.name(path), [], set()
        writable = {n for n, f in self.fields[table].items() if f["origin"] in ("key", "decided") and (table, n) != ("codes", "position")}
        for text_row in self.load_csv(path):
            row_id = "|".join(text_row.get(k, "") for k in self.catalog.key(table))
            row: dict[str, Any] = {}
            for name, value in self.from_text(file, table, text_row).items():
                if name not in writable:
                    self.problem(file, table, row_id, name, value, rule="unknown field", mend=f"remove the column.{near(name, writable)}")
                else:
                    row[name] = self.typed(file, table, row_id, name, value)
            keys = [k for k in self.catalog.key(table) if k in writable]
            if any(k in row and row[k] is None for k in keys):
                # What is wrong with it has been said.
                continue
            blank = [k for k in keys if k not in row]
            if blank or row_id in seen:
                rule, mend = ("missing", "each row has its key") if blank else ("duplicate id", "keep one of the rows")
                self.problem(file, table, row_id, ", ".join(blank), rule=rule, mend=mend)
                continue
            seen.add(row_id)
            rows.append(row)
        return rows

    def read_decisions(self, path: Path) -> None:
        file = self.name(path)
        # One decision may be made for many rows.
        decisions = [{**d, "row": row} for d in self.tables_of(path, "decision") for row in (d["row"] if isinstance(d.get("row"), list) else [d.get("row", "")])]
        for decision in decisions:
            row = str(decision.get("row", ""))
            needed = {"table", "row", "why"} | (set() if decision.get("reject") else {"field", "take", "against"})
            unknown = set(decision) - needed - {"at", "reject"}
            texts = all(isinstance(decision.get(n, ""), str) for n in ("table", "row", "field", "take", "at", "why"))
            names = decision.get("against", [])
            if not texts or not isinstance(names, list) or not all(isinstance(n, str) for n in names) or not str(decision.get("why", "-")).strip():
                self.problem(file, str(decision.get("table", "")), row, rule="a decision holds text, `against` a list of it, and `why` a reason", mend="see seeds/README.md")
                continue
            for name in sorted(needed - set(decision)):
                self.problem(file, str(decision.get("table", "")), row, name, rule="a decision lacks it", mend="add the line")
            for name in sorted(unknown):
                self.problem(file, str(decision.get("table", "")), row, name, decision[name], rule="unknown field", mend="remove it")
            if not needed - set(decision) and not unknown:
                self.seeds.decisions.append(decision)

    def read_spans(self, path: Path) -> None:
        if path.exists():
            for row in self.load_csv(path):
                try:
                    key = (row["source_id"], int(row["char_start"]), int(row["char_end"]))
                    self.seeds.span_hashes[key] = row["span_sha256"]
                except (KeyError, ValueError) as error:
                    self.problem(self.name(path), value=row, rule=f"not a span: {error}", mend="write the file with scripts/check_spans.py --texts DIR --lock")

    # -- one block -----------------------------------------------------------------------------

    def read_block(self, file: str, source_id: str, table: str, block: dict[str, Any], read: str) -> None:
        keys = self.catalog.key(table)
        if len(keys) == 1 and "id" in block:
            block = {keys[0]: block["id"], **{k: v for k, v in block.items() if k != "id"}}
        label = "|".join(str(block.get(k, "")) for k in keys)
        ok = True
        for name, words in block.get("words", {}).items():
            if not isinstance(words, str) or HARM.match(words):
                self.problem(file, table, label, name, words, rule="words that are no plain text", mend="write what the source says in quotes, without control characters")
                ok = False
        for name, value in block.items():
            if name in BLOCK_WORDS:
                continue
            origin = self.fields[table].get(name, {}).get("origin")
            if origin not in ("key", "stated", "decided"):
                why = "unknown field" if origin is None else f"{origin} by the build"
                writable = [n for n, f in self.fields[table].items() if f["origin"] in ("key", "stated", "decided")]
                self.problem(file, table, label, name, value, rule=why, mend=f"remove it.{near(name, writable) if origin is None else ''}")
                ok = False
        for name in ("at", "remark"):
            if not isinstance(block.get(name, ""), str) or HARM.match(block.get(name, "")):
                self.problem(file, table, label, name, block[name], rule="not a plain text", mend="write it in quotes, without control characters, and not as a formula")
                ok = False
        for name in [*keys, "at"]:
            if block.get(name) in (None, "", []):
                self.problem(file, table, label, name, rule="missing", mend="every block has its key and a locator `at`")
                ok = False
        if ok:
            for one in self.expand(file, table, label, block):
                self.add_statement(file, source_id, table, one, read)

    def expand(self, file: str, table: str, label: str, block: dict[str, Any]) -> list[dict[str, Any]]:
        """One block for each element of its lists; `{column}` in a key is filled in."""
        lists = {n: v for n, v in block.items() if isinstance(v, list) and n in self.fields[table]}
        lengths = {len(v) for v in lists.values()}
        if len(lengths) > 1 or lengths == {0}:
            self.problem(file, table, label, rule=f"lists of different lengths, or empty: {', '.join(lists)}", mend="give them the same length")
            return []
        blocks = [{**block, **{n: v[i] for n, v in lists.items()}} for i in range(lengths.pop())] if lists else [dict(block)]
        for one in blocks:
            for key in self.catalog.key(table):
                if isinstance(one[key], str) and "{" in one[key]:
                    try:
                        # Not str.format, which takes widths and attributes too.
                        one[key] = BRACES.sub(partial(filled, one), one[key])
                        if "{" in one[key] or "}" in one[key]:
                            raise ValueError(one[key])
                    except (KeyError, ValueError):
                        self.problem(file, table, label, key, one[key], rule="the braces name no column of the block", mend="name a column")
        return blocks

    def add_statement(self, file: str, source_id: str, table: str, block: dict[str, Any], read: str) -> None:
        keys = self.catalog.key(table)
        row_id = "|".join(str(block[k]) for k in keys)
        stated: dict[str, Any] = {}
        decided: dict[str, Any] = {}
        key: dict[str, Any] = {}
        homes = {"key": key, "stated": stated, "decided": decided}
        for name, value in block.items():
            if name in self.fields[table] and value != "":
                typed = self.typed(file, table, row_id, name, value)
                if typed is not None:
                    homes[self.fields[table][name]["origin"]][name] = typed
        words = block.get("words", {})
        for name in set(words) - set(stated):
            self.problem(file, table, row_id, name, words[name], rule="words for a field that the block does not state", mend="state the field, or drop the words")
        extent = block.get("read", read)
        if extent not in ("full", "excerpt"):
            self.problem(file, table, row_id, "read", extent, rule="not a read extent", mend='write "full" or "excerpt"')
        self.seeds.statements.append(
            Statement(
                file, source_id, table, row_id, key, stated, decided, str(block["at"]), extent,
                self.span(file, source_id, table, row_id, block.get("span")), words, block.get("remark", ""),
            )  # fmt: skip
        )

    def span(self, file: str, source_id: str, table: str, row_id: str, span: Any) -> tuple[int, int] | None:
        if span is None:
            return None
        whole = isinstance(span, list) and len(span) == 2 and all(type(x) is int for x in span)
        if not whole or not 0 <= span[0] < span[1]:
            self.problem(file, table, row_id, "span", span, rule="not a span", mend="write [start, end] with 0 <= start < end")
            return None
        if not self.seeds.sources.get(source_id, {}).get("sha256"):
            self.problem(file, table, row_id, "span", span, rule="a span in a source without sha256", mend="give the hash of the text in [source]")
            return None
        return span[0], span[1]

    # -- one value -----------------------------------------------------------------------------

    def from_text(self, file: str, table: str, row: dict[str, str]) -> dict[str, Any]:
        """Give the cells of a CSV file the types that TOML would have given them."""
        casts: dict[str, Callable[[str], Any]] = {"integer": int, "number": float, "boolean": {"true": True, "false": False}.__getitem__}
        out: dict[str, Any] = {}
        for name, text in row.items():
            cast = casts.get(self.fields[table].get(name, {}).get("type", ""))
            try:
                out[name] = cast(text) if cast else text
            except (ValueError, KeyError):
                # A text where a number belongs: typed() says so, with the row's name.
                out[name] = text
        return out

    def typed(self, file: str, table: str, row_id: str, name: str, value: Any) -> Any:
        spec = self.fields[table][name]
        try:
            return self.convert(spec, f"{name}_precision" in self.fields[table], value)
        except (ValueError, TypeError) as error:
            self.problem(file, table, row_id, name, value, rule=str(error), mend=self.mend(spec, f"{name}_precision" in self.fields[table]))
            return None

    @staticmethod
    def mend(spec: dict[str, Any], partial: bool) -> str:
        if spec["type"] == "date":
            return 'write a day that exists, as "2014-09-11"' + (', or "2014-09" or "2014" where no more is known' if partial else "")
        return f"give a {spec['type']}: {spec['description']}"

    @staticmethod
    def convert(spec: dict[str, Any], partial: bool, value: Any) -> Any:
        kind = spec["type"]
        if kind == "date":
            text = value.isoformat() if type(value) is dt.date else value
            if not isinstance(text, str):
                raise TypeError("not a date")
            try:
                date = PartialDate.parse(text)
            except ValueError:
                raise ValueError("not a date") from None
            if partial:
                return date
            if date.precision != "day":
                raise ValueError("this date has no precision column: a day is needed")
            return date.day
        types: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
        if not isinstance(value, types[kind]) or (kind in ("integer", "number") and isinstance(value, bool)):
            raise TypeError(f"not a {kind}")
        if kind == "string" and HARM.match(value):
            raise ValueError("a text with a control character, or that a spreadsheet takes for a formula")
        if kind in ("integer", "number") and not abs(value) < 1e18:
            raise ValueError("not a number that a table can hold")
        return value


def read(folder: Path, catalog: Catalog) -> Seeds:
    """Read a folder of seeds."""
    return Reader(folder, catalog).read()


def by_row(statements: list[Statement]) -> dict[tuple[str, str], list[Statement]]:
    """Gather the statements by table and row."""
    rows: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        rows[statement.table, statement.row_id].append(statement)
    return rows
