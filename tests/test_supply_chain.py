"""What the project depends on: bounds that are tested, licences that are accepted, known vulnerabilities, and what SECURITY.md says of it."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from packaging.version import Version

import sco_data as sco

sys.path.insert(0, str(ROOT))
try:
    from scripts import dependencies
finally:
    sys.path.pop(0)

SCRIPT = ROOT / "scripts" / "dependencies.py"
LIST = "docs/dependencies.csv"
Row = dict[str, str]


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", env={**os.environ, **environment})


class Here:
    """Run the script in this process, which takes a tenth of the time."""

    def __init__(self, capsys: pytest.CaptureFixture[str]):
        self.capsys = capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        code = dependencies.main([str(a) for a in arguments])
        return code, *self.capsys.readouterr()


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(capsys)


def rows_of(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what the script reads, which a test may change."""
    for name in ("pyproject.toml", "tests/lowest.txt", LIST, "explorer/package.json", "explorer/package-lock.json"):
        (tmp_path / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "checkout" / name)
    return tmp_path / "checkout"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old)
    file.write_text(text.replace(old, new), encoding="utf-8", newline="")


# -- bounds --------------------------------------------------------------------------------------


def test_every_dependency_is_installed_inside_its_bounds() -> None:
    found = 0
    for name, requirement in dependencies.direct(ROOT).items():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            # Spark is tried on its own.
            assert name == "pyspark"
            continue
        found += 1
        assert requirement.specifier.contains(installed), f"{name} {installed} is not in {requirement.specifier}"
    assert found >= 12


def test_the_lowest_versions_are_the_lower_bounds_of_the_project() -> None:
    assert list(dependencies.bounds(ROOT)) == []
    # What the wheel says, the project says.
    ours = {d.partition(";")[0].strip() for d in metadata.requires("sco-data") or []}
    assert {re.sub(r"[<>=].*", "", d).lower() for d in ours} >= set(dependencies.lowest(ROOT))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("pyproject.toml", '"duckdb>=1.4,<3"', '"duckdb>=1.5,<3"', "duckdb<3,>=1.5: tests/lowest.txt has 1.4.0"),
        ("pyproject.toml", '"click>=8.1,<9"', '"click>=8.1"', "click>=8.1: a dependency has a lower bound that is tested and an upper bound"),
        ("pyproject.toml", '"pyspark>=4,<5"', '"pyspark"', "pyspark: a dependency has"),
        ("pyproject.toml", 'requires = ["hatchling>=1.27,<2"]', 'requires = ["hatchling>=1.24,<2"]', "hatchling<2,>=1.24: tests/lowest.txt has 1.27.0"),
        ("tests/lowest.txt", "pandas==2.2.0\n", "", "tests/lowest.txt has no version of it"),
        ("tests/lowest.txt", "pandas==2.2.0\n", "pandas==2.2.3\n", "tests/lowest.txt has 2.2.3"),
        ("tests/lowest.txt", "pandas==2.2.0\n", "pandas==2.2.0\nnumpy==1.26.4\n", "numpy is no dependency"),
    ],
)
def test_bounds_that_do_not_agree_are_named(checkout: Path, here: Here, file: str, old: str, new: str, said: str) -> None:
    edit(checkout / file, old, new)
    code, _, errors = here("--check", "--root", checkout)
    assert code == 1 and said in errors and "Mend: " in errors, errors


# -- the list ------------------------------------------------------------------------------------


def test_the_list_is_what_is_installed() -> None:
    done = run("--check")
    assert (done.returncode, done.stderr) == (0, "")
    # Whatever is not installed here is said, and nothing else is believed.
    missing = {row["name"] for row in rows_of(ROOT / LIST) if row["ecosystem"] == "PyPI" and not is_installed(row["name"])}
    assert {line.partition(":")[0] for line in done.stdout.splitlines()} == missing
    # colorama comes on Windows alone.
    assert missing <= {"pyspark", "py4j", "colorama"}


