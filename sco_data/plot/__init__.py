"""Plots of the data as Altair charts, and as PNG, SVG, HTML and JSON: needs ``pip install 'sco-data[plot]'``.

Each carries a title, a description for those who do not see it (``chart.description``; with source line, version and licence also in
``chart.usermeta``), and the source line, version and licence in the picture. :func:`table` gives the figures behind it.

>>> import sco_data as sco
>>> sco.plot.table("map", on="2017-06-09").query("status == 'member'").iso3.tolist()
['CHN', 'IND', 'KAZ', 'KGZ', 'PAK', 'RUS', 'TJK', 'UZB']
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalog import current
from ..database import views
from ..errors import NotFound, UsageError, near, shown

if TYPE_CHECKING:
    import altair
    import pandas as pd

#: Plot -> the module that draws it. A module is imported when its plot is drawn.
PLOTS = {"timeline": "timelines", "map": "maps", "weight": "weights", "bri": "declarations", "votes": "voting", "projects": "completion"}

#: What a plot is drawn from that the first versions of the data do not have.
_NEEDS = {"weight": "group_years", "bri": "bri_support", "votes": "vote_agreement", "projects": "sco_projects"}

__all__ = ["bri", "map", "projects", "save", "table", "timeline", "votes", "weight"]


def _module(name: str) -> Any:
    need = _NEEDS.get(name, "statuses")
    if need not in current().resources and need not in views():
        raise NotFound(f"version {current().version} of the data has no {need}, which {name} is drawn from. Mend: open a later version.")
    return import_module(f".{PLOTS[name]}", __name__)


def timeline(states: Any = None, status: Any = None, start: Any = None, end: Any = None, group: str = "status") -> altair.VConcatChart:
    """Draw every state's spells of status, with the stretches on which sources disagree.

    Parameters
    ----------
    states : states to draw, by code or name; all without it.
    status : statuses to draw: ``"member"``, ``"observer"``, ``"dialogue_partner"``, ``"partner"``, ``"shanghai_five"``; all without it.
    start, end : the first and the last day to draw, as text, date or Timestamp; without them the first spell and the last day of coverage.
    group : order of the states: by latest ``"status"`` (the default), ``"name"``, or first day of any spell (``"since"``).

    Returns
    -------
    altair.VConcatChart
        A stretch is framed and hatched from the earliest to the latest day that a source states, and over the month of a date that is known to the
        month; a triangle marks each date stated against the one carried.

    Raises
    ------
    UsageError : a day does not exist, the days are the wrong way round, or there is no such status or order.
    NotFound : no state is known by that name.
    ScoDataError : altair is not installed.

    Source: the tables statuses and evidence.

    >>> import sco_data as sco
    >>> chart = sco.plot.timeline(states=["India", "Pakistan"])
    >>> chart.description.partition(".")[0]
    'Timeline of 4 spells of status of 2 states from 1996-04-26 to 2025-12-31'
    """
    chart: altair.VConcatChart = _module("timeline").draw(states, status, start, end, group)
    return chart


def map(on: Any = None, boundaries: Path | str | None = None, disputed: Path | str | None = None, policy: str | None = None) -> altair.VConcatChart:
    """Draw the states of a day by status, as tiles without borders, or as the polygons of your own boundary files.

    Parameters
    ----------
    on : the day, as text, date or Timestamp; without it the last day of coverage.
    boundaries, disputed : GeoJSON files of states (ISO codes in ``ISO_A3_EH``, ``ISO_A3``, ``ADM0_A3`` or ``iso3``) and of disputed areas, such as
        Natural Earth's admin_0_countries and admin_0_disputed_areas. Both or neither: disputed areas are drawn grey and hatched over the states.
    policy : by which policy the boundaries are drawn, to be printed in the picture; that of Natural Earth is known.

    Returns
    -------
    altair.VConcatChart
        A day outside coverage gives a CoverageWarning and tiles with a question mark.

    Raises
    ------
    UsageError : the day does not exist, or one of the files, or the policy, is missing.
    NotFound : there is no such file.
    InvalidData : a file is no GeoJSON of polygons, or has no codes of states.
    ScoDataError : altair is not installed.

    Source: the table statuses.

    >>> import sco_data as sco
    >>> sco.plot.map(on="2019-06-14").description.partition(":")[2].partition(".")[0]
    ' member 8, observer 4, dialogue partner 6 and no status 9'
    """
    chart: altair.VConcatChart = _module("map").draw(on, boundaries, disputed, policy)
    return chart


def weight(
    indicators: str | Sequence[str] = ("gdp_current", "population_total"), groups: str | Sequence[str] = ("members", "all_statuses", "current_ten"), year_rule: str = "dec31"
) -> altair.VConcatChart:
    """Draw the share of the world that groups of states make, by year: one panel an indicator, one line a group.

    Parameters
    ----------
    indicators : indicators that can be summed, by code or label.
    groups : ``"members"`` and ``"all_statuses"`` (as of the year), ``"current_ten"``, ``"founding_six"`` (held constant).
    year_rule : the day of the year whose status counts: ``"dec31"``, ``"jan1"`` or ``"any"``.

    Returns
    -------
    altair.VConcatChart
        In per cent of the world's. A hollow point is a year in which the figure of some state is lacking.

    Raises
    ------
    NotFound : there is no such indicator, or none of the world.
    UsageError : there is no such group or rule.
    ScoDataError : altair is not installed.

    Source: the view group_years; World Bank, World Development Indicators.

    >>> import sco_data as sco
    >>> sco.plot.weight("population_total", "members").usermeta["version"] == sco.__version__
    True
    """
    chart: altair.VConcatChart = _module("weight").draw(indicators, groups, year_rule)
    return chart


def bri(states: Any = None) -> altair.VConcatChart:
    """Draw who is named in support of the Belt and Road Initiative in which text of the councils, state by text.

    Parameters
    ----------
    states : states to draw, by code or name; without it all that have been members.

    Raises
    ------
    NotFound : no state is known by that name.
    ScoDataError : altair is not installed.

    Source: the view bri_support and the table document_parties.

    >>> import sco_data as sco
    >>> sco.plot.bri().description.rpartition(": ")[2]
    'India.'
    """
    chart: altair.VConcatChart = _module("bri").draw(states)
    return chart


def votes(
    kind: str = "agreement", states: Any = None, years: int | Sequence[int] | None = None, state: Any = None, case: str | None = None, issue: str | None = None
) -> altair.VConcatChart:
    """Draw how states voted in the United Nations General Assembly.

    Parameters
    ----------
    kind : of pairs of states: ``"agreement"`` (identical votes as a share of joint ones) or ``"similarity"`` (an abstention is half-way).
    states, state : states by code or name; without them the members on the last day of coverage.
    years : a year, or the first and the last; without it all that have complete sessions.
    case : votes on the roll calls selected for a case instead, such as ``"ukraine"``: one column a state.
    issue : votes of one state on a subject by year instead, such as ``"hr"`` or ``"Human rights"``.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    NotFound : no such state, case or issue, or no votes of those states in those years.
    UsageError : no such measure, or arguments that do not go together.
    ScoDataError : altair is not installed.

    Source: the views vote_agreement and key_votes, and the table roll_call_votes; Voeten, United Nations General Assembly Voting Data.

    >>> import sco_data as sco
    >>> sco.plot.votes(state="India", case="crimea").description
    'Votes of India in 1 roll call, 2014-03-27: abstain 1.'
    """
    chart: altair.VConcatChart = _module("votes").draw(kind, states, years, state, case, issue)
    return chart


def projects(kind: Any = None, planned: bool = False) -> altair.VConcatChart:
    """Draw the planned and the actual completion of the projects that have to do with the SCO.

    Parameters
    ----------
    kind : kinds of project, by code or label, such as ``"pipeline"``; all without it.
    planned : only those whose planned completion is known.

    Raises
    ------
    NotFound : there is no such kind, or no date of any.
    ScoDataError : altair is not installed.

    Source: the view sco_projects.

    >>> import sco_data as sco
    >>> "pipeline" in sco.plot.projects("pipeline", planned=True).to_json()
    True
    """
    chart: altair.VConcatChart = _module("projects").draw(kind, planned)
    return chart


def table(name: str, **options: Any) -> pd.DataFrame:
    """Return the figures behind a plot, for those who would rather read them.

    Parameters
    ----------
    name : ``"timeline"``, ``"map"``, ``"weight"``, ``"bri"``, ``"votes"`` or ``"projects"``.
    options : as the plot takes them.

    Returns
    -------
    pandas.DataFrame
        Sorted as the picture is read. Does not need altair.

    Raises
    ------
    UsageError : there is no such plot or option, and what the plot raises.

    >>> import sco_data as sco
    >>> sco.plot.table("timeline", states="India")[["status", "start", "start_earliest", "start_latest"]].iloc[1].tolist()[2:]
    ['2015-01-01', '2017-06-09']
    """
    if not isinstance(name, str) or name not in PLOTS:
        raise UsageError(f"no plot {shown(name)}.{near(name, PLOTS)} Mend: one of {', '.join(PLOTS)}.")
    function = _module(name).table
    known = inspect.signature(function).parameters
    for option in options:
        if option not in known:
            raise UsageError(f"the plot {name} has no option {shown(option)}.{near(option, known)} Mend: one of {', '.join(known)}.")
    frame: pd.DataFrame = function(**options)
    return frame


def save(chart: altair.TopLevelMixin, path: Path | str, format: str | None = None, scale: float = 2) -> Path:
    """Write a chart to a file.

    Parameters
    ----------
    chart : what a plot returned, also after you changed it.
    path : the file; its suffix gives the form: ``.png``, ``.svg``, ``.html`` (one file that works without a network), ``.json`` (Vega-Lite). A file
        that is there is replaced when the new one is whole.
    format : ``"png"``, ``"svg"``, ``"html"`` or ``"json"``, where the suffix does not say it.
    scale : pixels of a PNG for each unit of the chart; 2 is for print.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    UsageError : no form is known, or the file cannot be written.
    ScoDataError : altair or vl-convert is not installed.

    >>> import sco_data as sco, tempfile, pathlib
    >>> sco.plot.save(sco.plot.map(), pathlib.Path(tempfile.mkdtemp()) / "map.svg").name
    'map.svg'
    """
    from .files import write

    return write(chart, path, format, scale)
