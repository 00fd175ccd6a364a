"""Who was what: the states of a day, the history of a state, the panels of states and of pairs by year."""

from __future__ import annotations

import datetime as dt
import operator
from typing import TYPE_CHECKING, Any

from . import database, names
from .catalog import current
from .errors import CoverageWarning, UsageError, near, shown, warn

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

STATUSES = ("member", "observer", "dialogue_partner", "partner", "shanghai_five")
START_RULES = ("default", "granted")
UNIVERSES = ("cow", "gw", "all", "sco")
YEAR_RULES = ("dec31", "jan1", "any")

ON = """
SELECT iso3, name, status, since, since_precision, legal_status, contested, status_id
FROM status_on($day::DATE, start_rule := $rule)
WHERE ($status IS NULL AND (status <> 'shanghai_five' OR $predecessor)) OR status = $status
ORDER BY iso3
"""
_BLANK = """
SELECT iso3, name, NULL::VARCHAR AS status, NULL::DATE AS since, NULL::VARCHAR AS since_precision, NULL::VARCHAR AS legal_status, NULL::BOOLEAN AS contested,
       NULL::VARCHAR AS status_id
FROM members
WHERE $status IS NULL
ORDER BY iso3
"""
_HISTORY = """
SELECT * FROM history_of($state)
WHERE $predecessor OR status_sought <> 'shanghai_five'
"""


def parse_day(day: Any) -> dt.date:
    """Return a day given as text, date, datetime or pandas Timestamp.

    >>> parse_day("2019-06-14")
    datetime.date(2019, 6, 14)
    """
    if isinstance(day, dt.datetime) and day == day:  # pandas' NaT is a datetime, and not equal to itself
        return day.date()
    if isinstance(day, dt.date) and not isinstance(day, dt.datetime):
        return day
    try:
        return dt.datetime.strptime(str(day), "%Y-%m-%d").date()
    except ValueError:
        raise UsageError(f"{shown(day)} is not a day. Mend: write a day that exists as YYYY-MM-DD, such as 2019-06-14.") from None


def _covered(day: dt.date) -> bool:
    first, last = current().coverage("statuses")
    if first <= day <= last:
        return True
    text = f"{day} lies outside the days that the data cover ({first} to {last}): the answer is blank, not 'no status'"
    warn(text, CoverageWarning)
    return False


def members_on(
    on: Any = None, status: str | None = "member", start_rule: str | None = None, include_predecessor: bool = False
) -> tuple[dt.date, duckdb.DuckDBPyConnection]:
    """Return the day answered for, and the connection that holds the answer of `members`."""
    status = None if status == "any" else status
    if status is not None and status not in STATUSES:
        raise UsageError(f"no status {shown(status)}. Mend: one of {', '.join(STATUSES)}, or None for any.")
    if (start_rule or "default") not in START_RULES:
        raise UsageError(f"no start rule {shown(start_rule)}. Mend: one of {', '.join(START_RULES)}.")
    day = current().coverage("statuses")[1] if on is None else parse_day(on)
    if not _covered(day):
        return day, database.run(_BLANK, {"status": status})
    params = {"day": day, "rule": start_rule or "default", "status": status, "predecessor": include_predecessor}
    return day, database.run(ON, params)


def members(on: Any = None, status: str | None = "member", start_rule: str | None = None, include_predecessor: bool = False) -> pd.DataFrame:
    """Return the states that held a status on a day.

    Parameters
    ----------
    on : the day, as text, date or Timestamp; without it the last day of coverage. ``frame.attrs["on"]`` says which.
    status : ``"member"`` (the default), ``"observer"``, ``"dialogue_partner"``, ``"partner"``, ``"shanghai_five"``, or None (or ``"any"``) for any
        status in the SCO.
    start_rule : ``"granted"`` takes the grant for the start of every status, also of a dialogue partnership.
    include_predecessor : with ``status=None``, count the Shanghai Five too.

    Returns
    -------
    pandas.DataFrame
        One row a state: ``iso3``, ``name``, ``status``, ``since`` (first day of the status) and
        ``since_precision`` (``day``, ``month`` or ``year``: how exactly it is known), ``legal_status`` (where it differs),
        ``contested`` (a source states another date), ``status_id``. For a day outside coverage there is a CoverageWarning, and with
        ``status=None`` a row a state with blanks, otherwise no row.

    Raises
    ------
    UsageError : the day does not exist, or there is no such status or rule.

    Source: the table statuses; :func:`sco_data.evidence` says who states each date.

    >>> import sco_data as sco
    >>> list(sco.members(on="2017-06-09").iso3)
    ['CHN', 'IND', 'KAZ', 'KGZ', 'PAK', 'RUS', 'TJK', 'UZB']
    """
    from .frames import to_frame

    day, con = members_on(on, status, start_rule, include_predecessor)
    frame = to_frame(con)
    frame.attrs["on"] = day.isoformat()
    return frame


def history_of(state: Any, include_predecessor: bool = True) -> duckdb.DuckDBPyConnection:
    """Return the connection that holds the answer of `history`."""
    return database.run(_HISTORY, {"state": names.resolve(state), "predecessor": include_predecessor})


