"""The descriptor and each table on its own, by frictionless."""

from __future__ import annotations

import csv
from typing import Any

from frictionless import Package, system

from ..catalog import Catalog
from ..errors import near
from .report import CODE_RULE, Finding

#: More empty lines than that are no slip.
MOST_BLANK = 1_000

#: What frictionless checks of the whole package: descriptor, integrity, header, types, constraints, keys, foreign keys.
CHECKS = 7

#: Kind of frictionless error -> our rule and the mend.
_RULES = {
    "hash-count": ("integrity: the hash differs from the descriptor's", "restore the file, or rebuild with scripts/build"),
    "byte-count": ("integrity: the size differs from the descriptor's", "restore the file, or rebuild with scripts/build"),
    "type-error": ("type: not of the column's type", "write a value of that type"),
    "constraint-error": ("constraint", "write a value that the constraint allows"),
    "primary-key": ("primary key: the key stands twice or is blank", "give each row its own key"),
    "foreign-key": ("foreign key: no such row in the table pointed to", "add the row there, or correct the value"),
    "unique-error": ("constraint: the value stands twice", "give each row its own value"),
    "incorrect-label": ("header: another name than the descriptor's", "restore the header line"),
    "missing-label": ("header: a column is missing", "restore the header line"),
    "extra-label": ("header: a column too many", "restore the header line"),
    "blank-header": ("header: missing", "restore the header line"),
    "blank-label": ("header: a name is blank", "restore the header line"),
    "duplicate-label": ("header: a name stands twice", "restore the header line"),
    "extra-cell": ("row: a cell too many", "restore the row"),
    "missing-cell": ("row: a cell too few", "restore the row"),
    "blank-row": ("row: blank", "remove the row"),
    "encoding-error": ("encoding: not UTF-8", "save the file as UTF-8"),
    "source-error": ("file: cannot be read", "restore the file"),
    "scheme-error": ("file: missing", "restore the file"),
}


def _keys(catalog: Catalog, table: str) -> list[str]:
    """Return the key of each row of a table, by line, as far as the file can be read."""
    try:
        with catalog.path(table).open(encoding="utf-8", newline="") as handle:
            rows = csv.DictReader(handle)
            return ["|".join(row.get(k) or "" for k in catalog.key(table)) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


#: What frictionless is told of a package: no address that it would follow, no other reader than that of CSV, no encoding, profile or format of
#: somebody else's; and no pattern, which it would look for with backtracking: `frames` does so in linear time.
_RESOURCE = ("name", "path", "title", "description", "hash", "bytes")
_FIELD = ("name", "type", "title", "description", "trueValues", "falseValues")
_CONSTRAINTS = ("required", "unique", "enum", "minimum", "maximum")
_DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}
_SCHEMA = ("missingValues", "primaryKey", "foreignKeys")


def _kept(said: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}


def _plain(descriptor: dict[str, Any], only: set[str] | None = None) -> dict[str, Any]:
    """Return of a descriptor what a table on this disk is checked by; with `only`, of these tables and those that they point to."""
    if only is not None:
        only = only | {k["reference"]["resource"] for r in descriptor["resources"] if r["name"] in only for k in r["schema"].get("foreignKeys", [])}
    out = _kept(descriptor, ("name", "title", "version"))
    out["resources"] = [
        {
            **_kept(r, _RESOURCE), "type": "table", "scheme": "file", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "dialect": _DIALECT,
            "schema": {**_kept(r["schema"], _SCHEMA), "fields": [{**_kept(f, _FIELD), "constraints": _kept(f.get("constraints", {}), _CONSTRAINTS)} for f in r["schema"]["fields"]]},
        }
        for r in descriptor["resources"] if only is None or r["name"] in only
    ]  # fmt: skip
    return out


def _finding(catalog: Catalog, table: str, keys: list[str], error: Any) -> Finding:
    rule, mend = _RULES.get(error.type, (error.type, "see the message"))
    number = getattr(error, "row_number", None)
    row = ""
    if number:
        row = keys[number - 2] if number - 2 < len(keys) else f"line {number}"
    column = getattr(error, "field_name", "") or getattr(error, "label", "") or ""
    value = str(getattr(error, "cell", "") or "")
    if error.type == "constraint-error" and '"required"' in error.note:
        rule, mend = "required: blank", "fill the cell"
    elif error.type == "constraint-error" and '"enum"' in error.note:
        rule, mend = CODE_RULE
        codes: list[str] = next((f["constraints"]["enum"] for f in catalog.fields(table) if f["name"] == column), [])
        mend += near(value, codes)
    elif error.type in ("foreign-key", "primary-key"):
        column = column or ", ".join(getattr(error, "field_names", []) or [])
        rule = f"{rule} ({error.note})"
    elif error.note and error.type != "type-error":
        rule = f"{rule}: {error.note}"
    if error.type == "incorrect-label":
        rule, value = f"header: {error.label!r} stands where {error.field_name!r} belongs", ""
    return Finding(table, row, "header" if rule.startswith("header") else column, value, rule.replace("\n", " "), mend)


def check(catalog: Catalog, only: set[str] | None = None) -> list[Finding]:
    """Return what frictionless finds wrong in the package, or in some of its tables."""
    names = [name for name in catalog.resources if only is None or name in only]
    found = []
    missing = [name for name in names if not catalog.path(name).is_file()]
    found += [Finding(name, "", "", str(catalog.path(name).name), "file: missing", "restore the file, or rebuild") for name in missing]
    if missing:
        # frictionless stops at the first; the rest are still worth a look once the files are there.
        return found
    for name in names:
        blank = catalog.path(name).read_bytes().count(b"\n\n")
        if blank > MOST_BLANK:
            found.append(Finding(name, "", "", "", f"row: {blank:,} blank lines", "remove them"))
    if found:
        # frictionless takes a minute over a million of them, for each table that points to this one.
        return found
    with system.use_context(trusted=False):
        try:
            package = Package.from_descriptor(_plain(catalog.descriptor, only), basepath=str(catalog.folder))
            reports = [package.validate()] if only is None else [package.get_resource(name).validate() for name in names]
        except Exception as error:  # frictionless raises its own and others' errors on a descriptor that is not one
            return [Finding("datapackage.json", "", "", "", f"descriptor: {error}".replace("\n", " "), "correct the descriptor")]
    for report in reports:
        found += [Finding("datapackage.json", "", "", "", f"descriptor: {e.note}", "correct the descriptor") for e in report.errors]
        for task in report.tasks:
            # frictionless counts the rows of a table that has some and can be read.
            expected, rows = catalog.resource(task.name).get("rowCount"), task.stats.get("rows")
            keys = _keys(catalog, task.name) if task.errors or rows is None else []
            rows = len(keys) if rows is None else rows
            if rows != expected:
                found.append(Finding(task.name, "", "", str(rows), f"integrity: rows; the descriptor counts {expected}", "restore the file, or rebuild with scripts/build"))
            found += [_finding(catalog, task.name, keys, error) for error in task.errors]
    return found
