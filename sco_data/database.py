"""The DuckDB connection over the CSV files, and the views, whose SQL stands in views/*.sql.

A cold start is dominated by what is created in the database, so a query gets the tables and views that
it names and no others; `connect()` gives all of them, with comments.
"""

from __future__ import annotations

import csv
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .catalog import DESCRIPTOR, SQL_TYPES, Catalog, current, installed, is_name
from .errors import InvalidData, NotFound, ScoDataError, UsageError, near, shown
from .files import is_file

if TYPE_CHECKING:
    import duckdb

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: So far a view has 6 kB, and there are 34.
LARGEST_VIEW, MOST_VIEWS = 100_000, 500
#: Beyond these DuckDB 2.0 takes gigabytes to read a statement that has a mistake, and no limit of memory holds it: the square of open brackets and
#: signs, and six times as much for each WITH in another.
LONGEST_STATEMENT, MOST_SIGNS, MOST_WITH = 100_000, 1500, 6
_SIGN, _WITH = re.compile(r"[-+~!@(\[{]"), re.compile(r"\bwith\b", re.IGNORECASE)
#: Lists in lists of a parameter.
DEEPEST = 20
#: The views of this client.
OURS = Path(__file__).resolve().parent / "views"
_PROBING = threading.Lock()
#: The functions that give a table and need none of the machine; every other one of DuckDB's is refused to a view that came with a release.
_HARMLESS = {"generate_series", "histogram", "histogram_values", "json_each", "json_tree", "range", "repeat", "repeat_row", "unnest"}
#: With these a view could ask for something else each time that it is looked at, or leave a trace.
_OPAQUE = {"current_setting", "getenv", "getvariable", "write_log"}
_CALLED, _COMMENT = re.compile(r'(\w+)"?\s*\('), re.compile(r"/\*|--")


