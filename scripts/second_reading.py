"""The second reading of the data: draw cells for a reader who does not see their values, compare the answers, say how many were wrong.

    python scripts/second_reading.py draw --cells 600 --seed 20270101 --out reading   # reading/sheet.csv for the reader, reading/key.csv for later
    python scripts/second_reading.py compare reading                                  # reading/outcomes.csv; a person decides what equality cannot
    python scripts/second_reading.py rate reading/outcomes.csv                        # without a file: docs/second-reading.csv

Drawn are cells that rest on a reading of a source, by strata: table by epistemic class. Left out are series taken over whole, readings, and what is derived.
The sheet does not show the value: neither in what is known of the row nor in the place. What identifies the source (title, address, day) stays: the reader has to find it.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import sys
from collections import Counter
from pathlib import Path
from statistics import NormalDist
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[0:1] = [str(ROOT)]

from sco_data.catalog import Catalog  # noqa: E402
from sco_data.database import run as query  # noqa: E402
from sco_data.errors import ScoDataError  # noqa: E402
from scripts.files import Refused, as_csv, table_of, write_all  # noqa: E402

#: What could be compared; of the others the page was not found, broke off, or does not say it.
COMPARED = ("agrees", "less_exact", "partly", "differs", "wrong")
OUTCOMES = (*COMPARED, "not_found", "cut", "silent")
#: What the reader writes under `found`, and what it means without a value.
FOUND = {"yes": "silent", "cut": "cut", "no": "not_found"}
#: A class with fewer cells joins the others of its table; from each stratum come at least so many.
SMALLEST, LEAST = 25, 6
#: What is asked where a source stands behind a row of a table, not behind one of its cells; of other tables, whether it says what the row says.
ASKED = {"summit_attendance": "capacity", "event_participants": "role", "project_participants": "role", "group_members": "start_date"}
WHOLE = "(the row)"
QUESTION = "Does the source say this? Answer yes, no or partly, and under comment what is not in it."
#: These tell the reader what the coder made of it.
HIDDEN = {"source_id", "source_locator", "note", "outcome", "contested", "epistemic"}
SHEET = ["n", "table", "column", "what_it_means", "codes", "known", "title", "publisher", "url", "published_on", "language", "place", "found", "value", "comment"]
KEY = ["n", "draw", "table_name", "row_id", "field_name", "stratum", "cells_in_stratum", "stored", "precision"]
RESULT = ["draw", "table_name", "row_id", "field_name", "stratum", "cells_in_stratum", "outcome", "note"]

Row = dict[str, str]
Cell = tuple[str, str, str]


def text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class Population:
    """The cells that can be drawn, with what stands around them."""

    def __init__(self, root: Path):
        self.catalog = Catalog(root)
        asked = query(
            "SELECT table_name, row_id, coalesce(field_name, ''), source_id, coalesce(source_locator, '') FROM evidence "
            "WHERE relation = 'supports' AND table_name NOT IN ('members', 'statuses', 'readings') ORDER BY evidence_id",
            catalog=self.catalog,
        ).fetchall()
        sources = query("SELECT source_id, title, publisher, url, published_on, language FROM sources", catalog=self.catalog).fetchall()
        self.sources = {source[0]: [text(value) for value in source[1:]] for source in sources}
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        for table in sorted({a[0] for a in asked}):
            answer = query(f"SELECT * FROM {table}", catalog=self.catalog)
            names = [c[0] for c in answer.description or []]
            for row in (dict(zip(names, values)) for values in answer.fetchall()):
                self.rows[table, "|".join(str(row[k]) for k in self.catalog.key(table))] = row
        #: Cell -> the sources that support it and the place in each. Evidence of a row that was not taken leads to none.
        self.cells: dict[Cell, list[tuple[str, str]]] = {}
        for table, key, field, source, place in asked:
            if (table, key) in self.rows:
                self.cells.setdefault((table, key, field), []).append((source, place))

    def strata(self) -> dict[tuple[str, str], list[Cell]]:
        """Return the cells by table and epistemic class."""
        found: dict[tuple[str, str], list[Cell]] = {}
        for cell in self.cells:
            found.setdefault((cell[0], self.rows[cell[:2]].get("epistemic") or "row"), []).append(cell)
        for small in [s for s, cells in found.items() if len(cells) < SMALLEST]:
            cells = found.pop(small)
            found.setdefault((small[0], "other"), []).extend(cells)
        return {stratum: sorted(found[stratum]) for stratum in sorted(found)}

    def item(self, cell: Cell) -> tuple[Row, Row]:
        """Return what the reader sees of a cell, and what is compared with the answer."""
        table, key, field = cell
        row, fields = self.rows[cell[:2]], {f["name"]: f for f in self.catalog.fields(table)}
        column = field or ASKED.get(table, WHOLE)
        stored = "yes" if column == WHOLE else text(row[column])
        hidden = HIDDEN | {column} | ({*self.catalog.key(table)} if len(self.catalog.key(table)) == 1 else set()) | (set() if column == WHOLE else {"summary"})
        known = {name: text(value) for name, value in row.items() if value is not None and name not in hidden and not name.endswith("_precision")}
        if column != WHOLE:
            known = {name: value for name, value in known.items() if not tells(value, stored)}
        source, place = next((s for s in self.cells[cell] if s[0] == row.get("source_id")), self.cells[cell][0])
        about = fields.get(column, {"description": QUESTION})
        seen = {
            "table": f"{table}: {self.catalog.resource(table)['title']}", "column": column, "what_it_means": about["description"],
            "codes": "; ".join(f"{c['value']}: {c['label']}" for c in about.get("categories", [])), "known": "; ".join(f"{name} = {value}" for name, value in known.items()),
            **dict(zip(("title", "publisher", "url", "published_on", "language"), self.sources[source])), "place": "" if tells(place, stored) else place,
        }  # fmt: skip
        return seen, {"table_name": table, "row_id": key, "field_name": field, "stored": stored, "precision": text(row.get(f"{column}_precision"))}


def tells(shown: str, stored: str) -> bool:
    """Whether a text gives the value away; a value as short as a code of a state may stand in any text."""
    return bool(stored) and (shown.casefold() == stored.casefold() or (len(stored) > 3 and stored.casefold() in shown.casefold()))


def draw(population: Population, cells: int, seed: int) -> tuple[list[Row], list[Row]]:
    """Return sheet and key of about so many cells: of each stratum by the root of its size, so that small ones are not left out."""
    strata = population.strata()
    roots, chance = sum(math.sqrt(len(found)) for found in strata.values()), random.Random(seed)
    drawn = []
    for (_, name), found in strata.items():
        share = max(LEAST, round(cells * math.sqrt(len(found)) / roots))
        drawn += [(cell, name, len(found)) for cell in chance.sample(found, min(len(found), share))]
    # The order says nothing of the stratum.
    chance.shuffle(drawn)
    sheet, key = [], []
    for n, (cell, name, size) in enumerate(drawn, 1):
        seen, kept = population.item(cell)
        sheet.append({"n": str(n), **seen})
        key.append({"n": str(n), "draw": str(seed), "stratum": name, "cells_in_stratum": str(size), **kept})
    return sheet, key


def same(stored: str, precision: str, read: str) -> bool:
    """Whether an answer is the stored value, at its precision.

    >>> same("2017-06-01", "month", "2017-06"), same("1250.0", "", "1,250"), same("2017-06-09", "day", "2017-06"), same("true", "", "yes")
    (True, True, False, True)
    """
    stored = stored[: {"month": 7, "year": 4}.get(precision)]
    a, b = (" ".join(value.casefold().split()) for value in (stored, read))
    if a == b or (a, b) in (("true", "yes"), ("false", "no")):
        return True
    try:
        return math.isclose(float(a), float(b.replace(",", "")), rel_tol=1e-9)
    except ValueError:
        return False


def compare(sheet: list[Row], key: list[Row]) -> list[Row]:
    """Return the outcome of each cell; blank, with both values, where a person has to decide.

    Raises
    ------
    Refused : the sheet is of another draw, or an answer is none of those that a reader may give.
    """
    answers = {row["n"]: row for row in sheet}
    if [row["n"] for row in key] != [row["n"] for row in sheet] or any(answers[k["n"]]["column"] != (k["field_name"] or ASKED.get(k["table_name"], WHOLE)) for k in key):
        raise Refused("sheet.csv is not of the draw of key.csv. Mend: give the folder that draw has made; a row of the sheet is neither moved nor taken away.")
    results = []
    for row in key:
        answer = answers[row["n"]]
        found, value = answer["found"].strip().lower(), answer["value"].strip()
        if found not in FOUND:
            raise Refused(f"sheet.csv: n {row['n']}: found is {answer['found']!r}. Mend: write yes, no, or cut where the page breaks off before the place.")
        if found != "yes" or not value:
            outcome, note = FOUND[found], ""
        elif same(row["stored"], row["precision"], value):
            outcome, note = "agrees", ""
        else:
            outcome, note = "", f"stored {row['stored'] or 'blank'}, read {value}" + (f": {answer['comment'].strip()}" if answer["comment"].strip() else "")
        results.append({**{column: row[column] for column in RESULT if column in row}, "outcome": outcome, "note": note})
    return sorted(results, key=lambda r: (r["table_name"], r["row_id"], r["field_name"]))


def interval(share: float, effective: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share in a sample.

    >>> [round(end, 3) for end in interval(0.5, 10)]
    [0.237, 0.763]
    """
    z = NormalDist().inv_cdf(0.975)
    middle, spread = share + z**2 / (2 * effective), z * math.sqrt(share * (1 - share) / effective + z**2 / (4 * effective**2))
    # At no error the ends are 0 but for rounding.
    return max(0.0, (middle - spread) / (1 + z**2 / effective)), min(1.0, (middle + spread) / (1 + z**2 / effective))


