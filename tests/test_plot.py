"""The plots: what they show against SQL, the files, what is disputed, colours for every eye, the command line."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import json
import re
import shlex
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from conftest import ROOT

import sco_data as sco
from sco_data import plot
from sco_data.catalog import Catalog, using
from sco_data.cli import run as main
from sco_data.plot import boundaries, maps, style

alt = pytest.importorskip("altair")

Cli = Callable[..., "subprocess.CompletedProcess[str]"]
#: Each plot as a user calls it first, and in its other shapes.
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "timeline": ("timeline", {}), "map": ("map", {}), "weight": ("weight", {}), "bri": ("bri", {}), "votes": ("votes", {}), "projects": ("projects", {}),
    "case": ("votes", {"case": "ukraine"}), "issue": ("votes", {"state": "India", "issue": "hr"}), "one": ("votes", {"state": "India", "case": "Gaza"}),
}  # fmt: skip


class Charts(dict[str, Any]):
    """Each plot, drawn when a test first asks for it: several workers share the file."""

    def __missing__(self, key: str) -> Any:
        name, options = CALLS[key]
        self[key] = getattr(plot, name)(**options)
        return self[key]


@pytest.fixture(scope="module")
def charts() -> Charts:
    return Charts()


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Run the command line in this process, in an empty folder: a new process for each of many would take minutes."""
    import warnings

    def run(*args: str) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["sco-data", *args])
        monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr()
        return int(stopped.value.code or 0), said.out, said.err

    return run


def texts(chart: Any) -> str:
    return json.dumps(chart.to_dict(), ensure_ascii=False)


def data_of(chart: Any, column: str) -> list[dict[str, Any]]:
    """Return the rows of the layer that has a column."""
    found: list[list[dict[str, Any]]] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            rows = part.get("data", {}).get("values") if isinstance(part.get("data"), dict) else None
            if rows and column in rows[0]:
                found.append(rows)
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(chart.to_dict())
    return found[0]


# What they show


def test_the_timeline_has_every_spell_and_nothing_else() -> None:
    frame = plot.table("timeline")
    there = sco.sql("SELECT status_id, start_date, end_date, legal_status FROM spells ORDER BY status_id")
    mine = frame.sort_values("status_id").reset_index(drop=True)
    assert mine.status_id.tolist() == there.status_id.tolist() and mine.start.tolist() == there.start_date.tolist()
    assert mine.legal_status.fillna("").tolist() == there.legal_status.fillna("").tolist()


def test_what_sources_dispute_of_india_is_in_the_timeline_and_in_the_picture() -> None:
    spell = plot.table("timeline", states="India").set_index("status_id").loc["IND-member-2017"]
    stated = sco.sql(
        "SELECT DISTINCT coded_value FROM evidence WHERE table_name = 'statuses' AND row_id = 'IND-member-2017' AND field_name = 'start_date' AND relation = 'contradicts'"
    ).coded_value.tolist()
    assert len(stated) >= 3 and all(day in spell.other_starts for day in stated)
    assert spell.start_earliest == f"{min(stated)}-01-01" and spell.start_latest == "2017-06-09"
    chart = plot.timeline(states="India")
    stretch = next(r for r in data_of(chart, "status_id") if r["status_id"] == "IND-member-2017")
    assert (stretch["from"], stretch["to"]) == (spell.start_earliest, spell.start_latest)
    ticks = [r["day"] for r in data_of(chart, "day") if "start of member" in r.get("said", "")] or [d["day"] for d in _ticks(chart)]
    assert {"2015-07-10", "2016-06-24"} <= set(ticks)
    strokes = [r for r in data_of(chart, "day") if stretch["from"] < r["day"] < stretch["to"]]
    assert len(strokes) > 5
    # A spell on which nobody disagrees is not marked.
    assert plot.table("timeline", states="Mongolia").other_starts.isna().all()


def _ticks(chart: Any) -> list[dict[str, Any]]:
    return [r for layer in chart.to_dict()["vconcat"][0]["layer"] for r in layer.get("data", {}).get("values", []) if "stated as" in r.get("said", "")]


def test_a_date_known_to_the_month_is_drawn_over_the_month() -> None:
    spell = plot.table("timeline", states="Sri Lanka").set_index("status_id").loc["LKA-dialogue_partner-2009"]
    assert spell.start_precision == "month" and (spell.start_earliest, spell.start_latest) == ("2010-05-01", "2010-05-31")


