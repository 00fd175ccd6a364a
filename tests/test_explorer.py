"""The explorer in a real browser, page by page, against the installed package.

Needs Chromium, Playwright and a built site, which nothing else here does: .ci/run gives them. SCO_DATA_TEST_BROWSER names the folder of the site;
SCO_DATA_TEST_CHROMIUM a Chromium that is not on the path.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import gzip
import io
import json
import os
import random
import re
import shutil
import subprocess
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from conftest import ROOT

import sco_data as sco
from sco_data.browsing import server
from sco_data.catalog import Catalog

if not os.environ.get("SCO_DATA_TEST_BROWSER"):
    pytest.skip("SCO_DATA_TEST_BROWSER names no site", allow_module_level=True)
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, sync_playwright

SITE = Path(os.environ["SCO_DATA_TEST_BROWSER"]).resolve()
AXE = ROOT / "explorer/node_modules/axe-core/axe.min.js"
LABELS: dict[str, Any] = json.loads((ROOT / "explorer/labels.json").read_text(encoding="utf-8"))
CATALOG = Catalog(sco.path())
FIRST, LAST = CATALOG.coverage()
#: What is drawn at random is drawn the same in every run.
SEED = 20171109
#: Hostile to a page that takes text for HTML.
HOSTILE = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"
PWNED = "() => window.pwned ?? document.querySelectorAll('main img[onerror], main script, dialog img[onerror], dialog script').length"


@cache
def con() -> Any:
    return sco.connect()


def sql(query: str, *values: Any) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = con().execute(query, values).fetchall()
    return rows


def say(label: str, **values: Any) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: str(values[m[1]]), LABELS[label])


def in_words(day: dt.date, precision: str | None = "day") -> str:
    return str(day.year) if precision == "year" else f"{day:%B %Y}" if precision == "month" else f"{day.day} {day:%B %Y}"


def key_of(table: str) -> str:
    return " || '|' || ".join(f"CAST({part} AS VARCHAR)" for part in CATALOG.key(table))


def address(*parts: str) -> str:
    return "#/" + "/".join(quote(part, safe="") for part in parts)


class Visit:
    """A page of the browser, with whatever went wrong on it."""

    def __init__(self, page: Page, base: str):
        self.page, self.base = page, base
        self.problems: list[str] = []
        page.set_default_timeout(20_000)
        page.on("console", lambda m: self.problems.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.problems.append(f"page error: {e}"))

    def go(self, where: str = "") -> Visit:
        """Go to an address after # and wait until its page is drawn."""
        if self.page.url.startswith(self.base):
            self.page.evaluate("() => document.querySelector('main').removeAttribute('data-ready')")
        if self.page.url == self.base + where:
            self.page.reload()
        else:
            self.page.goto(self.base + where)
        return self.ready()

    def ready(self) -> Visit:
        self.page.wait_for_selector("main[data-ready]", state="attached")
        return self

    def act(self, action: Callable[[], Any]) -> Visit:
        """Do something that leads to another page, and wait until it is drawn."""
        self.page.evaluate("() => document.querySelector('main').removeAttribute('data-ready')")
        action()
        return self.ready()

    def text(self, selector: str) -> str:
        return self.page.text_content(selector) or ""

    @property
    def hash(self) -> str:
        return str(self.page.evaluate("() => location.hash"))

    @property
    def lost(self) -> bool:
        return self.text("h1") == LABELS["not_there"]


@pytest.fixture(scope="session")
def base() -> Iterator[str]:
    made = server(SITE)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_address[1]}/"
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("SCO_DATA_TEST_CHROMIUM") or shutil.which("chromium")
    assert program, "there is no chromium. Mend: install it, or name it in SCO_DATA_TEST_CHROMIUM."
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield made
        made.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as made:
        yield made


@pytest.fixture
def visit(context: BrowserContext, base: str) -> Iterator[Visit]:
    made = Visit(context.new_page(), base)
    yield made
    assert made.problems == []


# ---------------------------------------------------------------------------------------------------------------- pages


@cache
def never_held() -> tuple[str, str]:
    """Return a state that took a step and never held a status."""
    return sql("SELECT actor_id, name FROM actors WHERE actor_id IN (SELECT iso3 FROM status_steps) AND actor_id NOT IN (SELECT iso3 FROM members) ORDER BY actor_id")[0]  # type: ignore[return-value]


def one(query: str) -> str:
    return str(sql(query)[0][0])


@cache
def pages() -> dict[str, str | None]:
    """Return an address of every kind, with its heading; None is that of the overview."""
    summit, document, project, reader = (
        one(q) for q in (
            "SELECT summit_id FROM summit_attendance GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1", "SELECT document_id FROM document_parties GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
            "SELECT project_id FROM project_figures GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1", "SELECT about FROM readings JOIN members ON about = iso3 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
        )
    )  # fmt: skip
    made: dict[str, str | None] = {"#/": None, "": None, f"#/on/{sql('SELECT max(start_date) FROM spells')[0][0]}": None, f"#/on/{FIRST}": None}
    made |= {f"#/{name}": LABELS[name] for name in ("states", "summits", "documents", "projects", "positions", "readings", "figures", "tables", "codebook", "about")}
    made |= {
        "#/state/IND": one("SELECT name FROM members WHERE iso3 = 'IND'"), address("state", never_held()[0]): never_held()[1],
        address("summit", summit): one(f"SELECT title FROM summits WHERE summit_id = '{summit}'"), address("document", document): one(f"SELECT title FROM documents WHERE document_id = '{document}'"),
        address("project", project): one(f"SELECT name FROM projects WHERE project_id = '{project}'"),
        address("readings", reader): say("readings_about", what=one(f"SELECT name FROM actors WHERE actor_id = '{reader}'")),
        "#/table/statuses": "statuses", "#/table/statuses?status=member": "statuses", "#/table/spells": "spells", "#/codebook/statuses": "statuses", "#/codebook/spells": "spells", "#/codebook/status_on": "status_on(day, start_rule := 'default')",
        "#/row/statuses/IND-member-2017": "statuses / IND-member-2017",
    }  # fmt: skip
    for table in CATALOG.resources:
        if len(CATALOG.key(table)) > 1:
            key = one(f"SELECT {key_of(table)} FROM {table} LIMIT 1")
            made[address("row", table, key)] = f"{table} / {key}"
    rejected = sql("SELECT table_name, row_id FROM evidence WHERE relation = 'rejected' AND table_name = 'group_members' AND row_id NOT IN (SELECT group_id || '|' || actor_id || '|' || start_date FROM group_members)")
    made[address("row", *rejected[0])] = " / ".join(rejected[0])
    found = len(sql("SELECT DISTINCT table_name, row_id FROM names WHERE contains(lower(name), 'silk road')"))
    return made | {"#/search/silk%20road": say("found", n=found, text="silk road"), "#/search/qqqq": say("found", n=0, text="qqqq")}


