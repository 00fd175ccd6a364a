"""Status on the user's own rows: equal answers on every kind of object, against a reference of a few lines."""

from __future__ import annotations

import csv
import datetime as dt
import signal
import subprocess
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from annotating import DAYS, FIRST, LAST, STATES, YEARS, expected, plain
from conftest import SCRIPT
from hypothesis import given, settings
from hypothesis import strategies as st

import sco_data as sco
from sco_data import names

Rows = list[tuple[Any, ...]]


#: Up to 1.4 a relation does not keep its connection alive.
OPEN: list[duckdb.DuckDBPyConnection] = []


def connection() -> duckdb.DuckDBPyConnection:
    OPEN.append(duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}))
    return OPEN[-1]


def relation(columns: list[str], rows: Rows, types: list[str]) -> duckdb.DuckDBPyRelation:
    con = connection()
    con.execute(f"CREATE TABLE mine ({', '.join(f'{c} {t}' for c, t in zip(columns, types))})")
    if rows:
        con.executemany(f"INSERT INTO mine VALUES ({', '.join('?' * len(columns))})", rows)
    return con.table("mine")


def as_pandas(rows: Rows, columns: list[str], dtype: Any) -> pd.DataFrame:
    frame = pd.DataFrame({c: pd.Series([r[n] for r in rows], dtype=object) for n, c in enumerate(columns)}).set_index(pd.RangeIndex(100, 100 + len(rows)))
    frame[columns[0]] = frame[columns[0]].astype(dtype)
    return frame


def days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column).astype("datetime64[us]")


#: Kind of object -> how rows of (state, day) become one.
DATED: dict[str, Callable[[Rows], Any]] = {
    "pandas text": lambda rows: as_pandas(rows, ["who", "day"], "str" if pd.__version__ >= "3" else object).assign(day=lambda f: days(f.day)),
    "pandas object, dates of Python": lambda rows: as_pandas(rows, ["who", "day"], object),
    "pandas category, nanoseconds": lambda rows: as_pandas(rows, ["who", "day"], "category").assign(day=lambda f: days(f.day).astype("datetime64[ns]")),
    "pandas, Arrow types": lambda rows: as_pandas(rows, ["who", "day"], "string[pyarrow]").assign(day=lambda f: f.day.astype(pd.ArrowDtype(pa.date32()))),
    "pandas, text as dates": lambda rows: as_pandas([(w, d and d.isoformat()) for w, d in rows], ["who", "day"], object),
    "polars": lambda rows: pl.DataFrame({"who": [r[0] for r in rows], "day": [r[1] for r in rows]}, schema={"who": pl.String, "day": pl.Date}),
    "polars category, timestamps": lambda rows: pl.DataFrame({"who": [r[0] for r in rows], "day": [r[1] for r in rows]}, schema={"who": pl.String, "day": pl.Date}).with_columns(
        pl.col("who").cast(pl.Categorical), pl.col("day").cast(pl.Datetime("ms")) + pl.duration(hours=23)
    ),
    "pyarrow": lambda rows: pa.table({"who": pa.array([r[0] for r in rows], pa.string()), "day": pa.array([r[1] for r in rows], pa.date32())}),
    "pyarrow dictionary, timestamps": lambda rows: pa.table({"who": pa.array([r[0] for r in rows], pa.string()).dictionary_encode(), "day": pa.array([r[1] and dt.datetime.combine(r[1], dt.time(23, 59)) for r in rows], pa.timestamp("us"))}),
    "duckdb": lambda rows: relation(["who", "day"], rows, ["VARCHAR", "DATE"]),
    "duckdb, text as dates": lambda rows: relation(["who", "day"], [(w, d and f"{d}T23:59") for w, d in rows], ["VARCHAR", "VARCHAR"]),
}  # fmt: skip
YEARLY: dict[str, Callable[[Rows], Any]] = {
    "pandas": lambda rows: as_pandas(rows, ["who", "year"], object).assign(year=lambda f: f.year.astype("Int64")),
    "pandas, floats": lambda rows: as_pandas(rows, ["who", "year"], object).assign(year=lambda f: f.year.astype("float64")),
    "polars": lambda rows: pl.DataFrame({"who": [r[0] for r in rows], "year": [r[1] for r in rows]}, schema={"who": pl.String, "year": pl.Int16}),
    "polars, text": lambda rows: pl.DataFrame({"who": [r[0] for r in rows], "year": [r[1] and str(r[1]) for r in rows]}, schema={"who": pl.String, "year": pl.String}),
    "pyarrow": lambda rows: pa.table({"who": pa.array([r[0] for r in rows], pa.string()), "year": pa.array([r[1] for r in rows], pa.int32())}),
    "duckdb": lambda rows: relation(["who", "year"], rows, ["VARCHAR", "INTEGER"]),
    "duckdb, floats": lambda rows: relation(["who", "year"], rows, ["VARCHAR", "DOUBLE"]),
    "duckdb, text": lambda rows: relation(["who", "year"], [(w, y and str(y)) for w, y in rows], ["VARCHAR", "VARCHAR"]),
}  # fmt: skip


