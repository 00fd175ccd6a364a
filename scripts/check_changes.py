"""Refuse a change of the data that raises no version, or of which CHANGELOG.md does not speak: `python scripts/check_changes.py`.

Compares the release in the tree with the last one: the newest tag v*, or else the commit that CHANGELOG.md names in the heading of the last
version. The section of the version, under Data, has to name in backticks each table that changed, each column, table and row that is gone, and
each row with another value (of more than 20 in a table their number), with the source that caused it.
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0:1] = [str(ROOT)]

from sco_data.catalog import Catalog, numbers  # noqa: E402
from sco_data.differences import SHOWN, Differences, compare, version_of  # noqa: E402
from sco_data.errors import InvalidData, ScoDataError  # noqa: E402
from scripts.changelog import parts_of  # noqa: E402

#: These follow from the others: whoever reads of the row that changed needs no line of its evidence. Where nothing else differs they speak for themselves.
_FOLLOW = ("evidence", "sources", "codes")
_HEADING = re.compile(r"^## (\d+\.\d+\.\d+)(?: \(([0-9a-f]{7,40})\))?$", re.MULTILINE)


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, encoding="utf-8")


def base_of(root: Path) -> str:
    """Return the revision of the last release."""
    tags = git(root, "tag", "--list", "v*", "--sort=-version:refname", "--merged")
    # Not every tag with a v is a version: a candidate, say, sorts behind the version and is none.
    versions = [tag for tag in tags.stdout.split() if re.fullmatch(r"v\d+\.\d+\.\d+", tag)]
    if versions:
        return versions[0]
    named = [commit for _, commit in _HEADING.findall((root / "CHANGELOG.md").read_text(encoding="utf-8")) if commit]
    if not named:
        raise InvalidData("CHANGELOG.md: no heading names the commit of a release. Mend: write it behind the last version: ## 0.3.0 (a21ae06).")
    if git(root, "cat-file", "-e", f"{named[0]}^{{commit}}").returncode:
        raise InvalidData(f"CHANGELOG.md: {named[0]} is the last release, and its commit is not here. Mend: git fetch --unshallow --tags, in a clone of the project.")
    return str(named[0])


def problems(found: Differences, catalog: Catalog, said: str, sources: set[str]) -> Iterator[str]:
    """Yield what the version or the change log lacks."""
    if numbers(found.new) < numbers(found.called_for):
        yield f"datapackage.json: version {found.new}: what changed since {found.old} calls for {found.called_for} or higher. Mend: raise version, and build."
    if found.weight and not said:
        yield f"CHANGELOG.md: nothing under Data of {found.new}. Mend: `sco-data diff OLD --format markdown` gives the lines to begin with."
        return
    words = set(re.findall(r"`([^`]+)`", said))
    # Who names a column by its table, as `sco-data diff` writes it, names the table.
    words |= {shape.table for shape in found.shapes if f"{shape.table}.{shape.column}" in words}
    lines = re.split(r"^- ", said, flags=re.MULTILINE)
    mend = f"Mend: name it in backticks under Data of {found.new}."
    for shape in found.shapes:
        if shape.table not in words:
            yield f"CHANGELOG.md: {shape.table}: {shape.change}, and no line names the table. {mend}"
        elif shape.weight == "break" and shape.column and not words & {shape.column, f"{shape.table}.{shape.column}"}:
            yield f"CHANGELOG.md: {shape.table}.{shape.column}: {shape.change}, and no line names the column. {mend}"
    following = {t.table for t in found.tables if t.table in _FOLLOW or catalog.resource(t.table)["madeFrom"] in ("view", "derived")}
    leads = bool(found.shapes) or len(following) < len(found.tables)
    for table in found.tables:
        follows = leads and table.table in following
        if not follows and table.table not in words:
            yield f"CHANGELOG.md: {table.table}: rows differ, and no line names the table. {mend}"
            continue
        if table.table == "evidence":
            continue
        for row in table.removed:
            if row not in words:
                yield f"CHANGELOG.md: {table.table}/{row}: the row is gone, and no line names it. {mend}"
        changed = sorted({c.row for c in table.cells})
        if follows or not changed:
            continue
        if len(changed) > SHOWN:
            number = f"{len(changed):,} rows"
            if not re.search(rf"(?<![\d,]){number}", said):
                yield f"CHANGELOG.md: {table.table}: {number} have other values, and no line says so. Mend: write that number and why, under Data of {found.new}."
            continue
        for row in changed:
            naming = [line for line in lines if f"`{row}`" in line]
            if not naming:
                yield f"CHANGELOG.md: {table.table}/{row}: a value has changed, and no line names the row. {mend}"
            elif not any("no source" in line or any(re.search(rf"(?<![\w-]){re.escape(s)}(?![\w-])", line) for s in sources) for line in naming):
                yield f"CHANGELOG.md: {table.table}/{row}: its line names no source. Mend: name the id of the source that caused it, or say that no source did."


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/check_changes.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to check (default: this one)")
    parser.add_argument("--base", help="the revision, folder or zip of the last release (default: the newest tag, or what CHANGELOG.md names)")
    options = parser.parse_args(argv)
    try:
        base = options.base or base_of(options.root)
        catalog = Catalog(options.root)
        with version_of(base, options.root) as old:
            found = compare(old, catalog)
        with catalog.path("sources").open(encoding="utf-8", newline="") as handle:
            sources = {row["source_id"] for row in csv.DictReader(handle)}
        wrong = list(dict.fromkeys(problems(found, catalog, (parts_of(options.root, catalog.version) or {}).get("Data", ""), sources)))
    except (ScoDataError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    for problem in wrong:
        print(problem, file=sys.stderr)
    print(f"{base} {found.old} -> {found.new}: {found.weight or 'no difference'}; {len(wrong)} {'problem' if len(wrong) == 1 else 'problems'}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
