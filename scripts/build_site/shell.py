"""The pages around the content: the libraries of the front end, the theme, and the first view, drawn before anybody asks."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from sco_data.catalog import Catalog
from sco_data.errors import InvalidData
from sco_data.plot import style

SOURCE = Path(__file__).resolve().parents[2] / "explorer"
#: Package of the npm registry -> its files that are used, and how they are called here.
_VENDORED = {
    "d3-dsv": {"dist/d3-dsv.min.mjs": "d3-dsv.js"},
    "ag-grid-community": {"dist/ag-grid-community.min.noStyle.js": "ag-grid-community.js"},
    # For the pictures: as wide as the letters by which they were laid out.
    "@fontsource/arimo": {f"files/arimo-latin-{weight}-normal.woff2": f"arimo-{weight}.woff2" for weight in (400, 700)},
}
#: Page -> its label, in the order of the navigation.
_PAGES = {"": "overview", "states": "states", "summits": "summits", "documents": "documents", "projects": "projects", "positions": "positions", "readings": "readings", "figures": "figures", "tables": "tables", "codebook": "codebook", "about": "about"}


def _run(command: list[str], folder: Path, mend: str, given: str | None = None) -> str:
    program = shutil.which(command[0])
    if program is None:
        raise InvalidData(f"the site needs {command[0]}. Mend: install Node.js 20 or newer.")
    done = subprocess.run([program, *command[1:]], cwd=folder, input=given, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise InvalidData(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-600:]} Mend: {mend}.")
    return done.stdout


def libraries(scratch: Path, site: Path) -> list[dict[str, str]]:
    """Install what explorer/package-lock.json pins, put it beside the pages with its licences, and return what it is."""
    installed = scratch / "npm"
    installed.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(SOURCE / name, installed / name)
    _run(["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], installed, "see that the npm registry is reached, and that explorer/package-lock.json is as committed")
    (site / "vendor").mkdir()
    said = []
    for package, files in _VENDORED.items():
        folder = installed / "node_modules" / package
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        for file, name in files.items():
            shutil.copyfile(folder / file, site / "vendor" / name)
        licence = next(f for f in sorted(folder.iterdir()) if f.name.lower().startswith("license"))
        shutil.copyfile(licence, site / "vendor" / f"{package.rpartition('/')[2]}.LICENSE.txt")
        said.append({"name": package, "version": about["version"], "licence": about["license"]})
    return said


def _theme() -> str:
    colours = [f"--ink: {style.INK}; --muted: {style.MUTED}; --line: {style.LINE};"]
    rules = [f":root {{ {' '.join(colours)} }}"]
    for status, (fill, text) in style.STATUS.items():
        rules.append(f".tile.{status} rect {{ fill: {fill}; }} .tile.{status} text {{ fill: {text}; }} .key.{status} {{ background: {fill}; color: {text}; }}")
    rules += [f".vote.{vote} {{ background: {fill}; color: {text}; }}" for vote, (fill, text) in style.VOTE.items()]
    return "\n".join(rules) + "\n"


def pages(catalog: Catalog, site: Path) -> None:
    """Write the page, its scripts and its styles."""
    for file in sorted(SOURCE.rglob("*")):
        inner = file.relative_to(SOURCE)
        if file.is_file() and file.suffix in (".js", ".mjs", ".css") and inner.parts[0] != "node_modules":
            (site / inner).parent.mkdir(exist_ok=True)
            shutil.copyfile(file, site / inner)
    # What makes modules of the scripts for Node.js; a browser asks nobody.
    shutil.copyfile(SOURCE / "package.json", site / "package.json")
    (site / "theme.css").write_text(_theme(), encoding="utf-8", newline="\n")
    labels: dict[str, Any] = json.loads((SOURCE / "labels.json").read_text(encoding="utf-8"))
    days = json.loads((site / "days.json").read_text(encoding="utf-8"))
    first = _run(["node", "prerender.mjs"], site, "see which script of explorer/ it names", json.dumps({"labels": labels, "days": days}))
    for name in ("prerender.mjs", "package.json"):
        (site / name).unlink()
    nav = "".join(f'<li><a href="#/{page}">{html.escape(labels[label])}</a></li>' for page, label in _PAGES.items())
    # In a script element only its end can end it.
    given = {"first": first, "nav": nav, "labels": json.dumps(labels, ensure_ascii=False).replace("<", "\\u003c"), "version": html.escape(catalog.version)}
    template = (SOURCE / "index.html").read_text(encoding="utf-8")
    page = re.sub(r"\{\{(\w+)\}\}", lambda m: given[m[1]] if m[1] in given else html.escape(labels[m[1]]), template)
    (site / "index.html").write_text(page, encoding="utf-8", newline="\n")
