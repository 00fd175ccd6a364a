"""Tables and query results as pandas frames with fixed dtypes, on pandas 2 and 3 alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import database
from .catalog import Catalog, current, using
from .provenance import cite

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

#: DuckDB type -> pandas dtype. What is not here stays as DuckDB gives it.
_DTYPES = {
    "DATE": "datetime64[us]", "TIMESTAMP": "datetime64[us]", "VARCHAR": "string", "BOOLEAN": "boolean",
    "TINYINT": "Int64", "SMALLINT": "Int64", "INTEGER": "Int64", "BIGINT": "Int64", "HUGEINT": "Int64",
    "UTINYINT": "Int64", "USMALLINT": "Int64", "UINTEGER": "Int64",
    "FLOAT": "float64", "DOUBLE": "float64", "DECIMAL": "float64",
}  # fmt: skip


def to_frame(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return the pending result of a connection as a frame; dtypes follow the SQL types, not the values."""
    import numpy as np
    import pandas as pd

    types = [re.sub(r"\(.*\)$", "", str(column[1])) for column in con.description]
    with database.explained(con):
        arrays: dict[str, Any] = con.fetchnumpy()
    columns = {}
    for (name, values), kind in zip(arrays.items(), types):
        dtype = _DTYPES.get(kind)
        mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else np.zeros(len(values), dtype=bool)
        plain: Any = np.ma.getdata(values)
        if dtype is None:
            columns[name] = pd.Series(values)
        elif dtype == "boolean":
            columns[name] = pd.Series(pd.arrays.BooleanArray(plain.astype(bool), mask))
        elif dtype == "Int64" and plain.dtype.kind in "iu":
            columns[name] = pd.Series(pd.arrays.IntegerArray(plain.astype("int64"), mask))
        else:
            # Text, dates and numbers have a value for missing of their own; a HUGEINT comes as a float.
            missing = {"datetime64[us]": np.datetime64("NaT", "us"), "float64": np.nan}.get(dtype)
            cells = plain.astype(object) if missing is None else plain.astype(dtype)
            cells[mask] = missing
            # A sum of integers that Int64 cannot hold exactly stays a float.
            exact = dtype != "Int64" or all(c is None or abs(c) < 2**53 for c in cells)
            columns[name] = pd.Series(cells).astype(dtype if exact else "float64")
    frame = pd.DataFrame(columns)
    frame.attrs = attributes()
    return frame


def attributes() -> dict[str, str]:
    """Return what each frame carries in ``attrs``: of which data, version and licence it is."""
    catalog = current()
    return {"package": catalog.descriptor["name"], "version": catalog.version, "licence": catalog.descriptor["licenses"][0]["name"]}


def sql(query: str, params: Any = None) -> pd.DataFrame:
    """Answer one SQL statement over all tables and views.

    Parameters
    ----------
    query : a SELECT statement in DuckDB's SQL; ``FROM view`` alone is one.
    params : values for ``?`` or ``$name`` in the statement.

    Returns
    -------
    pandas.DataFrame
        Dates are ``datetime64[us]``, text ``string``, integers ``Int64``, truth ``boolean``.

    Raises
    ------
    UsageError : the statement is malformed, returns no rows by nature, or names what is not there.

    >>> import sco_data as sco
    >>> sco.sql("SELECT name FROM status_on(DATE '2017-06-09') WHERE iso3 = ?", ["IND"]).name[0]
    'India'
    """
    return to_frame(database.run(query, params))


def load(table: str) -> pd.DataFrame:
    """Return a whole table or view.

    Parameters
    ----------
    table : name of a table (see :func:`sco_data.tables`) or of a view (see :func:`sco_data.views`).

    Returns
    -------
    pandas.DataFrame
        One row a record, in the order of the key, columns as in the codebook.

    Raises
    ------
    NotFound : there is no such table or view; the message names near matches.

    >>> import sco_data as sco
    >>> sco.load("statuses").set_index("status_id").loc["IND-member-2017", "start_date"].date()
    datetime.date(2017, 6, 9)
    """
    return to_frame(database.whole(table))


def describe(table: str | None = None) -> pd.DataFrame:
    """Return the codebook: of all tables, or of one table's columns.

    Returns
    -------
    pandas.DataFrame
        Without a table one row a table: ``table``, ``rows``, ``first_day``, ``last_day``, ``title``. With a table one row
        a column: ``column``, ``type``, ``required``, ``codes``, ``description``; with a view its columns and what they hold.

    Raises
    ------
    NotFound : there is no such table.

    >>> import sco_data as sco
    >>> sco.describe("positions").column[0]
    'position_id'
    """
    import pandas as pd

    columns, rows = describe_rows(table)
    frame = pd.DataFrame(rows, columns=columns).astype({c: "Int64" if c == "rows" else "boolean" if c == "required" else "string" for c in columns})
    frame.attrs = attributes()
    return frame


def describe_rows(table: str | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return what `describe` shows, without pandas."""
    catalog = current()
    if table is None:
        return ["table", "rows", "first_day", "last_day", "title"], [
            (name, r.get("rowCount"), r.get("coverage", {}).get("first_day"), r.get("coverage", {}).get("last_day"), r["title"])
            for name, r in catalog.resources.items()
        ]
    if isinstance(table, str) and table in database.views() and table not in catalog.resources:
        view = database.views()[table]
        return ["column", "description"], list(view.columns.items()) or [(None, view.answers)]
    return ["column", "type", "required", "codes", "description"], [
        (f["name"], f["type"], f.get("constraints", {}).get("required", False), ", ".join(f.get("constraints", {}).get("enum", [])) or None, f["description"])
        for f in catalog.fields(table)
    ]


def codebook_rows(catalog: Catalog) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the codebook of a version of the data as one table: a row for the package, for each table and for each column."""
    columns = ["table_name", "column_name", "type", "required", "primary_key", "foreign_key", "unit", "codes", "title", "description"]
    d = catalog.descriptor
    with using(catalog):
        said = f"{d['description']} Version {d['version']}. Licence: {d['licenses'][0]['title']} ({d['licenses'][0]['path']}). How to cite: {cite()}"
    rows: list[tuple[Any, ...]] = [(d["name"], *[None] * 7, d["title"], said)]
    for name, resource in catalog.resources.items():
        points_to = {
            field: f"{key['reference']['resource']}.{target}"
            for key in resource["schema"].get("foreignKeys", []) for field, target in zip(key["fields"], key["reference"]["fields"])
        }  # fmt: skip
        rows.append((name, *[None] * 7, resource["title"], resource["description"]))
        for f in catalog.fields(name):
            given = f.get("constraints", {})
            rows.append((
                name, f["name"], f["type"], given.get("required", False), f["name"] in catalog.key(name), points_to.get(f["name"]), f.get("unit"),
                ", ".join(given.get("enum", [])) or None, f["title"], f["description"],
            ))  # fmt: skip
    return columns, rows
