"""Hostile input to everything that reads a file or an argument: one clear error of ours, in bounded time and memory, and nothing written, run or left behind."""

from __future__ import annotations

import gzip
import http.server
import io
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT, SCRIPT, Project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sco_data as sco
from sco_data import archives, browsing, database
from sco_data.catalog import Catalog
from sco_data.cli.output import emit_rows
from sco_data.errors import visible
from sco_data.plot import boundaries

# At the end: the package under test is the installed one.
sys.path.append(str(ROOT))

from scripts.build import __main__ as building  # noqa: E402
from scripts.build.seeds import Reader  # noqa: E402
from scripts.files import Refused, members_of  # noqa: E402
from scripts.fuzz import targets  # noqa: E402

Cli = Callable[..., "subprocess.CompletedProcess[str]"]
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
quick = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
#: No input of these tests may take longer; the slowest takes some 3 s on a quiet machine, and many times that where others work.
BOUND = 120


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """End a test that hangs: a signal breaks even into a read that waits."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def late(*_: Any) -> None:
        # No Exception, which a reader might take for one of the file's.
        pytest.fail(f"no answer in {BOUND} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(BOUND)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small package of these data, with views of its own."""
    return put(targets.package(), tmp_path / "small")


def put(files: dict[str, bytes], folder: Path) -> Path:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


def aligned(folder: Path, name: str, body: bytes) -> Path:
    """Replace a table, and bring the descriptor in line with it: the hash is no defence against who writes both."""
    import hashlib

    (folder / name).write_bytes(body)
    said = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in said["resources"]:
        if resource["path"] == name:
            resource |= {"hash": "sha256:" + hashlib.sha256(body).hexdigest(), "bytes": len(body)}
    (folder / "datapackage.json").write_text(json.dumps(said), encoding="utf-8")
    return folder


def check(error: BaseException) -> None:
    """Whatever is refused is refused in words that a terminal can show, which say what to do."""
    said = str(error)
    assert visible(said) == said and "Mend:" in said and len(said) < 10_000, said[:500]


# -- the descriptor ------------------------------------------------------------------------------


def changed(**parts: Any) -> Callable[[bytes], bytes]:
    return lambda body: json.dumps({**json.loads(body), **parts}).encode()


def resource(change: Callable[[dict[str, Any]], Any]) -> Callable[[bytes], bytes]:
    def made(body: bytes) -> bytes:
        said = json.loads(body)
        change(said["resources"][0])
        return json.dumps(said).encode("utf-8", "surrogatepass")

    return made


def column(**parts: Any) -> Callable[[bytes], bytes]:
    return resource(lambda r: r["schema"]["fields"][0].update(parts))


DESCRIPTORS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda b: b"", "Expecting value"),
    "a byte order mark": (lambda b: b"\xef\xbb\xbf" + b, "BOM"),
    "UTF-16": (lambda b: b.decode().encode("utf-16"), "codec can't decode"),
    "no UTF-8": (lambda b: b.replace(b"members", b"\xff\xfe", 1), "codec can't decode"),
    "a NUL": (lambda b: b.replace(b'"name"', b'"na\0me"', 1), "Invalid control character"),
    "nested deeply": (lambda b: b'{"resources":' * 50_000, "recursion"),
    "an integer of 5000 digits": (lambda b: b.replace(b'"bytes": ', b'"bytes": ' + b"9" * 5000, 1), "integer string conversion"),
    "an integer of 400 digits": (lambda b: b.replace(b'"bytes": ', b'"bytes": ' + b"9" * 400, 1), "bytes: is no number that a table can hold"),
    "1e999": (column(constraints={"minimum": float("inf")}), "minimum: is no number"),
    "no number": (resource(lambda r: r.update(rowCount=float("nan"))), "rowCount: is of another type"),
    "a list": (lambda b: b"[]", "it is no object"),
    "a key twice": (lambda b: b.replace(b'"version"', b'"version": "9.9.9", "version"', 1), "'version' twice"),
    "a table twice": (lambda b: json.dumps({**json.loads(b), "resources": json.loads(b)["resources"] + json.loads(b)["resources"][:1]}).encode(), "stands twice"),
    "a column twice": (resource(lambda r: r["schema"]["fields"].append(r["schema"]["fields"][0])), "two fields of one name"),
    "an escape sequence": (changed(title="\x1b]0;evil\x07"), r"control character '\\+u001"),
    "an escape sequence of eight bits": (lambda b: b.replace(b'"title": "', '"title": "\x9b31m'.encode(), 1), "control character"),
    "a mark of direction": (changed(title="\u202evil"), "control character"),
    "half a character": (changed(title="\ud800"), "control character"),
    "the other half": (changed(title="x\udc00"), "control character"),
    "no resources": (changed(resources=[]), "says nothing of resources"),
    "resources that are no list": (changed(resources={"a": 1}), "says nothing of resources"),
    "a resource that is a number": (changed(resources=[5]), "a resource is no object"),
    "a path that climbs": (resource(lambda r: r.update(path="data/../../x.csv")), "path that leaves the folder"),
    "an absolute path": (resource(lambda r: r.update(path="/etc/passwd")), "path that leaves the folder"),
    "a path with backslashes": (resource(lambda r: r.update(path="..\\x.csv")), "path that leaves the folder"),
    "a drive": (resource(lambda r: r.update(path="C:/x.csv")), "path that leaves the folder"),
    "an address": (resource(lambda r: r.update(path="http://127.0.0.1:9/x.csv")), "path that leaves the folder"),
    "a pattern of paths": (resource(lambda r: r.update(path="data/*.csv")), "no plain path"),
    "a path of 5000 letters": (resource(lambda r: r.update(path="x" * 5000)), "no plain path"),
    "a path with a NUL": (resource(lambda r: r.update(path="data/\0.csv")), "control character"),
    "many paths": (resource(lambda r: r.update(path=["data/members.csv", "/etc/passwd"])), "no path or no schema"),
    "a schema elsewhere": (resource(lambda r: r.update(schema="http://127.0.0.1:9/schema.json")), "no path or no schema"),
    "no fields": (resource(lambda r: r["schema"].update(fields=[])), "no path or no schema"),
    "a field that is a text": (resource(lambda r: r["schema"]["fields"].append("x")), "field without name"),
    "a type that is a list": (column(type=["string"]), "field without name, origin or known type"),
    "codes that are numbers": (column(constraints={"enum": [1, 2]}), "enum 1: is of another type"),
    "a pattern that is a number": (column(constraints={"pattern": 5}), "pattern: is of another type"),
    "truth that is a text": (column(constraints={"required": "yes"}), "required: is of another type"),
    "categories that are texts": (column(categories=["a"]), "categories 1: is no object"),
    "a description that is a list": (column(description=[]), "description: is of another type"),
    "no description": (resource(lambda r: r.pop("description")), "says nothing of description"),
    "a licence that is a text": (changed(licenses=["CC-BY"]), "licenses 1: is no object"),
    "an author that is a number": (changed(contributors=[{"title": 5}]), "title: is of another type"),
    "a key of no column": (resource(lambda r: r["schema"].update(primaryKey=[["a"]])), "no primary key"),
    "a foreign key to nowhere": (resource(lambda r: r["schema"].update(foreignKeys=[{"fields": ["iso3"], "reference": {"resource": "nowhere", "fields": ["x"]}}])), "'nowhere', which is no resource"),
    "a unique key of nothing": (resource(lambda r: r["schema"].update(uniqueKeys=[["nowhere"]])), "other columns than its own"),
    "a week for a day": (resource(lambda r: r.update(coverage={"first_day": "2017-W01-1", "last_day": "2020-01-01"})), "is not a day"),
    "half a coverage": (resource(lambda r: r.update(coverage={"first_day": "2017-01-01"})), "coverage: says nothing of last_day"),
    "a version of 5000 digits": (changed(version="9" * 5000 + ".0.0"), "is no version"),
    "a version in other digits": (changed(version="１.０.０"), "is no version"),
    "a version that is a number": (changed(version=0.5), "version: is of another type"),
    "a table called as one of ours": (resource(lambda r: r.update(name="coverage")), "has no name of small letters"),
    "a table whose name is a word of SQL": (lambda b: b.replace(b'"members"', b'"select"'), "describes no table that can be made"),
    "a name of 100,000 letters": (resource(lambda r: r.update(name="a" * 100_000)), "has no name of small letters"),
}  # fmt: skip


