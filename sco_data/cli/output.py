"""The output options that every command shares, and the five formats."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError, shown, visible
from ..files import scratch, write_whole

if TYPE_CHECKING:
    import duckdb

FORMATS = ("table", "csv", "json", "markdown", "parquet")
#: Suffix of an output file -> its format, where none is asked for.
SUFFIXES = {".csv": "csv", ".json": "json", ".md": "markdown", ".parquet": "parquet", ".txt": "table"}
#: On a terminal a cell of the table format is cut at this many columns; in a pipe or file nothing is.
WIDTH = 48


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --format and --output to a command."""
    command = click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file; its suffix gives the format.")(command)
    return click.option("-f", "--format", "form", type=click.Choice(FORMATS), help="Output format.  [default: table]")(command)


def chosen(form: str | None, output: Path | None) -> str:
    """Return the format that is asked for, or that the file's suffix means, or the table."""
    if form is None and output is not None:
        form = SUFFIXES.get(output.suffix.lower())
        if form is None:
            raise UsageError(f"no format is known for {shown(output.name)}. Mend: end the name with {', '.join(SUFFIXES)}, or give --format.")
    form = form or "table"
    if form == "parquet" and output is None and sys.stdout.isatty():
        raise UsageError("Parquet is not for the screen. Mend: give a file with --output.")
    return form


def emit(con: duckdb.DuckDBPyConnection, form: str | None, output: Path | None, statement: str | None = None) -> None:
    """Write the pending result of a connection in a format to standard output or a file.

    With the `statement` that it is the result of, Parquet is written by DuckDB itself: Python has no value of its own for some types of a guest's SQL.
    """
    from ..database import explained

    if statement is not None and chosen(form, output) == "parquet":
        body = _parquet_of(con, statement)
        if body is not None:
            _write(body, output)
            return
    with explained(con):
        rows = con.fetchall()
    emit_rows([c[0] for c in con.description], rows, form, output, [str(c[1]) for c in con.description])


def emit_rows(columns: list[str], rows: Iterable[tuple[Any, ...]], form: str | None, output: Path | None, types: list[str] | None = None) -> None:
    """Write rows in a format to standard output or a file."""
    rows, form, columns = list(rows), chosen(form, output), _told_apart(columns)
    if form == "parquet":
        _write(_parquet(columns, rows, types), output)
    else:
        text = {"table": _table, "csv": _csv, "json": _json, "markdown": _markdown}[form](columns, rows)
        _write(text.encode("utf-8"), output)


def _write(body: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
        return
    write_whole(output, body)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(_plain(value), ensure_ascii=False)
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else str(value)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: NaN, which JSON lacks, is null."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        # JSON has no keys but text; DuckDB's maps have keys of every type.
        return {"null" if k is None else _text(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else _text(value)


def _told_apart(columns: list[str]) -> list[str]:
    """Give a second column of the same name a number, as pandas gets it: a, a_1."""
    seen: dict[str, int] = {}
    out = []
    for name in columns:
        out.append(f"{name}_{seen[name]}" if name in seen else name)
        seen[name] = seen.get(name, 0) + 1
    return out


def _csv(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(v) for v in row] for row in rows)
    return out.getvalue()


def _json(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    plain = [{c: _plain(v) for c, v in zip(columns, row)} for row in rows]
    return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


def _markdown(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_text(v).replace("|", "\\|").replace("\n", " ") for v in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def _cut(text: str) -> str:
    # The table is for people, on whose terminal no cell may act; the other formats have every value as it is.
    text = visible(text.replace("\n", " "))
    if _wide(text) <= WIDTH or not sys.stdout.isatty():
        return text
    while _wide(text) > WIDTH - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _table(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    columns = [visible(c.replace("\n", " ")) for c in columns]
    cells = [columns] + [[_cut(_text(v)) for v in row] for row in rows]
    right = [bool(rows) and all(v is None or (isinstance(v, (int, float)) and not isinstance(v, bool)) for v in column) for column in zip(*rows)] or [
        False
    ] * len(columns)
    widths = [max(_wide(row[i]) for row in cells) for i in range(len(columns))]
    lines = ["  ".join(" " * (w - _wide(c)) + c if r else c + " " * (w - _wide(c)) for c, w, r in zip(row, widths, right)).rstrip() for row in cells]
    lines.insert(1, "  ".join("-" * w for w in widths))
    return "\n".join(lines) + f"\n({len(rows)} row{'' if len(rows) == 1 else 's'})\n"


def _parquet_of(con: duckdb.DuckDBPyConnection, statement: str) -> bytes | None:
    """Return the answer of a statement as Parquet, or None for a statement that DuckDB does not take as a query in another (EXPLAIN, CALL)."""
    import duckdb

    from ..database import as_query, quote, writing

    with scratch() as folder:
        file = folder / "result.parquet"
        with writing(con):
            try:
                con.execute(f"COPY ({as_query(statement)}) TO {quote(file.as_posix())} (FORMAT parquet)")
            except duckdb.ParserException:
                con.execute(statement)
                return None
        return file.read_bytes()


def _castable(value: Any) -> Any:
    """Return a value as JSON has it, from which DuckDB makes it again."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else _plain(value)


def _parquet(columns: list[str], rows: list[tuple[Any, ...]], types: list[str] | None) -> bytes:
    from ..database import open_memory, quote, writing

    con = open_memory()
    names, types = ['"' + c.replace('"', '""') + '"' for c in columns], types or ["VARCHAR"] * len(columns)
    # Through a file: to bind every value of many rows takes ten times as long.
    lines = [json.dumps(dict(enumerate(_castable(v) for v in row))) + "\n" for row in rows]
    read = ", ".join(f"{quote(str(n))}: {quote(t)}" for n, t in enumerate(types))
    longest = max(map(len, lines), default=0) + 1
    with scratch() as folder:
        cells, file = folder / "cells.ndjson", folder / "result.parquet"
        cells.write_text("".join(lines), encoding="ascii", newline="\n")
        with writing(con):
            con.execute(f"CREATE TABLE result ({', '.join(f'{n} {t}' for n, t in zip(names, types))})")
            con.execute(f"INSERT INTO result FROM read_json({quote(cells.as_posix())}, format = 'newline_delimited', columns = {{{read}}}, maximum_object_size = {longest})")
            con.table("result").write_parquet(str(file))
        return file.read_bytes()
