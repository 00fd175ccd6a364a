"""The figures: series, groups, claims against computation."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import sco_data as sco

#: A year of today's series: enough for a share.
YEARS = range(2001, 2026)


@pytest.fixture(scope="module")
def groups() -> pd.DataFrame:
    return sco.load("group_years")


def test_group_years_weighs_the_members_of_every_year_since_2001(groups: pd.DataFrame) -> None:
    """The opening sentence of newspapers: share of GDP, by either basis, and of population, for the membership as it stood."""
    found = groups[(groups.group_name == "members") & (groups.year_rule == "dec31")].set_index(["indicator", "year"])
    for indicator, years in (("gdp_current", YEARS), ("population_total", YEARS), ("gdp_ppp", range(2001, 2025))):
        for year in years:
            row = found.loc[(indicator, year)]
            assert 0 < row.share_of_world < 100 and row.states == row.states_with_data, (indicator, year)
    counts = found.loc["gdp_current"].states
    assert counts[[2001, 2016, 2017, 2022, 2023, 2024]].tolist() == [6, 6, 8, 8, 9, 10]


def test_a_quarter_and_forty_per_cent(groups: pd.DataFrame) -> None:
    found = groups.set_index(["group_name", "year_rule", "year", "indicator"]).share_of_world
    # Nominal GDP of the ten is below a quarter, by purchasing power parity a third; the population is the 40 per cent.
    assert found["members", "dec31", 2024, "gdp_current"] == pytest.approx(23.3, abs=0.05)
    assert found["members", "dec31", 2024, "gdp_ppp"] == pytest.approx(33.2, abs=0.05)
    assert found["members", "dec31", 2024, "population_total"] == pytest.approx(42.1, abs=0.05)
    assert found["all_statuses", "dec31", 2024, "gdp_current"] == pytest.approx(27.3, abs=0.05)


def test_a_year_rule_changes_the_group_and_constant_groups_stay(groups: pd.DataFrame) -> None:
    states = groups[groups.indicator == "gdp_current"].set_index(["group_name", "year_rule", "year"]).states
    assert [states["members", rule, 2017] for rule in ("jan1", "dec31", "any")] == [6, 8, 8]
    assert ("members", "jan1", 2001) not in states.index and states["members", "any", 2001] == 6
    for name, size in (("founding_six", 6), ("current_ten", 10)):
        assert (states[name] == size).all()


def test_group_totals_are_those_of_a_reference_in_pandas(groups: pd.DataFrame) -> None:
    """Written anew from statuses and the figures, without any view of the package."""
    folder = sco.path() / "data"
    figures = pd.read_csv(folder / "economic_figures.csv", keep_default_na=False, na_values=[""])
    figures = figures[figures.vintage == figures.vintage.dropna().max()]
    figures["year"] = figures.first_day.str[:4].astype(int)
    values = figures.set_index(["indicator", "year", "subject_id"]).value
    spells = pd.read_csv(folder / "statuses.csv")
    for row in groups[(groups.group_name == "members") & ~groups.indicator.isin(["gdp_ppp", "goods_trade"])].itertuples():
        days = {"jan1": [f"{row.year}-01-01"], "dec31": [f"{row.year}-12-31"], "any": [str(d.date()) for d in pd.date_range(f"{row.year}-01-01", f"{row.year}-12-31")]}
        held = {s.iso3 for s in spells[spells.status == "member"].itertuples() for on in days[row.year_rule] if s.start_date <= on and (pd.isna(s.end_date) or s.end_date > on)}
        known = {s for s in held if (row.indicator, row.year, s) in values.index}
        assert (row.states, row.states_with_data) == (len(held), len(known)), row
        assert row.lacking == "|".join(sorted(held - known)) if held - known else pd.isna(row.lacking)
        total = sum(values[row.indicator, row.year, s] for s in known)
        assert row.value == pytest.approx(total, rel=1e-12), row
        if (row.indicator, row.year, "world") in values.index:
            assert row.share_of_world == pytest.approx(100 * total / values[row.indicator, row.year, "world"], abs=1e-4)


def test_the_codebooks_statement_gives_the_same_from_the_files_alone(groups: pd.DataFrame) -> None:
    text = (sco.path() / "data" / "README.md").read_text(encoding="utf-8")
    statement = re.search(r"```sql\n(.*?)```", text, re.DOTALL)
    assert statement and len(statement[1].strip().splitlines()) == 5
    con = duckdb.connect()
    con.execute(f"SET file_search_path = '{sco.path().as_posix()}'")
    found = con.execute(statement[1]).df().set_index("year")
    ours = groups[(groups.group_name == "members") & (groups.year_rule == "dec31") & (groups.indicator == "gdp_current")].set_index("year")
    assert list(found.index) == list(ours.index) and len(found) == 25
    assert found.share_of_world.to_numpy() == pytest.approx(ours.share_of_world.to_numpy(dtype=float), abs=1e-4)
    assert found.states.tolist() == ours.states.tolist() and found.states_with_data.tolist() == ours.states_with_data.tolist()


def test_a_missing_state_is_named_and_not_a_zero(groups: pd.DataFrame) -> None:
    row = groups.set_index(["group_name", "year_rule", "year", "indicator"]).loc["all_statuses", "dec31", 2025, "gdp_current"]
    assert row.lacking == "AFG|ARE" and row.states - row.states_with_data == 2
    lacking = groups[groups.states_with_data < groups.states]
    assert lacking.lacking.notna().all() and groups[groups.states_with_data == groups.states].lacking.isna().all()
    years = sco.load("country_years").set_index(["iso3", "year"])
    assert pd.isna(years.loc[("AFG", 2025), "gdp_current"]) and years.loc[("AFG", 2023), "gdp_current"] > 0
    numbers = years[["gdp_current", "population_total", "land_area", "gdp_per_capita_ppp"]]
    assert not (numbers == 0).any().any()


def test_a_newer_vintage_takes_the_place_of_the_older() -> None:
    con = sco.connect()
    con.execute("CREATE TABLE kept AS FROM economic_figures")
    con.execute("INSERT INTO kept SELECT * REPLACE (replace(figure_id, '2026-07-01', '2027-07-01') AS figure_id, '2027-07-01' AS vintage, value * 2 AS value) FROM kept WHERE indicator = 'gdp_current' AND vintage IS NOT NULL")
    before = con.execute("SELECT value FROM country_series WHERE subject_id = 'IND' AND year = 2020 AND indicator = 'gdp_current'").fetchall()
    con.execute("CREATE OR REPLACE VIEW economic_figures AS FROM kept")
    after = con.execute("SELECT value, vintage FROM country_series WHERE subject_id = 'IND' AND year = 2020 AND indicator = 'gdp_current'").fetchall()
    assert after == [(before[0][0] * 2, "2027-07-01")]


def test_the_series_of_the_russian_federation_differ_in_territory_since_2014_and_no_other_states_do() -> None:
    """What indicators.territorial_scope says, measured: GDP over GDP per head is the population that the provider divided by."""
    wide = sco.sql("SELECT subject_id, year, indicator, value FROM country_series WHERE indicator IN ('gdp_current', 'gdp_per_capita', 'population_total')").pivot(index=["subject_id", "year"], columns="indicator", values="value")
    heads = (wide.gdp_current / wide.gdp_per_capita - wide.population_total).dropna()
    apart = heads[(heads / wide.population_total).abs() > 1e-6]
    assert set(apart.index) == {("RUS", year) for year in range(2014, 2026)}
    assert apart.between(2.2e6, 2.5e6).all()
    scope = sco.load("indicators").set_index("indicator").territorial_scope
    assert "2.3 to 2.5 million" in scope["gdp_current"] and (apart.round(-5).between(2.3e6, 2.5e6)).all()


def test_the_series_are_those_of_the_source() -> None:
    """A few figures as the World Bank's file has them."""
    figures = sco.load("economic_figures").set_index("figure_id").value
    assert figures["world-land_area-2023-2026-07-01"] == 129763685.55
    assert figures["RUS-population_total-2014-2026-07-01"] == 144237223
    counts = sco.sql("SELECT count(*), count(DISTINCT indicator), count(DISTINCT subject_id) FROM economic_figures WHERE vintage IS NOT NULL").iloc[0].tolist()
    assert counts == [27021, 19, 43]


