"""What a descriptor has to look like before anything relies on it: somebody else may have written it."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from pathlib import Path
from typing import Any

#: What unpacks to, or has, more is none of ours; so far a descriptor has 0.3 MB.
LARGEST = 20_000_000
#: Table Schema type -> DuckDB type. The one place where types are translated for SQL.
SQL_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
#: What the client says of every version: in citations, `attrs` and exports.
_NEEDED = ("name", "title", "version", "created", "licenses", "contributors")
#: Control characters and marks of direction, as they stand, and escaped; and halves of a pair of surrogates.
_CONTROL = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ESCAPED = re.compile(
    r"\\(?:[bf]|u(?:000(?![9aA])|001|007[fF]|00[89]|202[a-eA-E]|206[6-9]|[dD][89abAB]..(?!\\u[dD][c-fC-F]))|(?<!\\u[dD][89abAB]..\\)u[dD][c-fC-F])"
)
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
#: What the client makes itself, beside the tables.
_TAKEN = ("coverage",)

_FIELD = {
    "name": str, "type": str, "origin": str, "title": str, "description": str, "codeList?": str, "codeSubset?": [str], "unit?": str, "categories?": [{"value": str, "label": str}],
    "constraints?": {"required?": bool, "unique?": bool, "enum?": [str], "pattern?": str, "minimum?": (int, float, str), "maximum?": (int, float, str)},
}  # fmt: skip
_RESOURCE = {
    "name": str, "path": str, "title": str, "description": str, "madeFrom": str, "hash?": str, "bytes?": int, "rowCount?": int, "coverage?": {"first_day": str, "last_day": str},
    "schema": {"fields": [_FIELD], "primaryKey": [str], "foreignKeys?": [{"fields": [str], "reference": {"resource": str, "fields": [str]}}], "uniqueKeys?": [[str]]},
}  # fmt: skip
_PACKAGE = {
    "name": str, "title": str, "version": str, "created": str, "description?": str, "keywords?": [str], "licenses": [{"name": str, "title": str, "path": str}],
    "contributors": [{"title": str}],
}  # fmt: skip


def is_name(name: Any) -> bool:
    """Say whether a table, column or view may be called so: names become part of SQL and of file names, also those of a release that somebody else packed.

    >>> is_name("status_steps"), is_name("x; DROP TABLE y"), is_name("../x")
    (True, False, False)
    """
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def day(text: str) -> dt.date:
    """Return a day written as YYYY-MM-DD; ValueError if it is none. Python's own reader takes weeks too, and SQL does not.

    >>> day("2017-06-09")
    datetime.date(2017, 6, 9)
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(f"{text[:50]!r} is not a day")
    return dt.date.fromisoformat(text)


def read(file: Path) -> dict[str, Any]:
    """Return a descriptor on which the client can rely.

    Raises
    ------
    OSError : the file cannot be read.
    ValueError, TypeError, RecursionError : it is no descriptor.
    """
    # Neither a pipe, which would be waited for, nor a device, which would be read without end.
    if file.exists() and not file.is_file():
        raise ValueError("it is no file")
    if file.stat().st_size > LARGEST:
        raise ValueError(f"it has more than {LARGEST:,} bytes")
    text = file.read_text(encoding="utf-8")
    control = _CONTROL.search(text) or _ESCAPED.search(text)
    if control:
        raise ValueError(f"line {text.count(chr(10), 0, control.start()) + 1} has the control character {control[0]!r}")
    said = json.loads(text, object_pairs_hook=_once)
    _check(said)
    return said  # type: ignore[no-any-return]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; readers differ in which of two values of one key they take."""
    out = dict(pairs)
    if len(out) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"it says {next(n for n in names if names.count(n) > 1)!r} twice in one place")
    return out


