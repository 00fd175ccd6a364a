"""Build the explorer: `python scripts/build_site`.

Writes site/: static files that any server can serve from any path, made from the data, the views and the plots of this version. The libraries of the
front end come from the npm registry, pinned in explorer/package-lock.json.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# `python scripts/build_site` puts this folder on the path, not the project's.
sys.path[0:1] = [str(ROOT)]

try:
    import altair  # noqa: F401
    import vl_convert  # noqa: F401

    from sco_data.catalog import Catalog, using
    from sco_data.errors import InvalidData, ScoDataError
    from scripts.build_site import charts, content, shell
except ImportError as error:
    sys.exit(f"the site needs {error.name}. Mend: pip install -e '.[site]' in a virtual environment, and run it with its python")


def build(root: Path, target: Path, say: Callable[[str], None]) -> None:
    """Build the site of the data in `root`; `target` is replaced when all of it is there."""
    catalog = Catalog(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that the last step is a rename on one file system.
    scratch = Path(tempfile.mkdtemp(prefix=".site-", dir=target.parent))
    try:
        made = scratch / "made"
        made.mkdir()
        with using(catalog):
            say("tables and views")
            content.write(catalog, made)
            say("libraries")
            content.write_about(catalog, made, shell.libraries(scratch, made))
            say("pictures")
            charts.write(made)
            say("pages")
            shell.pages(catalog, made)
        old = scratch / "old"
        try:
            if target.exists():
                target.rename(old)
            made.rename(target)
        except BaseException:
            if old.exists() and not target.exists():
                old.rename(target)
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/build_site", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog="example: python scripts/build_site && sco-data browse")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout or release to show (default: this checkout)")
    parser.add_argument("--out", type=Path, default=ROOT / "site", help="the folder to write (default: site in this checkout)")
    options = parser.parse_args(argv)
    started = time.monotonic()

    def say(step: str) -> None:
        print(f"{time.monotonic() - started:5.1f} s  {step}", file=sys.stderr, flush=True)

    try:
        target = options.out.resolve()
        if target.exists() and not (target.is_dir() and (not any(target.iterdir()) or (target / content.NOTICE).is_file())):
            raise InvalidData(f"{target} holds something else than a site. Mend: remove it, or give another folder with --out.")
        build(options.root.resolve(), target, say)
        say(f"done: {target}, {sum(f.stat().st_size for f in target.rglob('*') if f.is_file()):,} bytes")
        return 0
    except ScoDataError as error:
        print(f"Error: {error}\nnothing was written", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Error: {error.filename or options.root}: {error.strerror or error}. Mend: give a place that can be written with --out.\nnothing was written", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
