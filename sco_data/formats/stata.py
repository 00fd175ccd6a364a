"""Stata files of version 118 by pandas: labels, labelled integers for codes, %td dates."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from ..catalog import current
from ..errors import ScoDataError
from . import about
from .content import Content, Field

#: What Stata can hold: bytes of a str#, characters of a label or name, bytes of a strL, the largest integer that a double has exactly.
_TEXT, _LABEL, _NAME, _LONG, _EXACT = 2045, 80, 32, 2_000_000_000, 2**53
#: Words that Stata does not take for the name of a variable, and those of Mata, which pandas would rename.
_RESERVED = set("""
_all _b byte _coef _cons double float if in int long _n _N _pi _pred _rc _se _skip strL using with aggregate array boolean break case catch class colvector complex const
continue default delegate delete do else eltypedef end enum explicit export external for friend function global goto inline local NULL pragma protected quad rowvector short
typedef typename virtual
""".split())  # fmt: skip


def write(path: Path, content: Content, form: str) -> None:
    """Write one table; raise ScoDataError for what Stata cannot hold, and cut nothing."""
    import pandas as pd

    _check_names(content)
    frame = content.frame()
    value_labels: dict[str, dict[int, str]] = {}
    long = []
    for field in content.fields:
        column = frame[field.name]
        if field.codes:
            # As in the code list, from 1; "none" is zero, so that a status is true and none is not.
            numbers = {code: n for n, code in enumerate((c for c in field.codes if c != "none"), 1)} | ({"none": 0} if "none" in field.codes else {})
            frame[field.name] = column.map(numbers).astype("Int16")
            value_labels[field.name] = {numbers[code]: label for code, label in field.codes.items()}
        elif field.type == "boolean":
            frame[field.name] = column.astype("Int8")
            value_labels[field.name] = {0: "no", 1: "yes"}
        elif field.type == "string":
            frame[field.name] = column.fillna("").astype(object)
            longest = max((len(text.encode()) for text in frame[field.name]), default=0)
            if longest > _LONG:
                raise ScoDataError(f"{content.name}: {field.name} has a text of {longest:,} bytes, and Stata holds {_LONG:,}. Mend: export another form, or shorten it with SQL.")
            long += [field.name] if longest > _TEXT else []
        elif field.type == "integer" and column.abs().max() is not pd.NA and len(column.dropna()) and int(column.abs().max()) > _EXACT:
            raise ScoDataError(f"{content.name}: {field.name} has an integer beyond 2^53, which Stata cannot hold exactly. Mend: cast it to text with SQL.")
        elif field.type == "integer":
            frame[field.name] = _smallest(column)
    said = about(content)
    label = f"{said['name']} {said['version']} ({said['licence']}): {content.name}"
    if len(label) > _LABEL:
        raise ScoDataError(f"{content.name} is too long a name for the label of a Stata file. Mend: give the statement a name of at most {_LABEL - len(label) + len(content.name)} characters.")
    frame.attrs = {}
    frame.to_stata(
        path, write_index=False, version=118, convert_dates={f.name: "td" for f in content.fields if f.type == "date"}, convert_strl=long,
        variable_labels={f.name: f.title for f in content.fields}, value_labels=value_labels, data_label=label,
        time_stamp=dt.datetime.fromisoformat(current().descriptor["created"]).replace(tzinfo=None),
    )  # fmt: skip


def _check_names(content: Content) -> None:
    for field in content.fields:
        where = f"{content.name}: {field.name}"
        if len(field.name) > _NAME or not re.fullmatch(r"(?!str\d+$)[A-Za-z_][A-Za-z0-9_]*", field.name) or field.name in _RESERVED:
            raise ScoDataError(f"{where} cannot be a name in Stata ({_NAME} letters, digits and _, no reserved word). Mend: rename it with SQL: SELECT ... AS.")
        if len(field.title) > _LABEL:
            raise ScoDataError(f"{where}: its title has {len(field.title)} characters, and a label in Stata {_LABEL}. Mend: shorten the title.")
        _check_labels(where, field)


def _check_labels(where: str, field: Field) -> None:
    size = sum(len(label.encode()) + 1 for label in field.codes.values())
    if size > 32_000:
        raise ScoDataError(f"{where}: the labels of its codes take {size:,} bytes, and Stata holds 32,000. Mend: export another form.")


def _smallest(column: Any) -> Any:
    """Return integers in the smallest type that has them, for Stata has no 64-bit integers."""
    present = column.dropna()
    low, high = (int(present.min()), int(present.max())) if len(present) else (0, 0)
    # The highest values of each type are Stata's missing values.
    for name, most in (("Int8", 100), ("Int16", 32_740), ("Int32", 2_147_483_620)):
        if -most <= low and high <= most:
            return column.astype(name)
    return column.astype("Float64")
