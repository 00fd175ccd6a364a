"""`sco-data tables`"""

from __future__ import annotations

from pathlib import Path

import click

from .output import emit_rows, output_options


@click.command("tables")
@output_options
def command(form: str | None, output: Path | None) -> None:
    """List the tables, with rows and coverage.

    \b
    Example:
      sco-data tables
    """
    from ..frames import describe_rows

    columns, rows = describe_rows()
    emit_rows(columns, rows, form, output, ["VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR"])
