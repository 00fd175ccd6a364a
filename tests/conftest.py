"""Shared fixtures. The package under test is the installed one; the project's own tools are run as a user runs them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import sco_data as sco

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = Path(sys.executable).with_name("sco-data")


@pytest.fixture(scope="session")
def cli() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the installed command line in another folder than the checkout."""

    def run(*args: str, cwd: Path | None = None, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(SCRIPT), *args], cwd=cwd or Path(sys.prefix), capture_output=True, text=True, encoding="utf-8", **options)  # type: ignore[call-overload,no-any-return]

    return run


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Return a copy of the installed release that a test may damage."""
    shutil.copytree(sco.path() / "data", tmp_path / "release" / "data")
    shutil.copy(sco.path() / "datapackage.json", tmp_path / "release")
    return tmp_path / "release"


#: A source of each kind that the small project needs; {} takes the blocks.
SOURCE = """
[source]
kind = "{kind}"
title = "A source"
publisher = "A publisher"
url = "https://example.org/{name}"
language = "en"
licence = "copyright"
accessed_on = 2026-11-22
read = "full"
"""

#: India's grant, at the summit that granted it: the least from which tables, statuses and members can be built.
GRANT = """
[[summits]]
id = "chs-2017"
body = "chs"
session_date = "2017-06-09"
first_day = 2017-06-08
last_day = 2017-06-09
city = "Astana"
country_iso3 = "KAZ"
format = "in_person"
epistemic = "official_statement"
at = "para 1"

[[status_steps]]
id = "IND-member-granted"
iso3 = "IND"
status_sought = "member"
step = "granted"
epistemic = "formal_act"
step_on = "2017-06-09"
summit_id = "chs-2017"
at = "para 2"
"""


class Project:
    """A small project of its own: one status, one summit, and what a test adds."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "seeds" / "sources").mkdir(parents=True)
        shutil.copy(ROOT / "datapackage.json", folder)
        shutil.copytree(ROOT / "seeds" / "lists", folder / "seeds" / "lists")
        spells = "status_id,iso3,status,start_step,end_step,end_reason,legal_status,epistemic,note\n"
        (folder / "seeds/lists/statuses.csv").write_text(spells + "IND-member-2017,IND,member,IND-member-granted,,,,formal_act,\n", encoding="utf-8")
        self.source("sco-2017", GRANT)

    def source(self, name: str, blocks: str, kind: str = "sco_record", record: str = "") -> None:
        text = SOURCE.format(kind=kind, name=name) + record + blocks
        (self.folder / "seeds" / "sources" / f"{name}.toml").write_text(text, encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        (self.folder / "seeds" / name).write_text(text, encoding="utf-8")

    def build(self, *args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "scripts" / "build"), "--root", str(self.folder), *args]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")

    def rows(self, table: str) -> dict[str, dict[str, str]]:
        """Return the rows of a table by key, as the CSV file has them."""
        import csv

        from sco_data.catalog import Catalog

        catalog = Catalog(self.folder)
        keys = catalog.key(table)
        with catalog.path(table).open(encoding="utf-8", newline="") as handle:
            return {"|".join(r[k] for k in keys): r for r in csv.DictReader(handle)}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Export once for all workers: give a file name (and what `export` takes), or the name of a folder with its format."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if base.name.startswith("popen-") else base) / "exported"
    shared.mkdir(exist_ok=True)

    def made(name: str, tables: Any = None, **options: Any) -> Path:
        place = shared / name.replace(".", "-")
        if not place.exists():
            mine = tmp_path_factory.mktemp("exporting")
            sco.export(mine / name, tables, **options)
            # Another worker may have been faster; a folder that holds something is not replaced.
            with suppress(OSError):
                mine.rename(place)
        return place / name

    return made
