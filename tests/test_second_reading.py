"""The codebook's figures on the second reading are those of docs/second-reading.csv."""

from __future__ import annotations

import csv
import math
from collections import Counter
from statistics import NormalDist

import pytest
from conftest import ROOT

import sco_data as sco

#: What could be compared; of the others the page was not found, broke off, or does not say it.
COMPARED = ("agrees", "less_exact", "partly", "differs", "wrong")


@pytest.fixture(scope="module")
def cells() -> list[dict[str, str]]:
    with (ROOT / "docs/second-reading.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def rate(cells: list[dict[str, str]]) -> dict[str, float]:
    """Return the error rate weighted by stratum, the effective sample, and the upper end of Wilson's 95 % interval."""
    sizes = {(c["table_name"], c["stratum"]): int(c["cells_in_stratum"]) for c in cells}
    read = Counter((c["table_name"], c["stratum"]) for c in cells if c["outcome"] in COMPARED)
    wrong = Counter((c["table_name"], c["stratum"]) for c in cells if c["outcome"] == "wrong")
    whole = sum(sizes.values())
    share = sum(size * wrong[s] / read[s] for s, size in sizes.items()) / whole
    effective = whole**2 / sum(size**2 / read[s] for s, size in sizes.items())
    z = NormalDist().inv_cdf(0.975)
    middle, spread = share + z**2 / (2 * effective), z * math.sqrt(share * (1 - share) / effective + z**2 / (4 * effective**2))
    return {"population": whole, "share": share, "effective": effective, "upper": (middle + spread) / (1 + z**2 / effective)}


def test_the_codebook_says_what_was_found(cells: list[dict[str, str]]) -> None:
    outcomes, found = Counter(c["outcome"] for c in cells), rate(cells)
    assert set(outcomes) <= {*COMPARED, "not_found", "cut", "silent"}
    text = (sco.path() / "data" / "README.md").read_text(encoding="utf-8").partition("## A second reading of the data")[2].partition("\n## ")[0]
    said = [
        f"{len(cells)} cells", f"{found['population']:,}\ncells in all", f"{outcomes['not_found'] + outcomes['cut']} of the pages were not found",
        f"{outcomes['silent']} of those found do not say it", f"Of the {sum(outcomes[o] for o in COMPARED)} that could be compared", f"in {outcomes['less_exact']} the page",
        f"of {outcomes['partly']} rows", f"in {outcomes['differs']} the reader", f"is {100 * found['share']:.0f} %", f"up to {100 * found['upper']:.2f} %",
        f"sample of {found['effective']:.0f})",
    ]  # fmt: skip
    assert [part for part in said if part not in text] == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Of {len(cells)} cells" in readme and f"{sum(outcomes[o] for o in COMPARED)} could be compared" in readme and f"up to {100 * found['upper']:.2f} %" in readme


def test_a_wrong_cell_would_be_counted(cells: list[dict[str, str]]) -> None:
    first = next(c for c in cells if c["outcome"] == "agrees")
    assert rate([{**c, "outcome": "wrong"} if c is first else c for c in cells])["share"] > 0 == rate(cells)["share"]
    assert rate(cells)["upper"] < 0.01


def test_the_cells_are_in_the_data(cells: list[dict[str, str]]) -> None:
    assert len({(c["table_name"], c["row_id"], c["field_name"]) for c in cells}) == len(cells)
    known = set(sco.sql("SELECT table_name || '/' || row_id || '/' || coalesce(field_name, '') AS cell FROM evidence").cell)
    assert [c for c in cells if f"{c['table_name']}/{c['row_id']}/{c['field_name']}" not in known] == []
