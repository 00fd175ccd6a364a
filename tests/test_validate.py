"""Validation end to end: a copy of the release is damaged on disk, and the report names the place."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sco_data as sco
from sco_data.catalog import Catalog
from sco_data.errors import InvalidData
from sco_data.validation import frames, inspect
from sco_data.validation.rules import Data


def align(release: Path) -> None:
    """Bring hash, size and row counts into line, so that it is not the checksum that catches the damage."""
    file = release / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        body = (release / resource["path"]).read_bytes()
        resource |= {"hash": "sha256:" + hashlib.sha256(body).hexdigest(), "bytes": len(body)}
    file.write_text(json.dumps(descriptor), encoding="utf-8")


def edit(table: str, change: Callable[[list[list[str]]], Any]) -> Callable[[Path], None]:
    """Return a damage to the lines of a CSV file."""

    def damage(release: Path) -> None:
        file = release / "data" / f"{table}.csv"
        with file.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle))
        change(rows)
        with file.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows(rows)

    return damage


def cell(table: str, row: str, column: str, value: str) -> Callable[[Path], None]:
    def change(rows: list[list[str]]) -> None:
        next(r for r in rows if r[0] == row)[rows[0].index(column)] = value

    return edit(table, change)


def swap_header(rows: list[list[str]]) -> None:
    rows[0][6], rows[0][7] = rows[0][7], rows[0][6]


def raw(table: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(release: Path) -> None:
        file = release / "data" / f"{table}.csv"
        file.write_bytes(change(file.read_bytes()))

    return damage


DAMAGES: dict[str, tuple[Callable[[Path], None], str, str, str, str]] = {
    "a code outside its list": (cell("statuses", "IND-member-2017", "status", "guest"), "statuses", "IND-member-2017", "status", "code"),
    "a foreign key to nowhere": (cell("statuses", "IND-member-2017", "start_step", "IND-member-grant"), "statuses", "IND-member-2017", "start_step", "foreign key"),
    "a day that does not exist": (cell("statuses", "IND-member-2017", "start_date", "2017-02-30"), "statuses", "IND-member-2017", "start_date", "type"),
    "a text for a number": (cell("members", "IND", "ccode", "750a"), "members", "IND", "ccode", "type"),
    "a blank where a value is required": (cell("members", "IND", "name", ""), "members", "IND", "name", "required"),
    "a code against its pattern": (cell("members", "IND", "m49", "36"), "members", "IND", "m49", "constraint"),
    "a truth that is neither": (cell("members", "IND", "founding_member", "no"), "members", "IND", "founding_member", "type"),
    "True for true": (cell("statuses", "IND-member-2017", "contested", "True"), "statuses", "IND-member-2017", "contested", "type"),
    "no number": (cell("economic_figures", "tapi-length", "value", "NaN"), "economic_figures", "tapi-length", "value", "type"),
    "infinite": (cell("economic_figures", "tapi-length", "value", "INF"), "economic_figures", "tapi-length", "value", "type"),
    "digits in groups": (cell("economic_figures", "tapi-length", "value", "1_814"), "economic_figures", "tapi-length", "value", "type"),
    "too many digits": (cell("members", "IND", "ccode", "9" * 20), "members", "IND", "ccode", "type"),
    "a short date": (cell("statuses", "IND-member-2017", "start_date", "2017-6-9"), "statuses", "IND-member-2017", "start_date", "type"),
    "an empty table": (edit("events", lambda rows: rows.__delitem__(slice(1, None))), "events", "", "", "integrity: rows"),
    "a key twice": (edit("members", lambda rows: rows.append(rows[-1])), "members", "YUG", "", "primary key"),
    "a swapped header": (edit("statuses", swap_header), "statuses", "", "header", "header"),
    "a cell too many": (edit("members", lambda rows: rows[3].append("x")), "members", "", "", "row"),
    "rows out of order": (edit("members", lambda rows: rows.append(rows.pop(1))), "members", "AFG", "iso3", "order"),
    "a BOM": (raw("officials", lambda body: b"\xef\xbb\xbf" + body), "officials", "", "", "file"),
    "Windows line ends": (raw("issues", lambda body: body.replace(b"\n", b"\r\n")), "issues", "", "", "file"),
    "not UTF-8": (raw("members", lambda body: body.replace("Türkiye".encode(), "Türkiye".encode("latin-1"))), "members", "", "", "encoding"),
    "an overlap": (cell("statuses", "IND-observer-2005", "end_date", "2018-01-01"), "statuses", "IND-member-2017", "start_date", "overlap"),
}  # fmt: skip


#: A validation takes its time: the changed tables are looked at anew (tests/test_mutation.py: that says what a whole one says), and these are done at once, each in another place, and none may hide another.
AT_ONCE = [
    ["a code outside its list", "a text for a number", "no number"], ["a foreign key to nowhere", "a blank where a value is required", "infinite"], ["a day that does not exist", "a code against its pattern", "digits in groups"],
    ["True for true", "a truth that is neither", "an empty table"], ["a short date", "too many digits"], ["an overlap", "a key twice"], ["a swapped header", "a cell too many"], ["rows out of order", "a BOM", "Windows line ends"], ["not UTF-8"],
]  # fmt: skip


def test_every_damage_is_done_once() -> None:
    assert sorted(case for cases in AT_ONCE for case in cases) == sorted(DAMAGES)


@pytest.fixture(scope="module")
def known() -> Data:
    return Data(Catalog(sco.path()), frames.read(Catalog(sco.path()), set())[0])


@pytest.mark.parametrize("cases", AT_ONCE, ids=", ".join)
def test_damage_is_named(release: Path, known: Data, cases: list[str]) -> None:
    for case in cases:
        DAMAGES[case][0](release)
    align(release)
    report = inspect(Catalog(release), {DAMAGES[case][1] for case in cases}, known)
    assert not report.ok
    for case in cases:
        _, table, row, column, rule = DAMAGES[case]
        hits = [f for f in report.findings if f.table == table and f.rule.startswith(rule)]
        assert hits, (case, report.text())
        if row and case != "a key twice":
            assert row in {f.row for f in hits}, (case, report.text())
        if column:
            assert column in {f.column for f in hits}, (case, report.text())
    assert all(f.mend for f in report.findings)
    # Both columns of a swapped header are named.
    assert ("stands where" in report.text()) == ("a swapped header" in cases)


def test_a_changed_byte_is_caught_by_the_hash_and_hides_nothing_else(release: Path) -> None:
    raw("documents", lambda body: body.replace(b"Charter", b"Charder"))(release)
    cell("statuses", "IND-observer-2005", "end_date", "2018-01-01")(release)
    report = sco.validate(release)
    assert [f.rule.split(":")[0] for f in report.findings if f.table == "documents"] == ["integrity"]
    assert {"integrity", "overlap"} <= {f.rule.split(":")[0] for f in report.findings if f.table == "statuses"} and not report.skipped


def test_a_missing_file_is_named(release: Path) -> None:
    (release / "data" / "summits.csv").unlink()
    report = sco.validate(release)
    assert ("summits", "file: missing") in {(f.table, f.rule) for f in report.findings}


def test_a_folder_without_descriptor(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="datapackage.json is missing"):
        sco.validate(tmp_path)
    with pytest.raises(InvalidData, match="is not a folder"):
        sco.validate(tmp_path / "nowhere")


def test_a_descriptor_that_is_not_json(release: Path) -> None:
    (release / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(InvalidData, match="is not a data package of this project"):
        sco.validate(release)


@pytest.mark.parametrize("change", [{"schema": None}, {"path": 3}, {"madeFrom": None, "schema": {"fields": [{"name": "a", "type": "year", "origin": "key"}], "primaryKey": ["a"]}}])
def test_a_descriptor_of_another_shape_is_refused(release: Path, change: dict[str, Any]) -> None:
    file = release / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    descriptor["resources"][0] |= change
    file.write_text(json.dumps(descriptor), encoding="utf-8")
    with pytest.raises(InvalidData, match="is not a data package of this project"):
        sco.validate(release)


def test_command_line_exit_code_and_json(release: Path, cli: Callable[..., Any]) -> None:
    # The file of the descriptor is taken for its folder.
    done = cli("validate", str(release / "datapackage.json"), "--format", "json")
    body = json.loads(done.stdout)
    assert done.returncode == 0 and body["valid"] is True and body["checks"] > 50 and body["skipped"] == []
    cell("statuses", "IND-member-2017", "status", "guest")(release)
    done = cli("validate", str(release), "--format", "json")
    assert done.returncode == 1
    body = json.loads(done.stdout)
    assert body["valid"] is False
    assert {"table", "row", "column", "value", "rule", "mend"} <= set(body["findings"][0])
