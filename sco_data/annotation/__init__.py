"""Status on the rows of the user's own data, whatever they stand in: pandas, polars, pyarrow, DuckDB, Spark."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import CoverageWarning, UnresolvedWarning, UsageError, near, shown, warn
from ..records import START_RULES, YEAR_RULES
from . import engines, frames
from .codes import CODES, states_of, whole_number
from .lookup import EPOCH, NAMES, PAIR_NAMES, Lookup, lookup

if TYPE_CHECKING:
    import numpy as np

Data = TypeVar("Data")


#: A text that begins with a day; the same expression stands in DuckDB's statement.
DAY = re.compile(r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})([T ].*)?\s*", re.ASCII | re.DOTALL)
#: A period that is further off than any other, and still a number that every frame can hold.
FAR = 10**9


class Request:
    """What is asked of the data: the columns of states, the column of periods, and the rules; checked once."""

    def __init__(
        self, data: Any, states: Sequence[str], date: Any, year: Any, code: str, rule: str, start_rule: str | None, predecessor: bool, strict: bool, names: Sequence[str]
    ):  # fmt: skip
        self.frame = _open(data)
        if (date is None) == (year is None):
            raise UsageError("the day or the year of a row? Mend: give date= or year=, the name of a column, and not both.")
        if date is not None and rule != "dec31":
            raise UsageError(f"rule={shown(rule)} is for years. Mend: leave it out with date=, or give year=.")
        choices: tuple[tuple[Any, Sequence[str], str], ...] = ((code, CODES, "code"), (rule, YEAR_RULES, "rule"), (start_rule or "default", START_RULES, "start_rule"))
        for value, known, what in choices:
            if not isinstance(value, str) or value not in known:
                raise UsageError(f"no {what} {shown(value)}.{near(value, known)} Mend: one of {', '.join(known)}.")
        self.by, self.period = ("date", date) if date is not None else ("year", year)
        self.states, self.code, self.strict = list(states), code, strict
        columns = self.frame.columns
        told_apart = Counter(str(c).casefold() if isinstance(self.frame, engines.Spark) else c for c in columns)
        twice = sorted(str(c) for c, n in told_apart.items() if n > 1)
        if twice:
            raise UsageError(f"two columns are called {twice[0]!r}. Mend: rename one.")
        for name in [*self.states, self.period]:
            if not isinstance(name, Hashable) or name not in told_apart and name not in columns:
                there = [str(c) for c in columns[:1000]]
                raise UsageError(f"no column {shown(name)}.{near(name, there)} Mend: one of {', '.join(there[:20])}.")
        # numpy has a truth of its own.
        if not all(type(given).__name__ in ("bool", "bool_") for given in (strict, predecessor)):
            raise UsageError(f"strict={shown(strict)}, include_predecessor={shown(predecessor)}: not True or False. Mend: give one of the two.")
        if isinstance(names, str) or not isinstance(names, Sequence) or len(names) != 3 or not all(isinstance(n, str) and n for n in names):
            raise UsageError(f"names={shown(names)} are not three names. Mend: give three texts, for {', '.join(NAMES)} or {', '.join(PAIR_NAMES)}.")
        # SQL does not tell letters of another case apart.
        same = str.casefold if isinstance(self.frame, engines.Engine) else str
        if len({same(n) for n in names}) != 3:
            raise UsageError(f"the names {', '.join(names)} are not different. Mend: give each new column a name of its own.")
        taken = [n for n in names if same(n) in {same(str(c)) for c in columns}]
        if taken:
            raise UsageError(f"the data have a column {taken[0]!r} already. Mend: rename it, or call ours otherwise with names=.")
        self.lookup: Lookup = lookup(self.by, rule, start_rule or "default", bool(predecessor))
        self.kind = self.frame.kind(self.period)
        self._check_period()

    def _check_period(self) -> None:
        """Refuse a column that cannot hold what it is said to hold."""
        if self.by == "date" and self.kind in ("integer", "float"):
            raise UsageError(f"column {self.period!r} holds numbers, not dates. Mend: give years as year={self.period!r}; make other numbers dates first.")
        if self.by == "year" and self.kind == "days":
            raise UsageError(f"column {self.period!r} holds dates, not years. Mend: give it as date={self.period!r}.")
        if self.kind == "other":
            raise UsageError(f"column {self.period!r} holds neither dates nor text nor numbers. Mend: make it a {self.by} column.")
        for name in self.states:
            if self.frame.kind(name) in ("days", "other"):
                raise UsageError(f"column {name!r} holds no codes or names of states. Mend: give the column that does.")

    def resolve(self, name: str, counts: dict[Any, int]) -> dict[Any, str | None]:
        """Return the state that each value of a column means; say which mean none."""
        meant = dict(zip(counts, states_of(counts, self.code, name)))
        what = {"auto": "state", "name": "state's name"}.get(self.code, f"state's {self.code} code")
        self._report(name, {v: n for v, n in counts.items() if meant[v] is None}, f"no {what}")
        return meant

    def read_periods(self, counts: dict[Any, int]) -> dict[Any, int]:
        """Return the day or year of each value that is one; say which are none."""
        read = {value: _day(value) if self.by == "date" else whole_number(value) for value in counts}
        self._report(self.period, {v: n for v, n in counts.items() if read[v] is None}, "no date as YYYY-MM-DD" if self.by == "date" else "no year")
        return {value: max(-FAR, min(period, FAR)) for value, period in read.items() if period is not None}

    def distinct(self, name: str) -> tuple[np.ndarray[Any, Any], list[Any]]:
        """Return the distinct values of a column of a frame in memory, and which of them each row has."""
        try:
            return self.frame.distinct(name)  # type: ignore[no-any-return]
        except (TypeError, NotImplementedError) as error:
            raise UsageError(f"column {name!r} holds what cannot be compared ({error}). Mend: give a column of text, numbers or dates.") from None

    def _report(self, column: str, lost: dict[Any, int], what: str) -> None:
        if not lost:
            return
        most = sorted(lost.items(), key=lambda pair: (-pair[1], shown(pair[0])))
        named = ", ".join(f"{shown(value)} ({n})" for value, n in most[:5]) + (f" and {len(most) - 5} more" if len(most) > 5 else "")
        text = f"column {column!r}: {what} in {_many(sum(lost.values()), 'row')}, {_many(len(lost), 'value')}: {named}"
        if self.strict:
            raise UsageError(f"{text}. Mend: correct them, or let strict=False leave them blank.")
        warn(f"{text}; the status is blank there", UnresolvedWarning)

    def outside(self, rows: int | None) -> None:
        """Warn that periods lie outside coverage; ``rows`` is how many, if that is known."""
        first, last = ((str(n) for n in (self.lookup.first, self.lookup.last)) if self.by == "year" else (_date(n).isoformat() for n in (self.lookup.first, self.lookup.last)))
        many = "some rows" if rows is None else _many(rows, "row")
        warn(f"column {self.period!r}: {many} outside what the data cover ({first} to {last}); the status is blank there, not 'none'", CoverageWarning)


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"


def _open(data: Any) -> Any:
    """Return the frame or engine that knows this kind of data."""
    kinds = {**frames.KINDS, **engines.KINDS}
    for base in type(data).__mro__:
        kind = kinds.get((base.__module__.partition(".")[0], base.__name__))
        if kind is not None:
            if kind is frames.Pandas and data.columns.nlevels > 1:
                raise UsageError("the columns have several levels. Mend: flatten them, as with data.columns = ['_'.join(c) for c in data.columns].")
            return kind(data)
    hint = " Mend: collect() it first." if type(data).__name__ == "LazyFrame" else " Mend: give a pandas or polars DataFrame, a pyarrow Table, a DuckDB relation or a PySpark DataFrame."
    raise UsageError(f"{type(data).__module__}.{type(data).__name__} is no kind of frame that is known here.{hint}")


def _date(days: int) -> dt.date:
    return dt.date.fromordinal(days + EPOCH)


def _day(value: Any) -> int | None:
    """Return the day, since 1970, of a date, or of text that begins with one: YYYY-MM-DD."""
    if isinstance(value, dt.date):
        return value.toordinal() - EPOCH if value == value else None
    try:
        found = DAY.fullmatch(str(value))
        return dt.date.fromisoformat(found[1]).toordinal() - EPOCH if found else None
    except ValueError:
        return None


# -- frames in memory ----------------------------------------------------------------------------


def _counts(codes: np.ndarray[Any, Any], values: list[Any]) -> dict[Any, int]:
    """Return how many rows have each value that any row has."""
    import numpy as np

    rows = np.bincount(codes.astype(np.intp, copy=False) + 1, minlength=len(values) + 1)[1:]
    # A NaN among the values is a missing one.
    return {value: int(n) for value, n in zip(values, rows) if n and not (isinstance(value, float) and value != value)}


def _columns(request: Request) -> np.ndarray[Any, Any]:
    """Return for each row the column of the dense lookup: 0 before coverage or missing, one after the last beyond it."""
    import numpy as np

    if request.kind == "days":
        periods = request.frame.days(request.period)
        missing = int(np.count_nonzero(periods == frames.MISSING))
    else:
        codes, values = request.distinct(request.period)
        read = request.read_periods(_counts(codes, values))
        periods = np.array([read.get(v, frames.MISSING) for v in values] + [frames.MISSING], dtype=np.int64)[codes]
        missing = int(np.count_nonzero(periods == frames.MISSING))
    width = request.lookup.last - request.lookup.first + 2
    # In place: at many rows it is new memory that costs time.
    shifted = np.subtract(periods, request.lookup.first - 1, dtype=np.int64)
    np.minimum(np.maximum(shifted, 0, out=shifted), width, out=shifted)
    columns: np.ndarray[Any, Any] = shifted.astype(np.int32)
    outside = int(np.count_nonzero(columns == 0) + np.count_nonzero(columns == width)) - missing
    if outside:
        request.outside(outside)
    return columns


def _picks(request: Request, dense: np.ndarray[Any, Any], columns: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
    """Return for each row the number of its answer, from the column of a state."""
    import numpy as np

    codes, values = request.distinct(name)
    meant = request.resolve(name, _counts(codes, values))
    row = {iso3: n for n, iso3 in enumerate(request.lookup.states)}
    other, nothing = len(row), len(row) + 1
    # The last is for -1, a missing value.
    places = [nothing if (iso3 := meant.get(v)) is None else row.get(iso3, other) for v in values] + [nothing]
    picks: np.ndarray[Any, Any] = dense.ravel().take((np.array(places, dtype=np.int32) * dense.shape[1])[codes] + columns)
    return picks


def _in_memory(request: Request, names: Sequence[str], pairs: bool) -> Any:
    import numpy as np

    dense, columns, answers = request.lookup.dense(), _columns(request), request.lookup.answers
    picks = [_picks(request, dense, columns, name) for name in request.states]
    if not pairs:
        new = {name: frames.Column(list(values), kind) for name, kind, values in zip(names, ("text", "date", "truth"), zip(*answers))}
        return request.frame.add(new, picks[0])
    # Both answers as one number: what follows from both is looked up in the square of them.
    both = picks[0].astype(np.int32) * len(answers) + picks[1]
    square = [(a, b) for a in answers for b in answers]
    columns_of = {
        names[0]: frames.Column([a.status for a, _ in square], "text"), names[1]: frames.Column([b.status for _, b in square], "text"),
        names[2]: frames.Column([_and(a.is_member, b.is_member) for a, b in square], "truth"),
    }  # fmt: skip
    return request.frame.add(columns_of, both)


def _and(a: bool | None, b: bool | None) -> bool | None:
    return False if a is False or b is False else None if a is None or b is None else True


# -- engines -------------------------------------------------------------------------------------


def _in_engine(request: Request, names: Sequence[str], pairs: bool) -> Any:
    engine: engines.Engine = request.frame
    sides = []
    for n, column in enumerate(request.states):
        wanted: Sequence[str | None] = names if not pairs else [names[n], None, None]
        sides.append(engines.Side(column, request.resolve(column, engine.counts(column)), wanted))
    values: dict[Any, int] = {}
    if request.kind == "days":
        seen = engine.extremes(request.period)
    else:
        values = request.read_periods(engine.day_counts(request.period) if request.by == "date" else engine.counts(request.period))
        seen = list(values.values())
    if seen and (min(seen) < request.lookup.first or max(seen) > request.lookup.last):
        request.outside(None)
    period = engines.Period(request.period, request.kind, values)
    return engine.run(engine.statement(request.lookup, sides, period, names[2] if pairs else None))


def _annotate(data: Any, states: Sequence[str], names: Sequence[str], pairs: bool, **asked: Any) -> Any:
    request = Request(data, states, names=names, **asked)
    return (_in_engine if isinstance(request.frame, engines.Engine) else _in_memory)(request, names, pairs)


def annotate(
    data: Data, *, country: str, date: str | None = None, year: str | None = None, code: str = "auto", rule: str = "dec31",
    start_rule: str | None = None, include_predecessor: bool = False, strict: bool = False, names: Sequence[str] = NAMES,
) -> Data:  # fmt: skip
    """Return the data with the SCO status of the state of each row, on its day or in its year.

    Parameters
    ----------
    data : pandas or polars DataFrame, pyarrow Table, DuckDB relation (lazy): rows keep their order;
        PySpark DataFrame (lazy; it promises no order).
    country : the column of states.
    date, year : the column of days (dates, timestamps, or text that begins with YYYY-MM-DD) or of years; one of the two. A timestamp counts by the
        day on its own clock, in its time zone if it has one (in DuckDB and Spark, that of the session).
    code : what ``country`` holds: ``"auto"`` (names in any spelling, ISO2, ISO3), ``"iso3"``, ``"iso2"``, ``"m49"``, ``"cow"``, ``"gw"``, ``"name"``.
    rule : for years the status on 31 December (``"dec31"``), on 1 January (``"jan1"``), or every status of the year joined by ``|`` (``"any"``).
    start_rule, include_predecessor : as in :func:`sco_data.members`.
    strict : raise an error, and no warning, for a value that means no state, no date or no year.
    names : what the three new columns are called.

    Returns
    -------
    the same kind of object
        With ``sco_status`` (categorical in pandas, Enum in polars, dictionary in Arrow; ``none`` for a state without status), ``sco_status_since``
        (date), ``sco_is_member`` (boolean). All three are blank where the state, the day or the coverage is missing.

    Raises
    ------
    UsageError : a column that is not there, is there twice, or cannot hold what it is said to hold; with ``strict`` a value that means nothing.

    Warns UnresolvedWarning for values that mean nothing, CoverageWarning for periods outside coverage, each once. Source: the table statuses.

    >>> import pandas as pd, sco_data as sco
    >>> events = pd.DataFrame({"actor": ["India", "India", "Türkiye", "France"], "day": ["2017-06-08", "2017-06-09", "2024-07-04", "2024-07-04"]})
    >>> sco.annotate(events, country="actor", date="day").sco_status.tolist()
    ['observer', 'member', 'dialogue_partner', 'none']
    """
    return _annotate(  # type: ignore[no-any-return]
        data, [country], names, False, date=date, year=year, code=code, rule=rule, start_rule=start_rule, predecessor=include_predecessor, strict=strict
    )


def annotate_pairs(
    data: Data, *, a: str, b: str, date: str | None = None, year: str | None = None, code: str = "auto", rule: str = "dec31",
    start_rule: str | None = None, include_predecessor: bool = False, strict: bool = False, names: Sequence[str] = PAIR_NAMES,
) -> Data:  # fmt: skip
    """Return the data with the SCO status of both states of each row, and whether both are full members.

    Parameters
    ----------
    a, b : the two columns of states. All others as in :func:`annotate`.

    Returns
    -------
    the same kind of object
        With ``sco_status_a``, ``sco_status_b`` and ``sco_joint_members`` (boolean; False as soon as one of the two is known to be no member).

    Raises
    ------
    UsageError : as in :func:`annotate`.

    >>> import pandas as pd, sco_data as sco
    >>> flows = pd.DataFrame({"from": ["CHN", "CHN"], "to": ["IND", "PAK"], "year": [2016, 2017]})
    >>> sco.annotate_pairs(flows, a="from", b="to", year="year").sco_joint_members.tolist()
    [False, True]
    """
    return _annotate(  # type: ignore[no-any-return]
        data, [a, b], names, True, date=date, year=year, code=code, rule=rule, start_rule=start_rule, predecessor=include_predecessor, strict=strict
    )