@pytest.mark.parametrize("case", DESCRIPTORS)
def test_a_hostile_descriptor_is_refused(small: Path, case: str) -> None:
    change, said = DESCRIPTORS[case]
    file = small / "datapackage.json"
    file.write_bytes(change(file.read_bytes()))
    with pytest.raises(sco.InvalidData, match=said) as error, sco.open(small) as opened:
        opened.connect()
    check(error.value)


@needs_pipes
@pytest.mark.parametrize("what", ["a folder", "a pipe", "a device", "a link to nothing", "too large", "a link in a ring"])
def test_a_descriptor_that_is_no_file_is_neither_waited_for_nor_read(small: Path, what: str) -> None:
    file = small / "datapackage.json"
    file.unlink()
    if what == "too large":
        with file.open("wb") as handle:
            handle.truncate(30_000_000_000)
    else:
        {"a folder": file.mkdir, "a pipe": lambda: os.mkfifo(file), "a device": lambda: file.symlink_to("/dev/zero"), "a link to nothing": lambda: file.symlink_to("nowhere"), "a link in a ring": lambda: file.symlink_to(file)}[what]()
    for read in (sco.open, sco.verify, sco.validate):
        with pytest.raises((sco.InvalidData, sco.NotFound)) as error:
            read(small)
        check(error.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_files_that_may_not_be_read_are_said(small: Path) -> None:
    (small / "data/actors.csv").chmod(0)
    with pytest.raises(sco.InvalidData, match="actors.csv cannot be read"):
        sco.open(small)
    (small / "datapackage.json").chmod(0)
    with pytest.raises(sco.InvalidData, match="Permission denied"):
        sco.verify(small)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10), st.data())
@quick
def test_any_value_anywhere_in_a_descriptor_is_taken_or_refused(value: Any, data: st.DataObject) -> None:
    said = json.loads(targets.package()["datapackage.json"])
    node, key = said, data.draw(st.sampled_from(sorted(said)))
    while isinstance(node[key], (dict, list)) and node[key] and data.draw(st.integers(0, 4)):
        node = node[key]
        key = data.draw(st.sampled_from(sorted(node))) if isinstance(node, dict) else data.draw(st.integers(0, len(node) - 1))
    node[key] = value
    with tempfile.TemporaryDirectory() as folder:
        put({**targets.package(), "datapackage.json": json.dumps(said).encode()}, Path(folder))
        try:
            with sco.open(folder) as opened:
                opened.connect()
                opened.describe()
                opened.cite("statuses")
                for table in opened.tables():
                    opened.describe(table)
        except sco.ScoDataError as error:
            check(error)


# -- what a descriptor makes others do -----------------------------------------------------------


def test_validation_follows_no_address_and_no_path_of_a_descriptor(small: Path) -> None:
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        said = json.loads((small / "datapackage.json").read_text(encoding="utf-8"))
        said |= {"$schema": f"{address}/package", "profile": f"{address}/profile"}
        said["resources"][0] |= {"dialect": f"{address}/dialect", "profile": f"{address}/p", "scheme": "http", "extrapaths": ["/etc/passwd", f"{address}/extra"], "$schema": f"{address}/r", "encoding": "utf-7"}
        said["resources"][1] |= {"format": "sql", "scheme": "sqlite", "control": {"x": 1}, "compression": "zip", "innerpath": "/etc/passwd"}
        said["resources"][2]["schema"] |= {"$schema": f"{address}/schema", "missingValues": ["x" * 10]}
        said["resources"][3]["schema"]["fields"][0] |= {"format": "%Y" * 1000, "rdfType": f"{address}/rdf"}
        (small / "datapackage.json").write_text(json.dumps(said), encoding="utf-8")
        report = sco.validate(small)
        server.shutdown()
    assert asked == [] and "passwd" not in report.text() and "root:" not in report.text()


def test_a_pattern_that_backtracks_without_end_ends(small: Path) -> None:
    said = json.loads((small / "datapackage.json").read_text(encoding="utf-8"))
    patterns = {"title": "(a+)+$", "publisher": "(?=x)x", "note": "(a|a)*b"}
    for table in said["resources"]:
        if table["name"] == "sources":
            for field in table["schema"]["fields"]:
                if field["name"] in patterns:
                    field["constraints"] = {"pattern": patterns[field["name"]]}
            columns = [f["name"] for f in table["schema"]["fields"]]
    (small / "datapackage.json").write_text(json.dumps(said), encoding="utf-8")
    row = ["a" * 60 + "!" if c in patterns else "x" if c == "source_id" else "" for c in columns]
    aligned(small, "data/sources.csv", f"{','.join(columns)}\n{','.join(row)}\n".encode())
    started = time.monotonic()
    text = sco.validate(small).text()
    assert time.monotonic() - started < BOUND
    assert "sources/x: title: " in text and "constraint: not of the pattern (a+)+$" in text and "descriptor: not a pattern" in text and "(a|a)*b" in text


def test_a_column_of_a_code_list_without_its_codes_is_named(small: Path) -> None:
    said = json.loads((small / "datapackage.json").read_text(encoding="utf-8"))
    field = next(f for table in said["resources"] for f in table["schema"]["fields"] if "codeList" in f)
    field.pop("constraints")
    field.pop("categories")
    (small / "datapackage.json").write_text(json.dumps(said), encoding="utf-8")
    assert f".{field['name']} in datapackage.json has other codes" in sco.validate(small).text()


# -- folders -------------------------------------------------------------------------------------


@needs_pipes
@pytest.mark.parametrize(
    ("what", "said"),
    [("a link out", "is a link that leads out"), ("a folder by a link out", "is a link that leads out"), ("a pipe", "is no file"), ("a device", "is no file"), ("a folder", "is no file"), ("a ring", "missing|cannot be read|Symlink"), ("nothing", "missing")],
)
def test_a_table_that_is_no_file_of_the_folder_is_not_read(small: Path, tmp_path: Path, what: str, said: str) -> None:
    file, outside = small / "data/statuses.csv", tmp_path / "outside"
    body = file.read_bytes()
    put({"statuses.csv": body}, outside)
    if what == "a folder by a link out":
        for other in (small / "data").iterdir():
            (outside / other.name).write_bytes(other.read_bytes())
            other.unlink()
        (small / "data").rmdir()
        (small / "data").symlink_to(outside)
    else:
        file.unlink()
        {
            "a link out": lambda: file.symlink_to(outside / "statuses.csv"), "a pipe": lambda: os.mkfifo(file), "a device": lambda: file.symlink_to("/dev/zero"), "a folder": file.mkdir, "a ring": lambda: file.symlink_to(file), "nothing": lambda: None,
        }[what]()  # fmt: skip
    with pytest.raises(sco.InvalidData, match=said) as error, sco.open(small) as opened:
        opened.load("statuses")
    check(error.value)
    if what != "nothing":
        for read in (sco.verify, sco.validate):
            try:
                answer = read(small)
                assert not (answer.ok if hasattr(answer, "ok") else (answer.state == "as released").all())
            except sco.InvalidData as refused:
                check(refused)


@needs_pipes
def test_what_lies_about_is_not_waited_for(small: Path) -> None:
    os.mkfifo(small / "data/pipe.csv")
    (small / "data/folder.csv").mkdir()
    (small / "data/link.csv").symlink_to("nowhere")
    found = sco.verify(small).set_index("file").state
    assert set(found.filter(regex="pipe|folder|link")) == {"not declared"} and (found == "as released").sum() == 8


@needs_pipes
@pytest.mark.parametrize(("what", "said"), [("pipe", "cannot be read: it is no file"), ("latin", "cannot be read: .*codec"), ("large", ".*at most 100,000 bytes"), ("folder", "cannot be read: it is no file")])
def test_a_view_that_cannot_be_read_is_named(small: Path, what: str, said: str) -> None:
    file = small / "views/mine.sql"
    {"pipe": lambda: os.mkfifo(file), "latin": lambda: file.write_bytes(b"-- \xe9\n"), "large": lambda: file.write_bytes(b"-- x\n" * 100_000), "folder": file.mkdir}[what]()
    with pytest.raises(sco.InvalidData, match=rf"views/mine\.sql {said}") as error, sco.open(small) as opened:
        opened.members()
    check(error.value)


