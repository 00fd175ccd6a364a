"""Who is named in support of the Belt and Road in which text: state by declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import names
from ..errors import NotFound
from ..frames import sql
from . import style
from .frame import as_list, framed, labels, library, listed, values

if TYPE_CHECKING:
    import pandas as pd

_LETTERS = {"named_in_support": "N", "initiator": "I", "blanket": "B", "not_named": "X", "not_member": "–", "unknown": "?"}
_CELL = 33

# A member of which nothing was found is unknown, unless the text speaks of the members without naming any; a state that acceded on the day was none yet.
_MATRIX = """
WITH texts AS (
    SELECT b.document_id, b.title, b.adopted_on, b.body, b.form, b.basis FROM bri_support b
), said AS (
    SELECT document_id, actor_id AS iso3, min(role) AS role FROM document_parties WHERE provision = 'belt_and_road' AND role <> 'blanket' GROUP BY ALL
), states AS (
    SELECT DISTINCT m.iso3, m.name FROM members m JOIN statuses s ON s.iso3 = m.iso3 AND s.status = 'member' AND s.start_date <= (SELECT max(adopted_on) FROM texts)
)
SELECT t.adopted_on, t.body, t.document_id, t.title, t.basis, s.iso3, s.name,
       CASE WHEN d.role IS NOT NULL THEN d.role WHEN m.status_id IS NULL THEN 'not_member' WHEN t.form = 'blanket' THEN 'blanket' ELSE 'unknown' END AS role
FROM texts t
CROSS JOIN states s
LEFT JOIN said d ON d.document_id = t.document_id AND d.iso3 = s.iso3
LEFT JOIN statuses m ON m.iso3 = s.iso3 AND m.status = 'member' AND m.start_date < t.adopted_on AND (m.end_date IS NULL OR m.end_date > t.adopted_on)
ORDER BY t.adopted_on, t.document_id, s.name
"""


def _labels() -> dict[str, str]:
    return {role: label for role, label in labels("party_role").items() if role in _LETTERS} | {"unknown": "Not known"}


def _long(states: Any) -> pd.DataFrame:
    frame = sql(_MATRIX)
    wanted = [names.resolve(s) for s in as_list(states)]
    other = next((iso3 for iso3 in wanted if iso3 not in set(frame.iso3)), None)
    if other is not None:
        raise NotFound(f"{other} was no member when such a text was adopted. Mend: of {', '.join(sorted(set(frame.iso3)))}.")
    return frame[frame.iso3.isin(wanted)].reset_index(drop=True) if wanted else frame


def table(states: Any = None) -> pd.DataFrame:
    """Return the matrix that the plot draws: a row a text, a column a state."""
    frame = _long(states)
    named = _labels()
    texts = frame[["document_id", "adopted_on", "body", "title", "basis"]].drop_duplicates().set_index("document_id")
    wide = frame.assign(role=frame.role.map(lambda r: named.get(r, r)).astype("string")).pivot(index="document_id", columns="name", values="role")
    return texts.join(wide).reset_index()


def draw(states: Any = None) -> Any:
    """Return the chart."""
    alt = library()
    frame = _long(states)
    named = _labels()
    body = {"chs": "heads of state", "chg": "heads of government"}
    frame["text"] = [f"{str(r.adopted_on)[:10]} {body.get(r.body, r.body)}" for r in frame.itertuples()]
    # Two texts of one day and body are told apart by what else is in their identifier.
    twice = frame.drop_duplicates("document_id").groupby("text").document_id.transform("size").reindex(frame.index).ffill()
    frame["text"] = [f"{text} ({title[:12].strip()} …)" if n > 1 else text for text, title, n in zip(frame.text, frame.title, twice)]
    texts, order = list(dict.fromkeys(frame.text)), sorted(set(frame.name))
    rows = [
        {"text": r.text, "name": r.name, "letter": _LETTERS.get(r.role, r.role[0].upper()), "fill": style.SUPPORT.get(r.role, ("#ffffff", ""))[0], "ink": style.SUPPORT.get(r.role, ("", style.INK))[1],
         "said": f"{r.name}: {named.get(r.role, r.role).lower()} in {r.title} ({str(r.adopted_on)[:10]})"}
        for r in frame.itertuples()
    ]  # fmt: skip
    x = alt.X("name:N", title=None, scale=alt.Scale(domain=order, padding=0), axis=alt.Axis(orient="top", labelAngle=-45, ticks=False, domain=False, labelPadding=6))
    y = alt.Y("text:N", title=None, scale=alt.Scale(domain=texts, padding=0), axis=alt.Axis(ticks=False, domain=False, labelPadding=8))
    base = alt.Chart(values(rows)).encode(x=x, y=y, tooltip=alt.Tooltip("said:N", title="state"))
    chart = alt.layer(
        base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(color=alt.Color("fill:N", scale=None)),
        base.mark_text(fontSize=style.SUBTITLE, fontWeight="bold").encode(text="letter:N", color=alt.Color("ink:N", scale=None)),
    ).properties(width=50 * len(order), height=(_CELL - 8) * len(texts))
    present = [role for role in _LETTERS if role in set(frame.role)]
    meaning = {
        "named_in_support": "named in support", "initiator": "the state whose initiative it is", "blanket": "blanket: the text speaks of the members without naming any", "not_named": "a member that is not named",
        "not_member": "not yet a member, or acceded on that day", "unknown": "not known: no copy of the list was found",
    }  # fmt: skip
    never = [name for name, part in frame.groupby("name") if "not_named" in set(part.role) and not {"named_in_support"} & set(part.role)]
    listing = frame[frame.role == "named_in_support"].document_id.nunique()
    alt_text = f"Matrix of {frame.name.nunique()} states by {len(texts)} texts from {texts[0][:10]} to {texts[-1][:10]}. {listing} texts list states in support." + (f" Never named where members are listed: {listed(never)}." if never else "")
    return framed(
        chart, title="Named in support of the Belt and Road Initiative, by state and text",
        subtitle=["  ".join(f"{_LETTERS[r]} {meaning[r]};" for r in present).rstrip(";") + "."], alt=alt_text,
        notes=["Texts without a row were not found to have the paragraph, or could not be read so far. The matrix says who is named, not why."], tables=["bri_support", "document_parties", "statuses"],
    )  # fmt: skip
