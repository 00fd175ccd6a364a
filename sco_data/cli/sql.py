"""`sco-data sql STATEMENT`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .output import emit, output_options


@click.command("sql")
@click.argument("statement")
@output_options
def command(statement: str, form: str | None, output: Path | None) -> None:
    """Answer one SQL STATEMENT over all tables and views; `-` reads it from standard input.

    \b
    Example:
      sco-data sql "SELECT * FROM status_counts ORDER BY day"
      sco-data sql "FROM contested_rows WHERE table_name = 'statuses'" --format markdown
    """
    from .. import database

    statement = sys.stdin.read() if statement == "-" else statement
    emit(database.run(statement), form, output, statement)
