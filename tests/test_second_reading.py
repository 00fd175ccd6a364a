"""The second reading: docs/second-reading.csv says what the codebook and the README say, and scripts/second_reading.py can do it again."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

import sco_data as sco

sys.path.insert(0, str(ROOT))
try:
    from scripts.files import Refused
    from scripts.second_reading import ASKED, COMPARED, KEY, SHEET, WHOLE, Population, compare, draw, interval, rate, report, same
finally:
    sys.path.pop(0)

SCRIPT = ROOT / "scripts" / "second_reading.py"
Row = dict[str, str]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, encoding="utf-8")


def rows_of(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write(file: Path, rows: list[Row]) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def cells() -> list[Row]:
    return rows_of(ROOT / "docs/second-reading.csv")


# -- what was found ------------------------------------------------------------------------------


def test_the_codebook_says_what_was_found(cells: list[Row]) -> None:
    outcomes, found = Counter(c["outcome"] for c in cells), rate(cells)
    assert set(outcomes) <= {*COMPARED, "not_found", "cut", "silent"}
    text = (sco.path() / "data" / "README.md").read_text(encoding="utf-8").partition("## A second reading of the data")[2].partition("\n## ")[0]
    said = [
        f"{len(cells)} cells", f"{found['population']:,}\ncells in all", f"{outcomes['not_found'] + outcomes['cut']} of the pages were not found",
        f"{outcomes['silent']} of those found do not say it", f"Of the {sum(outcomes[o] for o in COMPARED)} that could be compared", f"in {outcomes['less_exact']} the page",
        f"of {outcomes['partly']} rows", f"in {outcomes['differs']} the reader", f"is {100 * found['share']:.0f} %", f"up to {100 * found['upper']:.2f} %",
        f"sample of {found['effective']:.0f})",
    ]  # fmt: skip
    assert [part for part in said if part not in text] == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Of {len(cells)} cells" in readme and f"{sum(outcomes[o] for o in COMPARED)} could be compared" in readme and f"up to {100 * found['upper']:.2f} %" in readme


def test_the_command_prints_what_the_readme_says() -> None:
    done = run("rate")
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()[:2]
    drawn, compared, wrong = (int(n) for n in re.fullmatch(r"(\d+) cells drawn of [\d,]+; (\d+) could be compared; (\d+) wrong", first).groups())  # type: ignore[union-attr]
    share, upper = re.search(r": (\d+)\.\d+ %; 95 % interval [\d.]+ % to ([\d.]+) %", second).groups()  # type: ignore[union-attr]
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert wrong == 0 and f"Of {drawn} cells drawn at random and read again blind, by a machine, {compared} could be compared: no value was wrong" in readme
    assert f"error rate {share} %, 95 % interval up to {upper} %" in readme


def test_a_wrong_cell_would_be_counted(cells: list[Row]) -> None:
    # Of a stratum that was not read whole: there a cell weighs more than itself.
    first = next(c for c in cells if c["outcome"] == "agrees" and c["table_name"] == "summit_attendance")
    worse = [{**c, "outcome": "wrong"} if c is first else c for c in cells]
    found, none = rate(worse), rate(cells)
    stratum = first["table_name"], first["stratum"]
    assert none["share"] == 0 == none["lower"] and none["upper"] < 0.01
    # One cell of a stratum stands for as many as the stratum has of each that was read.
    assert found["share"] == pytest.approx(int(first["cells_in_stratum"]) / none["read"][stratum] / none["population"])
    assert 0 < found["lower"] < found["share"] < found["upper"]
    assert "1 wrong" in report(worse).splitlines()[0] and "0 wrong" in report(cells).splitlines()[0]
    row = next(line for line in report(worse).splitlines() if line.split()[:2] == list(stratum))
    assert row.split()[5] == "1"


def test_the_interval_is_wilsons() -> None:
    # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    known = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}
    for (wrong, read), ends in known.items():
        assert interval(wrong / read, read) == pytest.approx(ends, abs=5e-5)


def test_what_is_not_decided_has_no_rate(cells: list[Row]) -> None:
    with pytest.raises(Refused, match="the outcome is blank. Mend: read the note"):
        rate([{**cells[0], "outcome": ""}, *cells[1:]])
    with pytest.raises(Refused, match="two sizes of one stratum"):
        rate([{**cells[0], "cells_in_stratum": "7"}, *cells[1:]])
    stratum = cells[0]["table_name"], cells[0]["stratum"]
    with pytest.raises(Refused, match=f"{'/'.join(stratum)}: no cell could be compared"):
        rate([{**c, "outcome": "not_found"} if (c["table_name"], c["stratum"]) == stratum else c for c in cells])
    with pytest.raises(Refused, match="nothing was drawn"):
        rate([])


def test_the_cells_are_in_the_data(cells: list[Row]) -> None:
    assert len({(c["table_name"], c["row_id"], c["field_name"]) for c in cells}) == len(cells)
    known = set(sco.sql("SELECT table_name || '/' || row_id || '/' || coalesce(field_name, '') AS cell FROM evidence").cell)
    assert [c for c in cells if f"{c['table_name']}/{c['row_id']}/{c['field_name']}" not in known] == []


# -- a new draw ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def population() -> Population:
    return Population(ROOT)


@pytest.fixture(scope="module")
def drawn(population: Population) -> tuple[list[Row], list[Row]]:
    return draw(population, 600, 20270101)


def test_a_draw_is_the_same_for_the_same_seed_alone(population: Population, drawn: tuple[list[Row], list[Row]]) -> None:
    assert draw(population, 600, 20270101) == drawn
    other = draw(population, 600, 20270102)[1]
    assert {(k["table_name"], k["row_id"], k["field_name"]) for k in other} != {(k["table_name"], k["row_id"], k["field_name"]) for k in drawn[1]}


def test_all_strata_are_drawn_and_weigh_what_they_hold(population: Population, drawn: tuple[list[Row], list[Row]]) -> None:
    key = drawn[1]
    assert 560 <= len(key) <= 660 and len({(k["table_name"], k["row_id"], k["field_name"]) for k in key}) == len(key)
    sizes = {(k["table_name"], k["stratum"]): int(k["cells_in_stratum"]) for k in key}
    assert sizes == {stratum: len(cells) for stratum, cells in population.strata().items()}
    # The population, asked for in another way: every cell with a source behind it, of a row that is there.
    rows = " UNION ALL ".join(
        f"SELECT '{t}', concat_ws('|', {', '.join(population.catalog.key(t))}) FROM {t}" for t in sco.tables() if t not in ("members", "statuses", "readings")
    )  # fmt: skip
    supported = "SELECT DISTINCT table_name, row_id, field_name FROM evidence WHERE relation = 'supports'"
    assert sum(sizes.values()) == sco.sql(f"SELECT count(*) AS n FROM ({supported}) WHERE (table_name, row_id) IN ({rows})").n[0]
    # A class of few cells is joined with others, and each cell is of its class.
    assert all(n >= 25 or stratum == "other" for (_, stratum), n in sizes.items())
    epistemic = sco.sql("SELECT step_id, epistemic FROM status_steps").set_index("step_id").epistemic
    steps = [k for k in key if k["table_name"] == "status_steps" and k["stratum"] != "other"]
    assert steps and all(epistemic[k["row_id"]] == k["stratum"] for k in steps)
    drawn_of = Counter((k["table_name"], k["stratum"]) for k in key)
    assert all(n >= min(6, sizes[s]) for s, n in drawn_of.items())
    largest, smallest = max(sizes, key=lambda s: sizes[s]), min(sizes, key=lambda s: sizes[s])
    assert drawn_of[largest] > drawn_of[smallest] and drawn_of[largest] / sizes[largest] < drawn_of[smallest] / sizes[smallest]


def test_the_sheet_holds_no_stored_value(population: Population) -> None:
    # Every cell of the population, not the drawn ones alone.
    seen = 0
    for cell in population.cells:
        shown, key = population.item(cell)
        assert set(shown) | {"n", "found", "value", "comment"} == set(SHEET) and key["stored"], cell
        if shown["column"] == WHOLE:
            assert key["stored"] == "yes"
            continue
        seen += 1
        parts = [part.partition(" = ") for part in shown["known"].split("; ")]
        assert all(name not in (shown["column"], f"{shown['column']}_precision", "source_locator", "note") for name, _, _ in parts), cell
        stored = key["stored"].casefold()
        assert stored not in {value.casefold() for _, _, value in parts} | {shown["place"].casefold()}, cell
        # Three letters may stand in any word.
        values = [value or rest for rest, _, value in parts]
        assert len(stored) <= 3 or not any(stored in text.casefold() for text in [*values, shown["place"]]), cell
        # The key is made of words of the row: it stays out, but for the parts of a key of several columns.
        assert key["row_id"] not in " ".join(shown[c] for c in ("known", "place")) or "|" in key["row_id"] or len(key["row_id"]) < 8, cell
    assert seen > 5000


def test_what_is_asked_can_be_answered(drawn: tuple[list[Row], list[Row]]) -> None:
    sheet, key = drawn
    assert [s["n"] for s in sheet] == [k["n"] for k in key] == [str(n) for n in range(1, len(sheet) + 1)]
    for shown, kept in zip(sheet, key):
        assert shown["what_it_means"] and shown["title"] and shown["column"] == (kept["field_name"] or ASKED.get(kept["table_name"], WHOLE))
        if shown["codes"]:
            assert kept["stored"] in {code.partition(": ")[0] for code in shown["codes"].split("; ")}


def answered(sheet: list[Row], key: list[Row], say: Callable[[Row], Row] = lambda row: {}) -> list[Row]:
    """Return the sheet of a reader who reads what is stored, but for what `say` has otherwise."""
    return [{**s, "found": "yes", "value": k["stored"][: {"month": 7, "year": 4}.get(k["precision"])], "comment": "", **say(k)} for s, k in zip(sheet, key)]


def test_compare_finds_a_planted_error_and_rate_counts_it(drawn: tuple[list[Row], list[Row]], tmp_path: Path) -> None:
    folder = tmp_path / "reading"
    done = run("draw", "--cells", 600, "--seed", 20270101, "--out", folder)
    assert done.returncode == 0 and done.stdout.startswith(f"{len(drawn[0])} cells: "), done.stderr
    sheet, key = rows_of(folder / "sheet.csv"), rows_of(folder / "key.csv")
    # The same in another process.
    assert key == drawn[1] and [{**row, "found": "", "value": "", "comment": ""} for row in drawn[0]] == sheet
    assert list(sheet[0]) == SHEET and list(key[0]) == KEY and {s["found"] + s["value"] + s["comment"] for s in sheet} == {""}
    day = next(k for k in key if k["precision"] == "day")
    blank, cut, gone = [k["n"] for k in key if k["table_name"] == "summit_attendance"][:3]
    said = {
        day["n"]: {"value": "1999-12-31", "comment": "on New Year's Eve"}, blank: {"value": ""}, cut: {"found": "cut", "value": ""}, gone: {"found": "No", "value": ""},
    }  # fmt: skip
    write(folder / "sheet.csv", answered(sheet, key, lambda k: said.get(k["n"], {})))
    done = run("compare", folder)
    assert done.returncode == 0, done.stderr
    assert f"{len(key) - 1} decided, 1 left to a person" in done.stdout and f"stored {day['stored']}, read 1999-12-31: on New Year's Eve" in done.stdout
    outcomes = rows_of(folder / "outcomes.csv")
    assert Counter(o["outcome"] for o in outcomes) == {"agrees": len(key) - 4, "silent": 1, "cut": 1, "not_found": 1, "": 1}
    # Decisions are not written over, and there is no rate before they are taken.
    assert run("compare", folder).returncode == 1 and run("draw", "--seed", 1, "--out", folder).returncode == 1 and rows_of(folder / "outcomes.csv") == outcomes
    done = run("rate", folder / "outcomes.csv")
    assert done.returncode == 1 and "the outcome is blank. Mend: " in done.stderr
    write(folder / "outcomes.csv", [{**o, "outcome": o["outcome"] or "wrong"} for o in outcomes])
    done = run("rate", folder / "outcomes.csv")
    assert done.returncode == 0 and f"{len(key)} cells drawn of " in done.stdout and "; 1 wrong\n" in done.stdout and "weighted by stratum: 0.00 %" not in done.stdout


def test_equality_decides_what_it_can_and_no_more() -> None:
    equal = [("2017-06-09", "day", "2017-06-09"), ("2017-06-01", "month", "2017-06"), ("2017-01-01", "year", "2017"), ("1250.0", "", " 1,250 "), ("false", "", "No"), ("Astana", "", "astana")]
    other = [("2017-06-09", "day", "2017-06"), ("2017-06-01", "month", "2017-06-01"), ("1250.0", "", "1251"), ("member", "", "member state"), ("no", "", "no evidence"), ("yes", "", "partly")]
    assert [case for case in equal if not same(*case)] == [] and [case for case in other if same(*case)] == []


def test_a_sheet_of_another_draw_is_refused(population: Population, drawn: tuple[list[Row], list[Row]], tmp_path: Path) -> None:
    sheet, key = drawn
    other = answered(*draw(population, 600, 1))
    for wrong in (other, answered(sheet, key)[1:], list(reversed(answered(sheet, key)))):
        with pytest.raises(Refused, match="sheet.csv is not of the draw of key.csv"):
            compare(wrong, key)
    with pytest.raises(Refused, match="n 1: found is ''. Mend: write yes, no, or cut"):
        compare([{**row, "found": ""} if row["n"] == "1" else row for row in answered(sheet, key)], key)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "{folder}/none"], "cannot be read"), (["rate", "{folder}/none.csv"], "cannot be read"), (["rate", "{folder}/other.csv"], "the header lacks"),
        (["draw", "--seed", "1", "--out", "{folder}"], "Mend: give another folder"), (["draw", "--seed", "1", "--out", "{folder}/new", "--root", "{folder}"], "datapackage.json"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_clear_error(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = run(*(a.format(folder=tmp_path) for a in arguments))
    assert done.returncode == 1 and done.stdout == "" and said in done.stderr and "Mend: " in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other.csv"]


@pytest.mark.parametrize("arguments", [["draw", "--out", "x"], ["draw", "--cells", "0", "--seed", "1", "--out", "x"], ["read"], []])
def test_what_is_not_understood_is_2(arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


def test_the_paragraph_for_contributors_works(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    commands = re.findall(r"python scripts/second_reading\.py [^`\n]+", text)
    assert [c.split()[2] for c in commands] == ["draw", "compare", "rate"]
    for task, command in zip(("draw", "compare"), commands):
        done = subprocess.run([sys.executable, str(SCRIPT), *command.split("#")[0].split()[2:]], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
        # Nobody has filled in the sheet yet.
        assert done.returncode == (0 if task == "draw" else 1) and (task == "draw" or "found is ''" in done.stderr), done.stderr
    shutil.rmtree(tmp_path / "reading")
