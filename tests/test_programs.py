"""What `export` writes, read by the programs that it is for: sqlite3, PostgreSQL, R. With SCO_DATA_TEST_PROGRAMS=1 none may be missing."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import SCRIPT
from exporting import DESCRIPTIONS, SCHEMAS, TABLES, check, codes, expected, fields, sort, transposed
from formats_page import blocks, prepare, shell

import sco_data as sco

Exported = Callable[..., Path]
#: The servers and R take a while to start and to install: without it they are left out.
ALL = bool(os.environ.get("SCO_DATA_TEST_PROGRAMS"))
programs = pytest.mark.skipif(not ALL, reason="SCO_DATA_TEST_PROGRAMS is not set")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the page on formats speaks of."""
    folder = tmp_path_factory.mktemp("formats")
    prepare(folder)
    return folder


# SQLite

needs_sqlite = pytest.mark.skipif(not ALL and shutil.which("sqlite3") is None, reason="there is no sqlite3")


def sqlite(file: Path, *statements: str, **options: Any) -> list[list[str]]:
    done = subprocess.run(["sqlite3", "-batch", "-bail", "-csv", "-nullvalue", "\\N", str(file), *statements], capture_output=True, text=True, encoding="utf-8", **options)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return list(csv.reader(done.stdout.splitlines(keepends=True)))


@needs_sqlite
def test_sqlite3_reads_the_file(exported: Exported) -> None:
    file = exported("all.sqlite")
    assert sqlite(file, "PRAGMA integrity_check") == [["ok"]] and sqlite(file, "PRAGMA foreign_key_check") == []
    assert dict(map(tuple, sqlite(file, "SELECT * FROM about")))["version"] == sco.__version__  # type: ignore[arg-type]
    read = {"string": str, "integer": int, "number": float, "boolean": {"1": True, "0": False}.__getitem__, "date": dt.date.fromisoformat}
    for table in TABLES:
        # sqlite3 prints 15 digits of a number, and printf all.
        selected = ", ".join(f"CASE WHEN {n} IS NOT NULL THEN printf('%!.17g', {n}) END" if f["type"] == "number" else n for n, f in fields(table).items())
        rows = sqlite(file, f"SELECT {selected} FROM {table}")
        typed = [[None if cell == "\\N" else read[f["type"]](cell) for cell, f in zip(row, fields(table).values())] for row in rows]
        cells = transposed(list(fields(table)), typed)
        check(table, sort(table, cells), wanted=sort(table, expected(table)), near=True)


@needs_sqlite
def test_sqlite3_loads_the_file_of_sql(exported: Exported, tmp_path: Path) -> None:
    with exported("all.sql", dialect="sqlite").open(encoding="utf-8") as statements:
        assert sqlite(tmp_path / "made.sqlite", stdin=statements) == []
    for table in TABLES:
        assert sqlite(tmp_path / "made.sqlite", f"SELECT count(*) FROM {table}") == [[str(len(next(iter(expected(table).values()))))]]


@needs_sqlite
def test_the_page_on_formats_for_sqlite(page: Path) -> None:
    for block in blocks("sqlite"):
        assert len(sqlite(page / "sco.sqlite", block)) == 10


# PostgreSQL


