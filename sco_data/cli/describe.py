"""`sco-data describe [TABLE]`"""

from __future__ import annotations

from pathlib import Path

import click

from .completion import TABLES
from .output import emit_rows, output_options


@click.command("describe")
@click.argument("table", required=False, type=TABLES)
@output_options
def command(table: str | None, form: str | None, output: Path | None) -> None:
    """Print the codebook: of all tables, or of the columns of TABLE.

    \b
    Example:
      sco-data describe statuses
      sco-data describe statuses --format markdown
    """
    from ..frames import describe_rows

    columns, rows = describe_rows(table)
    emit_rows(columns, rows, form, output, [{"rows": "BIGINT", "required": "BOOLEAN"}.get(c, "VARCHAR") for c in columns])
