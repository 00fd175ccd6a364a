"""Many threads and many processes at once get the answers that one gets, and a thousand connections leave nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import warnings
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import sco_data as sco
from sco_data.catalog import Catalog

#: How many times a connection is opened and closed: SCO_DATA_TEST_CYCLES=1000 takes some twenty minutes.
CYCLES = int(os.environ.get("SCO_DATA_TEST_CYCLES", "9"))
EVENTS = pd.DataFrame({"actor": ["India", "Türkiye", "France", "Burma"] * 50, "day": ["2017-06-08", "2024-07-04", "2024-07-04", "2016-01-01"] * 50})

needs_duckdb_2 = pytest.mark.skipif(int(duckdb.__version__.partition(".")[0]) < 2, reason="DuckDB before 2.0 cannot be sealed")

#: Whatever a service may be asked, by name.
ASKED: dict[str, Callable[[], Any]] = {
    "load": lambda: sco.load("statuses"), "load a view": lambda: sco.load("spells"), "sql": lambda: sco.sql("SELECT name FROM status_on(DATE '2017-06-09') WHERE status = ?", ["member"]),
    "status_on": lambda: sco.sql("FROM status_on(DATE '2019-06-14')"), "members": lambda: sco.members(on="2024-12-31", status="observer"), "history": lambda: sco.history("Iran"),
    "panel": lambda: sco.panel(2015, 2018), "pairs": lambda: sco.pairs(2017, 2017), "evidence": lambda: sco.evidence("economic_figures", "tapi-length"), "cite": lambda: sco.cite("projects", "cpec"),
    "describe": lambda: sco.describe("positions"), "annotate": lambda: sco.annotate(EVENTS, country="actor", date="day"), "map": lambda: sco.plot.table("map", on="2019-06-14"), "plot": lambda: sco.plot.timeline(states=["India", "Pakistan"]).to_dict(),
    "connect": lambda: sco.connect().execute("SELECT * FROM country_series ORDER BY ALL LIMIT 50").fetchall(), "an error": lambda: error_of(lambda: sco.load("statusses")),
    "a day outside": lambda: sco.members(on="1990-01-01", status=None), "another copy": lambda: of_copy(),
}  # fmt: skip


def error_of(ask: Callable[[], Any]) -> str:
    with pytest.raises(sco.ScoDataError) as caught:
        ask()
    return str(caught.value)


def of_copy() -> Any:
    with sco.open(sco.path()) as release:
        return release.members(on="2017-06-09")


def said(answer: Any) -> str:
    """Return an answer as text, with all that is part of it."""
    if isinstance(answer, pd.DataFrame):
        return f"{answer.dtypes.to_dict()} {answer.attrs} {answer.to_json(date_format='iso')}"
    return repr(answer)


def ask_all(threads: int, rounds: int) -> dict[str, set[str]]:
    """Ask everything, in an order of its own in each thread, all beginning at the same moment; return every answer that there was."""
    answers: dict[str, set[str]] = {name: set() for name in ASKED}
    start = threading.Barrier(threads)

    def ask(n: int) -> None:
        start.wait()
        names = list(ASKED)
        for step in range(rounds * len(names)):
            name = names[(step + n * 5) % len(names)]
            answers[name].add(said(ASKED[name]()))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, range(threads)))
    return answers


@pytest.fixture(scope="module")
def alone() -> dict[str, set[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ask_all(1, 1)


@pytest.mark.filterwarnings("ignore::sco_data.CoverageWarning")
def test_many_threads_get_what_one_gets(alone: dict[str, set[str]]) -> None:
    shown = warnings.showwarning, warnings._showwarnmsg_impl, warnings.filters  # type: ignore[attr-defined]
    assert all(len(answers) == 1 for answers in alone.values())
    assert ask_all(6, 1) == alone
    # Whoever swaps what all threads share, as warnings.catch_warnings does, leaves it swapped when two do it at once.
    assert (warnings.showwarning, warnings._showwarnmsg_impl, warnings.filters) == shown  # type: ignore[attr-defined]


def test_many_processes_and_the_first_moment_of_many_threads(alone: dict[str, set[str]]) -> None:
    """In a new process nothing is imported and nothing remembered yet when the threads begin."""
    running = [subprocess.Popen([sys.executable, "-W", "ignore", __file__], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") for _ in range(2)]
    for process in running:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err[-2000:]
        assert {k: set(v) for k, v in json.loads(out).items()} == alone


@pytest.mark.parametrize("sealed", [False, pytest.param(True, marks=needs_duckdb_2)])
def test_one_connection_serves_many_threads_each_by_a_cursor(sealed: bool) -> None:
    queries = [f"SELECT count(*), bit_xor(hash(t)) FROM {name} t" for name in ("statuses", "spells", "statements", "country_years")] + ["FROM status_on(DATE '2017-06-09') ORDER BY ALL"]
    with sco.connect(sealed=sealed, memory="2GB") as con:
        expected = [con.execute(query).fetchall() for query in queries]

        def ask(n: int) -> bool:
            with con.cursor() as mine:
                return all(mine.execute(queries[(n + i) % 5]).fetchall() == expected[(n + i) % 5] for i in range(5))

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(ask, range(16)))


def test_two_versions_at_once_are_not_mixed(release: Path) -> None:
    file = release / "datapackage.json"
    file.write_text(file.read_text(encoding="utf-8").replace(f'"version": "{sco.__version__}"', '"version": "0.0.1"'), encoding="utf-8")
    with sco.open(release) as old:

        def ask(n: int) -> tuple[str, str]:
            return (old.members().attrs["version"], "0.0.1") if n % 2 else (sco.members().attrs["version"], sco.__version__)

        with ThreadPoolExecutor(8) as pool:
            assert all(found == wanted for found, wanted in pool.map(ask, range(64)))


# -- nothing is left behind ----------------------------------------------------------------------

#: Prints, for each cycle after as many to warm up: resident kilobytes, open files, threads, temporary files.
CYCLING = """
import json, os, sys, psutil
import sco_data as sco
kind, cycles, leak = sys.argv[1], int(sys.argv[2]), sys.argv[3]
process, kept, seen = psutil.Process(), [], []
for n in range(cycles + max(cycles // 5, 5)):
    if kind == "open":
        with sco.open(sys.argv[4]) as release:
            release.members(on="2017-06-09")
    elif kind == "sql":
        sco.sql("FROM status_on(DATE '2017-06-09')")
    else:
        with sco.connect(sealed=kind == "sealed") as con:
            con.execute("FROM status_on(DATE '2017-06-09')").fetchall()
    if leak == "frame":
        kept.append(sco.load("roll_calls"))
    elif leak == "file":
        kept.append(open(os.devnull))
    seen.append([process.memory_info().rss // 1024, process.num_fds() if hasattr(process, "num_fds") else 0, process.num_threads(), len(os.listdir(os.environ["TMPDIR"]))])
print(json.dumps(seen[-cycles:]))
"""


def cycled(kind: str, cycles: int, leak: str, folder: Path) -> dict[str, float]:
    """Return by how much each of these has grown from the first third of the cycles to the last."""
    archive = folder / "sco-data-csv.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ["datapackage.json", *(r["path"] for r in Catalog(sco.path()).resources.values())] if kind == "open" else []:
            packed.write(sco.path() / name, name)
    (folder / "temporary").mkdir()
    # From a file: of `python -c` DuckDB thinks that somebody is looking, and shows how far it has come.
    (folder / "cycling.py").write_text(CYCLING, encoding="utf-8")
    command = [sys.executable, str(folder / "cycling.py"), kind, str(cycles), leak, str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env={**os.environ, "TMPDIR": str(folder / "temporary")})
    assert done.returncode == 0, done.stderr
    assert list((folder / "temporary").iterdir()) == []
    seen = list(zip(*json.loads(done.stdout)))
    third = cycles // 3
    # The least of each, for what is only being used comes and goes.
    return {what: min(numbers[-third:]) - min(numbers[:third]) for what, numbers in zip(("kilobytes", "files", "threads", "temporary"), seen)}


def most(cycles: int) -> float:
    """Return by how many kilobytes a process may grow: what it does by itself, in which a frame at each cycle would show."""
    return max(1000.0, 3.0 * cycles)


NOTHING = {"files": 0, "threads": 0, "temporary": 0}


@pytest.mark.parametrize("kind", ["plain", pytest.param("sealed", marks=needs_duckdb_2), "sql", "open"])
def test_what_is_opened_and_closed_leaves_nothing(kind: str, tmp_path: Path) -> None:
    cycles = CYCLES * {"sql": 5, "open": 2}.get(kind, 1)
    for n in range(3):
        (tmp_path / str(n)).mkdir()
        grown = cycled(kind, cycles, "", tmp_path / str(n))
        kilobytes = grown.pop("kilobytes")
        assert grown == NOTHING
        # What leaks does so each time; that the allocator takes another piece happens now and then.
        if kilobytes < most(cycles):
            break
    else:
        raise AssertionError(f"{kilobytes:.0f} kB in {cycles} cycles")


def test_a_leak_would_be_seen(tmp_path: Path) -> None:
    """One frame, or one file, that stays at each cycle."""
    for leak in ("frame", "file"):
        (tmp_path / leak).mkdir()
        grown = cycled("sql", 15, leak, tmp_path / leak)
        assert grown["kilobytes"] > 2 * most(15) if leak == "frame" else grown["files"] >= 8


if __name__ == "__main__":
    print(json.dumps({name: sorted(answers) for name, answers in ask_all(4, 1).items()}))
