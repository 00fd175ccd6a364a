"""What the pages read: the release's own files, and what is computed from them once, so that no rule is written a second time in the browser."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sco_data import cite, connect, views
from sco_data.catalog import DESCRIPTOR, Catalog
from sco_data.database import View
from sco_data.database import views as views_of
from sco_data.plot import style
from sco_data.plot.maps import places
from sco_data.provenance import plain, source_entry
from scripts.build.reconcile import text
from scripts.release.assets import content_hash

#: By this file a folder is known as a site.
NOTICE = "site.json"
#: A change is told by the status that a state holds, with what the overview says of it.
_HELD = ["iso3", "status", "since", "since_precision", "legal_status", "contested", "status_id"]


def _json(target: Path, value: Any) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str), encoding="utf-8", newline="\n")


def _csv(columns: list[str], rows: Iterable[tuple[Any, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([text(value) for value in row] for row in rows)
    return out.getvalue()


def _rows(con: Any, query: str, *params: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    found = con.execute(query, params)
    return [c[0] for c in found.description], found.fetchall()


def write(catalog: Catalog, site: Path) -> None:
    """Write the release's files, the views, and the parts of the large tables that one page needs."""
    for name in (DESCRIPTOR, "data/README.md", *(r["path"] for r in catalog.resources.values())):
        # Together, so that the descriptor is served beside what it describes.
        target = site / ("data/datapackage.json" if name == DESCRIPTOR else name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(catalog.folder / name, target)
    shutil.copyfile(catalog.folder / "CHANGELOG.md", site / "CHANGELOG.md")
    con = connect()
    _views(catalog, con, site)
    _days(catalog, con, site)
    _evidence(con, site)
    (site / "slices/economic_figures").mkdir(parents=True)
    for (iso3,) in con.execute("SELECT iso3 FROM members").fetchall():
        (site / f"slices/economic_figures/{iso3}.csv").write_text(_csv(*_rows(con, "FROM economic_figures WHERE subject_id = ?", iso3)), encoding="utf-8", newline="\n")


def _described(view: View, catalog: Catalog) -> dict[str, Any]:
    return {"name": view.name, "answers": view.answers, "columns": view.columns, "codes": view.code_lists, "is_macro": view.is_macro, "call": view.call, "sql": view.body.strip(), "types": {}, "uses": sorted(view.words & set(catalog.resources))}


def _views(catalog: Catalog, con: Any, site: Path) -> None:
    (site / "views").mkdir()
    described = []
    for name in views():
        said = _described(views_of()[name], catalog)
        if not said["is_macro"] and name not in catalog.resources:
            columns, rows = _rows(con, f"FROM {name}")
            said |= {"path": f"views/{name}.csv.gz", "rows": len(rows), "types": {r[0]: r[1] for r in con.execute(f"DESCRIBE {name}").fetchall()}}
            # The day of making is left out, or no two builds would be the same.
            (site / said["path"]).write_bytes(gzip.compress(_csv(columns, rows).encode(), mtime=0))
        described.append(said)
    _json(site / "views/views.json", described)


def _days(catalog: Catalog, con: Any, site: Path) -> None:
    """Write who held what since each day on which anything changed, as status_on has it."""
    first, last = catalog.coverage()
    days = [d for (d,) in con.execute("SELECT DISTINCT unnest([start_date, end_date]) AS day FROM spells ORDER BY day").fetchall() if d is not None and first <= d <= last]
    held = [(day, con.execute(f"SELECT {', '.join(_HELD)} FROM status_on(?)", [day]).fetchall()) for day in days]
    _json(site / "days.json", {
        "first_day": first, "last_day": last, "names": dict(con.execute("SELECT iso3, name FROM members").fetchall()),
        "statuses": dict(con.execute("SELECT code, label FROM codes WHERE code_list = 'status' ORDER BY position").fetchall()),
        "letters": style.LETTERS, "tiles": [[iso3, *place] for iso3, place in places([iso3 for (iso3,) in con.execute("SELECT iso3 FROM members").fetchall()]).items()], "changes": [{"day": day, "held": [dict(zip(_HELD, row)) for row in rows]} for day, rows in held],
    })  # fmt: skip


def _evidence(con: Any, site: Path) -> None:
    columns, rows = _rows(con, "SELECT * EXCLUDE (span_sha256) FROM evidence ORDER BY table_name, row_id, field_name, relation DESC, source_id")
    of = defaultdict(list)
    for row in rows:
        of[row[columns.index("table_name")]].append(row)
    (site / "evidence").mkdir()
    for table, said in of.items():
        (site / f"evidence/{table}.csv").write_text(_csv(columns, said), encoding="utf-8", newline="\n")
    _json(site / "evidence/tables.json", sorted(of))
    columns, rows = _rows(con, "FROM sources")
    _json(site / "citations.json", {source["source_id"]: plain(source_entry(source)) for source in (dict(zip(columns, row)) for row in rows)})


def write_about(catalog: Catalog, site: Path, libraries: list[dict[str, str]]) -> None:
    """Write how to cite, and with what the site was made."""
    # The client's own words, with places for table and row.
    row = cite().replace(f"Version {catalog.version}.", f"Version {catalog.version}, table {{table}}, row {{row}}.")
    _json(site / NOTICE, {"name": catalog.descriptor["name"], "version": catalog.version, "content": content_hash(catalog), "cite": cite(), "bibtex": cite(style="bibtex"), "cite_row": row, "libraries": libraries})
