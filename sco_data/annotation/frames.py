"""Frames in memory: pandas, polars, pyarrow. Each row is one position in the dense lookup, so no row moves.

A kind of frame is three things: the distinct values of a column with a number for each row, the days of a column, and how to
put columns beside it. All the rest is shared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

#: A day that is missing, below every day there is.
MISSING = -(2**31)


class Column:
    """Values to choose from, one of which each row gets: at most a few hundred."""

    def __init__(self, values: list[Any], kind: str):
        self.values, self.kind = values, kind


def _days(values: Any) -> np.ndarray[Any, Any]:
    """Return days since 1970 of datetime64 values, MISSING for NaT."""
    import numpy as np

    unit = np.datetime_data(values.dtype)[0]
    per_day = {"D": 1, "h": 24, "m": 1440, "s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}[unit]
    whole = values.view("int64")
    days = whole // per_day if per_day > 1 else whole
    missing = np.isnat(values)
    return np.where(missing, MISSING, days) if missing.any() else days


class Pandas:
    """A pandas DataFrame."""

    def __init__(self, data: Any):
        self.data, self.columns = data, list(data.columns)

    def kind(self, name: Any) -> str:
        import pandas as pd

        dtype = self.data[name].dtype
        if isinstance(dtype, pd.DatetimeTZDtype) or dtype.kind == "M":
            return "days"
        if isinstance(dtype, pd.ArrowDtype) and str(dtype).startswith(("date", "timestamp")):
            return "days"
        if dtype.kind in "iu":
            return "integer"
        return {"f": "float", "b": "other", "m": "other", "c": "other"}.get(dtype.kind, "other" if isinstance(dtype, (pd.PeriodDtype, pd.IntervalDtype)) else "text")

    def distinct(self, name: Any) -> tuple[np.ndarray[Any, Any], list[Any]]:
        import pandas as pd

        series = self.data[name]
        if isinstance(series.dtype, pd.CategoricalDtype):
            return series.cat.codes.to_numpy(), list(series.cat.categories)
        codes, values = pd.factorize(series)
        return codes, list(values)

    def days(self, name: Any) -> np.ndarray[Any, Any]:
        import pandas as pd

        series = self.data[name]
        if isinstance(series.dtype, pd.ArrowDtype):
            series = pd.to_datetime(series.astype("string" if str(series.dtype).startswith("date") else series.dtype))
        if getattr(series.dt, "tz", None) is not None:
            series = series.dt.tz_localize(None)
        values = series.to_numpy()
        return _days(values if values.dtype.kind == "M" else values.astype("datetime64[us]"))

    def add(self, columns: dict[str, Column], picks: np.ndarray[Any, Any]) -> Any:
        import numpy as np
        import pandas as pd

        new: dict[str, Any] = {}
        for name, column in columns.items():
            if column.kind == "text":
                categories = list(dict.fromkeys(v for v in column.values if v is not None))
                codes = np.array([-1 if v is None else categories.index(v) for v in column.values], dtype=np.int8)
                new[name] = pd.Categorical.from_codes(codes[picks], categories=pd.Index(categories, dtype="str" if pd.__version__ >= "3" else object))
            elif column.kind == "date":
                new[name] = np.array(column.values, dtype="datetime64[us]")[picks]
            else:
                new[name] = pd.arrays.BooleanArray(np.array([v is True for v in column.values])[picks], np.array([v is None for v in column.values])[picks])
        # A shallow copy: the columns that came in are shared, the frame that came in is not changed.
        out = self.data.copy(deep=False)
        for name, values in new.items():
            out[name] = pd.Series(values, index=out.index)
        return out


class Polars:
    """A polars DataFrame."""

    def __init__(self, data: Any):
        self.data, self.columns = data, list(data.columns)

    def kind(self, name: str) -> str:
        import polars as pl

        dtype = self.data.schema[name]
        if dtype in (pl.Date, pl.Datetime):
            return "days"
        if dtype in (pl.String, pl.Categorical, pl.Enum, pl.Object, pl.Null):
            return "text"
        return "integer" if dtype.is_integer() else "float" if dtype.is_float() or dtype.is_decimal() else "other"

    def distinct(self, name: str) -> tuple[np.ndarray[Any, Any], list[Any]]:
        import numpy as np
        import pandas as pd
        import polars as pl

        series = self.data[name]
        if series.dtype == pl.Null:
            return np.full(len(series), -1), []
        if series.dtype in (pl.String, pl.Categorical, pl.Enum):
            values = series.cast(pl.String).unique().drop_nulls() if series.dtype == pl.String else series.unique().drop_nulls().cast(pl.String)
            codes = series.cast(pl.Enum(values)) if series.dtype == pl.String else series.cast(pl.String).cast(pl.Enum(values))
            numbers: np.ndarray[Any, Any] = codes.to_physical().cast(pl.Int32).fill_null(-1).to_numpy()
            return numbers, values.to_list()
        if series.dtype in (pl.Object, pl.Int128) or series.dtype.is_decimal():
            codes, values = pd.factorize(np.array(series.to_list(), dtype=object))
            return codes, list(values)
        codes, values = pd.factorize(series.drop_nulls().to_numpy())
        if series.null_count() == 0:
            return codes, list(values)
        full = np.full(len(series), -1)
        full[series.is_not_null().to_numpy()] = codes
        return full, list(values)

    def days(self, name: str) -> np.ndarray[Any, Any]:
        import polars as pl

        series = self.data[name]
        if series.dtype == pl.Datetime:
            series = series.dt.replace_time_zone(None).dt.date()
        days: np.ndarray[Any, Any] = series.to_physical().cast(pl.Int64).fill_null(MISSING).to_numpy()
        return days

    def add(self, columns: dict[str, Column], picks: np.ndarray[Any, Any]) -> Any:
        import polars as pl

        index = pl.Series(picks)
        new = []
        for name, column in columns.items():
            kind: Any = {"date": pl.Date, "truth": pl.Boolean}.get(column.kind) or pl.Enum(list(dict.fromkeys(v for v in column.values if v is not None)))
            new.append(pl.Series(name, column.values, dtype=kind).gather(index))
        return self.data.with_columns(new)


class Arrow:
    """A pyarrow Table."""

    def __init__(self, data: Any):
        self.data, self.columns = data, list(data.column_names)

    def kind(self, name: str) -> str:
        import pyarrow as pa

        dtype = self.data.schema.field(name).type
        dtype = dtype.value_type if pa.types.is_dictionary(dtype) else dtype
        if pa.types.is_date(dtype) or pa.types.is_timestamp(dtype):
            return "days"
        if pa.types.is_string(dtype) or pa.types.is_large_string(dtype) or pa.types.is_string_view(dtype) or pa.types.is_null(dtype):
            return "text"
        return "integer" if pa.types.is_integer(dtype) else "float" if pa.types.is_floating(dtype) or pa.types.is_decimal(dtype) else "other"

    def _whole(self, name: str) -> Any:
        column = self.data.column(name)
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()

    def distinct(self, name: str) -> tuple[np.ndarray[Any, Any], list[Any]]:
        import pyarrow as pa

        whole = self._whole(name)
        if pa.types.is_null(whole.type):
            whole = whole.cast(pa.string())
        encoded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
        return encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()

    def days(self, name: str) -> np.ndarray[Any, Any]:
        import pyarrow as pa
        import pyarrow.compute as pc

        whole = self._whole(name)
        if pa.types.is_dictionary(whole.type):
            whole = whole.dictionary_decode()
        if pa.types.is_timestamp(whole.type):
            whole = pc.local_timestamp(whole) if whole.type.tz else whole
            whole = pc.floor_temporal(whole, unit="day")
        # Fractions of the day, which date32 would refuse, are gone by now.
        days: np.ndarray[Any, Any] = whole.cast(pa.date32()).cast(pa.int32()).fill_null(MISSING).to_numpy(zero_copy_only=False)
        return days

    def add(self, columns: dict[str, Column], picks: np.ndarray[Any, Any]) -> Any:
        import pyarrow as pa

        index, out = pa.array(picks), self.data
        for name, column in columns.items():
            values = pa.array(column.values, type={"date": pa.date32(), "truth": pa.bool_(), "text": pa.string()}[column.kind])
            if column.kind == "text":
                values = values.dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string()))
            out = out.append_column(name, values.take(index))
        return out


KINDS = {("pandas", "DataFrame"): Pandas, ("polars", "DataFrame"): Polars, ("pyarrow", "Table"): Arrow}
