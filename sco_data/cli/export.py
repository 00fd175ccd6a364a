"""`sco-data export TARGET [TABLE]...`"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from ..formats import DIALECTS, FORMS
from .completion import CONTENTS


def _progress(name: str, number: int, of: int) -> None:
    """Show how far a long work has come, on one line of standard error; nothing where nobody looks."""
    if sys.stderr.isatty():
        print(f"\r\033[K{number}/{of} {name}", end="\r\033[K" if number == of else "", file=sys.stderr, flush=True)


@click.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.argument("tables", nargs=-1, metavar="[TABLE]...", type=CONTENTS)
@click.option("--sql", "statement", metavar="STATEMENT", help="Write the answer of this statement, called as the file.")
@click.option("-f", "--format", "form", type=click.Choice(list(FORMS)), help="The form; without it the suffix of TARGET says it. With a form of one table a file, TARGET is a folder.")
@click.option("--dialect", type=click.Choice(DIALECTS), default="postgresql", show_default=True, help="Of a file of SQL.")
def command(target: Path, tables: tuple[str, ...], statement: str | None, form: str | None, dialect: str) -> None:
    """Write tables, views or panels to TARGET in the form of another program; without TABLE all tables.

    TABLE is a table, a view, or panel or pairs (all years). A file's suffix gives the form: .parquet .arrow .ndjson .csv .dta (Stata) .xlsx .duckdb
    .sqlite .sql; a file that is there is replaced, a database or workbook only if it is an earlier export. Needs `pip install 'sco-data[export]'` for Arrow, Excel, DuckDB, SQLite and SQL.

    \b
    Example:
      sco-data export panel.dta panel
      sco-data export sco.xlsx statuses summits
      sco-data export sco-parquet --format parquet
      sco-data export pairs.dta --sql "FROM pairs(2001, 2020, rule := 'jan1')"
    """
    from ..formats import export

    if statement is not None and tables:
        raise click.UsageError("give tables or --sql, not both")
    written = export(target, {re.sub(r"\W|^(?=\d)", "_", target.stem): statement} if statement is not None else list(tables) or None, format=form, dialect=dialect, progress=_progress)
    print(f"written to {written}", file=sys.stderr)