def columns(data: Any, *wanted: str) -> Rows:
    """Return columns of any kind of object as plain rows, in its order."""
    if isinstance(data, pd.DataFrame):
        lists = [data[c].astype(object).tolist() for c in wanted]
    elif isinstance(data, pl.DataFrame):
        lists = [data[c].to_list() for c in wanted]
    elif isinstance(data, pa.Table):
        lists = [data.column(c).to_pylist() for c in wanted]
    else:
        lists = [list(c) for c in zip(*data.project(", ".join(wanted)).fetchall())] or [[] for _ in wanted]
    return [tuple(plain(v) for v in row) for row in zip(*lists)]


NEW = ("sco_status", "sco_status_since", "sco_is_member")


def quiet(call: Callable[[], Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


@pytest.mark.parametrize("kind", DATED)
@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from(STATES), st.sampled_from([*DAYS, None])), max_size=30), rule=st.sampled_from(["default", "granted"]), predecessor=st.booleans())
def test_a_day_on_every_kind_of_object(kind: str, rows: Rows, rule: str, predecessor: bool) -> None:
    data = DATED[kind](rows)
    out = quiet(lambda: sco.annotate(data, country="who", date="day", start_rule=rule, include_predecessor=predecessor))
    assert type(out) is type(data)
    assert columns(out, *NEW) == [expected(who, day, start_rule=rule, predecessor=predecessor) for who, day in rows]
    # Rows keep their order, and what came in is there unchanged.
    assert [r[0] for r in columns(out, "who")] == [r[0] for r in rows]


@pytest.mark.parametrize("kind", YEARLY)
@pytest.mark.parametrize("rule", ["dec31", "jan1", "any"])
def test_every_year_on_every_kind_of_object(kind: str, rule: str) -> None:
    rows = [(who, year) for who in STATES for year in [*YEARS, None]]
    out = quiet(lambda: sco.annotate(YEARLY[kind](rows), country="who", year="year", rule=rule))
    assert columns(out, *NEW) == [expected(who, year, rule) for who, year in rows]


@pytest.mark.parametrize("kind", DATED)
def test_every_state_on_every_day_that_matters(kind: str) -> None:
    rows = [(who, day) for who in sco.load("members").iso3.tolist() for day in DAYS]
    out = quiet(lambda: sco.annotate(DATED[kind](rows), country="who", date="day", code="iso3"))
    assert columns(out, *NEW) == [expected(who, day) for who, day in rows]


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "duckdb"])
def test_pairs(kind: str) -> None:
    rows = [(a, b, year) for a in ("IND", "PAK", "France", "XX", None) for b in ("CHN", "TUR", None) for year in (2001, 2016, 2017, 2030, None)]
    make = {
        "pandas": lambda: pd.DataFrame(rows, columns=["a", "b", "y"]), "polars": lambda: pl.DataFrame(rows, schema=["a", "b", "y"], orient="row"),
        "pyarrow": lambda: pa.table(pl.DataFrame(rows, schema=["a", "b", "y"], orient="row").to_arrow()), "duckdb": lambda: relation(["a", "b", "y"], rows, ["VARCHAR", "VARCHAR", "INTEGER"]),
    }  # fmt: skip
    out = quiet(lambda: sco.annotate_pairs(make[kind](), a="a", b="b", year="y"))
    found = columns(out, "sco_status_a", "sco_status_b", "sco_joint_members")
    for (a, b, year), row in zip(rows, found):
        one, other = expected(a, year), expected(b, year)
        both = False if one[2] is False or other[2] is False else None if one[2] is None or other[2] is None else True
        assert row == (one[0], other[0], both), (a, b, year)