def test_a_folder_whose_name_is_a_pattern_is_read(small: Path) -> None:
    with sco.open(small.rename(small.with_name("data [1] *?'"))) as opened:
        assert len(opened.load("statuses")) > 0 and len(opened.connect().execute("FROM actors").fetchall()) > 0


# -- tables --------------------------------------------------------------------------------------

TABLES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda b: b"", "a NUL": lambda b: b.replace(b"IND", b"I\0D"), "no UTF-8": lambda b: b.replace(b"India", b"Indi\xe4"), "UTF-16": lambda b: b.decode().encode("utf-16"), "a byte order mark": lambda b: b"\xef\xbb\xbf" + b,
    "a field of 200,000 letters": lambda b: b.replace(b"India", b"x" * 200_000), "a field of 5 million": lambda b: b.replace(b"India", b"x" * 5_000_000), "a quote that does not end": lambda b: b.replace(b"India", b'"India', 1), "a header of one field": lambda b: b"x" * 200_000 + b[5:],
    "a cell too many": lambda b: b.replace(b"India,", b"India,,", 1), "a row of one cell": lambda b: b + b"XXX\n", "a code of 5000 digits": lambda b: re.sub(rb",356,", b"," + b"9" * 5000 + b",", b), "returns alone": lambda b: b.replace(b"\n", b"\r"), "a million blank lines": lambda b: b + b"\n" * 1_000_000,
}  # fmt: skip


@pytest.mark.parametrize("case", TABLES)
def test_a_hostile_table_is_refused_or_read_and_never_breaks_a_reader(small: Path, case: str) -> None:
    table = (small / "data/actors.csv").read_bytes()
    assert b"India" in table and b"356" in table
    aligned(small, "data/actors.csv", TABLES[case](table))
    with sco.open(small) as opened:
        for ask in (lambda: opened.load("actors"), lambda: opened.history("India"), lambda: opened.connect().execute("FROM members").fetchall(), lambda: sco.diff(small, put(targets.package(), small / "other"))):
            try:
                ask()
            except sco.ScoDataError as error:
                check(error)
        text = sco.validate(small).text()
    assert visible(text).endswith("findings") or visible(text).endswith("finding")


def test_a_text_of_four_hundred_digits_is_no_number(small: Path) -> None:
    table = (small / "data/summits.csv").read_bytes().splitlines()
    names = table[0].split(b",")
    cell = names.index(b"first_day")
    rows = [line.split(b",") for line in table[1:2]]
    rows[0][cell] = b"1e999"
    aligned(small, "data/summits.csv", b"\n".join([table[0], b",".join(rows[0])]) + b"\n")
    with sco.open(small) as opened, pytest.raises(sco.InvalidData, match=r"summits\.csv: row 2"):
        opened.load("summits")
    assert "first_day: 1e999: type: not" in sco.validate(small).text()


@given(st.binary(max_size=300), st.integers(0, 2000))
@quick
def test_any_bytes_in_a_table_are_read_or_refused(body: bytes, at: int) -> None:
    table = targets.package()["data/actors.csv"]
    with tempfile.TemporaryDirectory() as folder:
        place = aligned(put(targets.package(), Path(folder)), "data/actors.csv", table[:at] + body + table[at:])
        with sco.open(place) as opened:
            for ask in (lambda: opened.load("actors"), lambda: opened.history("India")):
                try:
                    ask()
                except sco.ScoDataError as error:
                    check(error)


# -- archives ------------------------------------------------------------------------------------


def pack(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def headers(change: Callable[[bytearray, int], None], name: bytes = b"data/actors.csv") -> Callable[[], bytes]:
    """Change the entry of a member in the list of a zip, which is what readers go by."""

    def made() -> bytes:
        body = bytearray(pack(targets.package()))
        at = body.rindex(b"PK\x01\x02", 0, body.rindex(name))
        change(body, at)
        return bytes(body)

    return made


def with_files(**files: bytes) -> Callable[[], bytes]:
    return lambda: pack({**targets.package(), **files})


def linked() -> bytes:
    out = io.BytesIO(pack({n: b for n, b in targets.package().items() if n != "data/actors.csv"}))
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("data/actors.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def big() -> bytes:
    """Five tables of 400 MB each, as the descriptor says, in 2 MB."""
    said = json.loads(targets.package()["datapackage.json"])
    for table in said["resources"]:
        table["bytes"] = 400_000_000
    return pack({**targets.package(), "datapackage.json": json.dumps(said).encode()})


def deep() -> bytes:
    return pack({**targets.package(), "datapackage.json": b"[" * 100_000})


ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "encrypted": (headers(lambda body, at: struct.pack_into("<H", body, at + 8, 1)), "encrypted, password required"),
    "an unknown method": (headers(lambda body, at: struct.pack_into("<H", body, at + 10, 99)), "is compressed as no release is"),
    "a sum that is a lie": (headers(lambda body, at: struct.pack_into("<L", body, at + 16, 5)), "Bad CRC"),
    "a size that is too small": (headers(lambda body, at: struct.pack_into("<L", body, at + 24, 10)), "cannot be unpacked|its hash is"),
    "a member that lies over another": (headers(lambda body, at: struct.pack_into("<L", body, at + 42, 0)), "cannot be unpacked|differ"),
    "a place beyond the file": (headers(lambda body, at: struct.pack_into("<L", body, at + 42, 0x7FFFFFF0)), "cannot be unpacked"),
    "a list of files that is a lie": (lambda: pack(targets.package())[:-10] + struct.pack("<L", 0x7FFFFFFF) + b"\0" * 6, "cannot be unpacked"),
    "a hundred thousand files": (lambda: pack({**targets.package(), **{f"x/{'y' * 40}{n}": b"" for n in range(50_000)}}, zipfile.ZIP_STORED), "its list of files is longer"),
    "a link": (linked, r"data/actors\.csv: its hash is"),
    "tables of gigabytes": (big, "3,200,000,000 bytes together, which no release has"),
    "a descriptor of 100 MB": (lambda: pack({**targets.package(), "datapackage.json": b" " * 100_000_000}), "unpacks to more than the 20,000,000 bytes"),
    "a descriptor nested deeply": (deep, r"release\.zip: datapackage\.json is not a data package"),
    "a file that climbs": (with_files(**{"data/../../evil.txt": b"x"}), "leads out of the zip"),
    "a name that acts on the terminal": (with_files(**{"\x1b[2J/../evil.txt": b"x"}), "leads out of the zip"),
    "a device of Windows": (with_files(**{"\\\\.\\pipe\\evil": b"x"}), "leads out of the zip"),
    "a view of a megabyte": (with_files(**{"views/large.sql": b"-- x\n" * 200_000}), "unpacks to more than the 100,000 bytes"),
    "empty": (lambda: b"", "cannot be unpacked"),
    "the end of a zip alone": (lambda: b"PK\x05\x06" + b"\0" * 18, r"no datapackage\.json in it"),
}  # fmt: skip


@pytest.mark.parametrize("case", ARCHIVES)
def test_a_hostile_archive_is_refused_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    make, said = ARCHIVES[case]
    scratch, file = tmp_path / "scratch", tmp_path / "release.zip"
    scratch.mkdir()
    file.write_bytes(make())
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.chdir(scratch)
    with pytest.raises(sco.InvalidData, match=said) as error:
        sco.open(file)
    check(error.value)
    assert str(scratch) not in str(error.value), "the folder is gone when the message is read"
    assert list(scratch.rglob("*")) == [] and [p.name for p in tmp_path.iterdir()] == ["scratch", "release.zip"] or sorted(p.name for p in tmp_path.iterdir()) == ["release.zip", "scratch"]
    with pytest.raises((sco.InvalidData, sco.NotFound)):
        sco.diff(file)


def test_a_size_that_is_a_lie_does_not_matter(tmp_path: Path) -> None:
    for offset, size in ((24, 0xFFFFFFFE), (20, 0x7FFFFFFF)):
        (tmp_path / "release.zip").write_bytes(headers(lambda body, at: struct.pack_into("<L", body, at + offset, size))())  # noqa: B023
        with suppress(sco.InvalidData), sco.open(tmp_path / "release.zip") as opened:
            assert len(opened.load("actors")) > 3


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=40))
@quick
def test_any_bytes_in_an_archive_are_read_or_refused(at: int, body: bytes) -> None:
    packed = pack(targets.package())
    with tempfile.TemporaryDirectory() as folder:
        # From the end, where the list is.
        file = Path(folder) / "release.zip"
        file.write_bytes(packed[: max(0, len(packed) - at)] + body + packed[max(0, len(packed) - at + len(body)) :])
        for read in (lambda: sco.open(file).close(), lambda: browsing.find(file)):
            try:
                read()
            except sco.ScoDataError as error:
                check(error)


