"""Make figures of a provider's series: one for each state (or the world), indicator and year of its file."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from sco_data.catalog import Catalog
from sco_data.errors import near
from sco_data.validation.report import Finding

from .reconcile import Tables
from .seeds import Seeds, Series

#: The header of a series file; its natural key is the first three columns.
COLUMNS = ["source_code", "iso3", "year", "value"]
#: The provider's code for the world. Its other aggregates (EUU, OED ...) are no states and are refused.
WORLD = "WLD"

Row = tuple[Mapping[str, Any], str, int, float]


def figures(series: Series, indicators: Iterable[Mapping[str, Any]], actors: Mapping[str, Mapping[str, Any]], catalog: Catalog) -> Iterator[Row | Finding]:
    """Yield indicator, subject, year and value of each row of a series, or what is wrong with the row."""
    by_code = {i["source_code"]: i for i in indicators if i.get("source_code")}
    states = {a for a, actor in actors.items() if actor.get("kind") in ("state", "other_entity")}
    first, last = (d.year for d in catalog.coverage("economic_figures"))
    seen: set[tuple[str, str, str]] = set()
    for row in series.rows:
        code, iso3, year, value = (row.get(c, "") for c in COLUMNS)
        wrong = partial(refusal, series.file, row)
        if set(row) - set(COLUMNS):
            yield wrong(sorted(set(row) - set(COLUMNS))[0], "series: unknown column", f"keep the header {','.join(COLUMNS)}")
        elif code not in by_code:
            yield wrong("source_code", "series: no indicator has this source code", f"add it to seeds/lists/indicators.csv, with unit and source_title.{near(code, by_code)}")
        elif iso3 not in states and iso3 != WORLD:
            yield wrong("iso3", "series: not a state, perhaps an aggregate of the provider", f"give the ISO 3166 code of a state of seeds/lists/actors.csv, or {WORLD}.{near(iso3, states)}")
        elif not (re.fullmatch(r"[12]\d{3}", year) and first <= int(year) <= last):
            yield wrong("year", f"series: the table covers the years {first} to {last}", "correct the year, or the coverage in datapackage.json")
        elif (code, iso3, year) in seen:
            yield wrong("year", "series: a second value for the same indicator, state and year", "keep one of the two")
        elif (number := as_number(value)) is None:
            yield wrong("value", "series: not a number", "leave the row out where the provider has no value")
        elif by_code[code].get("unit") == "percent" and not 0 <= number <= 100:
            yield wrong("value", "share: outside 0 to 100 per cent", "correct the value, or give the indicator a unit that may pass 100")
        else:
            yield by_code[code], "world" if iso3 == WORLD else iso3, int(year), number
        seen.add((code, iso3, year))


def refusal(file: str, row: Mapping[str, str], column: str, rule: str, mend: str) -> Finding:
    """Return a finding on one cell of a series, named by the natural key of its row."""
    return Finding("economic_figures", ", ".join(row.get(c, "") for c in COLUMNS[:3]), column, row.get(column, ""), rule, mend, file)


def as_number(text: str) -> float | None:
    """Return a number as a table can hold it, or None.

    >>> as_number("1.5"), as_number("nan"), as_number("..")
    (1.5, None, None)
    """
    # Not float() alone, which takes 1_000 and blanks.
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text):
        return None
    number = float(text)
    return number if math.isfinite(number) and abs(number) < 1e18 else None


def add_series(seeds: Seeds, tables: Tables, catalog: Catalog) -> None:
    """Add the figures of every series to the tables. They rest on their source alone, and have no rows of evidence."""
    out = tables.rows["economic_figures"]
    for series in seeds.series:
        for made in figures(series, tables.rows["indicators"].values(), tables.rows["actors"], catalog):
            if isinstance(made, Finding):
                tables.problems.append(made)
                continue
            indicator, subject, year, value = made
            row_id = f"{subject}-{indicator['indicator']}-{year}-{series.vintage}"
            if row_id in out:
                tables.problems.append(Finding("economic_figures", row_id, "figure_id", "", "series: another source has this vintage", "name the vintages apart", series.file))
            tables.files["economic_figures", row_id] = [series.file]
            out[row_id] = {
                "figure_id": row_id, "subject_kind": "world" if subject == "world" else "state", "subject_id": subject, "indicator": indicator["indicator"],
                "first_day": dt.date(year, 1, 1), "last_day": dt.date(year, 12, 31), "value": value, "unit": indicator.get("unit"), "value_kind": "observed",
                "qualifier": "exact", "vintage": series.vintage, "source_id": series.source_id, "source_locator": indicator["source_code"],
                "epistemic": "statistic", "contested": False,
            }  # fmt: skip