class View:
    """A view or table macro: its name, what it answers, its columns' comments, its SQL.

    A file opens with comment lines: what the view answers; then one line ``-- column: text`` for each
    column, ``-- column (codes list): text`` for one that holds codes of another list than a table's column of
    that name; after the comments stands one CREATE statement.
    """

    def __init__(self, file: Path):
        self.name = file.stem
        self.sql = self._read(file)
        self.columns, self.code_lists = {}, {}
        answers = []
        for line in self.sql.splitlines():
            if not line.startswith("--"):
                break
            column = re.match(r"--\s+([a-z_0-9]+)(?: \(codes ([a-z_]+)\))?:\s+(.*)", line)
            if column:
                self.columns[column[1]] = column[3]
                if column[2]:
                    self.code_lists[column[1]] = column[2]
            else:
                answers.append(line.lstrip("- ").strip())
        self.answers = " ".join(filter(None, answers))
        self.body = "\n".join(line for line in self.sql.splitlines() if not line.startswith("--"))
        #: For a macro, how it is called: the signature of its CREATE statement.
        macro = re.match(r"\s*CREATE MACRO (\w+\([^)]*\))", self.body)
        self.call = macro[1] if macro else ""
        self.is_macro = bool(self.call)
        self.words = set(_WORD.findall(self.body)) - {self.name}

    @staticmethod
    def _read(file: Path) -> str:
        try:
            if not is_file(file) or file.stat().st_size > LARGEST_VIEW:
                raise ValueError(f"it is no file of at most {LARGEST_VIEW:,} bytes")
            return file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise InvalidData(f"views/{file.name} cannot be read: {error}. Mend: restore the file.") from None

    def statement(self, con: duckdb.DuckDBPyConnection) -> str:
        """Return the statement that creates the view; raise InvalidData if the file has anything else.

        The views of a release that somebody else packed are run too: one that writes a file is no view.
        """
        import duckdb

        try:
            check_statement(self.body)
        except UsageError as error:
            raise InvalidData(f"views/{self.name}.sql: {error}") from None
        try:
            kinds = [s.type for s in con.extract_statements(self.body)]
        except (duckdb.Error, TypeError) as error:
            raise InvalidData(f"views/{self.name}.sql: not SQL: {error}. Mend: restore the file.") from None
        if not is_name(self.name) or kinds != [duckdb.StatementType.CREATE] or not re.match(rf"\s*CREATE (VIEW|MACRO) {self.name}\b", self.body):
            raise InvalidData(f"views/{self.name}.sql: not one CREATE VIEW or CREATE MACRO of that name. Mend: restore the file.")
        return self.body

    def create(self, con: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
        """Create the view; raise InvalidData if the tables of that version have not what it asks."""
        self._execute(con, self.statement(con), catalog.version)

    def call_with_nulls(self, con: duckdb.DuckDBPyConnection, version: str) -> None:
        """Have what a macro asks looked up, and nothing run: DuckDB does not look when it is made."""
        if self.is_macro:
            given = [part for part in self.call.partition("(")[2].rstrip(")").split(",") if part.strip() and ":=" not in part]
            self._execute(con, f"EXPLAIN FROM {self.name}({', '.join(['NULL'] * len(given))})", version)

    def _execute(self, con: duckdb.DuckDBPyConnection, statement: str, version: str) -> None:
        import duckdb

        try:
            con.execute(statement)
        except duckdb.PermissionException as error:
            raise InvalidData(f"views/{self.name}.sql asks for more than the tables: {str(error).splitlines()[0]} Mend: restore the file, or do not use this copy.") from None
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            raise InvalidData(
                f"views/{self.name}.sql does not fit the data of version {version}: {said} Mend: restore the file, or use the client of that version."
            ) from None


def views(catalog: Catalog | None = None) -> dict[str, View]:
    """Return every view and macro of a version of the data by name."""
    catalog = catalog or current()
    return catalog.remember("views", lambda: _views(catalog))


def _views(catalog: Catalog) -> dict[str, View]:
    files = sorted(catalog.views_folder.glob("*.sql"))
    if len(files) > MOST_VIEWS:
        raise InvalidData(f"{catalog.views_folder}: {len(files):,} views in it. Mend: give a release of this project.")
    return {file.stem: View(file) for file in files}


def _probe(catalog: Catalog) -> tuple[duckdb.DuckDBPyConnection, set[str]]:
    """Return a database that has the tables, empty, and reaches no file and no variable of Python; and the names of what is in it."""
    con, tables = open_memory(), [name for name in catalog.resources if name not in views(catalog)]
    con.execute("SET enable_external_access = false; SET python_enable_replacements = false")
    with _described(catalog):
        for name in tables:
            columns = ", ".join(f"{f['name']} {SQL_TYPES[f['type']]}" for f in catalog.fields(name))
            con.execute(f"CREATE TABLE {name} ({columns})")
        con.execute(create_coverage(catalog))
    return con, set(tables)


def _check_view(catalog: Catalog, name: str) -> None:
    """Raise InvalidData if a view that came with a release asks for more than its tables: it is made where there is nothing else."""
    if catalog.views_folder.resolve() == OURS:
        return
    view = views(catalog)[name]
    with _PROBING:
        con, done = catalog.remember("probe", lambda: _probe(catalog))
        # Some of them read only when they are asked, not when the view is made.
        beyond = "SELECT min(function_name) FROM duckdb_functions() WHERE function_type IN ('table', 'pragma') AND function_name = ANY(?) OR function_name = ANY(?)"
        # A comment may stand between a name and its bracket.
        called = {word.lower() for word in (view.words if _COMMENT.search(view.body) else _CALLED.findall(view.body))}
        [(opaque,)] = con.execute(beyond, [sorted(called - _HARMLESS), sorted(called & _OPAQUE)]).fetchall()
        if opaque:
            raise InvalidData(f"views/{name}.sql asks for more than the tables: {opaque}. Mend: restore the file, or do not use this copy.")
        # What it is made from was checked before it.
        if name not in done:
            view.create(con, catalog)
            view.call_with_nulls(con, catalog.version)
            done.add(name)




def view_names() -> list[str]:
    """Return the names of the views and table macros, which `sql` and `connect` know beside the tables.

    >>> import sco_data as sco
    >>> "status_days" in sco.views()
    True
    """
    return list(views())


def quote(text: str) -> str:
    """Return a text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def as_query(sql: str) -> str:
    """Return a statement as it can stand in brackets: without the semicolon at its end and the comments after that.

    >>> as_query("SELECT ';' AS a; -- what is asked")
    "SELECT ';' AS a\\n"
    """
    import duckdb

    body, end = sql.encode(), None
    for offset, kind in reversed(duckdb.tokenize(sql)):
        if body[offset : offset + 1] == b";":
            end = offset
        elif kind != duckdb.token_type.comment:
            break
    # A line ends the comment that may stand before.
    return body[:end].decode() + "\n"


def literally(file: Path) -> str:
    """Return a path as DuckDB is to read it: to it a path is a pattern."""
    return re.sub(r"([*?[])", r"[\1]", file.as_posix())


def check_header(catalog: Catalog, table: str) -> None:
    """Raise InvalidData unless a file is there, is UTF-8, and has the columns of its descriptor in their order."""
    # read_csv(columns=...) goes by position: a swapped header would pass in silence.
    file = catalog.path(table)
    expected = [f["name"] for f in catalog.fields(table)]
    try:
        with file.open(encoding="utf-8", newline="") as handle:
            found = next(csv.reader(handle), [])
            # Not by lines: a file may have only one.
            while handle.read(1 << 20):
                pass
    except FileNotFoundError:
        raise InvalidData(f"{file} is missing. Mend: reinstall sco-data, or run scripts/build in a checkout.") from None
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise InvalidData(f"{file} cannot be read: {error}. Mend: reinstall sco-data.") from None
    if found != expected:
        wrong = next((i for i, pair in enumerate(zip(found, expected)) if pair[0] != pair[1]), min(len(found), len(expected)))
        have = found[wrong] if wrong < len(found) else "nothing"
        want = expected[wrong] if wrong < len(expected) else "nothing"
        raise InvalidData(
            f"{file}: row 1, column {wrong + 1}: the header has {have!r} where {want!r} belongs. Mend: restore the file."
        )


def create_table(catalog: Catalog, table: str) -> str:
    """Return the statement that makes a view over the CSV file of a table."""
    check_header(catalog, table)
    columns = ", ".join(f"{quote(f['name'])}: {quote(SQL_TYPES[f['type']])}" for f in catalog.fields(table))
    file = quote(literally(catalog.path(table)))
    return (
        f"CREATE VIEW {table} AS SELECT * FROM read_csv({file}, columns = {{{columns}}}, header = true, delim = ',', "
        "quote = '\"', escape = '\"', nullstr = '', auto_detect = false, strict_mode = true)"
    )


def create_coverage(catalog: Catalog) -> str:
    """Return the statement that makes the view of what each table covers."""
    rows = [
        f"({quote(name)}, DATE {quote(r['coverage']['first_day'])}, DATE {quote(r['coverage']['last_day'])})"
        for name, r in catalog.resources.items() if "coverage" in r
    ]  # fmt: skip
    return f"CREATE VIEW coverage AS SELECT * FROM (VALUES {', '.join(rows or ['(NULL, NULL::DATE, NULL::DATE)'])}) AS t(table_name, first_day, last_day) WHERE table_name IS NOT NULL"


@contextmanager
def _described(catalog: Catalog) -> Iterator[None]:
    """Turn what DuckDB says of a table that cannot be made of its description into our error."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise InvalidData(f"{catalog.folder / DESCRIPTOR} describes no table that can be made: {str(error).splitlines()[0]} Mend: restore the file.") from None


def _create(con: duckdb.DuckDBPyConnection, catalog: Catalog, words: set[str], done: set[str]) -> None:
    """Create what the words name, and first what that needs."""
    for name in sorted(words):
        if name in done:
            continue
        if name == "coverage":
            done.add(name)
            with _described(catalog):
                con.execute(create_coverage(catalog))
        elif name in views(catalog):
            # A panel is a view first, and then also a file that the build writes from it.
            done.add(name)
            _create(con, catalog, views(catalog)[name].words, done)
            _check_view(catalog, name)
            views(catalog)[name].create(con, catalog)
        elif name in catalog.resources:
            done.add(name)
            with _described(catalog):
                con.execute(create_table(catalog, name))


def open_memory() -> duckdb.DuckDBPyConnection:
    """Return an empty database that fetches no extension."""
    import duckdb

    return duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})


