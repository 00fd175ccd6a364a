"""The path from a source to a table: reconciliation, refusals, and nothing half-written."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GRANT, ROOT, Project

import sco_data as sco
from sco_data.files import put_in_place

SECOND = """
[[status_steps]]
id = "IND-member-granted"
step_on = "{}"
at = "line 1"
"""


def built(project: Project) -> None:
    done = project.build()
    assert done.returncode == 0, done.stderr


def refused(project: Project) -> str:
    """Build, expect a refusal that replaces nothing, and return what was said."""
    before = {p: p.read_bytes() for p in project.folder.rglob("*") if p.is_file() and "seeds" not in p.parts}
    done = project.build()
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert {p: p.read_bytes() for p in project.folder.rglob("*") if p.is_file() and "seeds" not in p.parts} == before
    return done.stderr


# -- reconciliation ------------------------------------------------------------------------------


def test_one_source_makes_the_step_the_spell_the_member_and_the_evidence(project: Project) -> None:
    built(project)
    spell = project.rows("statuses")["IND-member-2017"]
    assert (spell["start_date"], spell["start_basis"], spell["granted_at"]) == ("2017-06-09", "granted", "chs-2017")
    assert project.rows("members")["IND"]["latest_status"] == "member"
    assert project.rows("evidence")["sco-2017:statuses:IND-member-2017:start_date@para 2"]["source_locator"] == "para 2"


def test_a_coarser_date_supports_and_the_finer_is_carried(project: Project) -> None:
    project.source("agency-2017", SECOND.format("2017-06"), kind="news_agency")
    built(project)
    step = project.rows("status_steps")["IND-member-granted"]
    assert (step["step_on"], step["step_on_precision"], step["contested"]) == ("2017-06-09", "day", "false")
    line = project.rows("evidence")["agency-2017:status_steps:IND-member-granted:step_on@line 1"]
    assert (line["relation"], line["stated_value"]) == ("supports", "2017-06")


def test_a_month_alone_is_carried_as_a_month(project: Project) -> None:
    project.source("sco-2017", GRANT.replace('step_on = "2017-06-09"', 'step_on = "2017-06"'))
    built(project)
    assert project.rows("statuses")["IND-member-2017"]["start_date"] == "2017-06-01"
    assert project.rows("statuses")["IND-member-2017"]["start_date_precision"] == "month"


def test_contradiction_stops_the_build_until_decided(project: Project) -> None:
    project.source("paper-2015", SECOND.format("2015-07-10"), kind="newspaper")
    said = refused(project)
    assert "status_steps/IND-member-granted: step_on" in said
    assert "sco-2017 (seeds/sources/sco-2017.toml) says 2017-06-09" in said
    assert "paper-2015 (seeds/sources/paper-2015.toml) says 2015-07-10" in said

    decision = '[[decision]]\ntable = "status_steps"\nrow = "IND-member-granted"\nfield = "step_on"\ntake = "sco-2017"\nagainst = ["paper-2015"]\nwhy = "The day of the decision."\n'
    project.write("decisions.toml", decision)
    built(project)
    assert project.rows("status_steps")["IND-member-granted"]["contested"] == "true"
    # The spell looks its date up in the step, and with it who contradicts.
    assert project.rows("statuses")["IND-member-2017"]["contested"] == "true"
    line = project.rows("evidence")["paper-2015:statuses:IND-member-2017:start_date@line 1"]
    assert (line["relation"], line["note"]) == ("contradicts", "The day of the decision.")


def test_a_decision_does_not_cover_a_source_that_it_does_not_know(project: Project) -> None:
    project.source("paper-2015", SECOND.format("2015-07-10"), kind="newspaper")
    project.write("decisions.toml", '[[decision]]\ntable = "status_steps"\nrow = "IND-member-granted"\nfield = "step_on"\ntake = "sco-2017"\nagainst = ["paper-2015"]\nwhy = "The day of the decision."\n')
    built(project)
    project.source("paper-2018", SECOND.format("2017-06-08"), kind="newspaper")
    said = refused(project)
    assert "the decision between them does not know it: paper-2018 (seeds/sources/paper-2018.toml) says 2017-06-08" in said


def test_a_decision_for_a_coarse_value_takes_a_finer_one_only_where_those_agree(project: Project) -> None:
    project.source("sco-2017", GRANT.replace('step_on = "2017-06-09"\nsummit_id = "chs-2017"', 'step_on = "2015"'))
    for name, day in (("b-1", "2015-06"), ("b-2", "2015-07"), ("b-3", "2016")):
        project.source(name, SECOND.format(day), kind="newspaper")
    decision = '[[decision]]\ntable = "status_steps"\nrow = "IND-member-granted"\nfield = "step_on"\ntake = "sco-2017"\nagainst = ["b-3"]\nwhy = "Only the year is sure."\n'
    project.write("decisions.toml", decision)
    built(project)
    step = project.rows("status_steps")["IND-member-granted"]
    assert (step["step_on"], step["step_on_precision"], step["source_id"]) == ("2015-01-01", "year", "sco-2017")
    (project.folder / "seeds/sources/b-2.toml").unlink()
    built(project)
    assert project.rows("status_steps")["IND-member-granted"]["step_on"] == "2015-06-01"


def test_a_status_that_ends_leaves_a_state_without_one(project: Project) -> None:
    step = '[[status_steps]]\nid = "IND-observer-granted"\niso3 = "IND"\nstatus_sought = "observer"\nstep = "granted"\nepistemic = "formal_act"\nstep_on = "2005-07-05"\nat = "p"\n'
    left = '[[status_steps]]\nid = "IND-observer-ended"\niso3 = "IND"\nstatus_sought = "observer"\nstep = "ended"\nepistemic = "formal_act"\nstep_on = "2010-01-01"\nat = "p"\n'
    project.source("agency-2005", step + left, kind="news_agency")
    spells = "status_id,iso3,status,start_step,end_step,end_reason,epistemic\n"
    project.write("lists/statuses.csv", spells + "IND-observer-2005,IND,observer,IND-observer-granted,IND-observer-ended,withdrawn,formal_act\n")
    built(project)
    state = project.rows("members")["IND"]
    assert (state["latest_status"], state["latest_status_since"], state["associated_since"]) == ("", "", "2005-07-05")


def test_a_value_that_loses_must_exist_too(project: Project) -> None:
    block = '[[status_steps]]\nid = "IND-member-granted"\nsummit_id = "chs-2107"\nat = "line 1"\n'
    project.source("paper-2015", block, kind="newspaper")
    project.write("decisions.toml", '[[decision]]\ntable = "status_steps"\nrow = "IND-member-granted"\nfield = "summit_id"\ntake = "sco-2017"\nagainst = ["paper-2015"]\nwhy = "The day of the decision."\n')
    said = refused(project)
    assert "seeds/sources/paper-2015.toml: status_steps/IND-member-granted: summit_id: chs-2107: foreign key" in said and "Did you mean chs-2017" in said


def test_words_and_value_stand_side_by_side(project: Project) -> None:
    project.source("agency-2017", SECOND.format("2017-06-09") + 'words = { step_on = "on Friday" }\n', kind="news_agency")
    built(project)
    line = project.rows("evidence")["agency-2017:status_steps:IND-member-granted:step_on@line 1"]
    assert (line["stated_value"], line["coded_value"]) == ("on Friday", "2017-06-09")


def test_a_misspelt_id_is_suggested(project: Project) -> None:
    project.source("agency-2017", SECOND.format("2017-06-09").replace("granted", "grantd"), kind="news_agency")
    assert "if the id is misspelt, correct it. Did you mean IND-member-granted?" in refused(project)


def test_the_build_without_its_packages_says_what_it_needs(project: Project) -> None:
    bare = [sys.executable, "-S", "-E", str(ROOT / "scripts" / "build"), "--root", str(project.folder)]
    done = subprocess.run(bare, capture_output=True, text=True)
    assert done.returncode == 1 and "Mend: pip install -e '.[validate]'" in done.stderr and "Traceback" not in done.stderr


def test_a_decision_picks_one_of_two_places_of_the_same_source(project: Project) -> None:
    project.source("paper-2017", SECOND.format("2017-06-08") + SECOND.format("2017-06-09").replace("line 1", "note 1"), kind="newspaper")
    decision = '[[decision]]\ntable = "status_steps"\nrow = "IND-member-granted"\nfield = "step_on"\ntake = "paper-2017"\nagainst = ["paper-2017"]\n{}why = "The note."\n'
    project.write("decisions.toml", decision.format(""))
    assert "states 2017-06-08, 2017-06-09 here" in refused(project)
    project.write("decisions.toml", decision.format('at = "note 1"\n'))
    built(project)
    assert project.rows("status_steps")["IND-member-granted"]["step_on"] == "2017-06-09"


def test_a_rejected_row_is_evidence_only(project: Project) -> None:
    row = '[[status_steps]]\nid = "UZB-shanghai_five-founded"\niso3 = "UZB"\nstatus_sought = "shanghai_five"\nstep = "founded"\nepistemic = "reported_fact"\nat = "para 3"\n'
    project.source("comment-2025", row, kind="report")
    project.write("decisions.toml", '[[decision]]\ntable = "status_steps"\nrow = "UZB-shanghai_five-founded"\nreject = true\nwhy = "Joined in 2001."\n')
    built(project)
    assert "UZB-shanghai_five-founded" not in project.rows("status_steps")
    lines = [r for r in project.rows("evidence").values() if r["row_id"] == "UZB-shanghai_five-founded"]
    assert [(r["relation"], r["note"]) for r in lines] == [("rejected", "Joined in 2001.")]


def test_one_block_makes_a_row_for_each_element_of_a_list(project: Project) -> None:
    block = """
