"""Make a release: `python scripts/release`.

Writes dist/: the CSV archive, the Parquet archive, the DuckDB file, the explorer (--site), wheel, sdist, the metadata, release.json (with what it was made) and
SHA256SUMS. Refuses a tree that is not committed, data that are not valid, a CHANGELOG that does not speak of the version.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# `python scripts/release` puts this folder on the path, not the project's.
sys.path[0:1] = [str(ROOT)]

try:
    import build  # noqa: F401
    import hatchling  # noqa: F401
    import sqlalchemy  # noqa: F401

    from sco_data.catalog import Catalog, using
    from sco_data.errors import InvalidData
    from sco_data.files import replacing, scratch
    from sco_data.validation import validate
    from scripts.changelog import parts_of
    from scripts.making import Steps, check_target, exit_code
    from scripts.release import assets
except ImportError as error:
    sys.exit(f"a release needs {error.name}. Mend: pip install -e '.[release]' in a virtual environment, and run it with its python")


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise InvalidData(f"{root}: git {arguments[0]}: {done.stderr.strip()}. Mend: make the release in a checkout.")
    # Its first column may be blank.
    return done.stdout.rstrip()


def check_tree(root: Path, catalog: Catalog) -> str:
    """Return the commit; raise InvalidData if what lies here is not that commit, or its version cannot be released."""
    # Whatever the user's own settings hide of it: hatchling goes by the project's .gitignore alone, and would pack it.
    changed = [line[3:] for line in git(root, "status", "--porcelain", "--untracked-files=no").splitlines()]
    changed += git(root, "ls-files", "--others", "--exclude-per-directory=.gitignore").splitlines()
    if changed:
        raise InvalidData(f"{root}: {len(changed)} {'file is' if len(changed) == 1 else 'files are'} not as committed, {changed[0]} first. Mend: commit or remove what is there.")
    commit, version = git(root, "rev-parse", "HEAD"), catalog.version
    tagged = git(root, "tag", "--list", f"v{version}") and git(root, "rev-list", "-n", "1", f"v{version}")
    if tagged and tagged != commit:
        raise InvalidData(f"version {version} has been released from {tagged[:9]}. Mend: raise version in datapackage.json, and build.")
    parts = parts_of(root, version)
    if parts is None:
        raise InvalidData(f"CHANGELOG.md: no section {version}. Mend: write ## {version} with what changed in Data and Client.")
    for part in ("Data", "Client"):
        if not parts.get(part):
            raise InvalidData(f"CHANGELOG.md: {version} says nothing under ### {part}. Mend: write what changed, or that nothing did.")
    return commit


def check_data(root: Path) -> None:
    report = validate(root)
    if not report.ok:
        raise InvalidData(f"the data are not valid:\n{report.text()}\nMend: correct the seeds, and build.")


def check_site(catalog: Catalog, site: Path) -> None:
    """Raise InvalidData unless a site was built from these data."""
    try:
        of = json.loads((site / "site.json").read_text(encoding="utf-8"))["content"]
    except (OSError, ValueError, KeyError):
        raise InvalidData(f"{site} is no site. Mend: python scripts/build_site --out {site}") from None
    if of != assets.content_hash(catalog):
        raise InvalidData(f"{site} shows other data than these. Mend: python scripts/build_site --out {site}")


def release(root: Path, target: Path, say: Callable[[str], None], site: Path | None = None) -> None:
    """Make the release of the checkout in `root`; `target` is replaced when all of it is there."""
    catalog = Catalog(root)
    say("checking the tree")
    commit = check_tree(root, catalog)
    if site:
        check_site(catalog, site)
    say("validating")
    check_data(root)
    with replacing(target, parents=True) as made, scratch(target.parent) as work:
        made.mkdir()
        with using(catalog):
            say(assets.CSV)
            assets.csv_archive(catalog, made)
            say(assets.PARQUET)
            assets.parquet_archive(catalog, made, work)
            say(assets.DUCKDB)
            assets.duckdb_file(catalog, made)
        if site:
            say(assets.SITE)
            assets.site_archive(catalog, site, made)
        say("wheel and sdist")
        assets.distributions(catalog, made, work, site)
        assets.metadata(catalog, made)
        assets.notice(catalog, made, commit)
        assets.sums(made)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/release", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog="example: python scripts/release --out dist")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to release (default: this one)")
    parser.add_argument("--out", type=Path, help="the folder to write (default: dist in the checkout)")
    parser.add_argument("--site", type=Path, help="the explorer, built from these data by scripts/build_site: sco-data-site.zip, and a part of the wheel")
    parser.add_argument("--content-of", type=Path, metavar="FILE", help="print the hash of what a DuckDB file of this version holds, and make nothing")
    options = parser.parse_args(argv)
    say = Steps()

    def make() -> None:
        if options.content_of:
            print(assets.content_of(options.content_of, Catalog(options.root)))
            return
        target = (options.out or options.root / "dist").resolve()
        check_target(target, assets.NOTICE, "release")
        release(options.root.resolve(), target, say, options.site and options.site.resolve())
        say(f"done: {target}")
        for file in sorted(target.iterdir()):
            print(f"{file.stat().st_size:>12,}  {file.name}", file=sys.stderr)

    return exit_code(make, options.root)


if __name__ == "__main__":
    sys.exit(main())
