"""Typed frames of the tables, and pandera schemas derived from the descriptor.

A small mapper of our own: pandera's bridge from frictionless turns blank booleans into False, fails nullable
integers, makes dates strings, and anchors `a|b` as `^a|b$`.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd
import pandera.pandas as pa

from ..catalog import DESCRIPTOR, Catalog
from ..database import open_memory
from .report import CODE_RULE, Finding

#: Table Schema type -> pandas dtype.
DTYPES = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean", "date": "datetime64[us]"}


#: Table Schema type -> what a cell may look like. frictionless is kinder: it takes True, NaN and 46_000.
_CELLS = {"integer": r"-?[0-9]{1,18}", "number": r"-?[0-9]+(\.[0-9]+)?([eE]-?[0-9]{1,3})?", "boolean": r"true|false", "date": r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}"}


def _typed(text: pd.Series, kind: str) -> tuple[pd.Series, pd.Series]:
    """Give a column of text its type; return it and which cells are not of it."""
    if kind == "string":
        return text, text.isna() & False
    fits = text.str.fullmatch(_CELLS[kind]).fillna(True).astype(bool)
    plain = text.where(fits)
    if kind == "date":
        days = pd.to_datetime(plain, format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")
        return days, ~fits | (plain.notna() & days.isna())
    if kind == "boolean":
        return plain.map({"true": True, "false": False}).astype("boolean"), ~fits
    return pd.to_numeric(plain).astype(DTYPES[kind]), ~fits


def read(catalog: Catalog, skip: set[str], only: set[str] | None = None) -> tuple[dict[str, pd.DataFrame], set[str], list[Finding]]:
    """Return the typed frame of each table that can be read (of some, with `only`), the names of the others, and each cell that is not of its type."""
    frames: dict[str, pd.DataFrame] = {}
    found = []
    wanted = [table for table in catalog.resources if only is None or table in only]
    for table in wanted:
        if table in skip:
            continue
        try:
            frame = pd.read_csv(catalog.path(table), dtype="string", keep_default_na=False, na_values=[""], encoding="utf-8")
            names = [f["name"] for f in catalog.fields(table)]
            if missing := [name for name in names if name not in frame]:
                found.append(Finding(table, "", "header", "", f"header: there is no {', '.join(missing)}", "restore the header line"))
                continue
            frame = frame[names]
        except (ValueError, KeyError, TypeError, OSError) as error:
            found.append(Finding(table, "", "", "", f"file: cannot be read as a table: {error}".replace("\n", " "), "restore the file"))
            continue
        columns, faults = {}, []
        for f in catalog.fields(table):
            columns[f["name"]], bad = _typed(frame[f["name"]], f["type"])
            faults += [(n, f["name"], f["type"]) for n in bad[bad].index]
        if faults:
            ids = frame[catalog.key(table)].fillna("").agg("|".join, axis=1)
            found += [Finding(table, ids[n], c, str(frame.at[n, c]), f"type: not a {kind}", "write a value of that type") for n, c, kind in faults]
        else:
            frames[table] = pd.DataFrame(columns)
    return frames, set(wanted) - set(frames), found


def schema(resource: dict[str, Any]) -> pa.DataFrameSchema:
    """Return the pandera schema of a table: dtypes, blanks, codes, bounds, keys, unique combinations."""
    columns = {}
    for field in resource["schema"]["fields"]:
        given = field.get("constraints", {})
        checks = [pa.Check.isin(given["enum"])] if "enum" in given else []
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
    con = open_memory()
    for table, frame in frames.items():
        ids = row_ids(catalog, table, frame)
        try:
            schema(catalog.resource(table)).validate(frame, lazy=True)
        except pa.errors.SchemaErrors as errors:
            for _, case in errors.failure_cases.iterrows():
                row = "" if pd.isna(case["index"]) else ids.iloc[int(case["index"])]
                column = case["column"] if isinstance(case["column"], str) and case["column"] in frame else ""
                found.append(Finding(table, row, column, _shown(case["failure_case"]), *_say(str(case["check"]))))
        found += _patterns(con, catalog, table, frame, ids)
        # frictionless does not enforce uniqueKeys, and blanks count as equal here: two rows without a counterpart are the same.
        for keys in catalog.resource(table)["schema"].get("uniqueKeys", []):
            for row in ids[frame.duplicated(keys, keep="first")]:
                found.append(Finding(table, row, ", ".join(keys), "", "unique key: another row has the same combination", "merge the rows, or tell them apart"))
    return found


def _patterns(con: duckdb.DuckDBPyConnection, catalog: Catalog, table: str, frame: pd.DataFrame, ids: pd.Series) -> list[Finding]:
    """Return the cells that are not of the pattern of their column, by DuckDB's expressions, which take linear time whatever the pattern."""
    found = []
    for field in catalog.fields(table):
        pattern = field.get("constraints", {}).get("pattern")
        if pattern is None or field["type"] != "string":
            continue
        values = frame[field["name"]].dropna().unique().tolist()
        try:
            rows = con.execute("SELECT value FROM (SELECT unnest($1::VARCHAR[]) AS value) WHERE NOT regexp_full_match(value, $2)", [values, pattern]).fetchall()
        except duckdb.Error as error:
            found.append(Finding(DESCRIPTOR, table, field["name"], pattern, f"descriptor: not a pattern: {str(error).splitlines()[0]}", "write one without look-around and references"))
            continue
        wrong = {row[0] for row in rows}
        for n in frame.index[frame[field["name"]].isin(wrong)] if wrong else ():
            found.append(Finding(table, ids[n], field["name"], str(frame.at[n, field["name"]]), f"constraint: not of the pattern {pattern}", "write a value that the constraint allows"))
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
