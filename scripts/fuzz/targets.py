"""What is fuzzed: for each reader how an input is made, and how it is read. An input is bytes, so that it can be kept and read again."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import math
import shutil
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from threading import Timer
from typing import Any
from zlib import crc32

import sco_data as sco
from sco_data import browsing, cli, database
from sco_data.catalog import DESCRIPTOR, Catalog, installed, using
from sco_data.errors import visible
from sco_data.plot import boundaries
from scripts import import_votes, import_wdi
from scripts.build import __main__ as building
from scripts.fuzz import mutate

ROOT = Path(__file__).resolve().parents[2]
#: The tables of the small package: what members, history, evidence and cite are answered from.
TABLES = ("members", "statuses", "status_steps", "summits", "actors", "sources", "evidence", "codes")


class Refused(Exception):
    """A command said no, in words and with an exit code of ours."""


@dataclass(frozen=True)
class Target:
    """A reader: its inputs, and how one is read in an empty folder. It returns where the input is taken, and raises where it is not."""

    make: Callable[[Random], bytes]
    run: Callable[[bytes, Path], None]


# -- what the inputs are made from -----------------------------------------------------------------


def _aligned(files: dict[str, bytes], descriptor: dict[str, Any]) -> dict[str, bytes]:
    for resource in descriptor["resources"]:
        body = files[resource["path"]]
        resource |= {"hash": "sha256:" + hashlib.sha256(body).hexdigest(), "bytes": len(body), "rowCount": max(0, body.count(b"\n") - 1)}
    return {**files, DESCRIPTOR: json.dumps(descriptor).encode()}


@cache
def package() -> dict[str, bytes]:
    """Return a small package of these data: a few tables with a few rows, and the views that need no other."""
    whole = installed()
    descriptor = json.loads((whole.folder / DESCRIPTOR).read_text(encoding="utf-8"))
    descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] in TABLES]
    files = {}
    for resource in descriptor["resources"]:
        resource["schema"]["foreignKeys"] = [k for k in resource["schema"].get("foreignKeys", []) if k["reference"]["resource"] in TABLES]
        with whole.path(resource["name"]).open(encoding="utf-8", newline="") as handle:
            rows = [row for n, row in enumerate(csv.reader(handle)) if n < 4 or "IND" in row[:2] or "IND-member-2017" in row[:3]][:20]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        files[resource["path"]] = out.getvalue().encode()
    views = database.views(whole)
    others = set(whole.resources) - set(TABLES)
    while more := {n for n, v in views.items() if n not in others and v.words & others}:
        others |= more
    return _aligned(files | {f"views/{n}.sql": v.sql.encode() for n, v in views.items() if n not in others}, descriptor)


def _put(files: dict[str, bytes], folder: Path) -> Path:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


#: Sources that together make a release, of most tables; a step, and the spell that it begins.
SOURCES = (
    "civil-ge-2009-08-18-georgia-cis", "great-az-2009-08-18-georgia-cis", "infoshos-2009-05-06-youth-council", "newsaz-2024-07-03-china", "ria-2010-11-25-dushanbe",
    "sco-cfm-2003-09-05-tashkent", "sectsco-2024-06-20-youth-council", "tass-2016-06-27-youth-council", "trend-2018-09-17-azerbaijan", "uzdaily-2009-05-youth-council",
    "wion-2025-08-30-sco-economy", "xinhua-2006-12-24-charter-protocol", "xinhua-2010-11-25-dushanbe-communique",
)  # fmt: skip
STEP = b"""[source]
kind = "news_agency"
title = "A step"
published_on = 2025-09-02
url = "https://example.org/step"
language = "en"
licence = "copyright"
accessed_on = 2026-11-22
read = "full"

