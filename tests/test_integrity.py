"""`verify`: each file of a copy against the hash in its descriptor."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sco_data as sco

Cli = Callable[..., "subprocess.CompletedProcess[str]"]


def state_of(folder: Path, file: str) -> str:
    return str(sco.verify(folder).set_index("file").state[file])


def test_the_installed_files_are_as_released_and_hashed_as_the_system_does() -> None:
    found = sco.verify().set_index("file")
    assert set(found.state) == {"as released"} and set(found.index) == {r["path"] for r in json.loads((sco.path() / "datapackage.json").read_text(encoding="utf-8"))["resources"]}
    for name in found.index[:3]:
        body = (sco.path() / name).read_bytes()
        assert found.hash[name] == found.hash_declared[name] == "sha256:" + hashlib.sha256(body).hexdigest() and found.bytes[name] == len(body)
    assert sco.verify().attrs["version"] == sco.__version__


@pytest.mark.parametrize(
    ("name", "damage"),
    {
        "one digit of a date": lambda b: b.replace(b"2017-06-09", b"2017-06-08", 1), "a line end": lambda b: b.replace(b"\n", b"\r\n", 1), "a mark at the start": lambda b: b"\xef\xbb\xbf" + b,
        "a blank at the end": lambda b: b + b" ", "cut": lambda b: b[:-1], "emptied": lambda b: b"", "two lines changed over": lambda b: b"\n".join([*(lines := b.split(b"\n"))[:1], lines[2], lines[1], *lines[3:]]),
    }.items(),
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_any_changed_byte_is_seen(release: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    file = release / "data/statuses.csv"
    changed = damage(file.read_bytes())
    assert changed != file.read_bytes()
    file.write_bytes(changed)
    found = sco.verify(release)
    assert found[found.state != "as released"].file.tolist() == ["data/statuses.csv"] and state_of(release, "data/statuses.csv") == "differs"


def test_a_file_that_is_missing_or_stray_is_named(release: Path) -> None:
    (release / "data/summits.csv").unlink()
    (release / "data/summits-old.csv").write_text("a\n", encoding="utf-8")
    assert state_of(release, "data/summits.csv") == "missing" and state_of(release, "data/summits-old.csv") == "not declared"


def test_a_hash_that_is_changed_with_its_file_is_for_the_checksums_of_the_release(release: Path) -> None:
    file, descriptor = release / "data/issues.csv", release / "datapackage.json"
    file.write_bytes(file.read_bytes() + b"\n")
    said = json.loads(descriptor.read_text(encoding="utf-8"))
    resource = next(r for r in said["resources"] if r["name"] == "issues")
    resource |= {"hash": "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest(), "bytes": file.stat().st_size}
    descriptor.write_text(json.dumps(said), encoding="utf-8")
    # What verify cannot see, it says that it cannot.
    assert state_of(release, "data/issues.csv") == "as released" and "SHA256SUMS" in (sco.verify.__doc__ or "")


def test_the_shell_says_it_in_one_line_and_by_its_exit_code(cli: Cli, release: Path) -> None:
    done = cli("verify", str(release), "--format", "json")
    rows = json.loads(done.stdout)
    assert done.returncode == 0 and f"{len(rows)} of {len(rows)} files are as released ({sco.__version__})" in done.stderr
    (release / "data/statuses.csv").write_text("x\n", encoding="utf-8")
    done = cli("verify", str(release), "--format", "json")
    assert done.returncode == 1 and f"{len(rows) - 1} of {len(rows)}" in done.stderr and "data/statuses.csv differs" in done.stderr and "Mend: " in done.stderr
    assert [r["state"] for r in json.loads(done.stdout)].count("differs") == 1


def test_what_is_no_copy_gets_one_clear_error(cli: Cli, tmp_path: Path) -> None:
    with pytest.raises(sco.NotFound, match="SHA256SUMS is for the archive itself"):
        sco.verify(tmp_path / "none")
    with pytest.raises(sco.InvalidData, match="datapackage.json is missing"):
        sco.verify(tmp_path)
    done = cli("verify", str(tmp_path / "none"))
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and done.stdout == ""


def test_another_version_is_held_against_its_own_descriptor(release: Path) -> None:
    with sco.open(release) as opened:
        assert set(opened.verify().state) == {"as released"}
        (release / "data/issues.csv").write_text("x\n", encoding="utf-8")
        assert "differs" in set(opened.verify().state)


@pytest.mark.skipif(os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="root and Windows read what they may not")
def test_a_file_that_may_not_be_read_is_named(release: Path) -> None:
    (release / "data/issues.csv").chmod(0)
    assert state_of(release, "data/issues.csv") == "unreadable"


def test_it_needs_no_pandas_in_the_shell(release: Path) -> None:
    code = f"import sys; sys.modules['pandas'] = None; from sco_data.cli import main; main(['verify', {str(release)!r}], standalone_mode=False)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and "files are as released" in done.stderr, done.stderr
