"""`sco-data evidence TABLE ROW [FIELD]`"""

from __future__ import annotations

from pathlib import Path

import click

from .completion import TABLES
from .output import emit, output_options


@click.command("evidence")
@click.argument("table", type=TABLES)
@click.argument("row")
@click.argument("field", required=False)
@output_options
def command(table: str, row: str, field: str | None, form: str | None, output: Path | None) -> None:
    """Print who says what of a ROW of TABLE (or of one FIELD), where, and who contradicts it.

    ROW is the row's key; several key parts are joined by a bar.

    \b
    Example:
      sco-data evidence statuses IND-member-2017 start_date
    """
    from ..provenance import evidence_of

    emit(evidence_of(table, row, field), form, output)