[[status_steps]]
id = "LAO-partner-granted"
iso3 = "LAO"
status_sought = "partner"
step = "granted"
epistemic = "formal_act"
step_on = "2025-09-01"
place = "Tianjin"
at = "para 1"
"""
SPELL = b"LAO-partner-2025,LAO,partner,LAO-partner-granted,,,,formal_act,\n"


@cache
def _seeds() -> dict[str, bytes]:
    """Return seeds that are built in some seconds: the lists, and a few sources."""
    folder = ROOT / "seeds"
    files = [*sorted((folder / "lists").glob("*.csv")), *(folder / f"sources/{name}.toml" for name in SOURCES)]
    out = {f.relative_to(folder).as_posix(): f.read_bytes() for f in files} | {"sources/step.toml": STEP}
    out["lists/statuses.csv"] = out["lists/statuses.csv"].splitlines(keepends=True)[0] + SPELL
    return out


DECISION = b'[[decision]]\ntable = "statuses"\nrow = "IND-member-2017"\nfield = "start_date"\ntake = "a"\nagainst = ["b"]\nwhy = "c"\n'


# -- how they are read -----------------------------------------------------------------------------


def _ask(folder: Path, body: bytes) -> None:
    """Read a package with all that reads one; what is refused by one is still given to the others. To validate takes as long as ten others: one of four."""
    refused: sco.ScoDataError | None = None
    readers: list[Callable[[Path], Any]] = [_use, sco.verify, lambda f: sco.diff(_put(package(), f / "other"), f), Catalog]
    for read in readers + ([_validate] if sum(body) % 4 == 0 else []):
        try:
            read(folder)
        except sco.ScoDataError as error:
            refused = error
    if refused:
        raise refused


def _validate(folder: Path) -> None:
    report = sco.validate(folder)
    json.loads(report.json())
    visible(report.text()).encode()


def _use(source: Path) -> None:
    with sco.open(source) as release:
        failed: sco.ScoDataError | None = None
        asked: list[Callable[[], Any]] = [
            release.connect, release.members, lambda: release.members("2017-06-09", status=None), lambda: release.history("India"), release.describe, release.cite, lambda: release.cite("statuses"),
            lambda: release.evidence("statuses", "IND-member-2017"), *(lambda t=t: release.load(t) for t in release.tables()), *(lambda t=t: release.describe(t) for t in release.tables()),
        ]  # fmt: skip
        for ask in asked:
            try:
                ask()
            except sco.ScoDataError as error:
                failed = error
        if failed:
            raise failed


def _run_descriptor(body: bytes, box: Path) -> None:
    _ask(_put({**package(), DESCRIPTOR: body}, box / "in"), body)


def _make_table(rng: Random) -> bytes:
    path = rng.choice([n for n in package() if n.endswith(".csv")])
    return f"{path} {rng.choice(['aligned', 'as it is'])}\n".encode() + mutate.cells(rng, package()[path])


def _headed(body: bytes) -> tuple[str, bytes]:
    """Return the first line of an input, which says what the rest is."""
    head, _, rest = body.partition(b"\n")
    return head.decode("utf-8", "replace"), rest


def _run_table(body: bytes, box: Path) -> None:
    head, table = _headed(body)
    files = {**package(), head.split(" ")[0]: table}
    _ask(_put(_aligned(files, json.loads(files[DESCRIPTOR])) if head.endswith("aligned") else files, box / "in"), body)


def _run_archive(body: bytes, box: Path) -> None:
    file = _put({"release.zip": body}, box / "in") / "release.zip"
    _use(file)
    sco.diff(file, file)


SQL = ["SELECT", "FROM", "WHERE", "statuses", "members", "evidence", "status_on(DATE '2017-06-09')", "*", "(", ")", ",", "=", "AND", "NOT", "NULL", "1", "'a'", "CASE WHEN", "END", "UNION ALL", "JOIN", "USING (iso3)", "GROUP BY ALL",
    "ORDER BY", "LIMIT 3", "OFFSET -1", "::DATE", "::HUGEINT", "::VARCHAR[]", "count(*)", "list(iso3)", "map([1], [2])", "{'a': 1}", "[1, 2]", "DATE '290000-01-01'", "'infinity'::DATE", "INTERVAL 1 YEAR", "x'00'::BLOB", "regexp_matches('aaaa', '(a+)+b')",
    "PIVOT members ON iso3", "DESCRIBE", "SHOW TABLES", "SUMMARIZE members", "EXPLAIN", "COPY", "ATTACH ':memory:' AS x", "CREATE TABLE t AS", "INSERT INTO", "SET threads = 1", "PRAGMA version", "CALL pragma_version()", "getenv('HOME')", "?", "$a", "--", "/*", ";", "AS", '"', "x -> x + 1", "#1",
    "WITH a AS (SELECT 1)", "EXCLUDE", "COLUMNS('.*')", "struct_pack(a := 1)", "TRY_CAST('x' AS DATE)", "VALUES (1), (2)", "current_setting('threads')", "uuid()", "1e999", "9223372036854775808", "0.1::DECIMAL(38, 37)",
]  # fmt: skip


#: A value of each type of DuckDB's, and those at its edges.
TYPED = [
    "1", "-1::TINYINT", "255::UTINYINT", "18446744073709551615::UBIGINT", "170141183460469231731687303715884105727", "340282366920938463463374607431768211455::UHUGEINT", "'1'::BIGNUM", "0.1::DECIMAL(38,37)", "1.5::FLOAT", "'nan'::DOUBLE",
    "'inf'::DOUBLE", "1e308", "true", "NULL", "NULL::DATE", "DATE '2017-06-09'", "DATE 'infinity'", "DATE '-infinity'", "DATE '290000-01-01'", "DATE '0044-03-15 (BC)'", "TIMESTAMP '2017-06-09 12:00:00.123456'", "TIMESTAMP 'infinity'", "TIMESTAMP '290000-01-01'",
    "TIMESTAMP_NS '2017-06-09 12:00:00.123456789'", "TIMESTAMP_S '2017-06-09 12:00:00'", "'250000-01-01'::TIMESTAMP_MS", "TIMESTAMPTZ '2017-06-09 12:00:00+05:30'", "TIME '24:00:00'", "TIMETZ '12:00:00+15:59'", "INTERVAL '-5 months 3 days 1 microsecond'",
    "INTERVAL 200000 YEARS", "''::BLOB", "'\\xFF\\x00'::BLOB", "'0101'::BIT", "uuid()", "'India'", "''", "chr(0)", "chr(27) || '[2J'", "repeat('x', 40000)", "chr(10) || chr(13)", "chr(13)", "'\\N'", "'=1+1'", "'NA'", "'a'::ENUM('a', 'b')",
    "'{\"a\": [1, null]}'::JSON", "[1, 2]", "[]", "[NULL]", "[1, 2]::INTEGER[2]", "{'a': 1}", "{'a b': NULL, 'c': 2}", "row(1, 'a')", "map([1], ['x'])", "map([[1]], [{'a': 1}])", "map()", "union_value(num := 2)", "'1'::VARIANT", "'POINT(1 1)'::GEOMETRY", "chr(1114111)",
]  # fmt: skip
#: What may stand around a value.
SHAPES = [
    "{0}", "[{0}]", "{{'k': {0}}}", "map([{0}], [{1}])", "[{0}, NULL]", "array_value({0}, {0})", "({0})::VARCHAR", "({0})::JSON", "({0})::VARIANT", "({0})::BLOB", "({0})::DATE", "union_value(u := {0})", "[{{'a': [{0}]}}]", "max({0})", "list({0})",
    "count(DISTINCT {0})", "coalesce(NULL, {0})", "CASE WHEN true THEN {0} END", "({0}) = ({1})", "hash({0})", "typeof({0})", "(SELECT {0})", "row({0}, {1})",
]  # fmt: skip
TAILS = ["", "", " UNION ALL SELECT NULL", " FROM range(3)", " FROM members", " FROM status_on(DATE '2017-06-09')", " FROM members WHERE false", " FROM statuses GROUP BY ALL", " ORDER BY ALL", " LIMIT 0", " WHERE false"]
NAMES = ["a", "name", "start_date", '"A"', '"x y"', '"é"', '"a\nb"', '"\x1b[2J"', '"=1+1"', '"0"', '"%s"', '"a""b"', f'"{"n" * 300}"']
#: How the answer to a statement is asked for: a frame, printed, and as a file.
WAYS = [None, *(["sql", "--format", form] for form in ("table", "csv", "json", "markdown")), ["sql", "-o", "x.parquet"], *(["export", f"x.{end}", "--sql"] for end in ("parquet", "arrow", "ndjson", "csv", "dta", "xlsx", "duckdb", "sqlite", "sql"))]


def _statement(rng: Random) -> str:
    """Return a statement that is mostly right, with values that few readers know."""
    columns = [rng.choice(SHAPES).format(rng.choice(TYPED), rng.choice(TYPED)) + f" AS {rng.choice(NAMES)}" for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    return f"SELECT {', '.join(columns)}{rng.choice(TAILS)}"


def _make_view(rng: Random) -> bytes:
    name = rng.choice([n for n in package() if n.endswith(".sql")])
    return f"{name}\n".encode() + mutate.text(rng, package()[name], [*SQL, "CREATE VIEW", "CREATE MACRO", "AS TABLE", "FROM read_text('/etc/passwd')", "COPY members TO 'evil.csv'"])


def _run_view(body: bytes, box: Path) -> None:
    name, sql = _headed(body)
    _use(_put({**package(), name: sql}, box / "in"))


def _make_sql(rng: Random) -> bytes:
    if rng.random() < 0.6:
        return _statement(rng).encode()
    start = rng.choice(["SELECT * FROM statuses WHERE iso3 = 'IND'", "FROM status_on ( DATE '2017-06-09' )", "SELECT iso3 , count(*) FROM statuses GROUP BY ALL", "WITH a AS ( SELECT 1 AS n ) SELECT n FROM a"])
    return mutate.text(rng, start.encode(), SQL)


@cache
def _small(shared: Path) -> Catalog:
    return Catalog(_put(package(), shared))


def _run_sql(body: bytes, box: Path) -> None:
    import duckdb

    sql = body.decode("utf-8", "surrogateescape")
    with using(_small(box.parent / "shared")):
        try:
            with database.connect(sealed=True, memory="200MB", threads=1) as con:
                timer = Timer(3, con.interrupt)
                timer.start()
                try:
                    con.execute(sql).fetchall()
                # A guest gets DuckDB's own errors; Python's are those of its binding, for what is no text and no day of Python's.
                except (duckdb.Error, TypeError, ValueError, OverflowError):
                    pass
                finally:
                    timer.cancel()
        finally:
            way = WAYS[crc32(body) % len(WAYS)]
            if way is None:
                sco.sql(sql)
            else:
                # A command gets no character 0.
                _command([*way, sql.replace("\0", "")] if way[0] == "export" else [*way, "--", sql.replace("\0", "")], box)


def _arguments(rng: Random) -> bytes:
    start = rng.choice([
        ["members", "--on", "2017-06-09"], ["history", "India"], ["panel", "2016", "2017", "--universe", "sco"], ["pairs", "2017", "2017", "--directed"], ["sql", "SELECT 1"], ["show", "statuses", "-f", "csv"], ["describe", "statuses"],
        ["evidence", "statuses", "IND-member-2017", "start_date"], ["cite", "statuses", "IND-member-2017", "--style", "bibtex"], ["validate", "nowhere"], ["verify", "nowhere", "-f", "json"], ["diff", "installed", "nowhere"], ["tables"], ["views"],
        ["path"], ["version"], ["export", "x.csv", "statuses"], ["export", "x.dta", "--sql", "SELECT 1 AS a"], ["export", "x.xlsx", "members"], ["plot", "map", "--on", "2017-06-09", "-o", "x.json"], ["plot", "votes", "--state", "India", "--issue", "hr", "-o", "x.svg"],
        ["plot", "timeline", "--state", "India", "--start", "2001-01-01", "-o", "x.json"], ["annotate", "x.csv", "--country", "a", "--date", "b", "-o", "y.csv"], ["--data", "nowhere", "members"], ["browse", "nowhere", "--port", "0", "--no-open"], ["--help"],
    ])  # fmt: skip
    args: list[str] = list(start)
    for _ in range(rng.choice([0, 1, 1, 2, 4])):
        at = rng.randrange(len(args) + 1)
        args[at : at + rng.choice([0, 1, 1])] = [rng.choice([*mutate.WORDS, "--on", "-o", "-f", "--format", "json", "parquet", "--data", "\udcff", "x.csv", "members", "statuses", "--year", "2017", "9" * 30])]
    return json.dumps(args).encode()


def _command(args: list[str], box: Path) -> None:
    """Run the command line as a shell would, and look at what it says."""
    # What is right serves until Ctrl-C; and a path of this machine is none that an input should write to.
    if "browse" in args and "nowhere" not in args or any("/" in a for a in args if a.startswith(("/", "~", "../"))):
        return
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict" if n == 0 else "backslashreplace") for n in (0, 1))
    before, sys.argv = sys.argv, ["sco-data", *args]
    try:
        with redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings():
            cli.run()
    except SystemExit as stop:
        code = stop.code
    finally:
        sys.argv = before
        for wrapper in (out, err):
            wrapper.flush()
    said = err.buffer.getvalue().decode()
    assert code in (0, 1, 2), f"exit code {code}"
    assert visible(said.replace("\r", "")) == said.replace("\r", ""), "a control character on standard error"
    if code:
        assert said.strip() or args[:1] in (["validate"],), "no word why"
        raise Refused(said)


def _run_arguments(body: bytes, box: Path) -> None:
    _command([str(a).replace("\0", "") for a in json.loads(body)], box)


#: What may be given to a function in Python, by its place here.
VALUES: list[Any] = [
    None, True, 0, -1, 5, 2017, 10**30, 10**5000, 1.5, float("nan"), float("inf"), Decimal("sNaN"), 1j, b"x", b"\xff", (), [], {}, set(), object(), object, len, "", "India", "statuses", "IND-member-2017", "2017-06-09", "any", "sco", "dec31",
    date(2017, 6, 9), date.max, ["India", None], [[]], {"a": 1}, {"a": "SELECT 1"}, ("2001", 2), range(3), "\ud800", Path("nowhere"), Path("\0"), *mutate.WORDS,
]  # fmt: skip
CALLS = {
    "load": ["table"], "describe": ["table"], "members": ["on", "status", "start_rule", "include_predecessor"], "history": ["state", "include_predecessor"], "panel": ["first", "last", "universe", "rule"],
    "pairs": ["first", "last", "universe", "rule", "directed"], "evidence": ["table", "row", "field"], "cite": ["table", "row", "field", "style"], "sql": ["query", "params"], "open": ["source"], "verify": ["path"], "validate": ["path"],
    "diff": ["old", "new"], "connect": ["catalog", "sealed", "memory", "threads"], "export": ["target", "tables", "format", "dialect"], "annotate": ["data", "country", "date", "year", "code", "rule", "start_rule", "include_predecessor", "strict", "names"],
    "plot.table": ["name", "on", "states"], "plot.map": ["on", "boundaries", "disputed", "policy"], "plot.timeline": ["states", "status", "start", "end", "group"], "plot.weight": ["indicators", "groups", "year_rule"],
    "plot.votes": ["kind", "states", "years", "state", "case", "issue"], "plot.projects": ["kind", "planned"], "plot.bri": ["states"],
}  # fmt: skip
#: What cannot be left out.
NEEDED = {"load": 1, "history": 1, "evidence": 2, "sql": 1, "open": 1, "diff": 1, "export": 2, "annotate": 3, "plot.table": 1}


def _make_calls(rng: Random) -> bytes:
    verb = rng.choice(list(CALLS))
    given = [n for i, n in enumerate(CALLS[verb]) if i < NEEDED.get(verb, 0) or rng.random() < 0.4]
    return json.dumps([verb, {name: rng.randrange(len(VALUES)) for name in given}]).encode()


def _run_calls(body: bytes, box: Path) -> None:
    verb, given = json.loads(body)
    function: Any = sco
    for part in verb.split("."):
        function = getattr(function, part)
    values = {name: VALUES[n] for name, n in given.items()}
    # Paths of this machine are for reading; what is written stays in the folder of the input.
    # What is installed is whole: to validate it takes a minute, and finds nothing.
    if verb == "validate" and (values.get("path") is None or not isinstance(values["path"], str)):
        return
    if verb in ("export", "validate", "verify", "open", "diff") and any(isinstance(v, str) and (v.startswith(("/", "..", "~", ".")) or not v) for v in values.values()) or verb == "export" and values["tables"] is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function(**values)


def _make_frame(rng: Random) -> bytes:
    # Of one kind of value, or of all: few frames hold a mixture.
    kinds: list[Callable[[], Any]] = [lambda: rng.randrange(len(VALUES)), lambda: VALUES.index(rng.choice(["India", "IND-member-2017", "2017-06-09", "any", 2017, -1, 0]))]
    pick = rng.choice(kinds)
    rows = [[pick(), pick()] for _ in range(rng.choice([0, 1, 3, 20]))]
    return json.dumps({"kind": rng.choice(["pandas", "polars", "arrow", "duckdb"]), "by": rng.choice(["date", "year"]), "code": rng.choice(["auto", "iso3", "iso2", "m49", "cow", "name"]), "rows": rows}).encode()


def _run_frame(body: bytes, box: Path) -> None:
    import duckdb
    import pandas as pd

    said = json.loads(body)
    columns = [pd.Series([VALUES[row[n]] for row in said["rows"]], dtype=object) for n in (0, 1)]
    frame: Any = pd.DataFrame({"a": columns[0], "b": columns[1]})
    try:
        if said["kind"] == "polars":
            import polars as pl

            frame = pl.DataFrame({"a": columns[0].tolist(), "b": columns[1].tolist()}, strict=False)
        elif said["kind"] == "arrow":
            import pyarrow as pa

            frame = pa.table({"a": columns[0].tolist(), "b": columns[1].tolist()})
        elif said["kind"] == "duckdb":
            frame = duckdb.connect().from_df(frame.astype("string"))
    # No such frame can be made.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        period: dict[str, Any] = {said["by"]: "b"}
        made: Any = sco.annotate(frame, country="a", code=said["code"], **period)
        assert (len(made.fetchall()) if said["kind"] == "duckdb" else len(made)) == len(said["rows"]), "rows were lost"


@cache
def _events() -> dict[str, bytes]:
    import duckdb

    text = b"actor,day,year\nIndia,2017-06-09,2017\nPakistan,2016-01-01,2016\n,,\nFrance,2040-01-01,1890\n"
    file = Path("events.parquet")
    duckdb.execute("COPY (SELECT 'India' AS actor, DATE '2017-06-09' AS day, 2017 AS year) TO 'events.parquet'")
    parquet = file.read_bytes()
    file.unlink()
    return {".csv": text, ".tsv": text.replace(b",", b"\t"), ".csv.gz": gzip.compress(text, mtime=0), ".parquet": parquet}


def _make_file(rng: Random) -> bytes:
    suffix = rng.choice(list(_events()))
    body = _events()[suffix]
    body = mutate.cells(rng, body) if suffix in (".csv", ".tsv") else mutate.raw(rng, body) if suffix == ".parquet" or rng.random() < 0.5 else gzip.compress(mutate.cells(rng, gzip.decompress(body)), mtime=0)
    options = [*rng.choice([["--date", "day"], ["--year", "year"]]), "--country", "actor", "-o", rng.choice(["out.csv", "out.parquet", "out.tsv.gz", "none/out.csv"]), *rng.choice([[], [], ["--strict"], ["--code", "m49"], ["--memory", rng.choice(["0MB", "9999999999TB", "1MB"])]])]
    return json.dumps([f"in{suffix}", *options]).encode() + b"\n" + body


def _run_file(body: bytes, box: Path) -> None:
    head, rest = _headed(body)
    options = json.loads(head)
    (Path.cwd() / options[0]).write_bytes(rest)
    try:
        _command(["annotate", *options], box)
    finally:
        # What it was asked for; whatever else is left is found.
        for name in (options[0], "out.csv", "out.parquet", "out.tsv.gz"):
            (Path.cwd() / name).unlink(missing_ok=True)


TOML = ["=", "[", "]", "[[", "]]", "{", "}", '"""', "'''", "1979-05-27T07:32:00Z", "07:32:00", "2017-02-30", "0xffffffffffffffffffffffffffffffffffffffff", "9" * 5000, "9" * 400, "1e999", "nan", "-inf", "true", "[1, 2]", "[[], []]", "{ a = 1 }", "words", "span", "[0, 5]",
    'iso3 = "{iso3}"', "a.b.c = 1", "\\u0000", '"\\u001b[2J"', '"=1+1"', '""', "id", "at", "[[status_steps]]", "[[summits]]", "[source]", "[series]", "vintage", "[votes]", 'complete_sessions = ["1"]', "[" * 3000, "read", "remark", "\n",
]  # fmt: skip