def test_every_statement_is_there_for_series_too() -> None:
    assert sco.evidence("economic_figures", "IND-gdp_current-2020-2026-07-01").source_id.tolist() == ["wdi-2026-07-01"]
    assert "World Bank" in sco.cite("economic_figures", "IND-gdp_current-2020-2026-07-01")


# -- claims --------------------------------------------------------------------------------------


def test_claims_are_computed_for_every_definition_of_the_group() -> None:
    checks = sco.load("claim_checks").set_index("claim_id")
    assert set(checks.index) == set(sco.load("claims").claim_id)
    assert set(checks.verdict) == {"holds", "holds_for_other_group", "off", "cannot_be_tested"}
    assert (checks.computed.isna() == (checks.verdict == "cannot_be_tested")).all() and checks.reason.notna().all()
    soong = checks.loc["soong-2025-sco-population-share"]
    # 40 per cent are the ten members, not all states with a status.
    assert soong.verdict == "holds_for_other_group" and soong.members == pytest.approx(41.95, abs=0.01) and soong.all_statuses == pytest.approx(47.4, abs=0.01)
    assert checks.loc["soong-2025-sco-gdp-share"].verdict == "holds"
    assert "without AFG, ARE" in checks.loc["soong-2025-sco-gdp-share"].reason
    assert checks.loc["kang-2016-pakistan-rank-chinese-arms"].verdict == "cannot_be_tested"


