"""The notebook says what the data say: it is executed again, as a maintainer does it, and must come out as it is kept, to the byte."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

NOTEBOOK = ROOT / "docs" / "ten-questions.ipynb"
WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()


def execute(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(ROOT / "scripts" / "notebook.py"), str(path)], capture_output=True, text=True, encoding="utf-8")


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def shown(cell: dict[str, Any]) -> str:
    return "".join("".join(o["text"]) for o in cell["outputs"])


@pytest.fixture(scope="module")
def cells() -> list[dict[str, Any]]:
    return list(json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"])


def sections(cells: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the cells below each heading; those of the opening stand below the title."""
    found: dict[str, list[dict[str, Any]]] = {}
    for cell in cells:
        heading = re.match(r"#+ (.*)", source(cell)) if cell["cell_type"] == "markdown" else None
        if heading:
            found[heading[1]] = []
        found[list(found)[-1]].append(cell)
    return found


def test_it_comes_out_as_it_is_kept(tmp_path: Path) -> None:
    """Whoever saves it in Jupyter leaves counts, times and versions behind, and perhaps an answer of another day."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    for n, cell in enumerate(c for c in notebook["cells"] if c["cell_type"] == "code"):
        cell |= {"execution_count": n, "metadata": {"execution": {"iopub.execute_input": "2026-01-01T00:00:00Z"}}, "outputs": [{"output_type": "stream", "name": "stdout", "text": "7"}]}
    notebook["metadata"]["language_info"]["version"] = "3.0"
    copy = tmp_path / "saved.ipynb"
    copy.write_text(json.dumps(notebook), encoding="utf-8")
    done = execute(copy)
    assert done.returncode == 0, done.stderr
    new, kept = (path.read_text(encoding="utf-8").splitlines() for path in (copy, NOTEBOOK))
    assert new == kept, "Mend: python scripts/notebook.py, and read each section that git diff shows"


def test_ten_questions_each_with_its_answer_its_source_and_its_limits(cells: list[dict[str, Any]]) -> None:
    _, *questions = sections(cells).items()
    assert [int(title.partition(".")[0]) for title, _ in questions] == list(range(1, 11))
    for title, section in questions:
        prose = "\n".join(source(c) for c in section if c["cell_type"] == "markdown")
        for part in ("**Where that is written.**", "**What it says.**", "**What it does not say:**"):
            assert part in prose, f"{title}: {part}"
        kinds = [c["cell_type"] for c in section]
        assert kinds[1] == "code" and kinds[-1] == "markdown", title
        assert all(shown(c) for c in section if c["cell_type"] == "code"), title


def test_every_number_of_the_text_is_shown_by_the_cells_of_its_section(cells: list[dict[str, Any]]) -> None:
    _, *questions = sections(cells).items()
    for title, section in questions:
        prose = "\n".join(source(c) for c in section if c["cell_type"] == "markdown").removeprefix("## ").partition(" ")[2]
        prose = re.sub(r"`[^`]*`|\]\([^)]*\)", "", prose)  # code and addresses are no statements
        said = {float(n) for n in re.findall(r"\d+(?:\.\d+)?", prose)} | {float(WORDS.index(w)) for w in re.findall(r"\w+", prose.lower()) if w in WORDS[2:]}
        cells_show = "\n".join(source(c) + "\n" + shown(c) for c in section if c["cell_type"] == "code")
        lacking = said - {float(n) for n in re.findall(r"\d+(?:\.\d+)?", cells_show)}
        assert not lacking, f"{title}: the cells do not show {lacking}"


def test_what_the_text_names_is_there(cells: list[dict[str, Any]]) -> None:
    prose = "\n".join(source(c) for c in cells if c["cell_type"] == "markdown")
    for target in re.findall(r"\]\(([^)#]+)", prose):
        assert NOTEBOOK.parent.joinpath(target).exists(), target
    import sco_data as sco

    for name in re.findall(r"\bsco\.(\w+)", prose):
        assert hasattr(sco, name), name


def test_nothing_of_this_machine_or_version_is_kept(cells: list[dict[str, Any]]) -> None:
    import pandas as pd

    import sco_data as sco

    text = "\n".join(shown(c) for c in cells if c["cell_type"] == "code")
    for thing in (str(ROOT), str(Path.home()), sys.prefix, f"Version {sco.__version__}", f"pandas {pd.__version__}", "<NA>", "NaN"):
        assert thing not in text, thing


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("import sco_data as sco\nsco.load('status')", "cell it: NotFound: no table or view 'status'."),
        ("import warnings\nwarnings.warn('beware')", "cell it: gives stderr"),
        ("1 + 1", "cell it: gives execute_result"),
        (None, "not a notebook"),
    ],
)  # fmt: skip
def test_a_cell_that_does_not_print_its_answer_is_named_and_nothing_is_written(tmp_path: Path, code: str | None, refusal: str) -> None:
    cell = {"cell_type": "code", "id": "it", "metadata": {}, "execution_count": None, "outputs": [], "source": code}
    path = tmp_path / "mine.ipynb"
    before = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}) if code else "{"
    path.write_text(before, encoding="utf-8")
    done = execute(path)
    assert done.returncode == 1
    assert f"{path}: {refusal}" in done.stderr and "Mend: " in done.stderr and "Traceback" not in done.stderr
    assert path.read_text(encoding="utf-8") == before and [p.name for p in tmp_path.iterdir()] == ["mine.ipynb"]
