"""DuckDB relations and PySpark DataFrames: one SQL statement, which runs where the data are.

Spark joins by equality with the dense days, which it broadcasts; the same statement with two Parquet files runs in any warehouse
(docs/annotate.md). DuckDB gives no order to the rows of a join, so there the look-up is an expression: rows keep their order.
"""

from __future__ import annotations

import datetime as dt
import numbers
from collections.abc import Sequence
from typing import Any, NamedTuple

from .lookup import EPOCH, Lookup, Span

#: From so many spellings on, DuckDB looks a state up by its place among them, and not in a list of them.
MANY = 300


class Side(NamedTuple):
    """A column of states, the state that each of its values means, and the names of the three columns that it gets, or None."""

    column: str
    states: dict[Any, str | None]
    names: Sequence[str | None]


class Period(NamedTuple):
    """The column of days or years, what its values are (days, text, integer, float), and what each means where it is not a day itself."""

    column: str
    kind: str
    values: dict[Any, int]


class Engine:
    """What the two share: quoting, and what is asked of the data before the statement is written."""

    quote, source, text = '"', "sco_input", "VARCHAR"

    def __init__(self, data: Any):
        self.data = data

    @property
    def columns(self) -> list[str]:
        return list(self.data.columns)

    def kind(self, name: str) -> str:
        raise NotImplementedError

    def run(self, query: str) -> Any:
        """Return the lazy result of a query on the data."""
        raise NotImplementedError

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def statement(self, lookup: Lookup, sides: Sequence[Side], period: Period, joint: str | None) -> str:
        """Return the statement that adds the columns."""
        raise NotImplementedError

    def name(self, text: str) -> str:
        return self.quote + text.replace(self.quote, self.quote * 2) + self.quote

    def quoted(self, text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def literal(self, value: Any) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, dt.date):
            return f"DATE '{value.isoformat()}'"
        return str(value) if isinstance(value, numbers.Number) else self.quoted(str(value))

    def text_day(self, column: str) -> str:
        """Return the day of a text: what stands before a T or a blank at its eleventh place."""
        text = f"trim(CAST({self.name(column)} AS {self.text}))"
        return f"CASE WHEN substr({text}, 11, 1) IN ('', 'T', ' ') THEN substr({text}, 1, 10) ELSE {text} END"

    def counts(self, name: str) -> dict[Any, int]:
        """Return how many rows have each value of a column."""
        column = self.name(name)
        found = self.rows(f"SELECT {column}, count(*) FROM {self.source} WHERE {column} IS NOT NULL GROUP BY {column}")
        return {value: n for value, n in found if not (isinstance(value, float) and value != value)}

    def day_counts(self, name: str) -> dict[str, int]:
        """Return how many rows have each day of a column of text."""
        return dict(self.rows(f"SELECT {self.text_day(name)}, count(*) FROM {self.source} WHERE {self.name(name)} IS NOT NULL GROUP BY {self.text_day(name)}"))

    def extremes(self, name: str) -> list[int]:
        """Return the first and the last day of a column of dates, as days since 1970; nothing if it has none."""
        column = self.name(name)
        return [day for day in self.rows(f"SELECT min({self.since_1970(column)}), max({self.since_1970(column)}) FROM {self.source}")[0] if day is not None]

    def since_1970(self, day: str) -> str:
        """Return the days since 1970 of an expression, as a number: far days are none of Python's."""
        raise NotImplementedError