@pytest.mark.parametrize("where", pages())
def test_every_page_has_its_heading_and_fits(visit: Visit, where: str) -> None:
    heading = pages()[where]
    visit.go(where)
    for width in (1280, 360):
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.page.locator("h1").all_text_contents() == [heading or LABELS["overview_title"]]
        assert visit.page.title() == (f"{heading} · {LABELS['site']}" if heading else LABELS["site"])
        overflow = visit.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{overflow} px wider than {width}"
    assert visit.page.locator("main").inner_text().strip()


def test_the_search_box_leads_to_what_is_found(visit: Visit) -> None:
    visit.go()
    visit.page.fill("#find input", "Tashkent")
    visit.act(lambda: visit.page.press("#find input", "Enter"))
    expected = [name for (name,) in sql("SELECT name FROM names WHERE contains(lower(name), 'tashkent')")]
    assert sorted(visit.page.locator("tbody th").all_text_contents()) == sorted(expected) and expected


# --------------------------------------------------------------------------------------------------------------- access


@pytest.fixture(scope="module")
def axe() -> str:
    assert AXE.is_file(), f"{AXE} is not there. Mend: npm ci --prefix explorer"
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")["violations"]
    said = []
    for v in found:
        first = v["nodes"][0]
        line = f"{v['impact']}: {v['id']}: {v['help']} ({len(v['nodes'])}) {first['target']} {first['html'][:160]}"
        print(line)
        said.append(line)
    return [line for line in said if line.startswith(("serious", "critical"))]


@pytest.mark.parametrize("width", [1280, 360])
def test_no_barrier_that_axe_finds(visit: Visit, axe: str, width: int) -> None:
    kinds: dict[str, str] = {}
    for where in pages():
        kinds.setdefault(re.sub(r"^(#/\w*/?).*", r"\1", where), where)
    kinds |= {"lost": "#/state/XXX", "outside": "#/on/1900-01-01"}
    if width == 360:
        # What the narrow page lays out otherwise.
        kinds = {k: kinds[k] for k in ("#/", "#/state/", "#/row/", "#/table/")}
    visit.page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for where in kinds.values():
        print(where)
        visit.go(where)
        if at := violations(visit.page, axe):
            found[where] = at
    assert found == {}


def test_no_barrier_in_the_dialog(visit: Visit, axe: str) -> None:
    visit.go("#/row/statuses/IND-member-2017")
    for column in ("start_date", "iso3"):
        open_dialog(visit, "statuses", "IND-member-2017", column)
        assert violations(visit.page, axe) == []
        visit.page.keyboard.press("Escape")
    visit.go("#/table/claim_checks")
    visit.page.locator("#grid .ag-cell[col-id=claim_id]").first.click()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("dialog[open] h2")
    assert violations(visit.page, axe) == []


# -------------------------------------------------------------------------------------------------------------- the day


@cache
def changes() -> list[dt.date]:
    """Return the days of coverage on which the answer of status_on differs from that of the day before."""
    days = [d for (d,) in sql("SELECT DISTINCT unnest([start_date, end_date]) d FROM spells ORDER BY d") if d and FIRST <= d <= LAST]
    held = "SELECT iso3, status, status_id FROM status_on(?)"
    return [d for d in days if d == FIRST or sql(held, d) != sql(held, d - dt.timedelta(1))]


@cache
def twenty_days() -> list[dt.date]:
    draw = random.Random(SEED)
    at = draw.sample(changes()[1:], 5)
    return [FIRST, LAST, *(d for day in at for d in (day, day - dt.timedelta(1))), *(FIRST + dt.timedelta(draw.randrange((LAST - FIRST).days)) for _ in range(8))]


def expected_on(day: dt.date) -> dict[str, Any]:
    """Return what the package says of a day, in the words of the page."""
    label = dict(sql("SELECT code, label FROM codes WHERE code_list = 'status'"))
    rows = [dict(zip(("iso3", "name", "status", "since", "precision", "legal", "contested", "id"), row)) for row in sql(f"FROM status_on(DATE '{day}')")]
    lists = sorted(
        (label[r["status"]], r["name"], say("since", day=in_words(r["since"], r["precision"])), r["id"], bool(r["contested"]), say("legally", status=label[r["legal"]]) if r["legal"] else "") for r in rows
    )
    held = {r["iso3"]: label[r["status"]] for r in rows}
    tiles = sorted(f"{name}: {held.get(iso3, LABELS['no_status'])}" for iso3, name in sql("SELECT iso3, name FROM members"))
    counts = {label[s]: n for s, n in Counter(r["status"] for r in rows).items()}
    return {"day": str(day), "lists": lists, "tiles": tiles, "counts": counts}


def shown_on(visit: Visit) -> dict[str, Any]:
    shown = visit.page.evaluate("""() => {
        const part = document.querySelector("#as-of > .lists");
        const counts = {}, lists = [];
        for (const s of part?.children ?? []) {
            const [, status, n] = /^(.*) \\((\\d+)\\)$/.exec(s.querySelector("h3").textContent);
            counts[status] = Number(n);
            for (const li of s.querySelectorAll("li")) lists.push([status, li.querySelector("a").textContent, li.querySelector(".since").textContent,
                JSON.parse(li.querySelector(".ev").dataset.evidence)[1], Boolean(li.querySelector(".disputed")), li.querySelector(".note")?.textContent.trim() ?? ""]);
        }
        return { day: document.querySelector("#day").value, lists, counts, tiles: [...document.querySelectorAll(".tile > title")].map((t) => t.textContent),
                 slider: Number(document.querySelector("#slider").value), spoken: document.querySelector("#slider").getAttribute("aria-valuetext") };
    }""")
    day = dt.date.fromisoformat(shown["day"])
    # The box, the slider and what it says of itself are of one day.
    assert dt.date(1970, 1, 1) + dt.timedelta(shown.pop("slider")) == day and shown.pop("spoken") == in_words(day)
    return shown | {"lists": sorted(map(tuple, shown["lists"])), "tiles": sorted(shown["tiles"])}


