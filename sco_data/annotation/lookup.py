"""What is answered for each state on each day, or in each year: the spells of status, made dense."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import database
from ..catalog import current, with_catalog

if TYPE_CHECKING:
    import numpy as np

#: Days of Python's calendar before that of numpy and Arrow begins.
EPOCH = dt.date(1970, 1, 1).toordinal()


#: What the new columns are called, unless the user says otherwise.
NAMES = ("sco_status", "sco_status_since", "sco_is_member")
PAIR_NAMES = ("sco_status_a", "sco_status_b", "sco_joint_members")


class Answer(NamedTuple):
    """What a row gets: blank in all three where nothing is known."""

    status: str | None
    since: dt.date | None
    is_member: bool | None


class Span(NamedTuple):
    """Days, or years, in which a state has one answer; both ends inclusive."""

    iso3: str
    first: int
    last: int
    answer: Answer


BLANK, NONE = Answer(None, None, None), Answer("none", None, False)


@dataclass(frozen=True)
class Lookup:
    """The answers by state and period; a period is a day (since 1970) or a year.

    ``states`` are those that ever held a status; ``spans`` are when they did; from ``first`` to ``last`` the data cover.
    """

    by: str
    first: int
    last: int
    states: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def answers(self) -> list[Answer]:
        """Return every answer, by its number in `dense`."""
        return [BLANK, NONE, *dict.fromkeys(s.answer for s in self.spans)]

    def dense(self) -> np.ndarray[Any, Any]:
        """Return the number of the answer for each state and period.

        Rows are the states, then one for a state without any status, then one for no state; columns the periods, with one
        before the first and one after the last, which are blank.
        """
        import numpy as np

        number = {answer: n for n, answer in enumerate(self.answers)}
        row = {iso3: n for n, iso3 in enumerate(self.states)}
        table = np.zeros((len(self.states) + 2, self.last - self.first + 3), dtype=np.uint8 if len(number) < 256 else np.uint16)
        table[:-1, 1:-1] = number[NONE]
        for span in self.spans:
            table[row[span.iso3], span.first - self.first + 1 : span.last - self.first + 2] = number[span.answer]
        return table


_SPELLS = """
SELECT iso3, status, CASE $rule WHEN 'granted' THEN start_granted ELSE start_date END AS since, end_date
FROM spells
WHERE status <> 'shanghai_five' OR $predecessor
ORDER BY iso3, since
"""


@with_catalog
def lookup(by: str, rule: str, start_rule: str, predecessor: bool) -> Lookup:
    """Return the lookup for a way of asking: ``by`` date or year, the year rule, the start rule, with the Shanghai Five or not."""
    begin, end = current().coverage("statuses")
    spells = database.run(_SPELLS, {"rule": start_rule, "predecessor": predecessor}).fetchall()
    states = tuple(row[0] for row in database.run("SELECT iso3 FROM members ORDER BY iso3").fetchall())
    held = [(iso3, Answer(status, since, status == "member"), since, min(until, end + dt.timedelta(1)) if until else end + dt.timedelta(1)) for iso3, status, since, until in spells]
    if by == "date":
        spans = [Span(iso3, since.toordinal() - EPOCH, until.toordinal() - EPOCH - 1, answer) for iso3, answer, since, until in held]
        return Lookup(by, begin.toordinal() - EPOCH, end.toordinal() - EPOCH, states, tuple(spans))
    # A year is covered if the days that its rule asks for are.
    first = begin.year if (rule == "dec31" or begin == dt.date(begin.year, 1, 1)) else begin.year + 1
    last = end.year if (rule == "jan1" or end == dt.date(end.year, 12, 31)) else end.year - 1
    spans = []
    for iso3 in states:
        for year in range(first, last + 1):
            begun, ended = (dt.date(year, 12, 31),) * 2 if rule == "dec31" else (dt.date(year, 1, 1),) * 2 if rule == "jan1" else (dt.date(year, 1, 1), dt.date(year, 12, 31))
            of_year = [answer for state, answer, since, until in held if state == iso3 and since <= ended and until > begun]
            if of_year:
                joined = Answer("|".join(a.status or "" for a in of_year), of_year[-1].since, any(a.is_member for a in of_year))
                spans.append(Span(iso3, year, year, joined))
    return Lookup(by, first, last, states, tuple(spans))
