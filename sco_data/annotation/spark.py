"""Tables and views of the package in a Spark session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import database
from ..catalog import current
from ..errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def spark_views(session: SparkSession) -> list[str]:
    """Register every table and derived view of the package as a temporary view of a Spark session.

    The rows go from this process into the session (through Arrow), so that no executor needs the package's files.

    Parameters
    ----------
    session : a SparkSession; ``pip install 'sco-data[spark]'`` brings one, Java 17 or newer must be there.

    Returns
    -------
    list of str
        The names, as in :func:`sco_data.tables` and :func:`sco_data.views` without the table macros; dates are DATE, integers BIGINT.

    Raises
    ------
    UsageError : pyarrow is missing.

    The example is run by tests/test_spark.py, on a real Spark:

    >>> import sco_data as sco
    >>> names = sco.spark_views(session)  # doctest: +SKIP
    >>> session.sql("SELECT status FROM status_days WHERE iso3 = 'IND' AND day = DATE'2017-06-09'").first().status  # doctest: +SKIP
    'member'
    """
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise UsageError("Spark views need pyarrow. Mend: pip install 'sco-data[spark]'.") from None
    con = database.connect()
    names = list(dict.fromkeys([*current().resources, *(v.name for v in database.views().values() if not v.is_macro)]))
    for name in names:
        session.createDataFrame(con.table(name).to_arrow_table()).createOrReplaceTempView(name)
    return names
