"""The files that docs/formats.md speaks of, made as the page says or as a release has them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import zipfile
from pathlib import Path

from conftest import ROOT, SCRIPT

import sco_data as sco

PAGE = "docs/formats.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / PAGE).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def shell(commands: str, folder: Path, **variables: str) -> None:
    """Run a block of the page in a folder, as it stands."""
    path = f"{SCRIPT.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["sh", "-e", "-c", commands], cwd=folder, env={**os.environ, "PATH": path, **variables}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def prepare(folder: Path) -> None:
    """Make what the first block of the page makes, and the files of a release."""
    shell(blocks("sh")[0], folder)
    shutil.copytree(sco.path() / "data", folder / "data")
    with zipfile.ZipFile(folder / "sco-data-csv.zip", "w") as archive:
        for file in [sco.path() / "datapackage.json", *sorted((sco.path() / "data").rglob("*.csv"))]:
            archive.write(file, file.relative_to(sco.path()))
    sco.export(folder / "sco-data.duckdb")


def made_by_the_page() -> set[str]:
    """Return the names of the files and folders that the commands of the page write."""
    return {shlex.split(line)[2] for block in blocks("sh") for line in block.splitlines() if line.startswith("sco-data export")}
