"""Every state's spells of status, with what sources dispute of them."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING, Any

from .. import names
from ..catalog import current
from ..errors import UsageError
from ..frames import sql
from ..records import STATUSES, parse_day
from . import style
from .frame import as_list, framed, labels, library, listed, one_of, values

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("status", "name", "since")
_LANE, _INNER = 24, 640

_SPELLS = """
SELECT m.iso3, m.name, s.status, s.start_date AS start, s.start_date_precision AS start_precision, s.end_date AS end, s.end_date_precision AS end_precision,
       s.legal_status, s.contested, s.status_id
FROM statuses s
JOIN members m ON m.iso3 = s.iso3
WHERE s.start_date <= $last
ORDER BY m.name, s.start_date, s.status_id
"""
_STATED = """
SELECT row_id AS status_id, field_name AS field, coded_value AS stated, string_agg(DISTINCT source_id, ', ' ORDER BY source_id) AS sources
FROM evidence
WHERE table_name = 'statuses' AND field_name IN ('start_date', 'end_date') AND relation = 'contradicts'
GROUP BY ALL
ORDER BY row_id, field_name, coded_value
"""


def possible(text: str, precision: str | None = None) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that a date known to the year, the month or the day can be.

    >>> possible("2010-05")
    (datetime.date(2010, 5, 1), datetime.date(2010, 5, 31))
    """
    parts = [int(part) for part in text[: {"year": 4, "month": 7}.get(precision or "", 10)].split("-")]
    if len(parts) == 1:
        return dt.date(parts[0], 1, 1), dt.date(parts[0], 12, 31)
    if len(parts) == 2:
        year, month = parts
        return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
    day = dt.date.fromisoformat(text[:10])
    return day, day


def _window(start: Any, end: Any) -> tuple[dt.date, dt.date]:
    """Return the days to draw: those asked for, or from the first spell to the end of coverage."""
    first = sql("SELECT min(start_date) AS day FROM statuses").day[0]
    days = first.date() if start is None else parse_day(start), current().coverage("statuses")[1] if end is None else parse_day(end)
    if days[0] >= days[1]:
        raise UsageError(f"the first day {days[0]} does not lie before the last, {days[1]}. Mend: turn them round.")
    return days


def table(states: Any = None, status: Any = None, start: Any = None, end: Any = None, group: str = "status") -> pd.DataFrame:
    """Return the spells that the timeline draws, with the other dates that sources state."""
    one_of(group, GROUPS, "grouping")
    wanted = [names.resolve(s) for s in as_list(states)]
    kinds = [one_of(s, STATUSES, "status") for s in as_list(status)]
    begin, stop = _window(start, end)
    frame = sql(_SPELLS, {"last": current().coverage("statuses")[1]})
    stated = sql(_STATED)
    for field in ("start", "end"):
        against = stated[stated.field == f"{field}_date"].groupby("status_id")
        said = {key: list(zip(rows.stated, rows.sources)) for key, rows in against}
        ranges = []
        for row in frame.itertuples():
            coded = getattr(row, field)
            own = [possible(str(coded)[:10], getattr(row, f"{field}_precision"))] if coded == coded and coded is not None else []
            days = own + [possible(text) for text, _ in said.get(row.status_id, [])]
            ranges.append((min(d[0] for d in days), max(d[1] for d in days)) if days else (None, None))
        frame[f"{field}_earliest"] = [str(r[0]) if r[0] else None for r in ranges]
        frame[f"{field}_latest"] = [str(r[1]) if r[1] else None for r in ranges]
        frame[f"other_{field}s"] = ["; ".join(f"{text} ({who})" for text, who in said.get(i, [])) or None for i in frame.status_id]
    texts = [f"{field}_{edge}" for field in ("start", "end") for edge in ("earliest", "latest")] + ["other_starts", "other_ends"]
    frame = frame.astype(dict.fromkeys(texts, "string"))
    frame = frame[(frame.start_earliest <= str(stop)) & (frame.end_latest.fillna(str(dt.date.max)) > str(begin))]
    if wanted:
        frame = frame[frame.iso3.isin(wanted)]
    if kinds:
        frame = frame[frame.status.isin(kinds)]
    order = _order(frame, group)
    columns = ["iso3", "name", "status", "start", "start_precision", "start_earliest", "start_latest", "other_starts", "end", "end_precision", "end_earliest",
               "end_latest", "other_ends", "legal_status", "contested", "status_id"]  # fmt: skip
    return frame.sort_values("name", key=lambda c: c.map({n: i for i, n in enumerate(order)}), kind="stable")[columns].reset_index(drop=True)


