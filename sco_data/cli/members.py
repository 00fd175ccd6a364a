"""`sco-data members`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..records import START_RULES, STATUSES
from .output import emit, output_options


@click.command("members")
@click.option("--on", metavar="YYYY-MM-DD", help="The day; without it the last day of coverage.")
@click.option("--status", type=click.Choice([*STATUSES, "any"]), default="member", show_default=True, help="Which status.")
@click.option("--start-rule", type=click.Choice(START_RULES), default="default", show_default=True, help="'granted' starts every status at its grant.")
@click.option("--include-predecessor", is_flag=True, help="With --status any, count the Shanghai Five too.")
@output_options
def command(on: str | None, status: str, start_rule: str, include_predecessor: bool, form: str | None, output: Path | None) -> None:
    """Print the states that held a status on a day.

    \b
    Example:
      sco-data members --on 2019-06-14
      sco-data members --on 2024-12-31 --status any --format csv
    """
    from ..records import members_on

    if include_predecessor and status != "any":
        raise click.UsageError("--include-predecessor goes with --status any; ask for the Shanghai Five alone with --status shanghai_five")
    day, con = members_on(on, None if status == "any" else status, start_rule, include_predecessor)
    if on is None:
        print(f"as of {day}, the last day of coverage", file=sys.stderr)
    emit(con, form, output)
