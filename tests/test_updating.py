"""docs/updating.md is followed to the letter in a copy of the project: its files are written, its commands run."""

from __future__ import annotations

import csv
import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from sco_data.catalog import Catalog

PAGE = ROOT / "docs" / "updating.md"
#: A fence, with the paragraph before it: that says where the block goes.
BLOCK = re.compile(r"(?:^|\n\n)([^\n`][^\n]*(?:\n[^\n]+)*)\n\n```(\w+)\n(.*?)^```$(?=(.*?)(?:^```|\Z))", re.MULTILINE | re.DOTALL)


def environment(copy: Path) -> dict[str, str]:
    """Return an environment in which `python` is the one of the tests, and the package that of the copy, as an editable install has it."""
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in (("NAME", "A"), ("EMAIL", "a@example.org"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, **who, "PATH": path, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}


def run(copy: Path, *command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    program = shutil.which(command[0], path=environment(copy)["PATH"])
    assert program, command[0]
    return subprocess.run([program, *command[1:]], cwd=copy, env=environment(copy), input=text, capture_output=True, text=True, encoding="utf-8")


def agrees(shown: list[str], printed: str) -> bool:
    """Return True if the lines come in that order; a line `...` stands for any number of them, `...` in a line for any words."""
    lines = iter(printed.splitlines())
    return all(line == "..." or any(fnmatch.fnmatchcase(said.rstrip(), line.replace("[", "[[]").replace("...", "*")) for said in lines) for line in shown)


def write(copy: Path, before: str, body: str) -> None:
    """Write a file of the page where its paragraph says: as a file, at the end of one, or below a title."""
    (name,) = re.findall(r"(?:Write|to the end of|below the title of) `([^`]+)`", before)
    file = copy / name
    if f"below the title of `{name}`" in before:
        title, _, rest = file.read_text(encoding="utf-8").partition("\n")
        body = f"{title}\n{body}{rest}"
    elif f"to the end of `{name}`" in before:
        body = file.read_text(encoding="utf-8") + body
    else:
        assert not file.exists(), name
    file.write_text(body, encoding="utf-8", newline="\n")


def rows(copy: Path, table: str) -> dict[str, dict[str, str]]:
    with Catalog(copy).path(table).open(encoding="utf-8", newline="") as handle:
        return {next(iter(row.values())): row for row in csv.DictReader(handle)}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what is tracked, committed and tagged as the release that the page starts from."""
    folder = tmp_path_factory.mktemp("updating") / "copy"
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for command in ("git init -q -b main", "git add -A", "git commit -q -m first", f"git tag v{Catalog(folder).version}"):
        done = run(folder, *shlex.split(command))
        assert done.returncode == 0, done.stderr
    return folder


def test_the_recipe_does_what_it_says(copy: Path) -> None:
    before = {table: rows(copy, table) for table in ("members", "summits")}
    page = PAGE.read_text(encoding="utf-8")
    found = [(m[1], m[2], m[3], m[4]) for m in BLOCK.finditer(page)]
    # No block escapes: neither the pattern nor a language that nobody runs.
    assert len(found) == len(re.findall(r"^```\w+$", page, re.MULTILINE)) and {language for _, language, _, _ in found} == {"toml", "csv", "python", "console", "markdown"}
    commands = []
    for paragraph, language, body, after in found:
        if language == "python":
            done = run(copy, "python", "-", text=body)
            assert done.returncode == 0, done.stderr
        elif language == "console":
            # The paragraph that follows says so, where a command is meant to fail.
            expected = 1 if "exit code 1" in after.strip().partition("\n\n")[0] else 0
            for session in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, *shown = session.splitlines()
                commands.append(command)
                done = run(copy, *shlex.split(command))
                assert done.returncode == expected, (command, done.stdout, done.stderr)
                assert agrees(shown, done.stdout + done.stderr), (shown, done.stdout, done.stderr)
        else:
            write(copy, paragraph, body)
    assert commands.count("python scripts/build") == 2 and "python scripts/check_changes.py" in commands
    after_it = {table: rows(copy, table) for table in before}
    assert set(after_it["members"]) - set(before["members"]) == {"ISL"}
    assert (after_it["members"]["ISL"]["latest_status"], after_it["members"]["ISL"]["latest_status_since"]) == ("partner", "2031-07-04")
    assert set(after_it["summits"]) - set(before["summits"]) == {"chs-2031"}
    assert after_it["summits"]["chs-2031"]["ordinal"] == "31" and after_it["summits"]["chs-2031"]["contested"] == "true"
    # What was there before is as it was.
    assert all(after_it[table][row] == cells for table, of in before.items() for row, cells in of.items())


def test_the_reader_of_the_page_can_tell_lines_apart() -> None:
    assert agrees(["a", "...", "c ... e"], "a\nb\nc d e\n")
    assert not agrees(["a", "c"], "c\na\n")
    assert not agrees(["1 problem"], "2 problems\n")


def test_what_the_page_names_is_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in re.findall(r"\]\(([^)#]+)\)", text):
        assert (PAGE.parent / name).exists(), name
    for name in ("tests/test_updating.py", "tests/test_data.py", "docs/questions.md", ".ci/run", "seeds/lists/actors.csv"):
        assert name in text and (ROOT / name).exists()
    spells = (ROOT / "seeds/lists/statuses.csv").read_text(encoding="utf-8")
    assert re.search(r"^AFG-observer-2012,.*,AFG-partner-relabelled,relabelled,", spells, re.MULTILINE)
