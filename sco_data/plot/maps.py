"""The states of a day by status: as tiles, or as polygons of the user's own boundary files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalog import current
from ..frames import to_frame
from ..records import STATUSES, members_on
from . import style
from .boundaries import outlines
from .frame import framed, labels, library, listed, values

if TYPE_CHECKING:

    import pandas as pd

_TILE = 78


def places(states: list[str]) -> dict[str, tuple[int, int]]:
    """Return column and row of each state's tile; states that have none yet stand in a row of their own beneath."""
    with (Path(__file__).parent / "tiles.csv").open(encoding="utf-8", newline="") as handle:
        known = {row["iso3"]: (int(row["column"]), int(row["row"])) for row in csv.DictReader(handle)}
    below = max(row for _, row in known.values()) + 1
    new = [s for s in states if s not in known]
    return {s: known[s] for s in states if s in known} | {s: (i % 10, below + i // 10) for i, s in enumerate(new)}


def table(on: Any = None, boundaries: Any = None, disputed: Any = None, policy: str | None = None) -> pd.DataFrame:
    """Return every state that holds or held a status, with its status on the day, `none`, or blank where the data do not cover the day."""
    import pandas as pd

    from ..frames import load

    day, con = members_on(on, None, include_predecessor=True)
    held = to_frame(con)
    covered = current().coverage("statuses")
    frame = load("members")[["iso3", "name"]].merge(held.drop(columns="name"), on="iso3", how="left")
    if covered[0] <= day <= covered[1]:
        frame["status"] = frame.status.fillna("none")
    where = places(frame.iso3.tolist())
    frame["column"], frame["row"] = [where[i][0] for i in frame.iso3], [where[i][1] for i in frame.iso3]
    frame["contested"] = frame.contested.astype("boolean")
    rank = {s: i for i, s in enumerate([*STATUSES, "none"])}
    frame = frame.sort_values(["status", "name"], key=lambda c: c.map(rank) if c.name == "status" else c, kind="stable", na_position="last").reset_index(drop=True)
    frame.attrs["on"] = day.isoformat()
    assert isinstance(frame, pd.DataFrame)
    return frame


def draw(on: Any = None, boundaries: Any = None, disputed: Any = None, policy: str | None = None) -> Any:
    """Return the chart: tiles, or polygons if boundaries are given."""
    frame = table(on)
    day = frame.attrs["on"]
    named = labels("status") | {"none": "No status", "unknown": "Not covered"}
    states = frame.assign(status=frame.status.fillna("unknown"))
    counts = states.status.value_counts()
    shown = [s for s in [*STATUSES, "none", "unknown"] if s in counts]
    said = listed([f"{named[s].lower()} {counts[s]}" for s in shown])
    covered = counts.get("unknown", 0) == 0
    title = f"Status in the SCO on {day}" if covered else f"{day}: outside the days that the data cover"
    alt_text = f"Map of the {len(states)} states that hold or held a status, on {day}: {said}."
    if covered and "member" in counts:
        alt_text += f" Members: {listed(states[states.status == 'member'].name.tolist())}."
    key = [
        {"status": s, "label": f"{named[s]} ({counts[s]})", "letter": style.LETTERS.get(s, "?"), "fill": style.STATUS.get(s, ("#ffffff", ""))[0], "ink": style.STATUS.get(s, ("", style.INK))[1]}
        for s in shown
    ]
    # What only a strip shows has a colour to explain too.
    legal = [s for s in STATUSES if s in set(states.legal_status.dropna()) and s not in shown]
    key += [{"status": s, "label": f"{named[s]} (strip)", "letter": style.LETTERS[s], "fill": style.STATUS[s][0], "ink": style.STATUS[s][1]} for s in legal if boundaries is None]
    rows = [
        {
            "iso3": r.iso3, "name": r.name, "column": r.column, "row": r.row, "letter": style.LETTERS.get(r.status, "?"),
            "fill": style.STATUS.get(r.status, ("#ffffff", ""))[0], "ink": style.STATUS.get(r.status, ("", style.INK))[1],
            "strip": style.STATUS[r.legal_status][0] if isinstance(r.legal_status, str) else None,
            "strip_letter": style.LETTERS[r.legal_status] if isinstance(r.legal_status, str) else None,
            "strip_ink": style.STATUS[r.legal_status][1] if isinstance(r.legal_status, str) else None,
            "said": f"{r.name}: {named[r.status]}" + (f" since {str(r.since)[:{'year': 4, 'month': 7}.get(r.since_precision, 10)]}" if isinstance(r.since_precision, str) else "")
                    + (f"; under charter and memorandum {named.get(r.legal_status, r.legal_status)}" if isinstance(r.legal_status, str) else ""),
        }
        for r in states.itertuples(index=False)
    ]  # fmt: skip
    subtitle = ["A strip at the foot of a tile: the status under charter and memorandum, where it differs."] if any(r["strip"] for r in rows) else []
    if boundaries is None and disputed is None:
        notes = ["One tile for each state that holds or held a status, roughly where it lies; size and place of a tile say nothing of area or borders."]
        return framed(_tiles(rows, key), title=title, subtitle=subtitle, alt=alt_text, notes=notes, tables=["statuses", "members"])
    body, missing, notes = _polygons(rows, key, boundaries, disputed, policy)
    if missing:
        notes.insert(0, f"Not in the boundary file, and not drawn: {listed([r['name'] for r in missing])}.")
    return framed(body, title=title, alt=alt_text, notes=notes, tables=["statuses", "members"])


def _legend(key: list[dict[str, Any]]) -> Any:
    """Return the legend: colour, letter, label, count."""
    alt = library()
    at, rows = 0.0, []
    for entry in key:
        rows.append(entry | {"x": at})
        at += 34 + 7.4 * len(entry["label"])
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 860], nice=False))
    base = alt.Chart(values(rows)).encode(x=x)
    return alt.layer(
        base.mark_square(size=420, opacity=1, stroke=style.LINE, xOffset=10).encode(color=alt.Color("fill:N", scale=None)),
        base.mark_text(fontSize=style.TEXT, fontWeight="bold", xOffset=10).encode(text="letter:N", color=alt.Color("ink:N", scale=None)),
        base.mark_text(fontSize=style.TEXT, align="left", xOffset=25, color=style.INK).encode(text="label:N"),
    ).properties(width=860, height=26)


