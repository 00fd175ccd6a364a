"""Negative fixtures: for each invariant a plausible error that it refuses, at the right table, row and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sco_data as sco
from sco_data.catalog import Catalog
from sco_data.validation import frames, redundancy, rules
from sco_data.validation.report import Report

Frames = dict[str, pd.DataFrame]
Damage = Callable[[Frames], None]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(sco.path())


@pytest.fixture(scope="module")
def whole(catalog: Catalog) -> Frames:
    read, broken, found = frames.read(catalog, set())
    assert not broken and not found
    return read


def put(table: str, row: str, **cells: Any) -> Damage:
    """Return a damage: other values in one row."""

    def damage(data: Frames) -> None:
        frame = data[table]
        at = frames.row_ids(Catalog(sco.path()), table, frame) == row
        assert at.sum() == 1, row
        for column, value in cells.items():
            frame.loc[at, column] = pd.Timestamp(value) if frame[column].dtype.kind == "M" and value is not pd.NaT else value

    return damage


def drop(table: str, column: str, value: str) -> Damage:
    """Return a damage: rows taken out."""

    def damage(data: Frames) -> None:
        kept = data[table][data[table][column] != value]
        assert len(kept) < len(data[table])
        data[table] = kept.reset_index(drop=True)

    return damage


def first(table: str, **like: Any) -> str:
    """Return the id of the first row with these values."""
    frame = sco.load(table)
    for column, value in like.items():
        frame = frame[frame[column].eq(value).fillna(False)] if value is not None else frame[frame[column].isna()]
    return str(frames.row_ids(Catalog(sco.path()), table, frame).iloc[0])


def twin(n: int) -> str:
    """Return the id of the first or second line of evidence of one span."""
    spans = sco.load("evidence").dropna(subset=["span_sha256"])
    return str(spans[spans["span_sha256"] == spans["span_sha256"][spans["span_sha256"].duplicated()].iloc[0]]["evidence_id"].iloc[n])


def last_of(iso3: str) -> str:
    """Return the id of a state's last vote."""
    calls = sco.sql(f"SELECT v.roll_call_id FROM roll_call_votes v JOIN roll_calls USING (roll_call_id) WHERE v.iso3 = '{iso3}' ORDER BY vote_on DESC, roll_call_id DESC LIMIT 1")
    return f"{calls.roll_call_id[0]}|{iso3}"


