"""`sco-data show TABLE`"""

from __future__ import annotations

from pathlib import Path

import click

from .completion import TABLES
from .output import emit, output_options


@click.command("show")
@click.argument("table", type=TABLES)
@output_options
def command(table: str, form: str | None, output: Path | None) -> None:
    """Print TABLE, or a view, whole.

    \b
    Example:
      sco-data show statuses --format csv
    """
    from .. import database

    emit(database.whole(table), form, output, f"SELECT * FROM {table}")
