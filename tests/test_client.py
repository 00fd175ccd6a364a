"""What a user of the Python client notices: answers, types, errors, warnings."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest

import sco_data as sco
from sco_data import database
from sco_data.catalog import Catalog
from sco_data.names import resolve

# -- members -------------------------------------------------------------------------------------


def test_members_the_day_before_and_the_day_of_a_grant() -> None:
    assert len(sco.members(on="2017-06-08")) == 6
    assert len(sco.members(on="2017-06-09")) == 8


@pytest.mark.parametrize("day", ["2019-06-14", dt.date(2019, 6, 14), dt.datetime(2019, 6, 14, 23, 59), pd.Timestamp("2019-06-14")])
def test_members_takes_a_day_in_every_usual_form(day: object) -> None:
    frame = sco.members(on=day)
    assert list(frame.iso3) == ["CHN", "IND", "KAZ", "KGZ", "PAK", "RUS", "TJK", "UZB"]
    assert frame.attrs["on"] == "2019-06-14"


def test_members_without_a_day_answers_for_the_last_day_and_says_which() -> None:
    frame = sco.members()
    assert len(frame) == 10
    assert frame.attrs["on"] == Catalog(sco.path()).coverage()[1].isoformat()
    assert frame.attrs["version"] == sco.__version__


def test_every_frame_says_of_which_data_version_and_licence_it_is() -> None:
    frames = [
        sco.members(), sco.history("India"), sco.panel(2017, 2017), sco.pairs(2017, 2017), sco.load("statuses"), sco.load("status_counts"), sco.sql("SELECT 1 AS one"),
        sco.evidence("statuses", "IND-member-2017"), sco.describe(), sco.describe("statuses"), sco.describe("status_counts"),
    ]  # fmt: skip
    said = {"package": "sco-data", "version": sco.__version__, "licence": "CC-BY-4.0"}
    assert [f.attrs | said for f in frames] == [f.attrs for f in frames]


def test_the_predecessor_is_counted_only_when_asked_for() -> None:
    assert sco.members(on="2000-01-01", status=None).empty
    assert len(sco.members(on="2000-01-01", status=None, include_predecessor=True)) == 5
    assert len(sco.members(on="2000-01-01", status="shanghai_five")) == 5


def test_start_rule_granted_moves_dialogue_partnerships_only() -> None:
    day = "2012-12-31"  # Türkiye: granted in June 2012, memorandum in April 2013
    assert "TUR" not in set(sco.members(on=day, status="dialogue_partner").iso3)
    assert "TUR" in set(sco.members(on=day, status="dialogue_partner", start_rule="granted").iso3)
    assert list(sco.members(on=day).iso3) == list(sco.members(on=day, start_rule="granted").iso3)


def test_outside_coverage_there_are_blanks_and_a_warning_never_the_last_known() -> None:
    with pytest.warns(sco.CoverageWarning, match="outside the days that the data cover"):
        blank = sco.members(on="2040-01-01", status=None)
    assert len(blank) == len(sco.load("members")) and blank.status.isna().all()
    with pytest.warns(sco.CoverageWarning):
        assert sco.members(on="1990-01-01").empty


@pytest.mark.parametrize("day", ["2017-02-30", "yesterday", "2017", "09.06.2017", ""])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(sco.UsageError, match="YYYY-MM-DD"):
        sco.members(on=day)


def test_an_unknown_status_or_rule_is_refused() -> None:
    with pytest.raises(sco.UsageError, match="no status 'guest'"):
        sco.members(status="guest")
    with pytest.raises(sco.UsageError, match="no start rule"):
        sco.members(start_rule="signed")


# -- names ---------------------------------------------------------------------------------------

SPELLINGS = {
    "Kyrgyz Republic": "KGZ", "Kirghizia": "KGZ", "Türkiye": "TUR", "Turkey": "TUR", "turkiye": "TUR", "TR": "TUR", "Burma": "MMR",
    "Myanmar (Burma)": "MMR", "Lao PDR": "LAO", "Laos": "LAO", "IR": "IRN", "Iran, Islamic Rep.": "IRN", "the Islamic Republic of Iran": "IRN",
    "Russia": "RUS", "russian  federation": "RUS", "Россия": "RUS", "Киргизия": "KGZ", "Российская Федерация": "RUS", "中国": "CHN", "Byelorussia": "BLR", "UAE": "ARE",
    "NA": "NAM", "NAM": "NAM", "Viet Nam": "VNM", "Vietnam": "VNM", "Côte d'Ivoire": "CIV", "m49:356": "IND", "cow:750": "IND", "COW:750": "IND",
    "gw:750": "IND", "356": "IND", "750": "IND", "004": "AFG", "4": "AFG", "345": "SRB",
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_state_is_known_by_any_of_its_spellings(spelling: str) -> None:
    assert resolve(spelling) == SPELLINGS[spelling]


def test_numbers_resolve_as_integers_too() -> None:
    assert resolve(356) == "IND"


def test_a_number_that_means_two_states_asks_for_a_prefix() -> None:
    with pytest.raises(sco.UsageError, match="m49:710 is South Africa, cow:710 is China"):
        resolve("710")


@pytest.mark.parametrize(("wrong", "right"), [("Kazahstan", "Kazakhstan"), ("Uzbekistn", "Uzbekistan"), ("Beylarus", "Belarus"), ("Korea", "Republic of Korea")])
def test_an_unknown_state_gets_near_matches(wrong: str, right: str) -> None:
    with pytest.raises(sco.NotFound, match=f"(?i)did you mean .*{right}"):
        sco.history(wrong)


@pytest.mark.parametrize("word", ["Korea", "Atlantis", "", "m49:999", "European Union"])
def test_what_is_no_state_is_not_found(word: str) -> None:
    with pytest.raises(sco.NotFound):
        resolve(word)


# -- history -------------------------------------------------------------------------------------


def test_history_reads_in_order_with_spells_and_disputes() -> None:
    frame = sco.history("Iran")
    dated = frame.dropna(subset=["date"])
    assert dated.date.is_monotonic_increasing
    assert set(frame.begins.dropna()) == {"IRN-observer-2005", "IRN-member-2023"}
    granted = frame[frame.begins == "IRN-member-2023"].iloc[0]
    assert granted.date == pd.Timestamp("2023-07-04") and granted.ends == "IRN-observer-2005"
    assert "2021-09-17" in granted.disputed


def test_history_of_a_state_without_steps_is_empty_not_an_error() -> None:
    assert sco.history("France").empty


def test_history_without_the_predecessor() -> None:
    assert "shanghai_five" in set(sco.history("China").status_sought)
    assert "shanghai_five" not in set(sco.history("China", include_predecessor=False).status_sought)


# -- tables, SQL, types --------------------------------------------------------------------------


@pytest.mark.parametrize("table", sco.tables())
def test_every_table_loads_with_the_columns_and_types_of_the_descriptor(table: str) -> None:
    dtypes = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean", "date": "datetime64[us]"}
    frame = sco.load(table)
    assert {c: str(t) for c, t in frame.dtypes.items()} == {f["name"]: dtypes[f["type"]] for f in Catalog(sco.path()).fields(table)}
    assert len(frame) == Catalog(sco.path()).resource(table)["rowCount"] > 0


@pytest.mark.parametrize("name", [n for n, v in database.views().items() if not v.is_macro])
def test_every_view_answers_and_its_columns_are_described(name: str) -> None:
    frame = sco.sql(f"SELECT * FROM {name}")
    assert len(frame) > 0
    view = database.views()[name]
    assert view.answers and set(view.columns) == set(frame.columns)


def test_types_follow_the_statement_not_the_values() -> None:
    frame = sco.sql("SELECT NULL::BIGINT AS i, NULL::BOOLEAN AS b, NULL::DATE AS d, NULL::VARCHAR AS s, NULL::DOUBLE AS n, sum(1) AS h")
    assert [str(t) for t in frame.dtypes] == ["Int64", "boolean", "datetime64[us]", "string", "float64", "Int64"]
    assert frame.iloc[0, :5].isna().all() and frame.h[0] == 1
    assert str(sco.sql("SELECT 1 AS i WHERE false").i.dtype) == "Int64"


def test_sql_takes_parameters_and_keeps_the_text_NA() -> None:
    assert sco.sql("SELECT iso2 FROM actors WHERE iso3 = $state", {"state": "NAM"}).iso2[0] == "NA"


@pytest.mark.parametrize(
    ("query", "said"),
    [("SELEC 1", "syntax error"), ("FROM statusses", "Did you mean statuses"), ("SELECT nothing FROM members", "nothing"), ("", "returns no rows"), ("SELECT 'x'::DATE", "date")],
)
def test_a_bad_statement_gets_one_clear_error(query: str, said: str) -> None:
    with pytest.raises(sco.UsageError, match=said) as caught:
        sco.sql(query)
    assert "\n" not in str(caught.value)


def test_connect_has_tables_views_macros_and_comments() -> None:
    con = sco.connect()
    names = {r[0] for r in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    assert set(sco.tables()) <= names and {"status_days", "dissent", "row_sources"} <= names
    assert con.execute("SELECT count(*) FROM status_on(DATE '2024-07-04') WHERE status = 'member'").fetchall() == [(10,)]
    comments = dict(con.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())
    assert all(comments.values())
    columns = con.execute("SELECT comment FROM duckdb_columns() WHERE table_name = 'statuses' AND column_name = 'end_date'").fetchall()
    assert "no longer held" in columns[0][0]


def test_status_days_is_one_row_a_state_and_day() -> None:
    one = sco.sql("SELECT count(*) AS n, count(DISTINCT (iso3, day)) AS d, min(day) AS first, max(day) AS last FROM status_days").iloc[0]
    assert one.n == one.d == len(sco.load("members")) * ((one["last"] - one["first"]).days + 1)


def test_threads_answer_at_once() -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(len(sco.members(on="2019-06-14")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [8] * 8


# -- provenance ----------------------------------------------------------------------------------


def test_evidence_shows_support_and_contradiction_with_places() -> None:
    frame = sco.evidence("statuses", "IND-member-2017", "start_date")
    assert {"supports", "contradicts"} == set(frame.relation)
    kang = frame[frame.source_id == "kang-2016"].iloc[0]
    assert kang.relation == "contradicts" and kang.char_end > kang.char_start


def test_evidence_of_a_derived_cell_says_why_there_is_none() -> None:
    with pytest.warns(UserWarning, match="it is derived from statuses"):
        assert sco.evidence("country_years", "IND|2017").empty


def test_a_citation_leaves_out_who_contradicts() -> None:
    assert "kang-2016" not in sco.cite("statuses", "IND-member-2017", "start_date", style="bibtex")
    assert "kang-2016" in sco.cite("economic_figures", "asian-gas-grid-length", style="bibtex")


def test_evidence_of_a_rejected_row() -> None:
    frame = sco.evidence("status_steps", "UZB-shanghai_five-founded")
    assert set(frame.relation) == {"rejected"} and frame.note.str.len().min() > 10


def test_evidence_of_a_row_with_several_key_parts() -> None:
    row = sco.load("summit_attendance").iloc[0]
    assert len(sco.evidence("summit_attendance", f"{row.summit_id}|{row.actor_id}")) >= 1


@pytest.mark.parametrize(
    ("args", "said"),
    [(("statusses", "x"), "Did you mean statuses"), (("statuses", "IND-member-2018"), "Did you mean IND-member-2017"), (("statuses", "IND-member-2017", "start_dat"), "Did you mean start_date")],
)
def test_evidence_of_nothing_names_near_matches(args: tuple[str, ...], said: str) -> None:
    with pytest.raises(sco.NotFound, match=said):
        sco.evidence(*args)


def test_cite_package_table_row_in_two_styles() -> None:
    assert sco.__version__ in sco.cite()
    assert "table statuses" in sco.cite("statuses")
    text = sco.cite("statuses", "IND-member-2017")
    assert "row IND-member-2017" in text.splitlines()[0] and len(text.splitlines()) > 2
    entries = sco.cite("projects", "cpec", style="bibtex")
    assert entries.count("@") >= 2 and entries.count("{") == entries.count("}")
    assert "@article{kang-2016," in entries and "author = {Kang, Bong-koo}" in entries and "author = {{SCO Data developers}}" in entries


def test_cite_of_a_table_names_what_it_was_taken_from_as_a_whole() -> None:
    first, *others = sco.cite("economic_figures").splitlines()
    assert "its rows rest on" in first and [o.partition(" (")[0] for o in others] == ["World Bank"]
    # A panel that is made from other tables: whoever uses its GDP cites the World Bank.
    assert "World Development Indicators" in sco.cite("country_years")
    assert sco.cite("codes").count("\n") == 0 and "rest on" not in sco.cite("codes")
    assert "@misc{wdi-2026-07-01," in sco.cite("group_years", style="bibtex")


def test_cite_refuses_what_it_cannot_cite() -> None:
    for args, error in (((None, "x"), sco.UsageError), (("statuses", "no-such"), sco.NotFound), (("nowhere",), sco.NotFound)):
        with pytest.raises(error):
            sco.cite(*args)
    with pytest.raises(sco.UsageError, match="no style"):
        sco.cite(style="apa")


def test_describe() -> None:
    assert set(sco.describe().table) == set(sco.tables())
    status = sco.describe("statuses").set_index("column").loc["status"]
    assert status.codes.split(", ")[0] == "member" and bool(status.required)
    with pytest.raises(sco.NotFound, match="Did you mean positions"):
        sco.describe("position")
    assert list(sco.describe("dissent").column)[:2] == ["document_id", "title"]


def test_load_takes_views_and_refuses_what_is_neither() -> None:
    assert "dissent" in sco.views() and len(sco.load("dissent")) > 0
    for name in ("statusses", None, 3):
        with pytest.raises(sco.NotFound):
            sco.load(name)  # type: ignore[arg-type]
    with pytest.raises(sco.UsageError, match="takes an argument"):
        sco.load("status_on")
    with pytest.raises(sco.UsageError, match="not an SQL statement"):
        sco.sql(None)  # type: ignore[arg-type]


def test_precision_is_shown_with_the_date() -> None:
    frame = sco.members(on="2022-09-10", status="any").set_index("iso3")
    assert frame.loc["SAU", "since_precision"] == "month" and frame.loc["TUR", "since_precision"] == "day"
    years = sco.load("country_years").set_index(["iso3", "year"])
    assert not years.loc[("SAU", 2022), "days_exact"] and years.loc[("SAU", 2023), "days_exact"]
    assert years.loc[("MNG", 2025), "legal_status_dec31"] == "observer" and years.loc[("TUR", 2025), "legal_status_dec31"] == "dialogue_partner"


# -- damaged data --------------------------------------------------------------------------------


def test_a_missing_table_a_swapped_header_and_a_bad_cell_are_named(release: Path) -> None:
    catalog = Catalog(release)
    file = release / "data" / "statuses.csv"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace("start_date,", "START,", 1), encoding="utf-8")
    with pytest.raises(sco.InvalidData, match=r"statuses.csv: row 1, column 6: the header has 'START' where 'start_date' belongs"):
        database.run("FROM statuses", catalog=catalog)
    file.write_text(whole.replace("2017-06-09", "2017-06-31"), encoding="utf-8")
    with pytest.raises(sco.InvalidData, match=r"statuses.csv: row \d+: Error when converting column .* Mend:"):
        database.run("SELECT count(start_date) FROM statuses", catalog=catalog)
    file.unlink()
    with pytest.raises(sco.InvalidData, match=r"statuses.csv is missing"):
        database.run("FROM statuses", catalog=catalog)
    assert len(database.run("FROM summits", catalog=catalog).fetchall()) > 20


# -- import --------------------------------------------------------------------------------------


def test_import_brings_in_nothing_heavy_and_names_complete() -> None:
    code = "import sys, sco_data; print([m for m in ('pandas', 'duckdb', 'numpy', 'click', 'frictionless', 'pandera') if m in sys.modules]); print(dir(sco_data))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert out[0] == "[]"
    assert "members" in out[1] and "validate" in out[1]


def test_an_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'memberz'"):
        sco.memberz  # noqa: B018


def test_a_pivot_is_one_statement() -> None:
    wide = sco.sql("PIVOT (SELECT iso3, status FROM statuses) ON status USING count(*) ORDER BY iso3")
    assert wide.set_index("iso3").member.sum() == (sco.load("statuses").status == "member").sum()