@pytest.mark.parametrize(("stated", "verdict"), [(23.0, "holds"), (26.0, "holds_for_other_group"), (60.0, "off")])
def test_the_verdict_follows_the_number(stated: float, verdict: str) -> None:
    con = sco.connect()
    con.execute("CREATE TABLE kept AS FROM claims WHERE claim_id = 'fr-2024-sco-gdp-share'")
    con.execute("UPDATE kept SET stated_value = ?, tolerance = 1.5", [stated])
    con.execute("CREATE OR REPLACE VIEW claims AS FROM kept")
    assert con.execute("SELECT verdict FROM claim_checks").fetchall() == [(verdict,)]


def test_a_share_of_gdp_without_basis_is_read_as_nominal_and_the_other_basis_is_told() -> None:
    check = sco.load("claim_checks").set_index("claim_id").loc["fr-2024-sco-gdp-share"]
    assert check.computed == pytest.approx(23.3, abs=0.05) and "by purchasing power parity 33.2" in check.reason


# -- the importer --------------------------------------------------------------------------------

ROOT = Path(__file__).resolve().parents[1]
API = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2027-07-01",\n\n'
WIDE = '"Country Name","Country Code","Indicator Name","Indicator Code","1960","2016","2017"\n'


def wide(code: str, title: str, rows: dict[str, tuple[str, str]]) -> str:
    return WIDE + "".join(f'"x","{iso3}","{title}","{code}","1","{a}","{b}"\n' for iso3, (a, b) in rows.items())


POPULATION = wide("SP.POP.TOTL", "Population, total", {"IND": ("1300", "1310"), "PAK": ("200", ""), "EUU": ("500", "500"), "WLD": ("7000", "7100")})
LONG = "source_code,iso3,year,value\nSP.POP.TOTL,IND,2016,1300\nSP.POP.TOTL,PAK,2016,200\nSP.POP.TOTL,WLD,2016,7000\n"


