"""Damage of every kind to bytes, JSON, CSV and zip files: mostly whole, with one or two things wrong, so that it comes far into a reader."""

from __future__ import annotations

import copy
import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

#: What readers stumble over, as text.
WORDS = [
    "", " ", "\0", "a\0b", "\t", "\r\n", "\n", '"', "'", '""', ",", ";", "|", "{", "}", "{iso3}", "{iso3.__class__}", "{0:999999999}", "%s%n", "\\", "\\N", "NULL", "None", "NaN", "inf", "-0", "0x10", "1_000", "1e999", "-1e999",
    "9" * 400, "9" * 5000, "-1", "99999999999999999999", "2**64", "0.1", "2017-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2017-W01-1", "20170101", "2017", "true", "True", "İ", "ß", "\ufeff", "\u202eevil", "\x1b[2J\x1b]0;x\x07",
    "\x9b31m", "é", "e\u0301", "\U0001f600", "=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-1+1", "../../etc/passwd", "/etc/passwd", "C:\\x", "\\\\host\\share", "file:///etc/passwd", "http://127.0.0.1:9/x", "data/*.csv", "a" * 300, "x" * 140_000,
    "'; DROP TABLE statuses; --", "IND", "India", "IND-member-2017", "<script>alert(1)</script>", "(a+)+$", "(?P<", "[", "a{1,99999}", "$(touch x)", "`touch x`", "-", "--", "--help", "con", "nul", ".", "..", "/", "~", "*",
]  # fmt: skip
NUMBERS: list[Any] = [0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**30, 10**400, 0.5, -0.0, 1e308, float("inf"), float("nan")]
PIECES = [b"", b"\0", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\r", b"\n", b'"', b",", b"\x1b[2J", b"\\u0000", b"\\ud800", b"9" * 400, b"[" * 3000, b"{" * 500, b"(" * 3000, b"\x1a", b"PK\x05\x06"]


def raw(rng: Random, body: bytes) -> bytes:
    """Return bytes with one thing wrong in them."""
    at = rng.randrange(len(body) + 1)
    to = min(len(body), at + rng.choice([1, 1, 2, 4, 20, 200]))
    ways: list[Callable[[], bytes]] = [
        lambda: body[:at] + rng.choice(PIECES) + body[at:], lambda: body[:at] + rng.choice(PIECES) + body[to:], lambda: body[:at] + bytes([rng.randrange(256)]) + body[at + 1 :],
        lambda: body[:at], lambda: body[at:], lambda: body[:at] + body[to:], lambda: body[:to] + body[at:to] * rng.choice([1, 3, 1000]) + body[to:],
        lambda: body[:at] + rng.choice(WORDS).encode("utf-8", "surrogatepass") + body[at:], lambda: body.decode("utf-8", "replace").encode(rng.choice(["utf-16", "utf-32", "utf-8-sig", "utf-7"])),
        lambda: body.replace(b"\n", rng.choice([b"\r\n", b"\r", b"\n\n", b""])), lambda: rng.randbytes(rng.choice([0, 1, 100, 5000])),
    ]  # fmt: skip
    return rng.choice(ways)()


def value(rng: Random, depth: int = 0) -> Any:
    """Return any value that JSON can hold."""
    pick = rng.randrange(7 if depth < 3 else 5)
    if pick < 2:
        return rng.choice(WORDS)
    if pick == 2:
        return rng.choice(NUMBERS)
    if pick < 5:
        return rng.choice([None, True, False, [], {}])
    some = [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return some if pick == 5 else {rng.choice(WORDS)[:50]: v for v in some}


def tree(rng: Random, said: Any) -> Any:
    """Damage a value of JSON in place, in a place of it, and return it."""
    if not isinstance(said, (dict, list)):
        return value(rng)
    nodes: list[tuple[Any, Any]] = []
    stack = [said]
    while stack:
        node = stack.pop()
        for key, inner in list(node.items() if isinstance(node, dict) else enumerate(node)):
            nodes.append((node, key))
            if isinstance(inner, (dict, list)):
                stack.append(inner)
    if not nodes or rng.random() < 0.02:
        return value(rng)
    node, key = rng.choice(nodes)
    pick = rng.randrange(7)
    if pick == 0:
        del node[key]
    elif pick == 1 and isinstance(node, list):
        node.insert(key, node[key])
    elif pick == 2 and isinstance(node, dict):
        node[rng.choice(WORDS)] = node.pop(key)
    elif pick == 3:
        other, its_key = rng.choice(nodes)
        # A tree stays one: a copy, not the same object in two places.
        try:
            node[key] = copy.deepcopy(other[its_key])
        except RecursionError:
            node[key] = None
    elif pick == 4:
        for _ in range(rng.choice([1, 5, 2000])):
            node[key] = [node[key]]
    else:
        node[key] = value(rng)
    return said


def as_json(rng: Random, said: Any) -> bytes:
    """Return JSON of a damaged value, sometimes damaged again as text."""
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        said = tree(rng, said)
    try:
        body = json.dumps(said, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    except (RecursionError, ValueError):
        body = b'{"name":' * 5000 + b"1" + b"}" * 5000
    if rng.random() < 0.1 and body.startswith(b'{"'):
        # A key twice.
        body = body[:1] + body[1 : body.find(b",") + 1] + body[1:]
    return raw(rng, body) if rng.random() < 0.15 else body


def cells(rng: Random, body: bytes) -> bytes:
    """Damage a CSV file: a cell, a row, the header, or its bytes."""
    lines = [line.split(",") for line in body.decode("utf-8", "replace").split("\n")]
    for _ in range(rng.choice([1, 1, 2, 4])):
        line = rng.choice(lines)
        at = rng.randrange(len(line))
        word = rng.choice(WORDS)
        pick = rng.randrange(8)
        if pick == 0:
            line.insert(at, word)
        elif pick == 1 and len(line) > 1:
            del line[at]
        elif pick == 2:
            lines.insert(rng.randrange(len(lines)), list(rng.choice(lines)))
        elif pick == 3 and len(lines) > 1:
            lines.remove(line)
        else:
            line[at] = word if rng.random() < 0.5 else '"' + word.replace('"', '""') + '"'
    body = "\n".join(",".join(line) for line in lines).encode("utf-8", "surrogatepass")
    return raw(rng, body) if rng.random() < 0.2 else body


def text(rng: Random, body: bytes, tokens: list[str]) -> bytes:
    """Damage a text of a language, by its tokens or by its bytes."""
    words = body.decode("utf-8", "replace").split(" ")
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randrange(len(words))
        words[at : at + rng.choice([0, 1, 1, 2])] = [rng.choice(tokens if rng.random() < 0.7 else WORDS)] * rng.choice([1, 1, 1, 50])
    out = " ".join(words).encode("utf-8", "surrogatepass")
    return raw(rng, out) if rng.random() < 0.2 else out


def packed(rng: Random, files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files with something wrong: names, links, sizes, methods, copies, or its bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED])) as archive:
        prefix = rng.choice(["", "", "top/"])
        for name, body in files.items():
            archive.writestr(prefix + name, raw(rng, body) if rng.random() < 0.02 else body)
        for _ in range(rng.choice([0, 0, 1, 2])):
            name = rng.choice(["../evil", "/evil", "C:/evil", "..\\evil", "a/../../evil", "data", "data/", "views/x.sql", "views/\x1b.sql", "datapackage.json", "x" * 60_000, rng.choice(list(files))])
            info = zipfile.ZipInfo(name)
            # A symbolic link, a device, a folder.
            info.external_attr = rng.choice([0, 0o120777, 0o020666, 0o040755]) << 16
            archive.writestr(info, rng.choice([b"", b"/etc/passwd", b"../../evil", bytes(3_000_000)]), rng.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]))
    made = bytearray(out.getvalue())
    # The fields of the headers in the list: flags, method, sizes, where the file begins.
    starts = [at for at in range(len(made) - 46) if made[at : at + 4] == b"PK\x01\x02"] if rng.random() < 0.5 else []
    for _ in range(rng.choice([1, 2, 5]) if starts else 0):
        offset, code = rng.choice([(8, "<H"), (10, "<H"), (16, "<L"), (20, "<L"), (24, "<L"), (28, "<H"), (30, "<H"), (42, "<L")])
        struct.pack_into(code, made, rng.choice(starts) + offset, rng.choice([0, 1, 8, 9, 0xFFFF, 0x7FFF]) if code == "<H" else rng.choice([0, 1, 100, 0x7FFFFFFF, 0xFFFFFFFF]))
    return raw(rng, bytes(made)) if rng.random() < 0.25 else bytes(made)
