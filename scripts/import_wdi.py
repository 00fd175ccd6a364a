"""Take figures from World Bank files into seeds/: one command for a new vintage, a new series, or another state.

    python scripts/import_wdi.py DOWNLOADS --vintage 2026-07-01
    python scripts/import_wdi.py API_IT.NET.USER.ZS_DS2_en_csv_v2.zip --indicator internet_users --unit percent
    python scripts/import_wdi.py WDI_CSV.zip --vintage 2027-07-01 --state GEO

DOWNLOADS is a CSV file, a zip or a folder of them: what data.worldbank.org gives for an indicator (API_..._csv_v2.zip), the
whole WDI_CSV.zip, a folder of github.com/datasets/world-development-indicators, or a file with the columns
source_code, iso3, year, value. The states are those of the newest vintage in seeds/; a file of the last form may bring others.
Without --vintage, it is the day of "Last Updated Date" in the files. Series of the same vintage that the files do not
hold are kept. Nothing is fetched, and nothing is written unless the files are in order; `python scripts/build` comes after, and its rules check the rest.
Exit code 1 if a file is not in order, 2 if the command is not.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[0:1] = [str(ROOT)]

from sco_data.catalog import Catalog  # noqa: E402
from sco_data.errors import near  # noqa: E402
from sco_data.validation.report import Finding  # noqa: E402
from scripts.build.reconcile import text  # noqa: E402
from scripts.build.seeds import HARM, SERIES, Reader, Series  # noqa: E402
from scripts.build.series import COLUMNS, WORLD, figures  # noqa: E402
from scripts.files import Refused, as_csv, lines_of, members_of, table_of, toml, write_all  # noqa: E402

FIRST_YEAR = 1990
YEAR = re.compile(r"(\d{4})(?: \[YR\d{4}\])?")
#: What the World Bank writes for a gap.
GAPS = ("", "..")
#: The header of github.com/datasets/world-development-indicators, whose folders are named by the series.
REPACKAGED = ["Country Name", "Country Code", "Year", "Value"]
#: Names of one column in the several forms of file.
CODE, TITLE = ("Indicator Code", "Series Code"), ("Indicator Name", "Series Name")
RECORD = """# Written by scripts/import_wdi.py; the figures stand in {series}
[source]
kind = "dataset"
title = "World Development Indicators"
publisher = "World Bank"
published_on = {published}
url = {url}
language = "en"
licence = "CC-BY-4.0"
accessed_on = {today}
read = "full"