def test_the_timeline_takes_states_statuses_days_and_order() -> None:
    assert set(plot.table("timeline", states=["IN", "Pakistan"]).iso3) == {"IND", "PAK"}
    assert set(plot.table("timeline", status="observer").status) == {"observer"}
    early = plot.table("timeline", end="2000-01-01")
    assert set(early.status) == {"shanghai_five"}
    assert plot.table("timeline", group="name").name.is_monotonic_increasing
    assert data_of(plot.timeline(start="2024-01-01"), "from")[0]["from"] == "2024-01-01"


@pytest.mark.parametrize("day", ["1998-01-01", "2017-06-08", "2017-06-09", "2025-08-31", "2025-12-31"])
def test_the_map_shows_the_status_of_the_day(day: str) -> None:
    frame = plot.table("map", on=day).set_index("iso3")
    held = sco.members(on=day, status=None, include_predecessor=True).set_index("iso3").status.to_dict()
    assert frame.status.to_dict() == {iso3: held.get(iso3, "none") for iso3 in sco.load("members").iso3}
    letters = {r["iso3"]: r["letter"] for r in data_of(plot.map(on=day), "iso3")}
    assert letters == {iso3: style.LETTERS[status] for iso3, status in frame.status.items()}


def test_every_state_has_a_tile_and_no_two_share_one() -> None:
    frame = plot.table("map")
    assert set(frame.iso3) == set(sco.load("members").iso3)
    assert not frame[["column", "row"]].duplicated().any()
    # One that comes later than the tiles has a place too.
    new = maps.places([*frame.iso3, "XAA", "XAB"])
    assert len(set(new.values())) == len(frame) + 2


def test_a_day_outside_coverage_is_warned_of_and_drawn_as_no_answer() -> None:
    with pytest.warns(sco.CoverageWarning, match="2040-01-01 lies outside") as caught:
        chart = plot.map(on="2040-01-01")
    assert caught[0].filename == __file__
    assert {r["letter"] for r in data_of(chart, "iso3")} == {"?"}
    assert "outside the days that the data cover" in chart.usermeta["title"]


def test_the_weight_is_that_of_the_view_and_shows_where_figures_lack() -> None:
    frame = plot.table("weight", indicators=["gdp_current", "Population"], year_rule="jan1")
    there = sco.sql(
        "SELECT group_name, year, indicator, share_of_world FROM group_years WHERE year_rule = 'jan1' AND indicator IN ('gdp_current', 'population_total') "
        "AND group_name IN ('members', 'all_statuses', 'current_ten')"
    )
    keys = ["group_name", "year", "indicator"]
    assert frame.set_index(keys).share_of_world.sort_index().equals(there.set_index(keys).share_of_world.sort_index())
    chart = plot.weight("gdp_current")
    hollow = {(r["group"], r["year"]) for r in data_of(chart, "share") if not r["whole"]}
    lacking = sco.sql("SELECT group_name, year FROM group_years WHERE year_rule = 'dec31' AND indicator = 'gdp_current' AND lacking IS NOT NULL AND group_name IN ('members', 'all_statuses', 'current_ten')")
    assert hollow == set(zip(lacking.group_name, lacking.year)) and hollow
    assert "edition of 2026-07-01" in chart.usermeta["source"] and "World Bank" in chart.usermeta["source"]


def test_labels_of_lines_do_not_cover_each_other(charts: Charts) -> None:
    for panel in charts["weight"].to_dict()["vconcat"][0]["vconcat"]:
        places = sorted(r["place"] for layer in panel["layer"] for r in layer.get("data", {}).get("values", []) if "place" in r)
        top = max(layer["encoding"]["y"]["scale"]["domain"][1] for layer in panel["layer"])
        assert len(places) == 3 and all(b - a > 0.99 * 15 / panel["height"] * top for a, b in itertools.pairwise(places))


@pytest.mark.parametrize("states", ["France", ["India", "France"]])
def test_the_matrix_says_which_state_it_has_not(states: object) -> None:
    for ask in (plot.bri, lambda states: plot.table("bri", states=states)):
        with pytest.raises(sco.NotFound, match="FRA was no member when such a text was adopted. Mend: of BLR, CHN, IND, IRN"):
            ask(states)
    assert list(plot.table("bri", states="India").columns[-1:]) == ["India"]


