"""What differs between two versions of the data, and which number of the version it calls for."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .catalog import DESCRIPTOR, Catalog, installed, numbers
from .errors import InvalidData, NotFound, UsageError
from .files import path_of, scratch
from .releases import open_release

#: What a change means to whoever uses the data, from the gravest: their code may fail, they have more, a value is another.
WEIGHTS = ("break", "addition", "correction")
#: The number of the version that each calls for; before 1.0 a minor version may break.
_BUMPS = {"break": "major", "addition": "minor", "correction": "patch"}
#: Rows and cells of a table that the text and Markdown name; JSON has all.
SHOWN = 20


@dataclass(frozen=True)
class Shape:
    """A change of the descriptor: of a table, or of a column of it."""

    table: str
    column: str
    change: str
    weight: str


@dataclass(frozen=True)
class Cell:
    """A value that is another than before."""

    row: str
    column: str
    old: str
    new: str


@dataclass
class TableDifferences:
    """What differs in a table that both versions have."""

    table: str
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)


@dataclass
class Differences:
    """What differs between two versions.

    Attributes
    ----------
    old, new : their versions.
    shapes : tables and columns added, removed, renamed or constrained otherwise.
    tables : rows added and removed, and cells changed, for each table that differs.
    """

    old: str
    new: str
    shapes: list[Shape] = field(default_factory=list)
    tables: list[TableDifferences] = field(default_factory=list)

    @property
    def weight(self) -> str:
        """The gravest change: break, addition, correction, or nothing."""
        found = {s.weight for s in self.shapes}
        for t in self.tables:
            # The id of a row may be cited: that it is gone breaks something. Lines of evidence are cited by the row that they are of, and a
            # correction comes with a source: else no correction would be a patch.
            gone, more = "correction" if t.table == "evidence" else "break", "correction" if t.table in ("evidence", "sources") else "addition"
            found |= {w for w, has in ((gone, t.removed), (more, t.added), ("correction", t.cells)) if has}
        return next((w for w in WEIGHTS if w in found), "")

    @property
    def bump(self) -> str:
        """The number to raise: major, minor, patch, or nothing. Before 1.0 what would be major is minor."""
        bump = _BUMPS.get(self.weight, "")
        return "minor" if bump == "major" and numbers(self.old)[0] == 0 else bump

    @property
    def called_for(self) -> str:
        """The lowest version that may follow the old one."""
        major, minor, patch = numbers(self.old)
        return {"major": f"{major + 1}.0.0", "minor": f"{major}.{minor + 1}.0", "patch": f"{major}.{minor}.{patch + 1}", "": self.old}[self.bump]

    def json(self) -> str:
        """Return everything as JSON."""
        body = {"old": self.old, "new": self.new, "bump": self.bump, "called_for": self.called_for, "shapes": [asdict(s) for s in self.shapes], "tables": [asdict(t) for t in self.tables]}
        return json.dumps(body, indent=2, ensure_ascii=False)

    def text(self) -> str:
        """Return lines for people; of long lists the beginning."""
        lines = [f"{self.old} -> {self.new}: {self._verdict()}"]
        lines += [f"{s.table}{'.' + s.column if s.column else ''}: {s.change}" for s in self.shapes]
        for t in self.tables:
            lines.append(f"{t.table}: {_counted(t)}")
            lines += _listed([f"  + {row}" for row in t.added]) + _listed([f"  - {row}" for row in t.removed])
            lines += _listed([f"  ~ {c.row}.{c.column}: {c.old or '(blank)'} -> {c.new or '(blank)'}" for c in t.cells])
        return "\n".join(lines)

    def markdown(self) -> str:
        """Return Markdown, in the form that the data section of CHANGELOG.md has: the source that caused a change is to be added."""
        lines = [f"**{self.old} -> {self.new}**: {self._verdict()}", ""]
        lines += [f"- `{s.table}{'.' + s.column if s.column else ''}`: {s.change}." for s in self.shapes]
        for t in self.tables:
            lines.append(f"- `{t.table}`: {_counted(t)}.")
            lines += _listed([f"  - `{row}` removed." for row in t.removed], "  - ")
            lines += _listed([f"  - `{c.row}`: `{c.column}` {c.old or '(blank)'} -> {c.new or '(blank)'}." for c in t.cells], "  - ")
        return "\n".join(lines)

    def _verdict(self) -> str:
        return f"calls for a {self.bump} version, {self.called_for} or higher" if self.bump else "the data are the same"


def _counted(t: TableDifferences) -> str:
    parts = [f"{_number(len(rows), 'row')} {what}" for rows, what in ((t.added, "added"), (t.removed, "removed")) if rows]
    return ", ".join(parts + [f"{_number(len(t.cells), 'cell')} changed in {_number(len({c.row for c in t.cells}), 'row')}"] * bool(t.cells))


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _listed(lines: list[str], indent: str = "  ") -> list[str]:
    return lines if len(lines) <= SHOWN else [*lines[:SHOWN], f"{indent}... and {len(lines) - SHOWN:,} more; --format json has all"]


def diff(old: Path | str, new: Path | str = "installed") -> Differences:
    """Compare two versions of the data.

    Parameters
    ----------
    old, new : each a folder that holds ``datapackage.json``, a release zip, a wheel, a git revision of the checkout that one stands in, or
        ``"installed"`` or the installed version.

    Returns
    -------
    Differences
        ``shapes``, ``tables``, ``bump`` (the number of the version to raise), ``called_for``, ``text()``, ``markdown()``, ``json()``. Rows are
        compared by primary key, cells as they stand in the CSV files.

    Raises
    ------
    NotFound : there is no such folder, file, revision or version.
    InvalidData : a file differs from its hash, or is of a version that this client does not know.

    >>> import sco_data as sco
    >>> sco.diff(sco.path()).bump
    ''
    """
    with version_of(old) as one, version_of(new) as other:
        return compare(one, other)


@contextmanager
def version_of(source: Path | str, checkout: Path | str = ".") -> Iterator[Catalog]:
    """Open what is meant by a folder, file, git revision of a checkout, or version."""
    if _exists(source):
        with open_release(source) as release:
            yield release.catalog
    elif str(source) in ("installed", installed().version):
        yield installed()
    else:
        commit = next((c for name in (str(source), f"v{source}") if (c := _git(checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"))), None)
        if commit is None:
            raise NotFound(f"{source} is no folder, zip, git revision here or installed version ({installed().version}). Mend: give one of these.")
        with scratch() as folder:
            archive = folder / f"{commit[:12]}.zip"
            top = _git(checkout, "rev-parse", "--show-toplevel")
            if _git(str(top), "archive", f"--output={archive}", commit, DESCRIPTOR, "data", "sco_data/views") is None:
                raise NotFound(f"revision {source} has no {DESCRIPTOR} and data/. Mend: give a revision of a checkout of this project.")
            with open_release(archive) as release:
                yield release.catalog


def _exists(source: Path | str) -> bool:
    try:
        return path_of(source, "a folder, a release zip or a wheel").exists()
    except OSError:
        # A name that no file can have.
        return False
    except ValueError as error:
        if isinstance(error, UsageError):
            raise
        return False


def _git(folder: Path | str, *arguments: str) -> str | None:
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, encoding="utf-8", check=True).stdout.strip()
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def compare(old: Catalog, new: Catalog) -> Differences:
    """Compare two catalogs."""
    found = Differences(old.version, new.version, [*_package(old.descriptor, new.descriptor)])
    for name in old.resources:
        if name not in new.resources:
            found.shapes.append(Shape(name, "", "table removed", "break"))
    for name, resource in new.resources.items():
        if name not in old.resources:
            found.shapes.append(Shape(name, "", f"table added, {_number(resource.get('rowCount', 0), 'row')}", "addition"))
            continue
        before, after = _read(old, name), _read(new, name)
        same_key = old.key(name) == new.key(name)
        renamed = _renamed(old, new, name, before, after) if same_key else {}
        found.shapes += _shapes(name, old.resource(name), resource, renamed)
        if same_key:
            rows = _rows(name, before, after)
            if rows.added or rows.removed or rows.cells:
                found.tables.append(rows)
    return found


#: Cells of a row that has more than the header.
_BEYOND = "(beyond the last column)"
Rows = dict[str, dict[str, str]]


def _read(catalog: Catalog, name: str) -> Rows:
    key = catalog.key(name)
    try:
        with catalog.path(name).open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle, restval="", restkey=_BEYOND)
            absent = [f["name"] for f in catalog.fields(name) if f["name"] not in (reader.fieldnames or ())]
            if absent:
                raise InvalidData(f"{catalog.path(name)}: has no column {absent[0]}, which {DESCRIPTOR} names. Mend: build, with python scripts/build.")
            rows = {"|".join(row[k] for k in key): row for row in reader}
        for name_, row in rows.items():
            if _BEYOND in row:
                raise InvalidData(f"{catalog.path(name)}: row {name_} has a cell too many. Mend: restore the row.")
        return rows
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidData(f"{catalog.path(name)}: cannot be read: {error}. Mend: `sco-data validate` on its folder names the place.") from None


def _renamed(old: Catalog, new: Catalog, name: str, before: Rows, after: Rows) -> dict[str, str]:
    """Return columns that are gone by the new column of the same type that has the same values."""
    types = [{f["name"]: f["type"] for f in c.fields(name)} for c in (old, new)]
    gone, come = [c for c in types[0] if c not in types[1]], [c for c in types[1] if c not in types[0]]
    common = before.keys() & after.keys()
    out: dict[str, str] = {}
    for a in gone:
        for b in come:
            values = [before[row][a] for row in common]
            if types[0][a] == types[1][b] and any(values) and b not in out.values() and values == [after[row][b] for row in common]:
                out[a] = b
                break
    return out


def _rows(name: str, before: Rows, after: Rows) -> TableDifferences:
    found = TableDifferences(name, [r for r in after if r not in before], [r for r in before if r not in after])
    for row in before.keys() & after.keys():
        if before[row] != after[row]:
            columns = [c for c in before[row] if c in after[row] and before[row][c] != after[row][c]]
            found.cells += [Cell(row, c, before[row][c], after[row][c]) for c in columns]
    found.cells.sort(key=lambda c: (c.row, c.column))
    return found


def _package(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Shape]:
    """Yield what differs in what the descriptor says of the whole; its version and its day are the release's own."""
    for part, weight in (("name", "break"), ("licenses", "break"), ("title", "correction"), ("description", "correction"), ("contributors", "correction"), ("keywords", "correction")):
        if old.get(part) != new.get(part):
            yield Shape(DESCRIPTOR, part, f"{part} changed", weight)