def history(state: Any, include_predecessor: bool = True) -> pd.DataFrame:
    """Return every step of a state toward and within every status, in order.

    Parameters
    ----------
    state : ISO2, ISO3, M49 or COW code, or a name in any of its spellings.
    include_predecessor : False leaves out the Shanghai Five.

    Returns
    -------
    pandas.DataFrame
        One row a step: ``iso3``, ``name``, ``date`` and ``date_precision``, ``status_sought``, ``step``, ``begins`` and ``ends`` (the spell of
        `statuses` that the step begins or ends), ``summit_id``, ``place``, ``disputed`` (other days, and who states them), ``why`` (why ``date`` was
        taken), ``sources`` (how many support the row), ``step_id``, ``source_id``, ``note``. A state that took no step has no row.

    Raises
    ------
    NotFound : no state is known by that name; the message names near matches.
    UsageError : a number that means two states.

    >>> import sco_data as sco
    >>> sco.history("India").query("step == 'granted' and status_sought == 'member'").date.dt.date.item()
    datetime.date(2017, 6, 9)
    """
    from .frames import to_frame

    return to_frame(history_of(state, include_predecessor))


def _years(first: Any, last: Any) -> tuple[int, int]:
    """Return the years asked for, those that the panel has where none is asked for; warn if it has fewer."""
    has = tuple(day.year for day in current().coverage("country_years"))
    try:
        asked = operator.index(has[0] if first is None else first), operator.index(has[1] if last is None else last)
    except TypeError:
        raise UsageError(f"{shown(first)} to {shown(last)} are not years. Mend: write whole numbers, such as 2001, 2025.") from None
    if max(map(abs, asked)) > 10**6:
        raise UsageError(f"{shown(first)} to {shown(last)} are not years. Mend: write whole numbers, such as 2001, 2025.")
    if asked[0] > asked[1]:
        raise UsageError(f"the first year {asked[0]} lies after the last, {asked[1]}. Mend: turn them round.")
    if asked[0] < has[0] or asked[1] > has[1]:
        warn(f"the panel has the years {has[0]} to {has[1]}: no rows for the others", CoverageWarning)
    return asked


def panel_of(
    first: int | None, last: int | None, universe: str = "cow", rule: str = "dec31", *, pairs: bool = False, directed: bool = False
) -> duckdb.DuckDBPyConnection:
    """Return the connection that holds the answer of `panel` or `pairs`."""
    for value, known, what in ((universe, UNIVERSES, "universe"), (rule, YEAR_RULES, "year rule")):
        if value not in known:
            raise UsageError(f"no {what} {shown(value)}.{near(value, known)} Mend: one of {', '.join(known)}.")
    years = _years(first, last)
    params = {"first": years[0], "last": years[1], "universe": universe, "rule": rule}
    if pairs:
        return database.run("FROM pairs($first, $last, universe := $universe, rule := $rule, directed := $directed)", {**params, "directed": directed})
    return database.run("FROM panel($first, $last, universe := $universe, rule := $rule)", params)


def panel(first: int | None = None, last: int | None = None, universe: str = "cow", rule: str = "dec31") -> pd.DataFrame:
    """Return the state-year panel: every state of the system by year, with its status, beside those that never had one.

    Parameters
    ----------
    first, last : the first and the last year, both inclusive; without them all that the panel has (1992 to the end of coverage).
    universe : ``"cow"`` (the default: states of the Correlates of War list in that year), ``"gw"`` (Gleditsch-Ward), ``"all"`` (either list, or a
        member of the United Nations), ``"sco"`` (the 27 that hold or have held a status).
    rule : ``"dec31"`` (the default) and ``"jan1"`` take the status of that day; ``"any"`` every status of the year, joined by ``|``.

    Returns
    -------
    pandas.DataFrame
        One row a state and year: the keys ``iso3``, ``ccode``, ``gwcode``, ``year``; ``name``; ``status`` (``none`` if none); ``member``, ``observer``,
        ``dialogue_partner``, ``partner``, ``shanghai_five`` (boolean, by the rule); ``member_since`` (date), ``first_member_year``; ``days_member`` ...
        (days in each status, Int64). Years that the panel does not have give no row and a CoverageWarning.

    Raises
    ------
    UsageError : no such universe or rule, or years that are none.

    Source: the view country_years, made from the table statuses.

    >>> import sco_data as sco
    >>> sco.panel(2001, 2025).groupby("year").member.sum().loc[[2001, 2017, 2023, 2025]].tolist()
    [6, 8, 9, 10]
    """
    from .frames import to_frame

    frame = to_frame(panel_of(first, last, universe, rule))
    frame.attrs |= {"universe": universe, "rule": rule}
    return frame


def pairs(first: int | None = None, last: int | None = None, universe: str = "cow", rule: str = "dec31", directed: bool = False) -> pd.DataFrame:
    """Return the pair-years in which at least one of the two states has a status.

    Parameters
    ----------
    first, last, universe, rule : as in :func:`panel`.
    directed : False (the default) gives each pair once, the lower code first; True in both orders.

    Returns
    -------
    pandas.DataFrame
        One row a pair and year: ``year``, ``iso3_1``, ``iso3_2``, ``ccode1``, ``ccode2``, ``gwcode1``, ``gwcode2``, ``status1``, ``status2``,
        ``joint_members`` (boolean: both are full members by the rule), ``joint_members_since`` (date: the day from which both were).

    Raises
    ------
    UsageError : no such universe or rule, or years that are none.

    Source: the view country_years, made from the table statuses.

    >>> import sco_data as sco
    >>> both = sco.pairs(2017, 2017).query("joint_members")
    >>> len(both), both.joint_members_since.max().date().isoformat()
    (28, '2017-06-09')
    """
    from .frames import to_frame

    frame = to_frame(panel_of(first, last, universe, rule, pairs=True, directed=directed))
    frame.attrs |= {"universe": universe, "rule": rule}
    return frame