def test_the_matrix_of_the_belt_and_road_is_what_the_view_says() -> None:
    frame = plot.table("bri").set_index("document_id")
    view = sco.load("bri_support").set_index("document_id")
    assert list(frame.index) == list(view.index)
    names = sco.load("members").set_index("iso3").name
    label = sco.load("codes").query("code_list == 'party_role'").set_index("code").label
    for document, row in view.iterrows():
        for role in ("named_in_support", "not_named", "initiator"):
            for iso3 in (row[role] if isinstance(row[role], str) else "").split():
                assert frame.loc[document, names[iso3]] == label[role]
        if isinstance(row.form, str) and row.form == "blanket":
            members = sco.members(on=row.adopted_on - pd.Timedelta(days=1)).name.tolist()
            assert {n for n in names if n in frame and frame.loc[document, n] == label["blanket"]} == set(members)
    assert frame.loc["astana-declaration-2024", "China"] == "Not known" and frame.loc["astana-declaration-2024", "Belarus"] == label["not_member"]


def test_agreement_is_pooled_over_the_years() -> None:
    frame = plot.table("votes", states=["India", "China"], years=(2001, 2010))
    joint, identical = sco.sql("SELECT sum(joint), sum(identical) FROM vote_agreement WHERE iso3_1 = 'CHN' AND iso3_2 = 'IND' AND year BETWEEN 2001 AND 2010").iloc[0]
    assert len(frame) == 1 and (frame.joint[0], frame.agreement[0]) == (joint, pytest.approx(identical / joint))
    everyone = plot.table("votes")
    assert set(everyone.iso3_1) | set(everyone.iso3_2) == set(sco.members().iso3) and len(everyone) == 45
    assert "not from 0" in texts(plot.votes(years=2018))


def test_votes_on_a_case_are_those_on_record() -> None:
    frame = plot.table("votes", state="India", case="ukraine")
    there = sco.sql("SELECT roll_call_id, vote FROM key_votes WHERE case_id = 'ukraine' AND iso3 = 'IND' ORDER BY vote_on, roll_call_id")
    assert frame.roll_call_id.tolist() == there.roll_call_id.tolist() and frame.vote.tolist() == there.vote.tolist()
    # A vote that nobody has on record is not drawn as one.
    cells = {(r["call"][:10], r["name"]): r["text"] for r in data_of(plot.votes(case="ukraine"), "call")}
    on_record = set(zip(*sco.sql("SELECT CAST(vote_on AS VARCHAR) AS day, name FROM key_votes WHERE case_id = 'ukraine'").to_dict("list").values()))
    assert {key for key, text in cells.items() if text == "?"} == {key for key in cells if key not in on_record} != set()


def test_votes_on_a_subject_are_counted_by_year() -> None:
    frame = plot.table("votes", state="India", issue="Human rights")
    (there,) = sco.sql("SELECT count(*) AS n FROM roll_call_votes JOIN roll_call_issues USING (roll_call_id) WHERE iso3 = 'IND' AND vote_issue = 'hr'").n
    assert frame.roll_calls.sum() == there and frame.year.is_monotonic_increasing


def test_projects_are_drawn_with_the_dates_that_are_known() -> None:
    frame = plot.table("projects")
    there = sco.sql("SELECT project_id FROM sco_projects WHERE coalesce(announced, agreed, begun, planned, completed) IS NOT NULL")
    assert set(frame.project_id) == set(there.project_id)
    assert frame.planned.dropna().is_monotonic_increasing and frame.planned.first_valid_index() == 0
    marks = data_of(plot.projects(), "mark")
    assert sum(m["mark"] == "completed" for m in marks) == frame.completed.notna().sum()
    assert sum(m["mark"] == "planned" for m in marks) == frame.planned.notna().sum()
    # A year is drawn over the year.
    assert ("CASA-1000", "2018-01-01", "2018-12-31") in {(r["name"], r["from"], r["to"]) for r in _ranges(plot.projects("energy_deal"))}
    assert plot.table("projects", planned=True).planned.notna().all()


def _ranges(chart: Any) -> list[dict[str, Any]]:
    return [r for layer in chart.to_dict()["vconcat"][0]["layer"] for r in layer.get("data", {}).get("values", []) if "from" in r and "said" in r]