def _shapes(name: str, old: dict[str, Any], new: dict[str, Any], renamed: dict[str, str]) -> Iterator[Shape]:
    """Yield what differs in what the descriptor says of a table."""
    before, after = ({f["name"]: f for f in r["schema"]["fields"]} for r in (old, new))
    for column in before:
        if column in renamed:
            yield Shape(name, column, f"column renamed to {renamed[column]}", "break")
        elif column not in after:
            yield Shape(name, column, "column removed", "break")
    for column, described in after.items():
        if column in before:
            yield from (Shape(name, column, change, weight) for change, weight in _field(before[column], described))
        elif column not in renamed.values():
            yield Shape(name, column, "column added", "break")
    if [c for c in before if c in after] != [c for c in after if c in before]:
        yield Shape(name, "", "columns in another order", "break")
    for part in ("primaryKey", "foreignKeys", "uniqueKeys"):
        one, other = (_keys(r["schema"].get(part, [])) for r in (old, new))
        if one != other:
            tightened = part == "primaryKey" or any(k not in one for k in other)
            yield Shape(name, "", f"{part} changed{': rows are not compared' * (part == 'primaryKey')}", "break" if tightened else "addition")
    days = [r.get("coverage") for r in (old, new)]
    if days[0] != days[1]:
        wider = bool(days[0] and days[1] and days[1]["first_day"] <= days[0]["first_day"] and days[1]["last_day"] >= days[0]["last_day"])
        yield Shape(name, "", f"covers {_span(days[1])}, before {_span(days[0])}", "addition" if wider else "break")
    if any(old.get(k) != new.get(k) for k in ("title", "description")):
        yield Shape(name, "", "described otherwise", "correction")