SITE = {"site.json": b'{"name": "sco-data", "version": "0.5.0"}', "index.html": b"<!doctype html>", "encrypted.js": b"x"}


@pytest.mark.parametrize(("notice", "said"), [(b"[" * 100_000, "cannot be read"), (b"\xff", "cannot be read"), (b"9" * 5000, "cannot be read"), (b'"x"', "is no site"), (b" " * 200_000_000, "is no site"), (b"", "is no site")])
def test_a_hostile_site_is_refused(tmp_path: Path, notice: bytes, said: str) -> None:
    (tmp_path / "site.zip").write_bytes(pack({**SITE, "site.json": notice}))
    with pytest.raises(sco.InvalidData, match=said) as error:
        browsing.find(tmp_path / "site.zip")
    check(error.value)


def test_what_is_wrong_with_one_file_of_a_site_is_its_own_matter(tmp_path: Path) -> None:
    body = bytearray(pack({**SITE, "large.js": bytes(150_000_000)}))
    struct.pack_into("<H", body, body.rindex(b"PK\x01\x02", 0, body.rindex(b"encrypted.js")) + 8, 1)
    (tmp_path / "site.zip").write_bytes(body)
    read = browsing.find(tmp_path / "site.zip")
    assert read("index.html") == b"<!doctype html>" and read("encrypted.js") is None and read("large.js") is None and read("../x") is None


# -- views ---------------------------------------------------------------------------------------

VIEWS = {
    "reads a file": "CREATE VIEW mine AS FROM read_text('{file}');", "reads a table of somebody's": "CREATE VIEW mine AS FROM read_csv('{file}');", "reads by a name": "CREATE VIEW mine AS FROM '{file}';", "looks about": "CREATE VIEW mine AS FROM glob('/*');",
    "reads when it is called": "CREATE MACRO mine(a, b := 1) AS TABLE FROM read_text('{file}') WHERE a = b;", "reads what a default says": "CREATE MACRO mine(a, p := '{file}') AS TABLE SELECT a, content FROM read_text(p);",
    "reads what it is given": "CREATE MACRO mine(p) AS TABLE FROM read_text(p);", "hides what it reads": "CREATE VIEW mine AS FROM query('FROM read_text(''{file}'')');", "reads a variable of Python": "CREATE VIEW mine AS FROM secret;",
    "waits to be unwatched": "CREATE VIEW mine AS FROM query(CASE WHEN current_setting('enable_external_access')::BOOL THEN 'FROM read_text(''{file}'')' ELSE 'SELECT 1' END);", "writes": "CREATE VIEW mine AS SELECT 1; COPY (SELECT 1) TO 'evil.csv';", "is a statement": "COPY (SELECT 1) TO 'evil.csv';",
    "reads in a part": "CREATE VIEW mine AS SELECT (SELECT content FROM read_text('{file}')) AS x FROM members;", "asks for the environment": "CREATE VIEW mine AS SELECT getenv('HOME');", "is half a text": "CREATE VIEW mine AS SELECT '", "nests": "CREATE VIEW mine AS SELECT " + "(" * 20_000 + "1" + ")" * 20_000,
    "reads when it is asked": "CREATE VIEW mine AS FROM sniff_csv('{file}');", "hides a call": "CREATE VIEW mine AS FROM \"sniff_csv\" /* /* */ */ ('{file}');", "looks at the machine": "CREATE VIEW mine AS FROM duckdb_settings();", "changes the connection": "CREATE VIEW mine AS FROM enable_logging('QueryLog');",
    "follows a number into memory": "CREATE VIEW mine AS FROM arrow_scan(1::POINTER, 1::POINTER, 1::POINTER);", "leaves a trace": "CREATE VIEW mine AS SELECT write_log('x');", "is a plan": "CREATE VIEW mine AS FROM json_execute_serialized_sql('{{}}');",
    "is WITH in each other": "CREATE VIEW mine AS " + "WITH a AS (" * 10, "asks for itself": "CREATE VIEW mine AS FROM mine;",
}  # fmt: skip


@pytest.mark.parametrize("case", VIEWS)
def test_a_view_that_somebody_packed_reads_only_the_tables(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    secret = sco.sql("SELECT 'secret' AS a")
    (tmp_path / "secret.csv").write_text("a\nsecret\n", encoding="utf-8")
    text = VIEWS[case].replace("{file}", (tmp_path / "secret.csv").as_posix())
    put({"views/mine.sql": f"-- Mine.\n{text}\n".encode()}, small)
    monkeypatch.chdir(tmp_path)
    with sco.open(small) as opened:
        assert len(opened.members(on="2017-06-09")) > 0, "the other views answer"
        for ask in (lambda: opened.sql("FROM mine(1)" if "MACRO" in text else "FROM mine"), opened.connect):
            with pytest.raises(sco.InvalidData, match=r"views/mine\.sql") as error:
                ask()
            check(error.value)
    assert len(secret) == 1 and not (tmp_path / "evil.csv").exists()


def test_comments_and_macros_without_end_are_read_in_time(small: Path) -> None:
    put({"views/mine.sql": b"--x\n" * 24_000 + b"CREATE VIEW mine AS SELECT 1;", "views/other.sql": b"CREATE MACRO a(" * 6_000}, small)
    started = time.monotonic()
    with sco.open(small) as opened:
        assert "mine" in opened.views() and time.monotonic() - started < 5


# -- SQL -----------------------------------------------------------------------------------------

STATEMENTS = {
    "half a character": ("SELECT '\ud800'", "half a character"), "too long": ("SELECT " + "1 , " * 30_000 + "1", "characters. Mend: write at most"), "brackets that do not end": ("SELECT " + "(" * 40_000 + "1", "40,000 times brackets"), "some": ("SELECT " + "(" * 1400 + "1", "SQL:"), "signs": ("SELECT " + "- " * 20_000, "20,000 times brackets and signs"),
    "WITH in each other": ("WITH a AS (" * 10, "10 times WITH. Mend"), "a few": ("WITH a AS (" * 6, "SQL:"), "negations": ("SELECT " + "NOT " * 20_000 + "true", "SQL:"), "lists": ("SELECT " + "[" * 40_000, "times brackets"),
    "subqueries": ("FROM " + "(FROM " * 1_200 + "members" + ")" * 1_200, "SQL:"), "nothing": ("", "returns no rows"), "a NUL": ("\0", "SQL:|returns no rows"), "a NUL in a name": ('SELECT 1 AS "a\0b", 2 AS "a\0c"', "is called 'a.x00b', with the character 0. Mend"), "two": ("SELECT 1; SELECT 2", "more than one statement"), "no text": (b"SELECT 1", "is not an SQL statement"),
    "5000 digits": ("SELECT " + "9" * 5000, "SQL:"), "an escape sequence": ("SELECT \x1b[2J", "SQL:"),
}  # fmt: skip


@pytest.mark.parametrize("case", STATEMENTS)
def test_a_hostile_statement_gets_one_clear_error(case: str) -> None:
    statement, said = STATEMENTS[case]
    with pytest.raises(sco.UsageError, match=said) as error:
        sco.sql(statement)  # type: ignore[arg-type]
    assert visible(str(error.value)) == str(error.value) and len(str(error.value)) < 10_000


def test_a_list_in_itself_is_no_parameter() -> None:
    ring: list[Any] = []
    ring.append(ring)
    for params in ([ring], {"a": [[[[ring]]]]}):
        with pytest.raises(sco.UsageError, match="lists in lists"):
            sco.sql("SELECT $a" if isinstance(params, dict) else "SELECT ?", params)
    for bad in (5, [object()], [10**5000], ["\ud800"], {1, 2}, {"b": 1}, [1, 2, 3]):
        with pytest.raises(sco.UsageError):
            sco.sql("SELECT ?", bad)


@given(st.text(max_size=60))
@quick
def test_any_text_is_a_statement_or_none(text: str) -> None:
    for statement in (text, f"SELECT {text}", f"FROM members WHERE name = '{text}'"):
        try:
            sco.sql(statement)
        except sco.ScoDataError as error:
            assert visible(str(error)) == str(error)


@pytest.mark.skipif(int(duckdb.__version__.partition(".")[0]) < 2, reason="DuckDB before 2.0 cannot be sealed")
@given(st.text(max_size=60))
@quick
def test_any_text_in_a_sealed_connection_is_answered_or_an_error_of_duckdb(text: str) -> None:
    con = database.open_sealed("200MB", 1)
    for statement in (text, f"SELECT '{text}'"):
        # Half a character is no text to its binding, which says TypeError.
        with suppress(duckdb.Error, TypeError):
            (con.execute(statement) or con).fetchall()
    assert con.execute("SELECT 1").fetchall() == [(1,)]


# -- the command line ----------------------------------------------------------------------------

COMMANDS: dict[str, tuple[list[bytes], int, str]] = {
    "bytes that are no text": ([b"show", b"\xff\xfe"], 1, "no table or view"), "a statement that is no text": ([b"sql", b"SELECT '\xff'"], 2, "half a character"), "a row that is no text": ([b"evidence", b"statuses", b"\xff"], 2, "Error: SQL: .*surrogate"),
    "a state of 100,000 letters": ([b"history", b"x" * 100_000], 1, "no state is known as"), "a day of 100,000 digits": ([b"members", b"--on", b"9" * 100_000], 2, "is not a day"), "a year of 5000 digits": ([b"panel", b"9" * 5000], 2, "not a valid integer"), "a year of 30 digits": ([b"panel", b"9" * 30], 2, "are not years"),
    "an escape sequence": ([b"show", b"\x1b[2Jx"], 1, r"\\x1b\[2Jx"), "an escape sequence for an option": ([b"members", b"--status", b"\x1b[2J"], 2, r"\\x1b\[2J"), "a path of 5000 letters": ([b"validate", b"x" * 5000], 1, "is not a folder"), "another": ([b"verify", b"x" * 5000], 1, "there is no folder"),
    "a path that acts": ([b"--data", b"\x1b[2J\xff", b"members"], 1, r"there is no \\x1b\[2J"), "a version of 5000 letters": ([b"--data", b"x" * 5000, b"members"], 1, "there is no"), "an output of 5000 letters": ([b"members", b"-o", b"x" * 5000 + b".csv"], 2, "cannot write"), "a revision that is an option": ([b"diff", b"--output=evil"], 2, "No such option"), "a revision after a dash": ([b"diff", b"--", b"--output=evil"], 1, "is no folder, zip, git revision"),
    "a full disk": ([b"show", b"statuses", b"-f", b"csv", b"-o", b"/dev/full"], 2, "cannot write|no format|Mend"),
}  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are texts there")
@pytest.mark.parametrize("case", COMMANDS)
def test_a_hostile_argument_gets_an_exit_code_and_one_clear_error(tmp_path: Path, case: str) -> None:
    args, code, said = COMMANDS[case]
    done = subprocess.run([os.fsencode(SCRIPT), *args], cwd=tmp_path, capture_output=True, timeout=BOUND)
    err = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b""), err[:1000]
    assert re.search(said, err) and "Traceback" not in err and visible(err) == err and len(err) < 8_000, err[:1000]
    assert list(tmp_path.iterdir()) == []


