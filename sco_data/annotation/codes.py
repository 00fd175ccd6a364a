"""Which state each distinct value of a column means: one look at each value, however many rows have it."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .. import names
from ..errors import UsageError, shown

CODES = ("auto", "iso3", "iso2", "m49", "cow", "gw", "name")
_COLUMN = {"m49": "m49", "cow": "ccode", "gw": "gwcode"}


def whole_number(value: Any) -> int | None:
    """Return a whole number that stands as integer, float or digits; None for anything else.

    >>> whole_number(2017), whole_number(2017.0), whole_number(" 2017 "), whole_number(2017.5), whole_number(True)
    (2017, 2017, 2017, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, (float, numbers.Real, Decimal)):
        try:
            return int(value) if math.isfinite(value) and value == int(value) else None  # type: ignore[arg-type]
        except (ValueError, OverflowError):
            # A signalling NaN, or a fraction of numbers that no float can hold.
            return None
    text = str(value).strip()
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _one(value: Any, code: str, column: str) -> set[str]:
    """Return the states that a value can mean."""
    number = whole_number(value)
    if code in _COLUMN:
        return names.by_number(_COLUMN[code], number) if number is not None else set()
    if code == "auto" and number is not None:
        raise UsageError(f"column {column!r} holds numbers, such as {shown(str(value) if isinstance(value, str) else value)}, which can be M49, COW or Gleditsch-Ward codes. Mend: say which with code='m49', 'cow' or 'gw'.")
    if number is not None:
        return set()
    text = str(value).strip()
    if code in ("iso2", "iso3"):
        return names.by_iso(text) if len(text) == int(code[3]) else set()
    if not isinstance(value, str):
        return set()
    prefixed = re.fullmatch(r"(m49|cow|gw):\s*(\d{1,4})", text, re.IGNORECASE) if code == "auto" else None
    return names.by_number(_COLUMN[prefixed[1].lower()], int(prefixed[2])) if prefixed else names.by_spelling(text)


def states_of(values: Iterable[Any], code: str, column: str) -> list[str | None]:
    """Return the ISO3 code that each value means; None where it means none, or more than one.

    Raises
    ------
    UsageError : with ``code="auto"`` a number, which could be one of three codes.
    """
    found = (_one(value, code, column) for value in values)
    return [next(iter(states)) if len(states) == 1 else None for states in found]
