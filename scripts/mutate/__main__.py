"""Make plausible errors in the release, one at a time, and count which of them validation refuses.

    python scripts/mutate                                   # the table of docs/mutation.csv
    python scripts/mutate --each 1 --share 0.1 --seed 7     # a tenth of it, other places
    python scripts/mutate --operator day_later --table statuses --each 20 --show survived

Hash, size and row count of a changed file are first brought into line in the descriptor, so that no checksum catches the error.
An error is *witnessed* if something else in the release contradicts it (type, code list, key, rule, evidence, another table): said
before validation is asked, by scripts/mutate/operators.py. It is *placed* if a finding names the table, the row and the column.
Only what the change concerns is checked anew; --whole checks a sample of the errors in full too, and refuses to go on if both differ.
Exit code 1 if the rates of docs are not reached (--floor), 2 if the command is not understood.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# `python scripts/mutate` puts this folder on the path, not the project's.
sys.path[0:1] = [str(ROOT)]

try:
    import sco_data as sco
    from sco_data.errors import UsageError
    from sco_data.files import stop_cleanly, stopped_code, write_whole
    from scripts.mutate.bench import Outcome, try_all
    from scripts.mutate.operators import OPERATORS
except ImportError as error:
    sys.exit(f"the errors need {error.name}. Mend: pip install -e '.[validate]' in a virtual environment, and run this with its python")

#: What the README states: of the witnessed errors, of those refused at their place, of all.
FLOORS = {"witnessed": 0.99, "placed": 0.99, "all": 0.90}


def rates(outcomes: Iterable[Outcome]) -> dict[str, float]:
    """Return the share refused of the witnessed, of these those placed, and the share refused of all."""
    every = list(outcomes)
    known = [o for o in every if o.witnessed]
    caught = [o for o in known if o.refused]
    return {
        "witnessed": len(caught) / len(known) if known else 1.0,
        "placed": sum(o.placed for o in caught) / len(caught) if caught else 1.0,
        "all": sum(o.refused for o in every) / len(every) if every else 1.0,
    }


def summary(outcomes: list[Outcome]) -> list[dict[str, object]]:
    """Return a row for each operator and table: errors, witnessed, refused, placed."""
    cells: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for o in outcomes:
        cells[o.operator, o.table].update({"errors": 1, "witnessed": o.witnessed, "witnessed_refused": o.witnessed and o.refused, "placed": o.witnessed and o.placed, "refused": o.refused})
    order = {name: n for n, name in enumerate(OPERATORS)}
    return [{"operator": op, "table_name": table, **{c: int(counted[c]) for c in ("errors", "witnessed", "witnessed_refused", "placed", "refused")}} for (op, table), counted in sorted(cells.items(), key=lambda item: (order[item[0][0]], item[0][1]))]


def write(path: Path, rows: list[dict[str, object]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue().encode())


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=3, help="errors of each operator in each table (default: %(default)s)")
    parser.add_argument("--share", type=float, default=1.0, help="of these, the share that is made, drawn at random (default: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operator", action="append", choices=OPERATORS, metavar="NAME", help="only this operator; may be given again")
    parser.add_argument("--table", action="append", choices=sco.tables(), metavar="NAME", help="only this table; may be given again")
    parser.add_argument("--whole", type=float, default=0.02, help="share of the errors that is checked in full too (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: one for each core)")
    parser.add_argument("--out", type=Path, help="write operator by table here, as CSV")
    parser.add_argument("--log", type=Path, help="write each error and what became of it here, as CSV")
    parser.add_argument("--show", choices=["survived", "misplaced", "none"], default="none", help="print the errors that were not refused, or not at their place")
    parser.add_argument("--floor", action="store_true", help="exit code 1 unless the rates that README states are reached")
    parser.add_argument("--operators", action="store_true", help="list the operators, and do nothing")
    options = parser.parse_args(argv)
    if options.operators:
        print("\n".join(f"{o.name:22} {o.says}" for o in OPERATORS.values()))
        return 0
    jobs = [(o, t, options.seed * 1000 + n) for o in options.operator or OPERATORS for t in options.table or sco.tables() for n in range(options.each)]
    rng = random.Random(options.seed)
    jobs = rng.sample(jobs, round(len(jobs) * options.share))
    started, outcomes = time.monotonic(), []
    stop_cleanly()
    try:
        for n, outcome in enumerate(try_all(jobs, options.whole, options.jobs), start=1):
            outcomes.append(outcome)
            if n % 50 == 0:
                print(f"{time.monotonic() - started:6.0f} s  {n} errors", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        return stopped_code()
    outcomes.sort(key=lambda o: (o.operator, o.table, o.seed))
    for o in outcomes:
        if options.show != "none" and (not o.refused if options.show == "survived" else o.refused and not o.placed):
            print(f"{o.operator} {o.table}/{o.row} {o.column}: {o.before!r} -> {o.after!r}{' WITNESSED' if o.witnessed else ''}{' | ' + o.rule if o.rule else ''}")
    try:
        if options.out and outcomes:
            write(options.out, summary(outcomes))
        if options.log and outcomes:
            write(options.log, [asdict(o) for o in outcomes])
    except UsageError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    found, known = rates(outcomes), sum(o.witnessed for o in outcomes)
    in_full = [o for o in outcomes if o.same_in_full is not None]
    print(f"{len(outcomes)} errors by {len({o.operator for o in outcomes})} operators in {len({o.table for o in outcomes})} tables, seed {options.seed}")
    print(f"{known} are witnessed by something else in the release: {100 * found['witnessed']:.2f} % of them are refused, {100 * found['placed']:.2f} % of those at their place")
    print(f"{len(outcomes) - known} have no second witness; of all errors {100 * found['all']:.2f} % are refused")
    print(f"{len(in_full)} were checked in full too, {sum(not o.same_in_full for o in in_full)} of them with another result")
    for o in outcomes:
        if o.rule.startswith("CRASH"):
            print(f"validation broke: {o.operator} {o.table} {o.seed}: {o.rule}", file=sys.stderr)
    if any(o.rule.startswith("CRASH") for o in outcomes):
        return 1
    if any(not o.same_in_full for o in in_full):
        for o in in_full:
            if not o.same_in_full:
                print(f"otherwise in full: {o.operator} {o.table} {o.seed} {o.row} {o.column}", file=sys.stderr)
        return 1
    return 1 if options.floor and any(found[name] < floor for name, floor in FLOORS.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