@pytest.mark.parametrize(
    ("code", "values"),
    [("m49", [356, "004", 792.0]), ("cow", [750, "700", 640]), ("gw", [750, 700, 640]), ("iso2", ["IN", "af", "TR"]), ("iso3", ["ind", "AFG", "TUR"]), ("name", ["India", "afghanistan", "Turkey"])],
)
def test_codes(code: str, values: list[Any]) -> None:
    frame = pd.DataFrame({"who": pd.Series(values, dtype=object), "day": pd.Timestamp("2018-01-01")})
    assert sco.annotate(frame, country="who", date="day", code=code).sco_status.tolist() == ["member", "observer", "dialogue_partner"]


@pytest.mark.parametrize(("code", "value"), [("iso3", "India"), ("iso2", "IND"), ("iso2", "by"), ("m49", "India"), ("cow", 9999), ("m49", 1.5)])
def test_a_value_is_read_as_the_code_that_is_said(code: str, value: Any) -> None:
    frame = pd.DataFrame({"who": pd.Series([value], dtype=object), "year": [2018]})
    if value == "by":
        assert sco.annotate(frame, country="who", year="year", code=code).sco_status.tolist() == ["observer"]
        return
    with pytest.warns(sco.UnresolvedWarning):
        assert sco.annotate(frame, country="who", year="year", code=code).sco_status.isna().all()


def test_what_comes_back_has_the_types_that_are_promised() -> None:
    frame = pd.DataFrame({"who": ["IND", "FRA"], "day": pd.to_datetime(["2018-01-01"] * 2)}, index=["x", "y"])
    before = frame.copy()
    out = sco.annotate(frame, country="who", date="day")
    assert list(out.index) == ["x", "y"] and list(out.columns) == ["who", "day", *NEW]
    assert isinstance(out.sco_status.dtype, pd.CategoricalDtype) and str(out.sco_status_since.dtype) == "datetime64[us]" and str(out.sco_is_member.dtype) == "boolean"
    pd.testing.assert_frame_equal(frame, before)
    assert sco.annotate(pl.from_pandas(frame), country="who", date="day").schema["sco_status"] == pl.Enum(out.sco_status.cat.categories.to_list())
    arrow = sco.annotate(pa.Table.from_pandas(frame), country="who", date="day").schema
    assert str(arrow.field("sco_status").type).startswith("dictionary<values=string") and arrow.field("sco_status_since").type == pa.date32()


@pytest.mark.parametrize("kind", DATED)
def test_an_empty_frame_gets_its_columns(kind: str) -> None:
    out = sco.annotate(DATED[kind]([]), country="who", date="day")
    assert columns(out, *NEW) == []


def test_zones_count_by_their_own_clock() -> None:
    # Half past midnight in Astana on the day of the grant is the evening before in UTC.
    at = pd.DatetimeIndex(["2017-06-09 00:30"]).tz_localize("Asia/Almaty")
    assert sco.annotate(pd.DataFrame({"who": ["IND"], "at": at}), country="who", date="at").sco_status[0] == "member"
    assert sco.annotate(pd.DataFrame({"who": ["IND"], "at": at.tz_convert("UTC")}), country="who", date="at").sco_status[0] == "observer"
    polars = pl.DataFrame({"who": ["IND"], "at": pl.Series([dt.datetime(2017, 6, 9, 0, 30)]).dt.replace_time_zone("Asia/Almaty")})
    assert sco.annotate(polars, country="who", date="at")["sco_status"][0] == "member"
    assert sco.annotate(polars.to_arrow(), country="who", date="at").column("sco_status").to_pylist() == ["member"]


def test_what_means_nothing_is_counted_and_named_once() -> None:
    frame = pd.DataFrame({"who": ["Atlantis"] * 3 + ["IND", "Lemuria", None], "day": pd.to_datetime(["2018-01-01"] * 5 + [None])})
    with pytest.warns(sco.UnresolvedWarning, match=r"column 'who': no state in 4 rows, 2 values: 'Atlantis' \(3\), 'Lemuria' \(1\)") as seen:
        out = sco.annotate(frame, country="who", date="day")
    assert len(seen) == 1 and seen[0].filename == __file__
    assert out.sco_status.isna().tolist() == [True, True, True, False, True, True]
    with pytest.raises(sco.UsageError, match="'Atlantis'.*Mend"):
        sco.annotate(frame, country="who", date="day", strict=True)


