"""Databases: the schema by SQLAlchemy in the dialect of each, the rows by the database's own means."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateTable, SetColumnComment, SetTableComment

from .. import database
from ..catalog import current
from ..database import writing
from ..errors import ScoDataError
from . import about
from .content import Content

_TYPES: dict[str, Any] = {"string": sa.Text, "integer": sa.BigInteger, "number": sa.Double, "boolean": sa.Boolean, "date": sa.Date}
#: Without the doubled percent signs that drivers want in statements with parameters: these are read as they stand.
_DIALECTS: dict[str, Any] = {"postgresql": postgresql.dialect(paramstyle="named"), "sqlite": sqlite.dialect(paramstyle="named")}  # type: ignore[no-untyped-call]
#: Words that the databases of today reserve and SQLAlchemy does not know; DuckDB's tables are made in the words of PostgreSQL.
_RESERVED = {
    "postgresql": set("""anti asof at by collation concurrently describe glob lambda lateral pivot pivot_longer pivot_wider positional qualify semi show summarize tablesample
        unpack unpivot""".split()),
    "sqlite": {"nothing", "returning"},
}  # fmt: skip
for _name, _words in _RESERVED.items():
    _DIALECTS[_name].identifier_preparer.reserved_words = _DIALECTS[_name].identifier_preparer.reserved_words | _words
#: Rows of one INSERT in a file of SQL.
_BATCH = 500
Progress = Callable[[str, int, int], None]


@compiles(CreateColumn, "sqlite")
def _commented(element: Any, compiler: Any, **options: Any) -> str:
    """SQLite has no COMMENT ON, and keeps the text of CREATE TABLE: the comment stands in it."""
    made: str = compiler.visit_create_column(element, **options)
    comment = element.element.comment
    return f"{made} /* {comment.replace('*/', '* /')} */" if comment and made else made


def write(path: Path, contents: Sequence[Content], form: str, dialect: str, progress: Progress) -> None:
    """Write a database, or a file of SQL that makes one."""
    if any(c.name.casefold() == "about" for c in contents):
        raise ScoDataError("a table cannot be called about, which says of what version the database is. Mend: give the statement another name.")
    try:
        {"duckdb": _duckdb, "sqlite": _sqlite, "sql": _sql}[form](path, [_about(), *contents], dialect, progress)
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from None


def _about() -> Content:
    """Return the table that says what the database is."""
    from .content import Field

    rows = ", ".join(f"({database.quote(key)}, {database.quote(value)})" for key, value in about().items())
    fields = [Field("property", "string", "Property", "What is said of the release."), Field("value", "string", "Value", "What it is.")]
    return Content("about", "The release", "Name, version, licence and citation of the release that this database holds.", f"FROM (VALUES {rows}) AS t(property, value)", fields, ["property"])


def _tables(contents: Sequence[Content], keys: bool = True) -> dict[str, sa.Table]:
    """Return the schema of what is exported; a foreign key to a table that is not exported is left out."""
    metadata = sa.MetaData()
    here = {c.name for c in contents}
    for content in contents:
        columns = [
            sa.Column(f.name, _TYPES[f.type](), nullable=f.name not in content.key and not f.constraints.get("required"), comment=f.description or None)
            for f in content.fields
        ]  # fmt: skip
        table = sa.Table(content.name, metadata, *columns, comment=content.description or None)
        if keys and content.key:
            table.append_constraint(sa.PrimaryKeyConstraint(*content.key))
        unique = [*content.unique, *([f.name] for f in content.fields if f.constraints.get("unique") and [f.name] != list(content.key))]
        for columns_ in unique if keys else ():
            table.append_constraint(sa.UniqueConstraint(*columns_))
        for f in content.fields:
            for check in _checks(table.c[f.name], f.constraints):
                table.append_constraint(sa.CheckConstraint(check))
        for column, target, target_column in content.foreign_keys:
            if keys and target in here:
                table.append_constraint(sa.ForeignKeyConstraint([column], [f"{target}.{target_column}"], name=f"{content.name}_{column}_fkey"))
    return dict(metadata.tables)


def _checks(column: Any, constraints: Any) -> Iterator[Any]:
    if "enum" in constraints:
        yield column.in_(constraints["enum"])
    if "minimum" in constraints:
        yield column >= constraints["minimum"]
    if "maximum" in constraints:
        yield column <= constraints["maximum"]


def _compiled(element: Any, dialect: str) -> str:
    return str(element.compile(dialect=_DIALECTS[dialect])).strip() + ";\n"


def _comments(table: sa.Table) -> Iterator[str]:
    if table.comment:
        yield _compiled(SetTableComment(table), "postgresql")
    for column in table.columns:
        if column.comment:
            yield _compiled(SetColumnComment(column), "postgresql")


def _duckdb(path: Path, contents: Sequence[Content], dialect: str, progress: Progress) -> None:
    # Without keys: the indexes that DuckDB makes for them take three times the room of the data, and speed up no query of columns.
    tables = _tables(contents, keys=False)
    with database.connect() as con, writing(con):
        # The oldest DuckDB that this client runs with reads the file too.
        con.execute(f"ATTACH {database.quote(path.as_posix())} AS target (STORAGE_VERSION 'v1.4.0')")
        for n, (content, table) in enumerate(zip(contents, tables.values()), 1):
            progress(content.name, n, len(contents))
            con.execute("USE target")
            con.execute(_compiled(CreateTable(table), "postgresql"))
            con.execute("".join(_comments(table)))
            con.execute("USE memory")
            con.execute(f"INSERT INTO target.{_quoted(table.name, 'postgresql')} {content.query}")
        con.execute("USE target")
        if set(current().resources) <= set(tables):
            _views(con, set(tables))
        con.execute("USE memory")
        con.execute("DETACH target")


def _views(con: Any, made: set[str]) -> None:
    """Create every view and macro over the tables, each after those that it needs, with its comments."""
    con.execute(database.create_coverage(current()))
    done = {"coverage", *made}

    def create(name: str) -> None:
        if name in done:
            return
        done.add(name)
        view = database.views()[name]
        for other in sorted(view.words & set(database.views())):
            create(other)
        con.execute(view.statement(con))
        con.execute(f"COMMENT ON {'MACRO TABLE' if view.is_macro else 'VIEW'} {name} IS {database.quote(view.answers)}")

    for name in database.views():
        create(name)


def _sqlite(path: Path, contents: Sequence[Content], dialect: str, progress: Progress) -> None:
    path.unlink(missing_ok=True)
    con = sqlite3.connect(path)
    try:
        for n, (content, table) in enumerate(zip(contents, _tables(contents).values()), 1):
            progress(content.name, n, len(contents))
            con.execute(_compiled(CreateTable(table), "sqlite"))
            marks = ", ".join("?" * len(content.fields))
            rows = ([value.isoformat() if isinstance(value, dt.date) else value for value in row] for row in content.run().fetchall())
            con.executemany(f"INSERT INTO {_quoted(table.name, 'sqlite')} VALUES ({marks})", rows)
        broken = con.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise ScoDataError(f"{broken[0][0]} points to a row that is not in {broken[0][2]}. Mend: `sco-data validate` names it.")
        con.commit()
        con.execute("VACUUM")
    finally:
        con.close()


def _sql(path: Path, contents: Sequence[Content], dialect: str, progress: Progress) -> None:
    tables = _tables(contents)
    said = about()
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(f"-- {said['title']}\n-- {said['name']} {said['version']}, {said['licence']} ({said['licence_url']}), for {dialect}\n-- {said['citation']}\n\n")
        # Foreign keys come last: the rows of a circle of tables could not be entered in any order.
        out.write("SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\nBEGIN;\n" if dialect == "postgresql" else "PRAGMA foreign_keys = OFF;\nBEGIN;\n")
        for n, (content, table) in enumerate(zip(contents, tables.values()), 1):
            progress(content.name, n, len(contents))
            out.write("\n" + _compiled(CreateTable(table, include_foreign_key_constraints=[] if dialect == "postgresql" else None), dialect))
            _insert(out, content, dialect)
        if dialect == "postgresql":
            for table in tables.values():
                out.write("\n")
                out.writelines(_compiled(AddConstraint(key), dialect) for key in sorted(table.foreign_key_constraints, key=lambda k: str(k.name)))
                out.writelines(_comments(table))
        out.write("\nCOMMIT;\n")


def _insert(out: TextIO, content: Content, dialect: str) -> None:
    rows = content.run().fetchall()
    columns = ", ".join(_quoted(f.name, dialect) for f in content.fields)
    for start in range(0, len(rows), _BATCH):
        batch = ",\n".join(f"({', '.join(_literal(value, dialect) for value in row)})" for row in rows[start : start + _BATCH])
        out.write(f"INSERT INTO {_quoted(content.name, dialect)} ({columns}) VALUES\n{batch};\n")


def _quoted(name: str, dialect: str) -> str:
    return str(_DIALECTS[dialect].identifier_preparer.quote(name))


def _literal(value: Any, dialect: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower() if dialect == "postgresql" else str(int(value))
    if isinstance(value, (int, float)):
        return repr(value)
    return database.quote(value.isoformat() if isinstance(value, dt.date) else str(value))
