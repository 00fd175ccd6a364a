"""What is exported: a table, a view, a panel or the answer of a statement, with what the descriptor says of its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .. import database
from ..catalog import Catalog, current
from ..errors import UsageError, shown

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

#: DuckDB type -> Table Schema type; decimals and other numbers are numbers, anything else is text.
_TYPES = {"VARCHAR": "string", "BOOLEAN": "boolean", "DATE": "date", "DOUBLE": "number", "FLOAT": "number"} | dict.fromkeys(
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"), "integer"
)

#: The macros that can be asked without an argument: all years, by the default rules of the client.
PANELS = {"panel": "FROM panel({first}, {last})", "pairs": "FROM pairs({first}, {last})"}


@dataclass(frozen=True)
class Field:
    """A column of what is exported."""

    name: str
    type: str
    title: str
    description: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    constraints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """One table to be written: the statement that gives its rows, and its columns."""

    name: str
    title: str
    description: str
    query: str
    fields: Sequence[Field]
    key: Sequence[str] = ()
    unique: Sequence[Sequence[str]] = ()
    foreign_keys: Sequence[tuple[str, str, str]] = ()
    #: What was asked, where it is no table: by which rule a panel was made can be read from it.
    statement: str = ""

    def run(self) -> duckdb.DuckDBPyConnection:
        return database.run(self.query, checked=True)

    def holding(self, type_: str, condition: str) -> str | None:
        """Return the first column of a type with a value of which a condition is true, where only a statement can make such a value."""
        names = [] if self.key else [f.name for f in self.fields if f.type == type_]
        if not names:
            return None
        quoted = ['"' + name.replace('"', '""') + '"' for name in names]
        tests = [f"bool_or({condition.format(name)})" for name in quoted]
        found = database.run(f"SELECT {', '.join(tests)} FROM ({self.query}) AS answer", checked=True).fetchone()
        return next((name for name, bad in zip(names, found or ()) if bad), None)

    def frame(self) -> pd.DataFrame:
        from ..frames import to_frame

        return to_frame(self.run())


def contents(wanted: str | Sequence[str] | Mapping[str, str] | None) -> list[Content]:
    """Return what is wanted: names of tables, views and panels, statements by name, or every table."""
    catalog = current()
    if not (wanted is None or isinstance(wanted, (str, Sequence, Mapping))):
        raise UsageError(f"{shown(wanted)} names nothing to export. Mend: give names of tables or views, or statements by name.")
    names = [wanted] if isinstance(wanted, str) else list(catalog.resources) if wanted is None else [str(name) for name in wanted]
    if not names:
        raise UsageError("nothing to export. Mend: name a table, a view or a panel.")
    twice = _twice(names)
    if twice:
        raise UsageError(f"{shown(twice)} is named twice. Mend: name it once.")
    if isinstance(wanted, Mapping):
        return [_answer(catalog, name, query) for name, query in zip(names, wanted.values())]
    return [_content(catalog, name) for name in names]


def _twice(names: Sequence[str]) -> str | None:
    """Return the first name that another one repeats; capitals tell no names apart in SQL, Excel and some file systems."""
    folded = [name.casefold() for name in names]
    return next((name for n, name in enumerate(names) if name.casefold() in folded[:n]), None)


def _content(catalog: Catalog, name: str) -> Content:
    if name in catalog.resources:
        return _table(catalog, name)
    view = database.views(catalog).get(name)
    if view is not None and name in PANELS:
        first, last = (day.year for day in catalog.coverage("country_years"))
        return _answer(catalog, name, PANELS[name].format(first=first, last=last), view)
    database.whole(name, catalog)  # says what is wrong with a name
    assert view is not None
    return _answer(catalog, name, f"FROM {name}", view)


def _table(catalog: Catalog, name: str) -> Content:
    resource = catalog.resource(name)
    schema = resource["schema"]
    fields = [
        Field(
            f["name"], f["type"], f["title"], f["description"], {c["value"]: c["label"] for c in f.get("categories", [])}, f.get("constraints", {}),
        )
        for f in schema["fields"]
    ]  # fmt: skip
    keys = [(k["fields"][0], k["reference"]["resource"], k["reference"]["fields"][0]) for k in schema.get("foreignKeys", [])]
    # A file is in the order that it is to have; a panel is a view first.
    order = f" ORDER BY {', '.join(catalog.key(name))}" if name in database.views(catalog) else ""
    query = f"SELECT {', '.join(f.name for f in fields)} FROM {name}{order}"
    return Content(name, resource["title"], resource["description"], query, fields, catalog.key(name), schema.get("uniqueKeys", []), keys)


def _answer(catalog: Catalog, name: str, query: str, view: database.View | None = None) -> Content:
    """Return the answer of a statement; a column is described as that of its name in the views and tables that the statement names."""
    if not isinstance(query, str) or not name.isidentifier():
        raise UsageError(f"{shown(name)}: {shown(query)} is not a name and its statement. Mend: give tables={{'name': 'SELECT ...'}}, the name without blanks.")
    con = database.run(query, catalog=catalog)
    words = set(re.findall(r"[A-Za-z_]\w*", query))
    named = [view] if view else [v for n, v in database.views(catalog).items() if n in words]
    columns = {column: text for v in reversed(named) for column, text in v.columns.items()}
    code_lists = {column: code_list for v in reversed(named) for column, code_list in v.code_lists.items()}
    known: dict[str, list[dict[str, Any]]] = {}
    for table in catalog.resources:
        if table in words or any(table in v.words for v in named):
            for f in catalog.fields(table):
                known.setdefault(f["name"], []).append(f)
    known_lists = [f for table in catalog.resources for f in catalog.fields(table) if "codeList" in f and "codeSubset" not in f]
    names = [c[0] for c in con.description]
    twice = _twice(names)
    if twice:
        raise UsageError(f"{name}: two columns are called {twice!r}. Mend: name one otherwise with AS.")
    fields, selected = [], []
    for column, kind, *_ in con.description:
        type_ = _TYPES.get(str(kind), "number" if str(kind).startswith("DECIMAL") else "string")
        quoted = '"' + column.replace('"', '""') + '"'
        selected.append(f"CAST({quoted} AS {'BIGINT' if type_ == 'integer' else 'DOUBLE'}) AS {quoted}" if type_ in ("integer", "number") else f"CAST({quoted} AS VARCHAR) AS {quoted}" if type_ == "string" else quoted)  # fmt: skip
        same = [f for f in known.get(column, []) if f["type"] == type_]
        said = columns.get(column) or (same[0]["description"] if same else "")
        listed = [f for f in known_lists if f["codeList"] == code_lists[column]][:1] if column in code_lists else same
        codes = _codes_of(column, listed, query, catalog) if type_ == "string" else {}
        fields.append(Field(column, type_, same[0]["title"] if same else _titled(column, said), said, codes))
    ordered = f"SELECT {', '.join(selected)} FROM ({database.as_query(query)}) AS answer{'' if 'order by' in query.casefold() else ' ORDER BY ALL'}"
    return Content(name, name, " ".join(v.answers for v in named), ordered, fields, statement=query.strip())


def _titled(column: str, said: str) -> str:
    return said.partition(";")[0] if 0 < len(said.partition(";")[0]) <= 80 else column.replace("_", " ")


def _codes_of(column: str, same: list[dict[str, Any]], query: str, catalog: Catalog) -> dict[str, str]:
    """Return the codes of the first of these fields whose list has every value of the answer."""
    lists = [{c["value"]: c["label"] for c in f["categories"]} for f in same if "categories" in f]
    if not lists:
        return {}
    quoted = '"' + column.replace('"', '""') + '"'
    values = {r[0] for r in database.run(f"SELECT DISTINCT {quoted} FROM ({database.as_query(query)}) AS answer WHERE {quoted} IS NOT NULL", catalog=catalog, checked=True).fetchall()}
    return next((codes for codes in lists if values <= set(codes)), {})
