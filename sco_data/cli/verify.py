"""`sco-data verify [PATH]`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .output import emit_rows, output_options


@click.command("verify")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@output_options
def command(path: Path | None, form: str | None, output: Path | None) -> None:
    """Compare the files in PATH (a folder with datapackage.json), or the installed data, with the hashes of their descriptor; exit 1 if one differs.

    \b
    Example:
      sco-data verify
      sco-data verify --format json
    """
    from ..integrity import COLUMNS, INTACT, rows

    catalog, found = rows(path)
    wrong = [row for row in found if row[1] != INTACT]
    emit_rows(COLUMNS, found, form, output, ["VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "VARCHAR", "VARCHAR"])
    said = f"{len(found) - len(wrong)} of {len(found)} files are as released ({catalog.version})"
    print(said if not wrong else f"Error: {said}: {', '.join(f'{row[0]} {row[1]}' for row in wrong[:5])}{' ...' if len(wrong) > 5 else ''}. Mend: install or download the release again.", file=sys.stderr)
    raise click.exceptions.Exit(1 if wrong else 0)
