"""Other versions of the data under the whole client, and the release that they come from."""

from __future__ import annotations

import gc
import hashlib
import inspect
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from conftest import ROOT

import sco_data as sco
from sco_data.catalog import Catalog
from sco_data.releases import Release

Cli = Callable[..., "subprocess.CompletedProcess[str]"]


def pack(folder: Path, target: Path, prefix: str = "") -> Path:
    """Zip a copy of a release as it lies in a folder."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, prefix + file.relative_to(folder).as_posix())
    return target


def align(folder: Path, change: Callable[[dict[str, Any]], None] | None = None) -> None:
    """Bring the hashes of a copy in line with its files, and change its descriptor."""
    file = folder / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        body = (folder / resource["path"]).read_bytes()
        resource["hash"], resource["bytes"] = "sha256:" + hashlib.sha256(body).hexdigest(), len(body)
    if change:
        change(descriptor)
    file.write_text(json.dumps(descriptor), encoding="utf-8")


@pytest.fixture
def earlier(release: Path) -> Path:
    """A copy of the release as version 0.0.9, in which India became a member a year earlier, with a view of its own."""
    for name in ("statuses", "status_steps"):
        file = release / "data" / f"{name}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        moved = [line.replace(",2017-06-09,", ",2016-06-09,") if line.startswith(("IND-member-", "IND-observer-2005,")) else line for line in lines]
        assert moved != lines
        file.write_text("".join(moved), encoding="utf-8", newline="")
    shutil.copytree(Path(sco.__file__).parent / "views", release / "views")
    (release / "views" / "mine.sql").write_text("-- How many members there are.\n-- n: the number\nCREATE VIEW mine AS SELECT count(*) AS n FROM members_latest;\n", encoding="utf-8")
    align(release, lambda d: d.update(version="0.0.9"))
    return release


# -- open ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["folder", "descriptor", "zip", "zip with a folder in it"])
def test_an_opened_version_answers_with_its_own_data_and_views(earlier: Path, tmp_path: Path, form: str) -> None:
    source = {
        "folder": lambda: earlier,
        "descriptor": lambda: earlier / "datapackage.json",
        "zip": lambda: pack(earlier, tmp_path / "old.zip"),
        "zip with a folder in it": lambda: pack(earlier, tmp_path / "old.zip", "sco-data-0.0.9/"),
    }[form]()
    with sco.open(source) as old:
        assert old.version == "0.0.9" and "0.0.9" in repr(old)
        assert len(old.members(on="2016-06-09")) == 7
        assert len(sco.members(on="2016-06-09")) == 6  # the installed version is what it was
        frame = old.sql("SELECT start_date FROM statuses WHERE status_id = 'IND-member-2017'")
        assert frame.start_date[0] == pd.Timestamp("2016-06-09") and frame.attrs["version"] == "0.0.9"
        assert old.load("mine").n.item() == 10 and "mine" in old.views() and "mine" not in sco.views()
        assert old.connect().execute("SELECT n FROM mine").fetchall() == [(10,)]
        assert "Version 0.0.9" in old.cite("statuses", "IND-member-2017")
        assert old.history("India").query("begins == 'IND-member-2017'").date.item() == pd.Timestamp("2016-06-09")
        assert old.panel(2016, 2016).query("iso3 == 'IND'").status.item() == "member"
        days = pd.DataFrame({"state": ["India"], "day": ["2016-06-10"]})
        assert old.annotate(days, country="state", date="day").sco_status.tolist() == ["member"]
        assert sco.annotate(days, country="state", date="day").sco_status.tolist() == ["observer"]
        assert old.evidence("statuses", "IND-member-2017", "start_date").attrs["version"] == "0.0.9"


def test_an_opened_version_has_every_verb_of_the_package() -> None:
    verbs = {n for n in sco.__all__ if callable(getattr(sco, n)) and not isinstance(getattr(sco, n), type)} - {"open", "diff"}
    assert {n for n in verbs if not hasattr(Release, n)} == set()
    with sco.open(sco.path()) as release:
        for verb in verbs:
            # `connect` takes another version in the package, and is of one version here.
            assert verb == "connect" or inspect.signature(getattr(release, verb)) == inspect.signature(getattr(sco, verb)), verb
            assert getattr(release, verb).__doc__ == getattr(sco, verb).__doc__


def test_what_was_unpacked_goes_when_the_version_is_closed_or_forgotten(tmp_path: Path) -> None:
    file = pack(sco.path(), tmp_path / "release.zip") if not (sco.path() / "seeds").exists() else _packed_checkout(tmp_path)
    release = sco.open(file)
    folder = release.path()
    assert folder.is_dir()
    release.close()
    assert not folder.exists()
    with pytest.raises(sco.UsageError, match="has been closed"):
        release.members()
    forgotten = sco.open(file)
    folder = forgotten.path()
    del forgotten
    gc.collect()
    assert not folder.exists()


def test_a_connection_keeps_its_version_as_long_as_it_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _packed_checkout(tmp_path)
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    con = sco.open(file).connect()
    gc.collect()
    assert con.execute("SELECT count(*) FROM members_latest").fetchall() == [(10,)]
    del con
    gc.collect()
    assert list((tmp_path / "scratch").iterdir()) == []


def _packed_checkout(tmp_path: Path) -> Path:
    shutil.copytree(sco.path() / "data", tmp_path / "copy" / "data")
    shutil.copy(sco.path() / "datapackage.json", tmp_path / "copy")
    return pack(tmp_path / "copy", tmp_path / "release.zip")


def test_two_versions_answer_at_the_same_time_in_two_threads(earlier: Path) -> None:
    counts: dict[str, set[int]] = {"old": set(), "installed": set()}
    with sco.open(earlier) as old:

        def ask(name: str, members: Callable[..., pd.DataFrame]) -> None:
            for _ in range(5):
                counts[name].add(len(members(on="2016-06-09")))

        threads = [threading.Thread(target=ask, args=("old", old.members)), threading.Thread(target=ask, args=("installed", sco.members))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert counts == {"old": {7}, "installed": {6}}


def test_the_rules_of_this_version_are_not_held_against_an_earlier_one(earlier: Path) -> None:
    with sco.open(earlier) as old:
        report = old.validate()
    assert not report.ok and not report.findings
    assert "rules of version" in report.skipped[0] and "NOT CHECKED IN FULL" in report.text()


def test_a_higher_last_number_is_known_and_a_higher_middle_one_is_not(release: Path) -> None:
    first, middle, last = map(int, sco.__version__.split("."))
    align(release, lambda d: d.update(version=f"{first}.{middle}.{last + 1}"))
    with sco.open(release) as corrected:
        assert len(corrected.members(on="2017-06-09")) == 8
    align(release, lambda d: d.update(version=f"{first}.{middle + 1}.0"))
    with pytest.raises(sco.InvalidData, match="this client knows none after"):
        sco.open(release)


def test_a_folder_without_a_table_is_refused(release: Path) -> None:
    (release / "data" / "summits.csv").unlink()
    with pytest.raises(sco.InvalidData, match=r"data/summits\.csv is missing. Mend"):
        sco.open(release)


def test_what_an_earlier_version_lacks_is_said(earlier: Path) -> None:
    (earlier / "views" / "panel.sql").unlink()
    with sco.open(earlier) as old, pytest.raises(sco.UsageError, match="no panel in version 0.0.9 of the data"):
        old.panel()


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0", "0.3.0"])
def test_every_version_so_far_answers_as_it_did(version: str, tmp_path: Path) -> None:
    commit = next(line.split("(")[1].rstrip(")\n") for line in (ROOT / "CHANGELOG.md").open(encoding="utf-8") if line.startswith(f"## {version} ("))
    file = tmp_path / "old.zip"
    subprocess.run(["git", "archive", f"--output={file}", commit, "datapackage.json", "data", "sco_data/views"], cwd=ROOT, check=True)
    with sco.open(file) as old:
        assert old.version == version
        assert [len(old.members(on=day)) for day in ("2001-06-15", "2017-06-09", "2023-07-04", "2024-07-04")] == [6, 8, 9, 10]
        found = old.evidence("economic_figures", "tapi-length", "value")
        assert {"supports", "contradicts"} <= set(found.relation) and found.source_locator.notna().all()
        assert f"Version {version}" in old.cite("economic_figures", "tapi-length")
        for name in old.views():
            if not name.endswith(("_of", "_on")) and name not in ("panel", "pairs", "counted_votes"):
                assert len(old.load(name)) > 0, name


# -- bad input -----------------------------------------------------------------------------------


def damage_byte(release: Path, file: Path) -> None:
    pack(release, file)
    at = file.read_bytes().index(b"data/statuses.csv") + 200
    body = bytearray(file.read_bytes())
    body[at] ^= 0xFF
    file.write_bytes(body)


def change_cell(release: Path, file: Path) -> None:
    statuses = release / "data" / "statuses.csv"
    statuses.write_text(statuses.read_text(encoding="utf-8").replace("2017-06-09", "2017-06-08", 1), encoding="utf-8", newline="")
    pack(release, file)


def with_member(name: str, body: bytes = b"x") -> Callable[[Path, Path], None]:
    def damage(release: Path, file: Path) -> None:
        pack(release, file)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(zipfile.ZipInfo(name), body)

    return damage


def with_descriptor(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path, Path], None]:
    def damage(release: Path, file: Path) -> None:
        align(release, change)
        pack(release, file)

    return damage


def bomb(release: Path, file: Path) -> None:
    (release / "data" / "statuses.csv").write_bytes(b"a" * 50_000_000)
    pack(release, file)


def repack(file: Path, compression: int) -> None:
    with zipfile.ZipFile(file) as archive:
        bodies = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, body in bodies.items():
            archive.writestr(name, body)


def without(name: str) -> Callable[[Path, Path], None]:
    def damage(release: Path, file: Path) -> None:
        (release / name).unlink()
        pack(release, file)

    return damage


def view(text: str, name: str = "mine") -> Callable[[Path, Path], None]:
    def damage(release: Path, file: Path) -> None:
        (release / "views").mkdir()
        (release / "views" / f"{name}.sql").write_text(text, encoding="utf-8")
        pack(release, file)

    return damage


def many_views(release: Path, file: Path) -> None:
    (release / "views").mkdir()
    for n in range(501):
        (release / "views" / f"v{n}.sql").write_text(f"-- One.\nCREATE VIEW v{n} AS SELECT 1;", encoding="utf-8")
    pack(release, file)


DAMAGES: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "a changed byte": (damage_byte, r"data/statuses\.csv: (cannot be unpacked|its hash is)"),
    "a changed cell": (change_cell, r"data/statuses\.csv: its hash is sha256:.*the descriptor has sha256:"),
    "a path that climbs out": (with_member("../../evil.txt"), r"'\.\./\.\./evil\.txt' leads out of the zip"),
    "an absolute path": (with_member("/etc/evil"), "'/etc/evil' leads out of the zip"),
    "a Windows path": (with_member("..\\evil.txt"), "leads out of the zip"),
    "a drive": (with_member("C:/evil.txt"), "leads out of the zip"),
    "a resource that climbs out": (with_descriptor(lambda d: d["resources"][0].update(path="../../evil.csv")), "a path that leaves the folder"),
    "a newer descriptor": (with_descriptor(lambda d: d.update(version="99.0.0")), r"is of version 99\.0\.0, and this client knows none after .*pip install --upgrade 'sco-data>=99\.0\.0'"),
    "a table whose name is a statement": (with_descriptor(lambda d: d["resources"][-1].update(name="x AS SELECT 1; COPY (SELECT 1) TO 'evil.txt'; --")), "has no name of small letters"),
    "a table whose name is a path": (with_descriptor(lambda d: d["resources"][-1].update(name="../evil")), "has no name of small letters"),
    "a column whose name is a statement": (
        with_descriptor(lambda d: d["resources"][-1]["schema"]["fields"][-1].update(name="x IS ''; COPY (SELECT 1) TO 'evil.txt'; --")), "has a field without name"
    ),
    "a descriptor without version": (with_descriptor(lambda d: d.pop("version")), "it says nothing of version"),
    "a descriptor without licence and authors": (with_descriptor(lambda d: (d.pop("licenses"), d.update(contributors=[]))), "it says nothing of licenses, contributors"),
    "another compression": (lambda release, file: repack(pack(release, file), zipfile.ZIP_LZMA), r"datapackage\.json is compressed as no release is"),
    "a table without its size": (with_descriptor(lambda d: d["resources"][0].pop("bytes")), "has None bytes, which no table has"),
    "no version": (with_descriptor(lambda d: d.update(version="newest")), "is no version"),
    "no descriptor": (without("datapackage.json"), r"no datapackage\.json in it"),
    "two descriptors": (with_member("other/datapackage.json"), r"more than one datapackage\.json"),
    "a table that is missing": (without("data/summits.csv"), r"data/summits\.csv is missing"),
    "a size that no table has": (with_descriptor(lambda d: d["resources"][0].update(bytes=10**15)), "has 1000000000000000 bytes, which no table has"),
    "too many views": (many_views, "501 views in it"),
    "a table that unpacks to more than it may": (bomb, r"data/statuses\.csv unpacks to more than"),
    "no zip": (lambda release, file: file.write_bytes(b"no zip at all"), "cannot be unpacked"),
    "half a zip": (lambda release, file: file.write_bytes(pack(release, file).read_bytes()[:100_000]), "cannot be unpacked"),
    "a view that writes": (view("-- Harm.\nCREATE VIEW mine AS SELECT 1; COPY (SELECT 1) TO 'evil.csv';"), r"views/mine\.sql: not one CREATE VIEW"),
    "a view of another name": (view("-- Harm.\nCREATE VIEW members AS SELECT 1;"), r"views/mine\.sql: not one CREATE VIEW"),
    "a view whose name is a statement": (view("-- Harm.\nCREATE VIEW x AS SELECT 1;", "x IS NULL; COPY (SELECT 1) TO 'evil.txt' --|.*"), "not one CREATE VIEW"),
    "a view of a table that is not there": (view("-- Harm.\nCREATE VIEW mine AS FROM nowhere;"), r"views/mine\.sql does not fit the data of version .*nowhere"),
    "a view of a column that is not there": (view("-- Harm.\nCREATE VIEW mine AS SELECT no_such FROM statuses;"), r"views/mine\.sql does not fit the data of version .*no_such"),
    "a view that is no SQL": (view("-- Harm.\nCREATE VIEW mine AS SELEKT;"), r"views/mine\.sql: not SQL"),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGES)
def test_a_damaged_or_hostile_zip_is_refused_and_leaves_nothing(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    damage, said = DAMAGES[case]
    file, scratch = tmp_path / "bad.zip", tmp_path / "scratch"
    scratch.mkdir()
    damage(release, file)
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.chdir(scratch)
    with pytest.raises(sco.InvalidData, match=said) as error, sco.open(file) as opened:
        opened.connect()
        opened.sql("FROM mine")
    assert "Mend:" in str(error.value)
    assert list(scratch.iterdir()) == [] and not (tmp_path / "evil.txt").exists()


@pytest.mark.parametrize("name", ["a" * 300, "a\0b", "nowhere.zip"])
def test_a_name_that_no_file_has_is_said(name: str) -> None:
    with pytest.raises(sco.NotFound):
        sco.open(name)
    with pytest.raises(sco.NotFound):
        sco.diff(name)


def test_what_is_not_there_is_said(cli: Cli) -> None:
    with pytest.raises(sco.NotFound, match="give a folder that holds datapackage.json"):
        sco.open("nowhere.zip")
    done = cli("--data", "nowhere.zip", "members")
    assert done.returncode == 1 and done.stderr.startswith("Error: there is no nowhere.zip") and not done.stdout
    # A variable that is not set must not ask the installed version.
    done = cli("--data", "", "members")
    assert done.returncode == 2 and done.stderr.startswith("Error: no path to open. Mend:") and not done.stdout


def test_the_command_line_asks_another_version(cli: Cli, earlier: Path, tmp_path: Path) -> None:
    file = pack(earlier, tmp_path / "old.zip")
    assert cli("--data", str(file), "version").stdout.startswith("sco-data 0.0.9 ")
    rows = cli("--data", str(file), "members", "--on", "2016-06-09", "--format", "csv").stdout.splitlines()
    assert len(rows) == 8 and rows[2].startswith("IND,India,member,2016-06-09")


# -- the release ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of its own with what is tracked here, as it lies here."""
    folder = tmp_path_factory.mktemp("release") / "checkout"
    for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "All of it")
    return folder


