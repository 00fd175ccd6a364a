"""Every error that this package raises on purpose, and its exit code on the command line."""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Iterable


class ScoDataError(Exception):
    """Base of all errors of this package."""

    exit_code = 1


class NotFound(ScoDataError, LookupError):
    """A table, state or row that is not there."""


class InvalidData(ScoDataError, ValueError):
    """A file of the data is missing, damaged or not what its descriptor says."""


class UsageError(ScoDataError, ValueError):
    """An argument or a statement that cannot be understood."""

    exit_code = 2


class CoverageWarning(UserWarning):
    """A date lies outside the days that the data cover; the answer is blank."""


class UnresolvedWarning(UserWarning):
    """A value of the user's data means no state, date or year; the answer is blank."""


def warn(text: str, category: type[Warning]) -> None:
    """Warn at the line of the user that called the package, however deep in it the reason was found."""
    frame, level = sys._getframe(1), 2
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        frame, level = frame.f_back, level + 1  # type: ignore[assignment]
    warnings.warn(text, category, stacklevel=level)


def near(word: str, known: Iterable[str], n: int = 3) -> str:
    """Return ' Did you mean ...?' with the nearest known words, or those that contain it, or nothing.

    >>> near("statusses", ["statuses", "summits"])
    ' Did you mean statuses?'
    >>> near("IND", ["IND-member-2017", "PAK-member-2017"])
    ' Did you mean IND-member-2017?'
    """
    folded = {k.casefold(): k for k in known if k != word}
    sought = word.casefold()
    matches = difflib.get_close_matches(sought, folded, n=n, cutoff=0.6)
    if not matches and len(sought) > 1:
        matches = [k for k in folded if sought in k][:n]
    return f" Did you mean {', '.join(folded[m] for m in matches)}?" if matches else ""
