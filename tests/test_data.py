"""Known facts, invariants and counts of the release: what must be so whoever built it."""

from __future__ import annotations

import pandas as pd
import pytest

import sco_data as sco
from sco_data.catalog import Catalog

SIX = "CHN KAZ KGZ RUS TJK UZB"

#: Official or agency lists of a day -> who held which status; each list is a source in the tables or its figures.
LISTS = {
    ("1996-04-26", "shanghai_five"): "CHN KAZ KGZ RUS TJK",
    ("2001-06-14", "shanghai_five"): SIX,
    ("2001-06-15", "member"): SIX,
    ("2004-06-17", "observer"): "MNG",
    ("2005-07-05", "observer"): "IND IRN MNG PAK",
    ("2006-09-15", "observer"): "IND IRN MNG PAK",
    ("2008-08-28", "member"): SIX,
    ("2008-08-28", "observer"): "IND IRN MNG PAK",
    ("2014-09-12", "observer"): "AFG IND IRN MNG PAK",
    ("2014-09-12", "dialogue_partner"): "BLR LKA TUR",
    ("2012-12-05", "observer"): "AFG IND IRN MNG PAK",
    ("2015-12-15", "observer"): "AFG BLR IND IRN MNG PAK",
    ("2016-04-16", "observer"): "AFG BLR IND IRN MNG PAK",
    ("2016-04-16", "dialogue_partner"): "ARM AZE KHM LKA NPL TUR",
    ("2017-06-08", "member"): SIX,
    ("2017-06-09", "member"): SIX + " IND PAK",
    ("2017-06-09", "observer"): "AFG BLR IRN MNG",
    ("2017-12-01", "observer"): "AFG BLR IRN MNG",
    ("2018-10-12", "observer"): "AFG BLR IRN MNG",
    ("2021-09-17", "observer"): "AFG BLR IRN MNG",
    ("2021-09-17", "dialogue_partner"): "ARM AZE KHM LKA NPL TUR",
    ("2023-07-04", "member"): SIX + " IND IRN PAK",
    ("2023-10-26", "observer"): "AFG BLR MNG",
    ("2024-07-04", "member"): SIX + " BLR IND IRN PAK",
    ("2025-07-03", "observer"): "AFG MNG",
    ("2025-07-03", "dialogue_partner"): "ARE ARM AZE BHR EGY KHM KWT LKA MDV MMR NPL QAT SAU TUR",
    ("2025-09-01", "partner"): "AFG ARE ARM AZE BHR EGY KHM KWT LAO LKA MDV MMR MNG NPL QAT SAU TUR",
    ("2025-09-01", "observer"): "",
    ("2025-11-18", "member"): SIX + " BLR IND IRN PAK",
}


@pytest.mark.parametrize(("day", "status"), LISTS)
def test_the_lists_of_the_day(day: str, status: str) -> None:
    assert list(sco.members(on=day, status=status).iso3) == sorted(LISTS[day, status].split())


#: The record of the ten members, by the day on which each status began and ended.
TEN = {
    **{f"{s}-shanghai_five-1996": ("1996-04-26", "2001-06-15") for s in "CHN KAZ KGZ RUS TJK".split()},
    "UZB-shanghai_five-2001": ("2001-06-14", "2001-06-15"),
    **{f"{s}-member-2001": ("2001-06-15", "") for s in SIX.split()},
    **{f"{s}-observer-2005": ("2005-07-05", "2017-06-09") for s in ("IND", "PAK")},
    **{f"{s}-member-2017": ("2017-06-09", "") for s in ("IND", "PAK")},
    "IRN-observer-2005": ("2005-07-05", "2023-07-04"),
    "IRN-member-2023": ("2023-07-04", ""),
    "BLR-dialogue_partner-2009": ("2010-04-28", "2015-07-10"),
    "BLR-observer-2015": ("2015-07-10", "2024-07-04"),
    "BLR-member-2024": ("2024-07-04", ""),
}


def test_the_record_of_the_ten_members() -> None:
    spells = sco.load("statuses")
    spells = spells[spells.iso3.isin(sco.members().iso3)]
    day = lambda column: spells[column].dt.strftime("%Y-%m-%d").fillna("")  # noqa: E731
    assert dict(zip(spells.status_id, zip(day("start_date"), day("end_date")))) == TEN
    assert (spells.start_date_precision == "day").all()


