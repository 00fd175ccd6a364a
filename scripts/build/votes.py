"""Make roll calls and votes from a file of whole sessions: one line a roll call, one column a state, one letter a vote."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from sco_data.errors import near
from sco_data.validation.report import Finding

from .reconcile import Tables
from .seeds import PartialDate, RollCalls, Seeds, Statement

#: The columns of a file of roll calls before those of the states; `issues` are codes of vote_issue, joined by bars.
COLUMNS = ["rcid", "session", "symbol", "vote_on", "is_amendment", "is_paragraph", "issues", "title", "yes", "no", "abstain"]
LETTERS = {"Y": "yes", "N": "no", "A": "abstain", "X": "non_voting"}
TOTALS = ("yes", "no", "abstain")
#: From when a state's seat was held by a delegation of an authority that no longer governed at home: Kabul was taken on
#: 15 August 2021, the government of Myanmar deposed on 1 February 2021; the Assembly has put off a decision on either's credentials since.
CONTESTED_SEATS = {"AFG": dt.date(2021, 8, 15), "MMR": dt.date(2021, 2, 1)}


def typed(row: Mapping[str, str], states: set[str], issues: set[str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield column, value, rule and mend for all that is wrong with a line."""
    for column in set(row) - set(COLUMNS) - states:
        yield column, row[column], "roll call: a column that is no state", f"name the state by its ISO code.{near(column, states)}"
    for column in ("rcid", *TOTALS):
        if not re.fullmatch(r"\d{1,9}", row.get(column, "")):
            yield column, row.get(column, ""), "roll call: not a whole number", "give the number"
    for column in ("is_amendment", "is_paragraph"):
        if row.get(column, "") not in ("0", "1"):
            yield column, row.get(column, ""), "roll call: neither 0 nor 1", "write 0 or 1"
    if not row.get("session"):
        yield "session", "", "missing", "give the session of the Assembly"
    try:
        PartialDate.parse(row.get("vote_on", ""))
    except ValueError:
        yield "vote_on", row.get("vote_on", ""), "not a date", "write 2014-03-27, or 2014-03 where the day is not known"
    for code in filter(None, row.get("issues", "").split("|")):
        if code not in issues:
            yield "issues", code, "code: not in the code list vote_issue", f"correct it, or add it.{near(code, issues)}"
    for iso3 in states & set(row):
        if row[iso3] not in LETTERS:
            yield iso3, row[iso3], f"roll call: not one of {', '.join(LETTERS)}", "write the letter, or leave the cell empty where no vote is on record"


def statement(calls: RollCalls, at: str, table: str, key: dict[str, Any], stated: dict[str, Any], decided: dict[str, Any]) -> Statement:
    return Statement(calls.file, calls.source_id, table, "|".join(key.values()), key, stated, decided, at, "full")


def statements(calls: RollCalls, states: set[str], issues: set[str]) -> Iterator[Statement | Finding]:
    """Yield what a file says, row by row of the tables, or what is wrong with a line."""
    seen: set[str] = set()
    for row in calls.rows:
        rcid = row.get("rcid", "")
        label = f"rcid-{rcid}"
        wrong = [Finding("roll_calls", label, column, value, rule, mend, calls.file) for column, value, rule, mend in typed(row, states, issues)]
        if rcid in seen:
            wrong.append(Finding("roll_calls", label, "rcid", rcid, "duplicate id", "keep one line for each roll call", calls.file))
        seen.add(rcid)
        yield from wrong
        if wrong:
            continue

        say = partial(statement, calls, f"rcid {rcid}")
        decided = {
            "rcid": int(rcid), "session": row["session"],
            "coverage": "complete_session" if row["session"] in calls.complete else "part_of_session", "epistemic": "formal_act",
        } | {c: row[c] for c in ("symbol", "title") if row.get(c)}  # fmt: skip
        stated = {"vote_on": PartialDate.parse(row["vote_on"]), "is_amendment": row["is_amendment"] == "1", "is_paragraph": row["is_paragraph"] == "1"} | {c: int(row[c]) for c in TOTALS}
        yield say("roll_calls", {"roll_call_id": label}, stated, decided)
        for code in filter(None, row.get("issues", "").split("|")):
            yield say("roll_call_issues", {"roll_call_id": label, "vote_issue": code}, {}, {})
        for iso3 in sorted(states & set(row)):
            yield say("roll_call_votes", {"roll_call_id": label, "iso3": iso3}, {"vote": LETTERS[row[iso3]]}, {})


def take_votes(seeds: Seeds) -> dict[tuple[str, str], Statement]:
    """Add to the statements those of whole sessions of which another source speaks too; return all the others by row."""
    spoken_of = {(s.table, s.row_id) for s in seeds.statements}
    states = {a["actor_id"] for a in seeds.lists["actors"] if a.get("kind") in ("state", "other_entity")}
    issues = {c["code"] for c in seeds.lists["codes"] if c.get("code_list") == "vote_issue"}
    alone: dict[tuple[str, str], Statement] = {}
    # A session that one source has whole is whole, whichever source a roll call of it comes from.
    complete = {session for calls in seeds.roll_calls for session in calls.complete}
    for calls in seeds.roll_calls:
        calls.complete = complete
        for said in statements(calls, states, issues):
            if isinstance(said, Finding):
                seeds.problems.append(said)
            elif (said.table, said.row_id) in spoken_of or (said.table, said.row_id) in alone:
                seeds.statements.append(said)
            else:
                alone[said.table, said.row_id] = said
    return alone


def add_votes(alone: Mapping[tuple[str, str], Statement], tables: Tables) -> None:
    """Add the rows that rest on a file of whole sessions alone, without rows of evidence, and say whose seat was contested."""
    for (table, row_id), said in alone.items():
        row = {**said.key, **said.decided, **said.stated, "source_id": said.source_id, "source_locator": said.at, "contested": False}
        tables.rows[table][row_id] = row
        tables.files[table, row_id] = [said.file]
    for vote in tables.rows["roll_call_votes"].values():
        on = tables.rows["roll_calls"].get(vote.get("roll_call_id", ""), {}).get("vote_on")
        since = CONTESTED_SEATS.get(vote.get("iso3", ""))
        vote["seat_contested"] = isinstance(on, PartialDate) and since is not None and on.day >= since
    add_others(tables)


def add_others(tables: Tables) -> None:
    """Fill in what the states without a vote here cast: with the votes that are here it makes up the totals, so that neither can change unnoticed."""
    here = Counter((v.get("roll_call_id"), v.get("vote")) for v in tables.rows["roll_call_votes"].values())
    for roll_call_id, call in tables.rows["roll_calls"].items():
        call |= {f"others_{v}": call[v] - here[roll_call_id, v] for v in TOTALS if isinstance(call.get(v), int)}
