"""Which state is meant: ISO2, ISO3, M49 or COW code, or a name in any of its spellings."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from .catalog import current, with_catalog
from .database import check_header
from .errors import InvalidData, NotFound, UsageError, shown

#: Prefix of a numeric code -> column of actors.
_NUMERIC = {"m49": "m49", "cow": "ccode", "gw": "gwcode"}


_COLUMNS = ("iso3", "iso2", "name", "official_name", "name_ru", "name_zh", "aliases", "cow_last_day", *_NUMERIC.values())


def fold(name: str) -> str:
    """Return a spelling without case, accents, punctuation and a leading article.

    >>> fold("The Kyrgyz  Republic."), fold("Türkiye")
    ('kyrgyz republic', 'turkiye')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = re.sub(r"[^\w]+", " ", plain.casefold()).replace("_", " ").split()
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


def _actors() -> Iterator[dict[str, str]]:
    """Yield the rows of actors; raise InvalidData where one is not as the descriptor says."""
    check_header(current(), "actors")
    file = current().path("actors")
    try:
        with file.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            lacking = [c for c in _COLUMNS if c not in (reader.fieldnames or ())]
            if lacking:
                raise InvalidData(f"{file}: there is no column {lacking[0]}. Mend: restore the file.")
            for row in reader:
                wrong = [c for c in _COLUMNS if row[c] is None or c in _NUMERIC.values() and not re.fullmatch("[0-9]{0,4}", row[c])]
                if wrong:
                    raise InvalidData(f"{file}: row {reader.line_num}, column {wrong[0]}: {shown(row[wrong[0]])}. Mend: `sco-data validate` names every bad cell; restore the file.")
                yield row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidData(f"{file} cannot be read: {error}. Mend: restore the file.") from None


@with_catalog
def _index() -> tuple[dict[str, set[str]], dict[str, dict[str, set[str]]], dict[str, str], dict[str, set[str]]]:
    """Return the states by folded spelling, by numeric code, and their names and ISO codes."""
    spellings: dict[str, set[str]] = defaultdict(set)
    numbers: dict[str, dict[str, set[str]]] = {c: defaultdict(set) for c in _NUMERIC.values()}
    names, isos = {}, {}
    for row in _actors():
        if row["iso3"]:
            names[row["iso3"]], isos[row["iso3"]] = row["name"], {row["iso3"], row["iso2"]}
            for text in (row["iso3"], row["iso2"], row["name"], row["official_name"], row["name_ru"], row["name_zh"], *row["aliases"].split("|")):
                if text:
                    spellings[fold(text)].add(row["iso3"])
            for column, index in numbers.items():
                # A state that has left the lists keeps its code to itself only if nobody took it over.
                if row[column] and not (column != "m49" and row["cow_last_day"]):
                    index[str(int(row[column]))].add(row["iso3"])
    return spellings, numbers, names, isos


def by_spelling(text: str) -> set[str]:
    """Return the states that are called so: ISO2, ISO3, or a name in any of its spellings."""
    return _index()[0].get(fold(text), set())


def by_iso(text: str) -> set[str]:
    """Return the state with this ISO2 or ISO3 code, in either case of letters."""
    code = text.upper()
    return {iso3 for iso3 in by_spelling(text) if code in _index()[3][iso3]}


def by_number(column: str, number: int) -> set[str]:
    """Return the states that have a number in a column of actors: m49, ccode or gwcode.

    >>> by_number("ccode", 710), by_number("m49", 710)
    ({'CHN'}, {'ZAF'})
    """
    return _index()[1][column].get(str(number), set()) if 0 <= number < 10_000 else set()


def resolve(state: Any) -> str:
    """Return the ISO3 code of a state.

    Parameters
    ----------
    state : ISO2, ISO3, M49 or COW code, or a name in any of its spellings. A number that means one state in M49 and
        another in COW needs a prefix: ``"m49:710"``, ``"cow:710"``, ``"gw:710"``.

    Returns
    -------
    str

    Raises
    ------
    NotFound : no state is known by it; the message names near matches.
    UsageError : a number that means two states.

    >>> resolve("Burma"), resolve("Türkiye"), resolve("IN"), resolve(417), resolve("cow:710")
    ('MMR', 'TUR', 'IND', 'KGZ', 'CHN')
    """
    spellings, _, names, _ = _index()
    try:
        text = str(state).strip()
    except ValueError:
        # Python writes no integer of thousands of digits.
        text = shown(state)
    code = re.fullmatch(r"(?:(m49|cow|gw):)?\s*(\d{1,4})", text, re.IGNORECASE)
    if code:
        wanted = [_NUMERIC[code[1].lower()]] if code[1] else ["m49", "ccode"]
        found = {column: by_number(column, int(code[2])) for column in wanted}
        states = set().union(*found.values())
        if len(states) > 1:
            said = ", ".join(f"{k}:{code[2]} is {names[s]}" for k, c in _NUMERIC.items() for s in sorted(found.get(c, ())))
            raise UsageError(f"{text!r} means more than one state: {said}. Mend: write it with that prefix.")
    else:
        states = by_spelling(text)
    if len(states) == 1:
        return next(iter(states))
    # Near any spelling, but called by its name: the reader need not know our list of misspellings.
    sought = fold(text[:200])
    close = difflib.get_close_matches(sought, [s for s in spellings if len(s) > 3], n=6, cutoff=0.6)
    close = close or [s for s in spellings if sought and f" {sought} " in f" {s} "]
    meant = list(dict.fromkeys(names[iso3] for s in close for iso3 in sorted(spellings[s])))[:3]
    hint = f" Did you mean {', '.join(meant)}?" if meant else ""
    raise NotFound(f"no state is known as {shown(text)}.{hint} Mend: give ISO2, ISO3, M49 or COW code, or a name.")


def state_names() -> list[str]:
    """Return the United Nations short names of all states, for completion."""
    return sorted(_index()[2].values())
