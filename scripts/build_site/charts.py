"""The pictures of the pages, each with what it says in words and the table behind it."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

from sco_data import plot

#: What is drawn: the rest of sco.plot the pages show as tables.
_CHARTS = ("timeline", "weight", "projects", "votes")


def _with_letters(file: Path, vendor: Path) -> str:
    """Return a picture with the letters in it: it was laid out by Liberation Sans, and is cut where a browser has wider ones in their place."""
    faces = "".join(
        f"@font-face{{font-family:'Liberation Sans';font-weight:{weight};src:url(data:font/woff2;base64,{base64.b64encode((vendor / f'arimo-{weight}.woff2').read_bytes()).decode()})}}"
        for weight in (400, 700)
    )
    return re.sub(r"(<svg[^>]*>)", rf"\1<style>{faces}</style>", file.read_text(encoding="utf-8"), count=1)


def write(site: Path) -> None:
    """Draw every picture as SVG, with its words and its table."""
    (site / "charts").mkdir()
    for name in _CHARTS:
        chart = getattr(plot, name)()
        file = site / f"charts/{name}.svg"
        plot.save(chart, file)
        behind = plot.table(name)
        behind.to_csv(site / f"charts/{name}.csv", index=False, lineterminator="\n")
        lines = [line.split("\t") for line in behind.to_csv(index=False, sep="\t", lineterminator="\n").splitlines()]
        drawn = _with_letters(file, site / "vendor")
        file.write_text(drawn, encoding="utf-8", newline="\n")
        width, height = re.search(r'<svg[^>]* width="([\d.]+)"[^>]* height="([\d.]+)"', drawn).groups()  # type: ignore[union-attr]
        said = {"title": chart.usermeta["title"], "alt": chart.usermeta["alt"], "width": width, "height": height, "columns": lines[0], "rows": lines[1:]}
        (site / f"charts/{name}.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8", newline="\n")
