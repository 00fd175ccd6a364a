"""metadata/croissant.json in the reader of its makers. Needs `mlcroissant`, which nothing else here does: .ci/run gives it an environment."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

import sco_data as sco
from sco_data.catalog import Catalog

if os.environ.get("SCO_DATA_TEST_CROISSANT"):
    # In CI nothing may be left out in silence.
    import mlcroissant
else:
    mlcroissant = pytest.importorskip("mlcroissant")

CROISSANT = ROOT / "metadata" / "croissant.json"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(sco.path())


@pytest.fixture
def dataset() -> Any:
    """Return the dataset anew: mlcroissant 1.1 gives the records of a table with references once, and none when asked again."""
    return mlcroissant.Dataset(CROISSANT)


def test_it_loads_without_an_error_or_a_warning(dataset: Any, catalog: Catalog) -> None:
    issues = dataset.metadata.ctx.issues
    assert (set(issues.errors), set(issues.warnings)) == (set(), set())
    assert {r.uuid for r in dataset.metadata.record_sets} >= set(sco.tables())
    assert dataset.metadata.version == catalog.version and dataset.metadata.license == [catalog.descriptor["licenses"][0]["path"]]


def plain(value: Any) -> Any:
    """Return what mlcroissant gives for a cell as plain Python."""
    return value.decode("utf-8") if isinstance(value, bytes) else value.date() if hasattr(value, "date") else value


def rows(catalog: Catalog, table: str) -> Iterator[dict[str, Any]]:
    """Read a table with nothing but the csv module and its descriptor."""
    read = {"string": str, "integer": int, "number": float, "boolean": "true".__eq__, "date": dt.date.fromisoformat}
    with (ROOT / catalog.resource(table)["path"]).open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            yield {f["name"]: read[f["type"]](row[f["name"]]) if row[f["name"]] else None for f in catalog.fields(table)}


@pytest.mark.parametrize("table", ["statuses", "country_years"])
def test_it_reads_every_cell_of_a_table(dataset: Any, catalog: Catalog, table: str) -> None:
    found = [{name.partition("/")[2]: plain(value) for name, value in record.items()} for record in dataset.records(table)]
    assert found == list(rows(catalog, table))


def test_it_reads_every_row_of_the_tables_that_point_to_each_other(dataset: Any, catalog: Catalog) -> None:
    # The large ones would take a minute and show nothing else.
    counts = {name: r["rowCount"] for name, r in catalog.resources.items() if r["rowCount"] < 3000}
    assert {name: sum(1 for _ in dataset.records(name)) for name in counts} == counts
    assert {"members", "statuses", "status_steps", "summits", "documents", "sources"} <= set(counts)


def test_it_gives_the_codes_of_a_list(dataset: Any) -> None:
    assert [plain(r["codes-vote/code"]) for r in dataset.records("codes-vote")] == list(sco.load("codes").query("code_list == 'vote'").code)


@pytest.fixture
def copied(tmp_path: Path, catalog: Catalog) -> Path:
    """Return the Croissant file of a copy with one byte of statuses changed."""
    shutil.copytree(ROOT / "metadata", tmp_path / "metadata")
    for name in ("statuses", "members", "status_steps", "summits", "sources", "documents"):
        path = catalog.resource(name)["path"]
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    file = tmp_path / "data" / "statuses.csv"
    file.write_bytes(file.read_bytes().replace(b"observer", b"observes", 1))
    return tmp_path / "metadata" / "croissant.json"


def test_a_file_with_another_hash_is_refused(copied: Path) -> None:
    with pytest.raises(Exception, match="Download.data/statuses.csv") as refused:
        list(mlcroissant.Dataset(copied).records("statuses"))
    assert "is not identical with the reference" in str(refused.value.__cause__)


def test_a_croissant_with_a_field_of_no_type_or_a_key_to_nowhere_is_refused(tmp_path: Path) -> None:
    d = json.loads(CROISSANT.read_text(encoding="utf-8"))
    del d["recordSet"][0]["field"][0]["dataType"]
    (tmp_path / "croissant.json").write_text(json.dumps(d), encoding="utf-8")
    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(tmp_path / "croissant.json")
