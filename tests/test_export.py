"""Every form that `export` writes, read back by another library than the one that wrote it, and compared cell by cell."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas.io.stata
import polars as pl
import pyarrow as pa
import pyreadstat
import pytest
from conftest import SCRIPT
from exporting import DESCRIPTIONS, DESCRIPTOR, SCHEMAS, TABLES, Columns, check, codes, expected, fields, sort, transposed, typed

import sco_data as sco
from sco_data import database
from sco_data.catalog import Catalog, using
from sco_data.formats import FORMS, excel
from sco_data.formats import stata as stata_form
from sco_data.formats.content import Field

Exported = Callable[..., Path]
VERSION, LICENCE = sco.__version__, "CC-BY-4.0"
#: What is neither a table nor a file of all tables: the panel, the pairs, a view.
OTHERS = ["panel", "pairs", "vote_agreement"]
POLARS = {"string": pl.String, "integer": pl.Int64, "number": pl.Float64, "boolean": pl.Boolean, "date": pl.Date}
#: A file of each form.
FILES = {"parquet": "x.parquet", "arrow": "x.arrow", "ndjson": "x.ndjson", "csv": "x.csv", "stata": "x.dta", "excel": "x.xlsx", "duckdb": "x.duckdb", "sqlite": "x.sqlite", "sql": "x.sql"}


def test_every_form_has_a_file_here() -> None:
    assert set(FILES) == set(FORMS)


def carries(said: dict[str, Any]) -> None:
    assert (said["name"], said["version"], said["licence"]) == ("sco-data", VERSION, LICENCE)
    assert said["citation"] == sco.cite() and said["licence_url"].startswith("https://creativecommons.org/")


def of_view(name: str) -> Columns:
    """Return a panel or view as the client answers it in Python values, its rows in the order of all its columns."""
    query = {"panel": "FROM panel(1992, 2025)", "pairs": "FROM pairs(1992, 2025)"}.get(name, f"FROM {name}")
    con = database.run(f"SELECT * FROM ({query}) ORDER BY ALL")
    return transposed([c[0] for c in con.description], con.fetchall())


def described(table: str, listed: list[dict[str, Any]]) -> None:
    assert [f["name"] for f in listed] == list(fields(table))
    for f in listed:
        said = fields(table)[f["name"]]
        assert (f["type"], f["title"], f["description"], f.get("codes", {})) == (said["type"], said["title"], said["description"], codes(said))


# Parquet, Arrow, NDJSON, CSV


def test_parquet(exported: Exported) -> None:
    folder = exported("parquet", format="parquet")
    assert {p.name for p in folder.iterdir()} == {"release.json", *(f"{t}.parquet" for t in TABLES)}
    for table in TABLES:
        file = folder / f"{table}.parquet"
        frame = pl.read_parquet(file)
        assert dict(frame.schema) == {n: POLARS[f["type"]] for n, f in fields(table).items()}
        check(table, frame.to_dict(as_series=False))
        said: dict[str, Any] = pl.read_parquet_metadata(file)
        carries(said)
        assert (said["table"], said["description"]) == (table, DESCRIPTIONS[table])
        described(table, json.loads(said["fields"]))


def test_arrow(exported: Exported) -> None:
    folder = exported("arrow", format="arrow")
    for table in TABLES:
        frame = pl.read_ipc(folder / f"{table}.arrow")
        assert dict(frame.schema) == {n: POLARS[f["type"]] for n, f in fields(table).items()}
        check(table, frame.to_dict(as_series=False))
        schema = pa.ipc.open_file(pa.memory_map(str(folder / f"{table}.arrow"))).schema
        carries({k.decode(): v.decode() for k, v in schema.metadata.items()})
        for field in schema:
            said = {k.decode(): v.decode() for k, v in field.metadata.items()}
            wanted = fields(table)[field.name]
            assert (said["title"], said["description"], json.loads(said.get("codes", "{}"))) == (wanted["title"], wanted["description"], codes(wanted))


def test_ndjson(exported: Exported) -> None:
    folder = exported("ndjson", format="ndjson")
    for table in TABLES:
        file = folder / f"{table}.ndjson"
        # JSON has no dates: they are text as in ISO 8601.
        wanted = {n: [v.isoformat() if isinstance(v, dt.date) else v for v in values] for n, values in expected(table).items()}
        with file.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        assert all(list(row) == list(wanted) for row in rows)
        for name, values in wanted.items():
            got = [row[name] for row in rows]
            assert got == values and {type(v) for v in got} - {type(None)} == {type(v) for v in values} - {type(None)}, (table, name)
        schema = {n: pl.String if f["type"] == "date" else POLARS[f["type"]] for n, f in fields(table).items()}
        assert pl.read_ndjson(file, schema=schema).to_dict(as_series=False) == wanted


def test_csv(exported: Exported) -> None:
    folder = exported("csv", format="csv")
    for table in TABLES:
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
            names, *rows = csv.reader(handle)
        check(table, typed(names, rows, {n: f["type"] for n, f in fields(table).items()}))


@pytest.mark.parametrize("form", ["parquet", "arrow", "ndjson", "csv", "stata"])
def test_a_folder_says_what_it_is(form: str, exported: Exported) -> None:
    folder = exported(form, format=form)
    said = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    carries(said)
    assert said["format"] == form and [t["table"] for t in said["tables"]] == TABLES
    for t in said["tables"]:
        assert (t["version"], t["description"]) == (VERSION, DESCRIPTIONS[t["table"]])
        described(t["table"], t["fields"])


@pytest.mark.parametrize("name", ["statuses.ndjson", "statuses.csv"])
def test_a_file_without_room_for_it_has_its_description_beside_it(name: str, tmp_path: Path) -> None:
    sco.export(tmp_path / name, "statuses")
    assert {p.name for p in tmp_path.iterdir()} == {name, f"{name}-metadata.json"}
    said = json.loads((tmp_path / f"{name}-metadata.json").read_text(encoding="utf-8"))
    carries(said)
    described("statuses", said["fields"])


# Stata


def stata(file: Path) -> tuple[Columns, Any]:
    """Return the cells of a Stata file, missing as None, and what it says of its variables."""
    found, meta = pyreadstat.read_dta(str(file), output_format="dict")
    dates = {n for n, form in meta.original_variable_types.items() if form == "%td"}
    out: Columns = {}
    for name, values in found.items():
        listed = values.tolist() if hasattr(values, "tolist") else list(values)
        missing = [None if v is None or v == "" or v != v else v for v in listed]
        out[name] = [v.date() if name in dates and isinstance(v, dt.datetime) else v for v in missing]
    return out, meta


def whole(values: list[Any]) -> list[Any]:
    """Return numbers that are whole as integers: the readers of Stata give doubles where something is missing."""
    assert all(v is None or v == int(v) for v in values)
    return [None if v is None else int(v) for v in values]


def test_stata(exported: Exported) -> None:
    folder = exported("stata", format="stata")
    for table in TABLES:
        file = folder / f"{table}.dta"
        assert file.read_bytes().startswith(b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder>")
        found, meta = stata(file)
        assert meta.file_label == f"sco-data {VERSION} ({LICENCE}): {table}"
        assert meta.column_names_to_labels == {n: f["title"] for n, f in fields(table).items()}
        for name, field in fields(table).items():
            form, labels = meta.original_variable_types[name], meta.variable_value_labels.get(name, {})
            assert (form == "%td") == (field["type"] == "date"), (table, name)
            listed = codes(field)
            if listed:
                # A label means one code, so that number -> label -> code gives back each.
                code_of = {label: code for code, label in listed.items()}
                assert len(code_of) == len(listed), (table, name)
                assert {code_of[label] for label in labels.values()} == set(listed)
                assert ("none" in listed) == (0 in labels) and (0 not in labels or code_of[labels[0]] == "none")
                found[name] = [None if n is None else code_of[labels[n]] for n in whole(found[name])]
            elif field["type"] == "boolean":
                assert labels == {0: "no", 1: "yes"}
                found[name] = [None if n is None else bool(n) for n in whole(found[name])]
            elif field["type"] == "integer":
                found[name] = whole(found[name])
            elif field["type"] == "number":
                found[name] = [None if v is None else float(v) for v in found[name]]
        check(table, found)


def test_a_long_text_is_whole_in_stata(tmp_path: Path) -> None:
    text = "Шёлковый путь " * 3000
    found, meta = stata(sco.export(tmp_path / "x.dta", {"x": f"SELECT '{text}' AS long_text, 'short' AS short_text, NULL::DATE AS no_day, 1 AS n"}))
    assert found == {"long_text": [text], "short_text": ["short"], "no_day": [None], "n": [1]}
    assert meta.original_variable_types["long_text"] == "%9s" and meta.original_variable_types["no_day"] == "%td"


# Excel


def sheet(rows: Iterator[Any], types: dict[str, str] | None = None) -> Columns:
    """Return a sheet as columns; text must be text, and where types are given every other cell of its type."""
    names = [cell.value for cell in next(rows)]
    kinds = [types[n] if types else None for n in names]
    allowed = {"string": "s", "integer": "n", "number": "n", "boolean": "b", "date": "d", "old": "s"}
    out: list[list[Any]] = [[] for _ in names]
    for row in rows:
        cells = [*row, *[None] * (len(names) - len(row))]
        for values, kind, cell in zip(out, kinds, cells):
            value = None if cell is None else cell.value
            if value is not None:
                assert kind is None or cell.data_type == allowed[kind], (kind, cell.data_type, value)
                value = value.date() if isinstance(value, dt.datetime) else dt.date.fromisoformat(value) if kind == "old" else float(value) if kind == "number" else value
            values.append(value)
    return dict(zip(names, out))


def test_excel(exported: Exported) -> None:
    book = openpyxl.load_workbook(exported("all.xlsx"), read_only=True)
    assert book.sheetnames == ["codebook", *TABLES]
    assert f"Version {VERSION}" in book.properties.description and f"Licence: {LICENCE}" in book.properties.description and sco.cite() in book.properties.description
    assert {p.name: p.value for p in book.custom_doc_props.props} == {"version": VERSION, "licence": LICENCE}
    codebook = sheet(book["codebook"].iter_rows())
    listed = list(zip(codebook["table_name"], codebook["column_name"], codebook["type"], codebook["required"], codebook["description"]))
    for table in TABLES:
        assert (table, None, None, None, DESCRIPTIONS[table]) in listed
        said = [x[1:] for x in listed if x[0] == table and x[1]]
        assert said == [(n, f["type"], "yes" if f.get("constraints", {}).get("required") else "no", f["description"]) for n, f in fields(table).items()]
        old = {n for n, f in fields(table).items() if f["type"] == "date" and any(d and d < dt.date(1900, 3, 1) for d in expected(table)[n])}
        check(table, sheet(book[table].iter_rows(), {n: "old" if n in old else f["type"] for n, f in fields(table).items()}), near=True)


def test_text_stays_text_in_excel(tmp_path: Path) -> None:
    texts = ["=1+1", "-1", "+1", "@A1", "00123", "http://example.org/", "mailto:a@example.org", "TRUE", "#N/A", "{=1+1}", "2020-01-01", "1E5", " blank ", "two\nlines", "NA", "_x0041_"]
    selected = ", ".join(f"'{t}' AS c{n}" for n, t in enumerate(texts))
    file = sco.export(tmp_path / "x.xlsx", {"x": f"SELECT {selected}, DATE '1899-12-31' AS old_day UNION ALL SELECT {', '.join(['NULL'] * len(texts))}, DATE '2020-01-01' ORDER BY old_day"})
    book = openpyxl.load_workbook(file)
    found = list(book["x"].iter_rows(min_row=2))
    with zipfile.ZipFile(file) as parts:
        xml = parts.read("xl/worksheets/sheet2.xml").decode()
        assert "<f>" not in xml and "hyperlink" not in xml and not [n for n in parts.namelist() if "vba" in n.lower() or "externalLink" in n]
    # As the format has it, _x0041_ would be an A: what is written shields it.
    assert [c.value.replace("_x005F_", "_") for c in found[0][:-1]] == texts and "_x005F_x0041_" in xml
    assert {c.data_type for c in found[0]} == {"s"} and {c.number_format for c in found[0]} == {"@"}
    # A column with days before March 1900 is text as a whole.
    assert [row[-1].value for row in found] == ["1899-12-31", "2020-01-01"]
    assert not any(c.hyperlink for row in found for c in row)
    assert book["x"].freeze_panes == "A2" and book["x"].auto_filter.ref


# Databases


def keys(table: str) -> set[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    return {(tuple(k["fields"]), k["reference"]["resource"], tuple(k["reference"]["fields"])) for k in SCHEMAS[table].get("foreignKeys", [])}


def test_duckdb(exported: Exported, tmp_path: Path) -> None:
    file = exported("all.duckdb")
    # Another name of the database, so that nothing in it may hang on the first one.
    con = database.open_memory()
    con.execute(f"ATTACH '{file.as_posix()}' AS elsewhere (READ_ONLY)")
    assert con.execute("SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'elsewhere'").fetchone() == ("v1.4.0+",)
    con.execute("USE elsewhere")
    kinds = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
    assert dict(con.execute("FROM about").fetchall()) == {
        "name": "sco-data", "version": VERSION, "licence": LICENCE, "licence_url": DESCRIPTOR["licenses"][0]["path"], "title": DESCRIPTOR["title"], "citation": sco.cite()
    }  # fmt: skip
    comments = dict(con.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
    checks = con.execute("SELECT table_name, constraint_column_names[1] FROM duckdb_constraints() WHERE constraint_type = 'CHECK'").fetchall()
    assert con.execute("SELECT count(*) FROM duckdb_indexes()").fetchone() == (0,)
    for table in TABLES:
        found = con.execute(f"FROM {table}")
        check(table, transposed([c[0] for c in found.description], found.fetchall()))
        listed = con.execute("SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [table]).fetchall()
        needed = {n for n, f in fields(table).items() if f.get("constraints", {}).get("required")} | set(SCHEMAS[table]["primaryKey"])
        assert listed == [(n, kinds[f["type"]], n not in needed, f["description"]) for n, f in fields(table).items()]
        assert comments[table] == DESCRIPTIONS[table]
        assert {c for t, c in checks if t == table} == {n for n, f in fields(table).items() if {"enum", "minimum", "maximum"} & set(f.get("constraints", {}))}


#: A call of each macro.
CALLS = {
    "agreement_of": "agreement_of(amendments := true)", "cohesion_of": "cohesion_of()", "counted_votes": "counted_votes()", "history_of": "history_of('IND')",
    "pairs": "pairs(2016, 2017)", "panel": "panel(2001, 2025, rule := 'jan1')", "status_on": "status_on(DATE '2017-06-09')",
}  # fmt: skip


def test_every_view_and_macro_of_the_duckdb_file_answers_as_the_client_does(exported: Exported) -> None:
    con, client = database.open_memory(), sco.connect()
    con.execute(f"ATTACH '{exported('all.duckdb').as_posix()}' AS elsewhere (READ_ONLY)")
    con.execute("USE elsewhere")
    said = dict(con.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal UNION ALL SELECT function_name, comment FROM duckdb_functions() WHERE NOT internal").fetchall())
    for name, view in database.views().items():
        if name not in TABLES:
            assert said[name] == view.answers
        query = f"FROM {CALLS[name] if view.is_macro else name}"
        # A hash of each row, in no order; sums of shares differ in their last digit with the order in which they are added.
        rounded = ", ".join(f"{c[0]}::FLOAT" if str(c[1]) == "DOUBLE" else c[0] for c in client.execute(f"{query} LIMIT 0").description)
        of_all = f"SELECT count(*), sum(hash(answer)::HUGEINT) FROM (SELECT {rounded} {query}) AS answer"
        assert con.execute(of_all).fetchall() == client.execute(of_all).fetchall(), name
    assert con.execute("SELECT count(*) FROM coverage").fetchone()[0] > 0  # type: ignore[index]


def test_duckdb_refuses_a_code_that_is_not_listed(exported: Exported, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(exported("all.duckdb").read_bytes())
    with duckdb.connect(str(copy)) as con:
        with pytest.raises(duckdb.ConstraintException, match="CHECK"):
            con.execute("UPDATE statuses SET status = 'friend'")
        with pytest.raises(duckdb.ConstraintException, match="NOT NULL"):
            con.execute("UPDATE statuses SET iso3 = NULL")


SQLITE = {"string": "TEXT", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}


def check_sqlite(con: sqlite3.Connection, *, near: bool = False) -> None:
    """Fail unless a database of SQLite holds all tables with their keys."""
    assert con.execute("PRAGMA integrity_check").fetchall() == [("ok",)] and con.execute("PRAGMA foreign_key_check").fetchall() == []
    carries(dict(con.execute("SELECT * FROM about").fetchall()))
    for table in TABLES:
        found = con.execute(f"SELECT * FROM {table}")
        cells = transposed([c[0] for c in found.description], found.fetchall())
        for name, field in fields(table).items():
            if field["type"] in ("boolean", "date"):
                assert {type(v) for v in cells[name]} <= {int if field["type"] == "boolean" else str, type(None)}
                cells[name] = [None if v is None else bool(v) if field["type"] == "boolean" else dt.date.fromisoformat(v) for v in cells[name]]
        check(table, sort(table, cells), wanted=sort(table, expected(table)), near=near)
        info = con.execute(f"PRAGMA table_info({table})").fetchall()
        primary = SCHEMAS[table]["primaryKey"]
        assert [(name, kind, bool(needed)) for _, name, kind, needed, _, _ in info] == [
            (n, SQLITE[f["type"]], bool(f.get("constraints", {}).get("required")) or n in primary) for n, f in fields(table).items()
        ]  # fmt: skip
        assert [name for place, name in sorted((i[5], i[1]) for i in info if i[5])] == primary
        assert {((k[3],), k[2], (k[4],)) for k in con.execute(f"PRAGMA foreign_key_list({table})")} == keys(table)
        (made,) = con.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", [table]).fetchone()
        for field in fields(table).values():
            assert not field["description"] or f"/* {field['description']} */" in made
        unique = {tuple(c[2] for c in con.execute(f"PRAGMA index_info('{i[1]}')")) for i in con.execute(f"PRAGMA index_list({table})") if i[3] == "u"}
        assert unique == {tuple(u) for u in SCHEMAS[table].get("uniqueKeys", [])} | {(n,) for n, f in fields(table).items() if f.get("constraints", {}).get("unique") and [n] != primary}


def test_sqlite(exported: Exported) -> None:
    con = sqlite3.connect(f"file:{exported('all.sqlite').as_posix()}?mode=ro", uri=True)
    check_sqlite(con)
    con.close()


def test_a_file_of_sql_gives_the_same_sqlite_database(exported: Exported) -> None:
    con = sqlite3.connect(":memory:")
    con.executescript(exported("all.sql", dialect="sqlite").read_text(encoding="utf-8"))
    # SQLite before 3.43 reads the 17th digit of a number as it can.
    check_sqlite(con, near=True)
    con.close()


def test_sqlite_refuses_what_the_schema_forbids(exported: Exported) -> None:
    con = sqlite3.connect(":memory:")
    sqlite3.connect(f"file:{exported('all.sqlite').as_posix()}?mode=ro", uri=True).backup(con)
    con.execute("PRAGMA foreign_keys = ON")
    for wrong, why in {"status = 'friend'": "CHECK", "iso3 = 'XXX'": "FOREIGN KEY", "iso3 = NULL": "NOT NULL", "status_id = 'IND-member-2017'": "UNIQUE"}.items():
        with pytest.raises(sqlite3.IntegrityError, match=why):
            con.execute(f"UPDATE statuses SET {wrong} WHERE status_id = 'CHN-member-2001'")


def test_a_key_to_a_table_that_is_not_exported_is_left_out(tmp_path: Path) -> None:
    con = sqlite3.connect(sco.export(tmp_path / "x.sqlite", ["statuses", "status_steps"]))
    assert {k[2] for k in con.execute("PRAGMA foreign_key_list(statuses)")} == {"status_steps"}
    assert [r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")] == ["about", "statuses", "status_steps"]


# Panels, pairs, views, statements


def view_types(name: str, found: Columns) -> dict[str, str]:
    kinds = {str: "string", int: "integer", float: "number", bool: "boolean", dt.date: "date"}
    return {n: kinds[next((type(v) for v in values if v is not None), str)] for n, values in found.items()}


@pytest.mark.parametrize("name", OTHERS)
def test_panels_and_views_in_parquet(name: str, tmp_path: Path) -> None:
    wanted = of_view(name)
    frame = pl.read_parquet(sco.export(tmp_path / "x.parquet", name))
    assert dict(frame.schema) == {n: POLARS[t] for n, t in view_types(name, wanted).items()}
    check(name, frame.to_dict(as_series=False), wanted=wanted)


@pytest.mark.parametrize("name", OTHERS)
def test_panels_and_views_in_stata(name: str, tmp_path: Path) -> None:
    wanted = of_view(name)
    found, meta = stata(sco.export(tmp_path / "x.dta", name))
    for column, type_ in view_types(name, wanted).items():
        labels = meta.variable_value_labels.get(column, {})
        if type_ == "string" and labels:
            known = {c.label: c.code for c in sco.load("codes").itertuples() if {c.code} & {*wanted[column]}}
            found[column] = [None if v is None else known[labels[v]] for v in found[column]]
        elif type_ in ("boolean", "integer"):
            found[column] = whole(found[column])
        assert (meta.original_variable_types[column] == "%td") == (type_ == "date")
    check(name, found, wanted=wanted)
    assert meta.file_label == f"sco-data {VERSION} ({LICENCE}): {name}" and all(meta.column_names_to_labels.values())
    if name != "vote_agreement":
        labelled = "status" if name == "panel" else "status_1" if "status_1" in found else next(n for n in meta.variable_value_labels if n.startswith("status"))
        assert meta.variable_value_labels[labelled][0] == "No status" or 0 in meta.variable_value_labels[labelled]


@pytest.mark.parametrize("name", ["panel", "vote_agreement"])
def test_panels_and_views_in_excel(name: str, tmp_path: Path) -> None:
    wanted = of_view(name)
    book = openpyxl.load_workbook(sco.export(tmp_path / "x.xlsx", name), read_only=True)
    assert book.sheetnames == ["codebook", name]
    check(name, sheet(book[name].iter_rows(), view_types(name, wanted)), wanted=wanted, near=True)


def test_statements_by_name(tmp_path: Path) -> None:
    asked = {"early": "FROM pairs(2001, 2002, rule := 'jan1')", "sizes": "SELECT status, count(*) AS n, sum(n) OVER () AS of_all FROM (SELECT status, 1 AS n FROM statuses) GROUP BY status, n"}
    con = sqlite3.connect(sco.export(tmp_path / "x.sqlite", asked))
    assert con.execute("SELECT count(*) FROM early").fetchone()[0] == len(sco.pairs(2001, 2002, rule="jan1"))
    assert dict(con.execute("SELECT status, n FROM sizes").fetchall()) == sco.load("statuses").status.value_counts().to_dict()
    assert sorted(p.name for p in sco.export(tmp_path / "two", asked, format="parquet").iterdir()) == ["early.parquet", "release.json", "sizes.parquet"]


@pytest.mark.parametrize("end", ["", ";", " ; ;", "; -- said", " -- said", " /* ; */ ;\n-- é;\n"])
def test_a_statement_ends_as_one_may_end(end: str, tmp_path: Path) -> None:
    file = sco.export(tmp_path / "x.csv", {"x": "SELECT 'é;' AS a" + end})
    assert file.read_text(encoding="utf-8") == "a\né;\n"



@pytest.mark.parametrize("form", FORMS)
def test_an_answer_without_rows_keeps_its_columns(form: str, tmp_path: Path) -> None:
    file = sco.export(tmp_path / FILES[form], {"x": "FROM statuses WHERE false"})
    names = {
        "parquet": lambda: pl.read_parquet(file).columns, "arrow": lambda: pl.read_ipc(file).columns, "csv": lambda: file.read_text().strip().split(","),
        "stata": lambda: list(stata(file)[0]), "excel": lambda: list(sheet(openpyxl.load_workbook(file)["x"].iter_rows())),
        "duckdb": lambda: [c[0] for c in duckdb.connect(str(file)).execute("FROM x").description], "sqlite": lambda: [c[0] for c in sqlite3.connect(file).execute("SELECT * FROM x").description],
        "ndjson": lambda: list(fields("statuses")) if file.read_bytes() == b"" else [], "sql": lambda: re.findall(r"^\t(\w+) [A-Z]+[, ]*$", file.read_text().partition("TABLE x")[2], re.MULTILINE),
    }[form]()  # fmt: skip
    assert names == list(fields("statuses"))


def test_another_version_of_the_data_is_exported_as_itself(release: Path, tmp_path: Path) -> None:
    file = release / "datapackage.json"
    file.write_text(file.read_text(encoding="utf-8").replace(f'"version": "{VERSION}"', '"version": "0.3.9"'), encoding="utf-8")
    with sco.open(release) as older:
        said = dict(sqlite3.connect(older.export(tmp_path / "x.sqlite", "statuses")).execute("SELECT * FROM about").fetchall())
    assert said["version"] == "0.3.9" and "0.3.9" in said["citation"]


@pytest.mark.parametrize("form", ["duckdb", "sqlite"])
def test_every_word_that_a_database_reserves_can_be_a_column(form: str, tmp_path: Path) -> None:
    words = [w for (w,) in duckdb.sql("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved' ORDER BY ALL").fetchall()]
    words = sorted({*words, "returning", "nothing", "index", "transaction", "isnull"})
    file = sco.export(tmp_path / FILES[form], {"show": "SELECT " + ", ".join(f'{n} AS "{w}"' for n, w in enumerate(words))})
    con: Any = duckdb.connect(str(file)) if form == "duckdb" else sqlite3.connect(file)
    found = con.execute('SELECT * FROM "show"')
    assert [c[0] for c in found.description] == words and found.fetchone() == tuple(range(len(words)))


# What is refused


def left(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def test_bad_arguments_are_refused_with_a_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    for target, tables, options, said in [
        ("x.docx", "statuses", {}, r"no format is known for 'x.docx'. Mend: end the name with .parquet"),
        ("x", "statuses", {"format": "parket"}, r"no format 'parket'. Did you mean parquet\? Mend"),
        ("x.sql", "statuses", {"dialect": "mysql"}, r"no dialect 'mysql'.* Mend: one of postgresql, sqlite"),
        ("x.dta", ["statuses", "summits"], {}, r"a file of stata holds one table. Mend: name one, or give a folder: export\(.*format='stata'\)"),
        ("x.dta", [], {}, "nothing to export. Mend"),
        ("x.dta", {}, {}, "nothing to export. Mend"),
        ("x.xlsx", ["statuses", "statuses"], {}, "'statuses' is named twice. Mend"),
        ("x.xlsx", {"a": "FROM statuses", "A": "FROM statuses"}, {}, "'A' is named twice. Mend"),
        ("x.parquet", {"a": 'SELECT 1 AS b, 2 AS "B"'}, {}, "a: two columns are called 'B'. Mend"),
        ("x.parquet", {"a b": "SELECT 1"}, {}, "not a name and its statement. Mend"),
        ("x.sqlite", {"About": "SELECT 1 AS b"}, {}, "cannot be called about"),
        ("x.dta", "statusses", {}, r"no table or view 'statusses'. Did you mean statuses"),
        ("x.dta", "status_on", {}, "status_on takes an argument. Mend"),
        ("file", None, {"format": "csv"}, "file is a file. Mend"),
        ("folder", None, {"format": "excel"}, "folder is a folder. Mend"),
        ("file/x.dta", "statuses", {}, r"cannot write .*file/x.dta: .* Mend: give a place"),
    ]:  # fmt: skip
        with pytest.raises(sco.ScoDataError, match=said):
            sco.export(tmp_path / target, tables, **options)
    assert left(tmp_path) == ["file", "folder"] and (tmp_path / "file").read_text() == "mine"


def test_a_folder_with_other_files_is_left_untouched(tmp_path: Path) -> None:
    folder = sco.export(tmp_path / "mine", ["statuses", "summits"], format="csv")
    (folder / "notes.txt").write_text("mine")
    before = left(tmp_path)
    with pytest.raises(sco.UsageError, match="holds other files. Mend"):
        sco.export(folder, "statuses", format="csv")
    assert left(tmp_path) == before
    (folder / "notes.txt").unlink()
    # Without it the folder is an earlier export, which is replaced as a whole, by another form too.
    assert sorted(p.name for p in sco.export(folder, "members", format="parquet").iterdir()) == ["members.parquet", "release.json"]
    assert left(tmp_path) == ["mine", "mine/members.parquet", "mine/release.json"]
    (tmp_path / "x.dta").write_text("an earlier file")
    assert len(stata(sco.export(tmp_path / "x.dta", "statuses"))[0]["iso3"]) == 54


#: Runs the command line with room for files of 30 kB.
FULL = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000)); from sco_data.cli import run; run()"


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on the size of files")
@pytest.mark.parametrize("form", FORMS)
def test_where_there_is_no_room_one_error_says_so_and_nothing_is_left(form: str, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    file = sco.export(tmp_path / FILES[form], "issues")
    there, before = left(tmp_path), file.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", FULL, "export", str(tmp_path / FILES[form]), "sources"], capture_output=True, text=True, env={**os.environ, "TMPDIR": str(tmp_path / "work")}
    )
    assert done.returncode == 2 and re.fullmatch(r"Error: cannot write .*: .* Mend: give a place that can be written, with room enough.\n", done.stderr), done.stderr
    # What was there stands.
    assert left(tmp_path) == there and file.read_bytes() == before


@pytest.mark.parametrize(
    ("target", "query", "said"),
    [
        ("x.xlsx", "SELECT 1 AS n, repeat('x', 32768) AS long_text", r"x: row 2, long_text: a text of 32,768 characters, and a cell of Excel holds 32,767. Mend: "),
        ("x.xlsx", "SELECT repeat('😀', 20000) AS long_text", r"x: row 2, long_text: a text of 40,000 characters, and a cell of Excel holds 32,767. Mend: "),
        ("x.xlsx", "PIVOT (SELECT unnest(range(16_385)) AS n) ON n USING any_value(n)", r"x has 16,385 columns, and a sheet of Excel holds 16,384. Mend: "),
        ("x.dta", "SELECT 1 AS str12", r"x: str12 cannot be a name in Stata .* Mend: rename it"),
        ("x.dta", "SELECT 1e308 AS n", r"x: n has a number beyond 8.98e307, which stata cannot hold. Mend"),
        *((f"x.{suffix}", "SELECT 'a' || chr(0) || 'b' AS s", r"x: s has a text with the character 0, which \w+ cannot hold. Mend: replace\(s, chr\(0\), ''\)") for suffix in ("dta", "sql")),
        *(
            (f"x.{suffix}", f"SELECT DATE '{day}' AS d", r"x: d has a day outside the years 1 to 9999, which \w+ cannot hold. Mend: cast it to text")
            for suffix in ("dta", "xlsx", "sqlite", "sql") for day in ("infinity", "12020-01-01", "0044-03-15 (BC)")
        ),
        ("x.xlsx", "SELECT 9007199254740993 AS n", r"x: row 2, n: an integer beyond 2\^53, .* Mend: cast it to text"),
        ("x.xlsx", "SELECT 'nan'::DOUBLE AS n", r"x: n has a number that is not finite, which excel cannot hold. Mend: CASE WHEN"),
        ("x.dta", "SELECT 1 AS a_name_of_more_than_thirty_two_characters", r"x: a_name_of_more_than_thirty_two_characters cannot be a name in Stata .* Mend: rename it"),
        ("x.dta", 'SELECT 1 AS "no name"', r"x: no name cannot be a name in Stata .* Mend: rename it"),
        ("x.dta", "SELECT 1 AS float", r"x: float cannot be a name in Stata .* Mend: rename it"),
        ("x.dta", "SELECT 9007199254740993 AS n", r"x: n has an integer beyond 2\^53, .* Mend: cast it to text"),
        ("x.dta", "SELECT 'inf'::DOUBLE AS n", r"x: n has a number that is not finite, which stata cannot hold. Mend"),
        ("x.ndjson", "SELECT 'inf'::DOUBLE AS n", r"x: n has a number that is not finite, which ndjson cannot hold. Mend"),
        ("x.sql", "SELECT 'inf'::DOUBLE AS n", r"x: n has a number that is not finite, which sql cannot hold. Mend"),
        ("x.sqlite", "SELECT 'nan'::DOUBLE AS n", r"x: n has a number that is not finite, which sqlite cannot hold. Mend"),
    ],
)  # fmt: skip
def test_what_a_form_cannot_hold_is_refused(target: str, query: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(sco.ScoDataError, match=said):
        sco.export(tmp_path / target, {"x": query})
    assert left(tmp_path) == []


@pytest.mark.parametrize("suffix", ["csv", "parquet", "dta"])
def test_a_wide_answer_is_written_though_the_statement_around_it_is_longer_than_a_users_may_be(suffix: str, tmp_path: Path) -> None:
    target = sco.export(tmp_path / f"wide.{suffix}", tables={"wide": "PIVOT (SELECT 'roll_' || unnest(range(2000)) AS n) ON n USING any_value(n)"})
    frame = {"csv": pandas.read_csv, "parquet": pandas.read_parquet, "dta": pandas.read_stata}[suffix](target)
    assert frame.shape == (1, 2000) and frame["roll_1999"].tolist() == ["roll_1999"]


@pytest.mark.parametrize("word", sorted(pandas.io.stata.StataParser().RESERVED_WORDS - {"str#"}))
def test_a_name_that_pandas_would_change_is_refused(word: str, tmp_path: Path) -> None:
    with pytest.raises(sco.ScoDataError, match=f"x: {word} cannot be a name in Stata"):
        sco.export(tmp_path / "x.dta", {"x": f'SELECT 1 AS "{word}"'})


def test_more_rows_than_a_sheet_has_are_refused() -> None:
    with pytest.raises(sco.ScoDataError, match="x has 1,048,576 rows, and a sheet of Excel holds 1,048,575. Mend: "):
        excel._sheet(None, "x", ["n"], ["integer"], [(1,)] * 1_048_576)


def test_what_the_labels_of_stata_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(sco.ScoDataError, match="too long a name for the label of a Stata file. Mend: .* at most [0-9]+ characters"):
        sco.export(tmp_path / "x.dta", {"a" * 60: "SELECT 1 AS n"})
    with pytest.raises(sco.ScoDataError, match="x: the labels of its codes take 32,002 bytes, and Stata holds 32,000. Mend: "):
        stata_form._check_labels("x", Field("s", "string", "S", codes={"a": "é" * 8_000, "b": "é" * 8_000}))
    assert left(tmp_path) == []


def test_a_row_that_points_nowhere_is_refused_in_sqlite(release: Path, tmp_path: Path) -> None:
    actors = release / "data" / "actors.csv"
    lines = actors.read_text(encoding="utf-8").splitlines(keepends=True)
    actors.write_text("".join(line for line in lines if not line.startswith("IND,")), encoding="utf-8", newline="")
    with using(Catalog(release)), pytest.raises(sco.ScoDataError, match="points to a row that is not in actors. Mend: `sco-data validate` names it"):
        sco.export(tmp_path / "out" / "x.sqlite")
    assert left(tmp_path / "out") == []


def test_a_name_that_no_sheet_can_have_is_refused(tmp_path: Path) -> None:
    for name in ("history", "Codebook", "a" * 32):
        with pytest.raises(sco.ScoDataError, match=rf"'{name}' cannot be the name of a sheet .* Mend"):
            sco.export(tmp_path / "x.xlsx", {name: "SELECT 1 AS n"})
    assert left(tmp_path) == []


def test_a_title_that_stata_cannot_hold_is_refused(release: Path, tmp_path: Path) -> None:
    file = release / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    next(r for r in descriptor["resources"] if r["name"] == "statuses")["schema"]["fields"][1]["title"] = "t" * 81
    file.write_text(json.dumps(descriptor), encoding="utf-8")
    with sco.open(release) as changed, pytest.raises(sco.ScoDataError, match="statuses: iso3: its title has 81 characters, and a label in Stata 80. Mend"):
        changed.export(tmp_path / "out" / "x.dta", "statuses")
    assert left(tmp_path / "out") == []


@pytest.mark.parametrize("form", FORMS)
def test_a_statement_that_fails_on_the_way_is_one_error(form: str, tmp_path: Path) -> None:
    # The first is refused by the type to which a statement's integers are cast, the second while the rows are read.
    for query in ("SELECT 170141183460469231731687303715884105727::HUGEINT AS n", "SELECT CAST(title AS INTEGER) AS n FROM sources"):
        with pytest.raises(sco.UsageError, match="SQL: "):
            sco.export(tmp_path / FILES[form], {"x": query})
    assert left(tmp_path) == []


@pytest.mark.parametrize("form", [f.name for f in FORMS.values() if f.needs])
def test_without_the_extra_the_command_that_installs_it_is_told(form: str, tmp_path: Path) -> None:
    blocked = f"""
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {FORMS[form].needs!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
from sco_data.cli import run
run()
"""
    done = subprocess.run([sys.executable, "-c", blocked, "export", str(tmp_path / FILES[form]), "statuses"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, f"Error: export to {form} needs {FORMS[form].needs}. Mend: pip install 'sco-data[export]'.\n")
    assert left(tmp_path) == []


# Again


@pytest.mark.parametrize("form", [f for f in FORMS if f != "duckdb"])
def test_made_twice_an_export_is_the_same_to_the_byte(form: str, exported: Exported, tmp_path: Path) -> None:
    # In another process with other hashes; of Excel, the slowest by far, a few tables.
    some = ["statuses", "sources", "summits"] if form == "excel" else []
    name = {"sql": "all.sql", "sqlite": "all.sqlite", "excel": "some.xlsx"}.get(form, form)
    first = exported(name, some or None, **({"dialect": "sqlite"} if form == "sql" else {} if "." in name else {"format": form}))
    command = [str(SCRIPT), "export", str(tmp_path / name), *some, "--format", form, *(["--dialect", "sqlite"] if form == "sql" else [])]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tashkent"})
    assert (done.returncode, done.stderr, done.stdout) == (0, f"written to {tmp_path / name}\n", "")
    again = [tmp_path / name] if first.is_file() else sorted((tmp_path / name).iterdir())
    for file, other in zip([first] if first.is_file() else sorted(first.iterdir()), again, strict=True):
        assert file.name == other.name and file.read_bytes() == other.read_bytes(), file.name


def test_integers_at_the_end_of_a_type_of_stata_are_values_and_not_missing(tmp_path: Path) -> None:
    # Of a byte, an int and a long Stata takes the highest values for missing ones.
    rows = [(100, 32_740, 2_147_483_620), (101, 32_741, 2_147_483_621), (127, 32_767, 2_147_483_647)]
    file = sco.export(tmp_path / "ends.dta", {"ends": f"FROM (VALUES {', '.join(map(str, rows))}) AS t(a, b, c)"})
    frame, _ = pyreadstat.read_dta(str(file), user_missing=True)
    assert [tuple(int(v) for v in row) for row in frame.itertuples(index=False)] == rows


@pytest.mark.parametrize("suffix", ["sqlite", "duckdb", "xlsx"])
def test_a_database_or_workbook_of_somebody_else_is_not_replaced(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"mine.{suffix}"
    if suffix == "sqlite":
        with closing(sqlite3.connect(file)) as con:
            con.execute("CREATE TABLE my_own_coding (a)")
            con.commit()
    elif suffix == "duckdb":
        with duckdb.connect(str(file)) as con:
            con.execute("CREATE TABLE my_own_coding (a INTEGER)")
    else:
        book = openpyxl.Workbook()
        book.active["A1"] = "my own coding"
        book.save(file)
    before = file.read_bytes()
    with pytest.raises(sco.UsageError, match="holds something else than an export of this package"):
        sco.export(file, "statuses")
    assert file.read_bytes() == before
    file.unlink()
    # An earlier export is.
    sco.export(file, "statuses")
    assert sco.export(file, "summits") == file


def test_a_statement_over_a_panel_is_described_and_labelled_as_the_panel_and_says_what_was_asked(tmp_path: Path) -> None:
    asked = "FROM pairs(2017, 2017, rule := 'jan1')"
    _, whole = pyreadstat.read_dta(str(sco.export(tmp_path / "pairs.dta", "pairs")))
    _, early = pyreadstat.read_dta(str(sco.export(tmp_path / "early.dta", {"early": asked})))
    assert early.variable_value_labels == whole.variable_value_labels and early.column_names_to_labels == whole.column_names_to_labels
    sco.export(tmp_path / "early.csv", {"early": asked})
    said = json.loads((tmp_path / "early.csv-metadata.json").read_text(encoding="utf-8"))
    assert said["statement"] == asked
    described = {f["name"]: f["description"] for f in said["fields"]}
    # Of the tables that have a year, the panel's is meant, and not the year in which a source was published.
    assert described["year"] == "the year" and all(described.values())
    frames = sco.panel(2017, 2017, rule="jan1"), sco.pairs(2017, 2017, universe="gw")
    assert [(f.attrs["universe"], f.attrs["rule"]) for f in frames] == [("cow", "jan1"), ("gw", "dec31")]
