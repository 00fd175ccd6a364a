"""The views against an independent count in Python over the CSV files, on any day."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sco_data as sco
from sco_data.catalog import Catalog

FIRST, LAST = Catalog(sco.path()).coverage()


def spells() -> list[dict[str, str]]:
    with (sco.path() / "data" / "statuses.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def held(day: dt.date, rule: str) -> dict[str, str]:
    """The reference: ten lines over the plain file."""
    out = {}
    for s in spells():
        start = (s["granted_on"] or s["start_date"]) if rule == "granted" else s["start_date"]
        if start <= day.isoformat() and (not s["end_date"] or s["end_date"] > day.isoformat()):
            assert s["iso3"] not in out, "two statuses on one day"
            out[s["iso3"]] = s["status"]
    return out


@settings(max_examples=60, deadline=None)
@given(day=st.dates(FIRST, LAST), rule=st.sampled_from(["default", "granted"]))
def test_members_of_any_day_under_both_rules(day: dt.date, rule: str) -> None:
    frame = sco.members(on=day, status=None, start_rule=rule, include_predecessor=True)
    assert dict(zip(frame.iso3, frame.status)) == held(day, rule)


def test_every_boundary_day_and_the_day_before() -> None:
    days = {dt.date.fromisoformat(s[c]) for s in spells() for c in ("start_date", "end_date") if s[c]}
    days |= {d - dt.timedelta(1) for d in days}
    table = sco.sql("SELECT day, iso3, status, is_member FROM status_days WHERE status <> 'none'")
    by_day = {d.date(): dict(zip(g.iso3, g.status)) for d, g in table.groupby("day")}
    for day in sorted(d for d in days if d >= dt.date(1996, 4, 26)):
        assert by_day.get(day, {}) == held(day, "default"), day
    assert (table.is_member == (table.status == "member")).all()


def test_status_counts_count_from_the_day_on_which_they_change() -> None:
    for row in sco.load("status_counts").itertuples():
        statuses = list(held(row.day.date(), "default").values())
        assert row.members == statuses.count("member") and row.observers == statuses.count("observer")
        assert row.dialogue_partners == statuses.count("dialogue_partner") and row.partners == statuses.count("partner")


def test_members_latest_are_the_members_of_the_last_day() -> None:
    assert set(sco.load("members_latest").iso3) == {s for s, status in held(LAST, "default").items() if status == "member"}


def test_an_unknown_start_rule_is_refused_in_sql_too() -> None:
    with pytest.raises(sco.UsageError, match="write default or granted"):
        sco.sql("FROM status_on(DATE '2020-01-01', start_rule := 'junk')")


def test_state_years_count_every_day_once() -> None:
    panel = sco.load("country_years")
    days = panel[[c for c in panel if c.startswith("days_") and c != "days_exact"]].sum(axis=1)
    leap = panel.year.map(lambda y: 366 if y % 4 == 0 else 365)
    assert (days <= leap).all()
    whole = panel.status_jan1.eq(panel.status_dec31) & panel.status_jan1.ne("none") & ~panel.status_any.str.contains("|", regex=False)
    assert (days[whole.fillna(False)] == leap[whole.fillna(False)]).all()


def test_a_dissent_stands_once_and_not_among_the_reports() -> None:
    own, reported = sco.load("dissent"), sco.load("dissent_reported")
    assert not own.duplicated(["document_id", "actor_id"]).any()
    assert not set(own.document_id) & set(reported.document_id.dropna())


def test_cow_codes() -> None:
    compat = sco.load("cow_igo_compat")
    coded = {(r.ccode, r.year): r.sco for r in compat.itertuples()}
    assert [coded[710, y] for y in (1995, 1996, 2001, 2014)] == [-1, 1, 1, 1]
    assert [coded[750, y] for y in (2004, 2005, 2016, 2017)] == [0, 3, 3, 1]
    assert coded[704, 2000] == 0 and coded[704, 2001] == 1
    assert compat[compat.year == 1996].sco.eq(1).sum() == 5 and compat[compat.year == 2014].sco.eq(1).sum() == 6
    assert not compat[compat.year <= 2014].extends_cow.any()


def test_cow_codes_are_shown_beside_ours() -> None:
    # Counted in the dataset itself: 741 state-years before 1996 are -1, 109 are 1, no state has 2 or 3.
    compat = sco.load("cow_igo_compat")
    theirs = compat[compat.cow_sco.notna()]
    assert theirs.cow_sco.value_counts().to_dict() == {0: 3540, -1: 741, 1: 109}
    assert theirs.year.max() == 2014
    # Where the two codes differ there is an observer that COW does not have, and nothing else.
    differ = theirs[theirs.sco != theirs.cow_sco]
    assert set(zip(differ.sco, differ.cow_sco)) == {(3, 0)} and len(differ) == 44


def test_every_difference_from_a_peer_is_explained() -> None:
    found = sco.load("peer_differences")
    assert found.reason.notna().all(), found[found.reason.isna()].to_string()
    assert (found.first_day <= found.last_day).all()
    of = {(r.peer, r.iso3, r.theirs, r.ours): (r.reason_code, r.first_day.date().isoformat(), r.last_day.date().isoformat()) for r in found.itertuples()}
    assert of["cow_igo_v3", "CHN", "member", "shanghai_five"] == ("predecessor_counted", "1996-01-01", "2000-12-31")
    assert of["cow_igo_v3", "MNG", "none", "observer"] == ("not_coded", "2004-01-01", "2014-12-31")
    assert of["cia_world_factbook", "IND", "observer", "member"][:2] == ("not_updated", "2017-06-09")
    assert of["cia_world_factbook", "PAK", "observer", "member"] == ("not_updated", "2017-06-09", "2022-01-20")
    assert of["cia_world_factbook", "AFG", "dialogue_partner", "observer"][0] == "other_status"
    assert of["wikipedia_en", "CHN", "member", "shanghai_five"] == ("predecessor_counted", "1996-04-26", "2001-06-14")
    # India's day in the encyclopaedia is ours: no difference.
    assert ("wikipedia_en", "IND") not in set(zip(found.peer, found.iso3))


def test_every_year_in_which_cow_differs_is_in_the_differences() -> None:
    """By a second way: the state-years of the panel against the years of the peer's rows."""
    codings = sco.load("peer_codings").query("peer == 'cow_igo_v3'")
    theirs = {(r.iso3, y): r.coded_status for r in codings.itertuples() for y in range(r.first_day.year, r.last_day.year + 1)}
    ours = sco.panel(1996, 2014, universe="sco")
    expected = {(r.iso3, r.year) for r in ours.itertuples() if theirs.get((r.iso3, r.year), r.status) != r.status}
    listed = sco.load("peer_differences").query("peer == 'cow_igo_v3'")
    assert expected == {(r.iso3, y) for r in listed.itertuples() for y in range(r.first_day.year, r.last_day.year + 1)}
    assert len(expected) == 25 + 44 + 12