def test_outside_coverage_is_blank_and_said() -> None:
    frame = pd.DataFrame({"who": "IND", "day": [FIRST - dt.timedelta(1), FIRST, LAST, LAST + dt.timedelta(1), None]})
    with pytest.warns(sco.CoverageWarning, match=rf"column 'day': 2 rows outside what the data cover \({FIRST} to {LAST}\)") as seen:
        out = sco.annotate(frame, country="who", date="day")
    assert len(seen) == 1 and out.sco_status.isna().tolist() == [True, False, False, True, True]


def test_text_that_is_no_date() -> None:
    frame = pd.DataFrame({"who": "IND", "day": ["2018-01-01", "2018-01-01 10:00", "2018-1-1", "01.01.2018", "2018-02-30", "2018-01-01x", ""]})
    with pytest.warns(sco.UnresolvedWarning, match="no date as YYYY-MM-DD in 5 rows"):
        found = sco.annotate(frame, country="who", date="day").sco_status.isna().tolist()
    assert found == [False, False, *[True] * 5]
    with pytest.warns(sco.UnresolvedWarning, match="no date as YYYY-MM-DD in 5 rows"):
        lazy = sco.annotate(connection().from_df(frame), country="who", date="day")
    assert [r[0] is None for r in columns(lazy, "sco_status")] == found


DAY = {"who": ["IND"], "day": pd.to_datetime(["2018-01-01"]), "year": [2018], "code": [750], "yes": [True], "sco_status": [1]}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"country": "whom", "date": "day"}, "no column 'whom'. Did you mean who"),
    ({"country": "who"}, "give date= or year="),
    ({"country": "who", "date": "day", "year": "year"}, "give date= or year="),
    ({"country": "who", "date": "year"}, "holds numbers, not dates. Mend: give years as year='year'"),
    ({"country": "who", "year": "day"}, "holds dates, not years. Mend: give it as date='day'"),
    ({"country": "who", "date": "yes"}, "neither dates nor text nor numbers"),
    ({"country": "day", "date": "day"}, "holds no codes or names of states"),
    ({"country": "code", "date": "day"}, "M49, COW or Gleditsch-Ward codes. Mend: say which"),
    ({"country": "who", "date": "day", "code": "iso"}, "no code 'iso'. Did you mean"),
    ({"country": "who", "date": "day", "rule": "jan1"}, "is for years"),
    ({"country": "who", "year": "year", "rule": "june"}, "no rule 'june'"),
    ({"country": "who", "date": "day", "start_rule": "x"}, "no start_rule 'x'"),
    ({"country": "who", "date": "day"}, "have a column 'sco_status' already. Mend: rename it, or call ours otherwise"),
    ({"country": "who", "date": "day", "names": ("a", "a", "b")}, "are not different"),
]


@pytest.mark.parametrize("kind", [pd.DataFrame, lambda d: pl.from_pandas(pd.DataFrame(d)), lambda d: pa.Table.from_pandas(pd.DataFrame(d)), lambda d: connection().from_df(pd.DataFrame(d))])
@pytest.mark.parametrize(("asked", "said"), BAD, ids=[b[1][:30] for b in BAD])
def test_what_cannot_be_is_refused_with_a_mend(kind: Callable[[Any], Any], asked: dict[str, Any], said: str) -> None:
    data = kind({k: v for k, v in DAY.items() if k != "sco_status" or "sco_status" in said})
    with pytest.raises(sco.UsageError) as error:
        sco.annotate(data, **asked)
    assert said in str(error.value) and "Mend" in str(error.value)


def test_other_names_stand_beside_a_column_called_like_ours() -> None:
    out = sco.annotate(pd.DataFrame(DAY), country="who", date="day", names=("status", "since", "member"))
    assert out.sco_status.tolist() == [1] and out.status.tolist() == ["member"]


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([["IND", "2018-01-01", 1]], columns=["who", "day", "day"])
    with pytest.raises(sco.UsageError, match="two columns are called 'day'"):
        sco.annotate(frame, country="who", date="day")