class Importer:
    def __init__(self, project, tmp_path: Path):  # type: ignore[no-untyped-def]
        self.project, self.folder = project, tmp_path / "downloads"
        self.folder.mkdir()
        self.sources = project.folder / "seeds" / "sources"

    def put(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run(self, *args: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "scripts" / "import_wdi.py"), *map(str, args), "--root", str(self.project.folder)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")

    def series(self, vintage: str) -> list[str]:
        return (self.sources / f"wdi-{vintage}.series.csv").read_text(encoding="utf-8").splitlines()

    def state(self) -> dict[str, bytes]:
        return {str(p.relative_to(self.project.folder)): p.read_bytes() for p in (self.project.folder / "seeds").rglob("*") if p.is_file()}


@pytest.fixture
def importer(project, tmp_path: Path) -> Importer:  # type: ignore[no-untyped-def]
    return Importer(project, tmp_path)


def test_a_vintage_from_a_plain_file_builds(importer: Importer) -> None:
    assert importer.run(importer.put("wdi.csv", LONG), "--vintage", "2026-07-01").returncode == 0
    built = importer.project.build()
    assert built.returncode == 0, built.stderr
    row = importer.project.rows("economic_figures")["IND-population_total-2016-2026-07-01"]
    assert (row["value"], row["unit"], row["last_day"], row["source_id"], row["source_locator"]) == ("1300", "persons", "2016-12-31", "wdi-2026-07-01", "SP.POP.TOTL")
    assert importer.project.rows("economic_figures")["world-population_total-2016-2026-07-01"]["subject_kind"] == "world"
    assert importer.project.rows("group_years")["current_ten|2016|dec31|population_total"]["lacking"] == ""


def test_a_newer_vintage_from_the_banks_zip_takes_the_same_states_and_leaves_the_old(importer: Importer) -> None:
    import zipfile

    importer.run(importer.put("wdi.csv", LONG), "--vintage", "2026-07-01")
    path = importer.folder / "API_SP.POP.TOTL_DS2_en_csv_v2.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("API_SP.POP.TOTL_DS2_en_csv_v2.csv", "\ufeff" + API + POPULATION)
        archive.writestr("Metadata_Country_API_SP.POP.TOTL.csv", '"Country Code","Region"\n"IND","South Asia"\n')
    done = importer.run(path)
    assert done.returncode == 0, done.stderr
    # The vintage is what the file says; the aggregate EUU and the year 1960 are left out, the gap of PAK is no row.
    assert importer.series("2027-07-01")[1:] == [f"SP.POP.TOTL,{line}" for line in ("IND,2016,1300", "IND,2017,1310", "PAK,2016,200", "WLD,2016,7000", "WLD,2017,7100")]
    assert len(importer.series("2026-07-01")) == 4
    assert importer.project.build().returncode == 0


def test_a_series_is_added_to_a_vintage_and_a_state_too(importer: Importer) -> None:
    importer.run(importer.put("wdi.csv", LONG), "--vintage", "2027-07-01")
    rows = {"IND": ("10", "20"), "PAK": ("5", "6"), "GEO": ("50", "60"), "WLD": ("40", "45")}
    file = importer.put("internet.csv", API + wide("IT.NET.USER.ZS", "Individuals using the Internet (% of population)", rows))
    done = importer.run(file, "--indicator", "internet_users", "--unit", "percent", "--state", "GEO")
    assert done.returncode == 0, done.stderr
    assert "SP.POP.TOTL,IND,2016,1300" in importer.series("2027-07-01") and "IT.NET.USER.ZS,GEO,2017,60" in importer.series("2027-07-01")
    assert importer.project.build().returncode == 0
    assert importer.project.rows("indicators")["internet_users"]["source_title"] == "Individuals using the Internet (% of population)"
    assert importer.project.rows("economic_figures")["GEO-internet_users-2017-2027-07-01"]["value"] == "60"


def test_the_folder_of_the_repackager_is_read(importer: Importer) -> None:
    importer.run(importer.put("wdi.csv", LONG), "--vintage", "2026-07-01")
    importer.put("repo/indicators/sp.pop.totl/data.csv", "Country Name,Country Code,Year,Value\nIndia,IND,1960,1\nIndia,IND,2017,1310\nPakistan,PAK,2017,201\nWorld,WLD,2017,7100\nEuropean Union,EUU,2017,500\n")
    assert importer.run(importer.folder / "repo", "--vintage", "2026-08-01").returncode == 0
    assert importer.series("2026-08-01")[1:] == ["SP.POP.TOTL,IND,2017,1310", "SP.POP.TOTL,PAK,2017,201", "SP.POP.TOTL,WLD,2017,7100"]


REFUSED = {
    "an aggregate in place of a state": (LONG.replace("PAK", "EUU"), ("EUU", "aggregate", "SP.POP.TOTL, EUU, 2016")),
    "a changed header": (POPULATION.replace("Country Code", "Country ID"), ("the header is", "expected Country Code")),
    "another changed header": (LONG.replace("iso3", "country"), ("the header is", "source_code,iso3,year,value")),
    "another unit": (POPULATION.replace("Population, total", "Population, total (thousands)"), ("SP.POP.TOTL", "another unit or definition")),
    "a share over 100": (LONG + "TX.VAL.FUEL.ZS.UN,IND,2016,101\n", ("share: outside 0 to 100", "TX.VAL.FUEL.ZS.UN, IND, 2016", "101")),
    "a year outside coverage": (LONG.replace("IND,2016", "IND,2044"), ("SP.POP.TOTL, IND, 2044", "year", "covers the years")),
    "the same natural key twice": (LONG + "SP.POP.TOTL,IND,2016,1301\n", ("a second value for SP.POP.TOTL, IND, 2016", "1301")),
    "not a number": (LONG.replace("1300", "1,300 million").replace("1,300", '"1,300').replace("million", 'million"'), ("1,300 million", "not a number")),
    "an unknown series": (LONG.replace("SP.POP.TOTL,IND", "SP.POP.TOTAL,IND"), ("SP.POP.TOTAL", "SP.POP.TOTL")),
    "a cut line": (LONG + "SP.POP.TOTL,IND\n", ("row 5", "2 cells")),
    "not UTF-8": (LONG.encode() + b"\xff\xfe", ("not UTF-8", "wdi.csv")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_not_in_order_is_refused_and_nothing_is_imported(importer: Importer, case: str) -> None:
    text, words = REFUSED[case]
    before = importer.state()
    done = importer.run(importer.put("wdi.csv", text), "--vintage", "2026-07-01", *(["--state", "IND"] if "Country" in str(text) else []))
    said = done.stderr
    assert done.returncode == 1 and "nothing was imported" in said
    assert importer.state() == before
    assert "Traceback" not in said
    for word in words:
        assert word in said, said


def test_an_older_vintage_and_years_that_a_file_lacks_are_kept(importer: Importer) -> None:
    importer.run(importer.put("wdi.csv", LONG + "SP.POP.TOTL,IND,2015,1290\n"), "--vintage", "2026-07-01")
    importer.run(importer.put("wdi.csv", LONG), "--vintage", "2027-07-01")
    kept = importer.series("2026-07-01")
    # The same file again, under the older vintage: its other year stays.
    assert importer.run(importer.put("wdi.csv", LONG.replace("1300", "1301")), "--vintage", "2026-07-01").returncode == 0
    assert importer.series("2026-07-01") == [line.replace("2016,1300", "2016,1301") for line in kept]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--indicator", "population_total", "--unit", "persons"], "not a new name"),
        (["--indicator", "Internet-Users", "--unit", "percent"], "not a new name"),
        (["--indicator", "people", "--unit", "heads"], "no code of the list unit"),
        (["--indicator", "people", "--unit", "persons"], "is an indicator already"),
    ],
)
def test_an_indicator_that_cannot_be_is_refused(importer: Importer, args: list[str], words: str) -> None:
    before = importer.state()
    done = importer.run(importer.put("wdi.csv", POPULATION), "--vintage", "2026-07-01", "--state", "IND", *args)
    assert done.returncode == 1 and words in done.stderr and importer.state() == before


def test_what_holds_no_series_says_so(importer: Importer) -> None:
    import zipfile

    empty = importer.folder / "nothing.zip"
    zipfile.ZipFile(empty, "w").close()
    for path, words in ((empty, "no CSV file"), (importer.folder / "none.zip", "cannot be read"), (importer.put("x.csv", WIDE), "no figure of a known series"), (importer.put("torn.zip", "PK"), "not a zip file")):
        done = importer.run(path, "--vintage", "2026-07-01", "--state", "IND")
        assert done.returncode == 1 and words in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_state_that_the_files_lack_is_named_with_its_neighbours(importer: Importer) -> None:
    done = importer.run(importer.put("wdi.csv", LONG), "--vintage", "2026-07-01", "--state", "INB")
    assert done.returncode == 1 and "INB is in none of the files" in done.stderr and "IND" in done.stderr


def test_without_a_vintage_nothing_is_guessed(importer: Importer) -> None:
    done = importer.run(importer.put("wdi.csv", LONG))
    assert done.returncode == 1 and "--vintage" in done.stderr


def test_help_shows_commands_that_exist() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "import_wdi.py"), "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    for option in ("--vintage", "--indicator", "--state", "--unit"):
        assert option in done.stdout


