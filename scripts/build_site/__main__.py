"""Build the explorer: `python scripts/build_site`.

Writes site/: static files that any server can serve from any path, made from the data, the views and the plots of this version. The libraries of the
front end come from the npm registry, pinned in explorer/package-lock.json.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# `python scripts/build_site` puts this folder on the path, not the project's.
sys.path[0:1] = [str(ROOT)]

try:
    import altair  # noqa: F401
    import vl_convert  # noqa: F401

    from sco_data.catalog import Catalog, using
    from sco_data.files import replacing, scratch
    from scripts.build_site import charts, content, shell
    from scripts.making import Steps, check_target, exit_code
except ImportError as error:
    sys.exit(f"the site needs {error.name}. Mend: pip install -e '.[site]' in a virtual environment, and run it with its python")


def build(root: Path, target: Path, say: Callable[[str], None]) -> None:
    """Build the site of the data in `root`; `target` is replaced when all of it is there."""
    catalog = Catalog(root)
    with replacing(target, parents=True) as made, scratch(target.parent) as work, using(catalog):
        made.mkdir()
        say("tables and views")
        content.write(catalog, made)
        say("libraries")
        content.write_about(catalog, made, shell.libraries(work, made))
        say("pictures")
        charts.write(made)
        say("pages")
        shell.pages(catalog, made)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/build_site", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog="example: python scripts/build_site && sco-data browse")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout or release to show (default: this checkout)")
    parser.add_argument("--out", type=Path, default=ROOT / "site", help="the folder to write (default: site in this checkout)")
    options = parser.parse_args(argv)
    say = Steps()

    def make() -> None:
        target = options.out.resolve()
        check_target(target, content.NOTICE, "site")
        build(options.root.resolve(), target, say)
        say(f"done: {target}, {sum(f.stat().st_size for f in target.rglob('*') if f.is_file()):,} bytes")

    return exit_code(make, options.root)


if __name__ == "__main__":
    sys.exit(main())
