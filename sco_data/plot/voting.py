"""How states voted in the General Assembly: agreement of pairs, votes on a case, votes on a subject."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from .. import names
from ..errors import NotFound, UsageError, shown
from ..frames import sql
from ..records import members
from . import style
from .frame import as_list, found, framed, labels, library, listed, one_of, values

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("agreement", "similarity")
_LETTERS = {"yes": "Y", "abstain": "A", "no": "N", "non_voting": "–"}
#: The series of votes, whose author is named where its rows are drawn.
_SERIES = ("unvotes",)

_PAIRS = """
SELECT iso3_1, iso3_2, CAST(sum(joint) AS BIGINT) AS joint, CAST(sum(identical) AS BIGINT) AS identical, sum(identical) / sum(joint) AS agreement,
       sum(similarity * joint) / sum(joint) AS similarity, min(year) AS first_year, max(year) AS last_year
FROM vote_agreement
WHERE year BETWEEN $first AND $last AND list_contains($states, iso3_1) AND list_contains($states, iso3_2)
GROUP BY ALL
ORDER BY iso3_1, iso3_2
"""
_CASE = """
SELECT vote_on, symbol, title, iso3, name, vote, status, yes, no, abstain, roll_call_id, source_id
FROM key_votes
WHERE case_id = $case AND list_contains($states, iso3)
ORDER BY vote_on, roll_call_id, name
"""
_ISSUE = """
SELECT CAST(year(r.vote_on) AS BIGINT) AS year, v.vote, count(*) AS roll_calls
FROM roll_calls r
JOIN roll_call_issues i ON i.roll_call_id = r.roll_call_id
JOIN roll_call_votes v ON v.roll_call_id = r.roll_call_id
WHERE i.vote_issue = $issue AND v.iso3 = $state
GROUP BY ALL
ORDER BY year, v.vote
"""


def _states(state: Any, states: Any) -> list[str]:
    """Return the states asked for, or the members on the last day of coverage."""
    wanted = [names.resolve(s) for s in [*as_list(state), *as_list(states)]]
    return list(dict.fromkeys(wanted)) or members().iso3.tolist()


def _years(years: Any) -> tuple[int, int]:
    """Return the first and the last year asked for, or that there are."""
    has = sql("SELECT min(year) AS first, max(year) AS last FROM vote_agreement")
    bounds = int(has["first"][0]), int(has["last"][0])
    try:
        asked = bounds if years is None else (operator.index(years),) * 2 if not isinstance(years, (list, tuple)) else (operator.index(years[0]), operator.index(years[-1]))
    except (TypeError, IndexError):
        raise UsageError(f"{shown(years)} are not years. Mend: write a year, or the first and the last, as (2001, 2018).") from None
    if asked[0] > asked[1]:
        raise UsageError(f"the first year {shown(asked[0])} lies after the last, {shown(asked[1])}. Mend: turn them round.")
    if asked[1] < bounds[0] or asked[0] > bounds[1]:
        raise NotFound(f"no complete session in {shown(asked[0])} to {shown(asked[1])}. Mend: years from {bounds[0]} to {bounds[1]}; for single votes after that give a case.")
    return asked


def cases() -> dict[str, str]:
    """Return the cases for which roll calls were selected, with their labels."""
    frame = sql("SELECT issue, label FROM issues WHERE issue IN (SELECT case_id FROM roll_calls) ORDER BY issue")
    return dict(zip(frame.issue, frame.label))


def _check(kind: str, case: Any, issue: Any, years: Any) -> None:
    one_of(kind, KINDS, "measure")
    if case is not None and issue is not None:
        raise UsageError("a case and an issue at once. Mend: give one of the two.")
    if years is not None and (case is not None or issue is not None):
        raise UsageError("years go with agreement, not with a case or an issue. Mend: leave them out.")


def table(kind: str = "agreement", states: Any = None, years: Any = None, state: Any = None, case: Any = None, issue: Any = None) -> pd.DataFrame:
    """Return what the plot draws: pairs with their agreement, or votes on a case, or votes on a subject counted by year."""
    _check(kind, case, issue, years)
    if issue is not None:
        (one,) = _single(state, states)
        code = found(issue, labels("vote_issue"), "issue")
        frame = sql(_ISSUE, {"issue": code, "state": one})
        if frame.empty:
            raise NotFound(f"{one} has no vote on {code} on record. Mend: name a state of the tables, as members has them.")
        return frame
    wanted = _states(state, states)
    if case is not None:
        frame = sql(_CASE, {"case": found(case, cases(), "case with roll calls"), "states": wanted})
    else:
        if state is not None:
            raise UsageError("one state alone has no agreement. Mend: give a case or an issue with it, or several in states.")
        first, last = _years(years)
        frame = sql(_PAIRS, {"first": first, "last": last, "states": wanted})
        known = sql("SELECT actor_id, name FROM actors")
        called = dict(zip(known.actor_id, known.name))
        frame.insert(0, "state_1", frame.iso3_1.map(called).astype("string"))
        frame.insert(1, "state_2", frame.iso3_2.map(called).astype("string"))
        frame = frame.sort_values(["state_1", "state_2"]).reset_index(drop=True)
    if frame.empty:
        raise NotFound(f"no votes of {', '.join(wanted)} on record. Mend: name states of the tables, for agreement two or more.")
    return frame


def _single(state: Any, states: Any) -> list[str]:
    wanted = [names.resolve(s) for s in [*as_list(state), *as_list(states)]]
    if len(wanted) != 1:
        raise UsageError("votes on an issue are drawn of one state. Mend: name it in state.")
    return wanted


def draw(kind: str = "agreement", states: Any = None, years: Any = None, state: Any = None, case: Any = None, issue: Any = None) -> Any:
    """Return the chart."""
    frame = table(kind, states, years, state, case, issue)
    if issue is not None:
        return _issue(frame, _single(state, states)[0], found(issue, labels("vote_issue"), "issue"))
    if case is not None:
        return _case(frame, found(case, cases(), "case with roll calls"))
    return _agreement(frame, kind)


def _agreement(frame: pd.DataFrame, kind: str) -> Any:
    alt = library()
    low = int(float(frame[kind].min()) * 20) / 20
    order = sorted(set(frame.state_1) | set(frame.state_2))
    both = [(r.state_1, r.state_2, r) for r in frame.itertuples()] + [(r.state_2, r.state_1, r) for r in frame.itertuples()]
    rows = [
        {"one": one, "two": two, "value": float(getattr(r, kind)), "text": f"{100 * getattr(r, kind):.0f}", "fill": (fill := style.shade((getattr(r, kind) - low) / (1 - low or 1))), "ink": style.ink_on(fill),
         "said": f"{one} and {two}: {100 * getattr(r, kind):.1f} % over {r.joint} joint votes, {r.first_year} to {r.last_year}"}
        for one, two, r in both
    ]  # fmt: skip
    cell = min(62, 640 // len(order))
    x = alt.X("two:N", title=None, scale=alt.Scale(domain=order, padding=0), axis=alt.Axis(orient="top", labelAngle=-45, ticks=False, domain=False, labelPadding=6))
    y = alt.Y("one:N", title=None, scale=alt.Scale(domain=order, padding=0), axis=alt.Axis(ticks=False, domain=False, labelPadding=8))
    base = alt.Chart(values(rows)).encode(x=x, y=y, tooltip=alt.Tooltip("said:N", title="pair"))
    layers = [
        base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(color=alt.Color("fill:N", scale=None)),
        base.mark_text(fontSize=style.TEXT if cell > 24 else style.SMALL).encode(text="text:N", color=alt.Color("ink:N", scale=None)),
    ]
    first, last = int(frame.first_year.min()), int(frame.last_year.max())
    most, least = frame.loc[frame[kind].idxmax()], frame.loc[frame[kind].idxmin()]
    explained = {
        "agreement": "Per cent of the roll calls in which both voted yes, no or abstained that saw the same vote.",
        "similarity": "Mean of 1 - |a - b| / 2 over the roll calls in which both voted, with yes = 1, abstention = 0, no = -1, in per cent.",
    }
    return framed(
        alt.layer(*layers).properties(width=cell * len(order), height=cell * len(order) * 0.7),
        title=f"{kind.capitalize()} of votes in the General Assembly, {first} to {last}" if first != last else f"{kind.capitalize()} of votes in the General Assembly, {first}",
        subtitle=[f"{explained[kind]} All years together, so that a year counts by its joint votes. The colours run from light at {100 * low:.0f} to dark at 100, not from 0."],
        alt=f"Heat map of {len(order)} states over complete sessions {first} to {last}. Highest {kind}: {most.state_1} and {most.state_2}, {100 * most[kind]:.0f} %; lowest: {least.state_1} and {least.state_2}, {100 * least[kind]:.0f} %.",
        notes=[f"Joint votes: {int(frame.joint.min()):,} to {int(frame.joint.max()):,} a pair. Complete sessions only; without votes on amendments, motions and single paragraphs."],
        tables=["vote_agreement"], series=_SERIES,
    )  # fmt: skip


def _case(frame: pd.DataFrame, case: str) -> Any:
    alt = library()
    named = labels("vote")
    calls = frame.drop_duplicates("roll_call_id")
    text = {r.roll_call_id: f"{str(r.vote_on)[:10]}  {r.title if len(r.title) <= 58 else r.title[:57].rstrip() + '…'}" for r in calls.itertuples()}
    if len(set(text.values())) < len(text):
        text = {r.roll_call_id: f"{text[r.roll_call_id]} ({r.symbol if isinstance(r.symbol, str) else r.roll_call_id})" for r in calls.itertuples()}
    order, people = list(text.values()), sorted(set(frame.name))
    alone = len(people) == 1
    cell = 110 if alone else max(26, min(42, 520 // len(people)))
    there = {(r.roll_call_id, r.name): r for r in frame.itertuples()}
    rows = []
    for call in text:
        for name in people:
            r = there.get((call, name))
            vote = "" if r is None else r.vote
            fill, ink = style.VOTE.get(vote, ("#ffffff", style.MUTED))
            word = named.get(vote, "no record")
            rows.append({"call": text[call], "name": name, "fill": fill, "ink": ink, "text": word if alone else _LETTERS.get(vote, "?"), "said": f"{name}: {word.lower()} ({text[call]})"})
    result = [{"call": text[r.roll_call_id], "text": "–".join(str(n) for n in (r.yes, r.no, r.abstain)).replace("<NA>", "?")} for r in calls.itertuples()]
    y = alt.Y("call:N", title=None, scale=alt.Scale(domain=order, padding=0), axis=alt.Axis(ticks=False, domain=False, labelPadding=8, labelLimit=400))
    x = alt.X("name:N", title=None, scale=alt.Scale(domain=people, padding=0), axis=alt.Axis(orient="top", labelAngle=0 if alone else -45, ticks=False, domain=False, labelPadding=6))
    base = alt.Chart(values(rows)).encode(x=x, y=y, tooltip=alt.Tooltip("said:N", title="vote"))
    grid = alt.layer(
        base.mark_rect(stroke=style.LINE, strokeWidth=1).encode(color=alt.Color("fill:N", scale=None)),
        base.mark_text(fontSize=style.TEXT, fontWeight="bold").encode(text="text:N", color=alt.Color("ink:N", scale=None)),
    ).properties(width=cell * len(people), height=26 * len(order))
    totals = alt.Chart(values(result)).mark_text(fontSize=style.TEXT, color=style.MUTED, align="left", x=4).encode(y=alt.Y("call:N", axis=None, scale=alt.Scale(type="band", domain=order, padding=0)), text="text:N")
    chart = alt.hconcat(grid, totals.properties(width=90, height=26 * len(order), title=alt.TitleParams(text=["Assembly:", "yes–no–abstain"], fontSize=style.SMALL, fontWeight="normal", color=style.MUTED, anchor="start")), spacing=8)
    counts, days = frame.vote.value_counts(), [str(calls.vote_on.min())[:10], str(calls.vote_on.max())[:10]]
    said = listed([f"{named[v].lower()} {counts[v]}" for v in _LETTERS if v in counts])
    missing = ["? no record of a vote."] if any(r["text"] in ("?", "no record") for r in rows) else []
    return framed(
        chart, title=f"Votes in the General Assembly: {cases()[case]}" + (f", {people[0]}" if alone else ""),
        subtitle=[" ".join(["" if alone else "Y yes, A abstained, N no, – a member of the Assembly that cast no vote.", *missing]).strip()] if missing or not alone else [],
        alt=f"Votes of {listed(people)} in {len(order)} roll call{'s' if len(order) > 1 else ''}, {' to '.join(dict.fromkeys(days))}: {said}.",
        notes=["The roll calls were selected for the case, and are no sample of anything."], tables=["key_votes"], series=[s for s in _SERIES if s in set(frame.source_id)],
    )  # fmt: skip


def _issue(frame: pd.DataFrame, state: str, issue: str) -> Any:
    alt = library()
    named, label = labels("vote"), labels("vote_issue")[issue]
    called = sql("SELECT name FROM actors WHERE iso3 = ?", [state]).name[0]
    order = [named[v] for v in ("yes", "abstain", "no", "non_voting") if v in set(frame.vote)]
    rows = [
        {"year": int(r.year), "vote": named[r.vote], "text": str(r.roll_calls), "fill": style.VOTE[r.vote][0], "ink": style.VOTE[r.vote][1], "said": f"{called}, {r.year}: {named[r.vote].lower()} in {r.roll_calls} roll calls"}
        for r in frame.itertuples()
    ]  # fmt: skip
    years = list(range(int(frame.year.min()), int(frame.year.max()) + 1))
    x = alt.X("year:O", title=None, scale=alt.Scale(domain=years, padding=0), axis=alt.Axis(labelAngle=-90, ticks=False, domain=False, labelPadding=6, grid=False))
    y = alt.Y("vote:N", title=None, scale=alt.Scale(domain=order, padding=0), axis=alt.Axis(ticks=False, domain=False, labelPadding=8))
    base = alt.Chart(values(rows)).encode(x=x, y=y, tooltip=alt.Tooltip("said:N", title="votes"))
    chart = alt.layer(
        base.mark_rect(stroke=style.LINE, strokeWidth=1).encode(color=alt.Color("fill:N", scale=None)),
        base.mark_text(fontSize=style.TEXT).encode(text="text:N", color=alt.Color("ink:N", scale=None)),
    ).properties(width=27 * len(years), height=38 * len(order))
    total = frame.groupby("vote").roll_calls.sum()
    said = listed([f"{named[v].lower()} {total[v]}" for v in ("yes", "abstain", "no", "non_voting") if v in total])
    complete = sql("SELECT count(DISTINCT session) AS n FROM roll_calls r JOIN roll_call_issues i ON i.roll_call_id = r.roll_call_id WHERE i.vote_issue = ? AND r.coverage <> 'complete_session'", [issue]).n[0]
    notes = ["Numbers of roll calls, as the dataset gives them subjects; one may have several, or none. All recorded votes, also on amendments and single paragraphs."]
    if complete:
        notes.append("Some roll calls are of sessions that are not here whole: the first and the last years may count too few.")
    return framed(
        chart, title=f"Votes in the General Assembly: {label}, {called}, by year", subtitle=[], alt=f"Votes of {called} on {label.lower()}, {years[0]} to {years[-1]}: {said}.",
        notes=notes, tables=["roll_calls", "roll_call_issues", "roll_call_votes"], series=_SERIES,
    )  # fmt: skip


