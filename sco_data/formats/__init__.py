"""The data in other forms: Parquet, Arrow, NDJSON, CSV, Stata, Excel, DuckDB, SQLite, SQL.

Every form is written by a library that others keep; what is here says what goes where, and refuses what a form cannot hold.
"""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from ..catalog import current
from ..errors import ScoDataError, UsageError, near, shown
from ..files import path_of, replacing
from ..provenance import cite
from .content import Content, contents


@dataclass(frozen=True)
class Form:
    """A form of file: its suffixes, whether one file holds many tables, and the module and package that write it."""

    name: str
    suffixes: tuple[str, ...]
    many: bool
    module: str
    needs: str = ""


FORMS = {
    form.name: form
    for form in (
        Form("parquet", (".parquet",), False, "columnar"),
        Form("arrow", (".arrow", ".feather"), False, "columnar", "pyarrow"),
        Form("ndjson", (".ndjson", ".jsonl"), False, "columnar"),
        Form("csv", (".csv",), False, "columnar"),
        Form("stata", (".dta",), False, "stata"),
        Form("excel", (".xlsx",), True, "excel", "xlsxwriter"),
        Form("duckdb", (".duckdb",), True, "relational", "sqlalchemy"),
        Form("sqlite", (".sqlite", ".sqlite3", ".db"), True, "relational", "sqlalchemy"),
        Form("sql", (".sql",), True, "relational", "sqlalchemy"),
    )
}
DIALECTS = ("postgresql", "sqlite")
#: Beside files that have no room for it: what they are, of which version, under which licence.
NOTICE = "release.json"
#: These have no place for metadata in the file, so that it stands beside it, by the name that CSV on the Web gives it.
_BESIDE = ("ndjson", "csv")
#: Values that forms would lose, cut, or take for something else: in columns of what type, in which forms, what they are in SQL and in words, and the mend.
_CANNOT = (
    ("number", ("ndjson", "stata", "excel", "sqlite", "sql"), "NOT isfinite({})", "a number that is not finite", "CASE WHEN isfinite({0}) THEN {0} END in the SQL"),
    ("number", ("stata",), "abs({}) >= 8.98e307", "a number beyond 8.98e307", "CASE WHEN abs({0}) < 8.98e307 THEN {0} END in the SQL"),
    ("date", ("stata", "excel", "sqlite", "sql"), "NOT isfinite({0}) OR {0} NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'", "a day outside the years 1 to 9999", "cast it to text in the SQL"),
    ("string", ("stata", "sql"), "contains({}, chr(0))", "a text with the character 0", "replace({}, chr(0), '') in the SQL"),
)  # fmt: skip


def about(content: Content | None = None) -> dict[str, str]:
    """Return what every export carries: name, version, licence, how to cite, and of what table it is."""
    descriptor = current().descriptor
    licence = descriptor["licenses"][0]
    said = {"name": descriptor["name"], "version": descriptor["version"], "licence": licence["name"], "licence_url": licence["path"], "title": descriptor["title"], "citation": cite()}
    if content is None:
        return said
    of_content = {"table": content.name, "table_title": content.title, "description": content.description, "statement": content.statement}
    return said | {key: text for key, text in of_content.items() if text or key != "statement"}


def export(
    target: Path | str, tables: str | Sequence[str] | Mapping[str, str] | None = None, *, format: str | None = None, dialect: str = "postgresql",
    progress: Callable[[str, int, int], None] | None = None,
) -> Path:  # fmt: skip
    """Write tables, views, panels or the answers of statements to a file or a folder.

    Parameters
    ----------
    target : a file, whose suffix gives the form (.parquet, .arrow, .ndjson, .csv, .dta, .xlsx, .duckdb, .sqlite, .sql), or, with ``format=``, a folder
        that gets a file for each table. A file is replaced, a database or workbook only if it is an earlier export; a folder is made, or replaced if
        it is an earlier export.
    tables : names of tables and views, also ``"panel"`` and ``"pairs"`` (all years, default rules), or statements by name:
        ``{"pairs": "FROM pairs(2001, 2020, rule := 'jan1')"}``; without it every table.
    format : parquet, arrow, ndjson, csv, stata, excel, duckdb, sqlite or sql, where the suffix does not say it.
    dialect : of a file of SQL: ``"postgresql"`` or ``"sqlite"``.
    progress : called with the name of a table, its number and how many there are, before each.

    Returns
    -------
    pathlib.Path
        The file or folder. Each carries name, version, licence and citation of the release: in the file where the form has room (Parquet, Arrow,
        Stata, Excel, the table ``about`` of a database), else in a JSON file beside it. Types are those of the codebook: dates are dates, integers
        integers; codes are labelled integers in Stata. Missing stays missing.

    Raises
    ------
    UsageError : the form is not known, or a file of that form cannot hold several tables, or the folder holds something else.
    NotFound : there is no such table or view.
    ScoDataError : the form cannot hold a text as it is, or the extra ``sco-data[export]`` is not installed.

    >>> import sco_data as sco, tempfile, pathlib
    >>> sco.export(pathlib.Path(tempfile.mkdtemp()) / "statuses.dta", "statuses").name
    'statuses.dta'
    """
    target = path_of(target, "a file or a folder")
    form = _form(target, format)
    if dialect not in DIALECTS:
        raise UsageError(f"no dialect {shown(dialect)}.{near(dialect, DIALECTS)} Mend: one of {', '.join(DIALECTS)}.")
    wanted = contents(tables)
    folder = not form.many and target.suffix.lower() not in form.suffixes
    if not form.many and not folder and len(wanted) > 1:
        raise UsageError(f"a file of {form.name} holds one table. Mend: name one, or give a folder: export({str(target.with_suffix(''))!r}, format={form.name!r}).")
    try:
        _check_target(target, folder, form)
    except (OSError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"cannot write {shown(str(target))}: {error}. Mend: give a place that can be written.") from None
    _check_values(wanted, form)
    write = _writer(form)
    target = target.resolve()
    with replacing(target, parents=True) as beside:
        if form.many:
            write(beside, wanted, form=form.name, dialect=dialect, progress=progress or _silent)
        elif not folder:
            (progress or _silent)(wanted[0].name, 1, 1)
            write(beside, wanted[0], form=form.name)
            if form.name in _BESIDE:
                _notice(beside.with_name(f"{target.name}-metadata.json"), _described(wanted[0]))
        else:
            beside.mkdir()
            for n, content in enumerate(wanted, 1):
                (progress or _silent)(content.name, n, len(wanted))
                write(beside / f"{content.name}{form.suffixes[0]}", content, form=form.name)
            _notice(beside / NOTICE, {**about(), "format": form.name, "tables": [_described(c) for c in wanted]})
    return target


