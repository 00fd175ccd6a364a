"""`sco-data plot PLOT`"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..records import STATUSES, YEAR_RULES
from .completion import STATES


def _drawing(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --output and --scale to a command, and have it draw and write the plot of that name."""

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        def drawn(output: Path, scale: float, **options: Any) -> None:
            from .. import plot
            from ..plot.files import form

            # What cannot be written is said before anything is drawn.
            form(output, None)
            chart = getattr(plot, name)(**{key: list(value) if isinstance(value, tuple) else value for key, value in options.items() if value not in ((), None)})
            print(f"written to {plot.save(chart, output, scale=scale)}", file=sys.stderr)

        drawn.__doc__ = function.__doc__
        with_scale = click.option("--scale", type=click.FloatRange(0.1, 10), default=2.0, show_default=True, help="Pixels of a PNG for each unit; 2 is for print.")(drawn)
        return click.option(
            "-o", "--output", type=click.Path(path_type=Path), default=f"sco-{name}.png", show_default=True, help="Write to this file; its suffix gives the form: .png .svg .html .json."
        )(with_scale)

    return made


@click.group("plot")
def command() -> None:
    """Draw a picture of the data to a file: PNG, SVG, HTML (one file, no network) or the specification (JSON).

    Each has source, version and licence in it. Needs `pip install 'sco-data[plot]'`.

    \b
    Example:
      sco-data plot timeline -o timeline.png
      sco-data plot map --on 2019-06-14 -o map.svg
    """


_states = click.option("--state", "states", multiple=True, type=STATES, help="Only this state; may be given several times.")


@command.command("timeline")
@_states
@click.option("--status", multiple=True, type=click.Choice(STATUSES), help="Only this status; may be given several times.")
@click.option("--start", metavar="YYYY-MM-DD", help="The first day to draw.")
@click.option("--end", metavar="YYYY-MM-DD", help="The last day to draw.")
@click.option("--group", type=click.Choice(["status", "name", "since"]), default="status", show_default=True, help="Order of the states.")
@_drawing("timeline")
def _timeline() -> None:
    """Every state's spells of status; where sources disagree is framed and hatched.

    \b
    Example:
      sco-data plot timeline --state India --state Pakistan -o timeline.png
    """


@command.command("map")
@click.option("--on", metavar="YYYY-MM-DD", help="The day; without it the last day of coverage.")
@click.option("--boundaries", type=click.Path(path_type=Path), help="Draw the polygons of this GeoJSON file instead of tiles; goes with --disputed.")
@click.option("--disputed", type=click.Path(path_type=Path), help="GeoJSON file of disputed areas, which are hatched.")
@click.option("--policy", help="By which policy the boundaries are drawn, to be printed; that of Natural Earth is known.")
@_drawing("map")
def _map() -> None:
    """The states of a day by status: a tile each, without borders.

    \b
    Example:
      sco-data plot map --on 2019-06-14 -o map.svg
    """


@command.command("weight")
@click.option("--indicator", "indicators", multiple=True, help="Indicator, by code or label; may be given several times.  [default: gdp_current, population_total]")
@click.option("--group", "groups", multiple=True, type=click.Choice(["members", "all_statuses", "current_ten", "founding_six"]), help="Group of states; may be given several times.")
@click.option("--rule", "year_rule", type=click.Choice(YEAR_RULES), default="dec31", show_default=True, help="The day of the year whose status counts.")
@_drawing("weight")
def _weight() -> None:
    """The share of the world that groups of states make, by year.

    \b
    Example:
      sco-data plot weight --indicator gdp_ppp -o weight.svg
    """


@command.command("bri")
@_states
@_drawing("bri")
def _bri() -> None:
    """Who is named in support of the Belt and Road in which text.

    \b
    Example:
      sco-data plot bri -o bri.html
    """


@command.command("votes")
@click.option("--kind", type=click.Choice(["agreement", "similarity"]), default="agreement", show_default=True, help="What is counted of pairs.")
@_states
@click.option("--years", type=int, nargs=2, metavar="FIRST LAST", help="The first and the last year.")
@click.option("--case", help="Votes on the roll calls selected for this case instead, such as ukraine or gaza.")
@click.option("--issue", help="Votes of one --state on this subject by year instead, such as hr.")
@_drawing("votes")
def _votes() -> None:
    """How far states voted alike in the General Assembly, or how they voted on a case or a subject.

    \b
    Example:
      sco-data plot votes -o votes.png
      sco-data plot votes --case ukraine -o ukraine.svg
      sco-data plot votes --state India --issue "human rights" -o india.svg
    """


@command.command("projects")
@click.option("--kind", multiple=True, help="Kind of project, by code or label; may be given several times.")
@click.option("--planned", is_flag=True, help="Only those whose planned completion is known.")
@_drawing("projects")
def _projects() -> None:
    """Planned and actual completion of the projects that have to do with the SCO.

    \b
    Example:
      sco-data plot projects --planned -o projects.png
    """