def rate(cells: list[Row]) -> dict[str, Any]:
    """Return the error rate weighted by stratum, its interval on the effective sample, and the numbers of each stratum.

    Raises
    ------
    Refused : an outcome is not decided, a stratum has two sizes, or nothing of it could be compared.
    """
    strata: dict[tuple[str, str], Counter[str]] = {}
    sizes: dict[tuple[str, str], int] = {}
    for cell in cells:
        stratum = cell["table_name"], cell["stratum"]
        if cell["outcome"] not in OUTCOMES:
            raise Refused(f"{'/'.join(stratum)}: {cell['row_id']}: the outcome is {cell['outcome'] or 'blank'}. Mend: read the note, and write one of {', '.join(OUTCOMES)}.")
        if sizes.setdefault(stratum, int(cell["cells_in_stratum"])) != int(cell["cells_in_stratum"]):
            raise Refused(f"{'/'.join(stratum)}: two sizes of one stratum. Mend: take the rate of draws from different versions of the data apart.")
        strata.setdefault(stratum, Counter())[cell["outcome"]] += 1
    read = {stratum: sum(found[o] for o in COMPARED) for stratum, found in strata.items()}
    if not cells or not all(read.values()):
        raise Refused(f"{', '.join('/'.join(s) for s in read if not read[s]) or 'nothing was drawn'}: no cell could be compared. Mend: draw more of it.")
    whole = sum(sizes.values())
    share = sum(size * strata[s]["wrong"] / read[s] for s, size in sizes.items()) / whole
    effective = whole**2 / sum(size**2 / read[s] for s, size in sizes.items())
    lower, upper = interval(share, effective)
    return {"population": whole, "share": share, "effective": effective, "lower": lower, "upper": upper, "strata": strata, "sizes": sizes, "read": read}


