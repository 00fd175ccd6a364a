"""`annotate` and the views on a real Spark in local mode. Needs `sco-data[spark]` and Java 17 or newer."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from annotating import DAYS, STATES, YEARS, expected, plain

import sco_data as sco

if os.environ.get("SCO_DATA_TEST_SPARK"):
    # In CI nothing may be left out in silence.
    import pyspark  # noqa: F401
else:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("there is no Java", allow_module_level=True)

NEW = ["sco_status", "sco_status_since", "sco_is_member"]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2").config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def found(frame: Any, *columns: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(plain(v) for v in row) for row in frame.select("n", *columns).collect()), key=lambda row: row[0])


@pytest.mark.parametrize("as_text", [False, True])
def test_days(spark: Any, as_text: bool) -> None:
    rows = [(n, who, day) for n, (who, day) in enumerate((who, day) for who in STATES for day in [*DAYS, None])]
    data = spark.createDataFrame([(n, who, day and f"{day}T23:59" if as_text else day) for n, who, day in rows], "n INT, who STRING, day " + ("STRING" if as_text else "DATE"))
    with pytest.warns(sco.UnresolvedWarning, match="Atlantis"), pytest.warns(sco.CoverageWarning):
        out = sco.annotate(data, country="who", date="day")
    assert type(out) is type(data) and out.columns == [*data.columns, *NEW]
    assert found(out, *NEW) == [(n, *expected(who, day)) for n, who, day in rows]


@pytest.mark.parametrize("rule", ["dec31", "jan1", "any"])
def test_years_and_numeric_codes(spark: Any, rule: str) -> None:
    rows = [(n, who, year) for n, (who, year) in enumerate((who, year) for who in (750, 710, 640, 2, 9999, None) for year in [*YEARS, None])]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = sco.annotate(spark.createDataFrame(rows, "n INT, who INT, year INT"), country="who", year="year", code="cow", rule=rule)
    meant = {750: "IND", 710: "CHN", 640: "TUR", 2: "USA"}
    assert found(out, *NEW) == [(n, *expected(meant.get(who), year, rule)) for n, who, year in rows]


def test_pairs(spark: Any) -> None:
    rows = [(0, "IND", "CHN", 2016), (1, "IND", "CHN", 2017), (2, "IND", "FRA", 2017), (3, "IND", None, 2017), (4, None, "FRA", 2017)]
    out = sco.annotate_pairs(spark.createDataFrame(rows, "n INT, a STRING, b STRING, y INT"), a="a", b="b", year="y")
    assert found(out, "sco_status_a", "sco_status_b", "sco_joint_members") == [
        (0, "observer", "member", False), (1, "member", "member", True), (2, "member", "none", False), (3, "member", None, None), (4, None, "none", False),
    ]  # fmt: skip


def test_it_is_a_broadcast_join_and_lazy(spark: Any) -> None:
    data = spark.range(10).selectExpr("'IND' AS who", "DATE'2017-06-01' + CAST(id AS INT) AS day")
    plan = sco.annotate(data, country="who", date="day")._jdf.queryExecution().toString()
    assert "BroadcastHashJoin" in plan and "SortMergeJoin" not in plan and "ShuffledHashJoin" not in plan


def test_a_column_called_like_ours_is_refused_in_any_case_of_letters(spark: Any) -> None:
    with pytest.raises(sco.UsageError, match="already"):
        sco.annotate(spark.createDataFrame([("IND", 2017, 1)], "who STRING, y INT, SCO_Status INT"), country="who", year="y")


def test_views_and_tables_answer_in_spark(spark: Any) -> None:
    registered = sco.spark_views(spark)
    assert set(sco.tables()) <= set(registered) and {"status_days", "country_years", "spells"} <= set(registered)
    for name in ("statuses", "status_days", "evidence"):
        assert spark.table(name).count() == len(sco.load(name))
    assert dict(spark.table("statuses").dtypes)["start_date"] == "date"
    # The example of the docstring.
    assert spark.sql("SELECT status FROM status_days WHERE iso3 = 'IND' AND day = DATE'2017-06-09'").first().status == "member"
    spark.createDataFrame([("IND", "2017-06-08"), ("IND", "2017-06-09"), ("FRA", "2017-06-09")], ["iso3", "d"]).selectExpr("iso3", "CAST(d AS DATE) AS day").createOrReplaceTempView("events_of_mine")
    rows = spark.sql("SELECT e.iso3, e.day, coalesce(s.status, 'none') AS status FROM events_of_mine e LEFT JOIN status_days s USING (iso3, day) ORDER BY 1, 2").collect()
    assert [r.status for r in rows] == ["none", "observer", "member"]
