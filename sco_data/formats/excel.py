"""Excel workbooks by XlsxWriter: the codebook first, a sheet a table, text typed as text."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..catalog import current
from ..errors import ScoDataError
from ..files import scratch
from . import about
from .content import Content

#: What Excel can hold: rows and columns of a sheet, characters of a cell (as UTF-16 counts them), of a sheet's name, the largest integer that it has exactly (its numbers are
#: written with 16 digits); its calendar is wrong before March 1900.
_ROWS, _COLUMNS, _CELL, _NAME, _EXACT, _FIRST_DAY = 1_048_576, 16_384, 32_767, 31, 2**53, dt.date(1900, 3, 1)
#: Column widths, in characters, by type.
_WIDTHS = {"date": 12, "boolean": 8, "integer": 10, "number": 14, "string": 24}


def write(path: Path, contents: Sequence[Content], form: str, dialect: str, progress: Callable[[str, int, int], None]) -> None:
    """Write a workbook; raise ScoDataError for what Excel cannot hold."""
    import xlsxwriter

    # Nothing in a text is taken for a formula, a number or a link; memory holds one row at a time.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    # Packed in memory, and its error forgotten before that goes: a ZipFile that finds no room says so once more, in a traceback, when it is forgotten.
    made, failed = io.BytesIO(), None
    # A folder of its own, for XlsxWriter leaves its files of work where it cannot write the book.
    with scratch() as work:
        try:
            with xlsxwriter.Workbook(made, {**options, "tmpdir": str(work)}) as book:
                _book(book, contents, progress)
        except xlsxwriter.exceptions.FileCreateError as error:
            failed = OSError(*error.args[0].args)
        if failed is not None:
            raise failed
    path.write_bytes(made.getvalue())


def _book(book: Any, contents: Sequence[Content], progress: Callable[[str, int, int], None]) -> None:
    """Fill a workbook: what it is, the codebook, then the tables."""
    said = about()
    book.set_properties(
        {"title": said["title"], "subject": f"{said['name']} {said['version']}", "comments": f"{said['citation']} Licence: {said['licence']}, {said['licence_url']}", "created": _created()}
    )
    for name in ("version", "licence"):
        book.set_custom_property(name, said[name])
    _sheet(book, "codebook", _CODEBOOK, ["string"] * len(_CODEBOOK), _codebook(contents))
    for n, content in enumerate(contents, 1):
        progress(content.name, n, len(contents))
        # Excel keeps the name history for itself.
        if len(content.name) > _NAME or content.name.casefold() in ("codebook", "history"):
            raise ScoDataError(f"{content.name!r} cannot be the name of a sheet ({_NAME} characters, not codebook or history). Mend: give the statement a shorter name.")
        rows = content.run().fetchall()
        _sheet(book, content.name, [f.name for f in content.fields], [f.type for f in content.fields], rows)


def _created() -> dt.datetime:
    return dt.datetime.fromisoformat(current().descriptor["created"]).replace(tzinfo=None)


_CODEBOOK = ("table_name", "column_name", "type", "required", "codes", "title", "description")


def _codebook(contents: Sequence[Content]) -> list[tuple[Any, ...]]:
    said = about()
    rows: list[tuple[Any, ...]] = [(said["name"], None, None, None, None, said["title"], f"Version {said['version']}. Licence: {said['licence']}. Cite as: {said['citation']}")]
    for content in contents:
        rows.append((content.name, None, None, None, None, content.title, content.description))
        for f in content.fields:
            codes = "; ".join(f"{code}: {label}" for code, label in f.codes.items()) or None
            rows.append((content.name, f.name, f.type, "yes" if f.constraints.get("required") else "no", codes, f.title, f.description))
    return rows


def _sheet(book: Any, name: str, columns: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if len(rows) >= _ROWS:
        raise ScoDataError(f"{name} has {len(rows):,} rows, and a sheet of Excel holds {_ROWS - 1:,}. Mend: export Parquet, or fewer rows with SQL.")
    if len(columns) > _COLUMNS:
        raise ScoDataError(f"{name} has {len(columns):,} columns, and a sheet of Excel holds {_COLUMNS:,}. Mend: export Parquet, or fewer columns with SQL.")
    sheet = book.add_worksheet(name)
    text, day, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True, "num_format": "@"})
    sheet.freeze_panes(1, 0)
    # A column with days that Excel's calendar does not have is text as a whole: two types in one column would mislead.
    old = {i for i, type_ in enumerate(types) if type_ == "date" and any(row[i] is not None and row[i] < _FIRST_DAY for row in rows)}
    for i, (column, type_) in enumerate(zip(columns, types)):
        sheet.set_column(i, i, max(_WIDTHS[type_], len(column) + 2), text if type_ == "string" or i in old else day if type_ == "date" else None)
        sheet.write_string(0, i, column, bold)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    for r, row in enumerate(rows, 1):
        for i, value in enumerate(row):
            if value is None:
                continue
            if types[i] == "string" or i in old:
                written = str(value)
                size = len(written.encode("utf-16-le")) // 2
                if size > _CELL:
                    raise ScoDataError(f"{name}: row {r + 1}, {columns[i]}: a text of {size:,} characters, and a cell of Excel holds {_CELL:,}. Mend: export another form.")
                sheet.write_string(r, i, written, text)
            elif types[i] == "integer" and abs(value) > _EXACT:
                raise ScoDataError(f"{name}: row {r + 1}, {columns[i]}: an integer beyond 2^53, which Excel cannot hold exactly. Mend: cast it to text with SQL.")
            elif types[i] == "boolean":
                sheet.write_boolean(r, i, value)
            elif types[i] == "date":
                sheet.write_datetime(r, i, dt.datetime.combine(value, dt.time()), day)
            else:
                sheet.write_number(r, i, value)
