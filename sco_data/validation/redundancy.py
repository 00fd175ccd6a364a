"""What the release says twice must agree: evidence and cell, an id and the columns it is made of, a copy and its original.

Each of these rules finds an error that is well formed, a day off or a digit wrong, by a second witness; scripts/mutate counts how often.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd

from ..catalog import Catalog, installed
from .report import Finding
from .rules import ALL, EACH, Data, day, rule, series_sources

#: A row's id begins with these columns, joined by a hyphen, and goes on after another.
IDS = {
    "status_steps": ("iso3", "status_sought", "step"), "statuses": ("iso3", "status"), "summits": ("body",), "positions": ("holder",), "officials": ("office",),
    "peer_codings": ("peer", "iso3", "coded_status"), "document_parties": ("document_id",),
}  # fmt: skip
#: And holds the year of this day, if it holds one at all; a programme is called by the year in which it begins, not by that of its adoption.
YEARS = {"summits": "session_date", "events": "first_day"}


def cell(value: Any, precision: Any = None) -> str:
    """Return a value as evidence states it: a date as far as it is known, a whole number without a point."""
    if value is None:
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.strftime({"year": "%Y", "month": "%Y-%m"}.get(precision, "%Y-%m-%d")))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def within(one: str, other: str) -> bool:
    """Return whether one of two dates, or both, may be the other, told more exactly."""
    return one.startswith(other) or other.startswith(one)


@rule("a cell holds what the evidence for it says", "evidence", EACH)
def evidence_and_cell(data: Data) -> Iterator[Finding]:
    lines: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for line_id, line in data.evidence(data["evidence"]["field_name"].notna() & data["evidence"]["relation"].isin(["supports", "contradicts"])):
        if line.table_name in data.frames and line.field_name in data.frames[line.table_name]:
            lines[line.table_name].append((line_id, line))
    for table, spoken in lines.items():
        rows = dict(data.rows(table, data.ids[table].isin({line.row_id for _, line in spoken})))
        dates = {c for c, kind in data.frames[table].dtypes.items() if kind.kind == "M"}
        exact: dict[tuple[str, str], bool] = {}
        for line_id, line in spoken:
            row, name = rows.get(line.row_id), line.field_name
            if row is None:
                continue
            held, said = cell(getattr(row, name), getattr(row, f"{name}_precision", None)), line.coded_value or ""
            agrees = within(held, said) and bool(held) == bool(said) if name in dates else held == said
            if agrees != (line.relation == "supports"):
                rule = f"evidence: evidence/{line_id} {line.relation}, and its coded_value is {said or 'blank'}"
                yield Finding(table, line.row_id, name, held, rule, "correct the cell, or coded_value or relation of the evidence")
            elif agrees:
                exact[line.row_id, name] = exact.get((line.row_id, name), False) or held == said
        for row_id, name in (place for place, found in exact.items() if not found):
            held = cell(getattr(rows[row_id], name), getattr(rows[row_id], f"{name}_precision", None))
            yield Finding(table, row_id, name, held, f"evidence: none of that for {name} (and {name}_precision) is so exact", "write what the most exact evidence says")


@rule("a row rests on a place in its source that evidence names", "evidence", "sources", EACH)
def locators(data: Data) -> Iterator[Finding]:
    said: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for _, line in data.evidence():
        said[line.table_name, line.row_id, line.source_id].add(line.source_locator)
    series = series_sources(data)
    for table, frame in data.frames.items():
        if "source_locator" not in frame or table == "evidence":
            continue
        own = ~frame["source_id"].isin(series)
        for row_id, source_id, locator in zip(data.ids[table][own], frame["source_id"][own], frame["source_locator"][own]):
            if (known := said.get((table, row_id, source_id))) and locator not in known:
                yield Finding(table, row_id, "source_locator", str(locator), f"locator: the evidence of {source_id} has {' and '.join(sorted(known))}", "rebuild with scripts/build")
        if "roll_call_id" in frame:
            # Of a dataset of whole sessions the place is the roll call's number there.
            off = frame["source_id"].isin(series) & ("rcid-" + frame["source_locator"].str.removeprefix("rcid ") != frame["roll_call_id"])
            for row_id, row in data.rows(table, off):
                yield Finding(table, row_id, "source_locator", day(row.source_locator), f"locator: the roll call is {row.roll_call_id}", "rebuild with scripts/build")


@rule("an id is made of what it stands for")
def ids(data: Data) -> Iterator[Finding]:
    for table in data.frames:
        columns, year = IDS.get(table, ()), YEARS.get(table)
        for row_id, row in data.rows(table) if columns or year else ():
            start = "-".join(str(getattr(row, c)) for c in columns)
            if columns and row_id != start and not row_id.startswith(f"{start}-"):
                wrong = next((c for n, c in enumerate(columns) if not f"{row_id}-".startswith("-".join(str(getattr(row, d)) for d in columns[: n + 1]) + "-")), columns[-1])
                yield Finding(table, row_id, wrong, str(getattr(row, wrong)), f"id: it would begin with {start}", f"correct {', '.join(columns)} or the id")
            years, on = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", row_id)), getattr(row, year) if year else None
            if on is not None and years and str(on.year) not in years:
                yield Finding(table, row_id, str(year), day(on), f"id: it speaks of {' and '.join(sorted(years))}", f"correct {year} or the id")
    if "document_parties" in data.frames:
        for row_id, row in data.rows("document_parties"):
            rest = row_id.removeprefix(f"{row.document_id}-")
            wanted = "-".join(part for part in (row.provision, row.actor_id) if part is not None)
            if rest != wanted and not rest.startswith(f"{wanted}-"):
                yield Finding("document_parties", row_id, "actor_id" if str(row.provision or "") in rest else "provision", str(row.actor_id), f"id: it would be {row.document_id}-{wanted}", "correct document_id, provision, actor_id or the id")


@rule("the id of evidence says what it is evidence of", "evidence")
def evidence_ids(data: Data) -> Iterator[Finding]:
    for row_id, line in data.rows("evidence"):
        wanted = ":".join(part for part in (line.source_id, line.table_name, line.row_id, line.field_name) if part) + f"@{line.source_locator}"
        wanted += f"[{line.char_start}]" if line.char_start is not None else ""
        if row_id != wanted and not re.fullmatch(r":\d+", row_id.removeprefix(wanted)):
            columns = {"source_id": line.source_id, "table_name": line.table_name, "row_id": line.row_id, "field_name": line.field_name, "source_locator": line.source_locator}
            wrong = next((c for c, value in columns.items() if value and str(value) not in row_id), "char_start")
            yield Finding("evidence", row_id, wrong, day(getattr(line, wrong)), f"id: its source_id, table_name, row_id, field_name, source_locator and char_start make {wanted}", "rebuild with scripts/build")


@rule("a span is one span: its ends and its hash", "evidence")
def span_ends(data: Data) -> Iterator[Finding]:
    first: dict[tuple[str, Any], tuple[str, Any]] = {}
    for row_id, line in data.rows("evidence", data["evidence"]["span_sha256"].notna() & data["evidence"]["char_end"].notna()):
        span = line.source_id, line.char_start, line.char_end
        for column, key, value in (("span_sha256", span, line.span_sha256), ("char_end", line.span_sha256, span)):
            other, known = first.setdefault((column, key), (row_id, value))
            if known != value:
                yield Finding("evidence", row_id, column, day(getattr(line, column)), f"span: char_start, char_end and span_sha256 are not those of evidence/{other}", "run scripts/check_spans.py")


@rule("what is copied from another table is the same there", "members", "actors", "statuses", "status_steps")
def copies(data: Data) -> Iterator[Finding]:
    actors, steps = data.index("actors"), data.index("status_steps")
    spells: dict[str, Any] = {}
    for spell in data.plain["statuses"].sort_values("start_date").itertuples(index=False):
        spells[spell.iso3] = spell
    originals = [("iso2", "m49", "ccode", "gwcode", "wikidata_id", "name", "official_name", "name_ru", "name_zh")]
    for row_id, row in data.rows("members"):
        for column in originals[0] if row_id in actors else ():
            if getattr(row, column) != getattr(actors[row_id], column):
                yield Finding("members", row_id, column, day(getattr(row, column)), f"copy: actors/{row_id} has {day(getattr(actors[row_id], column)) or 'a blank'} as {column}", "rebuild with scripts/build")
        latest = spells.get(row_id)
        for column in ("source_id", "source_locator", "epistemic"):
            if latest is not None and getattr(row, column) != getattr(latest, column):
                yield Finding("members", row_id, column, day(getattr(row, column)), f"copy: statuses/{latest.status_id} has {day(getattr(latest, column))} as {column}", "rebuild with scripts/build")
    for row_id, row in data.rows("statuses"):
        start = steps.get(row.start_step)
        for column, original in (("epistemic", "epistemic"), ("source_id", "source_id"), ("source_locator", "source_locator"), ("start_date_precision", "step_on_precision")):
            if start is not None and getattr(row, column) != getattr(start, original):
                yield Finding("statuses", row_id, column, day(getattr(row, column)), f"copy: status_steps/{row.start_step} has {day(getattr(start, original))} as {original}", "rebuild with scripts/build")


@rule("a state of the system is called by its code", "actors")
def state_ids(data: Data) -> Iterator[Finding]:
    for row_id, row in data.rows("actors"):
        if (row.iso3 is not None and row.iso3 != row_id) or (row.kind == "state") > (row.iso3 is not None):
            yield Finding("actors", row_id, "iso3", day(row.iso3), f"id: {row_id} of kind {row.kind}", "write the ISO code in both, or another kind")
        if row.kind not in ("state", "other_entity") and any(getattr(row, c) is not None for c in ("iso3", "iso2", "m49", "gwcode", "un_member_since")):
            yield Finding("actors", row_id, "kind", row.kind, "kind: only a state has a code", "correct kind, or blank the codes")
        for first, last in (("cow_first_day", "cow_last_day"), ("gw_first_day", "gw_last_day")):
            one, other = getattr(row, first), getattr(row, last)
            if (one is None and other is not None) or (one is not None and other is not None and other < one):
                yield Finding("actors", row_id, last, day(other), f"interval: {first} is {day(one) or 'blank'}", f"correct {first} or {last}")


@rule("what is said of a source fits together", "sources")
def source_records(data: Data) -> Iterator[Finding]:
    made = pd.Timestamp(data.catalog.descriptor["created"][:10])
    for row_id, row in data.rows("sources"):
        if row.published_on is not None and row.year is not None and row.published_on.year != row.year:
            yield Finding("sources", row_id, "year", str(row.year), f"source: published_on {day(row.published_on)}", "correct year or published_on")
        if row.published_on is not None:
            dated = re.search(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)", row_id)
            # The day in an id is that of the event or of the paper, and the page may be from later; a page of long after has the year of its own.
            if dated and row.published_on < pd.Timestamp(dated[0]):
                yield Finding("sources", row_id, "published_on", day(row.published_on), "source: before the day in its id", "correct published_on or the id")
        # A series carries the day of its vintage.
        if row.accessed_on is not None and not row.series and row.accessed_on < max(row.published_on or pd.Timestamp(2020, 1, 1), pd.Timestamp(2020, 1, 1)):
            yield Finding("sources", row_id, "accessed_on", day(row.accessed_on), f"source: read before it was published (published_on {day(row.published_on) or 'blank'}), or before this project", "correct accessed_on or published_on")
        if row.doi is not None and row.url is not None and "doi.org/" in row.url and row.doi.lower() not in row.url.lower():
            yield Finding("sources", row_id, "doi", row.doi, f"source: the url is {row.url}", "correct doi or url")
        if (row.cited_by is None) != (row.cited_at is None):
            yield Finding("sources", row_id, "cited_at", day(row.cited_at), "source: cited_by and cited_at stand together", "fill both, or neither")
        if row.year is not None and not 1900 <= row.year <= made.year + 1:
            yield Finding("sources", row_id, "year", str(row.year), f"source: before 1900, or after the release of {made.year}", "correct year")
        if row.cited_by is None and row.accessed_on is None:
            yield Finding("sources", row_id, "accessed_on", "", "source: read, and it is not said when", "write the day")


@rule("a page is dated as its source is", "positions", "readings", "sources")
def dated_by_source(data: Data) -> Iterator[Finding]:
    sources = data.index("sources")
    for table in ("positions", "readings"):
        for row_id, row in data.rows(table, data[table]["as_of"].notna()):
            published = getattr(sources.get(row.source_id), "published_on", None)
            if published is not None and row.as_of != published:
                yield Finding(table, row_id, "as_of", day(row.as_of), f"date: sources/{row.source_id} was published_on {day(published)}", "correct as_of or published_on")


@rule("a roll call is of its session", "roll_calls")
def sessions(data: Data) -> Iterator[Finding]:
    for row_id, row in data.rows("roll_calls"):
        if row.rcid is not None and row_id != f"rcid-{row.rcid}":
            yield Finding("roll_calls", row_id, "rcid", str(row.rcid), "id: another number than in the id", "correct rcid or the id")
        named = re.match(r"A/(?:RES|DEC|CONF|ES|C\.\d)?/?((?:ES-|S-)?\d+)/", row.symbol or "")
        if row.symbol is not None and row.symbol.startswith("A/RES/") and (not named or named[1] != row.session):
            yield Finding("roll_calls", row_id, "symbol", row.symbol, f"session: the roll call is of session {row.session}", "correct symbol or session")
        if row.session.isdigit() and not pd.Timestamp(1945 + int(row.session), 9, 1) <= row.vote_on <= pd.Timestamp(1946 + int(row.session), 9, 30):
            yield Finding("roll_calls", row_id, "vote_on", day(row.vote_on), f"session: session {row.session} began in September {1945 + int(row.session)}", "correct vote_on or session")


@rule("a seat is contested from a day on", "roll_calls", "roll_call_votes")
def contested_seats(data: Data) -> Iterator[Finding]:
    votes = data["roll_call_votes"]
    if votes.empty:
        return
    on = votes["roll_call_id"].map(data["roll_calls"].set_index("roll_call_id")["vote_on"])
    disputed = votes["seat_contested"].fillna(False).astype(bool)
    ordered = disputed[votes["iso3"].isin(votes["iso3"][disputed])].loc[lambda s: on[s.index].sort_values(kind="stable").index]
    for _, seats in ordered.groupby(votes["iso3"]):
        # The day on which the fewest would be wrong: uncontested from there on, and contested before.
        cut = int(((~seats)[::-1].cumsum()[::-1] + seats.cumsum().shift(fill_value=0)).to_numpy().argmin())
        if cut == len(seats) - 1 and int(seats.sum()) == 1 and not seats.iloc[-1]:
            cut = len(seats)
        wrong = seats != (pd.Series(range(len(seats)), seats.index) >= cut)
        for row_id, row in data.rows("roll_call_votes", wrong.reindex(votes.index, fill_value=False)):
            yield Finding("roll_call_votes", row_id, "seat_contested", day(row.seat_contested).lower(), f"seat: {row.iso3}'s votes of before and after say otherwise", "rebuild with scripts/build")


@rule("votes and totals add up, by roll call and by state and year", "roll_calls", "roll_call_votes", "country_years")
def vote_totals(data: Data) -> Iterator[Finding]:
    calls, votes = data["roll_calls"].set_index("roll_call_id"), data["roll_call_votes"]
    if votes.empty:
        return
    here = votes.groupby(["roll_call_id", "vote"]).size().unstack(fill_value=0).reindex(calls.index, fill_value=0)
    years = votes["roll_call_id"].map(calls["vote_on"].dt.year).rename("year")
    cast = votes.groupby([votes["iso3"], years, votes["vote"]]).size().unstack(fill_value=0)
    panel = data["country_years"].set_index(["iso3", "year"])
    kinds = [c.removeprefix("votes_") for c in panel if c.startswith("votes_")]
    # State and year -> the kinds of vote that the panel counts otherwise.
    off: dict[tuple[str, int], set[str]] = defaultdict(set)
    for kind in kinds:
        counted = panel[f"votes_{kind}"].fillna(0).astype("int64")
        differs = cast[kind].reindex(panel.index, fill_value=0) != counted if kind in cast else counted != 0
        for place in panel.index[differs.to_numpy()]:
            off[place].add(kind)
    for kind in ("yes", "no", "abstain"):
        stated = (calls[kind] - calls[f"others_{kind}"]).fillna(0)
        ours = here[kind] if kind in here else stated * 0
        for roll_call_id in calls.index[((stated != ours) & calls[kind].notna()).to_numpy()]:
            said = f"totals: {calls.at[roll_call_id, kind]} voted {kind}, {calls.at[roll_call_id, f'others_{kind}']} of them without a vote here, and {ours[roll_call_id]} votes are here"
            yield Finding("roll_calls", str(roll_call_id), f"{kind}, others_{kind}", str(calls.at[roll_call_id, kind]), said, "correct the totals, or a vote of roll_call_votes")
            # Where the totals of a roll call and those of a state's year are off at once, it is this vote.
            year = calls.at[roll_call_id, "vote_on"].year
            for iso3 in sorted(i for (i, y), wrong in off.items() if y == year and kind in wrong):
                held = votes.loc[(votes["roll_call_id"] == roll_call_id) & (votes["iso3"] == iso3), "vote"]
                yield Finding("roll_call_votes", f"{roll_call_id}|{iso3}", "vote", "".join(held[:1]), f"totals: neither the {kind} of {roll_call_id} nor those of {iso3} in {year} add up with this vote", "correct the vote, or restore the row")


def _contract(resource: dict[str, Any]) -> dict[str, Any]:
    """Return what a version promises of a table: all that the build does not fill in."""
    schema = resource["schema"]
    fields = [{k: v for k, v in f.items() if k != "categories"} | {"constraints": {k: v for k, v in f.get("constraints", {}).items() if k != "enum"}} for f in schema["fields"]]
    return {"path": resource["path"], "primaryKey": schema["primaryKey"], "foreignKeys": schema.get("foreignKeys", []), "uniqueKeys": schema.get("uniqueKeys", []), "fields": fields}


def reshaped(catalog: Catalog) -> set[str]:
    """Return the tables of which the descriptor has other columns, types or keys than this client's: no rule can look at them."""

    def shape(resource: dict[str, Any]) -> Any:
        return [(f["name"], f["type"]) for f in resource["schema"]["fields"]], resource["schema"]["primaryKey"]

    known = installed().resources
    return {table for table, resource in catalog.resources.items() if table in known and shape(resource) != shape(known[table])}