def _make_seeds(rng: Random) -> bytes:
    files = _seeds() | {"decisions.toml": DECISION, "spans.csv": b"source_id,char_start,char_end,span_sha256\na,1,2,x\n", "cited.toml": b'[[source]]\nid = "x"\nkind = "book"\ntitle = "X"\n'}
    name = rng.choice(list(files))
    body = files[name]
    return f"{name}\n".encode() + (mutate.cells(rng, body) if name.endswith(".csv") else mutate.text(rng, body, TOML))


def _project(box: Path) -> Path:
    folder = _put({f"seeds/{name}": body for name, body in _seeds().items()}, box / "in")
    shutil.copy(ROOT / DESCRIPTOR, folder)
    return folder


def _script(main: Callable[[list[str]], int], *args: str) -> None:
    err = io.StringIO()
    with redirect_stderr(err):
        try:
            code = main(list(args))
        except SystemExit as stop:
            code = int(str(stop.code))
    assert code in (0, 1, 2), f"exit code {code}"
    said = err.getvalue()
    assert visible(said) == said, "a control character on standard error"
    if code:
        raise Refused(said)


def _run_seeds(body: bytes, box: Path) -> None:
    name, rest = _headed(body)
    folder = _project(box)
    (folder / "seeds" / name).write_bytes(rest)
    _script(building.main, "--root", str(folder))