def test_alternative_texts_say_what_the_data_say(charts: Charts) -> None:
    assert "member 10 and partner 17" in charts["map"].description and len(sco.members()) == 10
    share = sco.sql("SELECT share_of_world FROM group_years WHERE group_name = 'members' AND indicator = 'gdp_current' AND year_rule = 'dec31' ORDER BY year DESC LIMIT 1").share_of_world[0]
    assert f"{share:.1f} % members" in charts["weight"].description
    assert charts["bri"].description.endswith("India.")
    for chart in (charts[key] for key in CALLS):
        said = chart.usermeta
        assert said["alt"] == chart.description and said["version"] == sco.__version__ and said["licence"] == "CC BY 4.0"
        assert f"SCO Data {sco.__version__} (CC BY 4.0). From " in said["source"]


def test_the_source_line_names_tables_that_are_there(charts: Charts) -> None:
    for chart in (charts[key] for key in CALLS):
        named = re.findall(r"\w+", chart.usermeta["source"].partition("From ")[2].partition(";")[0])
        assert set(named) - {"and"} <= {*sco.tables(), *sco.views()} and named


# Files


def pixels(body: bytes) -> tuple[int, int, set[bytes]]:
    """Return width, height and the raw bytes of a PNG's lines, each once."""
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", body[16:24])
    at, packed = 8, b""
    while at < len(body):
        (size,) = struct.unpack(">I", body[at : at + 4])
        if body[at + 4 : at + 8] == b"IDAT":
            packed += body[at + 8 : at + 8 + size]
        at += size + 12
    raw = zlib.decompress(packed)
    line = len(raw) // height
    return width, height, {raw[n * line : (n + 1) * line] for n in range(height)}


@pytest.mark.parametrize("key", CALLS)
def test_each_plot_is_a_picture_with_title_source_version_and_licence(key: str, charts: Charts, tmp_path: Path) -> None:
    chart = charts[key]
    width, height, lines = pixels(plot.save(chart, tmp_path / "x.png", scale=1).read_bytes())
    assert 500 < width < 1100 and 200 < height < 1300 and len(lines) > 0.2 * height
    root = ElementTree.parse(plot.save(chart, tmp_path / "x.svg")).getroot()
    written = re.sub(r"\s+", " ", " ".join(root.itertext()))
    for words in (chart.usermeta["title"], f"SCO Data {sco.__version__} (CC BY 4.0)"):
        assert words in written
    assert (root.get("role"), root.get("aria-label")) == ("img", chart.description)
    # Nothing is smaller than can be read in print.
    sizes = [float(s) for s in re.findall(r'font-size="([\d.]+)px"', (tmp_path / "x.svg").read_text(encoding="utf-8"))]
    assert sizes and min(sizes) >= 11
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.png", "x.svg"]


def test_nothing_is_cut_at_the_edges(charts: Charts, tmp_path: Path) -> None:
    pillow = pytest.importorskip("PIL.Image")
    for key in CALLS:
        picture = pillow.open(plot.save(charts[key], tmp_path / f"{key}.png", scale=1)).convert("L")
        width, height = picture.size
        for edge in ((0, 0, width, 4), (0, height - 4, width, height), (0, 0, 4, height), (width - 4, 0, width, height)):
            assert picture.crop(edge).getextrema() == (255, 255), (key, edge)


@pytest.mark.parametrize("key", CALLS)
def test_each_specification_is_valid_and_comes_back(key: str, charts: Charts, tmp_path: Path) -> None:
    body = json.loads(plot.save(charts[key], tmp_path / "x.json").read_text(encoding="utf-8"))
    again = alt.VConcatChart.from_dict(body)
    assert again.to_dict()["usermeta"] == charts[key].usermeta and "vega-lite/v" in body["$schema"]


class Page(HTMLParser):
    """The scripts and addresses of a page."""

    def __init__(self, body: str):
        super().__init__()
        self.scripts: list[str] = []
        self.fetched: list[str] = []
        self.title = ""
        self._in = ""
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in = tag
        self.fetched += [v or "" for k, v in attrs if k in ("src", "href")]
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "script":
            self.scripts[-1] += data
        elif self._in == "title":
            self.title += data


def test_the_page_holds_all_that_it_needs(charts: Charts, tmp_path: Path) -> None:
    body = plot.save(charts["votes"], tmp_path / "x.html").read_text(encoding="utf-8")
    page = Page(body)
    assert page.fetched == [] and len(page.scripts) == 3 and "vegaEmbed" in page.scripts[0] and len(page.scripts[0]) > 300_000
    assert json.loads(page.scripts[1]) == json.loads(charts["votes"].to_json())
    assert page.title == charts["votes"].usermeta["title"] and '<html lang="en">' in body
    assert body.count(charts["votes"].usermeta["alt"]) >= 2


