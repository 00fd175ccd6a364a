"""What every picture has: title, alternative text, source line, version, licence, fonts."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..catalog import current, with_catalog
from ..errors import NotFound, ScoDataError, UsageError, near, shown
from ..frames import sql
from . import style

if TYPE_CHECKING:
    import pandas as pd


def library() -> Any:
    """Return Altair, which is imported only when a plot is drawn."""
    try:
        import altair
    except ImportError:
        raise ScoDataError("plots need altair. Mend: pip install 'sco-data[plot]'.") from None
    return altair


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as JSON has them: days as text, nothing as null."""
    plain = frame.copy()
    for column in plain.columns:
        if str(plain[column].dtype).startswith("datetime"):
            plain[column] = plain[column].dt.strftime("%Y-%m-%d")
    rows: list[dict[str, Any]] = json.loads(plain.to_json(orient="records"))
    return rows


def values(rows: Iterable[dict[str, Any]] | pd.DataFrame) -> Any:
    """Return rows as the data of a chart."""
    return library().Data(values=list(rows) if not hasattr(rows, "columns") else records(rows))


@with_catalog
def labels(code_list: str) -> dict[str, str]:
    """Return the label of each code of a list, in its order."""
    found = sql("SELECT code, label FROM codes WHERE code_list = ? ORDER BY position", [code_list])
    return dict(zip(found.code, found.label))


def one_of(value: Any, known: Iterable[str], what: str) -> str:
    """Return a value if it is known; raise UsageError if not."""
    known = list(known)
    if not isinstance(value, str) or value not in known:
        raise UsageError(f"no {what} {shown(value)}.{near(value, known)} Mend: one of {', '.join(known)}.")
    return value


def found(value: Any, known: dict[str, str], what: str) -> str:
    """Return the code that is meant by a code or its label; raise NotFound if it is none."""
    sought = (value if isinstance(value, str) else shown(value)).casefold()
    for code, label in known.items():
        if sought in (code.casefold(), label.casefold()):
            return code
    hint = near(sought, [*known, *known.values()])
    raise NotFound(f"no {what} {shown(value)}.{hint} Mend: one of {', '.join(f'{c} ({label})' for c, label in known.items())}.")


def as_list(value: Any) -> list[Any]:
    """Return one value or several as a list."""
    if value is None:
        return []
    return list(value) if hasattr(value, "__iter__") and not isinstance(value, str) else [value]


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def wrapped(texts: Iterable[str], size: int) -> list[str]:
    """Return texts in lines that fit the width of a picture, by the usual width of a letter of that size."""
    return [line for text in texts for line in textwrap.wrap(text, int(style.WIDTH / (0.52 * size)))]


def licence() -> str:
    return str(current().descriptor["licenses"][0]["name"]).replace("CC-BY-", "CC BY ")


def source_of(source_ids: Sequence[str]) -> str:
    """Return how series that were taken over whole are named: author or publisher, title, edition, licence."""
    if not source_ids:
        return ""
    frame = sql(
        "SELECT concat_ws(', ', authors, title, publisher, 'edition of ' || CAST(published_on AS VARCHAR)) || ' (' || replace(licence, 'CC-BY-', 'CC BY ') || ')' AS said "
        "FROM sources WHERE series AND list_contains($ids, source_id) ORDER BY source_id",
        {"ids": list(source_ids)},
    )
    return "; ".join(frame.said)


def framed(body: Any, *, title: str, alt: str, tables: Sequence[str], subtitle: Sequence[str] = (), notes: Sequence[str] = (), series: Sequence[str] = ()) -> Any:
    """Return a chart with title, notes, source line, version and licence around it.

    Parameters
    ----------
    body : the chart.
    title : what is shown, without a reading of it.
    alt : what the picture says, for those who do not see it.
    tables : the tables and views that it was drawn from.
    subtitle, notes : above and beneath the picture, a text each; broken into lines here.
    series : sources of series that were taken over whole.
    """
    library_ = library()
    name = str(current().descriptor["title"]).partition(":")[0]
    given = source_of(series)
    source = f"{name} {current().version} ({licence()}). From {listed(list(tables))}; sources in evidence." + (f" Series: {given}." if given else "")
    body = body.properties(
        title=library_.TitleParams(
            text=wrapped([*notes, f"Source: {source}"], style.SMALL), orient="bottom", anchor="start", fontSize=style.SMALL, fontWeight="normal",
            color=style.MUTED, offset=12, lineHeight=15, frame="bounds",
        )
    )  # fmt: skip
    return (
        library_.vconcat(body)
        .properties(
            title=library_.TitleParams(
                text=wrapped([title], style.TITLE), subtitle=wrapped(subtitle, style.SUBTITLE) or library_.Undefined, anchor="start", fontSize=style.TITLE, subtitleFontSize=style.SUBTITLE,
                color=style.INK, subtitleColor=style.MUTED, offset=14, lineHeight=22, subtitleLineHeight=17, subtitlePadding=6,
            ),
            description=alt,
            usermeta={"alt": alt, "source": source, "version": current().version, "licence": licence(), "title": title},
            background="#ffffff",
            padding=12,
        )
        .configure(font=style.FONT)
        .configure_axis(
            labelFontSize=style.TEXT, titleFontSize=style.TEXT, titleFontWeight="normal", labelColor=style.INK, titleColor=style.MUTED, gridColor="#e6e8ec",
            domainColor=style.LINE, tickColor=style.LINE, labelLimit=330,
        )
        .configure_legend(labelFontSize=style.TEXT, titleFontSize=style.TEXT, labelColor=style.INK, titleColor=style.MUTED, titleFontWeight="normal", labelLimit=330, symbolLimit=0)
        .configure_header(labelFontSize=style.SUBTITLE, labelColor=style.INK, titleColor=style.MUTED)
        .configure_view(stroke=None)
    )  # fmt: skip