STEPS = {
    "IND-member-procedure_opened": "2015-07-10", "IND-member-memorandum_signed": "2016-06-24",
    "IRN-member-procedure_opened": "2021-09-17", "IRN-member-memorandum_signed": "2022-09-16",
    "BLR-dialogue_partner-granted": "2009-06-16", "BLR-member-procedure_opened": "2022-09-16", "BLR-member-memorandum_signed": "2023-07-04",
    "MNG-observer-granted": "2004-06-17", "AFG-observer-granted": "2012-06-07", "TUR-dialogue_partner-memorandum_signed": "2013-04-26",
    "LAO-partner-granted": "2025-09-01",
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_known_steps(step: str) -> None:
    row = sco.load("status_steps").set_index("step_id").loc[step]
    assert row.step_on == pd.Timestamp(STEPS[step]) and row.step_on_precision == "day"


def test_iran_applied_on_24_march_2008() -> None:
    filed = sco.history("Iran").query("step == 'application_filed'")
    assert pd.Timestamp("2008-03-24") in set(filed.date)


def test_every_start_has_two_sources() -> None:
    said = sco.sql("SELECT row_id, count(DISTINCT source_id) AS n FROM evidence WHERE table_name = 'statuses' AND field_name = 'start_date' AND relation = 'supports' GROUP BY row_id")
    assert len(said) == len(sco.load("statuses"))
    assert said[said.n < 2].row_id.tolist() == []


#: How a date of a precision is written in evidence.
EXACT = """
SELECT s.status_id, s.note, count(DISTINCT e.source_id) FILTER (
    e.coded_value = left(CAST(s.start_date AS VARCHAR), CASE s.start_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END)) AS witnesses
FROM statuses s
JOIN evidence e ON e.table_name = 'statuses' AND e.row_id = s.status_id AND e.field_name = 'start_date' AND e.relation = 'supports'
GROUP BY ALL
"""


def test_a_start_that_one_source_alone_states_so_exactly_says_so_in_its_note() -> None:
    """Coarser sources support a day without stating it: here only those count that state it themselves."""
    starts = sco.sql(EXACT)
    single = set(starts[starts.witnesses < 2].status_id)
    assert single == {"BLR-dialogue_partner-2009", "BHR-dialogue_partner-2022"}
    assert set(starts[starts.note.str.contains("One source alone").fillna(False)].status_id) == single


def test_nearly_every_start_and_end_is_known_to_the_day() -> None:
    spells = sco.load("statuses")
    known = pd.concat([spells.start_date_precision, spells.end_date_precision.dropna()])
    assert (known == "day").mean() >= 0.95


def test_partners_of_2025_keep_their_earlier_status_in_law() -> None:
    partners = sco.load("statuses").query("status == 'partner' and granted_at == 'chs-2025'").set_index("iso3")
    assert partners.legal_status.value_counts(dropna=False).to_dict() == {"dialogue_partner": 14, "observer": 2, pd.NA: 1}
    assert pd.isna(partners.loc["LAO", "legal_status"])


def test_summits_are_one_a_year_and_met_once() -> None:
    summits = sco.load("summits").query("body == 'chs'")
    assert summits.session_date.dt.year.tolist() == list(range(2001, 2001 + len(summits)))
    assert summits.ordinal.tolist() == list(range(1, 1 + len(summits)))
    assert sco.load("summits").query("body == 'shanghai_five'").session_date.dt.strftime("%Y-%m-%d").tolist() == [
        "1996-04-26", "1997-04-24", "1998-07-03", "1999-08-25", "2000-07-05", "2001-06-14",
    ]  # fmt: skip
    formats = sco.load("summits").set_index("summit_id").format
    assert (formats["chs-2020"], formats["chs-2021"], formats["chs-2023"]) == ("video", "hybrid", "video")


#: The Council of Heads of Government: its session days. There was none in 2002.
CHG = """2001-09-14 2003-09-23 2004-09-23 2005-10-26 2006-09-15 2007-11-02 2008-10-30 2009-10-14 2010-11-25 2011-11-07 2012-12-05 2013-11-29
2014-12-15 2015-12-15 2016-11-03 2017-12-01 2018-10-12 2019-11-02 2020-11-30 2021-11-25 2022-11-01 2023-10-26 2024-10-16 2025-11-18"""


def test_the_heads_of_government_met_every_year_but_2002() -> None:
    meetings = sco.load("summits").query("body == 'chg'")
    assert meetings.session_date.dt.strftime("%Y-%m-%d").tolist() == CHG.split()
    assert meetings.ordinal.tolist() == list(range(1, 25))
    video = meetings[meetings.format == "video"]
    assert video.summit_id.tolist() == ["chg-2020", "chg-2021", "chg-2022"] and set(meetings.format) == {"video", "in_person"}
    assert meetings.outcome.notna().all() and meetings.main_document_id.notna().all()


def test_every_session_day_has_two_sources() -> None:
    said = sco.sql("SELECT row_id, count(DISTINCT source_id) AS n FROM evidence WHERE table_name = 'summits' AND field_name = 'session_date' AND relation = 'supports' GROUP BY row_id")
    assert set(said.row_id) == set(sco.load("summits").summit_id)
    assert said[said.n < 2].row_id.tolist() == []


def test_whoever_was_a_member_or_observer_has_a_row_at_each_council_of_heads_of_state() -> None:
    """A gap is a blank in `attended`, never a missing row."""
    missing = sco.sql("""
        SELECT s.summit_id, t.iso3
        FROM summits s
        JOIN spells t ON t.status IN ('member', 'observer') AND t.start_date < s.session_date AND (t.end_date IS NULL OR t.end_date > s.session_date)
        ANTI JOIN summit_attendance a ON a.summit_id = s.summit_id AND a.actor_id = t.iso3
        WHERE s.body = 'chs'
    """)
    assert missing.values.tolist() == []


#: Who came, by meeting and actor: capacity, whether it came, who spoke for it, and at what level.
CAME = {
    ("chs-2005", "IND"): ("observer", True, "Natwar Singh", "minister"),
    ("chs-2006", "IRN"): ("observer", True, "Mahmoud Ahmadinejad", "head_of_state"),
    ("chs-2009", "IND"): ("observer", True, "Manmohan Singh", "head_of_government"),
    ("chs-2010", "TKM"): ("guest", True, "Gurbanguly Berdimuhamedow", "head_of_state"),
    ("chs-2012", "AFG"): ("guest", True, "Hamid Karzai", "head_of_state"),
    ("chs-2017", "un"): ("guest", True, "Antonio Guterres", "organisation_head"),
    ("chs-2017", "PAK"): ("observer", True, "Nawaz Sharif", "head_of_government"),
    ("chs-2024", "IND"): ("member", True, "Subrahmanyam Jaishankar", "minister"),
    ("chs-2025", "IDN"): ("guest", True, "Sugiono", "minister"),
    ("chs-2025", "MYS"): ("guest", True, "Anwar Ibrahim", "head_of_government"),
    **{(f"chs-{year}", "AFG"): ("observer", False, None, None) for year in range(2021, 2026)},
}


@pytest.mark.parametrize("key", CAME, ids="-".join)
def test_who_came(key: tuple[str, str]) -> None:
    row = sco.load("summit_attendance").set_index(["summit_id", "actor_id"]).loc[key]
    said = tuple(None if pd.isna(v) else v for v in (row.capacity, row.attended, row.represented_by, row.representative_level))
    assert said == CAME[key]


#: Treaties: day of signature, day of entry into force.
TREATIES = {
    "sco-charter-2002": ("2002-06-07", "2003-09-19"),
    "shanghai-convention-2001": ("2001-06-15", "2003-03-29"),
    "sco-good-neighbourliness-treaty-2007": ("2007-08-16", "2012-10-31"),
    "counter-terrorism-convention-2009": ("2009-06-16", "2012-01-14"),
    "road-transport-agreement-2014": ("2014-09-12", "2017-01-20"),
    "counter-extremism-convention-2017": ("2017-06-09", None),
    "rats-agreement-2002": ("2002-06-07", None),
}


@pytest.mark.parametrize("document", TREATIES)
def test_treaties(document: str) -> None:
    row = sco.load("documents").set_index("document_id").loc[document]
    signed, force = (None if pd.isna(v) else v.strftime("%Y-%m-%d") for v in (row.adopted_on, row.in_force_on))
    assert (signed, force) == TREATIES[document]


def test_every_council_of_heads_of_state_has_its_main_document() -> None:
    # The declaration of 2026 was not found.
    councils = sco.load("summits").query("body == 'chs' and summit_id != 'chs-2026'")
    assert councils.main_document_id.notna().all()
    kinds = sco.load("documents").set_index("document_id").kind
    assert set(kinds[councils.main_document_id]) <= {"declaration", "charter", "treaty"}


def test_the_foreign_ministers_met_before_every_council_since_2006() -> None:
    events = sco.load("events")
    years = {body: set(part.first_day.dt.year) for body, part in events[events.body_id.notna()].groupby("body_id")}
    assert set(range(2006, 2026)) <= years["sco-foreign-ministers"]
    assert {2006, 2007, 2008, 2009, *range(2011, 2026)} <= years["sco-defence-ministers"]
    assert {*range(2015, 2025)} <= years["sco-security-councils"]
    assert (events[events.body_id.notna()].sco_relation == "organ").all()


def test_applications_of_others_are_steps_without_a_status() -> None:
    steps = sco.load("status_steps")
    others = steps[~steps.iso3.isin(sco.load("members").iso3)]
    assert {"BGD", "SYR", "ISR", "DZA", "UKR"} <= set(others.iso3)
    assert set(others.step) <= {"wish_stated", "application_reported", "application_filed"}


def test_no_row_rests_on_an_encyclopaedia_alone_without_a_note() -> None:
    """Only the peers are read for what they code; elsewhere an encyclopaedia that stands alone is owned up to."""
    for table in ("status_steps", "statuses", "summits", "documents", "events", "officials"):
        key = sco.sql(f"FROM {table} LIMIT 0").columns[0]
        alone = sco.sql(f"""
            SELECT t.{key}
            FROM {table} t
            JOIN (SELECT row_id FROM evidence JOIN sources USING (source_id) WHERE table_name = '{table}' AND relation = 'supports'
                  GROUP BY row_id HAVING bool_and(kind = 'encyclopaedia')) e ON e.row_id = t.{key}
            WHERE t.note IS NULL
        """)
        assert alone[key].tolist() == []


def test_the_panel_is_whole() -> None:
    panel = sco.load("country_years")
    assert not panel.duplicated(["iso3", "year"]).any()
    assert (panel.year.min(), panel.year.max()) == tuple(day.year for day in Catalog(sco.path()).coverage())
    assert panel.groupby("year").size().between(185, 200).all()
    india = panel.query("iso3 == 'IND' and year == 2017").iloc[0]
    assert (india.status_jan1, india.status_dec31, india.status_any) == ("observer", "member", "observer|member")
    assert (india.days_observer, india.days_member, india.first_member_year) == (159, 206, 2017)
    uzbekistan = panel.query("iso3 == 'UZB' and year == 2001").iloc[0]
    assert (uzbekistan.days_shanghai_five, uzbekistan.days_member, uzbekistan.status_jan1) == (1, 200, "none")
    assert set(panel.query("iso3 == 'FRA'").status_dec31.dropna()) == {"none"}
    assert panel.query("iso3 == 'YUG'").year.max() == 2005 and panel.query("iso3 == 'SRB'").year.min() == 2006


def test_the_panel_of_2014_beside_what_cow_knows() -> None:
    """COW IGO v3 codes six members in 2014 and no observer: the panel agrees on the six."""
    panel = sco.load("country_years").query("year == 2014 and in_cow")
    assert sorted(panel[panel.status_dec31 == "member"].ccode) == [365, 702, 703, 704, 705, 710]


def test_two_values_of_one_pipeline_are_one_contested_row_and_two_promises_are_two() -> None:
    figures = sco.load("economic_figures").set_index("figure_id")
    assert figures.loc["tapi-length", "value"] == 1814 and bool(figures.loc["tapi-length", "contested"])
    assert figures.loc["cpec-cost-2015", "value"] == 46e9 and figures.loc["cpec-investment-2017", "value"] == 62e9
    grid = figures.loc["asian-gas-grid-length"]
    assert grid.value == 15000 and bool(grid.contested) and "source_locator" in grid and grid.source_locator == "note 30"


def test_growth_of_world_product_follows_from_its_two_sums() -> None:
    figures = sco.load("economic_figures").set_index("figure_id").value
    growth = (figures["world-gdp-2015"] / figures["world-gdp-2000"] - 1) * 100
    assert round(growth, 1) == figures["world-gdp_growth_total-2000-2015"]


def test_a_reading_is_never_a_position() -> None:
    assert set(sco.load("positions").epistemic) <= {"formal_act", "official_statement", "reported_fact"}
    assert set(sco.load("readings").epistemic) == {"interpretation", "forecast"}
    assert sco.load("readings").asserted_by.notna().all()


def test_india_took_no_part_in_the_statement_of_14_june_2025() -> None:
    row = sco.sql("SELECT role, basis FROM document_parties WHERE document_id = 'sco-statement-2025-06-14' AND actor_id = 'IND'").iloc[0]
    assert (row.role, row.basis) == ("did_not_participate", "stated")
    own = sco.load("positions").set_index("position_id").loc["IND-iran-strikes-statement-2025"]
    assert own.act == "did_not_participate" and pd.isna(own.stance) and own.epistemic == "official_statement"


def test_the_two_texts_are_coded_with_spans() -> None:
    said = sco.sql("SELECT source_id, count(DISTINCT (table_name, row_id)) AS rows, bool_and(char_start IS NOT NULL AND span_sha256 IS NOT NULL) AS spans FROM evidence WHERE source_id IN ('kang-2016', 'merics-soong-2025') AND table_name NOT IN ('statuses', 'members') GROUP BY ALL")
    assert said.set_index("source_id").rows.min() >= 80 and said.spans.all()


#: Columns that have no value yet, each with the reason: a new one must be explained here.
EMPTY = {
    ("members", "note"),  # nothing to say of a row so far
    ("positions", "end_date"), ("positions", "end_date_precision"), ("readings", "end_date"), ("readings", "end_date_precision"),  # no source states an end
    ("sources", "archived_url"),  # not coded yet
}  # fmt: skip


def test_no_explanation_of_a_blank_column_is_stale() -> None:
    assert {(table, column) for table, column in EMPTY if sco.load(table)[column].notna().any()} == set()


@pytest.mark.parametrize("table", sco.tables())
def test_no_column_is_entirely_blank(table: str) -> None:
    frame = sco.load(table)
    assert {(table, c) for c in frame if frame[c].isna().all()} <= EMPTY


def test_namibia_is_not_missing() -> None:
    assert sco.load("actors").query("iso3 == 'NAM'").iso2.item() == "NA"


def test_codes_of_states_agree_with_each_other() -> None:
    states = sco.load("actors").query("kind == 'state'")
    for column in ("iso3", "iso2", "m49", "gwcode", "wikidata_id"):
        known = states[column].dropna()
        assert not known.duplicated().any(), column
    assert (states.iso3 == states.actor_id).all()


#: Organisations, bodies, projects, events and persons as the two texts call them -> where a name search must find them.
NAMED = {
    "OBOR": "projects", "One Belt One Road": "projects", "Silk Road Economic Belt": "projects", "Belt and Road Initiative": "projects", "BRI": "projects",
    "New Maritime Silk Road": "projects", "CPEC": "projects", "TAPI": "projects", "Green Energy Highway": "projects", "AIIB": "projects",
    "New Development Bank": "projects", "SCO Development Bank": "projects", "SCO Energy Club": "projects", "Greater Eurasian Partnership": "projects",
    "Connect Central Asia policy": "projects", "Act East policy": "projects", "RATS": "projects", "Regional Anti-Terrorist Structure": "projects",
    "Global Gateway": "projects", "SCO": "actors", "NATO": "actors", "EAEU": "actors", "EU": "actors", "BRICS": "actors",
    "Quadrilateral Security Dialogue": "actors", "Peace Mission exercises": "events", "Raisina Dialogue 2016": "events", "Zhang Deguang": "officials",
    "Charter of the Shanghai Cooperation Organization": "documents", "Enlargement": "issues", "Strikes on Iran in June 2025": "issues",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_what_the_texts_name_is_found_by_that_name(name: str) -> None:
    found = sco.sql("SELECT table_name FROM names WHERE lower(name) = lower($name)", {"name": name})
    assert NAMED[name] in set(found.table_name), sco.sql("SELECT * FROM names WHERE name ILIKE $like", {"like": f"%{name[:8]}%"}).to_string()
