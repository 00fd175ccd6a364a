"""Documentation that drifts fails: every command, statement and example in it is run."""

from __future__ import annotations

import doctest
import importlib
import json
import pkgutil
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT
from formats_page import PAGE, made_by_the_page, prepare, shell
from formats_page import blocks as blocks_of_formats

import sco_data as sco

Cli = Callable[..., "subprocess.CompletedProcess[str]"]
PAGES = ["README.md", "docs/questions.md", "docs/annotate.md", "docs/plots.md", "docs/integrity.md", PAGE]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def formats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the page on formats speaks of."""
    folder = tmp_path_factory.mktemp("formats")
    prepare(folder)
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_python_of_a_page_says_what_it_says(page: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if page == PAGE:
        monkeypatch.chdir(request.getfixturevalue("formats"))
    parser, runner, names = doctest.DocTestParser(), doctest.DocTestRunner(verbose=False), {"sco": sco}
    found = blocks(page, "python")
    assert found
    with pd.option_context("display.width", 200):
        for n, block in enumerate(found):
            test = parser.get_doctest(block, names, f"{page}[{n}]", page, 0)
            assert test.examples
            out: list[str] = []
            runner.run(test, out=out.append, clear_globs=False)
            assert not out, "".join(out)


@pytest.mark.parametrize("page", PAGES)
def test_shell_sessions_of_a_page_show_what_is_printed(page: str, cli: Cli) -> None:
    for block in blocks(page, "console"):
        command, _, shown = block.partition("\n")
        done = cli(*shlex.split(command.removeprefix("$ "))[1:])
        assert done.returncode == 0, done.stderr
        assert done.stdout == shown


@pytest.mark.parametrize("page", PAGES)
def test_sql_of_a_page_has_an_answer(page: str) -> None:
    for block in blocks(page, "sql"):
        assert len(sco.sql(block)) > 0


def test_readme_commands_are_one_line_each_with_their_own_environment() -> None:
    (setup,) = blocks("README.md", "sh")
    lines = setup.strip().splitlines()
    assert len(lines) == 2
    assert all(line.startswith("python3 -m venv .venv && .venv/bin/pip install") for line in lines)
    assert lines[1].endswith("&& .venv/bin/pytest -n auto")


def test_columns_that_the_r_and_stata_recipes_name_are_there() -> None:
    columns = set(sco.load("country_years"))
    for language in ("r", "stata"):
        (block,) = blocks("README.md", language)
        assert "data/derived/country_years.csv" in block and (ROOT / "data/derived/country_years.csv").is_file()
        assert {"ccode", "name", "year", "status_dec31"} <= columns & set(re.findall(r"\w+", block))


def test_the_page_on_formats_makes_what_it_speaks_of(formats: Path) -> None:
    here = {p.name for p in formats.iterdir()}
    assert {"panel.dta", "sco.xlsx", "sco.sqlite", "sco-parquet", "early.dta"} <= here & made_by_the_page()
    named = {name for language in ("r", "stata") for block in blocks_of_formats(language) for name in re.findall(r"[\w-]+\.(?:dta|xlsx|zip)", block)}
    assert named == {"panel.dta", "sco.xlsx", "sco-data-csv.zip"} and named <= here


def test_commands_in_the_text_of_the_page_on_formats_run(tmp_path: Path) -> None:
    commands = re.findall(r"`(sco-data export [^`]+)`", (ROOT / PAGE).read_text(encoding="utf-8"))
    assert commands
    for command in commands:
        shell(command, tmp_path)
        assert (tmp_path / shlex.split(command)[2]).exists()


def test_columns_and_labels_of_the_stata_recipe_are_there(formats: Path) -> None:
    import pyreadstat

    (block,) = blocks_of_formats("stata")
    meta = pyreadstat.read_dta(str(formats / "panel.dta"), metadataonly=True)[1]
    words = set(re.findall(r"\w+", block.partition("list ")[2])) - {"if", "2017", "Member"}
    assert words == {"ccode", "iso3", "days_member", "year", "status"} and words <= set(meta.column_names)
    (label, of) = re.findall(r'"(\w+)":(\w+)', block)[0]
    assert label in meta.variable_value_labels[of].values() and meta.variable_to_label["status"] == of


def test_the_sql_of_the_page_on_formats_for_sqlite_has_an_answer(formats: Path) -> None:
    import sqlite3

    for block in blocks_of_formats("sqlite"):
        assert len(sqlite3.connect(formats / "sco.sqlite").execute(block).fetchall()) == 10


@pytest.mark.parametrize("name", [m.name for m in pkgutil.walk_packages(sco.__path__, "sco_data.")])
def test_examples_in_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module)
    assert failed == 0


def test_every_public_function_has_an_example() -> None:
    functions = [getattr(sco, n) for n in sco.__all__ if callable(getattr(sco, n)) and not isinstance(getattr(sco, n), type)]
    assert len(functions) >= 11
    for function in functions:
        assert ">>> " in (function.__doc__ or ""), function.__name__


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "seeds/README.md", "data/README.md", "docs/questions.md", "docs/source-notes.md", "docs/annotate.md", "docs/plots.md", "docs/integrity.md", "docs/trust.md", "SECURITY.md", "RELEASING.md", "docs/updating.md", PAGE])
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (ROOT / page).parent.joinpath(target).exists(), target
    anchors = {re.sub(r"[^\w\- ]", "", h).strip().lower().replace(" ", "-") for h in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        assert anchor in anchors, anchor


def test_codebook_has_every_table_column_view_and_code() -> None:
    text = (sco.path() / "data" / "README.md").read_text(encoding="utf-8")
    descriptor = json.loads((sco.path() / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        section = text.partition(f"\n### {resource['name']}\n")[2].partition("\n### ")[0]
        assert f"{resource['rowCount']} rows" in section
        for field in resource["schema"]["fields"]:
            assert f"| `{field['name']}` |" in section
    for code in sco.load("codes").itertuples():
        assert f"| `{code.code}` | {code.label} |" in text
    from sco_data import database

    for view in database.views():
        assert f"- **{view}**: " in text


def test_the_version_has_one_home_and_the_changelog_knows_it() -> None:
    version: Any = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))["version"]
    assert sco.__version__ == version
    assert f"## {version}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert "version =" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.")[0]


def test_the_house_is_as_contributing_says() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in re.findall(r"^\| `([^`]+)`", text, re.MULTILINE):
        assert Path(ROOT / name).exists(), name


def test_source_notes_name_every_row_that_the_two_texts_are_set_aside_for() -> None:
    text = (ROOT / "docs/source-notes.md").read_text(encoding="utf-8").replace("\\|", "|")  # a bar in a cell of a table
    aside = sco.sql(
        "SELECT DISTINCT row_id FROM evidence WHERE source_id IN ('kang-2016', 'merics-soong-2025') AND relation <> 'supports' "
        "AND table_name NOT IN ('statuses', 'members')"
    )
    assert {r for r in aside.row_id if f"`{r}`" not in text} == set()


def test_ids_in_the_source_notes_are_there() -> None:
    text = (ROOT / "docs/source-notes.md").read_text(encoding="utf-8").replace("\\|", "|")
    known = set(sco.sql("SELECT row_id FROM evidence UNION SELECT row_id FROM names UNION SELECT source_id FROM sources").row_id) | set(sco.tables())
    known |= {c for t in sco.tables() for c in sco.describe(t).column}
    assert {i for i in re.findall(r"`([^`]+)`", text) if i not in known} == set()
