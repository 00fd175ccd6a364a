"""`sco-data cite [TABLE [ROW [FIELD]]]`"""

from __future__ import annotations

import click

from ..provenance import STYLES
from .completion import TABLES


@click.command("cite")
@click.argument("table", required=False, type=TABLES)
@click.argument("row", required=False)
@click.argument("field", required=False)
@click.option("--style", type=click.Choice(STYLES), default="text", show_default=True)
def command(table: str | None, row: str | None, field: str | None, style: str) -> None:
    """Print how to cite the package, a TABLE, or a ROW (or one FIELD of it) with the sources that support it.

    \b
    Example:
      sco-data cite statuses IND-member-2017 start_date --style bibtex
    """
    from ..provenance import cite

    click.echo(cite(table, row, field, style))
