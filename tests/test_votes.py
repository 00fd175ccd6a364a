"""Roll calls of the General Assembly: what is in, how it is counted, what the importer takes and refuses."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sco_data as sco

ROOT = Path(__file__).resolve().parents[1]
FAMILY = 27 + 5

#: Symbol -> totals (yes, no, abstain) as the United Nations' record has them, and how the members of the day voted.
KEY = {
    "A/RES/ES-11/1": ((141, 5, 35), {"CHN": "abstain", "IND": "abstain", "KAZ": "abstain", "KGZ": "abstain", "PAK": "abstain", "RUS": "no", "TJK": "abstain", "UZB": "non_voting"}),
    "A/RES/ES-11/3": ((93, 24, 58), {"CHN": "no", "IND": "abstain", "KAZ": "no", "KGZ": "no", "PAK": "abstain", "RUS": "no", "TJK": "no", "UZB": "no"}),
    "A/RES/ES-11/4": ((143, 5, 35), {"CHN": "abstain", "IND": "abstain", "RUS": "no"}),
    "A/RES/ES-11/7": ((93, 18, 65), {"BLR": "no", "CHN": "abstain", "IND": "abstain", "IRN": "abstain", "RUS": "no"}),
    "A/RES/ES-10/21": ((120, 14, 45), {"CHN": "yes", "IND": "abstain", "IRN": "yes", "RUS": "yes"}),
    "A/RES/ES-10/22": ((153, 10, 23), {"CHN": "yes", "IND": "yes", "RUS": "yes"}),
    "A/RES/ES-10/24": ((124, 14, 43), {"IND": "abstain", "BLR": "yes"}),
    "A/RES/ES-10/27": ((149, 12, 19), {"IND": "abstain", "CHN": "yes"}),
    "A/RES/77/338": ((80, 2, 47), {"CHN": "yes", "IND": "yes", "IRN": "yes", "RUS": "yes"}),
    "A/RES/79/332": ((120, 27, 28), {"CHN": "yes", "IND": "yes", "IRN": "yes", "RUS": "yes", "BLR": "yes"}),
}


@pytest.mark.parametrize("symbol", KEY)
def test_key_votes_are_those_of_the_record(symbol: str) -> None:
    totals, cast = KEY[symbol]
    found = sco.sql("FROM key_votes WHERE symbol = $symbol", {"symbol": symbol})
    assert len(found) >= FAMILY
    assert tuple(found.iloc[0][["yes", "no", "abstain"]]) == totals
    assert {s: v for s, v in zip(found.iso3, found.vote) if s in cast} == cast


def test_the_roll_calls_of_the_dataset_are_all_there() -> None:
    calls = sco.load("roll_calls")
    of_dataset = calls[calls.rcid.notna()]
    assert len(of_dataset) == 2491 and len(calls) == 2512
    whole = calls[calls.coverage == "complete_session"]
    assert set(whole.session) == {str(n) for n in range(47, 74)} and len(whole) == 2398
    assert (whole.is_amendment.sum(), whole.is_paragraph.sum()) == (53, 364)
    votes = sco.load("roll_call_votes")
    assert set(votes[votes.roll_call_id.str.startswith("rcid-")].iso3) == set(sco.load("members").iso3) | {"USA", "GBR", "FRA", "DEU", "JPN"}


def test_days_are_those_of_the_record_and_not_of_the_dataset() -> None:
    calls = sco.load("roll_calls").set_index("roll_call_id")
    # The dataset has 5 October 1992, 3 November 2000, 6 November 2001; and 1995 for the resolution on Jerusalem, by a false match.
    for row, day in (("rcid-3664", "1992-10-22"), ("rcid-4247", "2000-11-20"), ("rcid-4320", "2001-11-29"), ("rcid-5588", "2017-12-21"), ("rcid-5309", "2014-03-27")):
        assert (str(calls.vote_on[row].date()), calls.vote_on_precision[row]) == (day, "day")
    unknown = calls[calls.vote_on_precision != "day"]
    assert len(unknown) == 65 and (unknown.vote_on.dt.day == 1).all() and set(unknown.vote_on_precision) == {"month"}
    # A session begins in September: no vote lies outside its own.
    first = calls[calls.session.str.fullmatch(r"\d+")]
    assert ((first.vote_on.dt.year - 1945 - first.session.astype(int)).isin([0, 1])).all()


def test_where_the_united_nations_record_says_otherwise_it_is_carried_and_the_dataset_kept() -> None:
    against = sco.sql("SELECT row_id, coded_value FROM evidence WHERE table_name = 'roll_call_votes' AND relation = 'contradicts'")
    assert len(against) == 65
    carried = sco.sql("SELECT roll_call_id || '|' || iso3 AS row_id, vote FROM roll_call_votes").set_index("row_id").vote
    assert (carried[against.row_id].to_numpy() != against.coded_value.to_numpy()).all()
    motions = sco.sql("SELECT row_id FROM evidence WHERE table_name = 'roll_calls' AND field_name = 'is_amendment' AND relation = 'contradicts'").row_id
    # Ten are votes on motions under the symbol of a resolution, fourteen are there twice.
    assert len(motions) == 24 and {f"rcid-{n}" for n in (5747, 5783, 5801, 5802, 5838, 5847, 5866, 5916, 6013, 6045, 5695, 6006)} <= set(motions)


def test_contested_seats_are_flagged_from_their_day() -> None:
    found = sco.sql("SELECT v.iso3, r.vote_on, v.seat_contested FROM roll_call_votes v JOIN roll_calls r USING (roll_call_id)")
    flagged = found[found.seat_contested]
    assert set(flagged.iso3) == {"AFG", "MMR"} and flagged.vote_on.min() >= pd.Timestamp("2021-02-01")
    later = found[found.iso3.isin(["AFG", "MMR"]) & (found.vote_on > "2021-09-01")]
    assert len(later) >= 30 and later.seat_contested.all()


# -- how it is counted -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cast() -> pd.DataFrame:
    """The reference: yes, no and abstention over complete sessions, from the CSV files."""
    folder = sco.path() / "data"
    calls = pd.read_csv(folder / "roll_calls.csv")
    votes = pd.read_csv(folder / "roll_call_votes.csv")
    calls = calls[(calls.coverage == "complete_session") & ~calls.is_amendment & ~calls.is_paragraph]
    frame = votes[votes.vote != "non_voting"].merge(calls[["roll_call_id", "vote_on", "yes", "no", "abstain"]], on="roll_call_id")
    frame["year"] = frame.vote_on.str[:4].astype(int)
    frame["score"] = frame.vote.map({"yes": 1, "abstain": 0, "no": -1})
    return frame


def test_agreement_is_that_of_a_reference_for_every_pair_and_year(cast: pd.DataFrame) -> None:
    ours = sco.load("vote_agreement").set_index(["iso3_1", "iso3_2", "year"])
    expected = 0
    for year, part in cast.groupby("year"):
        scores = part.pivot(index="roll_call_id", columns="iso3", values="score")
        for one, other in combinations(sorted(scores), 2):
            both = scores[[one, other]].dropna()
            if both.empty:
                continue
            expected += 1
            gap = (both[one] - both[other]).abs()
            row = ours.loc[(one, other, year)]
            assert (row.joint, row.identical, row.roll_calls) == (len(both), (gap == 0).sum(), len(scores))
            assert row.similarity == pytest.approx((1 - gap / 2).mean()) and row.agreement == pytest.approx((gap == 0).mean())
    assert expected == len(ours)


def test_cohesion_is_the_agreement_index(cast: pd.DataFrame) -> None:
    ours = sco.load("cohesion").set_index(["group_name", "year"]).agreement_index

    def index(counts: np.ndarray) -> float:
        return float((counts.max() - (counts.sum() - counts.max()) / 2) / counts.sum())

    six = cast[cast.iso3.isin(["CHN", "KAZ", "KGZ", "RUS", "TJK", "UZB"])]
    for year in (1995, 2005, 2018):
        counts = six[six.year == year].groupby("roll_call_id").score.value_counts().unstack(fill_value=0)
        counts = counts[counts.sum(axis=1) >= 2]
        assert ours["founding_six", year] == pytest.approx(np.mean([index(row) for row in counts.to_numpy()]))
        whole = cast[cast.year == year].drop_duplicates("roll_call_id")[["yes", "no", "abstain"]]
        assert ours["assembly", year] == pytest.approx(np.mean([index(row) for row in whole.to_numpy()]))
    # All alike is 1, three equal parts are 0.
    assert index(np.array([9, 0, 0])) == 1 and index(np.array([3, 3, 3])) == 0
    # The members are those of the day: eight since 9 June 2017.
    assert ours["members", 2016] == pytest.approx(ours["founding_six", 2016]) and ours["members", 2018] != ours["founding_six", 2018]


def test_no_series_runs_into_the_selected_roll_calls() -> None:
    for view in ("vote_agreement", "cohesion"):
        years = sco.load(view).year
        assert (years.min(), years.max()) == (1992, 2018)
    assert sco.load("key_votes").vote_on.max().year == 2026


def test_amendments_and_paragraphs_are_counted_when_asked_for() -> None:
    plain = sco.sql("SELECT sum(roll_calls) AS n FROM cohesion WHERE group_name = 'assembly'").n[0]
    more = sco.sql("SELECT sum(roll_calls) AS n FROM cohesion_of(amendments := true, paragraphs := true) WHERE group_name = 'assembly'").n[0]
    assert (plain, more) == (1981, 2398)
    pair = "iso3_1 = 'IND' AND iso3_2 = 'PAK'"
    assert sco.sql(f"SELECT sum(joint) AS n FROM agreement_of(paragraphs := true) WHERE {pair}").n[0] > sco.sql(f"SELECT sum(joint) AS n FROM vote_agreement WHERE {pair}").n[0]


# -- texts -----------------------------------------------------------------------------------------

SIX = "KAZ KGZ PAK RUS TJK UZB"
BRI = {
    "qingdao-declaration-2018": SIX, "bishkek-declaration-2019": SIX, "dushanbe-declaration-2021": SIX, "samarkand-declaration-2022": SIX, "new-delhi-declaration-2023": SIX,
    "tianjin-declaration-2025": f"BLR IRN {SIX}", "sco-chg-communique-2020": SIX, "sco-chg-communique-2022": SIX, "sco-chg-communique-2024": f"BLR IRN {SIX}",
}  # fmt: skip


def test_who_is_named_under_the_belt_and_road() -> None:
    found = sco.load("bri_support").set_index("document_id")
    for document, named in BRI.items():
        row = found.loc[document]
        assert (row.named_in_support, row.not_named, row.initiator, row.form) == (named, "IND", "CHN", "named"), document
    blanket = found[found.form == "blanket"]
    assert blanket.named_in_support.isna().all() and blanket.not_named.isna().all() and len(blanket) >= 4
    # Before it was a member India could not be left out.
    assert (found[found.adopted_on <= "2017-06-09"].not_named.isna()).all()
    assert found.read_extent.notna().all() and found.languages.notna().all() and (found.sources >= 1).all()


def test_not_named_carries_no_stance_and_is_no_dissent() -> None:
    assert "stance" not in sco.load("document_parties").columns
    dissent = sco.load("dissent")
    assert not (dissent.provision == "belt_and_road").any()
    assert set(dissent.form) <= {"did_not_participate", "dissociated", "refused_signature", "reservation", "withdrew"}


def test_dissent_rests_on_the_states_own_word_and_what_is_reported_stands_apart() -> None:
    own, told = sco.load("dissent"), sco.load("dissent_reported")
    rows = {(r.document_id, r.actor_id): r.form for r in own.itertuples()}
    assert rows["sco-statement-2025-06-14", "IND"] == "did_not_participate"
    # India's foreign minister said it on the record on 27 June 2025.
    assert rows["sco-defence-ministers-statement-2025", "IND"] == "refused_signature"
    assert own.start_date.notna().all() and own.start_date.dt.year.tolist() == sorted(own.start_date.dt.year) and (own.form == "withdrew").sum() == 1
    assert ("sco-economic-strategy-2023", "IND") in set(zip(told.document_id, told.actor_id))
    assert told.asserted_by.notna().any() and not set(rows) & set(zip(told.document_id.dropna(), told.actor_id))
    for row in own.itertuples():
        assert row.source_id in set(sco.load("sources").source_id)


def test_positions_cover_the_subjects_asked_for() -> None:
    positions = sco.load("positions")
    assert len(positions) >= 180 and set(positions.epistemic) <= {"formal_act", "official_statement", "reported_fact"}
    for issue, case, holders in (
        ("foreign_bases", None, 4), ("enlargement", None, 8), ("development_bank", None, 5), (None, "afghanistan", 7), (None, "south_ossetia", 4), (None, "strikes_on_iran_2025", 8), ("connectivity", None, 3),
    ):  # fmt: skip
        part = positions[(positions.issue == issue) if issue else (positions.case_id == case)]
        assert part.holder.nunique() >= holders, (issue, case, part.holder.unique())


def test_the_test_of_the_coding_guide_is_what_the_codebook_says() -> None:
    krippendorff = pytest.importorskip("krippendorff")
    pairs = pd.read_csv(ROOT / "docs" / "coding-test.csv")
    assert len(pairs) == 60
    positions = sco.load("positions").set_index("position_id")
    assert set(pairs.position_id) <= set(positions.index)
    acts = sorted(set(pairs.act_first) | set(pairs.act_second))
    act = krippendorff.alpha(reliability_data=[[acts.index(a) for a in pairs[c]] for c in ("act_first", "act_second")], level_of_measurement="nominal")
    stances = pairs[["stance_first", "stance_second"]].to_numpy(dtype=float).T
    stance = krippendorff.alpha(reliability_data=stances, level_of_measurement="ordinal")
    same = (pairs.stance_first.eq(pairs.stance_second) | (pairs.stance_first.isna() & pairs.stance_second.isna())).mean()
    text = " ".join((sco.path() / "data" / "README.md").read_text(encoding="utf-8").split())
    for said in (
        f"Act: {100 * (pairs.act_first == pairs.act_second).mean():.0f} per cent the same, Krippendorff's alpha (nominal) {act:.2f}",
        f"Stance: {100 * same:.0f} per cent the same", f"where both gave one ({int(pd.notna(stances).all(axis=0).sum())}), alpha (ordinal) {stance:.2f}",
    ):  # fmt: skip
        assert said in text, said


# -- the importer ----------------------------------------------------------------------------------

UN = "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,title,total_yes\n"
UN_ROWS = "".join(f"4025240,{s},{s},{v},2023-10-27,ES-10,A/RES/ES-10/21,x,Protection of civilians : resolution,3.0\n" for s, v in (("IND", "A"), ("CHN", "Y"), ("FRA", "Y"), ("UZB", "X"), ("BRA", "Y")))
VOETEN = "rcid,session,vote,ccode,member,date,unres,amend,para,short,me,nu,di,hr,co,ec\n"
VOETEN_ROWS = "".join(f"9001,74.0,{v},{c},1,12/23/2019,R/74/235,0,0,SUBJECT,0,1,0,0,0,0\n" for c, v in ((750, 2), (710, 1), (220, 1), (704, 8), (140, 3)))


@pytest.fixture
def take(project, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:  # type: ignore[no-untyped-def]
    def run(text: str | bytes, *args: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "votes.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        command = [sys.executable, str(ROOT / "scripts" / "import_votes.py"), str(path), "--name", "own", "--root", str(project.folder), *args]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")

    run.project = project  # type: ignore[attr-defined]
    return run


@pytest.mark.parametrize(("text", "row", "session", "symbol"), [(UN + UN_ROWS, "rcid-4025240", "ES-10", "A/RES/ES-10/21"), (VOETEN + VOETEN_ROWS, "rcid-9001", "74", "A/RES/74/235")])
def test_a_users_own_file_is_taken_and_builds(take, text: str, row: str, session: str, symbol: str) -> None:  # type: ignore[no-untyped-def]
    done = take(text, "--complete", "74", "--state", "IND", "--state", "CHN", "--state", "FRA", "--state", "UZB")
    assert done.returncode == 0, done.stderr
    built = take.project.build()
    assert built.returncode == 0, built.stderr
    call = take.project.rows("roll_calls")[row]
    assert (call["session"], call["symbol"], call["coverage"]) == (session, symbol, "complete_session" if session == "74" else "part_of_session")
    votes = {r["iso3"]: r["vote"] for r in take.project.rows("roll_call_votes").values()}
    # Brazil is not asked for, but counted in the totals.
    assert votes == {"IND": "abstain", "CHN": "yes", "FRA": "yes", "UZB": "non_voting"}
    assert (call["yes"], call["abstain"]) in {("3", "1"), ("2", "1")}
    assert call["vote_on"] in {"2023-10-27", "2019-12-23"}


REFUSED = {
    "a changed header": ((UN + UN_ROWS).replace("ms_vote", "vote_cast"), ("the header lacks", "ms_vote")),
    "a vote of no kind": ((UN + UN_ROWS).replace("FRA,FRA,Y", "FRA,FRA,Q"), ("row 4", "'Q'", "Y, N, A")),
    "no date": ((UN + UN_ROWS).replace("2023-10-27", "27 October"), ("vote_on", "not a date")),
    "another file": ("a,b\n1,2\n", ("the header lacks", "rcid")),
    "not UTF-8": ((UN + UN_ROWS).encode() + b"\xff", ("not UTF-8",)),
    "totals that do not add up": ((UN + UN_ROWS).replace("3.0", "120.0"), ("states 120 yes", "its rows are 3")),
    "a state twice": (UN + UN_ROWS + UN_ROWS.splitlines()[0] + "\n", ("row 7", "a second vote of IND")),
    "a roll call of two days": ((UN + UN_ROWS).replace("FRA,Y,2023-10-27", "FRA,Y,2023-10-28"), ("row 4", "date", "2023-10-28")),
    "a short line": (UN + UN_ROWS + "4025240,PAK\n", ("row 7", "2 cells")),
    "a cell without end": (UN + UN_ROWS + '4025240,"' + "x" * 200_000, ("row", "not CSV")),
    "a column twice": ((UN + UN_ROWS).replace("total_yes", "title"), ("has a column twice",)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_not_in_order_is_refused_whole(take, case: str) -> None:  # type: ignore[no-untyped-def]
    text, words = REFUSED[case]
    done = take(text, "--state", "IND")
    assert done.returncode == 1 and "nothing was imported" in done.stderr and "Traceback" not in done.stderr
    assert not list((take.project.folder / "seeds" / "sources").glob("own*"))
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize("args", [["--name", "../evil"], ["--name", "a b"], ["--complete", "79-74"], ["--complete", "soon"]])
def test_a_name_or_session_that_is_none_is_a_usage_error(take, args: list[str]) -> None:  # type: ignore[no-untyped-def]
    done = take(UN + UN_ROWS, "--state", "IND", *args)
    assert done.returncode == 2 and args[1] in done.stderr and "Traceback" not in done.stderr
    assert not list(take.project.folder.rglob("*evil*"))


def test_a_source_is_replaced_only_when_asked_and_the_same_resolution_is_not_taken_twice(take) -> None:  # type: ignore[no-untyped-def]
    assert take(UN + UN_ROWS, "--state", "IND").returncode == 0
    again = take(UN + UN_ROWS)
    assert again.returncode == 1 and "is there already" in again.stderr
    other = take(UN + UN_ROWS.replace("4025240", "77"), "--name", "other")
    assert other.returncode == 1 and "none that seeds/ lack" in other.stderr
    assert take(UN + UN_ROWS, "--replace").returncode == 0
    assert "is no source of votes" in take(UN + UN_ROWS, "--name", "sco-2017", "--replace").stderr


def test_votes_without_the_record_of_their_source_are_not_passed_over(project) -> None:  # type: ignore[no-untyped-def]
    project.write("sources/orphan.votes.csv", "rcid,session\n")
    done = project.build()
    assert done.returncode == 1 and "seeds/sources/orphan.votes.csv" in done.stderr and "no record of its source" in done.stderr


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("7,74,A/RES/74/1,2019-12-23,0,0,nu,T,1,0,0,Y,Z", "PAK"),
        ("7,74,A/RES/74/1,2019-12-23,0,0,xx,T,1,0,0,Y,", "issues"),
        ("7,74,A/RES/74/1,2019-13-23,0,0,,T,1,0,0,Y,", "vote_on"),
        ("7,74,A/RES/74/1,2019-12-23,maybe,0,,T,1,0,0,Y,", "is_amendment"),
        ("7,74,A/RES/74/1,2019-12-23,0,0,,T,many,0,0,Y,", "yes"),
    ],
)
def test_a_damaged_line_in_the_seeds_is_named(project, line: str, column: str) -> None:  # type: ignore[no-untyped-def]
    project.source("own", "\n[votes]\ncomplete_sessions = []\n", kind="dataset")
    project.write("sources/own.votes.csv", "rcid,session,symbol,vote_on,is_amendment,is_paragraph,issues,title,yes,no,abstain,IND,PAK\n" + line + "\n")
    done = project.build()
    assert done.returncode == 1 and f"seeds/sources/own.votes.csv: roll_calls/rcid-7: {column}: " in done.stderr, done.stderr


# -- what is refused of positions and texts --------------------------------------------------------

POSITION = """
[[positions]]
id = "IND-test-2017"
holder = "IND"
issue = "sovereignty"
act = "stated"
summary = "It said so."
epistemic = "official_statement"
start_date = "2017-06-09"
at = "para 1"
"""


def test_positions_that_break_a_rule_of_coding_are_refused_each_for_its_own(project) -> None:  # type: ignore[no-untyped-def]
    project.source("mea-2017", POSITION, kind="government")
    assert project.build().returncode == 0
    broken = {
        "stance: .*constraint": ('act = "stated"', 'act = "stated"\nstance = 3'),
        "stance: .*proposition": ('issue = "sovereignty"', 'issue = "energy"\nstance = 2'),
        "issue: .*no such row": ('issue = "sovereignty"', 'issue = "weather"'),
        "epistemic: .*code": ('"official_statement"', '"interpretation"'),
        "holder: .*no such row": ('holder = "IND"', 'holder = "INB"'),
    }
    rows = [POSITION.replace("IND-test-2017", f"IND-test{n}-2017").replace(*change) for n, change in enumerate(broken.values())]
    project.source("mea-2017", "".join(rows), kind="government")
    done = project.build()
    assert done.returncode == 1 and "nothing was replaced" in done.stderr
    assert [said for n, said in enumerate(broken) if not re.search(rf"positions/IND-test{n}-2017: {said}", done.stderr)] == [], done.stderr


def test_an_issue_without_definition_is_refused(project) -> None:  # type: ignore[no-untyped-def]
    path = project.folder / "seeds" / "lists" / "issues.csv"
    path.write_text(path.read_text(encoding="utf-8") + "weather,issue,Weather,,,\n", encoding="utf-8")
    done = project.build()
    assert done.returncode == 1 and "issues/weather: definition" in done.stderr, done.stderr


def test_a_position_dated_before_its_document_is_refused(project) -> None:  # type: ignore[no-untyped-def]
    text = '\n[[documents]]\nid = "astana-declaration-2017"\ntitle = "Astana Declaration"\nkind = "declaration"\nadopted_on = "2017-06-09"\nsummit_id = "chs-2017"\nepistemic = "formal_act"\nat = "title"\n'
    signed = POSITION.replace('act = "stated"', 'act = "signed"\ndocument_id = "astana-declaration-2017"')
    project.source("mea-2017", text + signed, kind="government")
    assert project.build().returncode == 0, project.build().stderr
    project.source("mea-2017", text + signed.replace("2017-06-09\"\nat", "2017-06-01\"\nat"), kind="government")
    done = project.build()
    assert done.returncode == 1 and "positions/IND-test-2017: start_date" in done.stderr, done.stderr


def test_the_denominator_of_dissent_is_who_was_a_member_and_did_not_stand_apart() -> None:
    parties = sco.load("text_parties")
    assert not parties.duplicated(["document_id", "actor_id"]).any()
    tianjin = parties[parties.document_id == "tianjin-declaration-2025"]
    assert set(tianjin.actor_id) == set("BLR CHN IND IRN KAZ KGZ PAK RUS TJK UZB".split()) and (tianjin.role == "party").all()
    # Admitted that day: no party by presumption.
    astana = parties[(parties.document_id == "astana-declaration-2017") & (parties.basis == "presumed_from_status")]
    assert set(astana.actor_id) == set("CHN KAZ KGZ RUS TJK UZB".split())
    strategy = parties[(parties.document_id == "sco-economic-strategy-2023") & (parties.actor_id == "IND")]
    assert strategy.role.tolist() == ["refused_signature"]
