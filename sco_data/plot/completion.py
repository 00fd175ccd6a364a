"""Projects: planned against actual completion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import NotFound
from ..frames import sql
from . import style
from .frame import as_list, found, framed, labels, library, values
from .timelines import possible

if TYPE_CHECKING:
    import pandas as pd

_ROW, _INNER = 21, 470
_DATES = ("announced", "agreed", "begun", "planned", "completed")


def table(kind: Any = None, planned: bool = False) -> pd.DataFrame:
    """Return the projects that the plot draws, those first whose planned completion is known, by that; dates as exactly as they are known."""
    frame = sql("SELECT project_id, name, kind, sco_relation, announced, agreed, begun, planned, completed, project_status, status_as_of, contested FROM sco_projects")
    known = {code: label for code, label in labels("project_kind").items() if code in set(frame.kind)}
    kinds = [found(k, known, "kind of project") for k in as_list(kind)]
    frame = frame[frame[list(_DATES)].notna().any(axis=1)]
    frame = frame[frame.kind.isin(kinds)] if kinds else frame
    frame = frame[frame.planned.notna()] if planned else frame
    if frame.empty:
        raise NotFound("no project of that kind has a date. Mend: ask for another kind, or for all.")
    key = frame.planned.fillna("~" + frame[["completed", "begun", "agreed", "announced"]].bfill(axis=1).iloc[:, 0])
    return frame.assign(key=key).sort_values(["key", "name"], kind="stable").drop(columns="key").reset_index(drop=True)


def draw(kind: Any = None, planned: bool = False) -> Any:
    """Return the chart: a line from the first date to the last, with a mark for each date."""
    alt = library()
    frame = table(kind, planned)
    states = labels("project_status")
    marks, ranges, lines, words = [], [], [], []
    for r in frame.itertuples():
        days = {field: possible(text) for field in _DATES if isinstance(text := getattr(r, field), str)}
        middles = {field: str(one + (two - one) / 2) for field, (one, two) in days.items()}
        name = r.name if len(r.name) <= 58 else r.name[:57].rstrip() + "…"
        first = min((f for f in ("announced", "agreed", "begun") if f in days), key=middles.__getitem__, default="")
        shown = {"first date": first, "planned": "planned", "completed": "completed"}
        for mark, field in shown.items():
            if field in days:
                text = f"{r.name}: {field} {getattr(r, field)}"
                marks.append({"name": name, "day": middles[field], "mark": mark, "said": text})
                if days[field][0] != days[field][1]:
                    ranges.append({"name": name, "from": str(days[field][0]), "to": str(days[field][1]), "said": text})
        as_of = str(r.status_as_of)[:10] if r.status_as_of == r.status_as_of else None
        if "completed" not in days and as_of:
            marks.append({"name": name, "day": as_of, "mark": "given up" if r.project_status == "abandoned" else "no completion found", "said": f"{r.name}: {states[r.project_status].lower()} on {as_of}"})
        ends = [m["day"] for m in marks if m["name"] == name]
        lines.append({"name": name, "from": min(ends), "to": max(ends)})
        words.append({"name": name, "day": max(ends), "text": states[r.project_status].lower()})
    order = [line["name"] for line in lines]
    begin, end = min(d["from"] for d in [*lines, *ranges]), max(d["to"] for d in [*lines, *ranges])
    y = alt.Y("name:N", title=None, scale=alt.Scale(domain=order, padding=0), axis=alt.Axis(ticks=False, domain=False, labelPadding=8, labelLimit=400))
    scale = alt.Scale(type="utc", domain=[f"{begin[:4]}-01-01", f"{int(end[:4]) + 1}-01-01"], nice=False)

    def x(field: str) -> Any:
        return alt.X(f"{field}:T", scale=scale, title=None, axis=alt.Axis(format="%Y", orient="top", tickCount=12))

    kinds = {
        "first date": ("stroke", style.MUTED), "planned": ("diamond", "#b84a0a"), "completed": ("circle", "#12436d"), "no completion found": ("circle", "#ffffff"), "given up": ("cross", style.INK),
    }  # fmt: skip
    meant = {"first date": "first date known: announced, agreed or begun", "planned": "planned completion", "completed": "completed, opened or in force", "no completion found": "no completion found; status by the newest source", "given up": "given up"}
    present = [k for k in kinds if any(m["mark"] == k for m in marks)]
    shapes = {"stroke": "M0,-1L0,1", "diamond": "diamond", "circle": "circle"}
    for point in marks:
        point["what"] = meant[point["mark"]]
        # A diamond stands round what it might cover: a plan that was kept stays visible.
        point["size"] = 190 if point["mark"] == "planned" else 75
    legend = alt.Legend(orient="top", title=None, columns=2, symbolSize=90, symbolStrokeWidth=1.8)
    domain = [meant[k] for k in present]
    line = alt.Chart(values(lines)).mark_rule(color=style.LINE, strokeWidth=2).encode(y=y, x=x("from"), x2="to:T")
    layers = [line]
    if ranges:
        layers.append(alt.Chart(values(ranges)).mark_rule(color=style.INK, strokeWidth=1.4).encode(y=y, x=x("from"), x2="to:T", tooltip=alt.Tooltip("said:N", title="date")))
    marks.sort(key=lambda m: bool(m["mark"] == "planned"))
    points = alt.Chart(values(marks)).mark_point(strokeWidth=1.8, opacity=1, filled=False)
    layers.append(
        points.encode(
            y=y, x=x("day"), tooltip=alt.Tooltip("said:N", title="date"), size=alt.Size("size:Q", scale=None),
            shape=alt.Shape("what:N", scale=alt.Scale(domain=domain, range=[shapes[kinds[k][0]] for k in present]), legend=legend),
            stroke=alt.Stroke("what:N", scale=alt.Scale(domain=domain, range=[style.INK if kinds[k][1] == "#ffffff" else kinds[k][1] for k in present]), legend=legend),
            fill=alt.Fill("what:N", scale=alt.Scale(domain=domain, range=["transparent" if k == "planned" else "#ffffff" if k == "no completion found" else kinds[k][1] for k in present]), legend=legend),
        )
    )  # fmt: skip
    layers.append(alt.Chart(values(words)).mark_text(align="left", dx=9, fontSize=style.SMALL, color=style.MUTED).encode(y=y, x=x("day"), text="text:N"))
    both = frame.dropna(subset=["planned", "completed"])
    late = sum(possible(r.completed)[0] > possible(r.planned)[1] for r in both.itertuples())
    left_out = len(sql("SELECT project_id FROM sco_projects")) - len(table())
    notes = ["Planned: by the first plan found. A date known to the year or month stands in its middle, with a bar over what it may be. Grey word: the status by the newest source found."]
    if left_out and not kind and not planned:
        notes.append(f"Left out, because no date of them was found: {left_out} projects.")
    return framed(
        alt.layer(*layers).properties(width=_INNER, height=_ROW * len(order)), title="Projects: planned and actual completion", notes=notes, tables=["sco_projects"],
        alt=f"{len(frame)} projects. A planned completion is known of {frame.planned.notna().sum()}, an actual one of {frame.completed.notna().sum()}, both of {len(both)}, of which {late} were completed after the time planned.",
    )  # fmt: skip
