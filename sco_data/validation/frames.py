"""Typed frames of the tables, and pandera schemas derived from the descriptor.

A small mapper of our own: pandera's bridge from frictionless turns blank booleans into False, fails nullable
integers, makes dates strings, and anchors `a|b` as `^a|b$`.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa

from ..catalog import Catalog
from .report import CODE_RULE, Finding

#: Table Schema type -> pandas dtype.
DTYPES = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean", "date": "datetime64[us]"}


def _typed(text: pd.Series, kind: str) -> pd.Series:
    """Give a column of text its type; raise ValueError if one cell is not of it."""
    if kind == "date":
        return pd.to_datetime(text, format="%Y-%m-%d").astype("datetime64[us]")
    if kind == "boolean":
        odd = text.dropna()[~text.dropna().isin(["true", "false"])]
        if len(odd):
            raise ValueError(odd.iloc[0])
        return text.map({"true": True, "false": False}).astype("boolean")
    if kind in ("integer", "number"):
        return pd.to_numeric(text).astype(DTYPES[kind])
    return text


def read(catalog: Catalog, skip: set[str]) -> tuple[dict[str, pd.DataFrame], set[str]]:
    """Return the typed frame of each table that can be read, and the names of those that cannot."""
    frames, broken = {}, set(skip)
    for table in catalog.resources:
        if table in skip:
            continue
        try:
            frame = pd.read_csv(catalog.path(table), dtype="string", keep_default_na=False, na_values=[""], encoding="utf-8")
            frame = frame[[f["name"] for f in catalog.fields(table)]]
            frames[table] = pd.DataFrame({f["name"]: _typed(frame[f["name"]], f["type"]) for f in catalog.fields(table)})
        except (ValueError, KeyError, TypeError, OSError):
            # Which cell it is, frictionless has said.
            broken.add(table)
    return frames, broken


def schema(resource: dict[str, Any]) -> pa.DataFrameSchema:
    """Return the pandera schema of a table: dtypes, blanks, codes, patterns, bounds, keys, unique combinations."""
    columns = {}
    for field in resource["schema"]["fields"]:
        given = field.get("constraints", {})
        checks = [pa.Check.isin(given["enum"])] if "enum" in given else []
        checks += [pa.Check.str_matches(f"^(?:{given['pattern']})$")] if "pattern" in given else []
        checks += [pa.Check.ge(given["minimum"])] if "minimum" in given else []
        checks += [pa.Check.le(given["maximum"])] if "maximum" in given else []
        columns[field["name"]] = pa.Column(DTYPES[field["type"]], checks, nullable=not given.get("required", False), unique=given.get("unique", False))
    return pa.DataFrameSchema(columns, strict=True, ordered=True, unique=resource["schema"]["primaryKey"])


def row_ids(catalog: Catalog, table: str, frame: pd.DataFrame) -> pd.Series:
    """Return the key of each row as text, parts joined by a bar."""
    parts = [frame[k].dt.strftime("%Y-%m-%d") if frame[k].dtype.kind == "M" else frame[k].astype("string") for k in catalog.key(table)]
    out = parts[0].fillna("")
    for part in parts[1:]:
        out = out + "|" + part.fillna("")
    return out


def check(catalog: Catalog, frames: dict[str, pd.DataFrame]) -> list[Finding]:
    """Return what pandera finds wrong, and combinations that should be unique and are not."""
    found = []
    for table, frame in frames.items():
        ids = row_ids(catalog, table, frame)
        try:
            schema(catalog.resource(table)).validate(frame, lazy=True)
        except pa.errors.SchemaErrors as errors:
            for _, case in errors.failure_cases.iterrows():
                row = "" if pd.isna(case["index"]) else ids.iloc[int(case["index"])]
                column = case["column"] if isinstance(case["column"], str) and case["column"] in frame else ""
                found.append(Finding(table, row, column, _shown(case["failure_case"]), *_say(str(case["check"]))))
        # frictionless does not enforce uniqueKeys, and blanks count as equal here: two rows without a counterpart are the same.
        for keys in catalog.resource(table)["schema"].get("uniqueKeys", []):
            for row in ids[frame.duplicated(keys, keep="first")]:
                found.append(Finding(table, row, ", ".join(keys), "", "unique key: another row has the same combination", "merge the rows, or tell them apart"))
    return found


def _shown(value: Any) -> str:
    return "" if value is None or value is pd.NA or value is pd.NaT else str(value)


def _say(check: str) -> tuple[str, str]:
    if check.startswith("isin"):
        return CODE_RULE
    if check.startswith("not_nullable"):
        return "required: blank", "fill the cell"
    if "unique" in check:
        return "unique: the value stands twice", "give each row its own"
    if check.startswith("dtype"):
        return f"type: {check}", "write values of the column's type"
    return f"constraint: {check}", "write a value that the constraint allows"