@rule("the descriptor is that of its version", ALL)
def contract(data: Data) -> Iterator[Finding]:
    # A damaged or changed descriptor would loosen every other rule: the client knows the one that its version came with.
    if data.catalog.version != installed().version:
        return
    for table, resource in installed().resources.items():
        if table not in data.catalog.resources:
            yield Finding(table, "", "", "", "contract: the descriptor has no such table", "restore datapackage.json")
            continue
        here, there = _contract(data.catalog.resource(table)), _contract(resource)
        own, right = ({f["name"]: f for f in c.pop("fields")} for c in (here, there))
        for name in [*right, *(n for n in own if n not in right)]:
            if own.get(name) != right.get(name):
                yield Finding(table, "", name, "", f"contract: the descriptor has this column otherwise than version {data.catalog.version}", "restore datapackage.json, or give it another version")
        if list(own) != list(right):
            first = next((n for n, m in zip(own, right) if n != m), "")
            yield Finding(table, "", first, "", f"contract: the columns stand in another order than in version {data.catalog.version}", "restore datapackage.json, or give it another version")
        for part in there:
            if here[part] != there[part]:
                keys = [", ".join(k["fields"]) for k in there[part] if k not in here[part]] if part == "foreignKeys" else []
                yield Finding(table, "", ", ".join(keys) or part, "", f"contract: {part} is another than in version {data.catalog.version}", "restore datapackage.json, or give it another version")