def is_installed(name: str) -> bool:
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def test_the_list_has_what_users_get() -> None:
    rows = {(row["ecosystem"], row["name"]): row for row in rows_of(ROOT / LIST)}
    wheel = {name for (system, name), row in rows.items() if system == "PyPI" and row["extras"] == "(wheel)"}
    assert wheel >= {"click", "duckdb", "pandas", "numpy"} and not wheel & {"pyarrow", "altair", "frictionless"}
    assert {name for (_, name), row in rows.items() if row["lowest"] and row["ecosystem"] == "PyPI"} == set(dependencies.direct(ROOT))
    assert rows["PyPI", "py4j"]["brought_by"] == "pyspark" and rows["PyPI", "py4j"]["extras"] == "spark"
    for name in dependencies.direct(ROOT):
        assert Version(rows["PyPI", name]["lowest"]) <= Version(rows["PyPI", name]["newest"])
    # Nothing that is for tests alone; but the explorer's tool is told apart.
    assert not {"pytest", "hypothesis", "krippendorff", "polars", "ruff"} & {name for _, name in rows}
    assert {name for (system, name), row in rows.items() if system == "npm" and row["extras"] == "(tests)"} == {"axe-core"}
    # What is served beside the pages is of the list, pinned by hash.
    vendored = set(re.findall(r'^    "([@a-z0-9/-]+)": \{', (ROOT / "scripts/build_site/shell.py").read_text(encoding="utf-8"), re.MULTILINE))
    assert len(vendored) == 3 and all(rows["npm", name]["integrity"].startswith("sha512-") and rows["npm", name]["extras"] == "(explorer)" for name in vendored)


def test_a_newer_version_is_no_difference_and_all_else_is(checkout: Path, here: Here) -> None:
    rows = rows_of(checkout / LIST)

    def said(change: Callable[[list[Row]], list[Row]]) -> str:
        with (checkout / LIST).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(change([dict(row) for row in rows]))
        code, _, errors = here("--check", "--root", checkout)
        assert code == (1 if errors else 0)
        return errors

    def with_(name: str, **values: str) -> Callable[[list[Row]], list[Row]]:
        return lambda rows: [{**row, **values} if row["name"] == name else row for row in rows]

    assert said(with_("pandas", newest="2.9.9")) == ""
    assert "pandas (PyPI): licence is BSD-3-Clause, the list has MIT. Mend: python scripts/dependencies.py" in said(with_("pandas", licence="MIT"))
    assert "pandas (PyPI): lowest is 2.2.0, the list has 2.1" in said(with_("pandas", lowest="2.1"))
    assert "lacks numpy (PyPI), of pandas." in said(lambda rows: [row for row in rows if row["name"] != "numpy"])
    assert "left-pad (PyPI) is no dependency any more" in said(lambda rows: [*rows, {**rows[0], "name": "left-pad"}])
    assert "d3-dsv (npm): integrity is sha512-" in said(with_("d3-dsv", integrity="sha512-0"))
    assert "d3-dsv (npm): newest is 3.0.2, the list has 3.0.1" in said(with_("d3-dsv", newest="3.0.1"))


def test_the_script_writes_the_list_that_is_kept(checkout: Path) -> None:
    done = run("--root", checkout)
    assert done.returncode == 0, done.stderr
    new, old = rows_of(checkout / LIST), rows_of(ROOT / LIST)
    assert [(r["ecosystem"], r["name"], r["licence"]) for r in new] == [(r["ecosystem"], r["name"], r["licence"]) for r in old]
    # Of what is not installed and not in the list nothing is known: nothing is written.
    edit(checkout / "pyproject.toml", '"pyspark>=4,<5"', '"pyspark>=4,<5", "not-a-package-of-anyone>=1,<2"')
    with (checkout / "tests/lowest.txt").open("a", encoding="utf-8") as handle:
        handle.write("not-a-package-of-anyone==1\n")
    done = run("--root", checkout)
    assert done.returncode == 1 and "not-a-package-of-anyone is not installed. Mend: pip install" in done.stderr and rows_of(checkout / LIST) == new


def test_bad_input_gets_one_clear_error(checkout: Path, here: Here) -> None:
    code, said, errors = here("--check", "--root", checkout / "none")
    assert (code, said) == (1, "") and ": No such file or directory. Mend: give a checkout with --root" in errors and len(errors.splitlines()) == 1
    # A package of npm that nothing pins is one that anybody can change.
    lock = checkout / "explorer/package-lock.json"
    packages = json.loads(lock.read_text(encoding="utf-8"))
    del packages["packages"]["node_modules/d3-dsv"]["integrity"]
    lock.write_text(json.dumps(packages), encoding="utf-8")
    code, _, errors = here("--root", checkout)
    assert code == 1 and "explorer/package-lock.json: d3-dsv has no sha512. Mend: " in errors and rows_of(checkout / LIST) == rows_of(ROOT / LIST)
    (checkout / LIST).write_text("name\nclick\n", encoding="utf-8")
    code, _, errors = here("--check", "--root", checkout)
    assert code == 1 and "the header lacks ecosystem" in errors
    assert run("--chek").returncode == 2 and "example: python scripts/dependencies.py" in run("--help").stdout