def test_odd_characters_in_the_data_break_nothing(release: Path, tmp_path: Path) -> None:
    odd = "Ind\"ia's </script><script>alert(1)</script> & <b>é 印度"
    for table in ("members", "actors"):
        file = release / "data" / f"{table}.csv"
        with file.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        for row in rows:
            row["name"] = odd if row["iso3"] == "IND" else row["name"]
        with file.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    with using(Catalog(release)):
        made = [plot.timeline(), plot.map(), plot.bri(), plot.votes(), plot.votes(state="IND", case="gaza")]
    for n, chart in enumerate(made):
        page = Page(plot.save(chart, tmp_path / f"{n}.html").read_text(encoding="utf-8"))
        assert len(page.scripts) == 3 and odd in json.dumps(json.loads(page.scripts[1]), ensure_ascii=False).replace('\\"', '"')
        root = ElementTree.parse(plot.save(chart, tmp_path / f"{n}.svg")).getroot()
        assert any("alert(1)" in (e.get("aria-label") or "") + "".join(e.itertext()) for e in root.iter())
        assert plot.save(chart, tmp_path / f"{n}.png", scale=1).stat().st_size > 10_000


def test_a_user_may_change_the_chart_before_it_is_saved(tmp_path: Path) -> None:
    chart = plot.map(on="2019-06-14").properties(background="#ffeeee")
    assert "ffeeee" in plot.save(chart, tmp_path / "x.svg").read_text(encoding="utf-8")


def test_nothing_half_written_and_what_was_there_stays(tmp_path: Path, charts: Charts) -> None:
    (tmp_path / "x.png").write_text("mine", encoding="utf-8")
    for target, said in ((tmp_path / "no" / "x.png", "cannot write"), (tmp_path / "x.pdf", "no format is known for 'x.pdf'"), (tmp_path, "no format is known")):
        with pytest.raises(sco.UsageError, match=said):
            plot.save(charts["map"], target)
    (tmp_path / "d.svg").mkdir()
    with pytest.raises(sco.UsageError, match="is a folder"):
        plot.save(charts["map"], tmp_path / "d.svg")
    with pytest.raises(sco.UsageError, match="scale"):
        plot.save(charts["map"], tmp_path / "x.png", scale=0)
    assert (tmp_path / "x.png").read_text(encoding="utf-8") == "mine" and sorted(p.name for p in tmp_path.iterdir()) == ["d.svg", "x.png"]
    plot.save(charts["map"], tmp_path / "x.png", format="json")
    assert json.loads((tmp_path / "x.png").read_text(encoding="utf-8"))["usermeta"]


# Boundaries


def square(west: float, south: float, side: float = 4, *, hole: bool = False) -> list[list[list[float]]]:
    def ring(x: float, y: float, s: float) -> list[list[float]]:
        return [[x, y], [x + s, y], [x + s, y + s], [x, y + s], [x, y]]

    return [ring(west, south, side), *([ring(west + side / 4, south + side / 4, side / 2)[::-1]] if hole else [])]


def geojson(path: Path, features: list[tuple[dict[str, Any], list[list[list[float]]]]]) -> Path:
    made = [{"type": "Feature", "properties": p, "geometry": {"type": "Polygon", "coordinates": c}} for p, c in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}), encoding="utf-8")
    return path


@pytest.fixture
def lands(tmp_path: Path) -> Path:
    return geojson(tmp_path / "lands.geojson", [({"ISO_A3": "IND", "NAME": "India"}, square(75, 20, 8)), ({"ISO_A3": "-99", "ADM0_A3": "CHN"}, square(95, 30, 12)), ({"ISO_A3": "FRA"}, square(0, 45))])


@pytest.fixture
def areas(tmp_path: Path) -> Path:
    return geojson(tmp_path / "areas.geojson", [({"NAME": "Somewhere"}, square(80, 30, hole=True))])


