"""`sco-data pairs FIRST LAST`"""

from __future__ import annotations

from pathlib import Path

import click

from .output import emit, output_options
from .panel import panel_options


@click.command("pairs")
@click.option("--directed", is_flag=True, help="Give each pair in both orders.")
@panel_options
@output_options
def command(first: int | None, last: int | None, universe: str, rule: str, directed: bool, form: str | None, output: Path | None) -> None:
    """Print the pairs of states by year from FIRST to LAST (all years without them) of which at least one has a status.

    Universe and rule are as in `sco-data panel`.

    \b
    Example:
      sco-data pairs 2017 2017 --universe sco --format csv
      sco-data pairs 2024 2025 --directed --universe gw --format csv
    """
    from ..records import panel_of

    emit(panel_of(first, last, universe, rule, pairs=True, directed=directed), form, output)