def report(cells: list[Row]) -> str:
    """Return the error rate as it is printed."""
    found = rate(cells)
    outcomes = Counter(cell["outcome"] for cell in cells)
    lines = [
        f"{len(cells)} cells drawn of {found['population']:,}; {sum(found['read'].values())} could be compared; {outcomes['wrong']} wrong",
        f"error rate, weighted by stratum: {100 * found['share']:.2f} %; 95 % interval {100 * found['lower']:.2f} % to {100 * found['upper']:.2f} % (Wilson, effective sample {found['effective']:.0f})",
        "outcomes: " + ", ".join(f"{outcomes[o]} {o}" for o in OUTCOMES if outcomes[o]),
        "",
        f"{'table':<22}{'stratum':<20}{'cells':>6}{'drawn':>7}{'compared':>10}{'wrong':>7}{'rate %':>8}{'up to %':>9}",
    ]
    for stratum, size in sorted(found["sizes"].items()):
        counts, read = found["strata"][stratum], found["read"][stratum]
        share = counts["wrong"] / read
        lines.append(f"{stratum[0]:<22}{stratum[1]:<20}{size:>6}{counts.total():>7}{read:>10}{counts['wrong']:>7}{100 * share:>8.1f}{100 * interval(share, read)[1]:>9.1f}")
    return "\n".join(lines)