def test_polygons_are_drawn_with_disputed_areas_hatched_and_the_policy_printed(lands: Path, areas: Path, tmp_path: Path) -> None:
    chart = plot.map("2019-06-14", lands, areas, policy="As I like it.")
    fills = {r["iso3"]: r["fill"] for r in data_of(chart, "geometry") if "iso3" in r}
    assert fills == {"IND": style.STATUS["member"][0], "CHN": style.STATUS["member"][0], "FRA": "#ffffff"}
    strokes = [line for layer in chart.to_dict()["vconcat"][0]["vconcat"][1]["layer"] for r in layer["data"]["values"] for line in r.get("geometry", {}).get("coordinates", []) if r["geometry"]["type"] == "MultiLineString"]
    assert len(strokes) > 5
    for (x1, y1), (x2, y2) in strokes:
        assert 80 <= x1 <= x2 <= 84 and 30 <= y1 <= y2 <= 34
        assert not (81.01 < (x1 + x2) / 2 < 82.99 and 31.01 < (y1 + y2) / 2 < 32.99), "the hole is hatched"
    written = " ".join(ElementTree.parse(plot.save(chart, tmp_path / "x.svg")).getroot().itertext())
    for words in ("Boundaries: lands.geojson; As I like it", "areas.geojson", "takes no position", "Not in the boundary file, and not drawn: Kazakhstan"):
        assert words in re.sub(r"\s+", " ", written)
    assert len(pixels(plot.save(chart, tmp_path / "x.png", scale=1).read_bytes())[2]) > 100


def test_either_winding_fills_the_state_and_not_the_globe(tmp_path: Path) -> None:
    for ring in (square(75, 20)[0], square(75, 20)[0][::-1]):
        file = geojson(tmp_path / "l.geojson", [({"iso3": "IND"}, [ring])])
        shapes = boundaries.outlines(file, file, "mine")[0]
        (outer,) = shapes[0]["geometry"]["coordinates"][0]
        # Clockwise, as D3 winds: west side up first.
        assert sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(outer)) < 0


def test_natural_earth_is_known_by_its_columns(areas: Path, tmp_path: Path) -> None:
    file = geojson(tmp_path / "ne.geojson", [({"ADM0_A3": "IND", "NE_ID": 1}, square(75, 20))])
    assert "Natural Earth draws boundaries as they are controlled in fact" in texts(plot.map(boundaries=file, disputed=areas))


def test_bad_boundary_files_get_one_clear_error(lands: Path, areas: Path, tmp_path: Path) -> None:
    bad = {"text": "no json", "list": "[]", "none": '{"type": "FeatureCollection", "features": []}', "metres": None}
    for name, text in bad.items():
        file = tmp_path / f"{name}.geojson"
        if text is None:
            geojson(file, [({"iso3": "IND"}, square(500_000, 20))])
        else:
            file.write_text(text, encoding="utf-8")
        with pytest.raises(sco.InvalidData, match=rf"{name}\.geojson.*Mend:"):
            plot.map(boundaries=file, disputed=areas, policy="mine")
    with pytest.raises(sco.NotFound, match=r"gone\.geojson.*Mend:"):
        plot.map(boundaries=tmp_path / "gone.geojson", disputed=areas)
    with pytest.raises(sco.UsageError, match="only with the disputed areas hatched.*Mend:"):
        plot.map(boundaries=lands)
    with pytest.raises(sco.InvalidData, match="no codes of states.*Mend:"):
        plot.map(boundaries=areas, disputed=areas, policy="mine")
    plain = geojson(tmp_path / "plain.geojson", [({"iso3": "IND"}, square(75, 20))])
    with pytest.raises(sco.UsageError, match="by which policy.*Mend:"):
        plot.map(boundaries=plain, disputed=areas)


# Colours

#: Machado, Oliveira and Fernandes, IEEE Transactions on Visualization and Computer Graphics 15(6), 2009: severity 1.0, in linear RGB.
SEEN = {
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def luminance(colour: str) -> float:
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(colour)))


def lab(rgb: list[float]) -> list[float]:
    """Return CIE L*a*b* of linear RGB."""
    rgb = [min(max(c, 0), 1) for c in rgb]
    xyz = [sum(w * c for w, c in zip(row, rgb)) for row in ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))]
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (xyz[0] / 0.9505, xyz[1], xyz[2] / 1.089))
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


@pytest.mark.parametrize("palette", ["STATUS", "VOTE", "SUPPORT"])
def test_text_can_be_read_on_every_colour(palette: str) -> None:
    for name, (fill, ink) in getattr(style, palette).items():
        light = sorted((luminance(fill), luminance(ink)))
        assert (light[1] + 0.05) / (light[0] + 0.05) >= 4.5, name
    for n in range(101):
        fill = style.shade(n / 100)
        light = sorted((luminance(fill), luminance(style.ink_on(fill))))
        assert (light[1] + 0.05) / (light[0] + 0.05) >= 4.5, fill
    for ink in (style.INK, style.MUTED, *(colour for colour, _ in style.GROUP.values())):
        assert 1.05 / (luminance(ink) + 0.05) >= 4.5