VOTES = {
    "votes.csv": b"undl_id,ms_code,ms_name,ms_vote,date,session,resolution,title,total_yes,total_no,total_abstentions\n1,IND,INDIA,Y,2025-11-01,80,A/RES/80/1,A title,1,1,0\n1,PAK,PAKISTAN,N,2025-11-01,80,A/RES/80/1,A title,1,1,0\n",
    "voeten.csv": b"rcid,ccode,session,vote,date,unres,amend,para,short,yes,no,abstain\n9001,750,80,1,2025-11-01,R/80/1,0,0,A title,1,1,0\n9001,770,80,3,2025-11-01,R/80/1,0,0,A title,1,1,0\n",
}  # fmt: skip
FIGURES = {
    "long.csv": b"source_code,iso3,year,value\nNY.GDP.MKTP.CD,IND,2020,2.5\nNY.GDP.MKTP.CD,WLD,2020,80.5\n",
    "api.csv": b'"Data Source","World Development Indicators",\n\n"Last Updated Date","2026-07-01",\n\n"Country Name","Country Code","Indicator Name","Indicator Code","2019","2020",\n"India","IND","GDP (current US$)","NY.GDP.MKTP.CD","1","2.5",\n',
}  # fmt: skip


def _make_import(rng: Random, files: dict[str, bytes], zips: bool) -> bytes:
    name = rng.choice(list(files))
    body = mutate.cells(rng, files[name])
    if zips and rng.random() < 0.3:
        name, body = name.replace(".csv", ".zip"), mutate.packed(rng, {name: body})
    return json.dumps([name, *rng.choice([[], ["--title" if not zips else "--url", rng.choice(mutate.WORDS)], ["--state", rng.choice(["GEO", "X" * 500, "\0"])]]), "--state", "IND"]).encode() + b"\n" + body