# -- projects, exercises, the organisation's own money --------------------------------------------


def test_the_big_fives_of_the_article_are_rebuilt_as_the_notes_say() -> None:
    """The claims name no states; the note says which five give its figures."""
    series = sco.sql("SELECT subject_id, year, value FROM country_series WHERE indicator = 'gdp_current'").set_index(["subject_id", "year"]).value
    claims = sco.load("claims").set_index("claim_id")
    for name, states in (("western", "USA DEU GBR FRA ITA"), ("non-western", "CHN JPN IND BRA KOR")):
        said = claims.loc[f"kang-2016-{name}-big-five-gdp_share-2015"].note
        for year in (2000, 2015):
            share = 100 * sum(series[s, year] for s in states.split()) / series["world", year]
            assert f"{share:.1f}" in said, (name, year, share)
    assert set(sco.load("claim_checks").set_index("claim_id").loc[[c for c in claims.index if "big-five" in c]].verdict) == {"cannot_be_tested"}


def test_every_project_that_the_source_texts_or_the_issue_name_is_there_with_a_dated_status() -> None:
    projects = sco.load("projects").set_index("project_id")
    assert len(projects) >= 60 and projects.project_status.notna().all() and projects.status_as_of.notna().all()
    named = (
        "tapi asian-gas-grid cpec gwadar-port aiib new-development-bank belt-and-road silk-road-economic-belt maritime-silk-road eaeu eaeu-belt-link greater-eurasian-partnership "
        "act-east connect-central-asia pivot-to-the-east global-gateway china-pakistan-submarines russia-china-s400 russia-pakistan-rd93-mi35 f16-f18-production-india russia-china-gas-2014 "
        "sco-development-bank sco-energy-club sco-universal-center rats sco-interbank-consortium sco-business-council china-kyrgyzstan-uzbekistan-railway "
        "international-north-south-transport-corridor power-of-siberia chabahar-port"
    )
    assert not set(named.split()) - set(projects.index)
    # What the source texts call the organisation's is mostly not.
    assert (projects.sco_relation == "unrelated").sum() >= 15
    shown = sco.load("sco_projects")
    assert set(shown.project_id) == set(projects.index[projects.sco_relation != "unrelated"])