@pytest.mark.parametrize("palette", ["STATUS", "VOTE", "SUPPORT"])
def test_colours_are_told_apart_by_the_colour_blind_and_without_colour(palette: str) -> None:
    for one, two in itertools.combinations(getattr(style, palette).items(), 2):
        a, b = linear(one[1][0]), linear(two[1][0])
        for sight, matrix in SEEN.items():
            difference = [p - q for p, q in zip(*(lab([sum(w * c for w, c in zip(row, rgb)) for row in matrix]) for rgb in (a, b)))]
            assert sum(d * d for d in difference) ** 0.5 >= 10, (sight, one[0], two[0])
        assert abs(lab([luminance(one[1][0])] * 3)[0] - lab([luminance(two[1][0])] * 3)[0]) >= 9, (one[0], two[0])


def test_no_picture_rests_on_colour_alone() -> None:
    assert len(set(style.LETTERS.values())) == len(style.LETTERS) == len(style.STATUS)
    assert len({str(dashes) for _, dashes in style.GROUP.values()}) == len(style.GROUP)
    lightness = [luminance(style.shade(n / 20)) for n in range(21)]
    assert lightness == sorted(lightness, reverse=True)


# Other versions, errors, the command line


def test_another_version_draws_its_own_data(release: Path) -> None:
    descriptor = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["version"] = "0.0.9"
    (release / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    with sco.open(release) as other:
        chart = other.plot.map()
        assert chart.usermeta["version"] == "0.0.9" and "SCO Data 0.0.9" in texts(chart)
        assert len(other.plot.table("timeline")) == len(plot.table("timeline"))
        names = {n for n in plot.__all__ if callable(getattr(plot, n))}
        assert {n for n in names if not hasattr(other.plot, n)} == set()
    assert plot.map().usermeta["version"] == sco.__version__


def test_a_version_that_has_not_what_a_plot_needs_says_so(release: Path) -> None:
    shutil.copytree(Path(plot.__file__).parents[1] / "views", release / "views")
    (release / "views" / "bri_support.sql").unlink()
    with sco.open(release) as other:
        with pytest.raises(sco.NotFound, match="has no bri_support, which bri is drawn from. Mend:"):
            other.plot.bri()
        assert other.plot.map().description


@pytest.mark.parametrize(
    ("name", "options", "error", "said"),
    [
        ("timeline", {"states": "Idia"}, sco.NotFound, "Did you mean India"),
        ("timeline", {"status": "guest"}, sco.UsageError, "no status 'guest'"),
        ("timeline", {"start": "2020-01-01", "end": "2019-01-01"}, sco.UsageError, "turn them round"),
        ("timeline", {"group": "stauts"}, sco.UsageError, "Did you mean status"),
        ("map", {"on": "2017-02-30"}, sco.UsageError, "is not a day"),
        ("weight", {"indicators": "gdp_curent"}, sco.NotFound, "Did you mean gdp_current"),
        ("weight", {"groups": "member"}, sco.UsageError, "Did you mean members"),
        ("weight", {"year_rule": "dec32"}, sco.UsageError, "Did you mean dec31"),
        ("votes", {"case": "ukrain"}, sco.NotFound, "Did you mean Ukraine"),
        ("votes", {"state": "IND", "issue": "human right"}, sco.NotFound, "Did you mean Human rights"),
        ("votes", {"issue": "hr"}, sco.UsageError, "drawn of one state"),
        ("votes", {"state": "IND"}, sco.UsageError, "one state alone"),
        ("votes", {"years": "all"}, sco.UsageError, "are not years"),
        ("votes", {"years": 2030}, sco.NotFound, "no complete session"),
        ("votes", {"case": "gaza", "issue": "hr"}, sco.UsageError, "at once"),
        ("projects", {"kind": "pipline"}, sco.NotFound, "Did you mean"),
    ],
)
def test_bad_input_gets_one_clear_error(name: str, options: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said) as caught:
        getattr(plot, name)(**options)
    assert "Mend: " in str(caught.value)


def test_tables_name_what_is_not_there() -> None:
    with pytest.raises(sco.UsageError, match="Did you mean timeline"):
        plot.table("timelines")
    with pytest.raises(sco.UsageError, match="no option 'state'. Did you mean states"):
        plot.table("timeline", state="India")


def test_without_the_extra_the_command_that_installs_it_is_told() -> None:
    code = """
import sys
for gone in {gone!r}:
    sys.modules[gone] = None
import sco_data as sco
print(len(sco.plot.table("map")))
try:
    sco.plot.save(sco.plot.map(), "x.png")
except sco.ScoDataError as error:
    print(error)
"""
    for gone in (["altair"], ["vl_convert"]):
        done = subprocess.run([sys.executable, "-c", code.format(gone=gone)], capture_output=True, text=True, cwd=sys.prefix)
        assert done.stderr == "" and done.stdout.startswith("27\n") and "Mend: pip install 'sco-data[plot]'" in done.stdout


def test_altair_is_imported_when_something_is_drawn() -> None:
    code = "import sys, sco_data; sco_data.plot.PLOTS; sco_data.plot.table; print('altair' in sys.modules, 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=sys.prefix).stdout == "False False\n"


@pytest.mark.parametrize("name", plot.PLOTS)
def test_every_help_of_a_plot_has_examples_that_run(shell: Callable[..., tuple[int, str, str]], name: str, tmp_path: Path) -> None:
    shown = shell("plot", name, "--help")[1]
    found = re.findall(r"^\s+(sco-data plot .*)$", shown, re.MULTILINE)
    assert found
    for line in found:
        code, out, err = shell(*shlex.split(line)[1:])
        target = tmp_path / shlex.split(line)[-1]
        assert (code, out) == (0, "") and f"written to {target.resolve()}" in err
        assert target.stat().st_size > 1_000


def test_the_shell_writes_to_a_default_name_and_draws_another_version(cli: Cli, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        for part in ["datapackage.json", *(r["path"] for r in Catalog(sco.path()).resources.values())]:
            archive.write(sco.path() / part, part)
    done = cli("--data", "old.zip", "plot", "map", "--on", "2017-06-09", cwd=tmp_path)
    assert done.returncode == 0 and pixels((tmp_path / "sco-map.png").read_bytes())[0] > 900


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("map", "--on", "yesterday"), 2, "is not a day"),
        (("timeline", "--state", "Idia"), 1, "Did you mean India"),
        (("map", "-o", "map.pdf"), 2, "no format is known for 'map.pdf'"),
        (("votes", "--case", "nothing"), 1, "no case"),
        (("map", "-o", "no/such/folder/map.svg"), 2, "cannot write"),
        (("maps",), 2, "maps"),
    ],
)
def test_exit_codes_of_the_shell(shell: Callable[..., tuple[int, str, str]], args: tuple[str, ...], code: int, said: str, tmp_path: Path) -> None:
    done = shell("plot", *args)
    assert done[:2] == (code, "") and said in done[2]
    assert list(tmp_path.iterdir()) == []


