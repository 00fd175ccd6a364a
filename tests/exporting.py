"""What an export must hold: every cell of the release, as Python's own reader of CSV has it, typed by the descriptor."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import sco_data as sco

DESCRIPTOR: dict[str, Any] = json.loads((sco.path() / "datapackage.json").read_text(encoding="utf-8"))
SCHEMAS: dict[str, dict[str, Any]] = {r["name"]: r["schema"] for r in DESCRIPTOR["resources"]}
DESCRIPTIONS: dict[str, str] = {r["name"]: r["description"] for r in DESCRIPTOR["resources"]}
TABLES = list(SCHEMAS)
TYPES: dict[str, type] = {"string": str, "integer": int, "number": float, "boolean": bool, "date": dt.date}
READ: dict[str, Callable[[str], Any]] = {
    "string": str, "integer": int, "number": float, "boolean": {"true": True, "false": False}.__getitem__, "date": dt.date.fromisoformat,
}  # fmt: skip
Columns = dict[str, list[Any]]


def fields(table: str) -> dict[str, dict[str, Any]]:
    return {f["name"]: f for f in SCHEMAS[table]["fields"]}


def codes(field: Mapping[str, Any]) -> dict[str, str]:
    """Return the label of each code of a field."""
    return {c["value"]: c["label"] for c in field.get("categories", [])}


def typed(names: Sequence[str], rows: Sequence[Sequence[str]], types: Mapping[str, str]) -> Columns:
    """Return columns of Python values; the empty text is missing."""
    return {name: [READ[types[name]](cell) if cell != "" else None for cell in column] for name, column in zip(names, zip(*rows))}


def columns(table: str, file: Path | None = None) -> Columns:
    """Return a table as its CSV file has it, in its order."""
    resource = next(r for r in DESCRIPTOR["resources"] if r["name"] == table)
    with (file or sco.path() / resource["path"]).open(encoding="utf-8", newline="") as handle:
        names, *rows = csv.reader(handle)
    assert names == list(fields(table))
    return typed(names, rows, {n: f["type"] for n, f in fields(table).items()})


def sort(table: str, found: Columns) -> Columns:
    """Return columns with their rows in the order of the table's key."""
    order = sorted(range(len(next(iter(found.values())))), key=lambda n: [found[k][n] for k in SCHEMAS[table]["primaryKey"]])
    return {name: [values[n] for n in order] for name, values in found.items()}


@cache
def expected(table: str) -> Columns:
    return columns(table)


def check(table: str, found: Columns, *, wanted: Columns | None = None, near: bool = False) -> None:
    """Fail unless every cell is there with its type, and nothing else."""
    wanted = expected(table) if wanted is None else wanted
    assert list(found) == list(wanted), table
    for name, values in wanted.items():
        got, kind = found[name], TYPES[fields(table)[name]["type"]] if table in SCHEMAS else None
        assert len(got) == len(values), (table, name)
        # Numbers of Excel have 16 digits, and those of the others all.
        wrong = [(n, a, b) for n, (a, b) in enumerate(zip(got, values)) if a != b and not (near and isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 5e-16 * abs(b) * 1.5)]
        assert not wrong, (table, name, wrong[:3])
        assert kind is None or {type(v) for v in got} <= {kind, type(None)}, (table, name, {type(v) for v in got})


def transposed(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Columns:
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}
