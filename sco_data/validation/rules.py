"""The invariants that a schema cannot say: over rows, over tables, over the files.

Each rule is a generator over the typed frames that yields what breaks it; the decorator names the tables that it needs,
so that it is left out, and said to be, when one of them is damaged.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from .. import database
from ..catalog import SQL_TYPES, Catalog
from ..errors import ScoDataError
from .frames import row_ids
from .report import Finding

T = TypeVar("T")

#: Status -> the kinds of step that may begin it. One basis for each status; Uzbekistan joined the Five later.
START_STEPS = {
    "member": {"founded", "granted"}, "observer": {"granted"}, "dialogue_partner": {"memorandum_signed"},
    "partner": {"granted", "relabelled"}, "shanghai_five": {"founded", "granted"},
}  # fmt: skip
#: Indicator of an official count -> the status that it counts.
COUNTED = {"members_count": "member", "observers_count": "observer", "dialogue_partners_count": "dialogue_partner", "partners_count": "partner"}
#: Kind of subject -> the table that holds it.
SUBJECT_TABLES = {"project": "projects", "event": "events", "document": "documents"}
#: Acts that can only follow the text that they are about.
ABOUT_A_TEXT = ("signed", "refused_signature", "did_not_participate", "dissociated")
#: Outcomes of a forecast that something observed has decided.
DECIDED = {"came_true", "came_true_in_part", "did_not_come_true"}
SUBJECT_KINDS = {"state": {"state", "other_entity"}, "group": {"group"}, "organisation": {"organisation", "body"}, "world": {"world"}}


class OnDemand(dict[str, T]):
    """What is made of a table when it is first asked for: a rule looks at few of them."""

    def __init__(self, make: Callable[[str], T]):
        super().__init__()
        self.make = make

    def __missing__(self, table: str) -> T:
        self[table] = self.make(table)
        return self[table]


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose missing cells are None: pandas' NA has no truth value."""
    return frame.astype(object).where(frame.notna(), None)


@dataclass
class Data:
    """The frames of a release, with the ids of their rows."""

    catalog: Catalog
    frames: dict[str, pd.DataFrame]
    ids: OnDemand[pd.Series] = field(init=False)
    plain: OnDemand[pd.DataFrame] = field(init=False)

    def __post_init__(self) -> None:
        self.ids = OnDemand(lambda t: row_ids(self.catalog, t, self.frames[t]))
        self.plain = OnDemand(lambda t: plain(self.frames[t]))

    def part(self, tables: set[str]) -> Data:
        """Return some of the tables, with what was made of them."""
        part = Data(self.catalog, {t: f for t, f in self.frames.items() if t in tables})
        part.ids, part.plain = self.ids, self.plain
        return part

    def take_over(self, other: Data) -> None:
        """Take what was made of the same frames for another check."""
        for mine, theirs in ((self.ids, other.ids), (self.plain, other.plain)):
            mine.update({t: made for t, made in theirs.items() if self.frames.get(t) is other.frames.get(t)})

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.frames[table]

    def rows(self, table: str, mask: Any = None) -> Iterator[tuple[str, Any]]:
        """Yield id and row, as a named tuple, where the mask holds."""
        if mask is None:
            frame, ids = self.plain[table], self.ids[table]
        else:
            mask = mask.fillna(False).astype(bool)
            if not mask.any():
                return
            frame = self.plain[table][mask] if table in self.plain else plain(self.frames[table][mask])
            ids = self.ids[table][mask]
        yield from zip(ids, frame.itertuples(index=False))

    def evidence(self, mask: Any = True) -> Iterator[tuple[str, Any]]:
        """Yield the lines of evidence that speak of the tables that are here, or of none that there is."""
        of = self.frames["evidence"]["table_name"]
        yield from self.rows("evidence", (of.isin(list(self.frames)) | ~of.isin(list(self.catalog.resources))) & mask)

    def index(self, table: str) -> dict[str, Any]:
        """Return the rows of a table by id."""
        return dict(self.rows(table))


Check = Callable[[Data], Iterator[Finding]]
RULES: dict[str, tuple[tuple[str, ...], Check]] = {}
#: Among the tables that a rule needs: all others; or each other by itself, beside those that are named.
ALL, EACH = "*", "each"


def rule(name: str, *needs: str) -> Callable[[Check], Check]:
    """Register a rule under its name, with the tables that it needs; a rule without looks at each table by itself."""

    def register(function: Check) -> Check:
        RULES[name] = needs, function
        return function

    return register


def check(whole: Data, changed: set[str] | None = None) -> tuple[list[Finding], list[str]]:
    """Run every rule whose tables are whole, with `changed` what can come out otherwise since; return the findings and the rules left out."""
    concerned = set(whole.frames) if changed is None else changed & set(whole.frames)
    found: list[Finding] = []
    skipped = []
    for name, (needs, function) in RULES.items():
        named = set(needs) - {ALL, EACH}
        absent = sorted(named - set(whole.catalog.resources))
        if absent:
            found += [Finding(table, "", "", "", "contract: the descriptor has no such table", "restore the table") for table in absent]
        elif named - set(whole.frames):
            skipped.append(f"{name} (needs {', '.join(sorted(named - set(whole.frames)))})")
        elif named & concerned or ALL in needs:
            found += function(whole)
        elif EACH in needs or not needs:
            found += function(whole.part(named | concerned))
    return found, skipped


def day(value: Any) -> str:
    return "" if pd.isna(value) else value.strftime("%Y-%m-%d") if hasattr(value, "strftime") else str(value)


def last_possible(value: pd.Timestamp, precision: Any) -> pd.Timestamp:
    """Return the last day that an imprecise date can mean."""
    if precision == "year":
        return value + pd.offsets.YearEnd(0)
    return value + pd.offsets.MonthEnd(0) if precision == "month" else value


