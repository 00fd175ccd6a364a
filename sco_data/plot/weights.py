"""The share of the world that groups of states make, by year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import NotFound
from ..frames import sql
from ..records import YEAR_RULES
from . import style
from .frame import as_list, found, framed, library, listed, one_of, values

if TYPE_CHECKING:
    import pandas as pd

_HEIGHT, _INNER = 230, 600
_RULES = {"dec31": "on 31 December", "jan1": "on 1 January", "any": "on any day"}


def table(indicators: Any = ("gdp_current", "population_total"), groups: Any = ("members", "all_statuses", "current_ten"), year_rule: str = "dec31") -> pd.DataFrame:
    """Return the figures that the plot draws: a row an indicator, group and year."""
    one_of(year_rule, YEAR_RULES, "year rule")
    known = sql("SELECT indicator, label FROM indicators WHERE indicator IN (SELECT indicator FROM group_years WHERE share_of_world IS NOT NULL) ORDER BY indicator")
    names = dict(zip(known.indicator, known.label))
    wanted = [found(i, names, "indicator that has a share of the world's") for i in as_list(indicators)]
    kinds = [one_of(g, style.GROUP, "group") for g in as_list(groups)]
    if not wanted or not kinds:
        raise NotFound("nothing to draw. Mend: name at least one indicator and one group.")
    frame = sql(
        "SELECT indicator, group_name, year, share_of_world, value, unit, world_value, states, states_with_data, lacking, vintage FROM group_years "
        "WHERE year_rule = $rule AND list_contains($indicators, indicator) AND list_contains($groups, group_name)",
        {"rule": year_rule, "indicators": wanted, "groups": kinds},
    )
    rank = {v: i for i, v in enumerate([*wanted, *kinds])}
    frame.insert(1, "label", frame.indicator.map(names).astype("string"))
    return frame.sort_values(["indicator", "group_name", "year"], key=lambda c: c if c.name == "year" else c.map(rank), kind="stable").reset_index(drop=True)


def _names(frame: pd.DataFrame) -> dict[str, str]:
    constant = int(frame[frame.group_name == "current_ten"].states.max()) if (frame.group_name == "current_ten").any() else 0
    numbers = {10: "ten"}
    return {
        "members": "members as of the year", "all_statuses": "all with a status, as of the year", "current_ten": f"today's {numbers.get(constant, constant)}, held constant",
        "founding_six": "the founding six, held constant",
    }  # fmt: skip


def _spread(ends: list[tuple[float, str]], gap: float) -> dict[str, float]:
    """Return where labels stand so that none covers another, each as near to its line as can be."""
    places: dict[str, float] = {}
    below = float("-inf")
    for at, name in sorted(ends):
        places[name] = max(at, below + gap)
        below = places[name]
    return places


def draw(indicators: Any = ("gdp_current", "population_total"), groups: Any = ("members", "all_statuses", "current_ten"), year_rule: str = "dec31") -> Any:
    """Return the chart: one panel an indicator, one line a group."""
    alt = library()
    frame = table(indicators, groups, year_rule)
    names = _names(frame)
    drawn = frame[frame.share_of_world.notna()]
    first, last = int(drawn.year.min()), int(drawn.year.max())
    panels, said = [], []
    for _, part in drawn.groupby("indicator", sort=False):
        label = part.label.iloc[0]
        top = float(part.share_of_world.max()) * 1.08
        rows = [
            {
                "group": r.group_name, "year": int(r.year), "share": float(r.share_of_world), "whole": not isinstance(r.lacking, str),
                "said": f"{names[r.group_name]}, {r.year}: {r.share_of_world:.1f} % of the world's, {r.states_with_data} of {r.states} states" + (f"; no figure of {r.lacking.replace('|', ', ')}" if isinstance(r.lacking, str) else ""),
            }
            for r in part.itertuples()
        ]  # fmt: skip
        latest = part.groupby("group_name", sort=False).last()
        shown = list(latest.index)
        places = _spread([(float(latest.share_of_world[g]), g) for g in shown], 17 * top / _HEIGHT)
        ends = [{"group": g, "year": int(latest.year[g]), "place": places[g], "text": f"{latest.share_of_world[g]:.1f} % {names[g]}"} for g in shown]
        x = alt.X("year:Q", title=None, scale=alt.Scale(domain=[first, last], nice=False), axis=alt.Axis(format="d", tickMinStep=1, grid=False))
        y = alt.Y("share:Q", title="% of the world's", scale=alt.Scale(domain=[0, top], nice=False), axis=alt.Axis(tickCount=6))
        colours = alt.Scale(domain=shown, range=[style.GROUP[g][0] for g in shown])
        colour = alt.Color("group:N", legend=None, scale=colours)
        dashes = alt.StrokeDash("group:N", legend=None, scale=alt.Scale(domain=shown, range=[style.GROUP[g][1] for g in shown]))
        base = alt.Chart(values(rows)).encode(x=x, y=y, color=colour, tooltip=alt.Tooltip("said:N", title="share"))
        layers = [base.mark_line(strokeWidth=2.2).encode(strokeDash=dashes), base.transform_filter("datum.whole").mark_point(filled=True, size=22, opacity=1)]
        if not all(r["whole"] for r in rows):
            layers.append(base.transform_filter("!datum.whole").mark_point(filled=True, size=46, fill="#ffffff", strokeWidth=1.6, opacity=1).encode(stroke=alt.Stroke("group:N", legend=None, scale=colours)))
        layers.append(alt.Chart(values(ends)).mark_text(align="left", dx=9, fontSize=style.TEXT).encode(x=x, y=alt.Y("place:Q", scale=alt.Scale(domain=[0, top], nice=False)), text="text:N", color=colour))
        panels.append(alt.layer(*layers).properties(width=_INNER, height=_HEIGHT, title=alt.TitleParams(text=label, anchor="start", fontSize=style.SUBTITLE + 1, color=style.INK)))
        said.append(f"{label}, {last}: {listed([e['text'] for e in ends])}")
    lacking = drawn[drawn.lacking.notna()]
    notes = [f"Members and all with a status: those that were {_RULES[year_rule]} of the year. A share is that of the states with a figure in the world's, by the same provider."]
    if len(lacking):
        without = sorted({s for text in lacking.lacking for s in text.split("|")})
        notes.append(f"Hollow points: years in which a figure of some state is lacking ({', '.join(without)}); such a state is left out, not counted as zero.")
    sources = sql("SELECT DISTINCT source_id FROM country_series WHERE list_contains($i, indicator)", {"i": list(dict.fromkeys(frame.indicator))}).source_id
    return framed(
        alt.vconcat(*panels, spacing=22), title="Share of the world, by group of states and year", alt=f"Lines from {first} to {last}, in per cent of the world's. {'. '.join(said)}.",
        notes=notes, tables=["group_years", "country_years"], series=list(sources),
    )  # fmt: skip
