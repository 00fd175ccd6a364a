"""Feed damaged and hostile input to everything that reads a file or an argument: `python scripts/fuzz --minutes 2`.

Each input is made from what is right, with a few things wrong in it, by its target, the seed and its number: the same seed gives the same inputs. It is
read in a process that this one ends where it takes too long or too much memory. What is no clear refusal, or writes where it should not, leaves a file
behind, starts a program or opens a connection, is found, and its input kept.

Not with atheris (libFuzzer), which was tried: it has a wheel for this Python, but one input here takes 10 ms to 5 s, most of it in DuckDB and pandas,
whose native code it sees nothing of, so that coverage guides little; and an input that hangs or eats memory ends its whole run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import multiprocessing
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# `python scripts/fuzz` puts this folder on the path, not the project's.
if str(ROOT) not in sys.path:
    sys.path[0:1] = [str(ROOT)]

try:
    from scripts.fuzz import worker
    from scripts.fuzz.targets import PLANTED, TARGETS
except ImportError as error:
    sys.exit(f"the fuzzer needs {error.name}. Mend: pip install -e '.[test]' in a virtual environment, and run it with its python")

LIBRARIES = ("click", "duckdb", "pandas", "frictionless", "pandera", "pyarrow", "polars")
#: A worker is replaced after so many inputs, so that what libraries keep does not add up.
FRESH = 300


@dataclass
class Figures:
    """What became of the inputs of a target."""

    inputs: int = 0
    refused: int = 0
    accepted: int = 0
    crashes: int = 0
    hangs: int = 0
    slowest_seconds: float = 0.0
    peak_mb: int = 0
    seconds: float = field(default=0.0, repr=False)


class Worker:
    """A process that reads inputs, and what it is doing."""

    def __init__(self, folder: Path, memory: int):
        context = multiprocessing.get_context("spawn")
        self.folder = folder
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=worker.work, args=(theirs, str(folder), memory), daemon=True)
        self.process.start()
        theirs.close()
        self.read, self.busy, self.since = 0, "", time.monotonic()
        self.body, self.ended = b"", False

    def give(self, name: str, seed: str, body: bytes | None = None) -> None:
        self.busy, self.since, self.body = name, time.monotonic(), body or b""
        self.read += 1
        self.pipe.send((name, seed, body))

    def memory(self) -> float:
        """Return what the process takes now, in MB, where the system tells."""
        try:
            return int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]) * 4096 / 2**20
        except (OSError, IndexError):
            return 0.0

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Run:
    """All that one call of the fuzzer does."""

    def __init__(self, options: argparse.Namespace, scratch: Path):
        self.options, self.scratch = options, scratch
        self.names: list[str] = options.target or list(TARGETS)
        self.figures = {name: Figures() for name in self.names}
        self.kept: dict[str, Path] = {}
        self.made = 0

    def worker(self) -> Worker:
        self.made += 1
        return Worker(self.scratch / f"worker-{self.made}", self.options.memory)

    def found(self, name: str, kind: str, said: str, body: bytes) -> None:
        """Keep the input of each fault once, by where it was raised."""
        figures = self.figures[name]
        if kind == "hang":
            figures.hangs += 1
        else:
            figures.crashes += 1
        places = [line.strip() for line in said.splitlines() if line.startswith('  File "')][-2:]
        fault = f"{name}: {kind}: {(said.strip().splitlines() or ['?'])[-1][:120]} {' '.join(places)}"
        sort = f"{name} {kind} {places or said[:100]}"
        if sort not in self.kept:
            self.options.crashes.mkdir(parents=True, exist_ok=True)
            self.kept[sort] = self.options.crashes / f"{name}-{hashlib.sha256(body).hexdigest()[:12]}.input"
            self.kept[sort].write_bytes(body)
            self.kept[sort].with_suffix(".txt").write_text(f"{kind}\n{said}\n", encoding="utf-8", errors="backslashreplace")
            print(f"\nFOUND {fault}\n      python scripts/fuzz --replay {self.kept[sort]}", file=sys.stderr, flush=True)

    def settle(self, one: Worker, outcome: str, said: str, seconds: float, mb: float) -> None:
        figures = self.figures[one.busy]
        figures.inputs += 1
        figures.seconds += seconds
        figures.slowest_seconds = max(figures.slowest_seconds, round(seconds, 2))
        figures.peak_mb = max(figures.peak_mb, round(mb))
        if outcome in ("accepted", "refused"):
            setattr(figures, outcome, getattr(figures, outcome) + 1)
        else:
            self.found(one.busy, outcome, said, one.body)
        one.busy = ""

    def over(self, one: Worker) -> tuple[str, str] | None:
        """Say how a worker went beyond its bounds, if it did."""
        if one.ended:
            return "crash", f"the process ended with {one.process.exitcode}"
        if one.busy and time.monotonic() - one.since > self.options.seconds:
            return "hang", f"no answer in {self.options.seconds} s"
        mb = one.memory()
        return ("crash", f"{mb:.0f} MB of memory") if mb > self.options.memory else None

    def go(self, replay: tuple[str, bytes] | None = None) -> None:
        """Give each worker inputs, always of the target that has had the least time, until the time is over."""
        workers = [self.worker() for _ in range(1 if replay else self.options.jobs)]
        started = told = time.monotonic()
        given = dict.fromkeys(self.names, 0)
        pending: list[Worker] = []
        try:
            while True:
                ready: list[Any] = wait([w.pipe for w in workers], timeout=0.05)
                for one in list(workers):
                    try:
                        if one.pipe in ready:
                            outcome, said, seconds, mb, body = one.pipe.recv()
                            if outcome == "made":
                                one.body, one.since = body, time.monotonic()
                            elif outcome == "ready":
                                pending.append(one)
                            else:
                                self.settle(one, outcome, said, seconds, mb)
                                pending.append(one)
                    except (EOFError, OSError):
                        one.process.join()
                        one.ended = True
                    beyond = self.over(one)
                    if beyond or one.read >= FRESH and not one.busy:
                        if beyond and one.busy:
                            self.settle(one, *beyond, time.monotonic() - one.since, one.memory())
                        elif beyond and beyond[0] == "crash" and not one.read:
                            raise SystemExit(f"a worker cannot start: {beyond[1]}")
                        workers.remove(one)
                        one.end()
                        workers.append(self.worker())
                idle = [w for w in workers if not w.busy and w in pending]
                over = time.monotonic() - started > self.options.minutes * 60 or replay and self.figures[replay[0]].inputs
                if over and not any(w.busy for w in workers):
                    return
                for one in [] if over else idle:
                    pending.remove(one)
                    if replay:
                        one.give(replay[0], "", replay[1])
                        continue
                    # Its seconds so far, and a little for what is being read.
                    name = min(self.names, key=lambda n: (self.figures[n].seconds + sum(w.busy == n for w in workers), given[n]))
                    one.give(name, f"{self.options.seed}/{name}/{given[name]}")
                    given[name] += 1
                if time.monotonic() - told > 10:
                    told = time.monotonic()
                    print(f"{(told - started) / 60:5.1f} min  {sum(f.inputs for f in self.figures.values()):,} inputs, {len(self.kept)} faults", file=sys.stderr, flush=True)
        finally:
            for one in workers:
                one.end()

    def table(self) -> str:
        head = ("target", "inputs", "refused", "accepted", "crashes", "hangs", "slowest s", "peak MB")
        rows = [(n, f.inputs, f.refused, f.accepted, f.crashes, f.hangs, f"{f.slowest_seconds:.2f}", f.peak_mb) for n, f in self.figures.items()]
        total = [sum(getattr(f, k) for f in self.figures.values()) for k in ("inputs", "refused", "accepted", "crashes", "hangs")]
        rows.append(("all", *total, f"{max(f.slowest_seconds for f in self.figures.values()):.2f}", max(f.peak_mb for f in self.figures.values())))
        return "\n".join(f"{row[0]:<16}" + "".join(f"{cell!s:>10}" for cell in row[1:]) for row in [head, *rows])

    def said(self, minutes: float) -> dict[str, Any]:
        """Return the figures as --out writes them."""
        from sco_data import __version__

        return {
            "version": __version__, "date": dt.date.today().isoformat(), "seed": self.options.seed, "minutes": round(minutes, 1), "jobs": self.options.jobs, "worker_minutes": round(minutes * self.options.jobs, 1),
            "bounds": {"seconds": self.options.seconds, "memory_mb": self.options.memory}, "python": platform.python_version(), "libraries": {name: version(name) for name in LIBRARIES},
            "found": len(self.kept), "targets": {name: {k: v for k, v in asdict(f).items() if k != "seconds"} for name, f in self.figures.items()},
        }  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog="example: python scripts/fuzz --minutes 2 --seed 1 --target sql --target table")
    parser.add_argument("--minutes", type=float, default=2, help="how long (default: 2)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same inputs (default: 1)")
    parser.add_argument("--jobs", type=int, default=2, help="processes that read (default: 2)")
    parser.add_argument("--target", action="append", metavar="NAME", choices=[*TARGETS, *PLANTED], help=f"only this one; repeat for several: {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=float, default=60, help="an input that takes longer hangs (default: 60)")
    parser.add_argument("--memory", type=int, default=1500, metavar="MB", help="an input that takes more is a fault (default: 1500)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--crashes", type=Path, default=Path("fuzz-found"), metavar="FOLDER", help="where inputs are kept that found something (default: fuzz-found)")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="read one kept input again")
    options = parser.parse_args(argv)
    replay = None
    if options.replay:
        name = options.replay.name.rpartition("-")[0]
        if name not in TARGETS | PLANTED or not options.replay.is_file():
            parser.error(f"{options.replay} is no input that was kept")
        replay, options.target = (name, options.replay.read_bytes()), [name]
    scratch, started = Path(tempfile.mkdtemp(prefix="fuzz-")), time.monotonic()
    run = Run(options, scratch)
    try:
        run.go(replay)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(run.table())
    for kept in run.kept.values():
        print(f"{kept}\n{kept.with_suffix('.txt').read_text(encoding='utf-8')}", file=sys.stderr)
    if options.out:
        options.out.write_text(json.dumps(run.said((time.monotonic() - started) / 60), indent=2) + "\n", encoding="utf-8", newline="\n")
    return 1 if run.kept else 0


if __name__ == "__main__":
    sys.exit(main())
