"""scripts/check_spans.py on a text of our own: lock, check, and each fault named."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Project

TEXT = "Delegates met on 9 June 2017. The pipeline is 1,814 km long. It cost US\\$10 billion.\n"

FIGURE = """
[[projects]]
id = "pipe"
name = "A pipeline"
kind = "pipeline"
sco_relation = "unrelated"
epistemic = "reported_fact"
project_status = "operating"
status_as_of = 2026-11-22
at = "para 1"
span = [30, 60]

[[economic_figures]]
id = "pipe-length"
subject_kind = "project"
subject_id = "pipe"
indicator = "length"
as_of = 2017-06-09
value = {value}
unit = "km"
value_kind = "planned"
qualifier = "exact"
epistemic = "reported_fact"
at = "para 1"
span = [{start}, {end}]
words = {{ value = "{words}" }}
"""


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "text.txt").write_bytes(TEXT.encode())
    return folder


def write(project: Project, start: int = 30, end: int = 59, value: int = 1814, words: str = "1,814 km", sha: str | None = None) -> None:
    sha = sha or hashlib.sha256(TEXT.encode()).hexdigest()
    project.source("text-2017", FIGURE.format(start=start, end=end, value=value, words=words), kind="article", record=f'sha256 = "{sha}"\n')


def check(project: Project, texts: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "check_spans.py"), "--texts", str(texts), "--root", str(project.folder), *args]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def test_locked_spans_check_and_build(project: Project, texts: Path) -> None:
    write(project)
    assert "seeds/spans.csv does not know the span" in project.build().stderr
    assert check(project, texts, "--lock").returncode == 0
    assert check(project, texts).returncode == 0
    assert project.build().returncode == 0
    line = project.rows("evidence")["text-2017:economic_figures:pipe-length:value@para 1[30]"]
    assert line["span_sha256"] == hashlib.sha256(TEXT[30:59].encode()).hexdigest()


def test_show_prints_rows_beside_passages(project: Project, texts: Path) -> None:
    write(project)
    shown = check(project, texts, "--lock", "--show", "text-2017").stdout
    assert "economic_figures/pipe-length [30, 59] (para 1): The pipeline is 1,814 km long" in shown


FAULTS = {
    "outside the text": ({"end": 500}, "outside the text, which has 85 characters"),
    "into another sentence": ({"end": 80}, "crosses into another sentence"),
    "without the number": ({"end": 46}, "the words of value are not in it"),
    "another number": ({"value": 1680, "words": "1,680 km"}, "the number 1680 is not in it"),
    "a blank at the end": ({"start": 29}, "begins or ends with a blank"),
    "another text": ({"sha": "0" * 64}, "no text in"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_wrong_span_is_named(project: Project, texts: Path, case: str) -> None:
    change, said = FAULTS[case]
    write(project, **change)  # type: ignore[arg-type]
    done = check(project, texts, "--lock")
    assert done.returncode == 1 and said in done.stderr and "seeds/sources/text-2017.toml: economic_figures/pipe-length" in done.stderr
    assert not (project.folder / "seeds" / "spans.csv").exists()


def test_a_moved_span_no_longer_holds_what_was_locked(project: Project, texts: Path) -> None:
    write(project)
    check(project, texts, "--lock")
    spans = project.folder / "seeds" / "spans.csv"
    spans.write_text(spans.read_text(encoding="utf-8").replace("text-2017,30,59,", "text-2017,30,59,f"), encoding="utf-8")
    done = check(project, texts)
    assert done.returncode == 1 and "not the one that was locked" in done.stderr


def test_a_backslash_of_the_markdown_copy_is_no_difference(project: Project, texts: Path) -> None:
    begin = TEXT.index("It cost")
    write(project, start=begin, end=len(TEXT) - 2, value=10, words="US$10 billion")
    assert check(project, texts, "--lock").returncode == 0