def _run_import(main: Callable[[list[str]], int], *options: str) -> Callable[[bytes, Path], None]:
    def run(body: bytes, box: Path) -> None:
        head, rest = _headed(body)
        name, *args = json.loads(head)
        folder = _project(box)
        (box / name).write_bytes(rest)
        with redirect_stdout(io.StringIO()):
            _script(main, str(box / name), "--root", str(folder), *options, *args)

    return run


def _make_boundaries(rng: Random) -> bytes:
    def square(x: int) -> dict[str, Any]:
        return {"type": "Feature", "properties": {"ISO_A3": "IND", "NAME": "India", "ne_id": x}, "geometry": {"type": "Polygon", "coordinates": [[[x, 0], [x, 5], [x + 5, 5], [x + 5, 0], [x, 0]]]}}

    return mutate.as_json(rng, {"type": "FeatureCollection", "features": [square(0), square(20)]})


def _run_boundaries(body: bytes, box: Path) -> None:
    file = _put({"lands.geojson": body}, box / "in") / "lands.geojson"
    shapes, _, strokes, centres, said = boundaries.outlines(file, file, None)
    # What a picture is made of holds no number that is none.
    json.dumps([shapes, strokes, list(centres.items()), said], allow_nan=False).encode()
    assert all(math.isfinite(n) for centre in centres.values() for n in centre)


