"""Build the release from the seeds: `python scripts/build`.

Reads seeds/ and the schema in datapackage.json, writes data/, fills in what is counted in
datapackage.json, and writes CITATION.cff and metadata/. Nothing is replaced unless everything is valid.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# `python scripts/build` puts this folder on the path, not the project's.
sys.path[0:1] = [str(ROOT)]

try:
    # Named here, so that their lack is noticed before any work is done.
    import duckdb  # noqa: F401
    import frictionless  # noqa: F401
    import pandera  # noqa: F401

    from sco_data.catalog import DESCRIPTOR, Catalog
    from sco_data.errors import ScoDataError, near, visible
    from sco_data.files import cannot_write, is_file, is_folder, put_in_place, scratch, stop_cleanly, stopped_code
    from sco_data.validation import validate
    from sco_data.validation.report import Finding
    from scripts.build import codebook, derive, metadata, reconcile, seeds, votes, write
except ImportError as error:
    sys.exit(f"the build needs {error.name}. Mend: pip install -e '.[validate]' in a virtual environment, and run the build with its python")


def build(folder: Path, staged: Path, say: Callable[[str], None]) -> list[Finding]:
    """Build the release of the project in `folder` into `staged`; return every problem."""
    catalog = Catalog(folder)
    say("reading seeds")
    read = seeds.read(folder / "seeds", catalog)
    say(f"reconciling {len(read.statements)} statements of {len(read.sources)} sources")
    alone = votes.take_votes(read)
    tables = reconcile.reconcile(read, catalog)
    votes.add_votes(alone, tables)
    derive.derive(read, tables, catalog)
    reconcile.check_stated(read, tables, catalog)
    if tables.problems:
        return tables.problems
    write.fill_codes(catalog.descriptor, list(tables.rows["codes"].values()))
    write.fill_coverage(catalog.descriptor)
    catalog.folder = staged
    write.write_tables(tables, catalog)
    say("deriving panels")
    try:
        write.write_views(catalog)
    except ScoDataError as error:
        return [Finding("", "", "", "", f"a panel could not be derived: {error}", "correct the view")]
    write.fill_counts(catalog.descriptor, staged)
    (staged / DESCRIPTOR).write_text(write.dump(catalog.descriptor), encoding="utf-8", newline="\n")
    (staged / "data" / "README.md").write_text(
        codebook.render(catalog.descriptor, list(tables.rows["codes"].values()), counted(read, tables)), encoding="utf-8", newline="\n"
    )
    say("validating")
    found = [named(f, tables) for f in telling(validate(staged).findings)]
    if not found:
        # They read what is valid only, so that whatever is wrong with it is said by its own finding.
        metadata.write_all(catalog)
    return found


def telling(findings: list[Finding]) -> list[Finding]:
    """Leave out that `members` lacks a state, where the state's status begins after what is covered: the build makes that table."""
    late = {(f.table, f.row) for f in findings if f.rule.startswith("coverage: ")}
    return [f for f in findings if not (f.table == "statuses" and f.rule.startswith("foreign key: ") and (f.table, f.row) in late)]


def counted(read: seeds.Seeds, tables: reconcile.Tables) -> dict[str, object]:
    """Return what the chapters of the codebook count, and the outcome of the test of the coding guide."""
    calls = tables.rows["roll_calls"].values()
    return {
        "vintage": max((series.vintage for series in read.series), default=""),
        "selected": sum(1 for call in calls if call.get("coverage") == "selected" and not call.get("rcid")),
        **codebook.CODING_TEST,
        **codebook.SECOND_READING,
    }


def named(finding: Finding, tables: reconcile.Tables) -> Finding:
    """Return a finding with the seed files of its row; a row that lacks everything may be a misspelt id."""
    files = ", ".join(tables.files.get((finding.table, finding.row), []))
    hint = near(finding.row, tables.rows[finding.table]) if finding.rule.startswith("required") else ""
    return replace(finding, file=files or finding.file, mend=f"{finding.mend}; if the id is misspelt, correct it.{hint}" if hint else finding.mend)


def make(root: Path, staged: Path, check: bool) -> int:
    """Build the release of a project into a folder, put it in its place, or compare it with what is there; return the exit code."""
    # What a build that was killed had set aside has been put back by now.
    if not is_file(root / DESCRIPTOR):
        print(f"there is no {root / DESCRIPTOR}. Mend: give the folder of the project with --root", file=sys.stderr)
        return 1
    staged.mkdir()
    problems = build(root, staged, lambda line: print(line, file=sys.stderr))
    problems = sorted(set(problems), key=lambda p: (p.file, p))
    for problem in problems:
        print(visible(str(problem)), file=sys.stderr)
    if problems:
        print(f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}; nothing was replaced", file=sys.stderr)
        return 1
    if check:
        names = sorted(p.relative_to(staged) for p in staged.rglob("*") if p.is_file())
        kept = sorted(p.relative_to(root) for name in write.RELEASE if (root / name).is_dir() for p in (root / name).rglob("*") if p.is_file())
        differing = [n for n in names if not (root / n).is_file() or (root / n).read_bytes() != (staged / n).read_bytes()]
        differing += [n for n in kept if n not in names]
        for name in differing:
            print(f"{name}: differs from what the seeds make. Mend: run scripts/build and commit", file=sys.stderr)
        return 1 if differing else 0
    put_in_place(staged, root)
    print(f"built {root / 'data'}", file=sys.stderr)
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/build", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the project to build (default: this one)")
    parser.add_argument("--check", action="store_true", help="replace nothing: exit 1 if the committed release differs from the rebuilt one")
    options = parser.parse_args(argv)
    root: Path = options.root
    if not is_folder(root):
        print(f"there is no folder {root}. Mend: give the folder of the project with --root", file=sys.stderr)
        return 1
    stop_cleanly()
    try:
        # Beside the target, so that the last step is a rename on one file system; a check changes nothing there.
        with scratch(None if options.check else root) as folder:
            return make(root, folder / "made", options.check)
    except ScoDataError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"{cannot_write(root, error)}\nnothing was replaced", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing was replaced", file=sys.stderr)
        return stopped_code()


if __name__ == "__main__":
    sys.exit(main())