def test_money_keeps_its_kind_and_its_day() -> None:
    cpec = sco.sql("SELECT value, value_kind, as_of FROM project_figures WHERE project_id = 'cpec' AND indicator = 'investment_agreement'")
    kinds = {(int(r.value), r.value_kind, r.as_of.year) for r in cpec.itertuples()}
    assert {(46_000_000_000, "committed", 2015), (62_000_000_000, "pledged", 2017), (28_000_000_000, "contracted", 2015)} <= kinds
    length = sco.sql("SELECT * FROM contested_rows WHERE row_id = 'tapi-length' AND field_name = 'value'")
    assert len(length) == 1 and "1735" in length.contradicted_by[0]
    assert sco.sql("SELECT value FROM economic_figures WHERE figure_id = 'tapi-length'").value.tolist() == [1814]


def test_every_peace_mission_is_there_with_its_days_and_whether_it_was_held() -> None:
    found = sco.load("exercises").set_index("event_id")
    days = {
        2005: ("2005-08-18", "2005-08-25"), 2007: ("2007-08-09", "2007-08-17"), 2009: ("2009-07-22", "2009-07-26"), 2010: ("2010-09-10", "2010-09-24"),
        2012: ("2012-06-08", "2012-06-14"), 2013: ("2013-07-27", "2013-08-15"), 2014: ("2014-08-24", "2014-08-29"), 2016: ("2016-09-15", "2016-09-21"),
        2018: ("2018-08-22", "2018-08-29"), 2021: ("2021-09-11", "2021-09-25"),
    }  # fmt: skip
    for year, (first, last) in days.items():
        row = found.loc[f"peace-mission-{year}"]
        assert (str(row.first_day.date()), str(row.last_day.date()), row.event_status, row.event_series) == (first, last, "held", "peace_mission"), year
        assert row.participants and row.host
    assert found.loc["peace-mission-2023"].event_status == "announced"
    assert set(found.index[found.sco_relation == "members_bilateral"]) >= {"peace-mission-2005", "peace-mission-2009", "peace-mission-2013"}
    assert "UZB" in found.loc["peace-mission-2012"].absent and "UZB" not in found.loc["peace-mission-2012"].participants
    assert "IND (200)" in found.loc["peace-mission-2018"].participants
    assert len(found) >= 50


def test_the_scale_of_the_budget_in_force_and_the_first_ones() -> None:
    shares = sco.sql("SELECT coalesce(first_day, as_of) AS since, counterpart_id, value FROM economic_figures WHERE indicator = 'budget_share'")
    scales = {str(d.date()): dict(zip(g.counterpart_id, g.value)) for d, g in shares.dropna(subset=["since"]).groupby("since")}
    assert scales["2003-11-24"] == {"KAZ": 21, "CHN": 24, "KGZ": 10, "RUS": 24, "TJK": 6, "UZB": 15}
    assert scales["2025-01-01"] == {"BLR": 5.8, "IND": 5.9, "IRN": 5.8, "KAZ": 15.2, "CHN": 17.6, "KGZ": 7.6, "PAK": 5.9, "RUS": 17.6, "TJK": 6, "UZB": 12.6}