def _comment(con: duckdb.DuckDBPyConnection, catalog: Catalog, kind_of_table: str = "VIEW") -> None:
    statements = ["COMMENT ON VIEW coverage IS 'From when to when each table covers, both days inclusive; from datapackage.json.'"]
    for name, resource in catalog.resources.items():
        if name in views(catalog):
            continue
        statements.append(f"COMMENT ON {kind_of_table} {name} IS {quote(resource['description'])}")
        for field in catalog.fields(name):
            statements.append(f"COMMENT ON COLUMN {name}.{field['name']} IS {quote(field['description'])}")
    for view in views(catalog).values():
        kind = "MACRO TABLE" if view.is_macro else "VIEW"
        statements.append(f"COMMENT ON {kind} {view.name} IS {quote(view.answers)}")
        if not view.is_macro:
            statements += [f"COMMENT ON COLUMN {view.name}.{c} IS {quote(text)}" for c, text in view.columns.items()]
    with _described(catalog):
        con.execute(";\n".join(statements))


def connect(catalog: Catalog | None = None, sealed: bool = False, memory: str = "1GB", threads: int = 2) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection with every table and view of the data, and their comments.

    The connection is in memory and its own: what is written there changes no file of the data.

    Parameters
    ----------
    sealed : for a service that runs the SQL of others. The tables are loaded into memory; after that no statement reads or writes a file, reaches the
        network, loads an extension, sees a Python variable or changes a setting. It is not read-only: a guest may create or drop what is in
        its memory, and nobody but who shares the connection sees it; so give each guest one of their own. How long a statement runs is not bounded: ``con.interrupt()`` from a timer ends it.
    memory : the most that a sealed connection may use, as DuckDB writes it ("512MB"). A statement that needs more fails, and the connection goes on.
        What it takes to read a statement is not counted: have :func:`sco_data.database.check_statement` look at a guest's statement first.
    threads : the most threads of a sealed connection.

    Returns
    -------
    duckdb.DuckDBPyConnection

    Raises
    ------
    InvalidData : a file is missing or has another header than its descriptor.
    UsageError : no such amount of memory or number of threads; or a sealed connection is asked of a DuckDB that cannot be sealed (before 2.0).

    >>> import sco_data as sco
    >>> con = sco.connect()
    >>> con.execute("SELECT count(*) FROM members WHERE founding_member").fetchall()
    [(6,)]
    """
    catalog = catalog or current()
    if not isinstance(catalog, Catalog):
        raise UsageError(f"{shown(catalog)} is no version of the data. Mend: sco_data.open(path).connect().")
    con = open_sealed(memory, threads) if sealed else open_memory()
    if sealed:
        _load(con, catalog)
    _create(con, catalog, {"coverage", *catalog.resources, *views(catalog)}, {name for name in catalog.resources if sealed and name not in views(catalog)})
    _comment(con, catalog, "TABLE" if sealed else "VIEW")
    if sealed:
        con.execute("SET lock_configuration = true")
    return con


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else shown(value)


def open_sealed(memory: str, threads: int) -> duckdb.DuckDBPyConnection:
    """Return an empty database that uses no more than this, spills nothing to the disk and sees no variable of Python."""
    import duckdb

    if int(duckdb.__version__.partition(".")[0]) < 2:
        # There a guest may log into a file, which then fails, and takes the process with it.
        raise UsageError(f"DuckDB {duckdb.__version__} cannot be sealed: CALL enable_logging gets past its lock. Mend: pip install 'duckdb>=2'.")
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _plain(memory), "threads": _plain(threads), "temp_directory": "", "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "allow_community_extensions": "false",
    }  # fmt: skip
    try:
        return duckdb.connect(":memory:", config=config)
    except (duckdb.Error, RuntimeError) as error:
        # Up to std::bad_cast.
        raise UsageError(f"memory {shown(memory)}, threads {shown(threads)}: {str(error).splitlines()[0]} Mend: write them as '512MB' and 2.") from None


def _load(con: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Load the tables, then shut out every file: before the views, which a release may bring of its own."""
    with explained(con):
        for name in catalog.resources:
            if name not in views(catalog):
                con.execute(create_table(catalog, name).replace("CREATE VIEW", "CREATE TABLE", 1))
    con.execute("SET enable_external_access = false")