class DuckDB(Engine):
    """A DuckDB relation: the statement is an expression on each row, in the relation's own connection."""

    def kind(self, name: str) -> str:
        dtype = str(dict(zip(self.data.columns, self.data.types))[name])
        if dtype.endswith("]"):
            return "other"
        if dtype == "DATE" or dtype.startswith("TIMESTAMP"):
            return "days"
        if dtype in ("VARCHAR", '"NULL"', "NULL") or dtype.startswith("ENUM("):
            return "text"
        if dtype in {f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")} | {"INTEGER", "UINTEGER"}:
            return "integer"
        return "float" if dtype in ("FLOAT", "DOUBLE") or dtype.startswith("DECIMAL") else "other"

    def __init__(self, data: Any):
        super().__init__(data)
        # The name is seen beside those of the user's own tables.
        self.source = f"sco_input_{id(self):x}"

    def since_1970(self, day: str) -> str:
        return f"CASE WHEN isfinite(CAST({day} AS DATE)) THEN CAST({day} AS DATE) - DATE '1970-01-01' END"

    def run(self, query: str) -> Any:
        return self.data.query(self.source, query)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return list(self.run(query).fetchall())

    def statement(self, lookup: Lookup, sides: Sequence[Side], period: Period, joint: str | None) -> str:
        when, places = self._own("sco_when"), [self._own(f"sco_place{n}") for n in range(len(sides))]
        numbers_ = [self._own(f"sco_answer{n}") for n in range(len(sides))]
        # Innermost: each row's period as a number, and the place of its state; then the number of its answer; then what that says.
        first = [f"{self._number(lookup, period)} AS {when}"]
        answers = []
        for side, place, number in zip(sides, places, numbers_):
            ours = sorted((v for v, iso3 in side.states.items() if iso3 in lookup.states), key=lambda v: str(side.states[v]))
            others = [v for v, iso3 in side.states.items() if iso3 is not None and iso3 not in lookup.states]
            first.append(f"{self._place(side.column, ours + others)} AS {place}")
            answers.append(f"{self._answer(lookup, [side.states[v] or '' for v in ours], when, place)} AS {number}")
        cells = [cell for side, number in zip(sides, numbers_) for cell in self._cells(lookup, side.names, number)]
        if joint is not None:
            cells.append(" AND ".join(self._is_member(lookup, number) for number in numbers_) + f" AS {self.name(joint)}")
        return (
            f"SELECT * EXCLUDE ({', '.join([when, *places, *numbers_])}), {', '.join(cells)} "
            f"FROM (SELECT *, {', '.join(answers)} FROM (SELECT *, {', '.join(first)} FROM {self.source}))"
        )

    def _own(self, name: str) -> str:
        """Return a name for a column in between that no column of the data has."""
        taken = {c.casefold() for c in self.columns}
        while name.casefold() in taken:
            name += "_"
        return name

    def _number(self, lookup: Lookup, period: Period) -> str:
        column = self.name(period.column)
        if lookup.by == "date":
            text = f"regexp_extract(CAST({column} AS VARCHAR), '^\\s*([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})([T ](?s:.*))?\\s*$', 1)"
            day = column if period.kind == "days" else f"try_strptime({text}, '%Y-%m-%d')"
            return f"TRY_CAST({self.since_1970(day)} AS INTEGER)"
        if period.kind == "text":
            return f"TRY_CAST(regexp_extract(CAST({column} AS VARCHAR), '^\\s*([0-9]{{1,9}})\\s*$', 1) AS INTEGER)"
        return f"CASE WHEN {column} = floor({column}) THEN TRY_CAST({column} AS INTEGER) END"

    def _place(self, column: str, values: Sequence[Any]) -> str:
        """Return the place of a row's value among those that mean a state: the order of an ENUM, which costs one hash a row."""
        if not values:
            return "CAST(NULL AS INTEGER)"
        words = list(dict.fromkeys(str(v) for v in values))
        return f"CAST(enum_code(TRY_CAST(CAST({self.name(column)} AS VARCHAR) AS ENUM({', '.join(map(self.quoted, words))}))) AS INTEGER)"

    @staticmethod
    def _words(lookup: Lookup) -> list[str]:
        """Return every status that an answer can have; 'none' is the first."""
        return list(dict.fromkeys(["none", *(a.status for a in lookup.answers if a.status)]))

    def _answer(self, lookup: Lookup, places: Sequence[str], when: str, place: str) -> str:
        """Return the number of a row's answer: the status in the lower byte, the day since in those above; NULL is blank."""
        words, known = self._words(lookup), len(places)
        if known > MANY:
            # A list as long as the spellings would be made anew for each batch of rows: count the states up to the place instead.
            first = {iso3: places.index(iso3) for iso3 in dict.fromkeys(places)}
            state = "(" + " + ".join(f"CAST({place} >= {n} AS INTEGER)" for n in first.values()) + " - 1)"
            places = list(first)
        else:
            state = place

        def code(span: Span) -> int:
            assert span.answer.since and span.answer.status
            return (span.answer.since.toordinal() - EPOCH) * 256 + words.index(span.answer.status)

        steps: dict[str, list[tuple[int, int]]] = {}
        for iso3 in set(places):
            # The periods from which an answer holds: those of the spans, and those that follow a span with nothing after it.
            spans: list[Span] = sorted((s for s in lookup.spans if s.iso3 == iso3), key=lambda s: s.first)
            begins = {s.last + 1: 0 for s in spans} | {s.first: code(s) for s in spans}
            steps[iso3] = sorted(begins.items(), reverse=True)
        arms = []
        for n in range(max(map(len, steps.values()), default=0)):
            from_, gives = zip(*(steps[iso3][n] if n < len(steps[iso3]) else (2**31 - 1, 0) for iso3 in places))
            arms.append(f"WHEN {when} >= (CAST({list(from_)} AS INTEGER[]))[{state} + 1] THEN (CAST({list(gives)} AS INTEGER[]))[{state} + 1]")
        return (
            f"CASE WHEN {place} IS NULL OR {when} IS NULL OR {when} < {lookup.first} OR {when} > {lookup.last} THEN NULL "
            f"WHEN {place} >= {known} THEN 0 {' '.join(arms)} ELSE 0 END"
        )

    def _is_member(self, lookup: Lookup, number: str) -> str:
        members = [str(n) for n, word in enumerate(self._words(lookup)) if "member" in word.split("|")]
        return f"(({number} & 255) IN ({', '.join(members)}))"

    def _cells(self, lookup: Lookup, names: Sequence[str | None], number: str) -> list[str]:
        words = ", ".join(map(self.quoted, self._words(lookup)))
        cells = (f"([{words}])[({number} & 255) + 1]", f"CASE WHEN {number} > 255 THEN DATE '1970-01-01' + ({number} >> 8) END", self._is_member(lookup, number))
        return [f"{cell} AS {self.name(name)}" for cell, name in zip(cells, names) if name is not None]


class Spark(Engine):
    """A PySpark DataFrame: the statement is a broadcast join, and lazy."""

    quote, source, text = "`", "{sco_input}", "STRING"

    def kind(self, name: str) -> str:
        dtype = dict(self.data.dtypes)[name]
        if dtype == "date" or dtype.startswith("timestamp"):
            return "days"
        if dtype.startswith("string") or dtype == "void":
            return "text"
        if dtype in ("tinyint", "smallint", "int", "bigint"):
            return "integer"
        return "float" if dtype in ("float", "double") or dtype.startswith("decimal") else "other"

    def since_1970(self, day: str) -> str:
        return f"unix_date(CAST({day} AS DATE))"

    def run(self, query: str) -> Any:
        # Braces outside the placeholder would be taken for one.
        escaped = query.replace("{", "{{").replace("}", "}}").replace("{" + self.source + "}", self.source)
        return self.data.sparkSession.sql(escaped, sco_input=self.data)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.run(query).collect()]

    def quoted(self, text: str) -> str:
        # Spark reads two quotes as the end of one text and the beginning of the next.
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def _table(self, rows: Sequence[Sequence[Any]], columns: dict[str, str]) -> str:
        """Return a table of literals; a row of NULLs, which joins with nothing, gives an empty one its types."""
        typed = "SELECT " + ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items())
        body = ", ".join(f"({', '.join(self.literal(v) for v in row)})" for row in rows)
        return f"({typed} UNION ALL SELECT * FROM (VALUES {body}) AS v({', '.join(columns)}))" if rows else f"({typed})"

    def _type(self, kind: str) -> str:
        return {"integer": "BIGINT", "float": "DOUBLE"}.get(kind, self.text)

    def statement(self, lookup: Lookup, sides: Sequence[Side], period: Period, joint: str | None) -> str:
        by_day = lookup.by == "date"
        kind = "DATE" if by_day else "BIGINT"

        def as_period(n: int) -> Any:
            return dt.date.fromordinal(n + EPOCH) if by_day else n

        spans = self._table(
            [(s.iso3, as_period(s.first), as_period(s.last), s.answer.status, s.answer.since, s.answer.is_member) for s in lookup.spans],
            {"iso3": self.text, "begins": kind, "ends": kind, "status": self.text, "since": "DATE", "is_member": "BOOLEAN"},
        )
        each = "explode(sequence(begins, ends, INTERVAL 1 DAY))" if by_day else "begins"
        dense = f"(SELECT iso3, {each} AS period, status, since, is_member FROM {spans} AS s WHERE iso3 IS NOT NULL)"
        select, joins, small = ["d.*"], [], []
        when = f"CAST(d.{self.name(period.column)} AS DATE)"
        if period.kind != "days":
            value = self.text_day(period.column).replace(self.name(period.column), "d." + self.name(period.column)) if by_day else "d." + self.name(period.column)
            inside = [(v, as_period(p)) for v, p in period.values.items() if lookup.first <= p <= lookup.last]
            joins.append(f"LEFT JOIN {self._table(inside, {'value': self._type(period.kind), 'period': kind})} AS p ON p.value = {value}")
            when, small = "p.period", ["p"]
        covered = f"{when} BETWEEN {self.literal(as_period(lookup.first))} AND {self.literal(as_period(lookup.last))}"
        members = []
        for n, side in enumerate(sides):
            # A state without any status joins with no day; a value that means no state is not in the table.
            rows = [(value, iso3 if iso3 in lookup.states else "") for value, iso3 in side.states.items() if iso3 is not None]
            codes = self._table(rows, {"value": self._type(self.kind(side.column)), "iso3": self.text})
            joins.append(f"LEFT JOIN {codes} AS c{n} ON c{n}.value = d.{self.name(side.column)}")
            joins.append(f"LEFT JOIN {dense} AS l{n} ON l{n}.iso3 = c{n}.iso3 AND l{n}.period = {when}")
            small += [f"c{n}", f"l{n}"]
            known = f"c{n}.iso3 IS NOT NULL AND {covered}"
            cells = (f"coalesce(l{n}.status, 'none')", f"l{n}.since", f"coalesce(l{n}.is_member, FALSE)")
            said = [f"CASE WHEN {known} THEN {cell} END" for cell in cells]
            select += [f"{cell} AS {self.name(name)}" for cell, name in zip(said, side.names) if name is not None]
            members.append(said[2])
        if joint is not None:
            select.append(f"{' AND '.join(members)} AS {self.name(joint)}")
        return f"SELECT /*+ BROADCAST({', '.join(small)}) */ {', '.join(select)} FROM {self.source} AS d {' '.join(joins)}"


KINDS = {("duckdb", "DuckDBPyRelation"): DuckDB, ("_duckdb", "DuckDBPyRelation"): DuckDB, ("pyspark", "DataFrame"): Spark}