def test_what_a_cell_holds_does_not_act_on_the_terminal_and_stays_what_it_is(cli: Cli) -> None:
    statement = "SELECT 'a' || chr(27) || '[2J' || chr(8238) || 'b' AS \"x\x1b[31m\""
    assert "\\x1b[2J\\u202eb" in cli("sql", statement).stdout and "\x1b" not in cli("sql", statement).stdout
    assert json.loads(cli("sql", statement, "-f", "json").stdout) == [{"x\x1b[31m": "a\x1b[2J\u202eb"}]
    assert "a\x1b[2J\u202eb" in cli("sql", statement, "-f", "csv").stdout


def test_a_finding_and_a_difference_do_not_act_on_the_terminal(small: Path, cli: Cli) -> None:
    other = put(targets.package(), small.with_name("other"))
    aligned(small, "data/actors.csv", (small / "data/actors.csv").read_bytes().replace(b"India", b"\x1b]0;evil\x07"))
    for args in (("validate", str(small)), ("diff", str(other), str(small)), ("diff", str(other), str(small), "-f", "markdown")):
        said = cli(*args)
        assert "\x1b" not in said.stdout + said.stderr and "\x07" not in said.stdout + said.stderr
    assert "\\x1b]0;evil" in cli("diff", str(other), str(small)).stdout


def test_a_cell_of_excel_is_no_formula(tmp_path: Path) -> None:
    file = sco.export(tmp_path / "x.xlsx", {"x": "SELECT '=cmd|'' /C calc''!A0' AS a, '@SUM(1)' AS b, '+1+1' AS c"})
    cells = [cell for row in openpyxl.load_workbook(file)["x"].iter_rows() for cell in row]
    assert {"=cmd|' /C calc'!A0", "@SUM(1)", "+1+1"} <= {c.value for c in cells} and {c.data_type for c in cells if c.value} == {"s"}


# -- Python --------------------------------------------------------------------------------------

FRAME = pd.DataFrame({"a": ["India"], "b": ["2020-01-01"]})
CALLS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "open": (lambda v: sco.open(v), "is no path"), "verify": (lambda v: sco.verify(v), "is no path"), "diff": (lambda v: sco.diff(v), "is no path"), "export to": (lambda v: sco.export(v, "members"), "is no path"), "boundaries": (lambda v: sco.plot.map(boundaries=v, disputed=v), "is no path"), "save": (lambda v: sco.plot.save(None, v), "is no path"),  # type: ignore[arg-type]
    "load": (lambda v: sco.load(v), "no table or view"), "describe": (lambda v: sco.describe(v), "no table"), "evidence": (lambda v: sco.evidence(v, v), "no table"), "a row": (lambda v: sco.evidence("statuses", v), "no row"), "a column": (lambda v: sco.evidence("statuses", "IND-member-2017", v), "no column"),
    "cite": (lambda v: sco.cite(v), "no table"), "style": (lambda v: sco.cite(style=v), "no style"), "history": (lambda v: sco.history(v), "no state is known"), "on": (lambda v: sco.members(v), "is not a day"), "status": (lambda v: sco.members(status=v), "no status"), "universe": (lambda v: sco.panel(universe=v), "no universe"),
    "years": (lambda v: sco.panel(v, v), "are not years"), "sql": (lambda v: sco.sql(v), "is not an SQL statement"), "connect": (lambda v: sco.connect(v), "is no version of the data"), "tables": (lambda v: sco.export("x.csv", v), "names nothing to export|no table or view|nothing to export|is not a name"), "format": (lambda v: sco.export("x", "members", format=v), "no format"),
    "dialect": (lambda v: sco.export("x.sql", "members", dialect=v), "no dialect"), "plot": (lambda v: sco.plot.table(v), "no plot"), "annotate": (lambda v: sco.annotate(v, country="a", date="b"), "no kind of frame"), "country": (lambda v: sco.annotate(FRAME, country=v, date="b"), "no column"), "names": (lambda v: sco.annotate(FRAME, country="a", date="b", names=v), "not three names"),
    "code": (lambda v: sco.annotate(FRAME, country="a", date="b", code=v), "no code"), "strict": (lambda v: sco.annotate(FRAME, country="a", date="b", strict=v), "not True or False"),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLS)
def test_a_wrong_type_is_said(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call, said = CALLS[case]
    for value in ([[]], {"a": {}}, object(), 1.5, 10**5000):
        with pytest.raises(sco.ScoDataError, match=said) as error:
            call(value)
        assert len(str(error.value)) < 5000
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [10**5000, -(10**400), Decimal("sNaN"), Decimal("1e1000000"), Decimal("-Infinity"), float("inf"), float("nan"), 1j, b"\xff", [], {}, object(), "\ud800", "a\0b", "x" * 100_000, pd.NaT, pd.Timestamp.max, True], ids=lambda v: type(v).__name__)
def test_any_value_of_a_frame_is_blank_or_refused(value: Any) -> None:
    frame = pd.DataFrame({"a": pd.Series([value, "India"], dtype=object), "b": pd.Series([value, "2017"], dtype=object)})
    for asked in ({"date": "b"}, {"year": "b"}, {"year": "b", "code": "m49"}, {"year": "b", "code": "iso3"}):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                out = sco.annotate(frame, country="a", **asked)  # type: ignore[arg-type]
                assert len(out) == 2 and pd.isna(out.sco_status.iloc[0])
            except sco.UsageError as error:
                check(error)


