"""`sco-data panel FIRST LAST`"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..records import UNIVERSES, YEAR_RULES
from .output import emit, output_options


def panel_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the years, --universe and --rule to a command."""
    command = click.option("--rule", type=click.Choice(YEAR_RULES), default="dec31", show_default=True, help="The day of the year whose status counts.")(command)
    command = click.option("--universe", type=click.Choice(UNIVERSES), default="cow", show_default=True, help="Which states.")(command)
    command = click.argument("last", type=int, required=False)(command)
    return click.argument("first", type=int, required=False)(command)


@click.command("panel")
@panel_options
@output_options
def command(first: int | None, last: int | None, universe: str, rule: str, form: str | None, output: Path | None) -> None:
    """Print every state of the system by year from FIRST to LAST (all years without them), with its status.

    The universe is the states of the Correlates of War list (cow) or the Gleditsch-Ward list (gw), those of either list or
    of the United Nations (all), or those that hold or have held a status (sco).

    \b
    Example:
      sco-data panel 2001 2025 --format csv
      sco-data panel 2017 2017 --universe sco --rule any
    """
    from ..records import panel_of

    emit(panel_of(first, last, universe, rule), form, output)