def _site(place: Path) -> None:
    read = browsing.find(place)
    for name in ("index.html", "site.json", "../site.json", "\0", "x" * 5000, "/etc/passwd", "data/" + DESCRIPTOR):
        read(name)
    browsing.version_of(read)


def _make_site(rng: Random) -> bytes:
    notice = mutate.as_json(rng, {"name": "sco-data", "version": "0.5.0"}) if rng.random() < 0.5 else b'{"name": "sco-data", "version": "0.5.0"}'
    return mutate.packed(rng, {"site.json": notice, "index.html": b"<!doctype html>", "pages/states.js": b"//"})


def _run_site(body: bytes, box: Path) -> None:
    _site(_put({"site.zip": body}, box / "in") / "site.zip")


TARGETS = {
    "descriptor": Target(lambda rng: mutate.as_json(rng, json.loads(package()[DESCRIPTOR])), _run_descriptor),
    "table": Target(_make_table, _run_table),
    "archive": Target(lambda rng: mutate.packed(rng, package()), _run_archive),
    "view": Target(_make_view, _run_view),
    "sql": Target(_make_sql, _run_sql),
    "arguments": Target(_arguments, _run_arguments),
    "calls": Target(_make_calls, _run_calls),
    "frame": Target(_make_frame, _run_frame),
    "file": Target(_make_file, _run_file),
    "seeds": Target(_make_seeds, _run_seeds),
    "votes": Target(lambda rng: _make_import(rng, VOTES, zips=False), _run_import(import_votes.main, "--name", "fuzz-2026")),
    "figures": Target(lambda rng: _make_import(rng, FIGURES, zips=True), _run_import(import_wdi.main, "--vintage", "2026-07-01")),
    "boundaries": Target(_make_boundaries, _run_boundaries),
    "site": Target(_make_site, _run_site),
}


def _forever(body: bytes, box: Path) -> None:
    while True:
        time.sleep(1)


def _greedy(body: bytes, box: Path) -> None:
    kept = []
    while True:
        kept.append(bytearray(10_000_000))


def _dies(body: bytes, box: Path) -> None:
    import os

    os._exit(3)


def _writes(body: bytes, box: Path) -> None:
    (box.parent.parent / "evil.txt").write_text("x", encoding="utf-8")


#: Faults that the fuzzer has to find: run only where one is named.
PLANTED = {
    name: Target(lambda rng: rng.randbytes(8), run)
    for name, run in {
        "planted-raises": lambda body, box: [][body[0]], "planted-hangs": _forever, "planted-eats": _greedy, "planted-dies": _dies, "planted-writes": _writes,
        "planted-leaves": lambda body, box: (box / "tmp" / "left").touch(), "planted-runs": lambda body, box: __import__("subprocess").run(["true"]),
    }.items()
}  # fmt: skip