def _order(frame: pd.DataFrame, group: str) -> list[str]:
    """Return the names of the states as they stand from top to bottom."""
    latest = frame.sort_values("start", kind="stable").groupby("name").last()
    first = frame.groupby("name").start.min()
    rank = {s: i for i, s in enumerate(STATUSES)}
    keys = {
        "status": lambda n: (rank[latest.status[n]], latest.start[n], n),
        "since": lambda n: (first[n], n),
        "name": lambda n: (n,),
    }
    return sorted(first.index, key=keys[group])


def _parts(frame: pd.DataFrame, begin: dt.date, stop: dt.date) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return bars, disputed stretches, the strokes that hatch them, and the days that sources state otherwise."""
    named = labels("status")
    last = current().coverage("statuses")[1]
    bars, stretches, strokes, ticks = [], [], [], []
    step = max(1, round((stop - begin).days * 7 / _INNER))
    half = dt.timedelta(days=step / 2)

    def clip(day: dt.date) -> dt.date:
        return min(max(day, begin), stop)

    covered: dict[str, list[tuple[dt.date, dt.date, str]]] = {}
    for row in frame.itertuples():
        ends = row.end.date() if row.end == row.end else last + dt.timedelta(days=1)
        covered.setdefault(row.name, []).append((row.start.date(), ends, row.status))
        if clip(row.start.date()) >= clip(ends):
            continue
        bars.append({
            "name": row.name, "from": str(clip(row.start.date())), "to": str(clip(ends)), "status": named[row.status], "code": row.status,
            "ink": style.STATUS[row.status][1],
            "strip": style.STATUS[row.legal_status][0] if isinstance(row.legal_status, str) else None,
            "said": f"{row.name}: {named[row.status]} from {str(row.start)[:{'year': 4, 'month': 7}.get(row.start_precision, 10)]}"
                    + (f" to {str(row.end)[:{'year': 4, 'month': 7}.get(row.end_precision, 10)]}" if row.end == row.end else "")
                    + (f"; under charter and memorandum {named.get(row.legal_status, row.legal_status)}" if isinstance(row.legal_status, str) else "")
                    + (f"; other starts: {row.other_starts}" if isinstance(row.other_starts, str) else "") + (f"; other ends: {row.other_ends}" if isinstance(row.other_ends, str) else ""),
        })  # fmt: skip
    for row in frame.itertuples():
        for field in ("start", "end"):
            early, late = getattr(row, f"{field}_earliest"), getattr(row, f"{field}_latest")
            if not isinstance(early, str) or early == late:
                continue
            one, two = dt.date.fromisoformat(early), dt.date.fromisoformat(late)
            others = getattr(row, f"other_{field}s")
            stretch = {"name": row.name, "from": str(clip(one)), "to": str(clip(two)), "status_id": row.status_id, "what": f"{field} of {named[row.status].lower()}"}
            stretch["said"] = f"{row.name}: {stretch['what']} lies between {one} and {two}" + (f"; stated otherwise: {others}" if isinstance(others, str) else f" (known to the {getattr(row, f'{field}_precision')})")
            if clip(one) < clip(two):
                stretches.append(stretch)
                day = begin + dt.timedelta(days=((clip(one) - begin).days // step) * step + step // 2)
                while day < clip(two):
                    # A stroke stays within its frame.
                    if clip(one) < day - half and day + half < clip(two):
                        under = next((s for a, b, s in covered[row.name] if a <= day < b), "none")
                        strokes.append({"name": row.name, "day": str(day), "ink": style.STATUS[under][1]})
                    day += dt.timedelta(days=step)
            if isinstance(others, str):
                for text in others.split("; "):
                    stated = possible(text.split(" ")[0])
                    # A year or a month is marked in its middle.
                    middle = stated[0] + (stated[1] - stated[0]) / 2
                    if begin <= middle <= stop:
                        ticks.append({"name": row.name, "day": str(middle), "said": f"{row.name}: {stretch['what']} stated as {text}"})
    for bar in bars:
        one, two = _clear(bar, [s for s in stretches if s["name"] == bar["name"]])
        wide = (two - one).days / (stop - begin).days * _INNER
        bar["middle"] = str(one + (two - one) / 2)
        bar["text"] = bar["status"] if wide > 7.2 * len(bar["status"]) else style.LETTERS[bar["code"]] if wide > 12 else ""
    unique = {(s["name"], s["day"]): s for s in strokes}
    return bars, stretches, list(unique.values()), ticks


def _clear(bar: dict[str, Any], stretches: list[dict[str, Any]]) -> tuple[dt.date, dt.date]:
    """Return the longest part of a bar that no disputed stretch covers, where its label can stand."""
    days = sorted({bar["from"], bar["to"], *(d for s in stretches for d in (s["from"], s["to"]) if bar["from"] < d < bar["to"])})
    parts = [(dt.date.fromisoformat(a), dt.date.fromisoformat(b)) for a, b in zip(days, days[1:]) if not any(s["from"] <= a and b <= s["to"] for s in stretches)]
    return max(parts, key=lambda p: p[1] - p[0], default=(dt.date.fromisoformat(bar["from"]),) * 2)


def draw(states: Any = None, status: Any = None, start: Any = None, end: Any = None, group: str = "status") -> Any:
    """Return the chart."""
    alt = library()
    frame = table(states, status, start, end, group)
    begin, stop = _window(start, end)
    bars, stretches, strokes, ticks = _parts(frame, begin, stop)
    order = list(dict.fromkeys(frame.name))
    named = labels("status")
    held = [s for s in STATUSES if s in set(frame.status) | set(frame.legal_status.dropna())]
    y = alt.Y("name:N", title=None, scale=alt.Scale(domain=order, paddingInner=0.0, paddingOuter=0.0), axis=alt.Axis(grid=False, ticks=False, domain=False, labelPadding=8))
    scale = alt.Scale(type="utc", domain=[str(begin), str(stop)], nice=False)
    years = (stop - begin).days / 365.25
    axis = alt.Axis(format="%Y" if years > 3 else "%Y-%m", title=None, grid=True, tickCount=12, labelOverlap=True, orient="top")
    x = alt.X("from:T", scale=scale, axis=axis)
    colour = alt.Color(
        "status:N", title=None, scale=alt.Scale(domain=[named[s] for s in held], range=[style.STATUS[s][0] for s in held]),
        legend=alt.Legend(orient="top", direction="horizontal", symbolType="square", symbolSize=180, offset=6),
    )  # fmt: skip
    base = alt.Chart(values(bars)).encode(y=y)
    wide = _LANE - 8
    layers = [base.mark_bar(height=wide, stroke="#ffffff", strokeWidth=0.6).encode(x=x, x2="to:T", color=colour, tooltip=alt.Tooltip("said:N", title="spell"))]
    if any(b["strip"] for b in bars):
        strips = alt.Chart(values([b for b in bars if b["strip"]])).mark_bar(height=5, yOffset=wide / 2 - 2.5, stroke="#ffffff", strokeWidth=0.6)
        layers.append(strips.encode(y=y, x=x, x2="to:T", color=alt.Color("strip:N", scale=None)))
    if stretches:
        layers.append(
            alt.Chart(values(stretches)).mark_bar(height=wide, fill=style.INK, fillOpacity=0.0, stroke=style.INK, strokeWidth=1).encode(y=y, x=x, x2="to:T", tooltip=alt.Tooltip("said:N", title="disputed"))
        )
    if strokes:
        layers.append(
            alt.Chart(values(strokes)).mark_point(shape="M-0.5,0.75L0.5,-0.75", size=(wide - 3) ** 2, strokeWidth=1.3, opacity=1)
            .encode(y=y, x=alt.X("day:T", scale=scale, axis=axis), stroke=alt.Stroke("ink:N", scale=None))
        )  # fmt: skip
    if ticks:
        layers.append(
            alt.Chart(values(ticks)).mark_point(shape="triangle-down", filled=True, size=34, yOffset=-wide / 2 - 1, color=style.INK, opacity=1)
            .encode(y=y, x=alt.X("day:T", scale=scale, axis=axis), tooltip=alt.Tooltip("said:N", title="stated"))
        )  # fmt: skip
    labelled = [b for b in bars if b["text"]]
    if labelled:
        layers.append(
            alt.Chart(values(labelled)).mark_text(fontSize=style.SMALL, baseline="middle").encode(y=y, x=alt.X("middle:T", scale=scale, axis=axis), text="text:N", color=alt.Color("ink:N", scale=None))
        )
    disputed = frame[(frame.start_earliest != frame.start_latest) | (frame.end_earliest != frame.end_latest).fillna(False)]
    in_force = frame[frame.end.isna()].status
    counted = [f"{named[s].lower()} {sum(in_force == s)}" for s in held if (in_force == s).any()]
    day = current().coverage("statuses")[1]
    text = (
        f"Timeline of {len(frame)} spells of status of {len(order)} states from {begin} to {stop}. "
        + (f"In force on {day}: {listed(counted)}. " if counted else "")
        + f"Sources state another date, or only the month or year is known, in {len(disputed)} spells."
    )
    explained = []
    if stretches or ticks:
        explained.append("Framed and hatched: from the earliest to the latest date that a source states, or the month where no day is known. Triangles: dates stated against the one carried.")
    if any(b["strip"] for b in bars):
        explained.append("A strip below a bar: the status under charter and memorandum, where it differs.")
    notes = [f"The data cover the days to {day}; an open spell is drawn to that day."]
    body = alt.layer(*layers).properties(width=_INNER, height=_LANE * max(1, len(order)))
    return framed(body, title="Statuses in the SCO and the Shanghai Five, by state", subtitle=explained, alt=text, notes=notes, tables=["statuses", "members"])