@given(st.lists(st.tuples(st.text() | st.integers() | st.floats() | st.none(), st.text() | st.integers() | st.floats() | st.dates() | st.none()), max_size=5), st.sampled_from(["date", "year"]), st.sampled_from(["auto", "m49", "iso2", "name"]))
@quick
def test_any_frame_is_annotated_or_refused(rows: list[tuple[Any, Any]], by: str, code: str) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b"], dtype=object)
    asked: dict[str, Any] = {"country": "a", by: "b", "code": code}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            assert len(sco.annotate(frame, **asked)) == len(rows)
        except sco.UsageError as error:
            check(error)


# -- files of the user ---------------------------------------------------------------------------

EVENTS = b"actor,day\nIndia,2017-06-09\n"
FILES: dict[str, tuple[str, bytes, str]] = {
    "half a gzip": (".csv.gz", gzip.compress(EVENTS * 1000)[:60], "cannot be read|Unexpected end"), "a changed gzip": (".csv.gz", gzip.compress(EVENTS)[:12] + b"\xff\xff" + gzip.compress(EVENTS)[14:], "cannot be read"), "no gzip": (".csv.gz", EVENTS, "cannot be read"), "UTF-16": (".csv", EVENTS.decode().encode("utf-16"), "cannot be read"),
    "empty": (".csv", b"", "does not name every column"), "a NUL in the header": (".csv", b"actor,d\0y\n", "row 1 is no header"), "a field of 200,000 letters": (".csv", b"actor,day," + b"x" * 200_000 + b"\n", "row 1: field larger"), "a line without end": (".csv", b"x," * 800_000, "row 1 is no header"),
    "20,000 columns": (".csv", ",".join(["actor", "day", *(f"c{n}" for n in range(20_000))]).encode() + b"\n", "row 1 is no header"), "a column twice": (".csv", b"actor,day,DAY\n", "two columns are called"), "no Parquet": (".parquet", b"PAR1" + EVENTS + b"PAR1", "Mend: see that the file is whole"), "half a character": (".csv", EVENTS + b"Indi\xe4,2017-01-01\n", "Mend"),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_a_hostile_file_of_the_user_is_refused_and_nothing_is_written(tmp_path: Path, cli: Cli, case: str) -> None:
    suffix, body, said = FILES[case]
    (tmp_path / f"in{suffix}").write_bytes(body)
    done = cli("annotate", f"in{suffix}", "--country", "actor", "--date", "day", "-o", "out.csv", cwd=tmp_path)
    assert done.returncode == 2 and re.search(said, done.stderr) and "Traceback" not in done.stderr, done.stderr[:1000]
    assert [p.name for p in tmp_path.iterdir()] == [f"in{suffix}"]


def test_a_parquet_file_that_names_a_column_with_no_text_is_refused(tmp_path: Path, cli: Cli) -> None:
    place = tmp_path / "in.parquet"
    duckdb.execute(f"COPY (SELECT 'India' AS actor, DATE '2017-06-09' AS day, 1 AS name) TO '{place.as_posix()}'")
    body = place.read_bytes()
    assert body.count(b"\x04name") == 2
    place.write_bytes(body.replace(b"\x04name", b"\x04n\xffme"))
    done = cli("annotate", "in.parquet", "--country", "actor", "--date", "day", "-o", "out.csv", cwd=tmp_path)
    assert done.returncode == 2 and "Error: in.parquet: a name in it cannot be read as text" in done.stderr, done.stderr[:1000]
    with pytest.raises(sco.UsageError, match="SQL: .*(unicode|Python cannot hold)"):
        sco.sql(f"FROM read_parquet('{place.as_posix()}')")
    for form in ("json", "csv", "parquet", "table"):
        done = cli("sql", "FROM read_parquet('in.parquet')", "--format", form, *(["-o", "out"] if form == "parquet" else []), cwd=tmp_path)
        assert done.returncode == 2 and done.stderr.startswith("Error: ") and "Traceback" not in done.stderr, (form, done.stderr[:1000])
    assert [p.name for p in tmp_path.iterdir()] == ["in.parquet"]


@pytest.mark.parametrize("way", [["sql", "-f", "table"], ["sql", "-f", "csv"], ["sql", "-f", "json"], ["sql", "-f", "markdown"], ["sql", "-o", "x.parquet"]], ids=lambda way: way[-1])
def test_a_value_of_every_type_of_sql_is_given_out_or_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    given_out = 0
    for value in targets.TYPED:
        for shape in ("{0}", "map([{0}], [{0}])"):
            with suppress(targets.Refused):
                targets._command([*way, f"SELECT {shape.format(value)} AS a UNION ALL SELECT NULL"], tmp_path)
                given_out += 1
    # Refused is little: what DuckDB cannot compute, or Python has no value for.
    assert given_out > 1.8 * len(targets.TYPED)


def test_a_map_has_its_keys_as_text_and_a_struct_is_an_object(cli: Cli) -> None:
    sql = "SELECT map([DATE '2017-06-09'], [1]) AS days, {'k': [1.5::DOUBLE, 'nan'::DOUBLE]} AS s"
    assert json.loads(cli("sql", sql, "-f", "json").stdout) == [{"days": {"2017-06-09": 1}, "s": {"k": [1.5, None]}}]
    assert cli("sql", sql, "-f", "csv").stdout == 'days,s\n"{""2017-06-09"": 1}","{""k"": [1.5, null]}"\n'


def test_parquet_has_the_values_that_python_and_csv_have_not(tmp_path: Path, cli: Cli) -> None:
    sql = "SELECT '\\N' AS a, chr(10) || chr(13) AS b, DATE 'infinity' AS c, INTERVAL 1 YEAR AS d, DATE '12345-01-01' AS e, NULL::VARCHAR AS f, '' AS g; -- said"
    done = cli("sql", sql, "-o", "x.parquet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = duckdb.sql(f"SELECT a, b, isinf(c), d = INTERVAL 1 YEAR, year(e), f, g FROM '{(tmp_path / 'x.parquet').as_posix()}'").fetchall()
    assert found == [("\\N", "\n\r", True, True, 12345, None, "")]
    # What is no query in another is told in rows.
    assert cli("sql", "EXPLAIN SELECT 1", "-o", "x.parquet", cwd=tmp_path).returncode == 0
    assert duckdb.sql(f"SELECT explain_value LIKE '%\n%' FROM '{(tmp_path / 'x.parquet').as_posix()}'").fetchall() == [(True,)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.none() | st.text(st.sampled_from('\r\n"\\N,\0a\u2028 ')), st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.dates()), max_size=5))