#: (rule, what is done, table, row, column): the finding that must come of it.
CASES: list[tuple[str, Damage, str, str, str]] = [
    ("intervals are half-open and not empty", put("statuses", "IND-observer-2005", end_date="2005-07-05"), "statuses", "IND-observer-2005", "end_date"),
    ("intervals are half-open and not empty", put("summits", "chs-2017", last_day="2017-06-01"), "summits", "chs-2017", "last_day"),
    ("the precision of a date is stated, not guessed", put("status_steps", "IND-member-granted", step_on_precision="year"), "status_steps", "IND-member-granted", "step_on"),
    ("the precision of a date is stated, not guessed", put("status_steps", "IND-member-granted", step_on_precision=pd.NA), "status_steps", "IND-member-granted", "step_on_precision"),
    ("steps, spells, summits and texts lie within the coverage of their tables", put("statuses", "IND-member-2017", start_date="9999-01-01"), "statuses", "IND-member-2017", "start_date"),
    ("steps, spells, summits and texts lie within the coverage of their tables", put("documents", "sco-charter-2002", adopted_on="2090-06-07"), "documents", "sco-charter-2002", "adopted_on"),
    ("no state holds two statuses on one day", put("statuses", "IND-observer-2005", end_date="2017-06-10"), "statuses", "IND-member-2017", "start_date"),
    ("no state holds two statuses on one day", put("statuses", "IND-observer-2005", end_date=pd.NaT), "statuses", "IND-member-2017", "start_date"),
    ("a status that ends because the next begins ends on that day", put("statuses", "IND-observer-2005", end_date="2017-06-08"), "statuses", "IND-observer-2005", "end_date"),
    ("a status that ends because the next begins ends on that day", put("statuses", "IND-observer-2005", end_reason=pd.NA), "statuses", "IND-observer-2005", "end_reason"),
    ("a spell repeats what its steps say, under the start rule of its status", put("statuses", "IND-member-2017", start_date="2017-06-08"), "statuses", "IND-member-2017", "start_date"),
    ("a spell repeats what its steps say, under the start rule of its status", put("statuses", "TUR-dialogue_partner-2012", start_step="TUR-dialogue_partner-granted"), "statuses", "TUR-dialogue_partner-2012", "start_step"),
    ("a spell repeats what its steps say, under the start rule of its status", put("status_steps", "IND-member-granted", epistemic="forecast"), "statuses", "IND-member-2017", "start_step"),
    ("steps come in order", put("status_steps", "IND-member-memorandum_signed", step_on="2017-06-24"), "status_steps", "IND-member-granted", "step_on"),
    ("steps come in order", put("status_steps", "TUR-dialogue_partner-memorandum_signed", step_on="2012-04-26"), "status_steps", "TUR-dialogue_partner-memorandum_signed", "step_on"),
    ("steps come in order", put("status_steps", "BLR-member-application_filed", step_on="2023-02-01"), "status_steps", "BLR-member-application_filed", "step_on"),
    ("no date stands for something else, like 9999", put("officials", first("officials"), end_date="9999-12-31"), "officials", first("officials"), "end_date"),
    ("the founders of one body founded it on one day", put("status_steps", "IRN-member-granted", step="founded"), "status_steps", "IRN-member-granted", "step_on"),
    ("a spell repeats what its steps say, under the start rule of its status", put("statuses", "TUR-dialogue_partner-2012", granted_on="2001-06-15"), "statuses", "TUR-dialogue_partner-2012", "granted_on"),
    ("a spell repeats what its steps say, under the start rule of its status", put("statuses", "TUR-dialogue_partner-2012", granted_at="chs-2024"), "statuses", "TUR-dialogue_partner-2012", "granted_at"),
    ("a spell repeats what its steps say, under the start rule of its status", put("statuses", "TUR-dialogue_partner-2012", signed_on="1999-01-01"), "statuses", "TUR-dialogue_partner-2012", "signed_on"),
    ("a spell repeats what its steps say, under the start rule of its status", put("statuses", "TUR-dialogue_partner-2012", start_basis="granted"), "statuses", "TUR-dialogue_partner-2012", "start_basis"),
    ("a generated panel is what its view makes of the tables", put("country_years", "IND|2017", days_member=7), "country_years", "IND|2017", "days_member"),
    ("a generated panel is what its view makes of the tables", drop("country_years", "iso3", "IND"), "country_years", "IND|2017", ""),
    ("steps come in order", put("status_steps", "BLR-member-application_filed", step_on="2025-07-01"), "status_steps", "BLR-member-application_filed", "step_on"),
    ("a step at a summit falls on a day of that summit", put("status_steps", "IND-member-granted", step_on="2017-09-06"), "status_steps", "IND-member-granted", "step_on"),
    ("a step at a summit falls on a day of that summit", put("summits", "chs-2017", session_date="2016-06-09", first_day="2016-06-08", last_day="2016-06-09"), "status_steps", "IND-member-granted", "step_on"),
    ("a spell repeats what its steps say, under the start rule of its status", put("status_steps", "IND-member-granted", step_on="2004-06-09"), "statuses", "IND-observer-2005", "end_step"),
    ("a text adopted at a summit has a day of that summit", put("documents", "astana-declaration-2017", adopted_on="2017-09-06"), "documents", "astana-declaration-2017", "adopted_on"),
    ("a text adopted at a summit has a day of that summit", put("summits", "chs-2017", main_document_id="bishkek-declaration-2019"), "summits", "chs-2017", "main_document_id"),
    ("whoever came as a member, observer or partner was one", put("summit_attendance", "chs-2016|IND", capacity="member"), "summit_attendance", "chs-2016|IND", "capacity"),
    ("whoever came as a member, observer or partner was one", put("summit_attendance", "chs-2018|un", capacity="observer"), "summit_attendance", "chs-2018|un", "capacity"),
    ("the counts that sources state hold on their days", drop("statuses", "status_id", "PAK-member-2017"), "economic_figures", "sco-members-2017-06-09", "value"),
    ("the counts that sources state hold on their days", put("economic_figures", "sco-observers-2018-06-09", value=5.0), "economic_figures", "sco-observers-2018-06-09", "value"),
    ("members says what statuses says on the last day of coverage", put("members", "IND", latest_status="observer"), "members", "IND", "latest_status"),
    ("members says what statuses says on the last day of coverage", put("members", "IND", founding_member=True), "members", "IND", "founding_member"),
    ("members says what statuses says on the last day of coverage", put("members", "BLR", associated_since="2015-07-10"), "members", "BLR", "associated_since"),
    ("members says what statuses says on the last day of coverage", drop("members", "iso3", "IND"), "members", "IND", ""),
    ("the state-years repeat the spells", put("country_years", "IND|2017", status_dec31="observer"), "country_years", "IND|2017", "status_dec31"),
    ("the state-years repeat the spells", put("country_years", "FRA|2017", status_jan1=pd.NA), "country_years", "FRA|2017", "status_jan1"),
    ("a figure has the unit of its indicator, a period, and a subject", put("economic_figures", "cpec-cost-2015", unit="km"), "economic_figures", "cpec-cost-2015", "unit"),
    ("a figure has the unit of its indicator, a period, and a subject", put("economic_figures", "cpec-cost-2015", subject_id="cpek"), "economic_figures", "cpec-cost-2015", "subject_id"),
    ("a figure has the unit of its indicator, a period, and a subject", put("economic_figures", "cpec-cost-2015", subject_kind="state"), "economic_figures", "cpec-cost-2015", "subject_id"),
    ("a figure has the unit of its indicator, a period, and a subject", put("economic_figures", first("economic_figures", indicator="gdp_share"), value=149.0), "economic_figures", first("economic_figures", indicator="gdp_share"), "value"),
    ("a figure has the unit of its indicator, a period, and a subject", put("economic_figures", "sco-members-2018-06-09", as_of=pd.NaT), "economic_figures", "sco-members-2018-06-09", "as_of"),
    ("a figure has the unit of its indicator, a period, and a subject", put("economic_figures", "sco-members-2018-06-09", value=8.5), "economic_figures", "sco-members-2018-06-09", "value"),
    ("a figure has the unit of its indicator, a period, and a subject", put("economic_figures", "sco-members-2018-06-09", epistemic="forecast"), "economic_figures", "sco-members-2018-06-09", "value_kind"),
    ("a figure has the unit of its indicator, a period, and a subject", put("economic_figures", "sco-members-2018-06-09", as_of="2044-06-09"), "economic_figures", "sco-members-2018-06-09", "as_of"),
    ("a figure has the unit of its indicator, a period, and a subject", put("economic_figures", "IND-population_total-2016-2026-07-01", value=-1.0), "economic_figures", "IND-population_total-2016-2026-07-01", "value"),
    ("a figure of a series is the one that its locator names", put("economic_figures", "IND-gdp_current-2016-2026-07-01", subject_id="PAK"), "economic_figures", "IND-gdp_current-2016-2026-07-01", "figure_id"),
    ("a figure of a series is the one that its locator names", put("economic_figures", "IND-gdp_current-2016-2026-07-01", first_day="2017-01-01"), "economic_figures", "IND-gdp_current-2016-2026-07-01", "figure_id"),
    ("a figure of a series is the one that its locator names", put("economic_figures", "IND-gdp_current-2016-2026-07-01", indicator="gdp_per_capita"), "economic_figures", "IND-gdp_current-2016-2026-07-01", "source_locator"),
    ("the shares in a budget that all members pay add up to a hundred", put("economic_figures", "sco-budget_share-CHN-2025", value=71.6), "economic_figures", "sco-budget_share-UZB-2025", "value"),
    ("GDP per head times heads is GDP", put("economic_figures", "IND-population_total-2016-2026-07-01", value=1.3e6), "economic_figures", "IND-gdp_current-2016-2026-07-01", "value"),
    ("the days of a project come in order", put("projects", "rats", completed_date="2001-06-17"), "projects", "rats", "completed_date"),
    ("a project has a status, no older than its newest source", put("projects", "tapi", status_as_of=pd.NaT), "projects", "tapi", "status_as_of"),
    ("a project has a status, no older than its newest source", put("projects", "tapi", status_as_of="2015-12-13"), "projects", "tapi", "status_as_of"),
    ("an exercise says whether it took place", put("events", "peace-mission-2007", event_status=pd.NA), "events", "peace-mission-2007", "event_status"),
    ("an exercise says whether it took place", put("events", "iraq-war-2003", event_series="peace_mission"), "events", "iraq-war-2003", "event_series"),
    ("a generated panel is what its view makes of the tables", put("group_years", "members|2024|dec31|gdp_current", states_with_data=9), "group_years", "members|2024|dec31|gdp_current", "states_with_data"),
    ("a generated panel is what its view makes of the tables", put("group_years", "members|2024|dec31|gdp_current", share_of_world=25.0), "group_years", "members|2024|dec31|gdp_current", "share_of_world"),
    ("a vote is cast by a state that sat, and within the totals", put("actors", "IND", un_member_since="2015-01-01"), "roll_call_votes", "rcid-3663|IND", "iso3"),
    ("a vote is cast by a state that sat, and within the totals", put("roll_call_votes", "rcid-3663|IND", iso3="TWN"), "roll_call_votes", "rcid-3663|TWN", "iso3"),
    ("a vote is cast by a state that sat, and within the totals", put("roll_calls", "a-res-es-11-1", no=1), "roll_calls", "a-res-es-11-1", "no"),
    ("a resolution is voted on once", put("roll_calls", "rcid-5695", is_amendment=False), "roll_calls", "rcid-5695", "symbol"),
    ("a session is whole, or its roll calls are selected", put("roll_calls", "a-res-77-338", session="60"), "roll_calls", "a-res-77-338", "coverage"),
    ("a session is whole, or its roll calls are selected", put("roll_calls", "a-res-77-338", yes=180), "roll_calls", "a-res-77-338", "yes"),
    ("a claim has the unit of its indicator", put("claims", first("claims", unit="percent"), unit="USD"), "claims", first("claims", unit="percent"), "unit"),
    ("issues are issues, cases are cases, and a stance has a proposition", put("positions", "IND-iran-strikes-statement-2025", issue="ukraine"), "positions", "IND-iran-strikes-statement-2025", "issue"),
    ("issues are issues, cases are cases, and a stance has a proposition", put("positions", "IND-iran-strikes-statement-2025", case_id="bloc"), "positions", "IND-iran-strikes-statement-2025", "case_id"),
    ("issues are issues, cases are cases, and a stance has a proposition", put("positions", "IND-iran-strikes-statement-2025", stance=-2), "positions", "IND-iran-strikes-statement-2025", "stance"),
    ("issues are issues, cases are cases, and a stance has a proposition", put("positions", "IND-iran-strikes-statement-2025", start_date="2025-06-01"), "positions", "IND-iran-strikes-statement-2025", "start_date"),
    ("a forecast says what became of it, and only a forecast does", put("readings", first("readings", epistemic="forecast"), forecast_outcome=pd.NA), "readings", first("readings", epistemic="forecast"), "forecast_outcome"),
    ("a forecast says what became of it, and only a forecast does", put("readings", first("readings", epistemic="interpretation"), forecast_outcome="open"), "readings", first("readings", epistemic="interpretation"), "forecast_outcome"),
    ("a forecast says what became of it, and only a forecast does", put("readings", first("readings", forecast_outcome="open"), forecast_outcome="came_true"), "readings", first("readings", forecast_outcome="open"), "outcome_source_id"),
    ("not_named speaks of a state that was a member", put("document_parties", "sco-charter-2002-KAZ", role="not_named", actor_id="IND"), "document_parties", "sco-charter-2002-KAZ", "role"),
    ("a group or an organisation has members, once at a time", put("group_members", first("group_members"), group_id="IND"), "group_members", first("group_members").replace(first("group_members").split("|")[0], "IND"), "group_id"),
    ("a group or an organisation has members, once at a time", put("group_members", "csto|UZB|1994-04-20", end_date=pd.NaT), "group_members", "csto|UZB|2006-08-16", "start_date"),
    ("every row has evidence, and contested rows have evidence against them", put("statuses", "IND-member-2017", source_id="kang-2016"), "statuses", "IND-member-2017", "source_id"),
    ("every row has evidence, and contested rows have evidence against them", put("status_steps", "IND-member-granted", contested=False), "status_steps", "IND-member-granted", "contested"),
    ("every row has evidence, and contested rows have evidence against them", put("status_steps", "MNG-observer-granted", contested=True), "status_steps", "MNG-observer-granted", "contested"),
    ("every row has evidence, and contested rows have evidence against them", put("status_steps", "LKA-dialogue_partner-memorandum_signed", place="Beijing"), "status_steps", "LKA-dialogue_partner-memorandum_signed", "place"),
    ("evidence speaks of rows and columns that are there", put("evidence", first("evidence", table_name="summits"), row_id="chs-1999"), "evidence", first("evidence", table_name="summits"), "row_id"),
    ("evidence speaks of rows and columns that are there", put("evidence", first("evidence", table_name="summits"), table_name="summit"), "evidence", first("evidence", table_name="summits"), "table_name"),
    ("evidence speaks of rows and columns that are there", put("evidence", first("evidence", table_name="summits"), field_name="town"), "evidence", first("evidence", table_name="summits"), "field_name"),
    ("evidence speaks of rows and columns that are there", put("evidence", first("evidence", relation="rejected"), relation="supports"), "evidence", first("evidence", relation="rejected"), "row_id"),
    ("a span has two ends and a hash", put("evidence", first("evidence", source_id="kang-2016"), char_end=pd.NA), "evidence", first("evidence", source_id="kang-2016"), "char_start"),
    ("a span has two ends and a hash", put("sources", "kang-2016", sha256=pd.NA), "evidence", first("evidence", source_id="kang-2016"), "source_id"),
    ("every source is used, and a series by rows that rest on it alone", drop("evidence", "source_id", "tass-2021-09-09-afghanistan"), "sources", "tass-2021-09-09-afghanistan", ""),
    ("the descriptor's codes are those of the table codes", drop("codes", "code", "dialogue_partner"), "codes", "status|dialogue_partner", ""),
    ("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown", put("members", "IND", name="=HYPERLINK()"), "members", "IND", "name"),
    ("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown", put("members", "IND", name="India "), "members", "IND", "name"),
    ("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown", put("members", "IND", name="In\u200bdia"), "members", "IND", "name"),
    ("every source is used, and a series by rows that rest on it alone", put("sources", "kang-2016", series=True), "sources", "kang-2016", "series"),
    ("the descriptor's codes are those of the table codes", put("codes", "status|observer", label="Observers"), "codes", "status|observer", ""),
    ("every row has evidence, and contested rows have evidence against them", put("roll_calls", "rcid-5201", contested=True), "roll_calls", "rcid-5201", "contested"),
    ("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown", put("members", "IND", name="In  dia"), "members", "IND", "name"),
    ("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown", put("members", "IND", name="In\u00a0dia"), "members", "IND", "name"),
    ("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown", put("members", "IND", name="In\u00addia"), "members", "IND", "name"),
    ("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown", put("members", "IND", name="T\u00c3\u00bcrkiye"), "members", "IND", "name"),
    ("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown", put("members", "IND", name="n/a"), "members", "IND", "name"),
    ("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown", put("members", "IND", name="Indi\u0430"), "members", "IND", "name"),
    ("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown", put("members", "IND", name='"India"'), "members", "IND", "name"),
    ("a cell holds what the evidence for it says", put("status_steps", "IND-member-granted", step_on="2017-06-08"), "status_steps", "IND-member-granted", "step_on"),
    ("a cell holds what the evidence for it says", put("statuses", "BLR-dialogue_partner-2009", signed_on="2011-04-28"), "statuses", "BLR-dialogue_partner-2009", "signed_on"),
    ("a cell holds what the evidence for it says", put("statuses", "BLR-dialogue_partner-2009", signed_on="2010-04-27"), "statuses", "BLR-dialogue_partner-2009", "signed_on"),
    ("a cell holds what the evidence for it says", put("economic_figures", "cpec-cost-2015", value=46e6), "economic_figures", "cpec-cost-2015", "value"),
    ("a cell holds what the evidence for it says", put("evidence", first("evidence", row_id="cpec-cost-2015"), coded_value="46000000"), "economic_figures", "cpec-cost-2015", "value"),
    ("a cell holds what the evidence for it says", put("evidence", first("evidence", table_name="status_steps", relation="contradicts"), relation="supports"), first("evidence", table_name="status_steps", relation="contradicts").split(":")[1], first("evidence", table_name="status_steps", relation="contradicts").split(":")[2], first("evidence", table_name="status_steps", relation="contradicts").split(":")[3].split("@")[0]),
    ("a row rests on a place in its source that evidence names", put("status_steps", "IND-member-granted", source_locator="p. 99"), "status_steps", "IND-member-granted", "source_locator"),
    ("a row rests on a place in its source that evidence names", put("roll_call_votes", "rcid-5201|IND", source_locator="rcid 5202"), "roll_call_votes", "rcid-5201|IND", "source_locator"),
    ("an id is made of what it stands for", put("status_steps", "IND-member-granted", iso3="PAK"), "status_steps", "IND-member-granted", "iso3"),
    ("an id is made of what it stands for", put("status_steps", "IND-member-granted", step="in_force"), "status_steps", "IND-member-granted", "step"),
    ("an id is made of what it stands for", put("summits", "chs-2017", body="chg"), "summits", "chs-2017", "body"),
    ("an id is made of what it stands for", put("summits", "chs-2017", session_date="2016-06-09"), "summits", "chs-2017", "session_date"),
    ("an id is made of what it stands for", put("document_parties", "sco-charter-2002-KAZ", actor_id="KGZ"), "document_parties", "sco-charter-2002-KAZ", "actor_id"),
    ("the id of evidence says what it is evidence of", put("evidence", first("evidence", table_name="summits"), source_locator="p. 99"), "evidence", first("evidence", table_name="summits"), "source_locator"),
    ("the id of evidence says what it is evidence of", put("evidence", first("evidence", source_id="kang-2016"), char_start=1), "evidence", first("evidence", source_id="kang-2016"), "char_start"),
    ("a span is one span: its ends and its hash", put("evidence", twin(0), span_sha256="0" * 64), "evidence", twin(1), "span_sha256"),
    ("a span is one span: its ends and its hash", put("evidence", twin(1), char_end=999_999), "evidence", twin(1), "char_end"),
    ("what is copied from another table is the same there", put("members", "IND", ccode=751), "members", "IND", "ccode"),
    ("what is copied from another table is the same there", put("statuses", "IND-member-2017", epistemic="reported"), "statuses", "IND-member-2017", "epistemic"),
    ("a state of the system is called by its code", put("actors", "IND", iso3="IDN"), "actors", "IND", "iso3"),
    ("a state of the system is called by its code", put("actors", "IND", kind="group"), "actors", "IND", "kind"),
    ("what is said of a source fits together", put("sources", first("sources", year=2017), published_on="2018-01-01"), "sources", first("sources", year=2017), "year"),
    ("what is said of a source fits together", put("sources", "kang-2016", accessed_on="2001-01-01"), "sources", "kang-2016", "accessed_on"),
    ("a page is dated as its source is", put("positions", first("positions", as_of=pd.Timestamp("2025-06-14")), as_of="2025-06-16"), "positions", first("positions", as_of=pd.Timestamp("2025-06-14")), "as_of"),
    ("a roll call is of its session", put("roll_calls", "rcid-5201", symbol="A/RES/68/45"), "roll_calls", "rcid-5201", "symbol"),
    ("a roll call is of its session", put("roll_calls", "rcid-5201", vote_on="2011-12-03"), "roll_calls", "rcid-5201", "vote_on"),
    ("a roll call is of its session", put("roll_calls", "rcid-5201", rcid=5200), "roll_calls", "rcid-5201", "rcid"),
    ("a seat is contested from a day on", put("roll_call_votes", "rcid-5201|AFG", seat_contested=True), "roll_call_votes", "rcid-5201|AFG", "seat_contested"),
    ("a seat is contested from a day on", put("roll_call_votes", last_of("AFG"), seat_contested=False), "roll_call_votes", last_of("AFG"), "seat_contested"),
    ("votes and totals add up, by roll call and by state and year", put("roll_call_votes", "rcid-5201|IND", vote="no"), "roll_call_votes", "rcid-5201|IND", "vote"),
    ("votes and totals add up, by roll call and by state and year", put("roll_calls", "rcid-5201", yes=124), "roll_calls", "rcid-5201", "yes, others_yes"),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{c[2]}-{c[4]}" for n, c in enumerate(CASES)])
def test_the_rule_refuses_its_bad_example(catalog: Catalog, whole: Frames, case: tuple[str, Damage, str, str, str]) -> None:
    name, damage, table, row, column = case
    data = {t: f.copy() for t, f in whole.items()}
    damage(data)
    found = list(rules.RULES[name][1](rules.Data(catalog, data)))
    assert (table, row, column) in {(f.table, f.row, f.column) for f in found}, [str(f) for f in found]
    assert all(f.mend and f.rule for f in found)


def test_every_rule_has_a_bad_example() -> None:
    # Order and files are about the bytes on disk: test_validate.py damages those.
    on_disk = {"rows are sorted by key", "files are UTF-8 without BOM, lines end in a line feed", "the descriptor is that of its version"}
    assert set(rules.RULES) == {c[0] for c in CASES} | on_disk


def test_a_rule_looks_at_the_tables_that_it_names(catalog: Catalog, whole: Frames) -> None:
    """What changed elsewhere need not be checked anew: scripts/mutate rests on that."""
    assert redundancy.__name__ in {function.__module__ for _, function in rules.RULES.values()}
    for needs, function in rules.RULES.values():
        if needs and not {rules.ALL, rules.EACH} & set(needs):
            assert list(function(rules.Data(catalog, {t: whole[t] for t in needs}))) == []


@pytest.mark.parametrize("name", rules.RULES)
def test_the_release_breaks_no_rule(catalog: Catalog, whole: Frames, name: str) -> None:
    assert [str(f) for f in rules.RULES[name][1](rules.Data(catalog, whole))] == []


def test_a_rule_whose_table_is_damaged_is_left_out_and_named(catalog: Catalog, whole: Frames) -> None:
    _, skipped = rules.check(rules.Data(catalog, {t: f for t, f in whole.items() if t != "sources"}))
    assert any("rest on it alone (needs sources)" in s for s in skipped)
    assert not Report([], skipped=skipped).ok


def test_a_table_that_the_descriptor_lacks_is_a_finding(catalog: Catalog, whole: Frames) -> None:
    less = Catalog(sco.path())
    del less.resources["evidence"]
    found, _ = rules.check(rules.Data(less, {t: f for t, f in whole.items() if t != "evidence"}))
    assert ("evidence", "contract: the descriptor has no such table") in {(f.table, f.rule) for f in found}


def test_pandera_schema_says_what_the_descriptor_says(catalog: Catalog, whole: Frames) -> None:
    """The mapper: codes, patterns with alternatives, nullable integers and blank booleans."""
    schema = frames.schema(catalog.resource("summits"))
    assert schema.columns["ordinal"].nullable and str(schema.columns["ordinal"].dtype) == "Int64"
    bad = {t: f.copy() for t, f in whole.items()}
    put("summits", "chs-2017", format="on paper")(bad)
    put("members", "IND", m49="36")(bad)
    put("members", "IND", name=pd.NA)(bad)
    found = {(f.table, f.row, f.column, f.rule.split(":")[0]) for f in frames.check(catalog, bad)}
    assert {("summits", "chs-2017", "format", "code"), ("members", "IND", "m49", "constraint"), ("members", "IND", "name", "required")} <= found


def test_unique_combinations_count_blanks_as_equal(catalog: Catalog, whole: Frames) -> None:
    bad = dict(whole)
    twin = whole["economic_figures"].query("figure_id == 'sco-members-2018-06-09'").assign(figure_id="sco-members-2018-06-09-again")
    bad["economic_figures"] = pd.concat([whole["economic_figures"], twin], ignore_index=True)
    found = [f for f in frames.check(catalog, bad) if f.rule.startswith("unique key")]
    assert [f.row for f in found] == ["sco-members-2018-06-09-again"]


def test_the_release_folder_is_the_installed_one() -> None:
    assert (Path(sco.path()) / "datapackage.json").is_file()