def test_tab_completion_knows_plots_and_states() -> None:
    from conftest import SCRIPT

    def complete(words: str, at: int) -> str:
        environment = {"_SCO_DATA_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at), "PATH": "", "LANG": "C.UTF-8"}
        return subprocess.run([str(SCRIPT)], env=environment, capture_output=True, text=True).stdout

    assert "timeline" in complete("sco-data plot time", 2) and "Kyrgyzstan" in complete("sco-data plot timeline --state Kyr", 4)


def test_commands_of_the_page_on_plots_run(shell: Callable[..., tuple[int, str, str]]) -> None:
    commands = re.findall(r"`(sco-data plot [^`]+)`", (ROOT / "docs/plots.md").read_text(encoding="utf-8"))
    assert {shlex.split(c)[2] for c in commands} == set(plot.PLOTS)
    # Those that a help shows are run with it.
    helps = "".join(shell("plot", name, "--help")[1] for name in plot.PLOTS)
    for command in commands:
        if "--boundaries" not in command and command not in helps:
            assert shell(*shlex.split(command)[1:])[0] == 0, command


def test_days_that_are_known_in_part() -> None:
    from sco_data.plot.timelines import possible

    assert possible("2015") == (dt.date(2015, 1, 1), dt.date(2015, 12, 31))
    assert possible("2012-02") == (dt.date(2012, 2, 1), dt.date(2012, 2, 29))
    assert possible("2010-05-01", "month") == (dt.date(2010, 5, 1), dt.date(2010, 5, 31))