@pytest.mark.parametrize(("data", "mend"), [({"who": ["IND"]}, "pandas or polars"), (pl.LazyFrame({"who": ["IND"]}), r"collect\(\) it first"), (pd.Series(["IND"]), "pandas or polars")])
def test_other_kinds_of_object_are_refused(data: Any, mend: str) -> None:
    with pytest.raises(sco.UsageError, match=mend):
        sco.annotate(data, country="who", date="day")


def test_each_spelling_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    find = names.by_spelling
    monkeypatch.setattr(names, "by_spelling", lambda text: (seen.append(text), find(text))[1])
    frame = pd.DataFrame({"who": [f"India {' ' * (n % 1000)}." for n in range(100_000)], "year": 2018})
    assert (sco.annotate(frame, country="who", year="year").sco_status == "member").all()
    assert len(seen) == 1000


KINDS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda f: f, "polars": pl.from_pandas, "pyarrow": lambda f: pa.Table.from_pandas(f, preserve_index=False), "duckdb": lambda f: connection().from_df(f),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_many_spellings_of_many_states(kind: str) -> None:
    # More than one list holds in DuckDB: there the place among them is counted.
    spellings = [f"{name}{' ' * (n % 7)}{'.' * (n // 7)}" for name in ("India", "China", "Türkiye", "France", "Belarus", "Nepal") for n in range(100)]
    rows = [(who, year) for who in spellings for year in (2005, 2016, 2017, 2025)]
    out = sco.annotate(KINDS[kind](pd.DataFrame(rows, columns=["who", "year"])), country="who", year="year")
    assert columns(out, *NEW) == [expected(who, year) for who, year in rows]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["2018-01-01\n", "\t2018-01-01", " 2018-01-01T10:00\nx", "2018-01- 1", "２０１８-01-01", "2018-1-1", "2018-01-01x", "20180101"])
def test_a_text_is_the_same_day_in_every_kind(kind: str, text: str) -> None:
    out = quiet(lambda: sco.annotate(KINDS[kind](pd.DataFrame({"who": ["IND"], "day": [text]})), country="who", date="day"))
    day = dt.date(2018, 1, 1) if text.strip().startswith("2018-01-01") and text != "2018-01-01x" else None
    assert columns(out, *NEW) == [expected("IND", day)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("year", "means"), [("2018\n", 2018), (" 2018", 2018), ("2018.0", None), ("20 18", None), ("-2018", None)])
def test_a_text_is_the_same_year_in_every_kind(kind: str, year: str, means: int | None) -> None:
    out = quiet(lambda: sco.annotate(KINDS[kind](pd.DataFrame({"who": ["IND"], "year": [year]})), country="who", year="year"))
    assert columns(out, *NEW) == [expected("IND", means)]


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_that_are_missing_or_far_off(kind: str) -> None:
    frame = pd.DataFrame({"who": "IND", "year": [2018.0, 2018.5, float("nan"), 1e300, -5.0]})
    with pytest.warns(sco.UnresolvedWarning, match="no year in 1 row"), pytest.warns(sco.CoverageWarning):
        out = sco.annotate(KINDS[kind](frame), country="who", year="year")
    assert [r[0] for r in columns(out, "sco_status")] == ["member", None, None, None, None]


def test_decimals_are_years() -> None:
    data = connection().sql("SELECT 'IND' AS who, CAST(y AS DECIMAL(10, 2)) AS year FROM (VALUES (2018.0), (2018.5)) AS t(y)")
    for made in (data, data.to_arrow_table(), pl.from_arrow(data.to_arrow_table())):
        assert [r[0] for r in columns(quiet(lambda made=made: sco.annotate(made, country="who", year="year")), "sco_status")] == ["member", None]


def test_far_dates_and_a_table_called_like_ours_in_duckdb() -> None:
    con = connection()
    con.execute("CREATE TABLE sco_input AS SELECT 1 AS other")
    data = con.sql("SELECT 'IND' AS who, unnest([DATE '2018-01-01', DATE '10000-01-01', DATE '0001-01-01 (BC)', DATE 'infinity', NULL]) AS day")
    assert [r[0] for r in columns(quiet(lambda: sco.annotate(data, country="who", date="day")), "sco_status")] == ["member", None, None, None, None]