def test_rows_come_back_from_parquet_as_they_were(tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    emit_rows(["a", "b", "c"], rows, None, tmp_path / "x.parquet", ["VARCHAR", "BIGINT", "DATE"])
    assert duckdb.sql(f"FROM '{(tmp_path / 'x.parquet').as_posix()}'").fetchall() == rows


@needs_pipes
def test_a_device_or_a_pipe_is_not_replaced(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "in.csv").write_bytes(EVENTS)
    os.mkfifo(tmp_path / "pipe.csv")
    # No device of the machine, which root would lose if this failed.
    (tmp_path / "link.csv").symlink_to(tmp_path / "pipe.csv")
    for name in ("pipe.csv", "link.csv"):
        for args in (("annotate", "in.csv", "--country", "actor", "--date", "day", "-o", name), ("export", name, "members")):
            done = cli(*args, cwd=tmp_path)
            assert done.returncode == 2 and "a pipe or a device" in done.stderr, done.stderr
    assert (tmp_path / "pipe.csv").is_fifo() and (tmp_path / "link.csv").is_symlink()
    done = cli("annotate", "pipe.csv", "--country", "a", "--date", "b", "-o", "out.csv", cwd=tmp_path)
    assert done.returncode == 2 and "no file" in done.stderr


@pytest.mark.parametrize("memory", ["0MB", "1MB", "99999999999999TB"])
def test_too_little_or_too_much_memory_is_said(tmp_path: Path, cli: Cli, memory: str) -> None:
    (tmp_path / "in.csv").write_bytes(EVENTS)
    done = cli("annotate", "in.csv", "--country", "actor", "--date", "day", "-o", "out.csv", "--memory", memory, cwd=tmp_path)
    assert "Traceback" not in done.stderr and done.returncode in (0, 2) and not list(tmp_path.glob(".out*"))


def polygon(**parts: Any) -> bytes:
    feature = {"type": "Feature", "properties": {"ISO_A3": "IND", "ne_id": 1}, "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 5], [5, 5], [5, 0], [0, 0]]]}}
    return json.dumps({"type": "FeatureCollection", "features": [{**feature, **parts}]}).encode()


BOUNDARIES = {
    "nested": b"[" * 100_000, "400 digits": polygon(geometry={"type": "Polygon", "coordinates": [[[10**400, 0]] * 5]}), "5000 digits": polygon().replace(b"[0, 5]", b"[" + b"9" * 5000 + b", 5]"), "1e999": polygon().replace(b"[0, 5]", b"[1e999, 5]"), "no number": polygon().replace(b"[0, 5]", b"[NaN, 5]"), "no UTF-8": b"\xff", "a text": b'"x"',
    "an object of nothing": b"{}", "properties that are a list": polygon(properties=[1]), "a ring of nothing": polygon(geometry={"type": "Polygon", "coordinates": [[]]}), "coordinates that are a text": polygon(geometry={"type": "MultiPolygon", "coordinates": "xyz"}), "too fine": polygon(geometry={"type": "Polygon", "coordinates": [[[n % 180, n % 90] for n in range(250_000)]]}),
    "a code that is a list": polygon(properties={"ISO_A3": ["IND"], "ne_id": 1}),
}  # fmt: skip


@pytest.mark.parametrize("case", BOUNDARIES)
def test_hostile_boundaries_are_refused(tmp_path: Path, case: str) -> None:
    file = tmp_path / "lands.geojson"
    file.write_bytes(BOUNDARIES[case])
    if case == "a ring of nothing":
        assert boundaries.outlines(file, file, None)[0] == []
        pytest.skip("a state without land is drawn as none") if False else None
        return
    with pytest.raises(sco.InvalidData) as error:
        boundaries.outlines(file, file, None)
    check(error.value)


def test_a_name_that_no_picture_can_hold_is_drawn(tmp_path: Path) -> None:
    file = tmp_path / "lands.geojson"
    file.write_bytes(polygon(properties={"ISO_A3": "IND", "NAME": "\ud800\0\x1b<script>", "ne_id": 1}))
    sco.plot.save(sco.plot.map(boundaries=file, disputed=file, policy="\x00<b>"), tmp_path / "map.svg")
    assert b"<script" not in (tmp_path / "map.svg").read_bytes()


@given(st.recursive(st.none() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["type", "features", "geometry", "coordinates", "properties", "ISO_A3"]), inner)))
@quick
def test_any_json_is_boundaries_or_none(value: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lands.geojson"
        for body in (json.dumps(value).encode(), polygon(geometry={"type": "Polygon", "coordinates": value}), polygon(properties=value)):
            file.write_bytes(body)
            try:
                boundaries.outlines(file, file, None)
            except sco.ScoDataError as error:
                check(error)


# -- seeds ---------------------------------------------------------------------------------------

STEP = '\n[[status_steps]]\nid = "{id}"\niso3 = "KAZ"\nstatus_sought = "member"\nstep = "granted"\nepistemic = "formal_act"\nstep_on = {day}\nat = {at}\n{more}\n'


def step(id: str = "KAZ-x", day: str = '"2017-06-09"', at: str = '"p. 1"', more: str = "") -> str:
    return STEP.format(id=id, day=day, at=at, more=more)


SEEDS: dict[str, tuple[str, str]] = {
    "5000 digits": (step(day="9" * 5000), "not TOML: Exceeds the limit"), "400 digits": (step(more=f"span = [{'9' * 400}, 5]"), "not a span"), "a hexadecimal of a thousand digits": (step(day="0x" + "f" * 1000), "not a date"), "nested": (step(more="span = " + "[" * 5000), "not TOML"),
    "1e999": (step(day="1e999"), "not a date"), "a day with a time": (step(day="2017-06-09T00:00:00Z"), "not a date"), "an escape sequence": (step(more='note = "\\u001b[2J"'), "a text with a control character"), "a NUL": (step(more='note = "a\\u0000b"'), "a text with a control character"), "a new line": (step(more='note = """a\nb"""'), "a text with a control character"),
    "a formula": (step(more='note = "=cmd|\' /C calc\'!A0"'), "takes for a formula"), "a formula after a sign": (step(more='note = "-1+cmd|x"'), "takes for a formula"), "a formula where it is read": (step(at='"@SUM(1)"'), "not a plain text"), "a mark of direction": (step(more='note = "\u202evil"'), "a text with a control character"),
    "words that are a list": (step(more='words = { step_on = ["a"] }'), "words that are no plain text"), "words that act": (step(more='words = { step_on = "\\u001b[2J" }'), "words that are no plain text"), "a width": (step(id="{iso3:>9999999999}"), "the braces name no column"), "an attribute": (step(id="{iso3.__class__}"), "the braces name no column"),
    "an item": (step(id="{iso3[0]}"), "the braces name no column"), "a conversion": (step(id="{iso3!r}"), "the braces name no column"), "a table that is none": ('\n[["a\\u001b[2J"]]\nx = 1\n', "a source has no such table"), "a block that is a number": ("\nstatus_steps = [1]\n", "not a [[table]] block|unknown field"), "no TOML": ("\n[[[[\n", "not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("case", SEEDS)
def test_a_hostile_seed_is_refused(project: Project, capsys: pytest.CaptureFixture[str], case: str) -> None:
    blocks, said = SEEDS[case]
    project.source("evil", blocks)
    before = sorted(project.folder.rglob("*"))
    assert building.main(["--root", str(project.folder)]) == 1
    err = capsys.readouterr().err
    assert any(part in err for part in said.split("|")) and "Mend:" in err and "nothing was replaced" in err, err[-1500:]
    assert visible(err) == err and len(err) < 20_000
    assert sorted(project.folder.rglob("*")) == before


@needs_pipes
@pytest.mark.parametrize("name", ["seeds/decisions.toml", "seeds/cited.toml", "seeds/spans.csv", "seeds/lists/codes.csv", "datapackage.json"])
@pytest.mark.parametrize("what", ["a pipe", "a folder"])
def test_seeds_that_are_no_files_are_not_waited_for(project: Project, capsys: pytest.CaptureFixture[str], name: str, what: str) -> None:
    file = project.folder / name
    file.unlink(missing_ok=True)
    os.mkfifo(file) if what == "a pipe" else file.mkdir()
    assert building.main(["--root", str(project.folder)]) == 1
    err = capsys.readouterr().err
    assert ("no file" in err or "there is no" in err) and "Mend:" in err, err[-1000:]


def test_a_code_without_a_definition_is_named(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    file = project.folder / "seeds/lists/codes.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    at, columns = next(n for n, line in enumerate(lines) if '"' not in line and n), lines[0].split(",")
    cells = lines[at].split(",")
    cells[columns.index("definition")] = ""
    file.write_text("\n".join([*lines[:at], ",".join(cells), *lines[at + 1 :]]) + "\n", encoding="utf-8")
    assert building.main(["--root", str(project.folder)]) == 1
    assert "definition: required: blank. Mend: fill the cell" in capsys.readouterr().err


def test_a_project_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for root in (tmp_path, tmp_path / "none", tmp_path / ("x" * 300)):
        assert building.main(["--root", str(root)]) == 1
        assert "there is no" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=80), st.sampled_from(["{0}", 'x = "{0}"', "[{0}]", "[[status_steps]]\nid = {0}", "a = '''{0}'''"]))
@quick
def test_any_text_is_toml_or_a_problem(text: str, form: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(Path(folder), Catalog(sco.path()))
        file = Path(folder) / "x.toml"
        file.write_bytes(form.replace("{0}", text).encode("utf-8", "surrogatepass"))
        assert isinstance(reader.load_toml(file), dict)
        assert all("Mend:" in str(problem) for problem in reader.seeds.problems)


# -- importers -----------------------------------------------------------------------------------


def importing(project: Project, script: str, *args: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / f"import_{script}.py"), *args, "--root", str(project.folder)], capture_output=True, text=True, encoding="utf-8", timeout=BOUND)
    return done.returncode, done.stderr


@needs_pipes
def test_importers_refuse_what_is_no_file_of_theirs(project: Project, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "votes.csv").write_bytes(targets.VOTES["votes.csv"])
    (tmp_path / "wide.csv").write_bytes(b"x" * 200_000 + b"\n")
    struck = bytearray(pack({"\x1bé.csv": b"a,b\n"}))
    struck[struck.index("é".encode())] = 0xFF
    struck[struck.rindex("é".encode())] = 0xFF
    (tmp_path / "name.zip").write_bytes(struck)
    attacks: list[tuple[str, list[str], str]] = [
        ("votes", [str(tmp_path / "pipe.csv"), "--name", "x"], "cannot be read"), ("votes", [str(tmp_path / "wide.csv"), "--name", "x"], "not CSV: field larger"), ("wdi", [str(tmp_path / "pipe.csv")], "cannot be read"), ("wdi", [str(tmp_path / "name.zip")], "not a zip file|cannot be read|the header is"),
        ("votes", [str(tmp_path / "votes.csv"), "--name", "x", "--title", "\x1b[2J"], "is no plain text"), ("votes", [str(tmp_path / "votes.csv"), "--name", "x", "--title", "=1+1"], "is no plain text"), ("votes", [str(tmp_path / "votes.csv"), "--name", "x" * 300], "is no id|invalid source_id"),
        ("wdi", [str(tmp_path / "votes.csv"), "--url", "\x7f"], "is no plain text"),
    ]  # fmt: skip
    before = sorted(project.folder.rglob("*"))
    for script, args, said in attacks:
        code, err = importing(project, script, *args)
        assert code in (1, 2) and re.search(said, err) and "Traceback" not in err and visible(err) == err, (script, args, err[-800:])
    assert sorted(project.folder.rglob("*")) == before


def test_a_zip_of_tables_is_bounded_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scripts import files

    monkeypatch.setattr(files, "LARGEST", 1_000_000)
    (tmp_path / "x.zip").write_bytes(pack({f"{n}.csv": b"a" * 400_000 for n in range(3)}))
    with pytest.raises(Refused, match="unpacks to 400,000 bytes"):
        list(members_of(tmp_path / "x.zip"))
    assert archives.LARGEST_LIST > 1_000_000


# -- the fuzzer ----------------------------------------------------------------------------------


def fuzz(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.run([sys.executable, str(ROOT / "scripts" / "fuzz"), *args], cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120, env={**os.environ, "TMPDIR": str(folder / "tmp")})


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is watched where the system tells")
def test_the_fuzzer_finds_what_is_planted_and_keeps_the_input(tmp_path: Path) -> None:
    signal.alarm(0)
    planted = {"raises": "IndexError", "hangs": "no answer in 4", "eats": "MB of memory", "dies": "the process ended with 3", "writes": "outside of its folder", "leaves": "left behind: tmp/left", "runs": "subprocess.Popen"}
    done = fuzz(tmp_path, "--minutes", "0.15", "--seconds", "4", "--memory", "400", "--out", "figures.json", *(part for name in planted for part in ("--target", f"planted-{name}")))
    assert done.returncode == 1, done.stderr
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert figures["found"] >= len(planted)
    for name, said in planted.items():
        kept = list((tmp_path / "fuzz-found").glob(f"planted-{name}-*.input"))
        assert kept and said in kept[0].with_suffix(".txt").read_text(encoding="utf-8"), (name, done.stderr[-3000:])
        row = figures["targets"][f"planted-{name}"]
        assert (row["hangs"] if name == "hangs" else row["crashes"]) > 0 and row["accepted"] == row["refused"] == 0
    again = fuzz(tmp_path, "--replay", str(next((tmp_path / "fuzz-found").glob("planted-raises-*.input"))))
    assert again.returncode == 1 and "IndexError" in again.stderr
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("ends", ["svg", "png"])
def test_what_bounds_the_fuzzer_lets_a_plot_be_drawn(tmp_path: Path, ends: str) -> None:
    pytest.importorskip("vl_convert")
    signal.alarm(0)
    kept = tmp_path / "arguments-plot.input"
    kept.write_text(json.dumps(["plot", "votes", "--state", "India", "--issue", "hr", "-o", f"x.{ends}"]), encoding="utf-8")
    done = fuzz(tmp_path, "--replay", str(kept), "--out", "figures.json")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["targets"]["arguments"]["accepted"] == 1


def test_the_fuzzer_finds_nothing_where_nothing_is_and_the_same_seed_gives_the_same_inputs(tmp_path: Path) -> None:
    from random import Random

    signal.alarm(0)
    done = fuzz(tmp_path, "--minutes", "0.05", "--seed", "3", "--target", "boundaries", "--target", "arguments", "--out", "figures.json")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["found"] == 0 and not (tmp_path / "fuzz-found").exists() and list((tmp_path / "tmp").iterdir()) == []
    for name, target in targets.TARGETS.items():
        if name != "file":
            assert target.make(Random("1/x/1")) == target.make(Random("1/x/1")), name


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C reaches the tests as well")
def test_ctrl_c_ends_the_fuzzer_and_leaves_nothing(tmp_path: Path) -> None:
    signal.alarm(0)
    (tmp_path / "tmp").mkdir()
    with subprocess.Popen([sys.executable, str(ROOT / "scripts" / "fuzz"), "--target", "sql"], cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env={**os.environ, "TMPDIR": str(tmp_path / "tmp")}) as process:
        deadline = time.monotonic() + 60
        while not list((tmp_path / "tmp").glob("fuzz-*/worker-*/shared")) and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    assert process.returncode == 130 and "interrupted" in said and "Traceback" not in said
    assert list((tmp_path / "tmp").iterdir()) == [] and [p.name for p in tmp_path.iterdir()] == ["tmp"]


ODD: list[Any] = ["x" * 100_000, "a" * 300, "\0", 10**5000, object(), b"x", [[]], float("nan")]


@pytest.mark.parametrize("value", ODD, ids=lambda v: type(v).__name__)
def test_what_is_no_argument_is_said_in_a_line(value: Any) -> None:
    asked: list[Callable[[], Any]] = [
        lambda: sco.validate(value), lambda: sco.plot.votes(kind=value), lambda: sco.plot.votes(issue=value, state="India"), lambda: sco.plot.votes(years=(value, value)),
        lambda: sco.plot.table("bri", states=value), lambda: sco.export("x.csv", value), *([] if duckdb.__version__ < "2" else [lambda: sco.connect(sealed=True, memory=value), lambda: sco.connect(sealed=True, threads=value)]),
    ]  # fmt: skip
    for ask in asked:
        with pytest.raises(sco.ScoDataError) as error:
            ask()
        said = str(error.value)
        assert len(said) < 3000 and visible(said) == said, said


def test_the_seeds_that_the_fuzzer_damages_make_a_release(tmp_path: Path) -> None:
    # Else whatever it changes is refused for what was wrong before, and nothing comes to be written.
    folder = targets._project(tmp_path)
    assert targets.building.main(["--root", str(folder)]) == 0
    rows = {file.stem: len(pd.read_csv(file)) for file in (folder / "data").glob("*.csv")}
    assert rows["statuses"] == 1 and {"status_steps", "events", "documents", "document_parties", "summits", "projects", "positions", "claims", "group_members", "evidence"} <= {name for name, n in rows.items() if n}


def test_the_figures_are_of_an_hour_that_found_nothing_in_any_target_and_the_pages_state_them() -> None:
    figures = json.loads((ROOT / "docs/fuzzing.json").read_text(encoding="utf-8"))
    assert figures["worker_minutes"] >= 60 and figures["found"] == 0 and set(figures["targets"]) == set(targets.TARGETS)
    for name, row in figures["targets"].items():
        assert row["inputs"] == row["refused"] + row["accepted"] and row["crashes"] == row["hangs"] == 0, name
        assert row["slowest_seconds"] < figures["bounds"]["seconds"] and row["peak_mb"] < figures["bounds"]["memory_mb"]
        # Neither so wild that nothing comes through, nor so tame that nothing is refused.
        assert row["inputs"] > 100 and row["refused"] > 0 and row["accepted"] > 0, name
    inputs = sum(row["inputs"] for row in figures["targets"].values())
    said = f"of {figures['worker_minutes']:.0f} worker minutes on {figures['date']}, read {inputs:,} inputs: none made it crash, hang or leak."
    assert said in (ROOT / "docs/trust.md").read_text(encoding="utf-8")
    assert f"Of {inputs:,} hostile inputs in {figures['worker_minutes']:.0f} minutes of fuzzing none" in (ROOT / "README.md").read_text(encoding="utf-8")
