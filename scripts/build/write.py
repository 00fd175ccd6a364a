"""Write the release beside the old one, then put it in its place."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

from sco_data import database
from sco_data.catalog import DESCRIPTOR, Catalog

from .reconcile import Tables, split_dates, text


def write_csv(path: Path, columns: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_tables(tables: Tables, catalog: Catalog) -> None:
    """Write each table that the seeds make, sorted by its key, columns in contract order."""
    for name, resource in catalog.resources.items():
        if resource["madeFrom"] == "view":
            continue
        columns = [f["name"] for f in catalog.fields(name)]
        keys = catalog.key(name)
        rows = [split_dates(row) for row in tables.rows[name].values()]
        rows.sort(key=lambda row: [text(row.get(k)) for k in keys] if name != "codes" else [row["code_list"], row["position"]])
        write_csv(catalog.path(name), columns, [[text(row.get(c)) for c in columns] for row in rows])


def write_views(catalog: Catalog) -> None:
    """Write the generated panels with the very views that the client runs."""
    for name, resource in catalog.resources.items():
        if resource["madeFrom"] == "view":
            columns = [f["name"] for f in catalog.fields(name)]
            query = f"SELECT {', '.join(columns)} FROM {name} ORDER BY {', '.join(catalog.key(name))}"
            rows = database.run(query, catalog=catalog).fetchall()
            write_csv(catalog.path(name), columns, [[text(value) for value in row] for row in rows])


def fill_codes(descriptor: dict[str, Any], codes: list[dict[str, Any]]) -> None:
    """Fill `enum` and `categories` of every field that names a code list."""
    for resource in descriptor["resources"]:
        for field in resource["schema"]["fields"]:
            if "codeList" in field:
                only = field.get("codeSubset")
                rows = [c for c in codes if c["code_list"] == field["codeList"] and (only is None or c["code"] in only)]
                field["constraints"] = {k: v for k, v in field.get("constraints", {}).items() if k != "enum"}
                field["constraints"]["enum"] = [c["code"] for c in rows]
                field["categories"] = [{"value": c["code"], "label": c["label"]} for c in rows]


#: Tables that cover what another covers, because they are made from it or speak of its rows.
_COVERED_AS = {
    "members": "statuses", "country_years": "statuses", "group_years": "statuses", "summit_attendance": "summits", "document_parties": "documents",
    "project_participants": "projects", "event_participants": "events", "roll_call_votes": "roll_calls", "roll_call_issues": "roll_calls",
}  # fmt: skip


def fill_coverage(descriptor: dict[str, Any]) -> None:
    """Fill in the days that a table takes over from another, so that people write them once."""
    written = {r["name"]: r.get("coverage") for r in descriptor["resources"]}
    for resource in descriptor["resources"]:
        days = written.get(_COVERED_AS.get(resource["name"], ""))
        if days:
            resource["coverage"] = dict(days)


def fill_counts(descriptor: dict[str, Any], folder: Path) -> None:
    """Fill in what is counted: hash, bytes and rows of every file."""
    for resource in descriptor["resources"]:
        body = (folder / resource["path"]).read_bytes()
        resource["hash"] = "sha256:" + hashlib.sha256(body).hexdigest()
        resource["bytes"] = len(body)
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as handle:
            resource["rowCount"] = sum(1 for _ in csv.reader(handle)) - 1


def dump(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


#: What a build replaces, all together.
RELEASE = ("data", "metadata", "CITATION.cff", DESCRIPTOR)