def test_arrow_dictionaries_of_unsigned_numbers() -> None:
    who = pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.uint8()), ["IND", "FRA"])
    assert sco.annotate(pa.table({"who": who, "year": [2018] * 3}), country="who", year="year").column("sco_status").to_pylist() == ["member", "none", None]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda d: sco.annotate(d, country="who", year="year", names=("a", "b")), "are not three names"),
        (lambda d: sco.annotate_pairs(d, a="who", b="who", year="year", names="ab"), "are not three names"),
        (lambda d: sco.annotate(d, country="who", year="year", names=("a", "", "c")), "are not three names"),
        (lambda d: sco.annotate(connection().from_df(d), country="who", year="year", names=("A", "a", "b")), "are not different"),
        (lambda d: sco.annotate(d.assign(who=[["IND"]]), country="who", year="year"), "cannot be compared"),
        (lambda d: sco.annotate(connection().sql("SELECT 'IND' AS who, [2018] AS year"), country="who", year="year"), "neither dates nor text nor numbers"),
        (lambda d: sco.annotate(pd.concat({"x": d}, axis=1), country="who", year="year"), "several levels"),
    ],
)
def test_more_that_cannot_be(call: Callable[[pd.DataFrame], Any], said: str) -> None:
    with pytest.raises(sco.UsageError, match=said):
        call(pd.DataFrame({"who": ["IND"], "year": [2018]}))


# -- files ---------------------------------------------------------------------------------------


def write_csv(file: Path, rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"n": range(rows), "who": rng.choice(["India", "CHN", "Türkiye", "NA", "nowhere", ""], rows), "day": rng.choice([d.isoformat() for d in DAYS], rows), "note": 'a "b", c'})
    frame.to_csv(file, index=False)
    return frame


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".tsv", ".parquet"])
def test_a_file_keeps_its_rows_in_order(tmp_path: Path, cli: Callable[..., Any], suffix: str) -> None:
    # More rows than one of DuckDB's row groups, so that two threads have work.
    frame = write_csv(tmp_path / "in.csv", 300_000)
    source = tmp_path / "in.csv"
    if suffix == ".parquet":
        source = tmp_path / "in.parquet"
        duckdb.sql(f"COPY (FROM read_csv('{(tmp_path / 'in.csv').as_posix()}', nullstr = '')) TO '{source.as_posix()}'")
    done = cli("annotate", str(source), "--country", "who", "--date", "day", "-o", str(tmp_path / f"out{suffix}"))
    assert done.returncode == 0, done.stderr
    assert "no state in" in done.stderr and "'nowhere'" in done.stderr and "300,000 rows written" in done.stderr and done.stdout == ""
    reader = "read_parquet" if suffix == ".parquet" else "read_csv"
    out = duckdb.sql(f"FROM {reader}('{(tmp_path / f'out{suffix}').as_posix()}'{'' if suffix == '.parquet' else ', all_varchar = true'})").fetchall()
    assert [int(r[0]) for r in out] == list(range(300_000)) and {r[3] for r in out} == {'a "b", c'}
    said = {(w, d): expected(w or None, dt.date.fromisoformat(d)) for w in frame.who.unique() for d in frame.day.unique()}
    found = [tuple(None if v in (None, "") else v == "true" if v in ("true", "false") else str(v) if isinstance(v, dt.date) else v for v in r[4:]) for r in out]
    assert found == [tuple(str(v) if isinstance(v, dt.date) else v for v in said[w, d]) for w, d in zip(frame.who, frame.day)]
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_a_file_can_be_annotated_twice_under_other_names(tmp_path: Path, cli: Callable[..., Any]) -> None:
    (tmp_path / "in.csv").write_text("who,day\nTUR,2012-12-31\n", encoding="utf-8")
    asked = ("annotate", "in.csv", "--country", "who", "--date", "day", "-o", "in.csv")
    assert cli(*asked, cwd=tmp_path).returncode == 0
    again = cli(*asked, cwd=tmp_path)
    assert again.returncode == 2 and "already" in again.stderr
    assert cli(*asked, "--start-rule", "granted", "--names", "by_grant", "since", "member", cwd=tmp_path).returncode == 0
    assert (tmp_path / "in.csv").read_text(encoding="utf-8").splitlines()[1] == "TUR,2012-12-31,none,,false,dialogue_partner,2012-06-07,false"