[series]
vintage = "{vintage}"
"""


@dataclass
class Found:
    """What the files hold: (code, iso3, year) -> value, and what they say of themselves."""

    values: dict[tuple[str, str, str], str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    updated: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    #: True if every row of the files is wanted, not only those of known states.
    all_states: bool = False

    def add(self, where: str, code: str, iso3: str, year: str, value: str) -> None:
        key = code, iso3, year
        if value in GAPS:
            return
        if key in self.values:
            raise Refused(f"{where}: a second value for {code}, {iso3}, {year}: {value}. Mend: give each series once.")
        self.values[key] = value


def read_file(where: str, folder_code: str, body: str, known: set[str], found: Found) -> None:
    """Add what one CSV file holds, in whichever of the four forms it is."""
    rows = lines_of(where, body)
    # The API's files have four lines about themselves before the header.
    for _, row in rows[:4]:
        if row[0] == "Last Updated Date" and len(row) > 1:
            found.updated.add(row[1])
    start = next((i for i, (_, row) in enumerate(rows[:6]) if "Country Code" in row or row[-1:] == ["value"]), 0)
    header = rows[start][1] if rows else []
    kept = rows[start + 1 :]
    if header in (COLUMNS, ["wdi_code", *COLUMNS[1:]], REPACKAGED):
        for line, row in kept:
            if len(row) != len(header):
                raise Refused(f"{where}: row {line}: {len(row)} cells, and the header has {len(header)}. Mend: restore the line.")
            if header != REPACKAGED:
                found.all_states = True
                found.states.add(row[1])
                found.add(where, *row)
            elif folder_code in known and YEAR.fullmatch(row[2]) and int(row[2]) >= FIRST_YEAR:
                found.states.add(row[1])
                found.add(where, folder_code, row[1], row[2], row[3])
    elif "Country Code" in header and any(c in header for c in CODE) and any(YEAR.fullmatch(c) for c in header):
        code_at = next(header.index(c) for c in CODE if c in header)
        title_at = next((header.index(c) for c in TITLE if c in header), code_at)
        state_at = header.index("Country Code")
        years = [(i, match[1]) for i, c in enumerate(header) if (match := YEAR.fullmatch(c)) and int(match[1]) >= FIRST_YEAR]
        for _, row in kept:
            # The last lines of a DataBank export are about the export.
            if len(row) <= max(code_at, state_at, title_at) or not row[code_at]:
                continue
            found.titles[row[code_at]] = row[title_at]
            if row[code_at] in known:
                found.states.add(row[state_at])
                for i, year in years:
                    if i < len(row):
                        found.add(where, row[code_at], row[state_at], year, row[i])
    elif not Path(where.split(":")[-1]).name.startswith(("Metadata_", "WDICountry", "WDISeries", "WDIfootnote", "WDIcountry")):
        raise Refused(
            f"{where}: row {rows[start][0] if rows else 1}: the header is {','.join(header[:6])}; expected Country Code, Indicator Code and a column for each year, "
            f"or {','.join(COLUMNS)}. Mend: download the file again, or correct the header."
        )


def series_in(path: Path) -> list[dict[str, str]]:
    """Return the rows of a series in seeds/, or none."""
    return [row for _, row in table_of(path, *COLUMNS)] if path.exists() else []


def new_indicator(options: argparse.Namespace, indicators: list[dict[str, Any]], units: set[str], titles: dict[str, str]) -> dict[str, Any]:
    """Return the row of indicators.csv that --indicator asks for; code and title are those of the one series of the files."""
    name, codes = options.indicator, {i.get("source_code") for i in indicators}
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in {i["indicator"] for i in indicators}:
        raise Refused(f"--indicator {name}: not a new name in lower case. Mend: as in internet_users; without --indicator if the series is known.")
    if options.unit not in units:
        raise Refused(f"--indicator {name}: --unit {options.unit} is no code of the list unit.{near(options.unit, units)} Mend: one of {', '.join(sorted(units))}.")
    if len(titles) != 1:
        raise Refused(f"--indicator {name}: the files hold {len(titles)} series. Mend: give the file of one series.")
    code, title = next(iter(titles.items()))
    if code in codes:
        raise Refused(f"--indicator {name}: {code} is an indicator already. Mend: leave out --indicator.")
    scope = next((i.get("territorial_scope", "") for i in indicators if i.get("provider") == "World Bank"), "")
    return {
        "indicator": name, "label": title.split(" (")[0], "definition": f"{title}, as the World Bank defines it.", "unit": options.unit,
        "additive": True if options.additive else None, "territorial_scope": scope, "provider": "World Bank", "source_code": code, "source_title": title,
    }  # fmt: skip


def vintage_of(options: argparse.Namespace, found: Found) -> str:
    vintage = options.vintage or (found.updated.pop() if len(found.updated) == 1 else "")
    try:
        return dt.date.fromisoformat(vintage).isoformat()
    except ValueError:
        said = vintage or ("said by the files in two ways" if found.updated else "not said by the files")
        raise Refused(f"the vintage is {said}. Mend: give --vintage with the day of the edition, as 2026-07-01.") from None


def chosen(found: Found, old: list[dict[str, str]], extra: list[str]) -> list[dict[str, str]]:
    """Return the rows to keep of the files: those of the states wanted, and each of these must be there."""
    wanted = {row["iso3"] for row in old} | set(extra)
    if found.all_states:
        wanted |= found.states
    if not wanted:
        raise Refused("no vintage in seeds/ says which states are wanted. Mend: give --state for each, or a file with the columns source_code, iso3, year, value.")
    for iso3 in sorted(wanted - found.states):
        raise Refused(f"{iso3} is in none of the files.{near(iso3, found.states)} Mend: give the whole file, or correct the code.")
    return [dict(zip(COLUMNS, (*key, value))) for key, value in sorted(found.values.items()) if key[1] in wanted]


def run(options: argparse.Namespace) -> list[Finding]:
    seeds, catalog = options.root / "seeds", Catalog(options.root)
    reader = Reader(seeds, catalog)
    indicators, actors, codes = (reader.read_list(t, seeds / "lists" / f"{t}.csv") for t in ("indicators", "actors", "codes"))
    if reader.seeds.problems:
        return reader.seeds.problems
    if HARM.match(options.url):
        raise Refused(f"--url {options.url[:200]!r} is no plain text. Mend: give the address of the file.")
    texts = [member for path in options.files for member in members_of(path)]
    if not texts:
        raise Refused(f"{', '.join(map(str, options.files))}: no CSV file there. Mend: give a CSV file, a zip or a folder of them.")
    found, known = Found(), {i["source_code"] for i in indicators if i.get("source_code")}
    if options.indicator:
        for where, folder_code, body in texts:
            read_file(where, folder_code, body, set(), found)
        added = new_indicator(options, indicators, {c["code"] for c in codes if c["code_list"] == "unit"}, found.titles)
        indicators, known, found = [*indicators, added], known | {added["source_code"]}, Found()
    for where, folder_code, body in texts:
        print(f"reading {where}", file=sys.stderr)
        read_file(where, folder_code, body, known, found)
    if not found.values:
        named = f"the files have {', '.join(sorted(found.titles)[:5])}" if found.titles else "the files name none"
        raise Refused(f"no figure of a known series: {named}. Mend: give a file of {', '.join(sorted(known))}, or make a new indicator with --indicator.")
    for indicator in indicators:
        title = found.titles.get(indicator.get("source_code", ""), indicator.get("source_title"))
        if title != indicator.get("source_title"):
            raise Refused(
                f"{indicator['source_code']}: the files call it {title!r}, seeds/lists/indicators.csv {indicator.get('source_title')!r}: another unit or definition. "
                "Mend: take the right file, or make it another indicator."
            )
    vintage = vintage_of(options, found)
    source_id = f"wdi-{vintage}"
    path = seeds / "sources" / f"{source_id}{SERIES}"
    newest = max((seeds / "sources").glob(f"wdi-*{SERIES}"), default=path)
    # What the same vintage has and the files have not stays as it is.
    merged = {tuple(row[c] for c in COLUMNS[:3]): row for row in (*series_in(path), *chosen(found, series_in(newest), options.state))}
    rows = [merged[key] for key in sorted(merged)]
    problems = [f for f in figures(Series(f"seeds/sources/{path.name}", source_id, vintage, rows), indicators, {a["actor_id"]: a for a in actors}, catalog) if isinstance(f, Finding)]
    if problems:
        return problems
    files = [(path, as_csv(COLUMNS, rows))]
    if options.indicator:
        columns = [f["name"] for f in catalog.fields("indicators")]
        files.append((seeds / "lists" / "indicators.csv", as_csv(columns, [{c: text(i.get(c)) for c in columns} for i in indicators])))
    record = seeds / "sources" / f"{source_id}.toml"
    if not record.exists():
        files.append((record, RECORD.format(series=path.name, url=toml(options.url), published=vintage, vintage=vintage, today=dt.date.today().isoformat())))
    write_all(files)
    world = sum(row["iso3"] == WORLD for row in rows)
    print(f"{path.name}: {len(rows)} figures, {len({r['source_code'] for r in rows})} series, {len({r['iso3'] for r in rows} - {WORLD})} states, {world} of the world", file=sys.stderr)
    print("now run: python scripts/build, whose rules check the rest" + ("; a column of country_years is added in its view" if options.indicator else ""), file=sys.stderr)
    return []


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/import_wdi.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="DOWNLOADS", help="CSV files, zips or folders of them")
    parser.add_argument("--vintage", help="day of the edition (default: as the files say)")
    parser.add_argument("--url", default="https://data.worldbank.org", help="where the files come from")
    parser.add_argument("--state", action="append", default=[], metavar="ISO3", help="a further state to take; repeat for several")
    parser.add_argument("--indicator", metavar="NAME", help="make the one series of the file a new indicator of this name")
    parser.add_argument("--unit", help="its unit, a code of the list unit")
    parser.add_argument("--additive", action="store_true", help="its sum over states means something, so that group_years has it")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project (default: this one)")
    return Refused.report(run, parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