# -- licences ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "licence", "said"),
    [
        (["License-Expression: GPL-3.0-or-later"], "GPL-3.0-or-later", "GPL-3.0-or-later is none of the accepted licences"),
        (["License-Expression: MIT AND AGPL-3.0-only"], "MIT AND AGPL-3.0-only", "is none of the accepted licences"),
        (["License-Expression: mit OR GPL-2.0-only"], "MIT OR GPL-2.0-only", ""),
        (["License: Apache-2.0", "Classifier: License :: OSI Approved :: Apache Software License"], "Apache-2.0", ""),
        (["License: Copyright 2020 Somebody", "Classifier: License :: OSI Approved :: MIT License"], "MIT", ""),
        (["Classifier: License :: OSI Approved :: BSD License"], "", "its metadata do not say under which licence"),
        (["Classifier: License :: OSI Approved :: MIT License", "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)"], "", "its metadata do not say"),
        ([], "", "its metadata do not say"),
    ],
)
def test_a_licence_that_is_not_accepted_does_not_slip_in(
    checkout: Path, tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch, lines: list[str], licence: str, said: str
) -> None:
    # A package that is installed, as pip leaves it, and that the list does not know.
    about = tmp_path / "site" / "newcomer-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", "Name: newcomer", "Version: 1.0", *lines]) + "\n", encoding="utf-8")
    edit(checkout / "pyproject.toml", '"xlsxwriter>=3.2,<4"', '"xlsxwriter>=3.2,<4", "newcomer>=1.0,<2"')
    with (checkout / "tests/lowest.txt").open("a", encoding="utf-8") as handle:
        handle.write("newcomer==1.0\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    code, _, errors = here("--root", checkout)
    assert code == (1 if said else 0) and said in errors, errors
    assert [row["licence"] for row in rows_of(checkout / LIST) if row["name"] == "newcomer"] == ([] if said else [licence])
    # And who only checks hears of it too.
    code, _, errors = here("--check", "--root", checkout)
    assert code == (1 if said else 0) and said in errors, errors


def test_what_comes_with_an_extra_of_a_dependency_is_seen_too(checkout: Path, tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, lines in {"newcomer": ["Provides-Extra: more", "Requires-Dist: behind-it; extra == 'more'", "License-Expression: MIT"], "behind-it": ["License-Expression: GPL-3.0-only"]}.items():
        about = tmp_path / "site" / f"{name.replace('-', '_')}-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *lines]) + "\n", encoding="utf-8")
    with (checkout / "tests/lowest.txt").open("a", encoding="utf-8") as handle:
        handle.write("newcomer==1.0\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    edit(checkout / "pyproject.toml", '"xlsxwriter>=3.2,<4"', '"xlsxwriter>=3.2,<4", "newcomer>=1.0,<2"')
    assert here("--root", checkout)[0] == 0
    edit(checkout / "pyproject.toml", '"newcomer>=1.0,<2"', '"newcomer[more]>=1.0,<2"')
    code, _, errors = here("--check", "--root", checkout)
    assert code == 1 and "behind-it 1.0 (PyPI): GPL-3.0-only is none of the accepted licences" in errors and "lacks behind-it (PyPI), of newcomer" in errors


def test_every_licence_in_the_list_is_accepted_and_those_that_were_read_are_needed() -> None:
    rows = rows_of(ROOT / LIST)
    assert list(dependencies.licences(rows)) == []
    assert {r["name"]: r["licence"] for r in rows if r["name"] in dependencies.READ} == dependencies.READ
    accepted = {part for row in rows for part in re.split(r" AND | OR ", row["licence"])} & dependencies.ACCEPTED
    assert accepted == dependencies.ACCEPTED
    assert not any(re.search("GPL|EUPL|CC-BY-SA|SSPL", name) for name in dependencies.ACCEPTED)


# -- the newest ----------------------------------------------------------------------------------


def test_what_is_newer_inside_the_bounds_fails_and_beyond_them_is_said(checkout: Path, tmp_path: Path) -> None:
    # pip is slow to start: of the extras one package is enough.
    project = checkout / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    plain = re.sub(r"^(validate|export|spark|release) = .*$", r"\1 = []", text, flags=re.MULTILINE)
    project.write_text(plain.replace(', "vl-convert-python>=1.7,<2"', ""), encoding="utf-8")
    names = ["altair", "click", "duckdb", "pandas"]
    assert sorted(dependencies.direct(checkout)) == names
    # What pip finds lies in a folder, by its name.
    have = {name: metadata.version(name) for name in names}
    offered = {"altair": [have["altair"]], "click": ["8.0.1", "8.99.0", "9.1"], "duckdb": [have["duckdb"], "3.0.0"], "pandas": []}
    for name, versions in offered.items():
        for version in versions:
            (tmp_path / f"{name}-{version}-py3-none-any.whl").touch()
    done = run("--newest", "--root", checkout, PIP_CONFIG_FILE=os.devnull, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path), PIP_EXTRA_INDEX_URL="")
    wrong = [line for line in done.stderr.splitlines() if "is the newest inside" in line]
    assert done.returncode == 1 and len(wrong) == 1, done.stderr
    assert wrong[0].startswith(f"click: {have['click']} is installed, and 8.99.0 is the newest inside click<9,>=8.1. Mend: pip install --upgrade")
    said = done.stdout.splitlines()
    assert f"duckdb {have['duckdb']}: the newest inside <3,>=1.4" in said and "warning: duckdb 3.0.0 is out, beyond <3,>=1.4: try it, and raise the bound" in said
    assert any(line.startswith("warning: click 9.1 is out") for line in said)
    assert f"pandas {have['pandas']}: the package index does not answer: not checked" in said
    assert not any(line.startswith("warning: altair") for line in said)


# -- known vulnerabilities -----------------------------------------------------------------------


class Services(BaseHTTPRequestHandler):
    """Answers pip-audit as OSV does and npm as its registry does, of the vulnerabilities that a test plants: those of the world are not reached everywhere."""

    python: dict[str, dict[str, Any]] = {}
    npm: dict[str, list[dict[str, Any]]] = {}
    asked: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/query":
            question = json.loads(body)
            self.asked.append(f"{question['package']['name']}=={question['version']}")
            vulnerability = self.python.get(self.asked[-1])
            self.answer({"vulns": [vulnerability]} if vulnerability else {})
        else:
            self.answer(self.npm)

    def do_GET(self) -> None:
        # What npm wants to know of a package before it judges it.
        name = self.path.strip("/")
        version = next(row["newest"] for row in rows_of(ROOT / LIST) if row["name"] == name)
        self.answer({"name": name, "versions": {version: {"name": name, "version": version}}, "dist-tags": {"latest": version}})

    def answer(self, body: object) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    for name in ("python", "npm"):
        monkeypatch.setattr(Services, name, {})
    monkeypatch.setattr(Services, "asked", [])
    with ThreadingHTTPServer(("127.0.0.1", 0), Services) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("npm_config_registry", address)
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield f"{address}/v1/query"
        server.shutdown()
        thread.join()


def vulnerability(name: str, mended_in: str) -> dict[str, Any]:
    affected = {"package": {"name": name, "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": mended_in}]}]}
    days = {"modified": "2026-01-01T00:00:00Z", "published": "2026-01-01T00:00:00Z"}
    return {"id": "GHSA-aaaa-bbbb-cccc", "aliases": ["CVE-2026-0001"], "summary": "planted", "details": "planted", **days, "affected": [affected]}