def check_statement(sql: str) -> None:
    """Raise UsageError for a text that DuckDB should not be given to read: it may take gigabytes, which no limit of memory holds.

    For a service that runs the SQL of others in a sealed connection; `sql` and the views of a release are checked so anyway.

    >>> check_statement("SELECT 1")
    """
    if len(sql) > LONGEST_STATEMENT:
        raise UsageError(f"the statement has {len(sql):,} characters. Mend: write at most {LONGEST_STATEMENT:,}, and give values as parameters.")
    try:
        sql.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(f"the statement is no text: character {error.start + 1} is half a character. Mend: write it in UTF-8.") from None
    for pattern, most, what in ((_SIGN, MOST_SIGNS, "brackets and signs"), (_WITH, MOST_WITH, "WITH")):
        found = len(pattern.findall(sql))
        if found > most:
            raise UsageError(f"the statement has {found:,} times {what}. Mend: write at most {most:,}; give values as parameters, or ask in several statements.")


def prepare(sql: str, catalog: Catalog | None = None) -> duckdb.DuckDBPyConnection:
    """Return a connection that holds the tables and views whose names occur in a statement."""
    catalog = catalog or current()
    words = {word.lower() for word in _WORD.findall(sql)}
    if words & {"show", "describe", "summarize", "information_schema"} or any(w.startswith("duckdb_") for w in words):
        # These ask what there is, without naming it.
        words |= {"coverage", *catalog.resources, *views(catalog)}
    con = open_memory()
    _create(con, catalog, words, set())
    return con


