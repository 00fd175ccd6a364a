"""What the tests of `annotate` share: a reference of a few lines over the plain files, and columns of every kind."""

from __future__ import annotations

import csv
import datetime as dt
from typing import Any

import sco_data as sco
from sco_data.catalog import Catalog
from sco_data.errors import ScoDataError
from sco_data.names import resolve

FIRST, LAST = Catalog(sco.path()).coverage()


def spells() -> list[dict[str, str]]:
    with (sco.path() / "data" / "statuses.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


SPELLS = spells()
#: Spellings, codes, what means nothing, and what is missing.
STATES = ["India", "IND", "in", "TUR", "Türkiye", "Burma", "Kyrgyz Republic", "France", "NA", "Côte d'Ivoire", "UZ", "BLR", "AFG", "LKA", "China", "XX", "Atlantis {0} \\ '", None]
#: The days on which something changes, those beside them, the ends of coverage and beyond.
DAYS = sorted(
    {dt.date.fromisoformat(s[c]) + dt.timedelta(n) for s in SPELLS for c in ("start_date", "end_date", "granted_on") if s[c] for n in (-1, 0, 1)}
    | {FIRST, LAST, FIRST - dt.timedelta(1), LAST + dt.timedelta(1), dt.date(1969, 12, 31), dt.date(2100, 1, 1)}
)
YEARS = list(range(FIRST.year - 1, LAST.year + 2))


def state(value: Any) -> str | None:
    try:
        return None if value is None else resolve(value)
    except ScoDataError:
        return None


def held(iso3: str, first: dt.date, last: dt.date, start_rule: str = "default", predecessor: bool = False) -> list[tuple[str, dt.date]]:
    out = []
    for s in SPELLS:
        start = dt.date.fromisoformat(s["granted_on"] if start_rule == "granted" and s["granted_on"] else s["start_date"])
        end = dt.date.fromisoformat(s["end_date"]) if s["end_date"] else dt.date.max
        if s["iso3"] == iso3 and start <= last and end > first and (predecessor or s["status"] != "shanghai_five"):
            out.append((s["status"], start))
    return sorted(out, key=lambda pair: pair[1])


def expected(value: Any, when: Any, rule: str = "dec31", start_rule: str = "default", predecessor: bool = False) -> tuple[Any, Any, Any]:
    """The reference: status, since, is_member of one row; ``when`` is a day or a year."""
    iso3 = state(value)
    if iso3 is None or when is None:
        return None, None, None
    year = when if isinstance(when, int) else None
    first, last = (when, when) if year is None else {"dec31": (dt.date(year, 12, 31),) * 2, "jan1": (dt.date(year, 1, 1),) * 2, "any": (dt.date(year, 1, 1), dt.date(year, 12, 31))}[rule]
    if first < FIRST or last > LAST:
        return None, None, None
    found = held(iso3, first, last, start_rule, predecessor)
    if not found:
        return "none", None, False
    return "|".join(status for status, _ in found), found[-1][1], any(status == "member" for status, _ in found)


def plain(value: Any) -> Any:
    """Return a cell of any library as None, text, date or bool."""
    if value is None or str(value) in ("NaT", "<NA>", "nan"):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return bool(value) if type(value).__name__ in ("bool", "bool_") else value
