"""The contract and the wheel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import ROOT
from packaging.requirements import Requirement

import sco_data as sco


@pytest.fixture(scope="module")
def descriptor() -> Any:
    return json.loads((sco.path() / "datapackage.json").read_text(encoding="utf-8"))


def test_descriptor_fits_the_official_profile_of_data_package_2(descriptor: Any) -> None:
    profile = json.loads((ROOT / "tests/profiles/datapackage-2.0.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(profile)
    assert [e.message for e in validator.iter_errors(descriptor)] == []
    # The profile can refuse: it is not the empty schema.
    assert list(validator.iter_errors({**descriptor, "resources": [{"name": "no path"}]}))


def test_descriptor_describes_itself(descriptor: Any) -> None:
    for key in ("title", "description", "version", "created", "licenses", "contributors", "sources", "keywords"):
        assert descriptor[key]
    for resource in descriptor["resources"]:
        assert resource["title"] and resource["description"] and resource["schema"]["primaryKey"]
        for field in resource["schema"]["fields"]:
            assert field["title"] and field["description"].endswith("."), (resource["name"], field["name"])
            assert field["origin"] in ("key", "stated", "decided", "derived", "precision", "provenance")
            if "codeList" in field:
                assert [c["value"] for c in field["categories"]] == field["constraints"]["enum"]
                assert all(c["label"] for c in field["categories"])


def test_same_name_same_type_in_every_table(descriptor: Any) -> None:
    types: dict[str, set[str]] = {}
    for resource in descriptor["resources"]:
        for field in resource["schema"]["fields"]:
            types.setdefault(field["name"], set()).add(field["type"])
    # The design gives both names: what a claim says is a number, what a source says of a cell is text.
    assert {n: t for n, t in types.items() if len(t) > 1} == {"stated_value": {"string", "number"}}


def test_no_column_is_a_reserved_word(descriptor: Any) -> None:
    import duckdb

    reserved = {r[0] for r in duckdb.execute("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'").fetchall()}
    for resource in descriptor["resources"]:
        assert not {resource["name"], *(f["name"] for f in resource["schema"]["fields"])} & reserved


def tracked_files(*under: str) -> list[str]:
    return subprocess.run(["git", "ls-files", *under], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel of a copy of the checkout, with stray files where code and data lie."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in tracked_files():
        (folder / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / "copy" / name)
    (folder / "copy" / "sco_data" / "secret.env").write_text("a\n", encoding="utf-8")
    (folder / "copy" / "data" / "stray.csv").write_text("a\n", encoding="utf-8")
    (folder / "copy" / "data" / "derived" / "stray.csv").write_text("a\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(folder / "copy")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_contains_exactly_the_declared_files(wheel: Path, descriptor: Any) -> None:
    declared = {f"sco_data/package/{r['path']}" for r in descriptor["resources"]}
    declared |= {"sco_data/package/datapackage.json", "sco_data/package/data/README.md", *tracked_files("sco_data")}
    with zipfile.ZipFile(wheel) as archive:
        inside = {n for n in archive.namelist() if ".dist-info/" not in n}
    assert inside == declared


def test_the_wheel_needs_three_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(next(n for n in archive.namelist() if n.endswith("/METADATA"))).decode()
    needed = [line.split(":")[1].strip() for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert sorted(Requirement(n).name for n in needed) == ["click", "duckdb", "pandas"]
    # Each with both bounds, as pip will see them.
    assert all({s.operator for s in Requirement(n).specifier} == {">=", "<"} for n in needed)


def test_the_installed_package_answers_without_the_checkout(tmp_path: Path) -> None:
    code = "import sco_data; print(sco_data.path(), len(sco_data.members(on='2017-06-09')))"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    out = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout.split()
    assert out[-1] == "8"
    if os.environ.get("SCO_DATA_TEST") == "wheel":
        assert "site-packages" in out[0]
