"""Status on dated rows beside what a user would otherwise write, in the same run, results compared first.

    python benchmarks/annotate.py                       # 10^4 to 10^7 rows in memory, 10^8 on disk: some ten minutes, 3 GB of disk
    python benchmarks/annotate.py --rows 1e5 1e6 --disk 0
    python benchmarks/annotate.py --check               # exit 1 if a ratio at the largest size is over its bound
    python benchmarks/annotate.py --write docs/benchmarks.md

Peers: pandas merge_asof and polars join_asof, with the sort that they need and the restored order, and without the sort; a hand-written
interval join in DuckDB. Floor: a plain equality join with status_days. Input is unsorted, output in the order of the input. Each
case runs in a process of its own; times are medians of interleaved rounds; memory is the peak above what the data take
(for the file, of the whole process).
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sco_data as sco

#: (case, peer) -> at most this ratio of our time to the peer's, at the largest size.
BOUNDS = {
    **{(f"pandas {keys}", "merge_asof, sorted and restored"): 0.10 for keys in ("text", "object", "category")},
    **{(f"pandas {keys}", "merge_asof, input sorted before"): 0.6 for keys in ("text", "object", "category")},
    ("polars", "join_asof, sorted and restored"): 0.35, ("polars", "equality join"): 1.6,
    ("pyarrow", "join_asof of polars, sorted and restored"): 0.35, ("pyarrow", "equality join"): 1.6,
    ("Parquet to Parquet", "DuckDB copies the result"): 1.3,
}  # fmt: skip
CASES = ("pandas text", "pandas object", "pandas category", "polars", "pyarrow", "duckdb")


def columns(rows: int) -> tuple[Any, Any]:
    """Return a state and a day for each row: every state of the system, days over the whole coverage, unsorted."""
    import numpy as np

    rng = np.random.default_rng(1)
    states = np.array(sco.sql("SELECT iso3 FROM actors WHERE kind = 'state' ORDER BY iso3").iso3.tolist())
    return states[rng.integers(0, len(states), rows)], np.datetime64("1996-04-26") + rng.integers(0, 10_800, rows).astype("timedelta64[D]")


def spells() -> Any:
    return sco.sql("SELECT iso3, status, start_date, end_date FROM spells WHERE status <> 'shanghai_five'").sort_values("start_date")


def pandas_case(keys: str, rows: int) -> tuple[Any, dict[str, Callable[[], Any]], Callable[[Any], Any]]:
    import numpy as np
    import pandas as pd

    state, day = columns(rows)
    dtype = {"text": "str" if pd.__version__ >= "3" else object, "object": object, "category": "category"}[keys]
    data = pd.DataFrame({"state": pd.Series(state.astype(object), dtype=object).astype(dtype), "day": day.astype("datetime64[us]")})
    right = spells()
    dtype_of = pd.CategoricalDtype(data.state.cat.categories) if keys == "category" else dtype
    right = right[["iso3", "start_date", "end_date", "status"]].astype({"iso3": dtype_of, "status": object})
    floor = sco.sql("SELECT iso3 AS state, day, status, status_since, is_member FROM status_days").astype({"state": dtype_of})
    sorted_ = data.sort_values("day")

    def merge(left: Any) -> Any:
        out = pd.merge_asof(left, right, left_on="day", right_on="start_date", left_by="state", right_by="iso3")
        ended = out.end_date.notna() & (out.end_date <= out.day)
        return out.assign(sco_status=out.status.where(out.status.notna() & ~ended, "none"))

    def restored() -> Any:
        out = merge(data.assign(row=np.arange(rows)).sort_values("day"))
        return out.sort_values("row", ignore_index=True)

    peers = {
        "merge_asof, sorted and restored": restored,
        "merge_asof, input sorted before": lambda: merge(sorted_),
        "equality join": lambda: data.merge(floor, on=["state", "day"], how="left"),
    }
    return data, peers, lambda out: out.sco_status.astype(object).to_numpy() if "sco_status" in out else None


def polars_frames(rows: int) -> tuple[Any, Any, Any]:
    import polars as pl

    state, day = columns(rows)
    data = pl.DataFrame({"state": state, "day": day})
    right = pl.from_pandas(spells().astype({"iso3": object, "status": object})).with_columns(pl.col("start_date", "end_date").cast(pl.Date)).sort("start_date")
    frame = sco.sql("SELECT iso3 AS state, day, status, status_since, is_member FROM status_days").astype({"state": object, "status": object, "is_member": bool})
    return data, right, pl.from_pandas(frame).with_columns(pl.col("day", "status_since").cast(pl.Date))


def join_asof(data: Any, right: Any) -> Any:
    import polars as pl

    out = data.with_row_index("row").sort("day").join_asof(right, left_on="day", right_on="start_date", by_left="state", by_right="iso3", check_sortedness=False)
    ended = pl.col("end_date").is_not_null() & (pl.col("end_date") <= pl.col("day"))
    return out.with_columns(sco_status=pl.when(pl.col("status").is_null() | ended).then(pl.lit("none")).otherwise(pl.col("status"))).sort("row")


def polars_case(rows: int) -> tuple[Any, dict[str, Callable[[], Any]], Callable[[Any], Any]]:
    data, right, floor = polars_frames(rows)
    peers = {
        "join_asof, sorted and restored": lambda: join_asof(data, right),
        "equality join": lambda: data.join(floor, on=["state", "day"], how="left", maintain_order="left"),
    }
    return data, peers, lambda out: out["sco_status"].cast(str).to_numpy() if "sco_status" in out.columns else None


def pyarrow_case(rows: int) -> tuple[Any, dict[str, Callable[[], Any]], Callable[[Any], Any]]:
    import polars as pl
    import pyarrow as pa

    frame, right, floor = polars_frames(rows)
    text = pa.schema([("state", pa.string()), ("day", pa.date32())])
    data = frame.to_arrow().cast(text)
    days = floor.select("state", "day", "status", "status_since", "is_member").to_arrow()
    days = days.cast(pa.schema([("state", pa.string()), ("day", pa.date32()), ("status", pa.string()), ("status_since", pa.date32()), ("is_member", pa.bool_())]))
    peers = {
        "join_asof of polars, sorted and restored": lambda: join_asof(pl.from_arrow(data), right).to_arrow(),
        "equality join": lambda: data.join(days, keys=["state", "day"], join_type="left outer"),
    }
    return data, peers, lambda out: out.column("sco_status").cast(pa.string()).to_numpy(zero_copy_only=False) if "sco_status" in out.column_names else None


def duckdb_case(rows: int) -> tuple[Any, dict[str, Callable[[], Any]], Callable[[Any], Any]]:
    import duckdb

    frame, right, floor = polars_frames(rows)
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    for name, source in (("mine", frame), ("spells", right), ("days", floor)):
        con.register("source", source.to_arrow())
        con.execute(f"CREATE TABLE {name} AS FROM source")
    interval = """SELECT m.*, coalesce(s.status, 'none') AS sco_status, s.start_date, coalesce(s.status = 'member', false) AS is_member
                  FROM mine m LEFT JOIN spells s ON s.iso3 = m.state AND s.start_date <= m.day AND (s.end_date IS NULL OR s.end_date > m.day)"""
    peers = {
        "interval join": lambda: con.sql(interval).to_arrow_table(),
        "equality join": lambda: con.sql("SELECT m.*, d.status, d.status_since, d.is_member FROM mine m LEFT JOIN days d USING (state, day)").to_arrow_table(),
    }
    # Of the peers no order is asked: it is the number of rows of each status that is compared.
    return con.table("mine"), peers, lambda out: sorted(out.column("sco_status").to_pylist()) if "sco_status" in out.column_names else None


def make(case: str, rows: int) -> tuple[Any, dict[str, Callable[[], Any]], Callable[[Any], Any]]:
    kind, _, keys = case.partition(" ")
    return {"pandas": lambda: pandas_case(keys, rows), "polars": lambda: polars_case(rows), "pyarrow": lambda: pyarrow_case(rows), "duckdb": lambda: duckdb_case(rows)}[kind]()


def ours(data: Any) -> Any:
    out = sco.annotate(data, country="state", date="day")
    return out.to_arrow_table() if hasattr(out, "to_arrow_table") else out


def peak(run: Callable[[], Any]) -> float:
    """Return by how many MB the memory of this process rose at most while something ran."""

    def now() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20

    done, seen = threading.Event(), [now()]
    watcher = threading.Thread(target=lambda: [seen.append(now()) for _ in iter(lambda: done.wait(0.002), True)])
    watcher.start()
    run()
    done.set()
    watcher.join()
    return max(seen) - seen[0]


def one(case: str, rows: int, rounds: int, memory: bool) -> dict[str, Any]:
    """Run a case in this process: the seconds, or the peak of memory, of ours and of each peer."""
    data, peers, statuses = make(case, rows)
    if memory:
        # Once before, so that what is imported does not count.
        ours(data if case == "duckdb" else data[:100])
        found = {}
        for name, run in {"annotate": lambda: ours(data), **peers}.items():
            gc.collect()
            found[name] = peak(run)
        return found
    told = statuses(ours(data))
    for name, peer in peers.items():
        other = statuses(peer()) if name != "merge_asof, input sorted before" else None
        assert other is None or list(other) == list(told), f"{case}: {name} says something else"
    times: dict[str, list[float]] = {name: [] for name in ("annotate", *peers)}
    for _ in range(rounds):
        for name, run in {"annotate": lambda: ours(data), **peers}.items():
            begun = time.perf_counter()
            out = run()
            times[name].append(time.perf_counter() - begun)
            del out
    return {name: statistics.median(found) for name, found in times.items()}


def child(*args: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, __file__, *args], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def disk(rows: int, rounds: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Annotate a Parquet file of many rows; beside it DuckDB copies the result to another file."""
    import duckdb

    script = Path(sys.executable).with_name("sco-data")
    with tempfile.TemporaryDirectory() as folder:
        source, out, copy = (Path(folder) / f"{n}.parquet" for n in ("in", "out", "copy"))
        con = duckdb.connect()
        con.execute("SET enable_progress_bar = false")
        con.execute("CREATE TABLE s AS SELECT list(iso3 ORDER BY iso3) AS l FROM (SELECT unnest(?) AS iso3)", [sco.sql("SELECT iso3 FROM actors WHERE kind = 'state'").iso3.tolist()])
        con.execute(
            f"COPY (SELECT l[1 + CAST(hash(i) % len(l) AS INTEGER)] AS state, DATE '1996-04-26' + CAST(hash(i + 7) % 10800 AS INTEGER) AS day, CAST(i AS INTEGER) AS event "
            f"FROM range({rows}) t(i), s) TO '{source}' (FORMAT parquet, COMPRESSION zstd)"
        )
        con.close()
        commands = {
            "annotate": [str(script), "annotate", str(source), "--country", "state", "--date", "day", "-o", str(out)],
            "DuckDB copies the result": [sys.executable, "-c", f"import duckdb; c = duckdb.connect(); c.execute('SET enable_progress_bar = false'); c.execute(\"COPY (FROM '{out}') TO '{copy}' (FORMAT parquet, COMPRESSION zstd)\")"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        memory = dict.fromkeys(commands, 0.0)
        for _ in range(rounds):
            for name, command in commands.items():
                begun = time.perf_counter()
                work = subprocess.Popen(command, stderr=subprocess.DEVNULL)
                _, status, used = os.wait4(work.pid, 0)
                assert status == 0, name
                times[name].append(time.perf_counter() - begun)
                memory[name] = max(memory[name], used.ru_maxrss / 1024)
        moved = duckdb.sql(f"SELECT count(*) FROM read_parquet('{out}', file_row_number = true) WHERE event <> file_row_number").fetchall()[0][0]
        assert moved == 0, f"{moved} rows are not in their place"
    return {name: statistics.median(found) for name, found in times.items()}, memory


def versions() -> str:
    from importlib.metadata import version

    return f"Python {platform.python_version()}, " + ", ".join(f"{p} {version(p)}" for p in ("pandas", "numpy", "polars", "pyarrow", "duckdb")) + f", sco-data {sco.__version__}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=lambda n: int(float(n)), nargs="+", default=[10**4, 10**5, 10**6, 10**7])
    parser.add_argument("--disk", type=lambda n: int(float(n)), default=10**8, help="rows of the Parquet file; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one[0], int(options.one[1]), options.rounds, options.memory)))
        return 0
    lines = ["| rows | case | annotate, s | MB | peer | peer, s | MB | ratio of time | at most |", "|---:|---|---:|---:|---|---:|---:|---:|---:|"]
    failed = []

    def tell(rows: int, case: str, found: dict[str, Any], memory: dict[str, Any], bound: bool) -> None:
        mine = found.pop("annotate")
        for n, (peer, seconds) in enumerate(found.items()):
            limit = BOUNDS.get((case, peer)) if bound else None
            shown = f"| {rows:,} | {case} | {mine:.4f} | {memory['annotate']:,.0f} |" if n == 0 else "| | | | |"
            lines.append(f"{shown} {peer} | {seconds:.4f} | {memory[peer]:,.0f} | {mine / seconds:.2f} | {limit or ''} |")
            print(lines[-1], flush=True)
            if limit and mine / seconds > limit:
                failed.append(f"{case}: {mine / seconds:.2f} of {peer}, at most {limit}")

    for rows in options.rows:
        for case in CASES:
            found = child("--one", case, str(rows), "--rounds", str(options.rounds if rows >= 10**6 else 7))
            tell(rows, case, found, child("--one", case, str(rows), "--memory"), rows == max(options.rows))
    if options.disk:
        tell(options.disk, "Parquet to Parquet", *disk(options.disk, options.rounds), True)
    if options.write:
        text = (
            "# Benchmarks\n\nWritten by `python benchmarks/annotate.py --write docs/benchmarks.md`. "
            + " ".join(line.strip() for line in str(__doc__).split("\n\n", 2)[2].splitlines())
            + f"\n\nMade with {versions()}; {platform.system()}, {os.cpu_count()} cores. Bounds hold for the largest size.\n\n"
            + "\n".join(lines)
            + "\n"
        )
        options.write.write_text(text, encoding="utf-8")
    if options.check and failed:
        print("\n".join(failed), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