def span_of(row: Any, name: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Return the first and last day that a date of a row can mean."""
    value = getattr(row, name)
    if pd.isna(value):
        return None
    return value, last_possible(value, getattr(row, f"{name}_precision", "day"))


# -- dates ---------------------------------------------------------------------------------------


@rule("intervals are half-open and not empty")
def intervals(data: Data) -> Iterator[Finding]:
    for table, frame in data.frames.items():
        for first, last, exclusive in (("start_date", "end_date", True), ("first_day", "last_day", False), ("char_start", "char_end", True)):
            if first in frame and last in frame:
                for row_id, row in data.rows(table, frame[first].notna() & frame[last].notna()):
                    begin, end = span_of(row, first), span_of(row, last)
                    if begin and end and (end[1] < begin[0] or (exclusive and end[1] <= begin[0])):
                        yield Finding(
                            table, row_id, last, day(getattr(row, last)),
                            f"interval: does not lie after {first} {day(getattr(row, first))}", f"correct {first} or {last}",
                        )  # fmt: skip


@rule("the precision of a date is stated, not guessed")
def precision(data: Data) -> Iterator[Finding]:
    for table, frame in data.frames.items():
        for name in (c for c in frame if f"{c}_precision" in frame):
            for row_id, row in data.rows(table):
                value, exact = getattr(row, name), getattr(row, f"{name}_precision")
                if pd.isna(value) != pd.isna(exact):
                    yield Finding(table, row_id, f"{name}_precision", day(exact), "precision: a date and its precision stand together", "fill both, or neither")
                elif not pd.isna(value) and ((exact in ("month", "year") and value.day != 1) or (exact == "year" and value.month != 1)):
                    yield Finding(table, row_id, name, day(value), f"precision: {name}_precision is {exact}, so the cell holds the first day of it", "write the first possible day")


@rule("no date stands for something else, like 9999")
def real_dates(data: Data) -> Iterator[Finding]:
    for table, frame in data.frames.items():
        for name in (c for c in frame if frame[c].dtype.kind == "M"):
            for row_id, row in data.rows(table, (frame[name].dt.year < 1800) | (frame[name].dt.year > 2100)):
                yield Finding(table, row_id, name, day(getattr(row, name)), "date: outside 1800 to 2100", "leave the cell blank where no day is known")


@rule("steps, spells, summits and texts lie within the coverage of their tables")
def coverage(data: Data) -> Iterator[Finding]:
    for table in ("status_steps", "statuses", "summits", "documents"):
        if table not in data.frames:
            continue
        first, last = (pd.Timestamp(d) for d in data.catalog.coverage(table))
        for name in (c for c in ("step_on", "start_date", "end_date", "session_date", "adopted_on") if c in data[table]):
            for row_id, row in data.rows(table, (data[table][name] < first) | (data[table][name] > last)):
                rule, mend = f"coverage: {table} covers {day(first)} to {day(last)}", f"correct the date, or the coverage of {table} in datapackage.json"
                yield Finding(table, row_id, name, day(getattr(row, name)), rule, mend)


# -- statuses ------------------------------------------------------------------------------------


@rule("no state holds two statuses on one day", "statuses")
def one_status(data: Data) -> Iterator[Finding]:
    frame = data.plain["statuses"].assign(row_id=data.ids["statuses"]).sort_values(["iso3", "start_date"])
    for _, held in frame.groupby("iso3"):
        spells = list(held.itertuples(index=False))
        for one, other in zip(spells, spells[1:]):
            if pd.isna(one.end_date) or one.end_date > other.start_date:
                yield Finding(
                    "statuses", other.row_id, "start_date", day(other.start_date),
                    f"overlap: {one.row_id} (source {one.source_id}) lasts until {day(one.end_date) or 'now'}; this rests on {other.source_id}",
                    f"end the earlier spell (end_step and end_reason of {one.row_id} in seeds/lists/statuses.csv), or correct the start",
                )  # fmt: skip


@rule("a status that ends because the next begins ends on that day", "statuses")
def adjoining(data: Data) -> Iterator[Finding]:
    starts = set(zip(data["statuses"]["iso3"], data["statuses"]["start_date"]))
    for row_id, row in data.rows("statuses"):
        if pd.isna(row.end_date) != pd.isna(row.end_reason):
            yield Finding("statuses", row_id, "end_reason", day(row.end_reason), "end: a day and a reason stand together", "fill both, or neither")
        elif row.end_reason in ("upgraded", "relabelled", "founded") and (row.iso3, row.end_date) not in starts:
            yield Finding("statuses", row_id, "end_date", day(row.end_date), f"end: {row.end_reason}, but no status of {row.iso3} begins that day", "point to the step that begins the next status")


@rule("a spell repeats what its steps say, under the start rule of its status", "statuses", "status_steps")
def spell_steps(data: Data) -> Iterator[Finding]:
    steps = data.index("status_steps")
    taken: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for step in steps.values():
        taken[step.iso3, step.status_sought, step.step].append(step)
    for row_id, row in data.rows("statuses"):
        start, end = steps.get(row.start_step), steps.get(row.end_step)
        if start is None:
            continue
        kinds = START_STEPS.get(row.status, set())
        if start.step not in kinds:
            right = next((f"; {i} (source {s.source_id}) does" for i, s in steps.items() if (s.iso3, s.status_sought) == (row.iso3, row.status) and s.step in kinds), "")
            yield Finding(
                "statuses", row_id, "start_step", row.start_step,
                f"start rule: {start.step} (source {start.source_id}) does not begin the status {row.status}{right}", f"point to a step of kind {' or '.join(sorted(kinds))}",
            )  # fmt: skip
        if end is not None and not pd.isna(end.step_on) and last_possible(end.step_on, end.step_on_precision) < start.step_on:
            yield Finding(
                "statuses", row_id, "end_step", row.end_step,
                f"interval: on {day(end.step_on)} (source {end.source_id}), before {row.start_step} on {day(start.step_on)} (source {start.source_id})", "point to a later step, or correct one of the two days",
            )  # fmt: skip
        pairs = [("start_date", row.start_date, start.step_on), ("iso3", row.iso3, start.iso3), ("status", row.status, start.status_sought)]
        pairs += [("start_basis", row.start_basis, {"relabelled": "granted"}.get(start.step, start.step))]
        grants, memoranda = (taken.get((row.iso3, row.status, kind), []) for kind in ("granted", "memorandum_signed"))
        grants = grants or ([start] if start.step == "relabelled" else [])
        for column, value, known in (
            ("granted_on", row.granted_on, {day(s.step_on) for s in grants}),
            ("granted_at", row.granted_at, {s.summit_id for s in grants}),
            ("signed_on", row.signed_on, {day(s.step_on) for s in memoranda}),
        ):
            if value is not None and (day(value) if column != "granted_at" else value) not in known:
                yield Finding("statuses", row_id, column, day(value), f"lookup: no step of {row.iso3} says so", "rebuild with scripts/build")
            if value is None and known - {None, ""} and column != "signed_on":
                yield Finding("statuses", row_id, column, "", f"lookup: a step says {', '.join(sorted(known - {None}))}", "rebuild with scripts/build")
        if end is not None:
            pairs += [("end_date", row.end_date, end.step_on), ("iso3", row.iso3, end.iso3)]
        for column, own, of_step in pairs:
            if day(own) != day(of_step):
                yield Finding("statuses", row_id, column, day(own), f"lookup: its step has {day(of_step)}", "rebuild with scripts/build")
        if start.epistemic in ("interpretation", "forecast"):
            yield Finding("statuses", row_id, "start_step", row.start_step, "no reading or forecast feeds a date", "point to a step that happened")


def _order(kind: str) -> list[str]:
    ladder = ["application_filed", "procedure_opened", "memorandum_signed", "granted", "in_force"]
    return ["application_filed", "procedure_opened", "granted", "memorandum_signed", "in_force"] if kind == "dialogue_partner" else ladder


@rule("the founders of one body founded it on one day", "status_steps")
def founders(data: Data) -> Iterator[Finding]:
    founded = data["status_steps"][data["status_steps"]["step"] == "founded"]
    for status, steps in founded.groupby("status_sought"):
        common = steps["step_on"].mode()
        for row_id, row in data.rows("status_steps", (data["status_steps"]["step"] == "founded") & (data["status_steps"]["status_sought"] == status)):
            if len(common) and row.step_on != common.iloc[0]:
                yield Finding("status_steps", row_id, "step_on", day(row.step_on), f"founding: the others founded it on {day(common.iloc[0])}", "correct the day, or the kind of step")


@rule("steps come in order", "status_steps")
def step_order(data: Data) -> Iterator[Finding]:
    frame = data.plain["status_steps"].assign(row_id=data.ids["status_steps"])
    frame = frame[frame["step_on"].notna() & (frame["status_sought"] != "shanghai_five")]
    for (_, status), taken in frame.groupby(["iso3", "status_sought"]):
        order = _order(status)
        steps = [s for s in taken.itertuples(index=False) if s.step in order]
        for earlier in steps:
            for later in steps:
                # A second application after a grant is a different one; every other step must not precede the one before it.
                due = order.index(earlier.step) < order.index(later.step) and earlier.step != "application_filed"
                if due and last_possible(later.step_on, later.step_on_precision) < earlier.step_on:
                    yield Finding(
                        "status_steps", later.row_id, "step_on", day(later.step_on),
                        f"order: before {earlier.row_id} on {day(earlier.step_on)} (sources {later.source_id}; {earlier.source_id})", "correct one of the two days",
                    )  # fmt: skip
        # A second application may follow a step; the first may not.
        first: Any = min((s for s in steps if s.step == "application_filed"), key=lambda s: s.step_on, default=None)
        for later in (s for s in steps if first is not None and s.step in ("procedure_opened", "granted")):
            if first.step_on > last_possible(later.step_on, later.step_on_precision):
                yield Finding(
                    "status_steps", first.row_id, "step_on", day(first.step_on),
                    f"order: after {later.row_id} on {day(later.step_on)} (sources {first.source_id}; {later.source_id})", "correct one of the two days",
                )  # fmt: skip


def days_of(summit: Any) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and the last day that a gathering can mean."""
    first = min(d for d in (summit.first_day, summit.session_date) if not pd.isna(d))
    return first, max(d for d in (summit.last_day, last_possible(summit.session_date, summit.session_date_precision)) if not pd.isna(d))


def off_its_summit(data: Data, table: str, column: str) -> Iterator[Finding]:
    """Find the rows of a table that name a summit and have a day on which it did not meet."""
    summits = data.index("summits")
    for row_id, row in data.rows(table, data[table]["summit_id"].notna() & data[table][column].notna()):
        summit, span = summits.get(row.summit_id), span_of(row, column)
        if summit is None or span is None:
            continue
        first, last = days_of(summit)
        if span[0] > last or span[1] < first:
            yield Finding(
                table, row_id, column, day(span[0]),
                f"summit: {row.summit_id} met {day(first)} to {day(last)} (source {summit.source_id}; this row rests on {row.source_id})", "correct the day or the summit",
            )  # fmt: skip


@rule("a step at a summit falls on a day of that summit", "status_steps", "summits")
def step_at_summit(data: Data) -> Iterator[Finding]:
    yield from off_its_summit(data, "status_steps", "step_on")


@rule("a text adopted at a summit has a day of that summit", "documents", "summits")
def document_at_summit(data: Data) -> Iterator[Finding]:
    yield from off_its_summit(data, "documents", "adopted_on")
    documents = data.index("documents")
    for row_id, summit in data.index("summits").items():
        text = documents.get(summit.main_document_id)
        if text is not None and text.summit_id != row_id:
            yield Finding("summits", row_id, "main_document_id", summit.main_document_id, f"main document: it belongs to {text.summit_id}", "name a document of this summit")


#: Capacity at a meeting of the heads of state -> the statuses that give it.
CAPACITIES = {"member": {"member", "shanghai_five"}, "observer": {"observer"}, "partner": {"dialogue_partner", "partner"}}


@rule("whoever came as a member, observer or partner was one", "summit_attendance", "summits", "statuses")
def attendance(data: Data) -> Iterator[Finding]:
    summits = data.index("summits")
    held: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for spell in data.plain["statuses"].itertuples(index=False):
        held[spell.iso3, spell.status].append(spell)
    for row_id, row in data.rows("summit_attendance"):
        summit = summits.get(row.summit_id)
        # A joint meeting counts the members of the other body too.
        if summit is None or summit.body == "joint" or row.capacity not in CAPACITIES:
            continue
        on = summit.session_date
        # A status that was granted or that ended on the day: either capacity is right.
        spells = [s for status in CAPACITIES[row.capacity] for s in held[row.actor_id, status]]
        if not any((s.start_date <= on or (s.granted_on is not None and s.granted_on <= on)) and (pd.isna(s.end_date) or s.end_date >= on) for s in spells):
            yield Finding("summit_attendance", row_id, "capacity", row.capacity, f"capacity: no such status of {row.actor_id} on {day(on)}", "correct the capacity, or the statuses")


def counts_on(statuses: pd.DataFrame, on: pd.Timestamp, start: str) -> dict[str, int]:
    """Return how many states hold each status on a day, by the start that a column gives."""
    starts = statuses[start].fillna(statuses["start_date"])
    held = statuses[(starts <= on) & (statuses["end_date"].isna() | (statuses["end_date"] > on))]
    return {str(k): int(v) for k, v in held["status"].value_counts().items()}


@rule("the counts that sources state hold on their days", "economic_figures", "statuses")
def stated_counts(data: Data) -> Iterator[Finding]:
    first, last = (pd.Timestamp(d) for d in data.catalog.coverage("statuses"))
    frame = data["economic_figures"]
    counts = frame["indicator"].isin(list(COUNTED)) & (frame["subject_id"] == "sco") & (frame["qualifier"] == "exact") & ~frame["contested"]
    for row_id, row in data.rows("economic_figures", counts & frame["as_of"].between(first, last)):
        # The Secretariat counts a dialogue partner now from the grant, now from the memorandum: either may hold.
        found = {counts_on(data["statuses"], row.as_of, start).get(COUNTED[row.indicator], 0) for start in ("start_date", "granted_on")}
        if row.value not in found:
            said = " or ".join(str(n) for n in sorted(found))
            yield Finding("economic_figures", row_id, "value", f"{row.value:g}", f"count: statuses has {said} of status {COUNTED[row.indicator]} on {day(row.as_of)}", "complete or correct statuses")


@rule("members says what statuses says on the last day of coverage", "members", "statuses")
def latest(data: Data) -> Iterator[Finding]:
    last = pd.Timestamp(data.catalog.coverage("statuses")[1])
    begun = data["statuses"][data["statuses"]["start_date"] <= last]
    states = data.index("members")
    for iso3 in sorted(set(begun["iso3"]) - set(states)):
        yield Finding("members", iso3, "", "", "members: holds a status and has no row", "rebuild with scripts/build")
    for iso3, row in states.items():
        held = begun[begun["iso3"] == iso3].sort_values("start_date")
        now = held[held["end_date"].isna() | (held["end_date"] > last)]
        own = held[held["status"] != "shanghai_five"]
        expected = {
            "latest_status": now["status"].iloc[-1] if len(now) else None,
            "latest_status_since": day(now["start_date"].iloc[-1]) if len(now) else "",
            "associated_since": day(own["start_date"].iloc[0]) if len(own) else "",
            "founding_member": bool(((held["status"] == "member") & (held["start_basis"] == "founded")).any()),
        }
        for column, value in expected.items():
            own_value = getattr(row, column)
            shown = day(own_value) if "since" in column else own_value
            if shown != value:
                yield Finding("members", iso3, column, str(shown), f"members: statuses says {value} on {day(last)}", "rebuild with scripts/build")


@rule("the state-years repeat the spells", "country_years", "statuses")
def state_years(data: Data) -> Iterator[Finding]:
    first, last = (pd.Timestamp(d) for d in data.catalog.coverage("statuses"))
    spells = list(data.plain["statuses"].itertuples(index=False))
    days, held = {}, {}
    for year in data["country_years"]["year"].unique():
        days[year] = {"status_jan1": pd.Timestamp(year, 1, 1), "status_dec31": pd.Timestamp(year, 12, 31)}
        for on in days[year].values():
            held[on] = {s.iso3: s.status for s in spells if s.start_date <= on and (pd.isna(s.end_date) or s.end_date > on)}
    for row_id, row in data.rows("country_years"):
        for column, on in days[row.year].items():
            expected = held[on].get(row.iso3, "none") if first <= on <= last else None
            found = None if pd.isna(getattr(row, column)) else getattr(row, column)
            if found != expected:
                yield Finding("country_years", row_id, column, str(found), f"state-years: statuses says {expected} on {day(on)}", "rebuild with scripts/build")


def same(one: Any, other: Any) -> bool:
    """Return True for equal cells; computed numbers may differ in the last digit between versions of DuckDB."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12)
    return bool(one == other)


#: Columns of the panel of state-years -> the columns of actors that they are made from.
_OF_ACTORS = {c: c for c in ("name", "ccode", "gwcode")} | {"in_cow": "cow_first_day, cow_last_day", "in_gw": "gw_first_day, gw_last_day"}


def behind(table: str, row_id: str, column: str, vintage: Any) -> str:
    """Return the row that a cell of a panel is made from, where it is one row: the fault may lie there."""
    first, *rest = row_id.split("|")
    if table == "country_years" and column in _OF_ACTORS:
        return f" (from actors/{first} {_OF_ACTORS[column]})"
    if column == "world_value":
        return f" (from economic_figures/world-{rest[2]}-{rest[0]}-{vintage} value)"
    if table == "country_years" and not column.startswith(("days_", "votes_", "status", "legal", "first_")):
        return f" (from economic_figures/{first}-{column}-{rest[0]}-{vintage} value)"
    return ""


@rule("a generated panel is what its view makes of the tables", "country_years", "group_years", "actors", "members", "statuses", "economic_figures", "indicators", "roll_calls", "roll_call_votes")
def panels(data: Data) -> Iterator[Finding]:
    vintage = data["economic_figures"]["vintage"].dropna().max()
    for table in (t for t, r in data.catalog.resources.items() if r["madeFrom"] == "view"):
        columns = [f["name"] for f in data.catalog.fields(table)]
        try:
            made = database.run(f"SELECT {', '.join(columns)} FROM {table}", catalog=data.catalog).fetchall()
        except ScoDataError as error:
            yield Finding(table, "", "", "", f"panel: its view cannot be run: {error}".replace("\n", " "), "restore the tables that it is made from")
            continue
        keys = [columns.index(k) for k in data.catalog.key(table)]
        expected = {"|".join(str(row[k]) for k in keys): dict(zip(columns, row)) for row in made}
        for row_id, row in data.rows(table):
            wanted = expected.pop(row_id, None)
            for column in columns if wanted else ():
                if wanted and not same(getattr(row, column), wanted[column]):
                    yield Finding(table, row_id, column, str(getattr(row, column)), f"panel: the view gives {wanted[column]}{behind(table, row_id, column, vintage)}", "rebuild with scripts/build")
            if wanted is None:
                yield Finding(table, row_id, "", "", "panel: the view has no such row", "rebuild with scripts/build")
        for row_id in sorted(expected):
            yield Finding(table, row_id, "", "", "panel: the row is missing", "rebuild with scripts/build")


# -- figures -------------------------------------------------------------------------------------


#: Units of which there is never less than none; of the others a change or a flow may be negative.
NEVER_NEGATIVE = {"persons", "km", "km2", "count", "m3_per_year", "tonnes_per_year", "intl_dollar", "lcu_per_intl_dollar", "percent_of_gdp", "years"}


@rule("a figure has the unit of its indicator, a period, and a subject", "economic_figures", "indicators", "actors", "projects", "events", "documents")
def figures(data: Data) -> Iterator[Finding]:
    units = dict(zip(data["indicators"]["indicator"], data["indicators"]["unit"]))
    kinds = dict(zip(data["actors"]["actor_id"], data["actors"]["kind"]))
    subjects = {kind: set(data.ids[table]) for kind, table in SUBJECT_TABLES.items()}
    covered = [pd.Timestamp(d) for d in data.catalog.coverage("economic_figures")]
    for row_id, row in data.rows("economic_figures"):
        if row.indicator in units and row.unit != units[row.indicator]:
            yield Finding("economic_figures", row_id, "unit", row.unit, f"unit: {row.indicator} is measured in {units[row.indicator]}", "convert the value, or take the right indicator")
        if row.first_day is None and row.last_day is None and row.as_of is None:
            yield Finding("economic_figures", row_id, "as_of", "", "period: a figure without period and without as_of", "write first_day and last_day, or as_of")
        for column in ("first_day", "last_day", "as_of"):
            value = getattr(row, column)
            # A plan speaks of years to come.
            if value is not None and not covered[0] <= value <= covered[1] and (column == "as_of" or row.value_kind not in ("planned", "forecast", "committed")):
                yield Finding("economic_figures", row_id, column, day(value), f"coverage: economic_figures covers {day(covered[0])} to {day(covered[1])}", "correct the day, or the coverage")
        known = row.subject_id in subjects[row.subject_kind] if row.subject_kind in subjects else kinds.get(row.subject_id) in SUBJECT_KINDS.get(row.subject_kind, set())
        if not known:
            yield Finding("economic_figures", row_id, "subject_id", row.subject_id, f"subject: no {row.subject_kind} of that id", "add it, or correct subject_kind")
        if row.unit == "percent" and not 0 <= row.value <= 100:
            yield Finding("economic_figures", row_id, "value", f"{row.value:g}", "share: outside 0 to 100 per cent", "correct the value or the indicator")
        if row.unit in NEVER_NEGATIVE and row.value < 0:
            yield Finding("economic_figures", row_id, "value", f"{row.value:g}", f"sign: {row.unit} cannot be negative", "correct the value or the unit")
        if row.unit in ("count", "persons") and row.value != int(row.value):
            yield Finding("economic_figures", row_id, "value", f"{row.value:g}", "count: not a whole number of things", "correct the value")
        if row.epistemic in ("forecast", "interpretation") and row.value_kind == "observed":
            yield Finding("economic_figures", row_id, "value_kind", row.value_kind, f"kind: {row.epistemic} cannot be observed", "take forecast or estimate")


@rule("a figure of a series is the one that its locator names", "economic_figures", "indicators")
def series_figures(data: Data) -> Iterator[Finding]:
    codes = dict(zip(data["indicators"]["indicator"], data["indicators"]["source_code"]))
    for row_id, row in data.rows("economic_figures", data["economic_figures"]["vintage"].notna()):
        year = row.first_day.year if row.first_day is not None else None
        wanted = {
            "figure_id": f"{row.subject_id}-{row.indicator}-{year}-{row.vintage}", "source_locator": codes.get(row.indicator),
            "first_day": f"{year}-01-01", "last_day": f"{year}-12-31", "contested": False,
        }  # fmt: skip
        for column, value in wanted.items():
            if day(getattr(row, column)) != day(value):
                yield Finding("economic_figures", row_id, column, day(getattr(row, column)), f"series: {value} is what the other columns say", "rebuild with scripts/build")


@rule("the shares in a budget that all members pay add up to a hundred", "economic_figures", "statuses")
def budget_shares(data: Data) -> Iterator[Finding]:
    frame = data["economic_figures"]
    shares = frame[(frame["indicator"] == "budget_share") & frame["counterpart_id"].notna()]
    for on, scale in shares.groupby(shares["first_day"].fillna(shares["as_of"])):
        members = counts_on(data["statuses"], on, "start_date").get("member", 0)
        # A scale of which only some shares were found is not one that can be added up.
        if scale["counterpart_id"].nunique() >= members and abs(scale["value"].sum() - 100) > 0.05:
            last = scale.sort_values("figure_id").iloc[-1]
            yield Finding("economic_figures", last["figure_id"], "value", f"{last['value']:g}", f"share: the {len(scale)} shares of {day(on)} add up to {scale['value'].sum():g}", "correct the share that is wrong")


@rule("GDP per head times heads is GDP", "economic_figures")
def per_head(data: Data) -> Iterator[Finding]:
    frame = data["economic_figures"]
    parts = ["gdp_current", "gdp_per_capita", "population_total"]
    frame = frame[frame["vintage"].notna() & frame["indicator"].isin(parts)]
    wide = frame.drop_duplicates(["subject_id", "first_day", "vintage", "indicator"]).pivot(index=["subject_id", "first_day", "vintage"], columns="indicator", values="value")
    if not set(parts) <= set(wide):
        return
    wide = wide[parts].dropna().astype("float64")
    off = (wide["gdp_per_capita"] * wide["population_total"] / wide["gdp_current"] - 1).abs()
    # The provider's territory of the Russian Federation differs between the series since 2014, by 1.7 per cent.
    for (subject, first_day, vintage), gap in off[off > 0.02].items():
        row_id = f"{subject}-gdp_current-{first_day.year}-{vintage}"
        yield Finding("economic_figures", row_id, "value", f"{wide.loc[(subject, first_day, vintage), 'gdp_current']:g}", f"series: {100 * gap:.1f} per cent from GDP per head times population", "import the provider's files again")


@rule("a claim has the unit of its indicator", "claims", "indicators")
def claims(data: Data) -> Iterator[Finding]:
    units = dict(zip(data["indicators"]["indicator"], data["indicators"]["unit"]))
    for row_id, row in data.rows("claims"):
        if row.indicator in units and row.unit != units[row.indicator]:
            yield Finding("claims", row_id, "unit", row.unit, f"unit: {row.indicator} is measured in {units[row.indicator]}", "convert the value, or take the right indicator")


# -- projects and events -------------------------------------------------------------------------


@rule("the days of a project come in order", "projects")
def project_days(data: Data) -> Iterator[Finding]:
    # Only what must be so: a contract may become known later, and work may begin before the agreement that now carries it.
    pairs = [("announced_date", "begun_date"), *((earlier, "completed_date") for earlier in ("announced_date", "agreed_date", "begun_date"))]
    for row_id, row in data.rows("projects"):
        for earlier, later in pairs:
            one, other = span_of(row, earlier), span_of(row, later)
            if one and other and one[0] > other[1]:
                yield Finding("projects", row_id, later, day(getattr(row, later)), f"order: before {earlier} {day(one[0])}", f"correct {earlier} or {later}")


@rule("a project has a status, no older than its newest source", "projects", "evidence", "sources")
def project_status(data: Data) -> Iterator[Finding]:
    published = dict(zip(data.plain["sources"]["source_id"], data.plain["sources"]["published_on"]))
    newest: dict[str, Any] = {}
    for _, line in data.rows("evidence", data["evidence"]["table_name"] == "projects"):
        on = published.get(line.source_id)
        if on is not None and (line.row_id not in newest or on > newest[line.row_id]):
            newest[line.row_id] = on
    for row_id, row in data.rows("projects"):
        if row.project_status is None or row.status_as_of is None:
            yield Finding("projects", row_id, "status_as_of", day(row.status_as_of), "status: a project without status, or without the day of it", "find the newest source; write unknown where none says it")
        # A month: what is printed on a day speaks of the days before it.
        elif row_id in newest and newest[row_id] - row.status_as_of > pd.Timedelta(days=31):
            yield Finding("projects", row_id, "status_as_of", day(row.status_as_of), f"status: a source of {day(newest[row_id])} speaks of the project", "take the status of the newest source")


@rule("an exercise says whether it took place", "events")
def exercises(data: Data) -> Iterator[Finding]:
    for row_id, row in data.rows("events"):
        for column in ("event_series", "event_status"):
            value = getattr(row, column)
            if value is None and row.kind == "exercise" and row.sco_relation == "sco_project":
                yield Finding("events", row_id, column, "", "exercise: one of the organisation without series or status", "say to which series it belongs and whether it took place")
            if value is not None and row.kind != "exercise":
                yield Finding("events", row_id, column, value, "exercise: the column is of exercises", "blank it")


# -- votes ---------------------------------------------------------------------------------------


@rule("a vote is cast by a state that sat, and within the totals", "roll_calls", "roll_call_votes", "actors")
def votes(data: Data) -> Iterator[Finding]:
    calls, frame = data["roll_calls"].set_index("roll_call_id"), data["roll_call_votes"]
    if frame.empty:
        return
    since = data["actors"].set_index("actor_id")["un_member_since"]
    on, joined = frame["roll_call_id"].map(calls["vote_on"]), frame["iso3"].map(since)
    # A vote of which only the month is known may be of its last day.
    late = on.where(frame["roll_call_id"].map(calls["vote_on_precision"]).eq("day"), on + pd.offsets.MonthEnd(0))
    for row_id, row in data.rows("roll_call_votes", joined.isna() | (late < joined)):
        yield Finding("roll_call_votes", row_id, "iso3", row.iso3, "vote: the state had no seat in the General Assembly on that day", "correct the state or the day")
    cast = frame.groupby(["roll_call_id", "vote"]).size()
    for (roll_call_id, vote), n in cast.items():
        total = calls[vote].get(roll_call_id) if vote in calls else None
        if total is not None and not pd.isna(total) and n > total:
            yield Finding("roll_calls", str(roll_call_id), str(vote), str(total), f"totals: {n} states of the family alone voted {vote}", "correct the total or the votes")


@rule("a resolution is voted on once", "roll_calls")
def once(data: Data) -> Iterator[Finding]:
    calls = data["roll_calls"]
    counted = calls[calls["symbol"].notna() & ~calls["is_amendment"] & ~calls["is_paragraph"]]
    for roll_call_id, symbol in counted.loc[counted.duplicated(["symbol", "session"]), ["roll_call_id", "symbol"]].itertuples(index=False):
        yield Finding("roll_calls", str(roll_call_id), "symbol", str(symbol), "roll call: another one is the vote on this text", "mark it is_amendment or is_paragraph, or take one of the two out")


@rule("a session is whole, or its roll calls are selected", "roll_calls")
def whole_sessions(data: Data) -> Iterator[Finding]:
    calls = data["roll_calls"]
    whole = set(calls.loc[calls["coverage"] == "complete_session", "session"])
    for row_id, row in data.rows("roll_calls", (calls["coverage"] != "complete_session") & calls["session"].isin(whole)):
        yield Finding("roll_calls", row_id, "coverage", row.coverage, f"coverage: session {row.session} is here whole", "correct the session, or take the roll call out")
    for row_id, row in data.rows("roll_calls"):
        seats = [n for n in (row.yes, row.no, row.abstain) if n is not None]
        if sum(seats) > 193:
            yield Finding("roll_calls", row_id, "yes", str(row.yes), f"totals: {sum(seats)} votes in an Assembly of 193 members", "correct the totals")


# -- positions and readings ----------------------------------------------------------------------


@rule("issues are issues, cases are cases, and a stance has a proposition", "positions", "readings", "issues", "documents")
def positions(data: Data) -> Iterator[Finding]:
    kinds = dict(zip(data["issues"]["issue"], data["issues"]["kind"]))
    propositions = dict(zip(data["issues"]["issue"], data["issues"]["proposition"]))
    documents = data.index("documents")
    for table in ("positions", "readings"):
        for row_id, row in data.rows(table):
            if kinds.get(row.issue) == "case":
                yield Finding(table, row_id, "issue", row.issue, "issue: this is a case", "write it into case_id, and an issue here")
            if not pd.isna(row.case_id) and kinds.get(row.case_id) == "issue":
                yield Finding(table, row_id, "case_id", row.case_id, "case: this is an issue", "write a case, or leave it blank")
            if pd.isna(row.start_date) and pd.isna(row.as_of):
                yield Finding(table, row_id, "as_of", "", "date: neither start_date nor as_of", "write as_of, the day on which the source appeared")
    for row_id, row in data.rows("positions"):
        if not pd.isna(row.stance) and pd.isna(propositions.get(row.issue)):
            yield Finding("positions", row_id, "stance", str(row.stance), f"stance: {row.issue} has no proposition", "leave the stance blank, or give the issue a proposition")
        if row.act in ("did_not_participate", "refused_signature") and not pd.isna(row.stance):
            yield Finding("positions", row_id, "stance", str(row.stance), f"stance: {row.act} has none", "leave it blank")
        text = documents.get(row.document_id)
        if text is None or pd.isna(row.start_date) or pd.isna(text.adopted_on) or row.act not in ABOUT_A_TEXT:
            continue
        if last_possible(row.start_date, row.start_date_precision) < text.adopted_on:
            yield Finding("positions", row_id, "start_date", day(row.start_date), f"date: before the text, {row.document_id} of {day(text.adopted_on)}", "correct the day")


@rule("a forecast says what became of it, and only a forecast does", "readings")
def forecasts(data: Data) -> Iterator[Finding]:
    for row_id, row in data.rows("readings"):
        outcome = row.forecast_outcome
        if (row.epistemic == "forecast") != (outcome is not None):
            yield Finding("readings", row_id, "forecast_outcome", day(outcome), f"forecast: the row is {row.epistemic}", "fill forecast_outcome for a forecast, leave it blank otherwise")
        elif (row.outcome_source_id is not None) != (outcome in DECIDED):
            yield Finding("readings", row_id, "outcome_source_id", day(row.outcome_source_id), f"forecast: the outcome is {outcome}", "give the source of an outcome that is decided, and of no other")


@rule("not_named speaks of a state that was a member", "document_parties", "documents", "statuses")
def not_named(data: Data) -> Iterator[Finding]:
    documents = data.index("documents")
    spells = data["statuses"][data["statuses"]["status"] == "member"]
    for row_id, row in data.rows("document_parties", data["document_parties"]["role"] == "not_named"):
        on = getattr(documents.get(row.document_id), "adopted_on", None)
        if on is None:
            yield Finding("document_parties", row_id, "role", row.role, "not_named: the text has no day of adoption", "give documents.adopted_on")
            continue
        held = spells[(spells["iso3"] == row.actor_id) & (spells["start_date"] < on) & (spells["end_date"].isna() | (spells["end_date"] > on))]
        if held.empty:
            yield Finding("document_parties", row_id, "role", row.role, f"not_named: {row.actor_id} was no member before {day(on)}", "take the role not_member")


@rule("a group or an organisation has members, once at a time", "group_members", "actors")
def groups(data: Data) -> Iterator[Finding]:
    kinds = dict(zip(data["actors"]["actor_id"], data["actors"]["kind"]))
    for row_id, row in data.rows("group_members"):
        if kinds.get(row.group_id) not in ("group", "organisation"):
            yield Finding("group_members", row_id, "group_id", row.group_id, "group: not an actor of kind group or organisation", "correct group_id")
    held = data.plain["group_members"].assign(row_id=data.ids["group_members"]).sort_values(["group_id", "actor_id", "start_date"])
    for _, spells in held.groupby(["group_id", "actor_id"]):
        rows = list(spells.itertuples(index=False))
        for one, other in zip(rows, rows[1:]):
            if pd.isna(one.end_date) or one.end_date > other.start_date:
                yield Finding("group_members", other.row_id, "start_date", day(other.start_date), f"overlap: {one.row_id} lasts until {day(one.end_date) or 'now'}", "end the earlier spell, or make both statements speak of one row")


# -- provenance ----------------------------------------------------------------------------------


def series_sources(data: Data) -> set[str]:
    """Return the datasets that were taken over whole: their rows rest on them alone."""
    return set(data["sources"].loc[data["sources"]["series"].fillna(False).astype(bool), "source_id"])


@rule("every row has evidence, and contested rows have evidence against them", "evidence", "sources", EACH)
def provenance(data: Data) -> Iterator[Finding]:
    # (table, row) -> source -> the fields that it supports, or is against.
    supports: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    against: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for _, line in data.evidence():
        if line.relation in ("supports", "contradicts"):
            home = supports if line.relation == "supports" else against
            home[line.table_name, line.row_id][line.source_id].add(line.field_name or "")
    series = series_sources(data)
    for table, frame in data.frames.items():
        if "source_id" not in frame or table in ("sources", "evidence"):
            continue
        if "contested" in frame:
            # Said of every row, of a series' too.
            opposed_ids = {row for of, row in against if of == table}
            for row_id, row in data.rows(table, data.ids[table].isin(opposed_ids) != frame["contested"].fillna(False).astype(bool)):
                yield Finding(table, row_id, "contested", day(row.contested).lower(), "contested: true exactly where evidence contradicts", "rebuild with scripts/build")
        stated = [f["name"] for f in data.catalog.fields(table) if f["origin"] == "stated"]
        for row_id, row in data.rows(table, ~frame["source_id"].isin(series)):
            by, opposed = supports[table, row_id], against[table, row_id]
            if not by and not opposed:
                keys = ", ".join(data.catalog.key(table))
                yield Finding(table, row_id, keys, row_id, "source: no evidence speaks of such a row", f"correct {keys}, or add the evidence")
                continue
            # A source may say two things of a row, in two places; it must not be against what the row carries everywhere.
            if row.source_id not in by or opposed.get(row.source_id, set()) - by[row.source_id]:
                yield Finding(table, row_id, "source_id", row.source_id, "source: no evidence of this source supports the row, or some is against it", "add the evidence, or rebuild")
            fields = set().union(*by.values())
            for name in stated:
                if getattr(row, name) is not None and name not in fields:
                    yield Finding(table, row_id, name, day(getattr(row, name)), "source: no evidence supports the cell", "add the evidence, or blank the cell")


@rule("evidence speaks of rows and columns that are there", "evidence", EACH)
def evidence_rows(data: Data) -> Iterator[Finding]:
    spoken_of = set(data["evidence"]["table_name"].dropna()) & set(data.frames)
    known = {t: set(data.ids[t]) for t in spoken_of}
    for row_id, line in data.evidence():
        if line.table_name not in data.catalog.resources:
            yield Finding("evidence", row_id, "table_name", line.table_name, "evidence: no such table", "correct the table")
            continue
        columns = {f["name"] for f in data.catalog.fields(line.table_name)}
        if not pd.isna(line.field_name) and line.field_name not in columns:
            yield Finding("evidence", row_id, "field_name", line.field_name, f"evidence: {line.table_name} has no such column", "correct the column")
        if line.table_name in known and (line.row_id in known[line.table_name]) == (line.relation == "rejected"):
            said = "a rejected row stands in the table" if line.relation == "rejected" else "no such row"
            yield Finding("evidence", row_id, "row_id", line.row_id, f"evidence: {said}", "correct the row, or its relation")


@rule("a span has two ends and a hash", "evidence", "sources")
def spans(data: Data) -> Iterator[Finding]:
    hashed = set(data["sources"].loc[data["sources"]["sha256"].notna(), "source_id"])
    for row_id, line in data.rows("evidence"):
        parts = [not pd.isna(v) for v in (line.char_start, line.char_end, line.span_sha256)]
        if any(parts) and not all(parts):
            yield Finding("evidence", row_id, "char_start", day(line.char_start), "span: start, end and hash stand together", "fill all three, or none")
        if any(parts) and line.source_id not in hashed:
            yield Finding("evidence", row_id, "source_id", line.source_id, "span: the source names no text by hash", "give sources.sha256")


@rule("every source is used, and a series by rows that rest on it alone", "sources", "evidence", "positions", "readings", ALL)
def sources_used(data: Data) -> Iterator[Finding]:
    used = set(data["evidence"]["source_id"]) | set(data["readings"]["outcome_source_id"].dropna())
    used |= set(data["positions"]["via"].dropna()) | set(data["readings"]["via"].dropna())
    supported = data["evidence"].groupby("table_name")["row_id"].unique()
    alone: set[str] = set()
    for table, frame in data.frames.items():
        if table not in ("sources", "evidence") and "source_id" in frame:
            bare = frame["source_id"].isin(series_sources(data)) & ~data.ids[table].isin(supported.get(table, []))
            alone |= set(frame["source_id"][bare].unique())
    for source_id, row in data.rows("sources"):
        if row.source_id not in used | alone and row.cited_by is None:
            yield Finding("sources", source_id, "", "", "source: no row uses it, and no source is said to cite it", "remove it, or write what it says")
        elif row.series and row.source_id not in alone:
            yield Finding("sources", source_id, "series", "true", "series: every row that rests on it has evidence", "it is no dataset that was taken over whole: write false")


# -- codes, text, files --------------------------------------------------------------------------


@rule("the descriptor's codes are those of the table codes", "codes", ALL)
def code_lists(data: Data) -> Iterator[Finding]:
    labels = {(r.code_list, r.code): r.label for _, r in data.rows("codes")}
    lists = {name: list(rows["code"]) for name, rows in data["codes"].sort_values("position").groupby("code_list")}
    for row_id, row in data.rows("codes"):
        place = lists[row.code_list].index(row.code) + 1
        if row.position != place:
            yield Finding("codes", row_id, "position", str(row.position), f"codes: the row is number {place} of its list", "rebuild with scripts/build")
    for table in data.catalog.resources:
        for spec in data.catalog.fields(table):
            if "codeList" in spec:
                codes = [c for c in lists.get(spec["codeList"], []) if c in spec.get("codeSubset", [c])]
                here, there = [(c, labels[spec["codeList"], c]) for c in codes], [(c["value"], c["label"]) for c in spec.get("categories", [])]
                if spec.get("constraints", {}).get("enum") != codes or here != there:
                    wrong = next((c for c, _ in sorted(set(here) ^ set(there), key=str)), "")
                    said = f"codes: {table}.{spec['name']} in datapackage.json has other codes, labels or order (code_list, code, label, position)"
                    yield Finding("codes", f"{spec['codeList']}|{wrong}" if wrong else "", "", spec["codeList"], said, "rebuild with scripts/build")


#: What text must not hold -> what is wrong with it. Each is a fault that spreadsheets, word processors and bad readers make.
_FAULTS = {
    "holds a control or invisible character": r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]",
    "begins with =, +, -, @ or a blank, as a formula does": r"^[=+\-@\s]",
    "ends with a blank": r"\s$",
    "holds two blanks, or one that does not break": r"  |[\u00a0\u2007\u202f]",
    "is in quotes that a CSV writer left": r'^".*"$',
    "is UTF-8 read as Latin-1": r"[\u00c2-\u00c5\u00c3\u00d0\u00d1\u00e2-\u00e9][\u0080-\u00bf\u2018-\u201e\u20ac\u2122\u0152-\u0178]|\ufffd",
    "stands for unknown": r"(?i)^(na|n/a|n\.a\.|#n/a|nan|null|none|nil|\?+|-+|\.{2,}|tbd|unknown)$",
    "mixes Latin with Cyrillic letters in a word": r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]",
}  # fmt: skip
_FAULTS_RE = {says: re.compile(pattern) for says, pattern in _FAULTS.items()}
_ANY_FAULT = re.compile("|".join(f"(?:{p.removeprefix('(?i)')})" for p in _FAULTS.values()), re.IGNORECASE)


@rule("text is plain text: no formula, stray blank, control character, letter of another script or word for unknown")
def text_cells(data: Data) -> Iterator[Finding]:
    for table, frame in data.frames.items():
        for spec in data.catalog.fields(table):
            if SQL_TYPES[spec["type"]] != "VARCHAR":
                continue
            # A column has few values and many rows.
            odd = {value for value in frame[spec["name"]].dropna().unique() if _ANY_FAULT.search(value)}
            # A code of a list means what the list says; ISO's NA is Namibia; the list defines its own words, and evidence repeats them.
            listed = "codeList" in spec or spec["name"] == "iso2" or table == "codes" or data.catalog.resource(table)["madeFrom"] == "view"
            for row_id, row in data.rows(table, frame[spec["name"]].isin(odd)) if odd else ():
                value = getattr(row, spec["name"])
                for says, fault in _FAULTS_RE.items():
                    code = says == "stands for unknown" and (listed or (table == "evidence" and spec["name"] in ("coded_value", "stated_value")))
                    if fault.search(value) and not code:
                        yield Finding(table, row_id, spec["name"], repr(value), f"text: {says}", "write plain text, and leave the cell blank where nothing is known")
                        break


@rule("rows are sorted by key")
def sorted_rows(data: Data) -> Iterator[Finding]:
    for table, frame in data.frames.items():
        keys = ["code_list", "position"] if table == "codes" else data.catalog.key(table)
        order = list(frame[keys].itertuples(index=False, name=None))
        for place, (one, other) in enumerate(zip(order, order[1:]), start=1):
            if one > other:
                yield Finding(table, data.ids[table].iloc[place], keys[0], "", "order: the rows are not sorted by key", "rebuild with scripts/build")
                break


@rule("files are UTF-8 without BOM, lines end in a line feed")
def files(data: Data) -> Iterator[Finding]:
    for table in data.frames:
        body = data.catalog.path(table).read_bytes()
        if body.startswith(b"\xef\xbb\xbf"):
            yield Finding(table, "", "", "", "file: begins with a BOM", "save it as UTF-8 without BOM")
        if b"\r" in body:
            yield Finding(table, "", "", "", "file: holds a carriage return", "end lines with a line feed alone")
        if not body.endswith(b"\n"):
            yield Finding(table, "", "", "", "file: the last line is cut", "restore the file")