def git(folder: Path, *arguments: str) -> str:
    who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
    done = subprocess.run(["git", *arguments], cwd=folder, env={**os.environ, **who}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(folder / "scripts" / "release"), *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that says that it shows these data; what is in a real one, tests/test_explorer.py looks at."""
    folder = tmp_path_factory.mktemp("site")
    content = "".join(f"{r['hash']} {name}\n" for name, r in sorted(Catalog(sco.path()).resources.items()))
    notice = {"name": "sco-data", "version": sco.__version__, "content": "sha256:" + hashlib.sha256(content.encode()).hexdigest()}
    for name, text in {"index.html": "<!doctype html>", "site.json": json.dumps(notice), "data/statuses.csv": "its own copy", "pages/states.js": "// states"}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(checkout: Path, site: Path) -> Path:
    done = make(checkout, "--site", str(site))
    assert done.returncode == 0, done.stderr
    return checkout / "dist"


def sums(folder: Path) -> dict[str, str]:
    return {name: digest for digest, name in (line.split("  ") for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines())}


def test_two_releases_from_two_clones_are_the_same_to_the_byte(checkout: Path, made: Path, site: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "--quiet", str(checkout), str(tmp_path / "clone")], check=True)
    done = make(tmp_path / "clone", "--out", str(tmp_path / "out"), "--site", str(site))
    assert done.returncode == 0, done.stderr
    one, other = sums(made), sums(tmp_path / "out")
    assert {n for n in one if one[n] != other.get(n)} <= {"sco-data.duckdb"} and set(one) == set(other)
    assert {n for n in one if hashlib.sha256((made / n).read_bytes()).hexdigest() != one[n]} == set()
    assert {"sco-data-csv.zip", "sco-data-parquet.zip", "sco-data.duckdb", "release.json", "codebook.csv", "sources.bib", "sco-data-site.zip"} <= set(one)
    assert sum(n.endswith((".whl", ".tar.gz")) for n in one) == 2
    said = json.loads((made / "release.json").read_text(encoding="utf-8"))
    assert said["commit"] == git(checkout, "rev-parse", "HEAD") and said["tools"]["duckdb"] == duckdb.__version__
    for folder in (made, tmp_path / "out"):
        assert make(checkout, "--content-of", str(folder / "sco-data.duckdb")).stdout.strip() == said["duckdb_content"]


def test_the_archive_is_the_data_and_answers(made: Path) -> None:
    assert (made / "sco-data-csv.zip").stat().st_size < 2_000_000
    with sco.open(made / "sco-data-csv.zip") as release:
        assert release.version == sco.__version__ and release.views() == sco.views()
        assert (release.path() / "views").is_dir()
    with zipfile.ZipFile(made / "sco-data-csv.zip") as archive:
        assert {"CITATION.cff", "LICENSE-data", "CHANGELOG.md", "data/README.md", "metadata/croissant.json"} <= set(archive.namelist())
    with sco.open(made / "sco-data-csv.zip") as release:
        pd.testing.assert_frame_equal(release.load("claim_checks"), sco.load("claim_checks"))
        assert sco.diff(made / "sco-data-csv.zip").weight == ""
    with sco.open(next(made.glob("*.whl"))) as wheel:
        assert wheel.views() == sco.views() and wheel.load("statuses").equals(sco.load("statuses"))


def test_the_explorer_is_an_archive_of_its_own_and_a_part_of_the_wheel_without_the_data_twice(made: Path, site: Path) -> None:
    with zipfile.ZipFile(made / "sco-data-site.zip") as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {f.relative_to(site).as_posix(): f.read_bytes() for f in site.rglob("*") if f.is_file()}
    with zipfile.ZipFile(next(made.glob("*.whl"))) as wheel:
        inside = {n.removeprefix("sco_data/package/site/") for n in wheel.namelist() if n.startswith("sco_data/package/site/")}
    assert inside == {"index.html", "site.json", "pages/states.js"}


def test_a_site_of_other_data_is_refused(checkout: Path, site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    (tmp_path / "site/site.json").write_text((site / "site.json").read_text(encoding="utf-8").replace("sha256:", "sha256:0"), encoding="utf-8")
    for folder, said in ((tmp_path / "site", "shows other data than these"), (tmp_path, "is no site")):
        done = make(checkout, "--out", str(tmp_path / "out"), "--site", str(folder))
        assert done.returncode == 1 and said in done.stderr and "Mend: python scripts/build_site" in done.stderr
        assert not (tmp_path / "out").exists()


def test_a_figure_in_a_paper_leads_to_the_passage_of_the_version_that_the_paper_used(made: Path, cli: Cli) -> None:
    """A paper says: CPEC, 62 billion dollars (sco-data, version, economic_figures). Years later somebody opens the archive of that version."""
    with sco.open(made / "sco-data-csv.zip") as release:
        figure = release.sql("FROM economic_figures WHERE subject_id = 'cpec' AND value = 62e9 ORDER BY figure_id LIMIT 1").iloc[0]
        found = release.evidence("economic_figures", figure.figure_id, "value")
        assert f"Version {release.version}, table economic_figures, row {figure.figure_id}" in release.cite("economic_figures", figure.figure_id)
    passage = found[found.relation == "supports"].iloc[0]
    assert "62" in passage.stated_value and passage.source_locator and passage.url.startswith("http")
    shown = cli("--data", str(made / "sco-data-csv.zip"), "evidence", "economic_figures", figure.figure_id, "value", "--format", "json")
    assert passage.source_locator in {row["source_locator"] for row in json.loads(shown.stdout)}


def test_the_parquet_archive_has_every_table_with_its_version(made: Path) -> None:
    import polars

    with zipfile.ZipFile(made / "sco-data-parquet.zip") as archive:
        assert {n for n in archive.namelist() if n.endswith(".parquet")} == {f"{t}.parquet" for t in sco.tables()}
        assert json.loads(archive.read("release.json"))["version"] == sco.__version__
        frame = polars.read_parquet(io.BytesIO(archive.read("statuses.parquet")))
    assert frame.height == len(sco.load("statuses")) and frame.schema["start_date"] == polars.Date


def refused(checkout: Path, tmp_path: Path, change: Callable[[Path], None], said: str, commit: bool = True) -> None:
    copy = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(checkout), str(copy)], check=True)
    change(copy)
    if commit:
        git(copy, "commit", "--quiet", "--all", "--message", "A change")
    done = make(copy)
    assert done.returncode == 1 and said in done.stderr and "nothing was written" in done.stderr, done.stderr
    assert not (copy / "dist").exists() and not list(copy.glob(".sco-data-*"))


def test_a_dirty_tree_is_refused(checkout: Path, tmp_path: Path) -> None:
    refused(checkout, tmp_path, lambda copy: (copy / "stray.txt").write_text("x"), "1 file is not as committed, stray.txt first", commit=False)


def test_a_changed_file_is_named_and_no_setting_hides_a_new_one(checkout: Path, tmp_path: Path) -> None:
    def change(copy: Path) -> None:
        git(copy, "config", "status.showUntrackedFiles", "no")
        (copy / "README.md").write_text("Changed.\n", encoding="utf-8")
        (copy / "tests" / "stray.py").write_text("x", encoding="utf-8")

    refused(checkout, tmp_path, change, "2 files are not as committed, README.md first", commit=False)


def test_what_cannot_be_written_or_read_is_one_error(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for arguments, said in ((("--out", str(tmp_path / "file" / "dist")), "Mend: give a place that can be written"), (("--content-of", str(tmp_path / "none")), "there is no")):
        done = make(checkout, *arguments)
        assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_an_earlier_release_stays_where_the_new_one_cannot_be_put(checkout: Path, tmp_path: Path) -> None:
    target = tmp_path / "dist"
    target.mkdir()
    (target / "release.json").write_text("{}", encoding="utf-8")
    # The new one is taken away just before it is put in its place.
    code = f"""
import pathlib, shutil, sys
sys.argv[0], sys.path[0:1] = {str(checkout / "scripts" / "release")!r}, [{str(checkout)!r}]
from scripts.release import __main__ as release
for name in ("check_data", "check_tree"):
    setattr(release, name, lambda *_: "")
for name in ("csv_archive", "parquet_archive", "duckdb_file", "distributions", "metadata", "notice"):
    setattr(release.assets, name, lambda *_: None)
release.assets.sums = shutil.rmtree
sys.exit(release.main(["--out", {str(target)!r}]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=checkout)
    assert done.returncode == 1 and "nothing was written" in done.stderr, done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["dist"] and (target / "release.json").read_text(encoding="utf-8") == "{}"


def test_a_file_that_only_the_user_ignores_is_refused_for_it_would_be_packed(checkout: Path, tmp_path: Path) -> None:
    def hide(copy: Path) -> None:
        (copy / ".git" / "info" / "exclude").write_text("notes.local\n", encoding="utf-8")
        (copy / "tests" / "notes.local").write_text("Private.\n", encoding="utf-8")

    refused(checkout, tmp_path, hide, "tests/notes.local first", commit=False)


def test_data_that_are_not_valid_are_refused(checkout: Path, tmp_path: Path) -> None:
    def damage(copy: Path) -> None:
        file = copy / "data" / "statuses.csv"
        file.write_text(file.read_text(encoding="utf-8").replace("2017-06-09", "2017-06-08"), encoding="utf-8", newline="")
        align(copy)

    refused(checkout, tmp_path, damage, "the data are not valid")


def edit_changelog(old: str, new: str) -> Callable[[Path], None]:
    def change(copy: Path) -> None:
        file = copy / "CHANGELOG.md"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def test_a_changelog_without_the_version_is_refused(checkout: Path, tmp_path: Path) -> None:
    refused(checkout, tmp_path, edit_changelog(f"## {sco.__version__}\n", f"## {sco.__version__}-rc1\n"), f"no section {sco.__version__}")


def test_a_changelog_that_says_nothing_of_the_data_is_refused(checkout: Path, tmp_path: Path) -> None:
    refused(checkout, tmp_path, edit_changelog("### Data\n", "### Data\n\n### "), "says nothing under ### Data")


def test_a_version_that_was_released_from_another_commit_is_refused(checkout: Path, tmp_path: Path) -> None:
    def tag(copy: Path) -> None:
        git(copy, "tag", f"v{sco.__version__}")
        (copy / "README.md").write_text("Changed.\n", encoding="utf-8")

    refused(checkout, tmp_path, tag, f"version {sco.__version__} has been released from")


def test_a_folder_that_holds_something_else_is_not_replaced(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear", encoding="utf-8")
    done = make(checkout, "--out", str(tmp_path / "mine"))
    assert done.returncode == 1 and "holds something else than a release" in done.stderr
    assert (tmp_path / "mine" / "letter.txt").read_text(encoding="utf-8") == "Dear"