@pytest.mark.parametrize("way", ["slider", "box", "address"])
def test_each_day_is_as_the_package_has_it(visit: Visit, way: str) -> None:
    visit.go()
    assert shown_on(visit) == expected_on(LAST)
    for day in twenty_days()[1:] + twenty_days()[:1]:
        if way == "slider":
            visit.page.fill("#slider", str((day - dt.date(1970, 1, 1)).days))
        elif way == "box":
            visit.page.fill("#day", str(day))
            visit.page.locator("#day").dispatch_event("change")
        else:
            visit.go(f"#/on/{day}")
        assert visit.hash == f"#/on/{day}"
        assert shown_on(visit) == expected_on(day)


def test_the_buttons_go_from_change_to_change(visit: Visit) -> None:
    visit.go(f"#/on/{changes()[-1]}")
    for day in reversed(changes()[:-1]):
        visit.page.get_by_role("button", name=LABELS["change_before"]).click()
        assert visit.hash == f"#/on/{day}"
    # Before the first there is none: it stays.
    visit.page.get_by_role("button", name=LABELS["change_before"]).click()
    assert shown_on(visit) == expected_on(changes()[0])
    middle = changes()[len(changes()) // 2]
    visit.go(f"#/on/{middle + dt.timedelta(1)}")
    for day in [d for d in changes() if d > middle + dt.timedelta(1)]:
        visit.page.get_by_role("button", name=LABELS["change_after"]).click()
        assert visit.hash == f"#/on/{day}"
    assert shown_on(visit) == expected_on(changes()[-1])
    visit.page.reload()
    visit.ready()
    assert shown_on(visit) == expected_on(changes()[-1])


def test_what_changed_is_told_as_the_package_has_it(visit: Visit) -> None:
    label = dict(sql("SELECT code, label FROM codes WHERE code_list = 'status'"))

    def told(day: dt.date) -> list[str]:
        # status_on of a day outside coverage has no rows: so has the day before the first.
        was, now = ({r[1]: (r[7], label[r[2]]) for r in sql("FROM status_on(?)", d)} for d in (day - dt.timedelta(1), day))
        none = (None, LABELS["no_status"])
        return sorted(f"{name}: {was.get(name, none)[1]} → {now.get(name, none)[1]}" for name in {*was, *now} if was.get(name) != now.get(name))

    days = changes()
    for i in random.Random(SEED).sample(range(1, len(days) - 1), 5):
        visit.go(f"#/on/{days[i]}")
        for at, day in enumerate((days[i], days[i + 1])):
            part = visit.page.locator("#as-of .beside section").nth(at)
            # A change of which only the month is known is told by its month.
            known = {r[4] for r in sql("FROM status_on(?)", day) if r[3] == day}
            assert part.locator("p a").text_content() == in_words(day, known.pop() if len(known) == 1 else "day")
            assert sorted(t.removesuffix(" §") for t in part.locator("li").all_text_contents()) == told(day)


# ------------------------------------------------------------------------------------------------------------- evidence

STATEMENTS = """(root) => [...root.querySelectorAll("ul.statements > li")].map((li) => ({
    relation: li.className, heading: li.closest("section").querySelector("h3").textContent, sign: getComputedStyle(li, "::marker").content,
    column: li.querySelector(".of")?.textContent.replace(/: $/, "") ?? null, stated: li.querySelector(".stated")?.textContent ?? null, quoted: li.querySelector("q") !== null, coded: li.querySelector(".coded")?.textContent ?? null,
    source: li.querySelector(".source > a[href^='#/row/sources/']").textContent, locator: li.querySelector(".source > span")?.textContent ?? null, note: li.querySelector(".note")?.textContent ?? null,
}))"""


def expected_statements(table: str, row: str, column: str | None = None) -> Counter[tuple[Any, ...]]:
    title = {f["name"]: f["title"] for f in CATALOG.fields(table)}
    with warnings.catch_warnings():
        # That nobody states a row by itself is for its own test.
        warnings.simplefilter("ignore")
        said = sco.evidence(table, row, column)
    said = said.astype(object).where(said.notna(), None)
    per = Counter(said.relation)
    return Counter(
        (
            e.relation, say(f"relation_{e.relation}", n=per[e.relation]), title.get(e.field_name), e.stated_value,
            say("coded_as", value=e.coded_value) if e.coded_value is not None and e.coded_value != e.stated_value else None, e.source_id, e.source_locator, e.note,
        )
        for e in said.itertuples()
    )  # fmt: skip


def shown_statements(root: Locator) -> Counter[tuple[Any, ...]]:
    found = root.evaluate(STATEMENTS)
    for s in found:
        # Marked for the eye as well as by its heading.
        assert ("≠" in s["sign"]) == (s["relation"] != "supports"), s
        # What stands as it was coded may be a code of ours: it is no quotation.
        assert s["quoted"] or s["coded"] is None, s
    return Counter((s["relation"], s["heading"], s["column"], s["stated"], s["coded"], s["source"], s["locator"], s["note"]) for s in found)


def open_dialog(visit: Visit, table: str, row: str, column: str) -> Locator:
    button = visit.page.locator(f"main [data-evidence={json.dumps(json.dumps([table, row, column], ensure_ascii=False, separators=(',', ':')))}]").first
    button.click()
    visit.page.wait_for_selector("dialog[open] h2")
    return visit.page.locator("dialog")


@cache
def sample() -> dict[str, list[str]]:
    """Return for each sourced table a row with statements of each relation, of a cell and of the whole, its own and of a series."""
    rows = sql("""
        WITH each AS (
            SELECT table_name, row_id, relation, field_name IS NULL AS whole, evidence_id IN (SELECT evidence_id FROM evidence) AS own, hash(row_id || ?) AS h FROM statements
        )
        SELECT table_name, row_id FROM each GROUP BY table_name, row_id, relation, whole, own, h
        QUALIFY row_number() OVER (PARTITION BY table_name, relation, whole, own ORDER BY h) = 1 ORDER BY 1, 2
    """, str(SEED))  # fmt: skip
    found: dict[str, list[str]] = {}
    for table, row in dict.fromkeys(rows):
        found.setdefault(table, []).append(row)
    return found


def test_every_sourced_table_is_in_the_sample() -> None:
    assert set(sample()) == {t for (t,) in sql("SELECT DISTINCT table_name FROM statements")} and {"economic_figures", "roll_calls", "roll_call_votes"} < set(sample())


@pytest.mark.parametrize("table", sample())
def test_a_row_shows_every_statement_and_so_does_a_cell(visit: Visit, table: str) -> None:
    asked = 0
    for row in sample()[table]:
        visit.go(address("row", table, row))
        assert shown_statements(visit.page.locator("main")) == expected_statements(table, row), row
        # Rejected rows are none of the table, and have no cells.
        stated = [c for (c,) in sql(f"SELECT field_name FROM statements JOIN {table} ON {key_of(table)} = row_id WHERE table_name = ? AND row_id = ? AND field_name IS NOT NULL GROUP BY 1 ORDER BY count(DISTINCT relation) DESC, hash(field_name) LIMIT 1", table, row)]
        # To ask the package for each takes its time.
        for column in [c for c in stated if asked < 2 and sql(f"SELECT {c} FROM {table} WHERE {key_of(table)} = ?", row)[0][0] is not None]:
            dialog = open_dialog(visit, table, row, column)
            assert shown_statements(dialog) == expected_statements(table, row, column), (row, column)
            assert unquote(dialog.locator("p a").first.get_attribute("href") or "") == f"#/row/{table}/{row}"
            visit.page.keyboard.press("Escape")
            asked += 1
    has_cells = sql("SELECT 1 FROM statements WHERE table_name = ? AND field_name IS NOT NULL", table)
    assert asked or not has_cells


def test_a_cell_that_nobody_states_says_so(visit: Visit) -> None:
    row = "IND-member-2017"
    visit.go(address("row", "statuses", row))
    origin = {f["name"]: f["origin"] for f in CATALOG.fields("statuses")}
    column = next(c for c in origin if origin[c] == "key")
    assert sql("SELECT 1 FROM statements WHERE table_name = 'statuses' AND row_id = ? AND field_name = ?", row, column) == []
    dialog = open_dialog(visit, "statuses", row, column)
    assert LABELS["origin"]["key"] in dialog.inner_text()
    all_said = expected_statements("statuses", row)
    shown = shown_statements(dialog)
    # All that is said of the row, those that say otherwise too; and no heading says that somebody states the cell.
    assert Counter((s[0], *s[2:]) for s in shown.elements()) == Counter((s[0], *s[2:]) for s in all_said.elements())
    assert {s[1] for s in shown} == {say(f"rests_{r}", n=n) for r, n in Counter(s[0] for s in all_said.elements()).items()}


def test_the_sources_of_a_summary_are_those_of_its_row(visit: Visit) -> None:
    visit.go("#/state/IND")
    buttons = visit.page.locator("main [data-evidence$=',null]']")
    asked = [json.loads(b) for b in buttons.evaluate_all("(all) => all.map((b) => b.dataset.evidence)")]
    assert {table for table, _, _ in asked} >= {"positions", "document_parties"}
    for i in sorted(random.Random(SEED).sample(range(len(asked)), 5) + [next(i for i, a in enumerate(asked) if a[0] == "document_parties")]):
        buttons.nth(i).click()
        visit.page.wait_for_selector("dialog[open] h2")
        assert shown_statements(visit.page.locator("dialog")) == expected_statements(*asked[i][:2]) != Counter()
        visit.page.keyboard.press("Escape")


def test_beside_sources_differ_stands_who_differs(visit: Visit) -> None:
    visit.go("#/state/IND")
    lead = visit.page.locator("main .lead")
    assert LABELS["disputed"] in (lead.text_content() or "")
    lead.locator(".ev").click()
    visit.page.wait_for_selector("dialog[open] h2")
    shown = shown_statements(visit.page.locator("dialog"))
    assert shown == expected_statements("members", "IND", "latest_status_since") and any(s[0] == "contradicts" for s in shown)


def test_a_late_answer_does_not_take_the_place_of_the_next(visit: Visit) -> None:
    visit.go("#/row/statuses/IND-member-2017")
    held: list[Any] = []
    visit.page.route("**/evidence/status_steps.csv", lambda route: held.append(route))
    # Drawn in the browser, without an answer for now.
    visit.page.evaluate("""() => { for (const [table, key] of [["status_steps", "IND-member-granted"], ["statuses", "IND-member-2017"]]) {
        const b = document.createElement("button"); b.dataset.evidence = JSON.stringify([table, key, null]); b.id = table; b.textContent = table; document.querySelector("main").append(b); } }""")
    visit.page.locator("#status_steps").click()
    visit.page.wait_for_selector("dialog[open]")
    visit.page.keyboard.press("Escape")
    visit.page.locator("#statuses").click()
    visit.page.wait_for_selector("dialog[open] h2")
    assert held
    with visit.page.expect_response("**/evidence/status_steps.csv"):
        held[0].continue_()
    visit.page.wait_for_timeout(300)
    assert "statuses / IND-member-2017" in visit.text("dialog")


def test_no_date_is_shown_more_exactly_than_it_is_known(visit: Visit) -> None:
    for iso3, day, precision in sql("SELECT actor_id, start_date, start_date_precision FROM dissent_reported WHERE start_date_precision <> 'day'"):
        visit.go(address("state", iso3))
        shown = visit.text("main")
        assert in_words(day, precision) in shown and in_words(day) not in shown
    for project, first, last in sql("SELECT project_id, first_day, last_day FROM (SELECT DISTINCT project_id, first_day, last_day FROM project_figures WHERE first_day IS NOT NULL) ORDER BY hash(project_id || first_day) LIMIT 6"):
        visit.go(address("project", project))
        whole_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
        said = (str(first.year) if first.year == last.year else f"{first.year}–{last.year}") if whole_years else None
        cells = visit.page.locator("main table").last.locator("td").all_text_contents()
        if said:
            assert said in cells and in_words(last) not in cells
        else:
            assert any(c.endswith((in_words(last), in_words(last, "month"))) for c in cells)


def test_a_value_of_a_view_says_how_it_is_computed(visit: Visit) -> None:
    visit.go("#/table/claim_checks")
    visit.page.locator("#grid .ag-cell[col-id=claim_id]").first.click()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("dialog[open] h2")
    claim = visit.text("#grid .ag-cell[col-id=claim_id]")
    assert visit.page.locator("dialog a").first.get_attribute("href") == address("row", "claims", claim)
    assert say("computed", view="claim_checks") in visit.text("dialog")
    uses = set(visit.page.locator("dialog a").all_text_contents())
    assert "claims" in uses


@pytest.mark.parametrize("table", sco.tables())
def test_the_citation_is_that_of_the_package(visit: Visit, table: str) -> None:
    known = [r for (r,) in sql(f"SELECT {key_of(table)} FROM {table}")]
    # Who contradicts a row is not cited for it; what was rejected is no row, and is cited all the same.
    contradicted = sql("SELECT row_id FROM statements WHERE table_name = ? AND relation = 'contradicts' GROUP BY 1 ORDER BY hash(row_id) LIMIT 1", table)
    rows = [*random.Random(SEED).sample(known, 2), *(r for (r,) in contradicted), *[r for r in sample().get(table, ()) if r not in known][:1]]
    for row in rows:
        visit.go(address("row", table, row))
        assert visit.text("#citation") == sco.cite(table, row)


def test_a_source_shows_what_rests_on_it(visit: Visit) -> None:
    source = one("SELECT source_id FROM evidence GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
    visit.go(address("row", "sources", source))
    visit.page.get_by_role("button", name=LABELS["show_what_rests"]).click()
    visit.page.wait_for_selector("#rests table")
    shown = visit.page.locator("#rests tbody tr").evaluate_all("(all) => all.map((tr) => [tr.cells[0].textContent, tr.cells[1].textContent, tr.querySelector('a').getAttribute('href')])")
    assert all(unquote(to) == f"#/row/{of}/{row}" for of, row, to in shown)
    assert sorted((of, row) for of, row, _ in shown) == sorted(sql("SELECT DISTINCT table_name, row_id FROM evidence WHERE source_id = ?", source))
    assert visit.page.evaluate("() => document.activeElement.tagName") == "H2"


def test_back_leads_to_where_the_page_was_left(visit: Visit) -> None:
    visit.go("#/readings")
    visit.page.evaluate("() => scrollTo(0, 1500)")
    # A click by Playwright would scroll to the link first.
    visit.act(lambda: visit.page.evaluate("() => { location.hash = '#/states'; }"))
    assert visit.page.evaluate("() => scrollY") == 0
    visit.act(visit.page.go_back)
    assert visit.page.evaluate("() => scrollY") == 1500


def test_tab_leaves_the_grid(visit: Visit) -> None:
    visit.go("#/table/statuses")
    visit.page.locator("#grid .ag-cell").first.click()
    for _ in range(3):
        visit.page.keyboard.press("Tab")
    assert not visit.page.evaluate("() => document.querySelector('#grid').contains(document.activeElement)")


# --------------------------------------------------------------------------------------------------------------- tables


def as_file(value: Any) -> str:
    """Return a value of SQL as a CSV file of the release has it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def same(shown: str, value: Any) -> bool:
    return float(shown) == value if isinstance(value, float) and shown else shown == as_file(value)


def downloaded(visit: Visit) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of the CSV of what is shown."""
    with visit.page.expect_download() as waiting:
        visit.page.click("#as-csv")
    header, *rows = csv.reader(io.StringIO(Path(waiting.value.path()).read_bytes().decode("utf-8"), newline=""))
    return header, rows


def check(visit: Visit, query: str, *values: Any, ordered: str | None = None) -> None:
    """The CSV of what is shown has the rows of a query, cell by cell; in its order if they are sorted by a column."""
    found = con().execute(query, values)
    columns, rows = [c[0] for c in found.description], found.fetchall()
    header, shown = downloaded(visit)
    assert header == columns and len(shown) == len(rows) and rows
    of = sql(f"SELECT count(*) FROM {query.split()[1]}")[0][0]
    assert visit.text("#shown") == say("rows_shown", n=f"{len(rows):,}", of=f"{of:,}")
    if ordered:
        at = columns.index(ordered)
        assert all(same(s[at], r[at]) for s, r in zip(shown, rows))
        # Rows that are equal in that column stand in no order.
        shown, rows = sorted(shown), sorted(rows, key=lambda row: [as_file(v) for v in row])
    wrong = [(s, r) for s, r in zip(shown, rows) if not all(same(a, b) for a, b in zip(s, r))]
    assert wrong == []


def grid(visit: Visit, where: str) -> Visit:
    visit.go(where)
    visit.page.wait_for_selector("#grid .ag-header-cell")
    return visit


VIEWS = [v for v in sco.views() if v not in sco.tables() and not con().execute("SELECT 1 FROM duckdb_functions() WHERE function_name = ? AND function_type = 'table_macro'", [v]).fetchall()]


@pytest.mark.parametrize("names", [sco.tables(), VIEWS], ids=["tables", "views"])
def test_every_table_and_view_opens_whole(visit: Visit, names: list[str]) -> None:
    wrong = {}
    for name in names:
        grid(visit, address("table", name))
        columns = [c[0] for c in con().execute(f"FROM {name} LIMIT 0").description]
        n = f"{sql(f'SELECT count(*) FROM {name}')[0][0]:,}"
        shown = visit.text("#shown"), visit.page.evaluate("() => document.querySelector('#grid').gridApi.getColumns().map((c) => c.getColId())")
        if shown != (say("rows_shown", n=n, of=n), columns):
            wrong[name] = shown
    assert wrong == {}


def test_a_whole_table_is_taken_along_as_it_is(visit: Visit) -> None:
    for name in ("statuses", "codes", "claim_checks"):
        grid(visit, address("table", name))
        check(visit, f"FROM {name}")


@pytest.mark.parametrize(
    ("where", "query"),
    [
        ("statuses?status=member", "FROM statuses WHERE status = 'member'"),
        ("economic_figures?subject_id=IND&indicator=exports_to_gdp", "FROM economic_figures WHERE subject_id = 'IND' AND indicator = 'exports_to_gdp'"),
        ("country_years?year=2017&status_dec31=observer", "FROM country_years WHERE year = 2017 AND status_dec31 = 'observer'"),
        ("statuses?start_date=2017-06-09", "FROM statuses WHERE start_date = DATE '2017-06-09'"),
        ("statuses?contested=true", "FROM statuses WHERE contested"),
        ("vote_agreement?iso3_1=IND", "FROM vote_agreement WHERE iso3_1 = 'IND'"),
        ("group_years?indicator=gdp_current&year_rule=dec31", "FROM group_years WHERE indicator = 'gdp_current' AND year_rule = 'dec31'"),
    ],
)
def test_a_filter_in_the_address(visit: Visit, where: str, query: str) -> None:
    grid(visit, f"#/table/{where}")
    check(visit, query)
    # The address still says it.
    assert visit.hash == f"#/table/{where}"


def test_the_search_in_all_columns(visit: Visit) -> None:
    words = ("Astana", "2017")
    joined = " || ' ' || ".join(f"coalesce(CAST({f['name']} AS VARCHAR), '')" for f in CATALOG.fields("summits"))
    query = "FROM summits WHERE " + " AND ".join(f"{joined} ILIKE '%{w}%'" for w in words)
    grid(visit, "#/table/summits")
    visit.page.fill("#quick", " ".join(words))
    check(visit, query)
    # The address leads there again.
    visit.page.reload()
    visit.ready()
    check(visit, query)
    visit.page.click("#no-filter")
    check(visit, "FROM summits")
    assert visit.hash == "#/table/summits"


@pytest.mark.parametrize(("table", "column"), [("summits", "session_date"), ("projects", "name"), ("country_years", "ccode")])
def test_a_click_on_a_head_sorts(visit: Visit, table: str, column: str) -> None:
    grid(visit, address("table", table))
    visit.page.evaluate("(c) => document.querySelector('#grid').gridApi.ensureColumnVisible(c)", column)
    head = visit.page.locator(f".ag-header-cell[col-id={column}] .ag-header-cell-text")
    for way in ("ASC NULLS FIRST", "DESC NULLS LAST"):
        head.click()
        visit.page.wait_for_selector(f".ag-header-cell[col-id={column}][aria-sort={'ascending' if way.startswith('A') else 'descending'}]")
        check(visit, f"FROM {table} ORDER BY {column} {way}", ordered=column)


def test_75_000_votes_scroll_and_filter(visit: Visit) -> None:
    began = time.monotonic()
    grid(visit, "#/table/roll_call_votes")
    opened = time.monotonic()
    visit.page.locator("#grid .ag-cell").first.click()
    visit.page.keyboard.press("Control+End")
    n = sql("SELECT count(*) FROM roll_call_votes")[0][0]
    visit.page.wait_for_selector(f"#grid [role=row][row-index='{n - 1}']")
    last = sql("SELECT roll_call_id, iso3 FROM roll_call_votes")[-1]
    at = visit.page.locator(f"#grid [role=row][row-index='{n - 1}'] .ag-cell")
    assert at.locator("xpath=self::*[@col-id='roll_call_id' or @col-id='iso3']").all_text_contents() == list(last)
    scrolled = time.monotonic()
    visit.page.fill("#quick", "abstain IND")
    expected = sql("SELECT count(*) FROM roll_call_votes WHERE concat_ws(' ', roll_call_id, iso3, vote, source_id, source_locator) ILIKE '%abstain%' AND concat_ws(' ', roll_call_id, iso3, vote, source_id, source_locator) ILIKE '%IND%'")[0][0]
    visit.page.get_by_text(say("rows_shown", n=f"{expected:,}", of=f"{n:,}")).wait_for()
    filtered = time.monotonic()
    print(f"roll_call_votes: opened in {opened - began:.2f} s, at its end after {scrolled - opened:.2f} s, filtered after {filtered - scrolled:.2f} s")


# ------------------------------------------------------------------------------------------------------------- keyboard


def focused(visit: Visit) -> str:
    return str(visit.page.evaluate("() => { const e = document.activeElement; return e.id || e.dataset.evidence || e.getAttribute('col-id') || e.textContent.trim(); }"))


def test_the_skip_link_leads_to_the_content_and_stays_on_the_page(visit: Visit) -> None:
    heading = visit.go("#/states").text("h1")
    visit.page.evaluate("() => document.activeElement.blur()")
    visit.page.reload()
    visit.ready()
    visit.page.keyboard.press("Tab")
    assert focused(visit) == LABELS["skip"]
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("() => document.querySelector('main').contains(document.activeElement)")
    assert (visit.text("h1"), visit.hash) == (heading, "#/states")


def test_the_pages_are_reached_by_keyboard(visit: Visit) -> None:
    visit.go("#/")
    visit.page.reload()
    visit.ready()
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        if focused(visit) == LABELS["summits"]:
            break
    visit.act(lambda: visit.page.keyboard.press("Enter"))
    assert visit.text("h1") == LABELS["summits"] and visit.page.locator("nav a[aria-current=page]").all_text_contents() == [LABELS["summits"]]
    # What is read next is the new page.
    assert visit.page.evaluate("() => document.activeElement.tagName") == "H1"


def test_the_slider_moves_by_arrow_keys(visit: Visit) -> None:
    day = changes()[-3] - dt.timedelta(1)
    visit.go(f"#/on/{day}")
    visit.page.focus("#slider")
    for key, next_day in (("ArrowRight", day + dt.timedelta(1)), ("ArrowLeft", day), ("Home", FIRST), ("End", LAST)):
        visit.page.keyboard.press(key)
        assert visit.hash == f"#/on/{next_day}" and focused(visit) == "slider"
        assert shown_on(visit) == expected_on(next_day)


def test_evidence_opens_with_enter_and_gives_the_focus_back(visit: Visit) -> None:
    visit.go("#/row/statuses/IND-member-2017")
    button = visit.page.locator("main .ev").nth(3)
    button.focus()
    mine = focused(visit)
    for close in ("Escape", "button"):
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_selector("dialog[open] ul.statements")
        assert visit.page.evaluate("() => document.querySelector('dialog').contains(document.activeElement)")
        if close == "Escape":
            visit.page.keyboard.press("Escape")
        else:
            visit.page.locator("dialog").get_by_role("button", name=LABELS["close"]).focus()
            visit.page.keyboard.press("Enter")
        assert visit.page.locator("dialog[open]").count() == 0 and focused(visit) == mine


def tab_into_the_grid(visit: Visit) -> None:
    grid(visit, "#/table/statuses")
    visit.page.focus("#no-filter")
    for _ in range(8):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("() => document.querySelector('#grid').contains(document.activeElement)"):
            break


def test_the_grid_by_arrows_and_enter(visit: Visit) -> None:
    tab_into_the_grid(visit)
    # From the head into the rows, one row down and one column on.
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        visit.page.keyboard.press(key)
    assert focused(visit) == CATALOG.fields("statuses")[1]["name"]
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("dialog[open] h2")
    second = sql("SELECT status_id FROM statuses")[1][0]
    assert visit.text("dialog p a") == f"statuses / {second}"
    visit.page.keyboard.press("Escape")
    assert focused(visit) == CATALOG.fields("statuses")[1]["name"]


def test_a_column_is_filtered_by_keyboard(visit: Visit) -> None:
    tab_into_the_grid(visit)
    for _ in range(2):
        visit.page.keyboard.press("ArrowRight")
    column = CATALOG.fields("statuses")[2]["name"]
    assert focused(visit) == column
    visit.page.keyboard.press("Control+Enter")
    entry = visit.page.locator(".ag-filter input[type=text]").first
    entry.wait_for()
    for _ in range(4):
        if entry.evaluate("(e) => e === document.activeElement"):
            break
        visit.page.keyboard.press("Tab")
    visit.page.keyboard.type("observ")
    n = sql(f"SELECT count(*) FROM statuses WHERE contains({column}, 'observ')")[0][0]
    visit.page.get_by_text(say("rows_shown", n=n, of=len(sql("FROM statuses")))).wait_for()
    visit.page.keyboard.press("Escape")
    check(visit, f"FROM statuses WHERE contains({column}, 'observ')")


# ----------------------------------------------------------------------------------------------- what is bad or hostile


#: Suggestions that were seen to lead somewhere.
FOUND: set[str] = set()


@pytest.mark.parametrize(
    ("where", "near"),
    [
        ("#/nonsense", None), ("#/state/XXX", None), ("#/state/INDIA", "#/state/IND"), ("#/state/", None), ("#/state", None), ("#/summit/chs-20177", "#/summit/chs-2017"), ("#/document/ufa-declaration-2016", "#/document/ufa-declaration-2015"),
        ("#/project/cpec2", "#/project/cpec"), ("#/table/statusses", "#/table/statuses"), ("#/table", None), ("#/table/status_on", None), ("#/codebook/statusses", "#/codebook/statuses"),
        ("#/row/statuses/IND-member-2018", "#/row/statuses/IND-member-2017"), ("#/row/statusses/x", "#/table/statuses"), ("#/row/statuses", None), ("#/row", None), ("#/readings/ZZZ", None),
        ("#/constructor", None), ("#/table/constructor", None), ("#/row/__proto__/x", None), ("#/state/%E0%A4%A", None), ("#/%", None), ("#/state/%3Cimg%20src=x%20onerror=window.pwned=1%3E", None),
        ("#/<img src=x onerror=window.pwned=1>", None), ("#/table/<img src=x onerror=window.pwned=1>", None), ("#/row/statuses/<img src=x onerror=window.pwned=1>", None),
    ],
)  # fmt: skip
def test_a_bad_link_gets_a_helpful_page(browser: Browser, base: str, where: str, near: str | None) -> None:
    # Without the policy of the page, so that it is the page that does not run what it is given.
    with browser.new_context(bypass_csp=True) as context:
        visit = Visit(context.new_page(), base)
        visit.go(where)
        assert visit.lost, visit.text("h1")
        links = visit.page.locator("main a").evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
        assert {"#/", "#/tables"} <= set(links)
        assert near is None or near in links
        said = visit.page.get_by_role("alert").inner_text()
        assert not re.search(r"TypeError|undefined|null|\[object|not a function", said), said
        for n in {*links} - {"#/", "#/tables"} - FOUND:
            assert not visit.go(n).lost, n
            FOUND.add(n)
        assert visit.page.evaluate(PWNED) == 0 and visit.problems == []


@pytest.mark.parametrize("where", ["#/search/<img src=x onerror=window.pwned=1>", "#/on/<img src=x onerror=window.pwned=1>", "#/table/statuses?search=<img src=x onerror=window.pwned=1>", "#/table/statuses?<img src=x onerror=window.pwned=1>=1"])
def test_what_the_address_says_is_text(browser: Browser, base: str, where: str) -> None:
    with browser.new_context(bypass_csp=True) as context:
        visit = Visit(context.new_page(), base)
        visit.go(where)
        visit.page.wait_for_timeout(100)
        assert visit.page.evaluate(PWNED) == 0 and visit.problems == []
        shown = visit.page.inner_text("main") + (visit.page.input_value("#quick") if "table" in where else "")
        assert "<img src" in shown


@pytest.mark.parametrize(
    "asked", [str(FIRST - dt.timedelta(1)), str(LAST + dt.timedelta(1)), "2030-01-01", "2017-02-31", "2017-13-01", "2017-6-9", "yesterday", "2017", "20170609", "%E0%A4%A"]
)
def test_a_day_that_is_none_or_not_covered_gets_no_answer(visit: Visit, asked: str) -> None:
    visit.go(f"#/on/{asked}")
    if asked.startswith("%"):
        assert visit.lost
        return
    assert visit.page.get_by_role("alert").inner_text() == say("out_of_coverage", first=in_words(FIRST), last=in_words(LAST), asked=asked)
    assert visit.page.locator("#as-of .lists, .tile").count() == 0
    # From there a day can be chosen.
    visit.page.fill("#slider", str((LAST - dt.date(1970, 1, 1)).days - 1))
    assert shown_on(visit) == expected_on(LAST - dt.timedelta(1))


def test_an_unknown_column_in_the_address_is_named(visit: Visit) -> None:
    grid(visit, "#/table/statuses?statis=member")
    assert visit.page.locator("main [role=alert]").inner_text() == say("no_column", columns="statis", table="statuses")
    check(visit, "FROM statuses")


def altered(site: Path, name: str, change: Callable[[dict[str, str]], dict[str, str] | None]) -> str:
    """Return a CSV file of the site in which rows were changed."""
    with (site / name).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | (change(row) or {}) for row in rows)
    return out.getvalue()


def hostile_files() -> dict[str, str]:
    days = json.loads((SITE / "days.json").read_text(encoding="utf-8"))
    days["names"] = {iso3: name + HOSTILE for iso3, name in days["names"].items()}
    for change in days["changes"]:
        for held in change["held"]:
            held["status_id"] += '"><script>window.pwned=1</script>' if held["iso3"] == "CHN" else ""
    labels = {code: label + HOSTILE for code, label in days["statuses"].items()}
    return {
        "days.json": json.dumps(days | {"statuses": labels}),
        "data/actors.csv": altered(SITE, "data/actors.csv", lambda r: {"name": r["name"] + HOSTILE, "official_name": HOSTILE}),
        "data/sources.csv": altered(SITE, "data/sources.csv", lambda r: {"url": "javascript:window.pwned=1", "title": r["title"] + HOSTILE, "publisher": HOSTILE}),
        "data/documents.csv": altered(SITE, "data/documents.csv", lambda r: {"url": "javascript:window.pwned=1", "title": r["title"] + HOSTILE}),
        "data/statuses.csv": altered(SITE, "data/statuses.csv", lambda r: {"note": HOSTILE, "source_id": r["source_id"]}),
        "data/projects.csv": altered(SITE, "data/projects.csv", lambda r: {"name": r["name"] + HOSTILE, "summary": "javascript:window.pwned=1"}),
        "evidence/statuses.csv": altered(SITE, "evidence/statuses.csv", lambda r: {"stated_value": HOSTILE, "source_locator": HOSTILE, "note": HOSTILE}),
    }


def test_hostile_data_are_shown_as_text(browser: Browser, base: str) -> None:
    files = hostile_files()

    def answer(route: Route) -> None:
        name = urlsplit(route.request.url).path.lstrip("/")
        if name in files:
            route.fulfill(body=files[name], content_type="application/json" if name.endswith(".json") else "text/csv")
        else:
            route.continue_()

    project, document = one("SELECT project_id FROM projects LIMIT 1"), one("SELECT document_id FROM documents LIMIT 1")
    source = one("SELECT source_id FROM evidence WHERE table_name = 'statuses' LIMIT 1")
    with browser.new_context(bypass_csp=True) as context:
        context.route("**/*", answer)
        visit = Visit(context.new_page(), base)
        for where in ("", "#/states", "#/state/IND", "#/document/" + document, "#/documents", "#/projects", "#/project/" + project, "#/row/statuses/IND-member-2017", "#/row/sources/" + source, "#/row/documents/" + document, "#/table/statuses", "#/table/actors", "#/positions"):
            visit.go(where)
            if where.startswith("#/table"):
                visit.page.wait_for_selector("#grid .ag-cell")
                # A grid draws the cells in view.
                visit.page.evaluate("() => document.querySelector('#grid').gridApi.ensureColumnVisible(document.querySelector('#grid').gridApi.getColumns().at(-1))")
                visit.page.locator("#grid .ag-cell").last.hover()
                visit.page.wait_for_timeout(600)
            for mark in visit.page.locator("main .ev").all()[:2]:
                mark.click()
                visit.page.wait_for_selector("dialog[open] h2")
                schemes(visit)
                assert visit.page.evaluate(PWNED) == 0
                visit.page.keyboard.press("Escape")
            schemes(visit)
            assert visit.page.evaluate(PWNED) == 0, where
            # A grid cuts what is wider than its cell, in sight and not in the text.
            assert "window.pwned=1" in visit.text("main") or where == "#/table/actors", where
        visit.go("#/row/statuses/IND-member-2017")
        open_dialog(visit, "statuses", "IND-member-2017", "start_date")
        assert visit.page.locator("dialog q").first.text_content() == HOSTILE
        assert visit.problems == []


def schemes(visit: Visit) -> None:
    found = visit.page.evaluate("() => [...document.querySelectorAll('a[href], form[action], img[src], iframe, object, embed')].map((e) => new URL(e.getAttribute('href') ?? e.getAttribute('src') ?? '', document.baseURI).protocol)")
    assert set(found) <= {"http:", "https:"}, found


def test_the_first_view_is_drawn_escaped(tmp_path: Path) -> None:
    program = shutil.which("node")
    assert program, "there is no node. Mend: install Node.js 20 or newer."
    for file in SITE.rglob("*.js"):
        if file.name != "ag-grid-community.js":
            (tmp_path / file.relative_to(SITE)).parent.mkdir(exist_ok=True, parents=True)
            shutil.copy(file, tmp_path / file.relative_to(SITE))
    shutil.copy(ROOT / "explorer/prerender.mjs", tmp_path)
    given = {"labels": LABELS, "days": json.loads(hostile_files()["days.json"])}
    done = subprocess.run([program, "prerender.mjs"], cwd=tmp_path, input=json.dumps(given), capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "<script" not in done.stdout and "<img" not in done.stdout
    # The value of an attribute ends where it should: after its quote comes the next or the end of the tag.
    assert re.fullmatch(r"(?:[^<>]|<[a-z0-9/]+(?: [a-z-]+(?:=\"[^\"<>]*\")?)*>|</[a-z0-9]+>)*", done.stdout, re.IGNORECASE)
    assert "&#60;img src=x onerror" in done.stdout


# ------------------------------------------------------------------------------------------------------ how it is served


def test_without_javascript_the_first_view_names_the_members(browser: Browser, base: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(base)
        label = one("SELECT label FROM codes WHERE code_list = 'status' AND code = 'member'")
        held = [name for (name,) in sql("SELECT name FROM status_on(?) WHERE status = 'member'", LAST)]
        part = page.locator("#as-of > .lists section").filter(has=page.get_by_role("heading", name=f"{label} ({len(held)})", exact=True))
        assert part.locator("li > a:first-child").all_inner_texts() == held and all(a.is_visible() for a in part.locator("li > a:first-child").all())
        assert LABELS["no_script"] in page.inner_text("body") and in_words(LAST) in page.inner_text("main")


def test_it_works_under_another_path_and_asks_nobody_else(context: BrowserContext, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").symlink_to(SITE, target_is_directory=True)

    # Another server than ours: any that serves files.
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing of each file."""

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path))) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        visit = Visit(context.new_page(), f"http://127.0.0.1:{other.server_address[1]}/a/b/")
        asked: list[str] = []
        context.on("request", lambda r: asked.append(r.url))
        for where, heading in pages().items():
            visit.go(where)
            assert visit.text("h1") == (heading or LABELS["overview_title"])
            visit.page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
        assert [u for u in asked if not u.startswith((visit.base, "data:", "blob:"))] == []
        assert len(asked) > 50 and visit.problems == []
        other.shutdown()


def test_the_first_view_is_light(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    Visit(page, base).go()
    weights = {urlsplit(a.url).path: len(gzip.compress(a.body())) for a in list(answers) if not a.url.startswith("data:")}
    total = sum(weights.values())
    print(f"first view: {total / 1000:.1f} kB in {len(weights)} files: {weights}")
    assert "/main.js" in weights and "/days.json" in weights and "/style.css" in weights
    assert total < 300_000


def test_no_internal_link_leads_nowhere(visit: Visit) -> None:
    links: dict[str, set[str]] = {}
    for where in pages():
        visit.go(where)
        for to in visit.page.locator("a[href^='#/']").evaluate_all("(all) => all.map((a) => a.getAttribute('href'))"):
            # Rows of tables differ by table.
            links.setdefault(to.split("?")[0].rpartition("/")[0], set()).add(to)
    rejected = sql("SELECT DISTINCT table_name, row_id FROM evidence WHERE relation = 'rejected'")
    links["rejected"] = {address("row", *row) for row in rejected}
    draw = random.Random(SEED)
    kinds = {kind: draw.sample(sorted(of), len(of)) for kind, of in sorted(links.items())}
    chosen: list[str] = []
    while len(chosen) < 100 and any(kinds.values()):
        chosen += [of.pop() for of in kinds.values() if of]
    assert len(chosen) >= 100
    assert [to for to in sorted(chosen[:120]) if visit.go(to).lost] == []