@pytest.mark.parametrize(("universe", "code"), [("cow", "ccode"), ("gw", "gwcode"), ("all", "iso3"), ("sco", "iso3")])
def test_a_panel_has_each_state_of_its_universe_once_a_year(universe: str, code: str) -> None:
    frame = sco.panel(1992, 2025, universe=universe)
    assert frame[code].notna().all() and not frame.duplicated([code, "year"]).any()
    assert set(frame.year) == set(range(1992, 2026))
    if universe == "cow":
        # The size of the COW system (v2016) in these years.
        assert frame.groupby("year").size().loc[[1996, 2002, 2014]].tolist() == [187, 192, 195]
    if universe == "sco":
        assert frame.iso3.nunique() == len(sco.load("members"))


@pytest.mark.parametrize(("rule", "day"), [("dec31", "12-31"), ("jan1", "01-01")])
def test_a_panel_says_what_held_on_the_day_of_its_rule(rule: str, day: str) -> None:
    frame = sco.panel(1996, 2025, universe="sco", rule=rule)
    for year, part in frame.groupby("year"):
        on = held(dt.date.fromisoformat(f"{year}-{day}"), "default")
        assert dict(zip(part.iso3, part.status)) == {iso3: on.get(iso3, "none") for iso3 in part.iso3}
        assert set(part.iso3[part.member]) == {s for s, status in on.items() if status == "member"}
    assert frame.member_since.notna().eq(frame.member).all()


def test_the_rule_any_has_every_status_of_the_year() -> None:
    india = sco.panel(2017, 2017, rule="any").set_index("iso3").loc["IND"]
    assert india.status == "observer|member" and india.member and india.observer and not india.partner