def test_a_known_vulnerability_fails_with_its_advisory(services: str, monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    installed = {row["name"]: row["newest"] for row in dependencies.python_rows(ROOT, {r["name"]: r for r in rows_of(ROOT / LIST)})[0]}
    has_npm = shutil.which("npm") is not None
    Services.python = {f"jinja2=={installed['jinja2']}": vulnerability("jinja2", "99.1")}
    Services.npm = {"d3-dsv": [{"id": 1, "url": "https://example.org/GHSA-npm0-npm0-npm0", "title": "planted", "severity": "high", "vulnerable_versions": "<4", "cwe": [], "cvss": {"score": 0}}]}
    done = run("--audit", "--osv-url", services)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 + has_npm, done.stderr
    assert f"what is installed: jinja2 {installed['jinja2']}: CVE-2026-0001, mended in 99.1. Mend: raise the version" in done.stderr
    assert ("the explorer's packages: d3-dsv <4: GHSA-npm0-npm0-npm0. Mend: " in done.stderr) is has_npm
    assert "the lowest versions: 0 known vulnerabilities" in done.stdout and "what is installed: 1 known vulnerability\n" in done.stdout
    # Asked was of all that is installed, also what comes with something else, and of all that is promised.
    assert {f"{n}=={v}" for n, v in installed.items()} | {f"{n}=={v}" for n, v in dependencies.lowest(ROOT).items()} == set(Services.asked)

    # Excepted, by another of its numbers, until a day and no longer.
    today = date.today()
    Services.npm, Services.python = {}, {**Services.python, "duckdb==1.4.0": {**vulnerability("duckdb", "1.4.2"), "id": "GHSA-dddd-eeee-ffff", "aliases": []}}
    monkeypatch.setitem(dependencies.EXCEPTED, "GHSA-aaaa-bbbb-cccc", (today, "templates are never a guest's"))
    monkeypatch.setitem(dependencies.EXCEPTED, "GHSA-dddd-eeee-ffff", (today - timedelta(days=1), "nobody encrypts"))
    code, said, errors = here("--audit", "--osv-url", services)
    assert f"what is installed: jinja2 {installed['jinja2']}: CVE-2026-0001 is excepted until {today}: templates are never a guest's" in said
    assert code == 1 and len(errors.splitlines()) == 1 and f"the lowest versions: duckdb 1.4.0: GHSA-dddd-eeee-ffff, mended in 1.4.2; its exception ended on {today - timedelta(days=1)}. Mend: " in errors


def test_a_service_that_is_not_reached_is_said_and_nothing_counts_as_checked(services: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Port 9 answers nobody; npm's registry neither.
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    done = run("--audit", "--osv-url", "http://127.0.0.1:9/v1/query")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("no service that knows vulnerabilities is reachable: not checked") == 3 and "known vulnerabilit" not in done.stdout.replace("knows vulnerabilities", "")


def test_a_service_that_knows_no_package_has_not_checked_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What pip-audit 2.10 answered, with exit code 0, where only the file lists of PyPI are mirrored; there is no such place to ask for every test.
    (tmp_path / "pip_audit.py").write_text(
        "import json, pathlib, sys\n"
        "lines = pathlib.Path(sys.argv[sys.argv.index('-r') + 1]).read_text().splitlines()\n"
        "skip = 'Dependency not found on PyPI and could not be audited: {}'\n"
        "print(json.dumps({'dependencies': [{'name': x.split('==')[0], 'skip_reason': skip.format(x)} for x in lines], 'fixes': []}))\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    done = run("--audit", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0 and done.stdout.count("reachable: not checked") == 3 and "0 known" not in done.stdout, done.stdout


def test_exceptions_have_a_day_and_a_reason() -> None:
    for advisory, (until, reason) in dependencies.EXCEPTED.items():
        assert re.fullmatch(r"(CVE|GHSA|PYSEC)-[\w-]+", advisory) and until < date.today() + timedelta(days=366) and len(reason.split()) > 4


# -- what SECURITY.md says -----------------------------------------------------------------------


def test_security_is_in_the_sdist_and_its_links_lead_somewhere() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert "/SECURITY.md" in included and {"RELEASING.md", LIST} <= set(links)
    for name in [*links, *re.findall(r"`((?:tests|scripts|explorer)/[\w./-]+)", text)]:
        assert (ROOT / name).exists() and any(f"/{name}".startswith(inside) for inside in included), name
    numbers = {3: "three"}
    assert f"needs {numbers[len(project['project']['dependencies'])]}," in text


def test_verify_finds_damage_and_not_who_changes_the_descriptor_too(release: Path) -> None:
    file, descriptor = release / "data" / "summits.csv", release / "datapackage.json"
    file.write_text(file.read_text(encoding="utf-8").replace("Astana", "Almaty"), encoding="utf-8", newline="")
    found = sco.verify(release)
    assert found[found.state != "as released"].file.tolist() == ["data/summits.csv"]
    with pytest.raises(sco.InvalidData, match=r"data/summits\.csv: its hash is"):
        sco.open(release)
    differs = found[found.state != "as released"].iloc[0]
    edit(descriptor, differs.hash_declared, differs.hash)
    said = json.loads(descriptor.read_text(encoding="utf-8"))
    next(r for r in said["resources"] if r["path"] == differs.file)["bytes"] = int(differs.bytes)
    descriptor.write_text(json.dumps(said), encoding="utf-8")
    assert set(sco.verify(release).state) == {"as released"}


def test_a_view_of_a_hostile_release_reads_nothing_in_a_sealed_connection(release: Path, tmp_path: Path) -> None:
    pytest.importorskip("duckdb", minversion="2.0")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (release / "views").mkdir()
    (release / "views" / "stolen.sql").write_text(f"CREATE VIEW stolen AS FROM read_text('{(tmp_path / 'secret.txt').as_posix()}')\n", encoding="utf-8")
    with sco.open(release) as opened, pytest.raises(sco.InvalidData, match="asks for more than the tables: read_text"):
        opened.connect(sealed=True).execute("FROM stolen").fetchall()


def test_ci_takes_the_lowest_versions_from_their_home() -> None:
    text = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "--constraint tests/lowest.txt" in text and "scripts/dependencies.py --check --newest --audit" in text and "==" not in re.sub(r"(?m)^say.*$", "", text)