def run(sql: str, params: Any = None, catalog: Catalog | None = None, checked: bool = False) -> duckdb.DuckDBPyConnection:
    """Run one statement over the tables and views that it names; the result is fetched from what is returned.

    A statement that this client makes around a `checked` one may be longer than a user's: it names each column of a wide answer.

    Raises
    ------
    UsageError : the statement is empty, malformed, or names what is not there.
    InvalidData : a file is missing, damaged, or has another header than its descriptor.
    """
    if not isinstance(sql, str):
        raise UsageError(f"{shown(sql)} is not an SQL statement. Mend: give it as text.")
    if _depth(params) > DEEPEST:
        raise UsageError(f"a parameter holds lists in lists, {DEEPEST} deep or more. Mend: give texts, numbers, dates, or lists of them.")
    if not checked:
        check_statement(sql)
    con = prepare(sql, catalog)
    with explained(con):
        # DuckDB up to 1.5 makes several statements of one PIVOT, and gives them no text.
        if sum(bool(statement.query.strip()) for statement in con.extract_statements(sql)) > 1:
            raise UsageError("more than one statement. Mend: give one SELECT; connect() is there for several.")
        con.execute(sql, params)
        if con.description is None:
            raise UsageError("the statement returns no rows. Mend: give a SELECT; connect() is there for anything else.")
    # What reads the answer cuts such a name there, and columns would be lost.
    cut = next((column[0] for column in con.description if "\0" in column[0]), None)
    if cut is not None:
        raise UsageError(f"a column is called {cut!r}, with the character 0. Mend: name it otherwise with AS.")
    return con