@pytest.mark.parametrize("directed", [False, True])
def test_pairs_are_the_pairs_of_the_panel(directed: bool) -> None:
    frame = sco.pairs(2004, 2005, directed=directed)
    for year, part in frame.groupby("year"):
        states = sco.panel(int(year), int(year)).set_index("ccode").status
        codes = sorted(states.index)
        expected = {(a, b) for a in codes for b in codes if (a < b or (directed and a > b)) and {states[a], states[b]} != {"none"}}
        assert set(zip(part.ccode1, part.ccode2)) == expected and len(part) == len(expected)
        members = {c for c in codes if states[c] == "member"}
        assert all(j == (a in members and b in members) for a, b, j in zip(part.ccode1, part.ccode2, part.joint_members))


def test_joint_membership_begins_with_the_later_of_the_two() -> None:
    pair = sco.pairs(2016, 2025, universe="sco").query("iso3_1 == 'CHN' and iso3_2 == 'IND'").set_index("year")
    assert not pair.joint_members[2016] and pair.joint_members.loc[2017:].all()
    assert set(pair.joint_members_since.loc[2017:].dt.date) == {dt.date(2017, 6, 9)} and pair.joint_members_since.isna()[2016]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: sco.panel(2020, 2010), "turn them round"),
        (lambda: sco.panel("x", 2010), "whole numbers"),
        (lambda: sco.panel(2010, 2011, universe="un"), "one of cow, gw, all, sco"),
        (lambda: sco.pairs(2010, 2011, rule="dec"), "Did you mean dec31"),
        (lambda: sco.sql("FROM panel(2010, 2011, universe := 'un')"), "write cow, gw, all or sco"),
    ],
)
def test_a_panel_that_cannot_be_is_refused(ask: Callable[[], object], said: str) -> None:
    with pytest.raises(sco.UsageError, match=said):
        ask()


def test_without_years_the_panel_is_whole() -> None:
    years = FIRST.year, LAST.year
    assert len(sco.panel()) == len(sco.panel(*years)) and len(sco.pairs(universe="sco")) == len(sco.pairs(*years, universe="sco"))


def test_a_macro_asked_for_as_a_table_shows_how_to_call_it() -> None:
    with pytest.raises(sco.UsageError, match=r"FROM panel\(first_year, last_year, universe := 'cow', rule := 'dec31'\)"):
        sco.load("panel")
    assert sco.describe("panel").column.tolist() == sco.sql("FROM panel(2017, 2017)").columns.tolist()
    assert sco.describe("pairs").column.tolist() == sco.sql("FROM pairs(2017, 2017)").columns.tolist()


def test_two_statements_are_refused() -> None:
    with pytest.raises(sco.UsageError, match="more than one statement"):
        sco.sql("SELECT 1; SELECT 2")


def test_years_outside_the_panel_warn_and_give_no_row() -> None:
    with pytest.warns(sco.CoverageWarning, match=f"1992 to {LAST.year}"):
        frame = sco.panel(LAST.year - 1, LAST.year + 5)
    assert set(frame.year) == {LAST.year - 1, LAST.year}


def test_contested_rows_say_who_and_why() -> None:
    rows = sco.load("contested_rows").set_index(["table_name", "row_id", "field_name"])
    grid = rows.loc[("economic_figures", "asian-gas-grid-length", "value")]
    assert grid.contradicted_by == "150000 (kang-2016)" and grid.supported_by == "kang-2016" and "footnote" in grid.why
    assert rows.supported_by.notna().all() and rows.why.notna().all()
    rejected = sco.sql("SELECT row_id FROM evidence WHERE relation = 'rejected'").row_id
    assert not set(rejected) & set(rows.index.get_level_values("row_id"))


@pytest.mark.parametrize("source", ["kang-2016", "merics-soong-2025"])
def test_the_rows_of_a_source_read_as_an_abstract_of_it(source: str) -> None:
    rows = sco.sql("FROM row_sources WHERE source_id = $source AND relation <> 'rejected'", {"source": source})
    assert len(rows) >= 150 and rows.says.notna().all()
    own = rows[~rows.table_name.isin(["statuses", "members"])]
    assert own.char_start.notna().all() and own.source_locator.notna().all()
    assert {"readings", "positions", "events", "documents", "projects", "economic_figures", "claims"} <= set(own.table_name)


def test_every_row_of_the_sourced_tables_says_something() -> None:
    lacking = sco.sql("SELECT DISTINCT e.table_name, e.row_id FROM evidence e LEFT JOIN row_texts t USING (table_name, row_id) WHERE t.says IS NULL AND relation <> 'rejected'")
    assert lacking.values.tolist() == []
