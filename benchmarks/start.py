"""How long a cold start takes, as ratios to a peer measured in the same run.

    python benchmarks/start.py            # a table in Markdown
    python benchmarks/start.py --check    # exit 1 if a ratio is over its bound

The two promises: `import sco_data` stays under a tenth of `import pandas`; `sco-data members --on DAY` stays within 1.5 times a
bare script that imports click and duckdb and runs the same SQL over the same files.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sco_data import database, records
from sco_data.catalog import installed

DAY = "2019-06-14"
SCRIPT = Path(sys.executable).with_name("sco-data")

#: What a user would write by hand: the same statements, and click for the day.
BARE = """
import click, duckdb

@click.command()
@click.option("--on", default={day!r})
def main(on):
    con = duckdb.connect()
    for statement in {statements!r}:
        con.execute(statement)
    for row in con.execute({query!r}, {{"day": on, "rule": "default", "status": "member", "predecessor": False}}).fetchall():
        print(*row)

main()
"""


def bare_script() -> str:
    """Return a script that creates the same views over the same files and runs the same query as the command."""
    catalog = installed()
    needed = ["members", "statuses"]
    statements = [database.create_table(catalog, name) for name in needed] + [database.create_coverage(catalog)]
    statements += [database.views()[name].body for name in ("spells", "status_on")]
    return BARE.format(day=DAY, statements=statements, query=records.ON)


def seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    # -X importtime and the like would be measured too: the environment is a user's, without PYTHON* settings.
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    subprocess.run(command, check=True, capture_output=True, env=clean)
    return time.perf_counter() - begun


def medians(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """Return the median time of each command; rounds are interleaved, so that load falls on all alike."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds(command))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(bare_script(), encoding="utf-8")
        commands = {
            "python": [sys.executable, "-c", "pass"],
            "import pandas": [sys.executable, "-c", "import pandas"],
            "import sco_data": [sys.executable, "-c", "import sco_data"],
            "bare script": [sys.executable, str(bare)],
            "sco-data members": [str(SCRIPT), "members", "--on", DAY],
        }
        seconds(commands["import pandas"])  # warms the disk cache
        seconds(commands["sco-data members"])
        took = medians(commands, options.rounds)
    floor = took["python"]
    ratios = [
        ("import sco_data / import pandas, less python", (took["import sco_data"] - floor) / (took["import pandas"] - floor), 0.1),
        ("sco-data members / bare script", took["sco-data members"] / took["bare script"], 1.5),
    ]
    print(f"Python {sys.version.split()[0]}, {sys.platform}, median of {options.rounds} interleaved rounds\n")
    print("| what | seconds |\n|---|---:|")
    print("\n".join(f"| {name} | {value:.3f} |" for name, value in took.items()))
    print("\n| ratio | measured | at most |\n|---|---:|---:|")
    print("\n".join(f"| {name} | {value:.2f} | {bound} |" for name, value, bound in ratios))
    return 1 if options.check and any(value > bound for _, value, bound in ratios) else 0


if __name__ == "__main__":
    sys.exit(main())
