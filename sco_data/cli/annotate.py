"""`sco-data annotate FILE`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..annotation.codes import CODES
from ..annotation.lookup import NAMES
from ..records import START_RULES, YEAR_RULES


class Progress:
    """How far a long work has come, on one line of standard error; nothing where nobody looks."""

    def __init__(self) -> None:
        self.shown = ""

    def __call__(self, percent: float) -> None:
        text = f"\r{percent:3.0f} %" if percent >= 0 else ""
        if sys.stderr.isatty() and text != self.shown:
            self.shown = text
            print(text, end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.shown:
            print("\r     \r", end="", file=sys.stderr, flush=True)


@click.command("annotate")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--country", required=True, metavar="COLUMN", help="The column of states.")
@click.option("--date", metavar="COLUMN", help="The column of days.")
@click.option("--year", metavar="COLUMN", help="The column of years, in place of --date.")
@click.option("--code", type=click.Choice(CODES), default="auto", show_default=True, help="What the column of states holds.")
@click.option("--rule", type=click.Choice(YEAR_RULES), default="dec31", show_default=True, help="For years: the day whose status counts.")
@click.option("--start-rule", type=click.Choice(START_RULES), default="default", show_default=True, help="'granted' starts every status at its grant.")
@click.option("--include-predecessor", is_flag=True, help="Count the Shanghai Five too.")
@click.option("--strict", is_flag=True, help="Stop at a value that means no state, date or year.")
@click.option("--names", nargs=3, default=NAMES, show_default=True, metavar="STATUS SINCE MEMBER", help="What the three new columns are called.")
@click.option("--memory", default="1500MB", show_default=True, help="How much memory the join may take.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Write to this file: .csv, .csv.gz, .tsv, .tsv.gz or .parquet.")
def command(
    file: Path, country: str, date: str | None, year: str | None, code: str, rule: str, start_rule: str, include_predecessor: bool, strict: bool,
    names: tuple[str, str, str], memory: str, output: Path,
) -> None:  # fmt: skip
    """Add the SCO status to each row of FILE, a CSV or Parquet file of any size.

    The new columns are sco_status, sco_status_since and sco_is_member. Rows keep their order. What means no state is kept with a blank
    status and named on standard error.

    \b
    Example:
      printf 'actor,day\\nIndia,2017-06-09\\n' > events.csv
      sco-data annotate events.csv --country actor --date day -o annotated.csv
    """
    import re

    from ..annotation.files import annotate_file
    from ..errors import shown

    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?\s*[KMGT]i?B", memory, re.IGNORECASE):
        raise click.UsageError(f"{shown(memory)} is no amount of memory; write it as 1500MB or 4GB")
    progress = Progress()
    asked = {"country": country, "date": date, "year": year, "code": code, "rule": rule, "start_rule": start_rule, "include_predecessor": include_predecessor, "strict": strict, "names": names}
    try:
        rows = annotate_file(file, output, memory, progress, **asked)
    finally:
        progress.end()
    print(f"{rows:,} rows written to {output}", file=sys.stderr)