def _depth(value: Any, level: int = 0) -> int:
    """Return how deep lists and dictionaries stand in each other: DuckDB follows them, and a list in itself, without end."""
    if level > DEEPEST or not isinstance(value, (list, tuple, dict, set)):
        return level
    return max((_depth(part, level + 1) for part in (value.values() if isinstance(value, dict) else value)), default=level)


def whole(name: str, catalog: Catalog | None = None) -> duckdb.DuckDBPyConnection:
    """Run a query for a whole table or view.

    Raises
    ------
    NotFound : there is no such table or view.
    """
    catalog = catalog or current()
    view = views(catalog).get(name) if isinstance(name, str) else None
    if view is not None and view.is_macro:
        raise UsageError(f"{name} takes an argument. Mend: ask for it with sql, as in: FROM {view.call}")
    if view is None and (not isinstance(name, str) or name not in catalog.resources):
        known = list(dict.fromkeys([*catalog.resources, *(v.name for v in views(catalog).values() if not v.is_macro)]))
        raise NotFound(f"no table or view {shown(name)}.{near(name, known)} All of them: {', '.join(known)}.")
    return run(f"SELECT * FROM {name}", catalog=catalog)


@contextmanager
def explained(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Turn DuckDB's errors into ours: bad data apart from bad statements."""
    import duckdb

    try:
        yield
    except (ValueError, OverflowError, TypeError) as error:
        if isinstance(error, ScoDataError):
            raise
        # A value of DuckDB's that Python has not, such as a day of the year 10000.
        raise UsageError(f"SQL: the answer, or a parameter, has a value that Python cannot hold: {error}. Mend: cast it to text.") from None
    except duckdb.Error as error:
        text = str(error)
        cast = re.search(r'converting column "(\w+)". Could not convert string .* to \'(\w+)\'', text)
        ours = cast and {SQL_TYPES[f["type"]] for t in current().resources for f in current().fields(t) if f["name"] == cast[1]}
        if cast and cast[2] not in (ours or ()):
            # A cast in the statement that DuckDB carried out while it read the file: the file is whole.
            raise UsageError(f"SQL: {cast[1]} cannot be cast to {cast[2]}: {text.partition('Error when')[2].splitlines()[0]}") from None
        damaged = re.search(r"CSV Error on Line: (\d+)\n(?:Original Line:.*\n)?(.*)", text)
        if damaged:
            file = re.search(r"^\s*file\s*=\s*(.+)$", text, re.MULTILINE)
            where = f"{file[1].strip()}: " if file else ""
            raise InvalidData(
                f"{where}row {damaged[1]}: {damaged[2].strip()} Mend: `sco-data validate` names every bad cell; restore the file."
            ) from None
        if "module 'pytz'" in text:
            raise UsageError("SQL: the answer has a time with a time zone, for which DuckDB wants pytz. Mend: cast it to TIMESTAMP or DATE, or install pytz.") from None
        if isinstance(error, duckdb.CatalogException):
            missing = re.search(r"with name (\w+) does not exist", text)
            if missing:
                known = [*current().resources, *views()]
                version = "" if current() is installed() else f" in version {current().version} of the data"
                raise UsageError(f"SQL: there is no {missing[1]}{version}.{near(missing[1], known)} Mend: `tables` lists what there is.") from None
        raise UsageError(f"SQL: {' '.join(text.partition('LINE 1:')[0].split())}") from None


@contextmanager
def writing(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Turn the errors of a DuckDB that writes a file into ours, and those of the file into OSError."""
    import duckdb

    with explained(con):
        try:
            yield
        except duckdb.Error as error:
            failed = of_the_disk(error)
            if failed is None:
                raise
            raise failed from None


def of_the_disk(error: duckdb.Error) -> OSError | None:
    """Return what the system said to a DuckDB that could not read or write a file, if that is what its error is about."""
    import duckdb

    if not isinstance(error, duckdb.IOException) and "Could not write file" not in str(error):
        return None
    number = re.search(r'"errno":"(\d+)"', str(error))
    return OSError(int(number[1]), os.strerror(int(number[1]))) if number else OSError(str(error).splitlines()[0].rpartition(": ")[2])
