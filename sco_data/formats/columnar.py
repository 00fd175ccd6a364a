"""Parquet, NDJSON and CSV by DuckDB; Arrow by pyarrow."""

from __future__ import annotations

import json
from pathlib import Path

from .. import database
from ..database import quote, writing
from . import _described, about
from .content import Content


def write(path: Path, content: Content, form: str) -> None:
    """Write one table."""
    if form == "arrow":
        _arrow(path, content)
        return
    con = database.prepare(content.query)
    # One thread: the same rows in the same order give the same bytes.
    con.execute("SET threads = 1")
    with writing(con):
        con.execute(f"COPY ({content.query}) TO {quote(path.as_posix())} ({_options(content, form)})")


def _options(content: Content, form: str) -> str:
    if form == "parquet":
        said = {**about(content), "fields": json.dumps(_described(content)["fields"], ensure_ascii=False)}
        pairs = ", ".join(f"{quote(key)}: {quote(value)}" for key, value in said.items())
        return f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{pairs}}}"
    return "FORMAT json" if form == "ndjson" else "FORMAT csv, HEADER true, NULLSTR ''"


def _arrow(path: Path, content: Content) -> None:
    import pyarrow as pa

    con = database.prepare(content.query)
    with writing(con):
        table = con.sql(content.query).to_arrow_table()
    said = [{"title": f.title, "description": f.description, **({"codes": json.dumps(dict(f.codes), ensure_ascii=False)} if f.codes else {})} for f in content.fields]
    schema = pa.schema([field.with_metadata(of_field) for field, of_field in zip(table.schema, said)], metadata=about(content))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        # DuckDB leaves anything in the places of missing values, and `take` clears them: the same rows give the same bytes.
        writer.write_table(table.take(pa.array(range(table.num_rows), pa.int64())).combine_chunks().cast(schema))