def _check(said: Any) -> None:
    if not isinstance(said, dict):
        raise ValueError("it is no object")
    missing = [part for part in _NEEDED if not said.get(part)]
    if missing:
        raise ValueError(f"it says nothing of {', '.join(missing)}")
    if not isinstance(said.get("resources"), list) or not said["resources"]:
        raise ValueError("it says nothing of resources")
    for resource in said["resources"]:
        if not isinstance(resource, dict):
            raise ValueError("a resource is no object")
        _check_resource(resource)
    wrong = _fit(said, _PACKAGE)
    if wrong:
        raise ValueError(wrong.lstrip(": "))
    names = [resource["name"] for resource in said["resources"]]
    for resource in said["resources"]:
        if names.count(resource["name"]) > 1:
            raise ValueError(f"resource {resource['name']!r} stands twice")
        unknown = [k["reference"]["resource"] for k in resource["schema"].get("foreignKeys", []) if k["reference"]["resource"] not in names]
        if unknown:
            raise ValueError(f"resource {resource['name']!r} points to {unknown[0][:50]!r}, which is no resource")


def _check_resource(resource: dict[str, Any]) -> None:
    """Raise ValueError unless names, path and keys are such that SQL and files can be made of them."""
    where, schema, path = f"resource {str(resource.get('name'))[:80]!r}", resource.get("schema"), resource.get("path")
    if not is_name(resource.get("name")) or resource["name"] in _TAKEN:
        raise ValueError(f"{where} has no name of small letters, digits and _")
    if not isinstance(path, str) or not isinstance(schema, dict) or not isinstance(schema.get("fields"), list) or not schema["fields"]:
        raise ValueError(f"{where} has no path or no schema")
    if not _PATH.fullmatch(path) or len(path) > 200:
        raise ValueError(f"{where} has a path that leaves the folder, or is no plain path: {path[:80]!r}")
    for field in schema["fields"]:
        if not isinstance(field, dict) or not isinstance(field.get("type"), str) or field["type"] not in SQL_TYPES or not is_name(field.get("name")) or not isinstance(field.get("origin"), str):
            raise ValueError(f"{where} has a field without name, origin or known type: {str(field.get('name') if isinstance(field, dict) else field)[:80]!r}")
    key, names = schema.get("primaryKey"), [f["name"] for f in schema["fields"]]
    if len(set(names)) < len(names):
        raise ValueError(f"{where} has two fields of one name")
    if not isinstance(key, list) or not key or not all(isinstance(k, str) and k in names for k in key):
        raise ValueError(f"{where} has no primary key that is a list of its columns")
    wrong = _fit(resource, _RESOURCE)
    if wrong:
        raise ValueError(f"{where}{wrong}")
    pointing = [k["fields"] for k in schema.get("foreignKeys", [])] + schema.get("uniqueKeys", [])
    astray = next((columns for columns in pointing if not columns or not set(columns) <= set(names)), None)
    if astray is not None:
        raise ValueError(f"{where} has a foreign or unique key of other columns than its own: {', '.join(map(str, astray))[:80]}")
    if any(len(k["fields"]) != len(k["reference"]["fields"]) for k in schema.get("foreignKeys", [])):
        raise ValueError(f"{where} has a foreign key of another length than what it points to")
    for text in resource.get("coverage", {}).values():
        day(text)


def _fit(value: Any, shape: Any) -> str:
    """Return the place at which a value is not of a shape, and what is wrong there; a name that ends with ? may be absent."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return ": is no object"
        for name, inner in shape.items():
            plain = name.rstrip("?")
            if plain in value:
                # Most of a descriptor are texts, and it is read at every start.
                if (inner is not str or type(value[plain]) is not str) and (wrong := _fit(value[plain], inner)):
                    return f": {plain}{wrong}"
            elif plain == name:
                return f": says nothing of {name}"
    elif isinstance(shape, list):
        if not isinstance(value, list):
            return ": is no list"
        for n, item in enumerate(value, 1):
            if (shape[0] is not str or type(item) is not str) and (wrong := _fit(item, shape[0])):
                return f" {n}{wrong}"
    elif isinstance(value, bool) is not (shape is bool) or not isinstance(value, shape):
        return ": is of another type than it should be"
    elif isinstance(value, (int, float)) and not (math.isfinite(value) if isinstance(value, float) else abs(value) < 2**63):
        return ": is no number that a table can hold"
    return ""
