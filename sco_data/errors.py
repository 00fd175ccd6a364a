"""Every error that this package raises on purpose, and its exit code on the command line."""

from __future__ import annotations

import difflib
import re
import sys
import warnings
from collections.abc import Iterable
from typing import Any

#: What a terminal acts on, or shows in another place than it stands: control characters but tab and new line, lone surrogates, marks of direction.
CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[{CONTROL}]")
#: A line of an error has at most so many characters.
_LONGEST = 2000
#: What the RuntimeError says that DuckDB makes of Ctrl-C in the middle of a query.
QUERY_INTERRUPTED = "Query interrupted"


def visible(text: str) -> str:
    r"""Return a text as it may be shown to people: what a terminal would act on stands as its escape.

    >>> print(visible("\x1b[2J in Astana"))
    \x1b[2J in Astana
    """
    return _CONTROL.sub(lambda m: m[0].encode("unicode_escape").decode("ascii"), text)


def shown(value: Any) -> str:
    """Return what was given, for a message: no longer than a line, whatever it is.

    >>> print(shown("Astana"), shown("x" * 1000)[-5:], shown(10**5000))
    'Astana' ...x' a value of type int
    """
    try:
        text = repr(value)
    except Exception:
        # An integer of thousands of digits, or an object that cannot say what it is.
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= 200 else f"{text[:150]}...{text[-2:]}"


class ScoDataError(Exception):
    """Base of all errors of this package."""

    exit_code = 1

    def __str__(self) -> str:
        # What is wrong may be quoted from a hostile file, and be of any length.
        lines = visible(super().__str__()).split("\n")
        return "\n".join(line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]} ... {line[-_LONGEST // 2 :]}" for line in lines)


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


def near(given: Any, known: Iterable[str], n: int = 3) -> str:
    """Return ' Did you mean ...?' with the nearest known words, or those that contain it, or nothing.

    >>> near("statusses", ["statuses", "summits"])
    ' Did you mean statuses?'
    >>> near("IND", ["IND-member-2017", "PAK-member-2017"])
    ' Did you mean IND-member-2017?'
    """
    word = given if isinstance(given, str) else shown(given)
    if len(word) > 200:
        # Nothing is near, and it would take long to find out.
        return ""
    folded = {k.casefold(): k for k in known if k != word}
    sought = word.casefold()
    matches = difflib.get_close_matches(sought, folded, n=n, cutoff=0.6)
    if not matches and len(sought) > 1:
        matches = [k for k in folded if sought in k][:n]
    return f" Did you mean {', '.join(folded[m] for m in matches)}?" if matches else ""
