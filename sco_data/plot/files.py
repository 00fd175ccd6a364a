"""Charts as files: PNG, SVG, a page that needs no network, the specification."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ..errors import ScoDataError, UsageError, near, shown
from ..files import is_folder, path_of, write_whole
from .frame import library

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<meta name="description" content="{alt}">
<script>{bundle}</script>
</head>
<body>
<div id="plot"></div>
<noscript><p>{alt}</p><p>{source}</p></noscript>
<script type="application/json" id="specification">{specification}</script>
<script>
vegaEmbed("#plot", JSON.parse(document.getElementById("specification").textContent), {{actions: {{export: true, source: false, compiled: false, editor: false}}}});
</script>
</body>
</html>
"""


def _converter() -> tuple[Any, str]:
    """Return vl-convert, and the version of Vega-Lite that the charts are written in."""
    try:
        import vl_convert
    except ImportError:
        raise ScoDataError("plots as files need vl-convert. Mend: pip install 'sco-data[plot]'.") from None
    version = ".".join(library().SCHEMA_VERSION.lstrip("v").split(".")[:2])
    known = list(vl_convert.get_vegalite_versions())
    if version not in known:
        raise ScoDataError(f"this vl-convert knows Vega-Lite {known[0]} to {known[-1]}, and this altair writes {version}. Mend: pip install --upgrade altair vl-convert-python.")
    return vl_convert, version


def _png(chart: Any, scale: float) -> bytes:
    converter, version = _converter()
    return bytes(converter.vegalite_to_png(chart.to_dict(), vl_version=version, scale=scale))


def _svg(chart: Any, scale: float) -> bytes:
    converter, version = _converter()
    for prefix, space in (("", "http://www.w3.org/2000/svg"), ("xlink", "http://www.w3.org/1999/xlink")):
        ElementTree.register_namespace(prefix, space)
    specification = chart.to_dict()
    root = ElementTree.fromstring(converter.vegalite_to_svg(specification, vl_version=version))
    # The converter leaves out what a browser would say of the picture.
    root.set("role", "img")
    root.set("aria-label", str(specification.get("description", "")))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _html(chart: Any, scale: float) -> bytes:
    # Altair's own page, and vl-convert's, end their script at a "</script>" in the data.
    converter, version = _converter()
    specification = chart.to_dict()
    said = {key: str(specification.get("usermeta", {}).get(key, "")) for key in ("title", "alt", "source")}
    text = json.dumps(specification, ensure_ascii=False).replace("<", "\\u003c")
    page = _PAGE.format(bundle=converter.javascript_bundle(vl_version=version), specification=text, **{key: html.escape(t) for key, t in said.items()})
    return page.encode("utf-8")


def _json(chart: Any, scale: float) -> bytes:
    return (json.dumps(chart.to_dict(), indent=2, ensure_ascii=False) + "\n").encode("utf-8")


FORMATS: dict[str, Callable[[Any, float], bytes]] = {"png": _png, "svg": _svg, "html": _html, "json": _json}


def form(target: Path, format: str | None) -> str:
    """Return the form that a file's suffix means, or that is asked for."""
    if format is not None:
        if not isinstance(format, str) or format not in FORMATS:
            raise UsageError(f"no format {shown(format)}.{near(format, FORMATS)} Mend: one of {', '.join(FORMATS)}.")
        return format
    name = target.suffix.lower().lstrip(".")
    if name not in FORMATS:
        raise UsageError(f"no format is known for {target.name!r}. Mend: end the name with {', '.join(f'.{f}' for f in FORMATS)}, or give the format.")
    return name


def write(chart: Any, target: Path | str, format: str | None, scale: float) -> Path:
    """Write a chart to a file; what is there is replaced when all of it is written."""
    target = path_of(target, "a file")
    name = form(target, format)
    if not isinstance(scale, (int, float)) or not 0.1 <= scale <= 10:
        raise UsageError(f"the scale {shown(scale)} is none. Mend: give a number from 0.1 to 10; 2 is for print.")
    body = FORMATS[name](chart, float(scale))
    if is_folder(target):
        raise UsageError(f"{target} is a folder. Mend: give a file in it.")
    return write_whole(target, body)