def _silent(name: str, number: int, of: int) -> None:
    """Say nothing of how far the work has come."""


def _form(target: Path, name: str | None) -> Form:
    if name is not None:
        if not isinstance(name, str) or name not in FORMS:
            raise UsageError(f"no format {shown(name)}.{near(name, FORMS)} Mend: one of {', '.join(FORMS)}.")
        return FORMS[name]
    form = next((f for f in FORMS.values() if target.suffix.lower() in f.suffixes), None)
    if form is None:
        known = ", ".join(s for f in FORMS.values() for s in f.suffixes)
        raise UsageError(f"no format is known for {shown(target.name)}. Mend: end the name with {known}, or give the format.")
    return form


def _check_target(target: Path, folder: bool, form: Form) -> None:
    if folder and target.exists():
        if not target.is_dir():
            raise UsageError(f"{target} is a file. Mend: give another name for the folder.")
        if any(target.iterdir()) and not _is_ours(target):
            raise UsageError(f"{target} holds other files. Mend: give a new folder, or an empty one.")
    elif target.is_dir():
        raise UsageError(f"{target} is a folder. Mend: give a file in it.")
    elif target.exists() and not target.is_file():
        raise UsageError(f"{target} is a pipe or a device. Mend: give a file.")
    elif target.is_file() and target.stat().st_size and not _is_ours_or_plain(target, form):
        raise UsageError(f"{target} holds something else than an export of this package, which would be lost. Mend: give another name, or remove it.")


def _check_values(wanted: Sequence[Content], form: Form) -> None:
    for type_, forms, condition, what, mend in _CANNOT:
        for content in wanted if form.name in forms else ():
            column = content.holding(type_, condition)
            if column is not None:
                raise ScoDataError(f"{content.name}: {column} has {what}, which {form.name} cannot hold. Mend: {mend.format(column)}.")


def _is_ours(folder: Path) -> bool:
    """Say whether a folder is an earlier export, and nothing else is in it."""
    try:
        said = json.loads((folder / NOTICE).read_text(encoding="utf-8"))
        written = {NOTICE, *(f"{t['table']}{FORMS[said['format']].suffixes[0]}" for t in said["tables"])}
        return bool(said["name"] == current().descriptor["name"]) and {p.name for p in folder.iterdir()} <= written
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _is_ours_or_plain(file: Path, form: Form) -> bool:
    """Say whether a file may be replaced: a database or workbook holds other people's tables too, and may only if it is an earlier export."""
    name = current().descriptor["name"]
    try:
        if form.name == "sqlite":
            with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as con:
                return bool(con.execute("SELECT value FROM about WHERE property = 'name'").fetchone()[0] == name)
        if form.name == "duckdb":
            import duckdb

            with duckdb.connect(str(file), read_only=True) as database:
                return bool(database.execute("SELECT value FROM about WHERE property = 'name'").fetchall()[0][0] == name)
        if form.name == "excel":
            with zipfile.ZipFile(file) as book:
                return f">{name} ".encode() in book.read("docProps/core.xml")
    except Exception:
        # Whatever cannot be read as an earlier export is none.
        return False
    return True


def _writer(form: Form) -> Callable[..., None]:
    if form.needs:
        try:
            import_module(form.needs)
        except ImportError:
            raise ScoDataError(f"export to {form.name} needs {form.needs}. Mend: pip install 'sco-data[export]'.") from None
    writer: Callable[..., None] = import_module(f".{form.module}", __name__).write
    return writer


def _described(content: Content) -> dict[str, Any]:
    fields = [{"name": f.name, "type": f.type, "title": f.title, "description": f.description, **({"codes": dict(f.codes)} if f.codes else {})} for f in content.fields]
    return {**about(content), "fields": fields}


def _notice(path: Path, said: dict[str, Any]) -> None:
    path.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
