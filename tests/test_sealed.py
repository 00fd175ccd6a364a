"""The sealed connection: what a guest's SQL can do there, and what it cannot."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT

import sco_data as sco

#: The oldest DuckDB that is promised cannot be sealed, and says so.
CAN = int(duckdb.__version__.partition(".")[0]) >= 2
needs_duckdb_2 = pytest.mark.skipif(not CAN, reason="DuckDB before 2.0 cannot be sealed")


@pytest.mark.skipif(CAN, reason="this DuckDB can be sealed")
def test_a_duckdb_that_cannot_be_sealed_is_refused() -> None:
    with pytest.raises(sco.UsageError, match="Mend: pip install 'duckdb>=2'"):
        sco.connect(sealed=True)


@pytest.fixture(scope="module")
def sealed() -> Iterator[duckdb.DuckDBPyConnection]:
    with sco.connect(sealed=True) as con:
        yield con


@needs_duckdb_2
def test_it_answers_as_any_other(sealed: duckdb.DuckDBPyConnection) -> None:
    con = sco.connect()
    for name in ["statuses", "roll_call_votes", "coverage", "country_years", "members_latest", "vote_agreement", "claim_checks", "statements"]:
        query = f"SELECT count(*), bit_xor(hash(t)) FROM {name} t"
        assert sealed.execute(query).fetchall() == con.execute(query).fetchall(), name
    assert sealed.execute("FROM status_on(DATE '2017-06-09')").fetchall() == con.execute("FROM status_on(DATE '2017-06-09')").fetchall()
    comments = "SELECT {0}_name, comment FROM duckdb_{0}s() WHERE NOT internal AND comment IS NOT NULL"
    said = {**dict(sealed.execute(comments.format("table")).fetchall()), **dict(sealed.execute(comments.format("view")).fetchall())}
    assert said == dict(con.execute(comments.format("view")).fetchall())


#: What a guest may try, with a file of the project and a folder that can be written.
ATTACKS = {
    "read a file": "FROM read_text('{file}')", "read a CSV file": "FROM read_csv('{csv}')", "read a file by its name": "FROM '{csv}'", "read bytes": "FROM read_blob('{file}')",
    "look what there is": "FROM glob('{folder}/*')", "sniff": "FROM sniff_csv('{csv}')", "read by a query in a text": "FROM query('FROM read_text(''{file}'')')", "read through a view": "CREATE VIEW v AS FROM read_text('{file}')",
    "write a file": "COPY statuses TO '{folder}/x.csv'", "write a Parquet file": "COPY statuses TO '{folder}/x.parquet'", "write where it spills": "COPY statuses TO '.tmp/x.csv'", "export all": "EXPORT DATABASE '{folder}/all'",
    "take in a database": "IMPORT DATABASE '{folder}'", "attach": "ATTACH '{folder}/x.duckdb'", "attach for reading": "ATTACH '{folder}/x.duckdb' (READ_ONLY)", "read from the network": "FROM read_csv('https://example.org/x.csv')",
    "install": "INSTALL httpfs", "load a file": "LOAD '{folder}/x.duckdb_extension'", "a secret": "CREATE PERSISTENT SECRET s (TYPE s3)",
    "open the files again": "SET enable_external_access = true", "more memory": "SET memory_limit = '100GB'", "more threads": "SET threads = 64", "a folder to spill to": "SET temp_directory = '{folder}'",
    "undo a setting": "RESET memory_limit", "unlock": "SET lock_configuration = false", "profile into a file": "PRAGMA profiling_output = '{folder}/x.json'", "log into a file": "CALL enable_logging(storage = 'file', storage_path = '{folder}')",
    "see a variable of Python": "FROM secret_frame", "see a list of Python": "FROM secret_list",
}  # fmt: skip


@needs_duckdb_2
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_way_out(sealed: duckdb.DuckDBPyConnection, attack: str, tmp_path: Path) -> None:
    secret_frame, secret_list = sco.load("members"), [1, 2]
    assert len(secret_frame) and secret_list
    statement = ATTACKS[attack].format(file=(ROOT / "README.md").as_posix(), csv=(sco.path() / "data/statuses.csv").as_posix(), folder=tmp_path.as_posix())
    with pytest.raises(duckdb.Error):
        sealed.execute(statement).fetchall()
    assert not list(tmp_path.rglob("*")) and not (Path.cwd() / ".tmp").exists()
    assert sealed.execute("SELECT count(*) FROM statuses").fetchall() == [(len(sco.load("statuses")),)]


@needs_duckdb_2
def test_the_attacks_succeed_where_nothing_is_sealed(tmp_path: Path) -> None:
    """Else the test above would prove nothing."""
    secret_frame = sco.load("members")
    con = sco.connect()
    for attack in ("read a file", "read a CSV file", "look what there is", "write a file", "attach", "more threads", "a folder to spill to", "see a variable of Python"):
        con.execute(ATTACKS[attack].format(file=(ROOT / "README.md").as_posix(), csv=(sco.path() / "data/statuses.csv").as_posix(), folder=tmp_path.as_posix()))
    assert (tmp_path / "x.csv").is_file() and len(secret_frame)


@needs_duckdb_2
@pytest.mark.parametrize(
    "greedy",
    ["CREATE TABLE big AS SELECT f.* FROM economic_figures f, range(100000)", "SELECT list(range) FROM range(1000000000)", "SELECT string_agg(repeat('x', 1000000)) FROM range(100000)", "SELECT count(*) FROM (SELECT DISTINCT hash(a.range, b.range) FROM range(100000) a, range(100000) b)"],
)  # fmt: skip
def test_who_asks_for_too_much_memory_gets_an_error_and_the_connection_goes_on(sealed: duckdb.DuckDBPyConnection, greedy: str) -> None:
    with pytest.raises(duckdb.OutOfMemoryException):
        sealed.execute(greedy).fetchall()
    assert sealed.execute("SELECT count(*) FROM vote_agreement").fetchall() == sco.connect().execute("SELECT count(*) FROM vote_agreement").fetchall()
    assert not (Path.cwd() / ".tmp").exists()


@needs_duckdb_2
def test_what_runs_too_long_can_be_ended(sealed: duckdb.DuckDBPyConnection) -> None:
    timer = threading.Timer(0.3, sealed.interrupt)
    timer.start()
    # DuckDB up to 1.4 raises Python's own error.
    with pytest.raises((duckdb.Error, RuntimeError), match="(?i)interrupt"):
        sealed.execute("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b").fetchall()
    timer.join()
    assert sealed.execute("SELECT 1").fetchall() == [(1,)]


@needs_duckdb_2
def test_what_a_guest_writes_no_file_and_no_other_connection_sees() -> None:
    before = (sco.path() / "data/statuses.csv").read_bytes()
    with sco.connect(sealed=True) as one, sco.connect(sealed=True) as other:
        one.execute("DELETE FROM statuses")
        assert one.execute("SELECT count(*) FROM statuses").fetchall() == [(0,)]
        assert other.execute("SELECT count(*) > 0 FROM statuses").fetchall() == [(True,)]
    assert (sco.path() / "data/statuses.csv").read_bytes() == before
    # And that is said.
    assert "It is not read-only" in " ".join((inspect.getdoc(sco.connect) or "").split())


@needs_duckdb_2
def test_a_view_that_somebody_packed_reads_no_file_either(release: Path) -> None:
    (release / "views").mkdir()
    (release / "views/spells.sql").write_text(f"-- Spells.\nCREATE VIEW spells AS FROM read_text('{(ROOT / 'README.md').as_posix()}');\n", encoding="utf-8")
    with sco.open(release) as opened, pytest.raises(sco.InvalidData, match="views/spells.sql asks for more than the tables"):
        opened.connect(sealed=True)


@needs_duckdb_2
@pytest.mark.parametrize(("memory", "threads"), [("lots", 2), ("", 2), ("1GB", 0), ("1GB", -1)])
def test_bad_bounds_get_one_clear_error(memory: str, threads: int) -> None:
    with pytest.raises(sco.UsageError, match="Mend: write them as '512MB' and 2"):
        sco.connect(sealed=True, memory=memory, threads=threads)