[[status_steps]]
id = "{iso3}-observer-wish_stated"
iso3 = ["NPL", "LKA"]
status_sought = "observer"
step = "wish_stated"
epistemic = "official_statement"
step_on = ["2018", "2019-06"]
at = "para 1"
"""
    project.source("agency-2019", block, kind="news_agency")
    built(project)
    steps = project.rows("status_steps")
    assert steps["NPL-observer-wish_stated"]["step_on_precision"] == "year"
    assert steps["LKA-observer-wish_stated"]["step_on"] == "2019-06-01"


def test_rows_in_a_csv_beside_the_record(project: Project) -> None:
    project.source("list-2017", "", kind="government")
    project.write("sources/list-2017.summit_attendance.csv", "summit_id,actor_id,capacity,attended,at\nchs-2017,IND,guest,true,line 1\nchs-2017,IRN,guest,false,line 2\n")
    built(project)
    assert project.rows("summit_attendance")["chs-2017|IRN"]["attended"] == "false"


def test_the_better_kind_of_source_is_the_one_a_row_rests_on(project: Project) -> None:
    project.source("a-newspaper", SECOND.format("2017-06-09"), kind="newspaper")
    built(project)
    assert project.rows("status_steps")["IND-member-granted"]["source_id"] == "sco-2017"


# -- refusals ------------------------------------------------------------------------------------

BAD_BLOCKS = {
    "unknown field": ('id = "IND-member-granted"\nstep_day = "2017-06-09"\nat = "p"', "status_steps/IND-member-granted: step_day", "unknown field"),
    "a day that does not exist": ('id = "IND-member-granted"\nstep_on = "2017-02-30"\nat = "p"', "status_steps/IND-member-granted: step_on: 2017-02-30", "not a date"),
    "a number for a text": ('id = "IND-member-granted"\nplace = 5\nat = "p"', "status_steps/IND-member-granted: place: 5", "not a string"),
    "no locator": ('id = "IND-member-granted"\nstep_on = "2017-06-09"', "status_steps/IND-member-granted: at", "missing"),
    "a derived field": ('id = "IND-member-granted"\ncontested = true\nat = "p"', "status_steps/IND-member-granted: contested", "provenance by the build"),
    "another coding of the same row": ('id = "IND-member-granted"\nstep = "procedure_opened"\nat = "p"', "status_steps/IND-member-granted: step: procedure_opened", "coded twice: seeds/sources/sco-2017.toml has granted"),
    "a span without a text": ('id = "IND-member-granted"\nat = "p"\nspan = [1, 5]', "status_steps/IND-member-granted: span", "a span in a source without sha256"),
    "a span backwards": ('id = "IND-member-granted"\nat = "p"\nspan = [5, 1]', "status_steps/IND-member-granted: span", "not a span"),
    "a code outside the list": ('id = "NPL-x"\niso3 = "NPL"\nstatus_sought = "guest"\nstep = "granted"\nepistemic = "formal_act"\nat = "p"', "status_steps/NPL-x: status_sought: guest", "code: not in the code list"),
    "a state that is not there": ('id = "NPL-x"\niso3 = "NPX"\nstatus_sought = "observer"\nstep = "wish_stated"\nepistemic = "formal_act"\nat = "p"', "status_steps/NPL-x: iso3", "foreign key"),
    "a required field left out": ('id = "NPL-x"\niso3 = "NPL"\nstep = "wish_stated"\nepistemic = "formal_act"\nat = "p"', "status_steps/NPL-x: status_sought", "required"),
    "a grant on a day without summit": ('id = "NPL-x"\niso3 = "NPL"\nstatus_sought = "observer"\nstep = "wish_stated"\nepistemic = "formal_act"\nstep_on = "2017-07-09"\nsummit_id = "chs-2017"\nat = "p"', "status_steps/NPL-x: step_on: 2017-07-09", "summit: chs-2017 met 2017-06-08 to 2017-06-09"),
    "an interpretation as a step": ('id = "NPL-x"\niso3 = "NPL"\nstatus_sought = "observer"\nstep = "wish_stated"\nepistemic = "interpretation"\nat = "p"', "status_steps/NPL-x: epistemic: interpretation", "code: not in the code list"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_BLOCKS)
def test_a_bad_block_is_refused_with_file_row_field_and_mend(project: Project, case: str) -> None:
    block, place, rule = BAD_BLOCKS[case]
    project.source("second-2017", f"[[status_steps]]\n{block}\n", kind="newspaper")
    said = refused(project)
    lines = [line for line in said.splitlines() if place in line]
    assert lines, said
    assert any(rule in line and "seeds/sources/second-2017.toml" in line and "Mend: " in line for line in lines), said


POSITION = 'holder = "IND"\nissue = "bloc"\nact = "stated"\nsummary = "s"\nas_of = "2017"\nat = "p"\n'
READING = 'about = "IND"\nissue = "bloc"\nmode = "motive"\nsummary = "s"\nas_of = "2017"\nat = "p"\n'
NUMBER = 'subject_kind = "organisation"\nsubject_id = "sco"\nindicator = "members_count"\nvalue = 8\nvalue_kind = "observed"\nqualifier = "exact"\nepistemic = "statistic"\nat = "p"\n'

BAD_ROWS = {
    "an interpretation in positions": ("positions", POSITION + 'epistemic = "interpretation"\n', "positions/x: epistemic: interpretation", "code"),
    "a reading without its author": ("readings", READING + 'epistemic = "interpretation"\n', "readings/x: asserted_by", "required"),
    "a reading of nobody's": ("readings", READING.replace("IND", "the-west") + 'epistemic = "interpretation"\nasserted_by = "A"\n', "readings/x: about", "foreign key"),
    "a work that no source is": ("readings", READING + 'epistemic = "interpretation"\nasserted_by = "A"\nvia = "nobody-1999"\n', "readings/x: via", "foreign key"),
    "a forecast without outcome": ("readings", READING + 'epistemic = "forecast"\nasserted_by = "A"\n', "readings/x: forecast_outcome", "forecast"),
    "a number without unit": ("economic_figures", NUMBER + "as_of = 2017-06-09\n", "economic_figures/x: unit", "required"),
    "a number without period": ("economic_figures", NUMBER + 'unit = "count"\n', "economic_figures/x: as_of", "period"),
    "a number in another unit": ("economic_figures", NUMBER + 'unit = "km"\nas_of = 2017-06-09\n', "economic_figures/x: unit: km", "unit"),
    "a count that statuses do not give": ("economic_figures", NUMBER + 'unit = "count"\nas_of = 2017-06-09\n', "economic_figures/x: value: 8", "count"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_of_another_table_is_refused(project: Project, case: str) -> None:
    table, block, place, rule = BAD_ROWS[case]
    project.source("second-2017", f'[[{table}]]\nid = "x"\n{block}', kind="article")
    said = [line for line in refused(project).splitlines() if place in line]
    assert any(f": {rule}" in line and "seeds/sources/second-2017.toml" in line for line in said), said


BAD_FILES = {
    "a decision without a reason in it": ("decisions.toml", '[[decision]]\ntable = "x"\nrow = "y"\nreject = true\nwhy = " "\n', "`why` a reason"),
    "a number that is none": ("sources/sco-2018.toml", '[source]\nkind = "book"\ntitle = "T"\nlanguage = "en"\nlicence = "copyright"\nread = "full"\n[[claims]]\nid = "c"\nstated_value = inf\nat = "p"\n', "stated_value: inf: not a number that a table can hold"),
    "a locator that is a number": ("sources/sco-2018.toml", '[source]\nkind = "book"\ntitle = "T"\nlanguage = "en"\nlicence = "copyright"\nread = "full"\n[[status_steps]]\nid = "IND-member-granted"\nat = 5\n', "at: 5: not a plain text"),
    "an empty list": ("sources/sco-2018.toml", '[source]\nkind = "book"\ntitle = "T"\nlanguage = "en"\nlicence = "copyright"\nread = "full"\n[[status_steps]]\nid = "{iso3}-x"\niso3 = []\nat = "p"\n', "lists of different lengths, or empty: iso3"),
    "spans that are none": ("spans.csv", "source_id,char_start,char_end,span_sha256\nkang-2016,x,5,00\n", "seeds/spans.csv"),
    "not TOML": ("sources/bad.toml", "[source\n", "seeds/sources/bad.toml: not TOML"),
    "no record": ("sources/bad.toml", "[[status_steps]]\n", "seeds/sources/bad.toml: no [source]"),
    "unknown table": ("sources/sco-2018.toml", '[source]\nkind = "book"\ntitle = "T"\nlanguage = "en"\nlicence = "copyright"\nread = "full"\n[[status_stepz]]\nid = "x"\n', "Did you mean status_steps?"),
    "a source that says nothing": ("sources/empty-2018.toml", '[source]\nkind = "book"\ntitle = "T"\nlanguage = "en"\nlicence = "copyright"\nread = "full"\n', "empty-2018: a source that no row uses"),
    "unknown field of the record": ("sources/sco-2018.toml", '[source]\nkind = "book"\ntitel = "T"\nlanguage = "en"\nlicence = "copyright"\nread = "full"\n', "Did you mean title?"),
    "duplicate source id": ("cited.toml", '[[source]]\nid = "sco-2017"\nkind = "book"\ntitle = "T"\nlanguage = "en"\nlicence = "copyright"\n', "duplicate id: also in seeds/sources/sco-2017.toml"),
    "duplicate id in a list": ("lists/statuses.csv", "status_id,iso3,status,start_step\nIND-member-2017,IND,member,IND-member-granted\nIND-member-2017,IND,member,IND-member-granted\n", "statuses/IND-member-2017: duplicate id"),
    "a spell from a step that is not there": ("lists/statuses.csv", "status_id,iso3,status,start_step,epistemic\nIND-member-2017,IND,member,IND-member-gratned,formal_act\n", "start_step: IND-member-gratned: no such step"),
    "a spell about another state": ("lists/statuses.csv", "status_id,iso3,status,start_step,epistemic\nIND-member-2017,PAK,member,IND-member-granted,formal_act\n", "iso3: PAK: IND-member-granted is about another"),
    "a decision about nothing": ("decisions.toml", '[[decision]]\ntable = "status_steps"\nrow = "IND-member-granted"\nfield = "step_on"\ntake = "sco-2017"\nagainst = []\nwhy = "-"\n', "nothing there to decide"),
    "a decision without reason": ("decisions.toml", '[[decision]]\ntable = "status_steps"\nrow = "x"\nreject = true\n', "why: a decision lacks it"),
    "something else in the decisions": ("decisions.toml", "take = 1\n", "seeds/decisions.toml: something else than [[decision]] tables"),
    "a block that is none": ("sources/sco-2018.toml", 'status_steps = [1]\n[source]\nkind = "book"\ntitle = "T"\nlanguage = "en"\nlicence = "copyright"\nread = "full"\n', "not a [[table]] block"),
    "a row of a list without key": ("lists/statuses.csv", "status_id,iso3,status,start_step\n,IND,member,IND-member-granted\n", "statuses: status_id: missing"),
    "a row of a list whose key is no text": ("lists/statuses.csv", "status_id,iso3,status\n=1+1,IND,member\n", "statuses/=1+1: status_id: =1+1: a text with a control character, or that a spreadsheet"),
    "a text that no reader takes": ("sources/sco-2018.toml", '[source]\nkind = "book"\ntitle = "T"\nremark = "' + "x" * 131_073 + '"\nlanguage = "en"\nlicence = "copyright"\nread = "full"\n', "a text of 131,073 characters, of 10,000 at most"),
    "text that is a formula": ("sources/sco-2018.toml", '[source]\nkind = "book"\ntitle = "=1+1"\nlanguage = "en"\nlicence = "copyright"\nread = "full"\n[[status_steps]]\nid = "IND-member-granted"\nat = "p"\n', "that a spreadsheet takes for a formula"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused(project: Project, case: str) -> None:
    name, text, expected = BAD_FILES[case]
    project.write(name, text)
    assert expected in refused(project)


def test_every_problem_of_a_run_is_reported_at_once(project: Project) -> None:
    project.source("one-2017", SECOND.format("2017-02-30"), kind="newspaper")
    project.source("two-2017", SECOND.format("yesterday"), kind="newspaper")
    said = refused(project)
    assert "one-2017.toml" in said and "two-2017.toml" in said and "2 problems; nothing was replaced" in said


def test_two_spells_on_one_day_are_refused_with_both_sources(project: Project) -> None:
    step = '[[status_steps]]\nid = "IND-observer-granted"\niso3 = "IND"\nstatus_sought = "observer"\nstep = "granted"\nepistemic = "formal_act"\nstep_on = "2005-07-05"\nat = "p"\n'
    project.source("agency-2005", step, kind="news_agency")
    with (project.folder / "seeds/lists/statuses.csv").open("a", encoding="utf-8") as handle:
        handle.write("IND-observer-2005,IND,observer,IND-observer-granted,,,,formal_act,\n")
    said = refused(project)
    assert "statuses/IND-member-2017: start_date: 2017-06-09: overlap: IND-observer-2005 (source agency-2005)" in said
    assert "this rests on sco-2017" in said


MEMORANDUM = """
[[status_steps]]
id = "IND-member-memorandum_signed"
iso3 = "IND"
status_sought = "member"
step = "memorandum_signed"
epistemic = "formal_act"
step_on = "{}"
at = "p"
"""


def test_a_memorandum_out_of_order_is_refused_with_both_sources(project: Project) -> None:
    project.source("ministry-2017", MEMORANDUM.format("2017-06-24"), kind="government")
    said = refused(project)
    assert "status_steps/IND-member-granted: step_on: 2017-06-09: order: before IND-member-memorandum_signed on 2017-06-24 (sources sco-2017; ministry-2017)" in said


def test_a_grant_at_a_summit_that_met_on_another_day_is_refused_with_both_sources(project: Project) -> None:
    step = '[[status_steps]]\nid = "PAK-member-granted"\niso3 = "PAK"\nstatus_sought = "member"\nstep = "granted"\nepistemic = "formal_act"\nstep_on = "2017-06-10"\nsummit_id = "chs-2017"\nat = "p"\n'
    project.source("agency-2017", step, kind="news_agency")
    said = refused(project)
    assert "status_steps/PAK-member-granted: step_on: 2017-06-10: summit: chs-2017 met 2017-06-08 to 2017-06-09 (source sco-2017; this row rests on agency-2017)" in said


def test_a_spell_under_another_start_rule_is_refused_with_the_step_that_would_do(project: Project) -> None:
    project.source("ministry-2016", MEMORANDUM.format("2016-06-24"), kind="government")
    spells = project.folder / "seeds/lists/statuses.csv"
    spells.write_text(spells.read_text(encoding="utf-8").replace(",IND-member-granted,", ",IND-member-memorandum_signed,"), encoding="utf-8")
    said = refused(project)
    assert "statuses/IND-member-2017: start_step: IND-member-memorandum_signed: start rule: memorandum_signed (source ministry-2016) does not begin the status member" in said
    assert "IND-member-granted (source sco-2017) does" in said and "Mend: point to a step of kind founded or granted" in said


def test_a_spell_that_ends_before_it_begins_is_refused_with_both_sources(project: Project) -> None:
    project.source("paper-2016", MEMORANDUM.replace("memorandum_signed", "ended").format("2016-01-01"), kind="newspaper")
    spells = project.folder / "seeds/lists/statuses.csv"
    spells.write_text(spells.read_text(encoding="utf-8").replace("IND-member-granted,,,", "IND-member-granted,IND-member-ended,withdrawn,"), encoding="utf-8")
    said = refused(project)
    assert "statuses/IND-member-2017: end_step: IND-member-ended: interval: on 2016-01-01 (source paper-2016), before IND-member-granted on 2017-06-09 (source sco-2017)" in said


def test_a_table_covers_what_the_table_covers_that_it_follows(project: Project) -> None:
    file = project.folder / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        if resource["name"] in ("statuses", "summits"):
            resource["coverage"]["last_day"] = "2031-07-04"
    file.write_text(json.dumps(descriptor), encoding="utf-8")
    built(project)
    last = {r["name"]: r["coverage"]["last_day"] for r in json.loads(file.read_text(encoding="utf-8"))["resources"] if "coverage" in r}
    assert {t for t, day in last.items() if day == "2031-07-04"} == {"statuses", "members", "country_years", "group_years", "summits", "summit_attendance"}


def test_a_status_after_the_coverage_is_refused_for_that_alone(project: Project) -> None:
    project.source("sco-2017", GRANT.replace("2017-06-0", "2031-06-0"))
    said = refused(project)
    assert "statuses/IND-member-2017: start_date: 2031-06-09: coverage: statuses covers" in said and "the coverage of statuses in datapackage.json" in said
    # That the build leaves the state out of members follows from it, and is nothing that one could mend there.
    assert "foreign key" not in said


# -- determinism ---------------------------------------------------------------------------------


def digest(folder: Path) -> str:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and "seeds" not in p.parts)
    return hashlib.sha256(b"".join(p.name.encode() + p.read_bytes() for p in files)).hexdigest()


def test_two_builds_are_equal_to_the_byte_and_check_sees_a_hand_edit(project: Project) -> None:
    built(project)
    first = digest(project.folder)
    built(project)
    assert digest(project.folder) == first
    assert project.build("--check").returncode == 0
    file = project.folder / "data" / "members.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("India", "Bharat"), encoding="utf-8")
    done = project.build("--check")
    assert done.returncode == 1 and "data/members.csv: differs" in done.stderr.replace("\\", "/")


@pytest.mark.parametrize("moved", [1, 2, 3, 4])
def test_a_swap_killed_at_any_rename_is_taken_back(project: Project, moved: int) -> None:
    """The state that a kill leaves: the old release set aside in part, the new one put in place in part."""
    built(project)
    before = digest(project.folder)
    place = project.folder / ".sco-data-replacing"
    aside = place / "old"
    aside.mkdir(parents=True)
    for name in ("data", "metadata", "CITATION.cff", "datapackage.json")[:moved]:
        (project.folder / name).rename(aside / name)
    (project.folder / "data").mkdir(exist_ok=True)
    (project.folder / "data" / "members.csv").write_text("half", encoding="utf-8")
    (place / "new").write_text(f"{(project.folder / 'data').stat().st_ino} data\n" + "0 metadata\n0 CITATION.cff\n0 datapackage.json\n", encoding="utf-8")
    with pytest.raises(sco.InvalidData, match="was stopped half-way.* Mend: ask again"):
        sco.verify(project.folder)
    project.source("bad-2017", SECOND.format("never"))
    assert project.build().returncode == 1
    assert digest(project.folder) == before and not place.exists()


def test_an_interrupt_in_the_swap_puts_the_old_release_back(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    built(project)
    before = digest(project.folder)
    staged = project.folder / ".staged" / "made"
    (staged / "data").mkdir(parents=True)
    (staged / "datapackage.json").write_text("{}", encoding="utf-8")
    renames: list[Path] = []
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        renames.append(self)
        if len(renames) == 4:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put_in_place(staged, project.folder)
    monkeypatch.undo()
    shutil.rmtree(staged.parent)
    assert digest(project.folder) == before
