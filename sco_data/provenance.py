"""Who says so, where, and who does not; and how to cite it."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from . import database
from .catalog import current
from .errors import NotFound, UsageError, near, shown

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

STYLES = ("text", "bibtex")

_EVIDENCE = """
SELECT e.field_name, e.stated_value, e.coded_value, e.relation, e.source_id, e.source_locator, s.title, s.url, e.read_extent,
       e.char_start, e.char_end, e.note
FROM {statements} e
JOIN sources s ON s.source_id = e.source_id
WHERE e.table_name = $table AND e.row_id = $row AND ($field IS NULL OR e.field_name = $field)
ORDER BY e.field_name, e.relation DESC, e.source_id
"""
_SOURCES = """
SELECT s.*
FROM sources s
JOIN (
    SELECT source_id, bool_or(relation <> 'supports') AS against FROM {statements}
    WHERE table_name = $table AND row_id = $row AND ($field IS NULL OR field_name = $field) GROUP BY source_id
) e ON e.source_id = s.source_id
WHERE NOT against OR s.source_id = $rests_on
ORDER BY s.source_id <> $rests_on, s.source_id
"""


def _over_statements(query: str) -> str:
    """Return a query over the view of all statements; versions before 0.3.0 have the table alone, which was whole then."""
    return query.format(statements="statements" if "statements" in database.views() else "evidence")


#: What a table was taken from as a whole, and on how many other sources it rests.
_OF_TABLE = """
SELECT s.*, count(*) OVER () AS sources
FROM sources s
WHERE s.source_id IN ({rows})
ORDER BY s.source_id
"""
#: BibTeX entry type for each kind of source; anything else is @misc.
_ENTRY = {"article": "article", "book": "book"}
#: What LaTeX takes for a command. Braces become words of LaTeX, because BibTeX counts an escaped brace too.
_LATEX = str.maketrans({
    **{c: f"\\{c}" for c in "&%_#$"}, "\\": "\\textbackslash{}", "{": "\\textbraceleft{}", "}": "\\textbraceright{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
})  # fmt: skip


def _check_row(table: str, row: str) -> str | None:
    """Return the source that a row rests on; raise with near matches if there is no such row."""
    catalog = current()
    fields = [f["name"] for f in catalog.fields(table)]
    if not isinstance(row, str):
        raise NotFound(f"no row {shown(row)} in {table}. Mend: give the key as text; several parts are joined by a bar.")
    rests_on = "source_id" if "source_id" in fields and table != "sources" else "NULL"
    key = " || '|' || ".join(f"CAST({k} AS VARCHAR)" for k in catalog.key(table))
    found = database.run(f"SELECT {rests_on} FROM {table} WHERE {key} = $row", {"row": row}).fetchall()
    if found:
        return found[0][0] or ""
    rejected = database.run("SELECT 1 FROM evidence WHERE table_name = $table AND row_id = $row LIMIT 1", {"table": table, "row": row})
    if rejected.fetchall():
        return None
    known = [r[0] for r in database.run(f"SELECT {key} FROM {table}").fetchall()]
    raise NotFound(f"no row {shown(row)} in {table}.{near(row, known)}")


def _check_field(table: str, field: str | None) -> None:
    fields = [f["name"] for f in current().fields(table)]
    if field is not None and field not in fields:
        raise NotFound(f"no column {shown(field)} in {table}.{near(field, fields)} All columns: {', '.join(fields)}.")


def evidence_of(table: str, row: str, field: str | None = None) -> duckdb.DuckDBPyConnection:
    """Return the connection that holds the answer of `evidence`."""
    _check_field(table, field)
    _check_row(table, row)
    con = database.run(_over_statements(_EVIDENCE), {"table": table, "row": row, "field": field})
    if not con.fetchone():
        made = current().resource(table)["madeFrom"]
        why = {"list": "it is authored in seeds/lists", "view": "it is derived from statuses", "derived": "it is derived"}.get(made, "the curators decided it")
        warnings.warn(f"no source states {table}/{row}{'/' + field if field else ''} by itself: {why}", stacklevel=3)
    return database.run(_over_statements(_EVIDENCE), {"table": table, "row": row, "field": field})


def evidence(table: str, row: str, field: str | None = None) -> pd.DataFrame:
    """Return who says what of a row, where, and who contradicts it.

    Parameters
    ----------
    table : name of a table.
    row : the row's key; several key parts are joined by a bar: ``"chs-2017|IND"``.
    field : one column only.

    Returns
    -------
    pandas.DataFrame
        One row a statement: ``field_name`` (blank = the row as a whole), ``stated_value`` (in the source's words where
        they were kept), ``coded_value``, ``relation`` (``supports``, ``contradicts``,
        ``rejected``), ``source_id``, ``source_locator``, ``title``, ``url``, ``read_extent``, ``char_start``, ``char_end``, ``note``.

    Raises
    ------
    NotFound : there is no such table, row or column; the message names near matches.

    >>> import sco_data as sco
    >>> set(sco.evidence("statuses", "IND-member-2017", "start_date").relation) >= {"supports"}
    True
    """
    from .frames import to_frame

    return to_frame(evidence_of(table, row, field))


def cite(table: str | None = None, row: str | None = None, field: str | None = None, style: str = "text") -> str:
    """Return how to cite this release, and with it what a table was taken from as a whole, or the sources that support a row (or one of its cells).

    Parameters
    ----------
    table, row, field : a table, a row's key in it, and a column; without them the whole package.
    style : ``"text"`` or ``"bibtex"``.

    Returns
    -------
    str

    Raises
    ------
    NotFound : there is no such table or row.
    UsageError : there is no such style, or a row without a table.

    >>> import sco_data as sco
    >>> print(sco.cite("statuses", "IND-member-2017", style="bibtex").split("{")[0])
    @misc
    """
    if style not in STYLES:
        raise UsageError(f"no style {shown(style)}. Mend: one of {', '.join(STYLES)}.")
    if row is not None and table is None:
        raise UsageError("a row without its table. Mend: cite(table, row).")
    if table is not None:
        current().resource(table)
    entries = []
    if table is not None and row is None:
        entries = _of_table(table)
    elif table is not None and row is not None:
        _check_field(table, field)
        rests_on = _check_row(table, row)
        entries = _rows(database.run(_over_statements(_SOURCES), {"table": table, "row": row, "field": field, "rests_on": rests_on or ""}))
    sources = entries[0]["sources"] if entries and row is None else 0
    entries = [_package_entry(table, row, sources), *(source_entry(s) for s in entries if row is not None or s.get("series"))]
    render = bibtex if style == "bibtex" else plain
    return "\n".join(render(e) for e in entries)


def _rows(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [c[0] for c in con.description]
    return [dict(zip(names, r)) for r in con.fetchall()]


def _of_table(table: str) -> list[dict[str, Any]]:
    """Return the sources that the rows of a table rest on, with their number; of a panel, those of the tables that it is made from."""
    behind, seen = {table}, set[str]()
    while behind - seen:
        name = min(behind - seen)
        seen.add(name)
        view = database.views().get(name)
        behind |= view.words & {*current().resources, *database.views()} if view else set()
    sourced = [t for t in sorted(behind) if t in current().resources and t != "sources" and "source_id" in [f["name"] for f in current().fields(t)]]
    return _rows(database.run(_OF_TABLE.format(rows=" UNION ".join(f"SELECT source_id FROM {t}" for t in sourced)))) if sourced else []


def _package_entry(table: str | None, row: str | None, sources: int = 0) -> dict[str, Any]:
    d = current().descriptor
    part = f", table {table}" if table else ""
    part += f", row {row}" if row else ""
    part += f" (its rows rest on {sources:,} {'source' if sources == 1 else 'sources'}: cite those of the rows that you use)" if sources else ""
    return {
        "type": "misc", "key": "-".join(["sco-data", d["version"], *([table] if table else []), *([re.sub(r"[^\w.-]+", "-", row)] if row else [])]), "authors": [c["title"] for c in d["contributors"]], "office": True, "year": d["created"][:4],
        "title": d["title"], "note": f"Version {d['version']}{part}. {d['licenses'][0]['title']}",
    }  # fmt: skip


def source_entry(s: dict[str, Any]) -> dict[str, Any]:
    """Return the bibliographic entry of a row of sources; `bibtex` renders it."""
    year = s["year"] or (s["published_on"] and s["published_on"].year)
    # An article of BibTeX has a journal; many a source of that kind is a page that names none.
    kind = _ENTRY.get(s["kind"], "misc") if s["kind"] != "article" or s["container"] else "misc"
    # Semicolons separate authors; in the name of a publisher they, and commas, are part of the name.
    authors = s["authors"].split("; ") if s["authors"] else [s["publisher"]] if s["publisher"] else []
    return {
        "type": kind, "key": s["source_id"], "authors": authors, "office": not s["authors"], "year": year, "title": s["title"],
        "journal" if kind == "article" else "howpublished": s["container"], "publisher": s["publisher"] if s["authors"] else None,
        "doi": s["doi"], "url": s["url"], "urldate": s["accessed_on"],
    }  # fmt: skip


def plain(entry: dict[str, Any]) -> str:
    """Return an entry as one line of text."""
    parts = [str(entry[k]) for k in ("title", "journal", "howpublished", "publisher", "note") if entry.get(k)]
    parts += [f"https://doi.org/{entry['doi']}"] if entry.get("doi") else [entry["url"]] if entry.get("url") else []
    parts += [f"Accessed {entry['urldate']}"] if entry.get("urldate") else []
    said = " ".join(p if p.endswith(("?", "!", ".")) else f"{p}." for p in parts)
    return f"{'; '.join(entry['authors']) or 'n.a.'} ({entry.get('year') or 'n.d.'}). {said}"


def bibtex(entry: dict[str, Any]) -> str:
    """Return an entry as BibTeX in UTF-8, with every character that LaTeX takes for a command escaped."""
    # Authors are separated by "and". Braces keep an office or a paper, or a name that is not turned around, from being taken apart.
    authors = [a.translate(_LATEX) if "," in a and not entry["office"] else f"{{{a.translate(_LATEX)}}}" for a in entry["authors"]]
    # Braces keep the capitals of abbreviations.
    title = re.sub(r"\w+|\W+", lambda m: f"{{{m[0].translate(_LATEX)}}}" if sum(map(str.isupper, m[0])) > 1 else m[0].translate(_LATEX), entry["title"])
    lines = [f"  author = {{{' and '.join(authors)}}}"] if authors else []
    for name, value in entry.items():
        if value and name not in ("type", "key", "authors", "office"):
            # What stands in an address is taken as it stands, but its braces must be balanced.
            said = title if name == "title" else re.sub(r"[{}\\\s]", lambda m: quote(m[0]), value) if name in ("url", "doi") else str(value).translate(_LATEX)
            lines.append(f"  {name} = {{{said}}}")
    return f"@{entry['type']}{{{entry['key']},\n" + ",\n".join(lines) + "\n}"
