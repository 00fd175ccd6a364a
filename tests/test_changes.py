"""The data, the version and the change log agree: `sco_data.diff` and scripts/check_changes.py, on small repositories with a history."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import GRANT, ROOT, Project

import sco_data as sco
from sco_data.catalog import Catalog
from sco_data.differences import SHOWN, Differences, compare

Cli = Callable[..., "subprocess.CompletedProcess[str]"]


class History:
    """A small project with a last release, version 0.3.0, named in its CHANGELOG, and a version begun after it."""

    def __init__(self, project: Project):
        self.project, self.folder, self.base = project, project.folder, ""

    def begin(self) -> None:
        # A revision is compared with its views beside it.
        shutil.copytree(ROOT / "sco_data" / "views", self.folder / "sco_data" / "views")
        self.describe(lambda d: d.update(version="0.3.0"))
        self.rebuild()
        self.git("init", "-q", "-b", "main")
        self.base = self.commit("0.3.0")
        self.log("0.3.0")

    def git(self, *arguments: str) -> str:
        who = {f"GIT_{role}_{part}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
        done = subprocess.run(["git", *arguments], cwd=self.folder, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **who})
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "--short=7", "HEAD")

    def describe(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the descriptor."""
        file = self.folder / "datapackage.json"
        descriptor = json.loads(file.read_text(encoding="utf-8"))
        change(descriptor)
        file.write_text(json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def version(self, version: str) -> None:
        self.describe(lambda d: d.update(version=version))

    def rebuild(self) -> None:
        done = self.project.build()
        assert done.returncode == 0, done.stderr

    def correct(self, old: str = 'city = "Astana"', new: str = 'city = "Almaty"') -> None:
        """Correct a value in the seeds, and build."""
        self.project.source("sco-2017", GRANT.replace(old, new))
        self.rebuild()

    def log(self, version: str, said: str | None = None) -> None:
        """Write the change log: the version begun with what it says under Data, and the last release with its commit."""
        begun = "" if said is None else f"## {version}\n\nA version.\n\n{said}### Client\n\nNothing has changed.\n\n"
        (self.folder / "CHANGELOG.md").write_text(f"# Changelog\n\n{begun}## 0.3.0 ({self.base})\n\n### Data\n\n- All.\n", encoding="utf-8")

    def check(self, version: str, said: str | None = None, *args: str, root: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Write version and change log (`said` stands under Data), and run the script."""
        self.version(version)
        self.log(version, said if said is None else f"### Data\n\n{said}\n\n")
        command = [sys.executable, str(ROOT / "scripts" / "check_changes.py"), "--root", str(root or self.folder), *args]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        assert "Traceback" not in done.stderr
        return done

    def refused(self, version: str, said: str | None = None) -> list[str]:
        """Check, expect a refusal, and return the problems."""
        done = self.check(version, said)
        assert done.returncode == 1 and done.stdout == ""
        *problems, last = done.stderr.splitlines()
        assert last.endswith(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}") and all("Mend: " in p for p in problems)
        return problems

    def passes(self, version: str, said: str | None = None) -> str:
        done = self.check(version, said)
        assert done.returncode == 0, done.stderr
        return done.stderr.strip()


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> History:
    history = History(Project(tmp_path_factory.mktemp("begun") / "project"))
    history.begin()
    return history


@pytest.fixture
def history(begun: History, project: Project) -> History:
    """Return a copy of the history: it is built once."""
    shutil.rmtree(project.folder)
    shutil.copytree(begun.folder, project.folder)
    copy = History(project)
    copy.base = begun.base
    return copy


SAID = "- `summits`: the city of `chs-2017` is Almaty (sco-2017)."


# -- scripts/check_changes.py --------------------------------------------------------------------


def test_data_that_are_the_same_pass_with_any_version(history: History) -> None:
    assert history.passes("0.3.0").endswith("0.3.0 -> 0.3.0: no difference; 0 problems")
    assert history.passes("0.3.1").endswith("no difference; 0 problems")
    assert history.passes("0.4.0", "Nothing has changed.").endswith("no difference; 0 problems")


def test_a_corrected_value_calls_for_a_patch_and_a_patch_is_enough(history: History) -> None:
    history.correct()
    # The whole of the data changed since, and the version is that of the release.
    assert history.refused("0.3.0") == [
        "datapackage.json: version 0.3.0: what changed since 0.3.0 calls for 0.3.1 or higher. Mend: raise version, and build.",
        "CHANGELOG.md: summits: rows differ, and no line names the table. Mend: name it in backticks under Data of 0.3.0.",
    ]
    assert history.passes("0.3.1", SAID) == f"{history.base} 0.3.0 -> 0.3.1: correction; 0 problems"
    history.passes("0.4.0", SAID)


def test_a_version_lower_than_the_last_is_refused(history: History) -> None:
    assert "datapackage.json: version 0.2.9: what changed since 0.3.0 calls for 0.3.0 or higher." in history.refused("0.2.9")[0]


def test_a_value_that_no_build_has_seen_is_a_change(history: History) -> None:
    data = history.folder / "data" / "summits.csv"
    data.write_text(data.read_text(encoding="utf-8").replace("Astana", "Almaty"), encoding="utf-8", newline="")
    assert "summits: rows differ, and no line names the table" in history.refused("0.3.1", "- Nothing has changed.")[0]


@pytest.mark.parametrize(("table", "old", "new"), [("sources", "A publisher", "Another"), ("country_years", ",member,", ",observer,"), ("evidence", "para 2", "para 9")])
def test_what_follows_from_others_is_named_where_it_alone_has_changed(history: History, table: str, old: str, new: str) -> None:
    edit(history, table, lambda lines: [lines[0], *(line.replace(old, new, 1) for line in lines[1:])])
    (changed,) = compared(history).tables
    assert changed.table == table
    assert f"CHANGELOG.md: {table}: rows differ, and no line names the table." in history.refused("0.4.0", "- Nothing has changed.")[0]


def test_a_version_that_says_nothing_under_data_is_refused(history: History) -> None:
    history.correct()
    nothing = ["CHANGELOG.md: nothing under Data of 0.3.1. Mend: `sco-data diff OLD --format markdown` gives the lines to begin with."]
    assert history.refused("0.3.1") == nothing
    assert history.refused("0.3.1", "") == nothing
    history.version("0.3.1")
    history.log("0.3.1", "")
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "check_changes.py"), "--root", str(history.folder)], capture_output=True, text=True)
    assert done.returncode == 1 and nothing[0] in done.stderr


def test_a_section_of_another_version_does_not_count(history: History) -> None:
    history.correct()
    history.version("0.3.1")
    history.log("0.3.10", f"### Data\n\n{SAID}\n\n")
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "check_changes.py"), "--root", str(history.folder)], capture_output=True, text=True)
    assert done.returncode == 1 and "nothing under Data of 0.3.1." in done.stderr


def test_a_changed_row_is_named_with_its_source(history: History) -> None:
    history.correct()
    mend = "Mend: name it in backticks under Data of 0.3.1."
    assert history.refused("0.3.1", "- `statuses`: a city (sco-2017).") == [f"CHANGELOG.md: summits: rows differ, and no line names the table. {mend}"]
    assert history.refused("0.3.1", "- `summits`: a city (sco-2017).") == [f"CHANGELOG.md: summits/chs-2017: a value has changed, and no line names the row. {mend}"]
    # Not in backticks is not named; nor is a longer id.
    assert "no line names the row" in history.refused("0.3.1", "- `summits`: chs-2017, `chs-2017-b` (sco-2017).")[0]
    without = "its line names no source. Mend: name the id of the source that caused it, or say that no source did."
    assert history.refused("0.3.1", "- `summits`: `chs-2017`.") == [f"CHANGELOG.md: summits/chs-2017: {without}"]
    # A source that is not in the data is none, and the row's own line has to name it.
    assert without in history.refused("0.3.1", "- `summits`: `chs-2017` (sco-2017-b).")[0]
    assert without in history.refused("0.3.1", "- `summits`: `chs-2017`.\n- From sco-2017.")[0]
    history.passes("0.3.1", "- `summits`: `chs-2017`; no source, a slip of ours.")
    # In a list below the line of the table, and in any of two lines that name it.
    history.passes("0.3.1", "- `summits`: one city.\n  - `chs-2017`: Almaty (sco-2017).")
    history.passes("0.3.1", "- `summits`: `chs-2017` is another.\n- `chs-2017`: from sco-2017.")


WISH = '[[status_steps]]\nid = "NPL-observer-wish_stated"\niso3 = "NPL"\nstatus_sought = "observer"\nstep = "wish_stated"\nepistemic = "official_statement"\nstep_on = "2018"\nat = "p"\n'


def test_a_row_added_calls_for_a_minor_version(history: History) -> None:
    history.project.source("agency-2018", WISH, kind="news_agency")
    history.rebuild()
    said = "- `status_steps`: a wish."
    assert history.refused("0.3.1", said) == ["datapackage.json: version 0.3.1: what changed since 0.3.0 calls for 0.4.0 or higher. Mend: raise version, and build."]
    assert "status_steps: rows differ" in history.refused("0.4.0", "- A wish.")[0]
    assert history.passes("0.4.0", said).endswith("addition; 0 problems")
    # What follows from it (its evidence, its source) needs no line: the one line was enough.
    assert {t.table for t in compared(history).tables} == {"status_steps", "evidence", "sources"}


def test_a_row_that_is_gone_is_named_and_calls_for_a_minor_version(history: History) -> None:
    history.project.source("agency-2018", WISH, kind="news_agency")
    history.rebuild()
    history.base = history.commit("0.3.0 again")
    (history.folder / "seeds/sources/agency-2018.toml").unlink()
    history.rebuild()
    said = "- `status_steps`: `NPL-observer-wish_stated` is gone, and `agency-2018` with it."
    assert "calls for 0.4.0 or higher" in history.refused("0.3.1", said)[0]
    gone = "CHANGELOG.md: {}: the row is gone, and no line names it. Mend: name it in backticks under Data of 0.4.0."
    # A source may be cited too.
    assert history.refused("0.4.0", "- `status_steps`: a wish is gone.") == [gone.format("status_steps/NPL-observer-wish_stated"), gone.format("sources/agency-2018")]
    assert history.passes("0.4.0", said).endswith("break; 0 problems")


def test_a_correction_by_a_new_source_is_a_patch(history: History) -> None:
    history.correct()
    history.project.source("agency-2017", '[[summits]]\nid = "chs-2017"\ncity = "Almaty"\nat = "para 1"\n', kind="news_agency")
    history.rebuild()
    assert [(t.table, len(t.added), len(t.removed), len(t.cells)) for t in compared(history).tables] == [("summits", 0, 0, 1), ("sources", 1, 0, 0), ("evidence", 1, 0, 2)]
    assert history.passes("0.3.1", "- `summits`: the city of `chs-2017` is Almaty (agency-2017).").endswith("correction; 0 problems")


def test_another_place_in_a_source_is_a_patch(history: History) -> None:
    history.correct('at = "para 2"', 'at = "para 3"')
    found = compared(history)
    evidence = next(t for t in found.tables if t.table == "evidence")
    assert evidence.added and evidence.removed and found.bump == "patch"


def rename(descriptor: dict[str, Any]) -> None:
    field = next(f for f in resource(descriptor, "summits")["schema"]["fields"] if f["name"] == "city")
    field["name"] = "town"


def resource(descriptor: dict[str, Any], name: str) -> dict[str, Any]:
    return next(r for r in descriptor["resources"] if r["name"] == name)


def test_a_column_renamed_is_seen_as_renamed_and_breaks(history: History) -> None:
    history.describe(rename)
    # As a build would write it; the views of this client know the old name alone.
    data = history.folder / "data" / "summits.csv"
    data.write_text(data.read_text(encoding="utf-8").replace("city", "town", 1), encoding="utf-8")
    history.describe(lambda d: fill(d, history.folder))
    found = compared(history)
    assert [(s.table, s.column, s.change, s.weight) for s in found.shapes] == [("summits", "city", "column renamed to town", "break")] and found.tables == []
    said = "- `summits`: `city` is now `town`."
    assert history.refused("0.3.1", said) == ["datapackage.json: version 0.3.1: what changed since 0.3.0 calls for 0.4.0 or higher. Mend: raise version, and build."]
    mend = "Mend: name it in backticks under Data of 0.4.0."
    assert history.refused("0.4.0", "- `summits`: a column.") == [f"CHANGELOG.md: summits.city: column renamed to town, and no line names the column. {mend}"]
    assert history.refused("0.4.0", "- A column.") == [f"CHANGELOG.md: summits: column renamed to town, and no line names the table. {mend}"]
    assert history.passes("0.4.0", said).endswith("break; 0 problems")
    # As `sco-data diff --format markdown` writes it.
    history.passes("0.4.0", "- `summits.city`: column renamed to town.")


@pytest.mark.parametrize(("old", "new", "enough"), [("0.3.0", "0.3.9", "0.4.0"), ("0.3.0", "0.4.0", ""), ("1.3.0", "1.4.0", "2.0.0"), ("1.3.0", "2.0.0", "")])
def test_from_1_0_what_breaks_calls_for_a_major_version(plain: Path, old: str, new: str, enough: str) -> None:
    one, other = altered(plain, lambda d: d.update(version=old)), altered(plain, lambda d: (d.update(version=new), resource(d, "summits")["schema"]["fields"].remove(of("summits", "outcome")(d))))
    found = check_changes().problems(compare(one, other), other, "- `summits`: `outcome` is gone.", set())
    assert [p.partition(". Mend: ")[0] for p in found] == ([f"datapackage.json: version {new}: what changed since {old} calls for {enough} or higher"] if enough else [])


def check_changes() -> Any:
    sys.path.insert(0, str(ROOT))
    try:
        from scripts import check_changes
    finally:
        sys.path.pop(0)
    return check_changes


def fill(descriptor: dict[str, Any], folder: Path) -> None:
    """Fill in hashes, sizes and counts, as the build does."""
    sys.path.insert(0, str(ROOT))
    try:
        from scripts.build import write
    finally:
        sys.path.pop(0)
    write.fill_counts(descriptor, folder)


def edit(history: History, table: str, change: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of a table as a build would, and fill the descriptor in."""
    file = Catalog(history.folder).path(table)
    file.write_text("\n".join(change(file.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")
    history.describe(lambda d: fill(d, history.folder))


def test_of_many_changed_rows_the_number_is_said(history: History) -> None:
    states = SHOWN + 1
    edit(history, "actors", lambda lines: [lines[0], *(re.sub(r"^([^,]*,[^,]*,[^,]*)", r"\1 X", line, count=1) for line in lines[1 : states + 1]), *lines[states + 1 :]])
    (table,) = compared(history).tables
    assert table.table == "actors" and len(table.cells) == states
    number = f"CHANGELOG.md: actors: {states} rows have other values, and no line says so. Mend: write that number and why, under Data of 0.3.1."
    assert history.refused("0.3.1", "- `actors`: names.") == [number]
    assert history.refused("0.3.1", f"- `actors`: names of 1{states} rows.") == [number]
    assert history.refused("0.3.1", f"- `actors`: names of 1,0{states} rows.") == [number]
    history.passes("0.3.1", f"- `actors`: names of {states} rows.")


def test_a_table_added_or_gone_is_named(history: History) -> None:
    history.describe(lambda d: d["resources"].remove(resource(d, "peer_codings")))
    mend = "Mend: name it in backticks under Data of 0.4.0."
    assert history.refused("0.4.0", "- Less.") == [f"CHANGELOG.md: peer_codings: table removed, and no line names the table. {mend}"]
    assert history.passes("0.4.0", "- `peer_codings` is gone.").endswith("break; 0 problems")
    history.base = history.commit("without")
    history.describe(lambda d: d["resources"].append(resource(json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8")), "peer_codings")))
    history.describe(lambda d: fill(d, history.folder))
    assert "peer_codings: table added, 0 rows" in history.refused("0.5.0", "- More.")[0]
    assert history.passes("0.5.0", "- `peer_codings`: new.").endswith("addition; 0 problems")


def test_a_column_added_is_named_and_before_the_build_it_is_not_there_yet(history: History) -> None:
    field = {"name": "menu", "title": "Menu", "type": "string", "origin": "decided", "description": "What was eaten."}
    history.describe(lambda d: resource(d, "summits")["schema"]["fields"].append(field))
    done = history.check("0.4.0", "- `summits`: `menu`.")
    assert done.returncode == 1 and "summits.csv: has no column menu, which datapackage.json names. Mend: build" in done.stderr and len(done.stderr.splitlines()) == 1
    history.rebuild()
    assert history.refused("0.4.0", "- `summits`.")[0].startswith("CHANGELOG.md: summits.menu: column added, and no line names the column.")
    history.passes("0.4.0", "- `summits`: `menu` (new).")


# -- the last release ----------------------------------------------------------------------------


def test_the_newest_tag_comes_before_the_commit_in_the_change_log(history: History) -> None:
    assert history.passes("0.3.0").startswith(f"{history.base} ")
    history.git("tag", "v0.3.0")
    history.correct()
    history.version("0.3.9")
    history.commit("0.3.9")
    history.git("tag", "v0.3.9")
    history.correct(new='city = "Shymkent"')
    history.version("0.3.10")
    history.commit("0.3.10")
    history.git("tag", "v0.3.10")
    # As text 0.3.9 is greater than 0.3.10; a candidate and a vintage are no versions.
    history.git("tag", "v0.3.10-rc1")
    history.git("tag", "vintage-2026")
    assert history.passes("0.3.10") == "v0.3.10 0.3.10 -> 0.3.10: no difference; 0 problems"
    # A release of another line of development is not the one that came before.
    history.git("checkout", "-q", "-b", "other", "v0.3.9")
    assert history.passes("0.3.9").startswith("v0.3.9 ")


def test_a_base_may_be_given(history: History) -> None:
    history.correct()
    assert history.check("0.3.0", None, "--base", str(history.folder)).returncode == 0
    done = history.check("0.3.1", SAID, "--base", "v9.9.9")
    assert done.returncode == 1 and done.stderr.startswith("Error: v9.9.9 is no folder, zip, git revision here")


def test_without_a_base_there_is_one_clear_error(history: History, tmp_path: Path) -> None:
    def error(root: Path) -> str:
        done = subprocess.run([sys.executable, str(ROOT / "scripts" / "check_changes.py"), "--root", str(root)], capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 1 and done.stdout == "" and len(done.stderr.splitlines()) == 1, done.stderr
        return done.stderr

    log = history.folder / "CHANGELOG.md"
    log.write_text("# Changelog\n\n## 0.3.0\n", encoding="utf-8")
    assert "CHANGELOG.md: no heading names the commit of a release. Mend: write it behind the last version" in error(history.folder)
    log.write_text("# Changelog\n\n## 0.3.0 (0123abc)\n", encoding="utf-8")
    assert "0123abc is the last release, and its commit is not here. Mend: git fetch --unshallow --tags" in error(history.folder)
    log.unlink()
    assert "CHANGELOG.md" in error(history.folder)
    assert "datapackage.json is missing" in error_of_empty(error, tmp_path / "empty")


def error_of_empty(error: Callable[[Path], str], folder: Path) -> str:
    folder.mkdir()
    (folder / "CHANGELOG.md").write_text("# Changelog\n", encoding="utf-8")
    said = error(folder)
    assert "no heading names" in said
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "a"], cwd=folder, check=True)
    subprocess.run(["git", "tag", "v0.1.0"], cwd=folder, check=True)
    return error(folder)


def test_a_shallow_clone_says_how_to_get_the_history(history: History, tmp_path: Path) -> None:
    history.log("0.3.0")
    history.commit("the heading")
    subprocess.run(["git", "clone", "-q", "--depth", "1", history.folder.as_uri(), str(tmp_path / "shallow")], check=True, capture_output=True)
    done = history.check("0.3.0", root=tmp_path / "shallow")
    assert done.returncode == 1 and "git fetch --unshallow" in done.stderr


# -- diff ----------------------------------------------------------------------------------------


def compared(history: History) -> Differences:
    """Return what differs between the last release and what lies in the folder."""
    return sco.diff(zipped(history), history.folder)


def zipped(history: History) -> Path:
    """Return the last release as a zip beside the project."""
    file = history.folder.parent / f"{history.base}.zip"
    if not file.exists():
        history.git("archive", f"--output={file}", history.base)
    return file


def test_folder_zip_and_revision_are_the_same_version(history: History, tmp_path: Path, cli: Cli) -> None:
    history.git("worktree", "add", "-q", str(tmp_path / "old"), history.base)
    history.correct()
    said = []
    for old in (str(tmp_path / "old"), str(zipped(history)), history.base, "main", f"{history.base}^{{commit}}"):
        done = cli("diff", old, ".", "--format", "json", cwd=history.folder)
        assert done.returncode == 0, done.stderr
        said.append(json.loads(done.stdout))
    assert all(one == said[0] for one in said)
    (summits,) = (t for t in said[0]["tables"] if t["table"] == "summits")
    assert summits["cells"] == [{"row": "chs-2017", "column": "city", "old": "Astana", "new": "Almaty"}]
    # A tag may be given by its version alone.
    history.git("tag", "v0.2.7", history.base)
    assert json.loads(cli("diff", "0.2.7", ".", "--format", "json", cwd=history.folder).stdout) == said[0]
    # From a folder below the top too.
    assert json.loads(cli("diff", history.base, "..", "--format", "json", cwd=history.folder / "data").stdout) == said[0]


def test_installed_is_the_installed_version(history: History) -> None:
    with zipfile.ZipFile(zipped(history)) as archive:
        assert "datapackage.json" in archive.namelist()
    assert sco.diff("installed").bump == "" and sco.diff("installed", sco.__version__).shapes == []
    found = sco.diff(zipped(history))
    assert (found.old, found.new) == ("0.3.0", sco.__version__)
    assert "CHN-member-2001" in next(t for t in found.tables if t.table == "statuses").added


@pytest.mark.parametrize("unknown", ["v9.9.9", "no-such-folder", "--all", "HEAD~999"])
def test_what_is_no_version_is_not_found(unknown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(sco.NotFound, match=r"is no folder, zip, git revision here or installed version \(.*\)\. Mend: "):
        sco.diff(unknown)


def test_a_revision_of_something_else_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "a"], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(sco.NotFound, match=r"revision HEAD has no datapackage.json and data/"):
        sco.diff("HEAD")


def test_text_markdown_and_json_agree_and_long_lists_are_whole_in_json_alone(history: History) -> None:
    source = WISH.replace('"NPL-observer-wish_stated"', '"{iso3}-observer-wish_stated"')
    states = sorted(["ARE", "ARM", "AUS", "AUT", "AZE", "BGD", "BHR", "BRA", "BTN", "CAN", "DEU", "DNK", "EGY", "ESP", "FIN", "FRA", "GEO", "GRC", "HUN", "IRQ", "ISL", "ITA", "JPN"])
    history.project.source("agency-2018", source.replace('"NPL"', json.dumps(states)), kind="news_agency")
    history.correct()
    found = compared(history)
    body = json.loads(found.json())
    assert (body["old"], body["new"], body["bump"], body["called_for"]) == ("0.3.0", "0.3.0", "minor", "0.4.0")
    tables = {t["table"]: t for t in body["tables"]}
    assert tables["status_steps"]["added"] == [f"{s}-observer-wish_stated" for s in states]
    text, markdown = found.text(), found.markdown()
    assert text.splitlines()[0] == "0.3.0 -> 0.3.0: calls for a minor version, 0.4.0 or higher"
    assert markdown.splitlines()[0] == "**0.3.0 -> 0.3.0**: calls for a minor version, 0.4.0 or higher"
    for name, table in tables.items():
        parts = [f"{len(table[part]):,} row{'' if len(table[part]) == 1 else 's'} {part}" for part in ("added", "removed") if table[part]]
        rows = {c["row"] for c in table["cells"]}
        parts += [f"{len(table['cells'])} cell{'' if len(table['cells']) == 1 else 's'} changed in {len(rows)} row{'' if len(rows) == 1 else 's'}"] if rows else []
        assert f"\n{name}: {', '.join(parts)}\n" in f"{text}\n" and f"\n- `{name}`: {', '.join(parts)}.\n" in f"{markdown}\n"
    assert "  ~ chs-2017.city: Astana -> Almaty\n" in text and "  - `chs-2017`: `city` Astana -> Almaty." in markdown
    assert f"  + {states[SHOWN - 1]}-observer-wish_stated\n  ... and {len(states) - SHOWN} more; --format json has all" in text
    assert f"{states[SHOWN]}-observer-wish_stated" not in text
    # The lines that Markdown gives for a correction are those that the check asks for, but for the source.
    assert {c["row"] for c in tables["summits"]["cells"]} <= set(re.findall(r"`([^`]+)`", markdown))


def test_what_is_the_same_says_so(history: History) -> None:
    found = compared(history)
    assert (found.bump, found.weight, found.called_for, found.text()) == ("", "", "0.3.0", "0.3.0 -> 0.3.0: the data are the same")
    assert json.loads(found.json()) == {"old": "0.3.0", "new": "0.3.0", "bump": "", "called_for": "0.3.0", "shapes": [], "tables": []}


def of(table: str, column: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda d: next(f for f in resource(d, table)["schema"]["fields"] if f["name"] == column)


def constrain(table: str, column: str, **constraints: Any) -> Callable[[dict[str, Any]], None]:
    """Return a change of a column's constraints; None takes one away."""

    def change(descriptor: dict[str, Any]) -> None:
        field = of(table, column)(descriptor)
        field["constraints"] = {k: v for k, v in {**field.get("constraints", {}), **constraints}.items() if v is not None}

    return change


def cover(first: str | None, last: str = "") -> Callable[[dict[str, Any]], None]:
    def change(descriptor: dict[str, Any]) -> None:
        if first is None:
            resource(descriptor, "summits").pop("coverage")
        else:
            resource(descriptor, "summits")["coverage"] = {"first_day": first, "last_day": last}

    return change


FORMATS = ["in_person", "video", "hybrid"]
SHAPES: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "a code added": (constrain("summits", "format", enum=[*FORMATS, "letter"]), "codes added: letter", "addition"),
    "a code gone": (constrain("summits", "format", enum=FORMATS[:2]), "codes removed: hybrid", "break"),
    "codes at all": (constrain("summits", "city", enum=["Astana"]), "now of listed codes", "break"),
    "no codes": (constrain("summits", "format", enum=None), "no longer of listed codes", "addition"),
    "now required": (constrain("summits", "outcome", required=True), "now required", "break"),
    "no longer required": (constrain("summits", "city", required=None), "no longer required", "addition"),
    "required false is not required": (constrain("summits", "outcome", required=False), "", ""),
    "now unique": (constrain("summits", "outcome", unique=True), "now unique", "break"),
    "a higher minimum": (constrain("summits", "ordinal", minimum=2), "minimum 1 -> 2", "break"),
    "a lower minimum": (constrain("summits", "ordinal", minimum=0), "minimum 1 -> 0", "addition"),
    "no minimum": (constrain("summits", "ordinal", minimum=None), "minimum 1 -> None", "addition"),
    "a maximum": (constrain("summits", "ordinal", maximum=100), "maximum None -> 100", "break"),
    "a pattern": (constrain("summits", "summit_id", pattern="x"), "pattern", "break"),
    "another type": (lambda d: of("summits", "ordinal")(d).update(type="number"), "type integer -> number", "break"),
    "another unit": (lambda d: of("summits", "ordinal")(d).update(unit="km"), "unit None -> km", "break"),
    "other words": (lambda d: of("summits", "city")(d).update(description="The city."), "described otherwise", "correction"),
    "other words on the table": (lambda d: resource(d, "summits").update(title="Meetings"), "described otherwise", "correction"),
    "another key": (lambda d: resource(d, "summits")["schema"].update(primaryKey=["summit_id", "body"]), "primaryKey changed", "break"),
    "a unique key": (lambda d: resource(d, "summits")["schema"].update(uniqueKeys=[["body", "ordinal"]]), "uniqueKeys changed", "break"),
    "no foreign keys": (lambda d: resource(d, "summits")["schema"].update(foreignKeys=[]), "foreignKeys changed", "addition"),
    "more days": (cover("1996-04-26", "2031-07-04"), "covers 1996-04-26 to 2031-07-04, before 1996-04-26 to 2026-09-01", "addition"),
    "fewer days": (cover("1996-04-26", "2020-01-01"), "covers 1996-04-26 to 2020-01-01, before", "break"),
    "other days": (cover("2001-06-15", "2031-07-04"), "covers 2001-06-15 to 2031-07-04, before", "break"),
    "no days": (cover(None), "covers no stated days, before", "break"),
    "another order": (lambda d: resource(d, "summits")["schema"]["fields"].reverse(), "columns in another order", "break"),
    "a column gone": (lambda d: resource(d, "summits")["schema"]["fields"].remove(of("summits", "outcome")(d)), "column removed", "break"),
}  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the installed data as a folder, with coverage of summits that the cases rely on."""
    folder = tmp_path_factory.mktemp("plain")
    descriptor = json.loads((sco.path() / "datapackage.json").read_text(encoding="utf-8"))
    cover("1996-04-26", "2026-09-01")(descriptor)
    shutil.copytree(sco.path() / "data", folder / "data")
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return folder


def test_rows_of_a_key_of_two_columns_are_told_apart(plain: Path, tmp_path: Path) -> None:
    shutil.copytree(plain, tmp_path / "other")
    file = Catalog(tmp_path / "other").path("country_years")
    header, first, second, *rest = file.read_text(encoding="utf-8").splitlines(keepends=True)
    assert first.split(",")[0] == second.split(",")[0]
    file.write_text("".join([header, second, *rest]), encoding="utf-8", newline="")
    (table,) = compare(Catalog(plain), Catalog(tmp_path / "other")).tables
    assert (table.table, table.removed, table.cells) == ("country_years", ["|".join(first.split(",")[:2])], [])


def altered(folder: Path, change: Callable[[dict[str, Any]], object]) -> Catalog:
    """Return the catalog of a folder, its descriptor changed."""
    catalog = Catalog(folder)
    change(catalog.descriptor)
    catalog.resources = {r["name"]: r for r in catalog.descriptor["resources"]}
    return catalog


@pytest.mark.parametrize("case", SHAPES)
def test_a_change_of_the_descriptor_has_its_weight(case: str, plain: Path) -> None:
    change, said, weight = SHAPES[case]
    found = compare(Catalog(plain), altered(plain, change))
    assert [(s.table, s.weight) for s in found.shapes] == ([("summits", weight)] if said else [])
    assert not said or found.shapes[0].change.startswith(said)
    assert found.tables == [] and found.weight == weight
    assert found.bump == {"break": "minor", "addition": "minor", "correction": "patch", "": ""}[weight]


def test_a_licence_and_a_label_that_changed_are_differences(release: Path) -> None:
    file = release / "datapackage.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    said["licenses"][0]["name"] = "ODbL-1.0"
    next(f for f in said["resources"][1]["schema"]["fields"] if f["name"] == "status")["categories"][0]["label"] = "Full member"
    file.write_text(json.dumps(said), encoding="utf-8")
    found = sco.diff(sco.path(), release)
    assert [(s.table, s.column, s.weight) for s in found.shapes] == [("datapackage.json", "licenses", "break"), ("statuses", "status", "correction")]
