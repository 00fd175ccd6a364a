"""Errors made on purpose (scripts/mutate): the figures that docs/trust.md states, a sample made anew, and that the harness can fail."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT

sys.path[0:0] = [str(ROOT)]

from sco_data.validation import rules  # noqa: E402
from scripts.mutate.__main__ import FLOORS, rates  # noqa: E402
from scripts.mutate.bench import Bench, Outcome  # noqa: E402
from scripts.mutate.operators import OPERATORS, Release  # noqa: E402

MUTATE = [sys.executable, str(ROOT / "scripts/mutate")]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("mutate"), whole=0)


@pytest.fixture(scope="module")
def counted() -> Counter[str]:
    with (ROOT / "docs/mutation.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    total: Counter[str] = Counter({"operators": len({r["operator"] for r in rows}), "tables": len({r["table_name"] for r in rows})})
    for row in rows:
        total.update({c: int(row[c]) for c in ("errors", "witnessed", "witnessed_refused", "placed", "refused")})
    return total


def test_the_figures_are_those_of_the_table(counted: Counter[str]) -> None:
    assert counted["operators"] >= 40 and counted["tables"] == 29 and counted["errors"] >= 2000
    shares = {
        "witnessed": counted["witnessed_refused"] / counted["witnessed"], "placed": counted["placed"] / counted["witnessed_refused"], "all": counted["refused"] / counted["errors"],
    }  # fmt: skip
    assert all(shares[name] >= floor for name, floor in FLOORS.items()), shares
    said = [
        f"{counted['errors']:,} errors", f"{counted['operators']} operators", f"{counted['witnessed']:,} are witnessed",
        *(f"{100 * shares[name]:.2f} %" for name in ("witnessed", "placed", "all")),
    ]  # fmt: skip
    page = (ROOT / "docs/trust.md").read_text(encoding="utf-8")
    assert [part for part in said if part not in page] == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [part for part in (said[0], *said[3:]) if part not in readme] == []
    assert {o for o in OPERATORS if f"`{o}`" not in page} == set()


def test_a_sample_made_anew_is_refused_at_its_place_and_says_what_a_whole_validation_says(tmp_path: Path) -> None:
    # Other places than those of the table: another seed.
    command = [*MUTATE, "--each", "1", "--share", "0.015", "--seed", "20261123", "--whole", "0.06", "--jobs", "1", "--floor", "--show", "survived", "--log", str(tmp_path / "log.csv")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) > 20 and {r["same_in_full"] for r in rows} == {"", "True"}


def test_without_the_rules_an_error_gets_in_and_the_rate_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = bench.run("day_later", "statuses", 1)
    monkeypatch.setattr(rules, "RULES", {})
    passed = bench.run("day_later", "statuses", 1)
    assert refused and passed and refused.witnessed and passed.witnessed
    assert (refused.refused, refused.placed, passed.refused) == (True, True, False)
    assert rates([refused])["witnessed"] == 1 and rates([refused, passed])["witnessed"] == 0.5


def test_an_error_without_a_second_witness_is_counted_apart(bench: Bench) -> None:
    outcomes = [bench.run("copied_down", "issues", n) for n in range(8)]
    alone = [o for o in outcomes if o and not o.witnessed and not o.refused]
    assert alone and rates(alone) == {"witnessed": 1.0, "placed": 1.0, "all": 0.0}


def test_the_same_seed_makes_the_same_error(bench: Bench) -> None:
    def made(seed: int) -> Outcome | None:
        return bench.run("other_code", "status_steps", seed)

    assert made(3) == made(3) and len({(o.row, o.column, o.after) for o in (made(n) for n in range(4)) if o}) > 1


def test_an_error_is_one_and_the_release_is_whole_again(bench: Bench) -> None:
    for operator in ("day_later", "row_dropped", "bom", "field_type"):
        assert bench.run(operator, "officials", 5)
    again = Release(bench.release.catalog)
    for name in again.tables:
        assert (bench.folder / "data" / bench.release.catalog.path(name).relative_to(bench.release.catalog.folder / "data")).read_bytes() == bench.bodies[name]


def test_help_and_a_wrong_word() -> None:
    done = subprocess.run([*MUTATE, "--help"], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0 and "python scripts/mutate --operator day_later" in done.stdout
    listed = subprocess.run([*MUTATE, "--operators"], capture_output=True, text=True, encoding="utf-8").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(OPERATORS)
    assert subprocess.run([*MUTATE, "--operator", "day_latest"], capture_output=True).returncode == 2