def test_nothing_in_a_csv_file_is_guessed(tmp_path: Path, cli: Callable[..., Any]) -> None:
    """Comments, quotes of another kind, patterns in the path, a quote in the folder: cells are cells, a path is a path."""
    folder = tmp_path / "o'x [1]"
    folder.mkdir()
    (folder / "a[1].csv").write_text("who,day,n\n#FRA,2018-01-01,'2'\nIND,2018-01-01,3 # x\n", encoding="utf-8")
    (folder / "a1.csv").write_text("who,day,n\nFRA,2018-01-01,1\n", encoding="utf-8")
    done = cli("annotate", str(folder / "a[1].csv"), "--country", "who", "--date", "day", "-o", str(folder / "out.csv"))
    assert done.returncode == 0, done.stderr
    with (folder / "out.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows[1:] == [["#FRA", "2018-01-01", "'2'", "none", "", "false"], ["IND", "2018-01-01", "3 # x", "member", "2017-06-09", "true"]]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"who,day,DAY\nIND,2018-01-01,1\n", "two columns are called 'DAY'"), (b"who,,day\nIND,1,2018-01-01\n", "does not name every column"), (b"", "does not name every column"),
        (b"A title\nwho,day\nIND,2018-01-01\n", "no column 'who'"), (b"who,day\nIND\n", "annotate"), ("who,day\nTürkiye,2018-01-01\n".encode("latin-1"), "see that"),
    ],
)  # fmt: skip
def test_a_csv_file_that_is_none_is_refused(tmp_path: Path, cli: Callable[..., Any], body: bytes, said: str) -> None:
    (tmp_path / "in.csv").write_bytes(body)
    done = cli("annotate", "in.csv", "--country", "who", "--date", "day", "-o", "out.csv", cwd=tmp_path)
    assert done.returncode == 2 and "Mend" in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert said == "annotate" or said in done.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"in.csv"}


def test_an_interrupt_leaves_the_old_file_and_no_half_one(tmp_path: Path) -> None:
    big = tmp_path / "big.parquet"
    duckdb.sql(f"COPY (SELECT 'India ' || i AS who, DATE '2000-01-01' + CAST(i % 9000 AS INTEGER) AS day FROM range(6000000) t(i)) TO '{big.as_posix()}'")
    out = tmp_path / "out.csv"
    out.write_text("the old file\n", encoding="utf-8")
    command = [str(SCRIPT), "annotate", str(big), "--country", "who", "--date", "day", "-o", str(out)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as work:
        time.sleep(1.5)
        assert work.poll() is None, "it was done before it could be interrupted"
        work.send_signal(signal.SIGINT)
        _, said = work.communicate(timeout=60)
    assert work.returncode == 130 and "Interrupted" in said, said
    assert out.read_text(encoding="utf-8") == "the old file\n"
    assert {p.name for p in tmp_path.iterdir()} == {"big.parquet", "out.csv"}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["missing.csv", "--country", "who", "--date", "day", "-o", "out.csv"], "no file missing.csv"),
        (["in.csv", "--country", "who", "--date", "day", "-o", "out.xlsx"], "no format is known for 'out.xlsx'"),
        (["in.csv", "--country", "who", "--date", "day", "-o", "nowhere/out.csv"], "no folder"),
        (["in.csv", "--country", "whom", "--date", "day", "-o", "out.csv"], "Did you mean who"),
        (["broken.parquet", "--country", "who", "--date", "day", "-o", "out.csv"], "see that the file is whole"),
        (["in.csv", "--country", "who", "--date", "day", "-o", "out.csv", "--strict"], "'nowhere'"),
        (["in.csv", "--country", "who", "--date", "day", "-o", "out.csv", "--memory", "much"], "no amount of memory"),
        (["in.csv", "--country", "who", "-o", "out.csv"], "give date= or year="),
    ],
)
def test_a_file_that_cannot_be_done_is_refused(tmp_path: Path, cli: Callable[..., Any], args: list[str], said: str) -> None:
    write_csv(tmp_path / "in.csv", 50)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nothing")
    done = cli("annotate", *args, cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"in.csv", "broken.parquet"}