def _tiles(rows: list[dict[str, Any]], key: list[dict[str, Any]]) -> Any:
    alt = library()
    columns, lines = max(r["column"] for r in rows) + 1, max(r["row"] for r in rows) + 1
    base = alt.Chart(values(rows)).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(domain=list(range(columns)), padding=0)),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(domain=list(range(lines)), padding=0)),
        tooltip=alt.Tooltip("said:N", title="state"),
    )
    fill, ink = alt.Color("fill:N", scale=None), alt.Color("ink:N", scale=None)
    layers = [
        base.mark_rect(width=_TILE - 4, height=_TILE - 14, cornerRadius=5, stroke=style.LINE).encode(color=fill),
        base.mark_text(fontSize=16, fontWeight="bold", dy=-15).encode(text="iso3:N", color=ink),
        base.mark_text(fontSize=14, dy=4).encode(text="letter:N", color=ink),
    ]
    if any(r["strip"] for r in rows):
        strips, foot = base.transform_filter("datum.strip != null"), (_TILE - 14) / 2 - 8
        layers.append(strips.mark_rect(width=_TILE - 4, height=16, yOffset=foot, stroke="#ffffff", strokeWidth=1).encode(color=alt.Color("strip:N", scale=None)))
        layers.append(strips.mark_text(fontSize=style.SMALL, dy=foot + 1).encode(text="strip_letter:N", color=alt.Color("strip_ink:N", scale=None)))
    return alt.vconcat(_legend(key), alt.layer(*layers).properties(width=_TILE * columns, height=(_TILE - 10) * lines), spacing=10)


def _apart(centres: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Return where labels stand: one that would cover another moves south."""
    placed: dict[str, tuple[float, float]] = {}
    for code, (longitude, latitude) in sorted(centres.items(), key=lambda c: -c[1][1]):
        while any(abs(longitude - x) < 5.5 and abs(latitude - y) < 1.9 for x, y in placed.values()):
            latitude -= 0.2
        placed[code] = longitude, latitude
    return placed


def _polygons(rows: list[dict[str, Any]], key: list[dict[str, Any]], boundaries: Any, disputed: Any, policy: str | None) -> tuple[Any, list[dict[str, Any]], list[str]]:
    alt = library()
    lands, areas, strokes, centres, said = outlines(boundaries, disputed, policy)
    by_code = {r["iso3"]: r for r in rows}
    shapes = [land | {"fill": by_code[land["iso3"]]["fill"] if land["iso3"] in by_code else "#ffffff", "said": by_code[land["iso3"]]["said"] if land["iso3"] in by_code else land["name"]} for land in lands]
    missing = [r for code, r in by_code.items() if code not in centres]
    centres = _apart({code: at for code, at in centres.items() if code in by_code})
    marked = [by_code[code] | {"longitude": at[0], "latitude": at[1], "label": f"{code} {by_code[code]['letter']}".strip()} for code, at in centres.items()]
    # Equal in area, so that no state looks heavier than it is; from the Mediterranean to the Pacific.
    place = {"type": "conicEqualArea", "rotate": [-88, 0], "parallels": [15, 60], "center": [0, 38], "scale": 430, "translate": [415, 365], "clipExtent": [[0, 0], [860, 640]]}
    layers = [
        alt.Chart(values([{"type": "Sphere"}])).mark_geoshape(fill="#f8f9fa", stroke=None),
        alt.Chart(values(shapes)).mark_geoshape(stroke="#aab0b8", strokeWidth=0.7).encode(fill=alt.Fill("fill:N", scale=None), tooltip=alt.Tooltip("said:N", title="state")),
        alt.Chart(values(areas)).mark_geoshape(fill="#e4e5e8", stroke=style.MUTED, strokeWidth=0.5).encode(tooltip=alt.Tooltip("name:N", title="disputed")),
        alt.Chart(values(strokes)).mark_geoshape(filled=False, stroke=style.INK, strokeWidth=0.7),
        alt.Chart(values(marked)).mark_text(fontSize=style.TEXT, fontWeight="bold", stroke="#ffffff", strokeWidth=3.5, strokeJoin="round").encode(longitude="longitude:Q", latitude="latitude:Q", text="label:N"),
        alt.Chart(values(marked)).mark_text(fontSize=style.TEXT, fontWeight="bold", color=style.INK).encode(longitude="longitude:Q", latitude="latitude:Q", text="label:N"),
    ]  # fmt: skip
    drawn = [layer for layer in layers if layer.data.values]
    return alt.vconcat(_legend(key), alt.layer(*drawn).project(**place).properties(width=860, height=640), spacing=10), missing, said