class Server:
    """A server of PostgreSQL in a folder of its own, reached through a socket there and nowhere else."""

    def __init__(self, folder: Path):
        # Debian keeps the programs of the server off the path.
        places = [*sorted(p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")), *([Path(p).parent] if (p := shutil.which("initdb")) else [])]
        assert places, "PostgreSQL is not installed. Mend: apt-get install postgresql, or leave SCO_DATA_TEST_PROGRAMS unset."
        self.bin, self.folder, self.data = places[0], folder, folder / "data"
        # The server refuses to be run by root.
        self.run_as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.run_as:
            shutil.chown(folder, "postgres")
        self.run("initdb", "-D", str(self.data), "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        self.run("pg_ctl", "-D", str(self.data), "-l", str(folder / "log"), "-o", options, "-w", "start")

    def run(self, program: str, *args: str) -> None:
        done = subprocess.run([*self.run_as, str(self.bin / program), *args], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 0, done.stderr

    @property
    def variables(self) -> dict[str, str]:
        """What psql needs to find it."""
        return {"PGHOST": str(self.folder), "PGUSER": "postgres", "PGDATABASE": "postgres", "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}"}

    def psql(self, *args: str) -> subprocess.CompletedProcess[str]:
        command = ["psql", "-X", "--quiet", "-v", "ON_ERROR_STOP=1", *args]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **self.variables})

    def ask(self, query: str) -> list[list[str | None]]:
        done = self.psql("-c", f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '\\N')")
        assert done.returncode == 0, done.stderr
        return [[None if cell == "\\N" else cell for cell in row] for row in csv.reader(done.stdout.splitlines(keepends=True))]

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    # Not in the folder of the tests, which no other user may enter.
    folder = Path(tempfile.mkdtemp(prefix="sco-pg-"))
    try:
        made = Server(folder)
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def loaded(server: Server, exported: Exported) -> Server:
    done = server.psql("-f", str(exported("all.sql.postgresql.sql", format="sql")))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return server


@programs
def test_postgresql_holds_every_cell(loaded: Server) -> None:
    kinds = {"string": "text", "integer": "bigint", "number": "double precision", "boolean": "boolean", "date": "date"}
    read = {"string": str, "integer": int, "number": float, "boolean": {"t": True, "f": False}.__getitem__, "date": dt.date.fromisoformat}
    assert dict(loaded.ask("SELECT * FROM about"))["citation"] == sco.cite()  # type: ignore[arg-type]
    columns = loaded.ask("SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position")
    for table in TABLES:
        needed = {n for n, f in fields(table).items() if f.get("constraints", {}).get("required")} | set(SCHEMAS[table]["primaryKey"])
        assert [c[1:] for c in columns if c[0] == table] == [[n, kinds[f["type"]], "NO" if n in needed else "YES"] for n, f in fields(table).items()]
        rows = [[None if cell is None else read[f["type"]](cell) for cell, f in zip(row, fields(table).values())] for row in loaded.ask(f"SELECT * FROM {table}")]
        check(table, sort(table, transposed(list(fields(table)), rows)), wanted=sort(table, expected(table)))


@programs
def test_postgresql_has_the_keys_checks_and_comments_of_the_descriptor(loaded: Server) -> None:
    names = "(SELECT string_agg(attname, ',' ORDER BY o) FROM unnest({0}) WITH ORDINALITY k(n, o) JOIN pg_attribute ON attrelid = {1} AND attnum = n)"
    found = loaded.ask(
        f"SELECT contype, conrelid::regclass, {names.format('conkey', 'conrelid')}, CASE WHEN contype = 'f' THEN confrelid::regclass::text END, {names.format('confkey', 'confrelid')}, "
        "convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    )
    assert {row[5] for row in found} == {"t"}
    comments = {(t, c): said for t, c, said in loaded.ask("SELECT objoid::regclass, coalesce(attname, ''), description FROM pg_description LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid AND objsubid > 0 WHERE classoid = 'pg_class'::regclass AND objoid::regclass::text = ANY(ARRAY(SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'))")}
    for table in TABLES:
        mine, schema = [row for row in found if row[1] == table], SCHEMAS[table]
        limits = {n: f.get("constraints", {}) for n, f in fields(table).items()}
        assert [r[2] for r in mine if r[0] == "p"] == [",".join(schema["primaryKey"])]
        unique = {",".join(u) for u in schema.get("uniqueKeys", [])} | {n for n, said in limits.items() if said.get("unique") and [n] != schema["primaryKey"]}
        assert {r[2] for r in mine if r[0] == "u"} == unique
        assert sorted((r[2], r[3], r[4]) for r in mine if r[0] == "f") == sorted((",".join(k["fields"]), k["reference"]["resource"], ",".join(k["reference"]["fields"])) for k in schema.get("foreignKeys", []))
        checks = sorted((str(r[2]), str(r[6])) for r in mine if r[0] == "c")
        assert [n for n, _ in checks] == sorted(n for n, said in limits.items() for kind in ("enum", "minimum", "maximum") if kind in said)
        for name, text in checks:
            assert all(f"'{code}'::text" in text for code in limits[name].get("enum", []))
        assert comments[table, ""] == DESCRIPTIONS[table]
        assert {n: comments.get((table, n), "") for n in fields(table)} == {n: f["description"] for n, f in fields(table).items()}


@programs
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("UPDATE statuses SET status = 'friend'", "violates check constraint"),
        ("UPDATE statuses SET source_id = 'no-such-source'", "violates foreign key constraint"),
        ("UPDATE statuses SET iso3 = NULL", "violates not-null constraint"),
        ("INSERT INTO codes SELECT * FROM codes LIMIT 1", "violates unique constraint"),
        ("DELETE FROM sources WHERE source_id = (SELECT source_id FROM statuses LIMIT 1)", "violates foreign key constraint"),
    ],
)
def test_postgresql_refuses_what_the_schema_forbids(wrong: str, why: str, loaded: Server) -> None:
    done = loaded.psql("-c", wrong)
    assert done.returncode != 0 and why in done.stderr


@programs
def test_the_page_on_formats_for_postgresql(page: Path, server: Server) -> None:
    assert server.psql("-c", "CREATE DATABASE page").returncode == 0
    there = {**server.variables, "PGDATABASE": "page"}
    (load,) = [b for b in blocks("sh") if "psql" in b]
    shell(load, page, **{**there, "PATH": os.pathsep.join([str(SCRIPT.parent), there["PATH"]])})
    for block in blocks("postgresql"):
        done = subprocess.run(["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", block], capture_output=True, text=True, env={**os.environ, **there})
        assert done.returncode == 0 and "India|2017-06-09\n" in done.stdout, done.stderr


# R


def r(code: str, folder: Path) -> list[str]:
    assert shutil.which("Rscript"), "R is not installed. Mend: apt-get install r-base-core r-cran-haven r-cran-readxl r-cran-readr, or leave SCO_DATA_TEST_PROGRAMS unset."
    done = subprocess.run(["Rscript", "--vanilla", "-"], input=f'options(warn = 2, encoding = "UTF-8")\n{code}', cwd=folder, capture_output=True, text=True, encoding="utf-8", env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def marks(table: str) -> list[str]:
    """Return what R shall say of each column: its class, how many cells are there, and for all but text their sum."""
    out = []
    for name, field in fields(table).items():
        there = [v for v in expected(table)[name] if v is not None]
        kind = "text" if field["type"] == "string" else "Date" if field["type"] == "date" else "number"
        total = sum(len(v) for v in there) if kind == "text" else sum((v - dt.date(1970, 1, 1)).days for v in there) if kind == "Date" else sum(there)
        out.append(f"{table} {name} {kind} {len(there)} {total:.12g}")
    return out


#: Prints the same of a frame.
MARKS = """
marks <- function(table, frame) for (name in names(frame)) {
    cells <- frame[[name]]
    if (inherits(cells, "factor")) cells <- codes_of(table, name, cells)
    if (inherits(cells, "POSIXct")) cells <- as.Date(cells)
    there <- cells[!is.na(cells) & !(is.character(cells) & cells == "")]
    kind <- if (is.character(cells)) "text" else if (inherits(cells, "Date")) "Date" else if (is.numeric(cells) || is.logical(cells)) "number" else class(cells)
    total <- if (kind == "text") sum(nchar(there)) else sum(as.numeric(there))
    cat(sprintf("%s %s %s %d %.12g\\n", table, name, kind, length(there), total))
}
"""


@programs
def test_r_reads_stata_files(exported: Exported, tmp_path: Path) -> None:
    with (tmp_path / "codes.tsv").open("w", encoding="utf-8", newline="\n") as out:
        for table in TABLES:
            for name, field in fields(table).items():
                out.writelines(f"{table}\t{name}\t{code}\t{label}\n" for code, label in codes(field).items())
    tables = ", ".join(f'"{t}"' for t in TABLES)
    said = r(
        MARKS + f"""
codes <- read.delim("{tmp_path / "codes.tsv"}", header = FALSE, quote = "", na.strings = character(), colClasses = "character")
codes_of <- function(table, name, cells) {{
    mine <- codes[codes$V1 == table & codes$V2 == name, ]
    if (nrow(mine) == 0) as.character(cells) == "yes" else mine$V3[match(as.character(cells), mine$V4)]
}}
for (table in c({tables})) {{
    frame <- haven::read_dta(file.path("{exported("stata", format="stata")}", paste0(table, ".dta")))
    stopifnot(all(vapply(frame, function(column) nchar(attr(column, "label")) > 0, TRUE)))
    marks(table, haven::as_factor(frame))
}}
""",
        tmp_path,
    )
    assert said == [line for table in TABLES for line in marks(table)]


@programs
def test_r_reads_the_workbook_and_the_csv_files(exported: Exported, tmp_path: Path) -> None:
    # Sheets of some of the tables: readxl has all of a sheet in memory at once.
    some = [t for t in TABLES if len(expected(t)[SCHEMAS[t]["primaryKey"][0]]) < 3000]
    tables = ", ".join(f'"{t}"' for t in some)
    types = {"string": "text", "integer": "numeric", "number": "numeric", "boolean": "logical", "date": "date"}
    old = {(t, n) for t in some for n, f in fields(t).items() if f["type"] == "date" and any(d and d < dt.date(1900, 3, 1) for d in expected(t)[n])}
    kinds = "list(" + ", ".join(f"{t} = c({', '.join(chr(34) + ('text' if (t, n) in old else types[f['type']]) + chr(34) for n, f in fields(t).items())})" for t in some) + ")"
    said = r(
        MARKS + f"""
kinds <- {kinds}
for (table in c({tables})) {{
    frame <- readxl::read_excel("{exported("all.xlsx")}", sheet = table, col_types = kinds[[table]], na = "", trim_ws = FALSE, .name_repair = "minimal")
    marks(table, frame)
}}
for (table in c({tables})) {{
    frame <- readr::read_csv(file.path("{exported("csv", format="csv")}", paste0(table, ".csv")), na = "", guess_max = Inf, trim_ws = FALSE, show_col_types = FALSE)
    cat(table, nrow(frame), sum(!is.na(frame)), "\\n")
}}
""",
        tmp_path,
    )
    wanted = [line for table in some for line in marks(table)]
    for table, name in old:
        n = next(i for i, line in enumerate(wanted) if line.startswith(f"{table} {name} "))
        there = len([v for v in expected(table)[name] if v])
        wanted[n] = f"{table} {name} text {there} {10 * there}"
    assert said[: len(wanted)] == wanted
    cells = [f"{t} {len(next(iter(expected(t).values())))} {sum(v is not None for values in expected(t).values() for v in values)} " for t in some]
    assert said[len(wanted) :] == cells


@programs
def test_the_page_on_formats_for_r(page: Path) -> None:
    panel, workbook, zipped = blocks("r")
    india = sco.sql("SELECT iso3, ccode, days_member FROM panel(2017, 2017) WHERE status = 'member'")
    said = r(f"{panel}\ncat(nrow(panel), class(panel$status), sum(panel$year == 2017 & panel$status == 'Member'), '\\n')", page)
    assert said[-1] == f"{len(sco.panel())} factor {len(india)} " and any("IND" in line and "206" in line for line in said)
    kinds = "cat(nrow(statuses), class(statuses$start_date)[1], class(statuses$iso3), sum(is.na(statuses$end_date)), '\\n')"
    open_ = int(sco.load("statuses").end_date.isna().sum())
    assert r(f"{workbook}\n{kinds}", page) == [f"54 POSIXct character {open_} "]
    assert r(f"{zipped}\n{kinds}", page) == [f"54 Date character {open_} "]
