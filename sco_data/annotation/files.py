"""Status on the rows of a CSV or Parquet file, larger than memory: DuckDB reads, looks up and writes, and rows keep their order."""

from __future__ import annotations

import csv
import gzip
import re
import threading
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..database import literally, of_the_disk, open_memory, quote
from ..errors import QUERY_INTERRUPTED, UsageError, shown
from ..files import is_file, is_folder, replacing, scratch
from . import annotate

if TYPE_CHECKING:
    import duckdb

#: Suffix of a file -> how DuckDB writes it.
FORMATS = {
    ".csv": "FORMAT csv, HEADER true", ".csv.gz": "FORMAT csv, HEADER true, COMPRESSION gzip", ".tsv": "FORMAT csv, HEADER true, DELIMITER '\t'",
    ".tsv.gz": "FORMAT csv, HEADER true, DELIMITER '\t', COMPRESSION gzip", ".parquet": "FORMAT parquet, COMPRESSION zstd",
}  # fmt: skip


#: What is read of a file to find its header, and how many columns that may name.
LONGEST_HEADER, MOST_COLUMNS = 1 << 20, 10_000


def file_format(file: Path) -> str:
    """Return the suffix by which a file is read or written.

    Raises
    ------
    UsageError : none of those that are known.
    """
    found = [suffix for suffix in FORMATS if file.name.lower().endswith(suffix)]
    if not found:
        raise UsageError(f"no format is known for {file.name!r}. Mend: end the name with {', '.join(FORMATS)}.")
    return max(found, key=len)


def open_file(con: duckdb.DuckDBPyConnection, file: Path) -> duckdb.DuckDBPyRelation:
    """Return a file as a relation; the cells of a CSV file stay text, as they are written there."""
    suffix = file_format(file)
    if not is_file(file):
        raise UsageError(f"no file {file}. Mend: give the path of a file that is there.")
    place = quote(literally(file))
    if suffix == ".parquet":
        return con.sql(f"FROM read_parquet({place})")
    header, delimiter = _header(file, "\t" if suffix.startswith(".tsv") else None)
    columns = ", ".join(f"{quote(name)}: 'VARCHAR'" for name in header)
    # Nothing is left to be guessed: what looks like a comment or a quote is a cell.
    return con.sql(
        f"FROM read_csv({place}, header = true, columns = {{{columns}}}, auto_detect = false, delim = {quote(delimiter)}, quote = '\"', escape = '\"', "
        "comment = '', skip = 0, nullstr = '', max_line_size = 16777216)"
    )


def _header(file: Path, delimiter: str | None) -> tuple[list[str], str]:
    """Return the names in the first line of a CSV file, and what stands between them."""
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    try:
        with opened(file, "rt", encoding="utf-8-sig", newline="") as handle:
            line = handle.readline(LONGEST_HEADER)
    except (UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{file} cannot be read: {error}. Mend: see that it is a UTF-8 file of the format that its name says.") from None
    delimiter = delimiter or max(",;|\t", key=lambda c: (line.count(c), c == ","))
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error as error:
        raise UsageError(f"{file}: row 1: {error}. Mend: give each column a short name.") from None
    if len(line) >= LONGEST_HEADER or len(names) > MOST_COLUMNS or "\0" in line:
        raise UsageError(f"{file}: row 1 is no header: it has the character 0, more than {LONGEST_HEADER:,} characters or more than {MOST_COLUMNS:,} columns. Mend: give a CSV file.")
    folded = Counter(name.casefold() for name in names)
    twice = sorted(name for name in names if folded[name.casefold()] > 1)
    if not names or not all(names) or twice:
        what = f"two columns are called {shown(twice[0])}" if twice else "the first line does not name every column"
        raise UsageError(f"{file}: row 1: {what}. Mend: give each column a name of its own.")
    return names, delimiter


def annotate_file(source: Path, target: Path, memory: str, progress: Callable[[float], None], **asked: Any) -> int:
    """Write a file with the columns that `annotate` adds; return its number of rows.

    The new file is written beside its place and renamed when it is whole: an error or Ctrl-C leaves what was there.
    """
    options = FORMATS[file_format(target)]
    try:
        target = target.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"{target}: {error}. Mend: give a file in a folder that is there.") from None
    if not is_folder(target.parent):
        raise UsageError(f"no folder {target.parent}. Mend: give a file in a folder that is there.")
    if target.exists() and not target.is_file():
        raise UsageError(f"{target} is a folder, a pipe or a device. Mend: give a file.")
    import duckdb

    with replacing(target) as beside, scratch(target.parent) as spill, closing(open_memory()) as con:
        try:
            con.execute(f"SET memory_limit = {quote(memory)}; SET temp_directory = {quote(spill.as_posix())}")
            con.execute("SET preserve_insertion_order = true; SET enable_progress_bar = true; SET enable_progress_bar_print = false")
            relation = annotate(open_file(con, source), **asked)
            return _run(con, f"COPY ({relation.sql_query()}) TO {quote(beside.as_posix())} ({options})", progress)
        # Of a name that is no UTF-8 the binding of DuckDB says one of the latter two.
        except (duckdb.Error, UnicodeError, RuntimeError) as error:
            if str(error) == QUERY_INTERRUPTED:
                raise
            full = of_the_disk(error) if isinstance(error, duckdb.Error) else None
            # What cannot be read is the other file.
            if full is not None and re.search(rf"{re.escape(beside.parent.as_posix())}|{re.escape(spill.as_posix())}", str(error)):
                raise full from None
            said = " ".join(line.strip() for line in str(error).splitlines()[:3] if line.strip()) if isinstance(error, duckdb.Error) else f"a name in it cannot be read as text ({error})"
            raise UsageError(f"{source}: {said}. Mend: see that the file is whole and of the format that its name says.") from None


def _run(con: duckdb.DuckDBPyConnection, statement: str, progress: Callable[[float], None]) -> int:
    """Run a statement in a thread of its own, so that progress can be told and Ctrl-C heard; return the rows written."""
    outcome: list[Any] = []

    def work() -> None:
        try:
            outcome.append(con.execute(statement).fetchall()[0][0])
        except BaseException as error:
            # Raised again in the thread that waits.
            outcome.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(0.2)
            progress(con.query_progress())
    except BaseException:
        con.interrupt()
        worker.join()
        raise
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return int(outcome[0])