def _span(days: dict[str, str] | None) -> str:
    return f"{days['first_day']} to {days['last_day']}" if days else "no stated days"


def _keys(keys: Iterable[Any]) -> list[str]:
    return [json.dumps(k, sort_keys=True) for k in keys]


def _wider(one: Any, other: Any, part: str) -> bool:
    """Say whether another bound leaves more room; what cannot be compared is taken for narrower, as is another pattern."""
    return part != "pattern" and isinstance(one, str) == isinstance(other, str) and bool(other < one) == (part == "minimum")


def _field(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what differs in what the descriptor says of a column, and how grave it is."""
    for part in ("type", "unit"):
        if old.get(part) != new.get(part):
            yield f"{part} {old.get(part)} -> {new.get(part)}", "break"
    one, other = old.get("constraints", {}), new.get("constraints", {})
    for part in ("required", "unique"):
        if bool(one.get(part)) != bool(other.get(part)):
            yield f"{'now' if other.get(part) else 'no longer'} {part}", "break" if other.get(part) else "addition"
    gone, come = [[v for v in a.get("enum", []) if v not in b.get("enum", [])] for a, b in ((one, other), (other, one))]
    if "enum" in one and "enum" in other:
        if gone:
            yield f"codes removed: {', '.join(gone)}", "break"
        if come:
            yield f"codes added: {', '.join(come)}", "addition"
    elif "enum" in one or "enum" in other:
        yield ("now of listed codes", "break") if "enum" in other else ("no longer of listed codes", "addition")
    for part in ("minimum", "maximum", "pattern"):
        if one.get(part) != other.get(part):
            looser = other.get(part) is None or (part in one and _wider(one[part], other[part], part))
            yield f"{part} {one.get(part)} -> {other.get(part)}", "addition" if looser else "break"
    labels = [{c["value"]: c["label"] for c in f.get("categories", []) if c["value"] not in (*gone, *come)} for f in (old, new)]
    if labels[0] != labels[1] or any(old.get(k) != new.get(k) for k in ("title", "description", "example")):
        yield "described otherwise", "correction"
