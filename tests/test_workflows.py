"""Workflows and issue forms fit their schemas, name only what is there, and may do no more than they need."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from ruamel.yaml import YAML

import sco_data as sco

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(p for p in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if p.name != "config.yml")
FILES = [*((p, "workflows") for p in WORKFLOWS), *((p, "issue-forms") for p in FORMS), (GITHUB / "ISSUE_TEMPLATE" / "config.yml", "issue-config")]

#: By schema: what is replaced by what, so that the file is refused.
BROKEN = {"workflows": ("runs-on: ubuntu-latest", "runs-in: ubuntu-latest"), "issue-forms": ("type: input", "type: inputs"), "issue-config": ("blank_issues_enabled: true", "blank_issues_enabled: 5")}


def load(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def fits(path: Path, schema: str) -> bool:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.github-{schema}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    # 1 is a refusal; anything else is a fault of the command.
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            yield path.name, name, job


def commands() -> list[str]:
    """Return every line of shell that the workflows run."""
    return [line.strip() for _, _, job in jobs() for step in job["steps"] for line in step.get("run", "").splitlines()]


def test_there_are_the_files_that_are_checked() -> None:
    assert [p.name for p in WORKFLOWS] == ["ci.yml", "publish.yml"] and {"wrong-row.yml", "missing-source.yml"} == {p.name for p in FORMS}
    assert (GITHUB / "pull_request_template.md").is_file()


@pytest.mark.parametrize(("path", "schema"), FILES, ids=lambda v: getattr(v, "name", v))
def test_a_file_fits_its_schema_and_a_broken_copy_does_not(path: Path, schema: str, tmp_path: Path) -> None:
    assert fits(path, schema)
    text = path.read_text(encoding="utf-8")
    old, new = BROKEN[schema]
    assert old in text
    broken = tmp_path / path.name
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert not fits(broken, schema)


def test_what_the_workflows_run_is_there() -> None:
    ran = commands()
    assert "bash .ci/run" in ran and "python scripts/release --site site" in ran and "python scripts/build_site" in ran and "python scripts/build --check" in ran
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"])
    named: set[str] = set()
    for line in ran:
        for path in re.findall(r"(?<![\w./-])(?:\.ci|scripts|tests|benchmarks)/[\w./]+", line):
            assert (ROOT / path).is_file() or (ROOT / path / "__main__.py").is_file(), line
        for extra in re.findall(r'"\.\[([^\]]+)\]"', line):
            named |= set(extra.split(","))
    assert named == {"test", "release", "site"} <= extras
    # The tests are run as README says.
    assert "pytest -n auto" in ran and ".venv/bin/pytest -n auto" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_landing_has_the_history_that_it_compares_with() -> None:
    checkouts = [step for _, _, job in jobs() for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == 3 and all(step["with"] == {"fetch-depth": 0, "persist-credentials": False} for step in checkouts)
    assert "scripts/check_changes.py" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_no_secret_is_used() -> None:
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert "secrets." not in text.replace("secrets.GITHUB_TOKEN", "") and not re.search(r"password|api[-_]token", text, re.IGNORECASE)


def test_permissions_are_to_read_and_each_exception_is_named() -> None:
    for path in WORKFLOWS:
        assert load(path)["permissions"] == {"contents": "read"}, path.name
    granted = {(file, name): job["permissions"] for file, name, job in jobs() if "permissions" in job}
    assert granted == {("publish.yml", "pypi"): {"id-token": "write", "attestations": "write"}, ("publish.yml", "github"): {"contents": "write"}}


def test_only_the_job_of_pypi_has_its_environment_and_it_gets_wheel_and_sdist_alone() -> None:
    assert [name for _, name, job in jobs() if "environment" in job] == ["pypi"]
    steps = load(GITHUB / "workflows" / "publish.yml")["jobs"]["pypi"]["steps"]
    (publish,) = (s for s in steps if "pypi-publish" in s.get("uses", ""))
    assert publish["with"] == {"packages-dir": "pypi/"}
    assert [s["run"] for s in steps if "run" in s] == ["mkdir pypi && mv dist/*.whl dist/*.tar.gz pypi/"]
    # Attested is what was built, before anything of it is moved.
    assert next(i for i, s in enumerate(steps) if "attest" in s.get("uses", "")) < next(i for i, s in enumerate(steps) if "run" in s)


def test_actions_are_pinned_and_each_workflow_runs_once_at_a_time() -> None:
    for file, name, job in jobs():
        assert job["timeout-minutes"], (file, name)
        for step in job["steps"]:
            assert re.fullmatch(r"[\w-]+/[\w-]+@(v\d+|release/v1)", step.get("uses", "a/b@v1")), (file, step)
    assert all(load(path)["concurrency"]["group"] for path in WORKFLOWS)


def test_both_systems_and_every_version_of_python_are_asked() -> None:
    asked = load(GITHUB / "workflows" / "ci.yml")["jobs"]["tests"]["strategy"]["matrix"]["include"]
    assert {row["python"] for row in asked} == {"3.11", "3.12", "3.13", "3.14"}
    assert {row["os"] for row in asked} == {"windows-latest", "macos-latest"}


@pytest.mark.parametrize(("tag", "code"), [("right", 0), ("v9.9.9", 1)])
def test_a_tag_that_is_not_the_version_is_refused(tag: str, code: int) -> None:
    steps = load(GITHUB / "workflows" / "publish.yml")["jobs"]["build"]["steps"]
    (script,) = (s["run"] for s in steps if s.get("name") == "The tag is the version")
    done = shell(script.replace("python -c", f"{shlex.quote(sys.executable)} -c"), f"v{sco.__version__}" if tag == "right" else tag)
    assert done.returncode == code, done.stderr
    assert ("::error::the tag is v9.9.9" in done.stdout) == bool(code)


def test_the_notes_are_the_section_of_the_version() -> None:
    steps = load(GITHUB / "workflows" / "publish.yml")["jobs"]["build"]["steps"]
    (script,) = (s["run"] for s in steps if "awk" in s.get("run", ""))
    done = shell(script.replace(" > notes.md", ""), "v0.2.0")
    assert done.returncode == 0 and "### Data" in done.stdout and "## 0." not in done.stdout and "summit_attendance" in done.stdout


def shell(script: str, ref: str) -> subprocess.CompletedProcess[str]:
    if sys.platform == "win32":
        pytest.skip("the workflow that publishes runs on Linux")
    return subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=ROOT, env={"GITHUB_REF_NAME": ref, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, encoding="utf-8")


def field(form: str, name: str) -> dict[str, Any]:
    return next(f for f in load(GITHUB / "ISSUE_TEMPLATE" / form)["body"] if f.get("id") == name)


def test_the_form_of_a_wrong_row_lists_the_tables_and_asks_what_is_needed() -> None:
    assert field("wrong-row.yml", "table")["attributes"]["options"] == sco.tables()
    body = load(GITHUB / "ISSUE_TEMPLATE" / "wrong-row.yml")["body"]
    asked = {f["id"]: f.get("validations", {}).get("required", False) for f in body if "id" in f}
    # A blank cell says nothing.
    assert asked == {"table": True, "row": True, "column": True, "says": False, "should": True, "source": True, "place": True, "version": True}
    assert "A wrong date is a worse bug than a crash." in body[0]["attributes"]["value"]


def test_the_template_of_a_change_asks_for_source_decision_and_line() -> None:
    text = (GITHUB / "pull_request_template.md").read_text(encoding="utf-8")
    assert all(f"- {word}: " in text for word in ("Source", "Decision", "CHANGELOG", "Version"))
    for path in re.findall(r"`(?:python |bash )?((?:seeds|scripts|\.ci)/[\w./]+?)`", text):
        assert "..." in path or (ROOT / path).exists(), path


def test_the_list_for_a_release_names_what_is_there() -> None:
    text = (ROOT / "RELEASING.md").read_text(encoding="utf-8")
    for path in re.findall(r"(?<![\w./-])(?:\.ci|scripts|seeds)/[\w./]*\w", text):
        assert (ROOT / path).exists(), path
    assert (GITHUB / "workflows" / "publish.yml").is_file() and "`publish.yml`" in text and "environment `pypi`" in text
    # The files and the words of the notice that it speaks of are those that the release makes.
    made = (ROOT / "scripts" / "release" / "assets.py").read_text(encoding="utf-8")
    for name in ("sco-data-csv.zip", "sco-data.duckdb", "SHA256SUMS", "release.json", "duckdb_content", "tools"):
        assert name in text and f'"{name}"' in made, name
    assert "--content-of" in text and "--content-of" in (ROOT / "scripts" / "release" / "__main__.py").read_text(encoding="utf-8")
    assert all(f"{extra} = [" in (ROOT / "pyproject.toml").read_text(encoding="utf-8") for extra in re.findall(r"\w+", " ".join(re.findall(r"'\.\[([\w,]+)\]'", text))))


def test_no_address_of_a_repository_is_made_up() -> None:
    for path in [*GITHUB.rglob("*.*"), ROOT / "RELEASING.md", ROOT / "docs" / "updating.md"]:
        found = re.findall(r"https?://[\w./-]+|doi\.org|10\.5281", path.read_text(encoding="utf-8"))
        assert all(address.startswith("https://example.org/") for address in found), (path, found)
