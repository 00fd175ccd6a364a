"""`sco-data history STATE`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .completion import STATES
from .output import chosen, emit, emit_rows, output_options

#: What the table format shows; the other formats have every column.
SHOWN = ("date", "status_sought", "step", "begins", "ends", "place", "disputed", "sources")


@click.command("history")
@click.argument("state", type=STATES)
@click.option("--include-predecessor/--no-predecessor", default=True, show_default=True, help="Show the Shanghai Five too.")
@output_options
def command(state: str, include_predecessor: bool, form: str | None, output: Path | None) -> None:
    """Print every step of STATE toward and within every status, with its disputes.

    STATE is an ISO2, ISO3, M49 or COW code, or a name in any spelling. In the table a date known to the month or the year shows no
    more than that.

    \b
    Example:
      sco-data history Iran
      sco-data history "Kyrgyz Republic" --format json
    """
    from ..names import resolve
    from ..records import history_of

    con = history_of(state, include_predecessor)
    form = chosen(form, output)
    if form != "table":
        emit(con, form, output)
        return
    names = [c[0] for c in con.description]
    rows = []
    for row in con.fetchall():
        cells = dict(zip(names, row))
        if cells["date"]:
            cells["date"] = cells["date"].isoformat()[: {"year": 4, "month": 7, "day": 10}[cells["date_precision"]]]
        rows.append(tuple(cells[c] for c in SHOWN))
    if not rows:
        print(f"no step of {resolve(state)} is on record", file=sys.stderr)
    emit_rows(list(SHOWN), rows, form, output)