def _rows(file: Path, *columns: str) -> list[Row]:
    return [row for _, row in table_of(file, *columns)]


def run(options: argparse.Namespace) -> str:
    if options.task == "draw":
        if options.out.exists() and (not options.out.is_dir() or any(options.out.iterdir())):
            raise Refused(f"{options.out} is there, and may hold answers. Mend: give another folder with --out.")
        sheet, key = draw(Population(options.root), options.cells, options.seed)
        options.out.mkdir(parents=True, exist_ok=True)
        write_all([(options.out / "sheet.csv", as_csv(SHEET, sheet)), (options.out / "key.csv", as_csv(KEY, key))])
        return f"{len(sheet)} cells: {options.out / 'sheet.csv'} is for the reader; {options.out / 'key.csv'} is not"
    if options.task == "compare":
        results = compare(_rows(options.folder / "sheet.csv", *SHEET), _rows(options.folder / "key.csv", *KEY))
        file = options.folder / "outcomes.csv"
        if file.exists():
            raise Refused(f"{file} is there, and may hold decisions. Mend: move it away.")
        write_all([(file, as_csv(RESULT, results))])
        left = [r for r in results if not r["outcome"]]
        return "\n".join([f"{file}: {len(results) - len(left)} decided, {len(left)} left to a person", *(f"{r['table_name']}/{r['row_id']}.{r['field_name'] or WHOLE}: {r['note']}" for r in left)])
    return report(_rows(options.file, *RESULT))


def positive(value: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,6}", value):
        raise argparse.ArgumentTypeError(f"{value!r} is no number of cells. Mend: give one such as 600.")
    return int(value)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/second_reading.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True, metavar="draw | compare | rate")
    one = tasks.add_parser("draw", help="draw cells for a reader", epilog="example: python scripts/second_reading.py draw --cells 600 --seed 20270101 --out reading")
    one.add_argument("--cells", type=positive, default=600, help="about how many (default: 600); at least six of each stratum, or all")
    one.add_argument("--seed", type=int, required=True, help="the draw is the same for the same seed and data; the day, say")
    one.add_argument("--out", type=Path, required=True, help="the folder to make")
    one.add_argument("--root", type=Path, default=ROOT, help="the folder that holds datapackage.json (default: this checkout)")
    two = tasks.add_parser("compare", help="join the answers to the key", epilog="example: python scripts/second_reading.py compare reading")
    two.add_argument("folder", type=Path, help="the folder of the draw, with the sheet filled in: found (yes, no, cut), value, comment")
    three = tasks.add_parser("rate", help="the error rate with its interval", epilog="example: python scripts/second_reading.py rate")
    three.add_argument("file", type=Path, nargs="?", default=ROOT / "docs/second-reading.csv", help="outcomes (default: docs/second-reading.csv)")
    options = parser.parse_args(argv)
    try:
        print(run(options))
        return 0
    except (Refused, ScoDataError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}. Mend: give a place that can be written.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
