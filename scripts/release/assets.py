"""What a release consists of: each file is made the same again, byte by byte, by the same tools; but for the DuckDB file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import duckdb

from sco_data.catalog import DESCRIPTOR, Catalog
from sco_data.errors import InvalidData
from sco_data.formats import export
from scripts.build.reconcile import text
from scripts.build.write import write_csv

#: The downloads: the same names in every release, so that a link to the latest stays good.
CSV, PARQUET, DUCKDB, SITE = "sco-data-csv.zip", "sco-data-parquet.zip", "sco-data.duckdb", "sco-data-site.zip"
SUMS, NOTICE = "SHA256SUMS", "release.json"
#: What an archive of CSV files may weigh.
LARGEST = 2_000_000
#: Beside the tables in the CSV archive: what points to them by relative addresses has to lie there.
_BESIDE = ("CITATION.cff", "LICENSE-data", "CHANGELOG.md", "metadata/croissant.json", "metadata/schema-org.jsonld")
#: Files of their own, which would make the archive too heavy.
_LOOSE = ("metadata/sources.bib", "metadata/codebook.csv")
#: Whose versions decide the bytes.
_TOOLS = ("duckdb", "hatchling", "build", "pyarrow", "sqlalchemy")


def created(catalog: Catalog) -> dt.datetime:
    return dt.datetime.fromisoformat(catalog.descriptor["created"])


def write_zip(target: Path, members: Iterable[tuple[str, Path]], day: dt.datetime, compressed: bool = True) -> None:
    """Write an archive whose bytes depend on names, contents and the day alone."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, file in sorted(members):
            member = zipfile.ZipInfo(name, day.timetuple()[:6])
            member.create_system, member.external_attr = 3, 0o644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
            archive.writestr(member, file.read_bytes(), compresslevel=9)


def csv_archive(catalog: Catalog, folder: Path) -> None:
    """The CSV files under their descriptor, with the views of this version, so that its answers can be had again."""
    root = catalog.folder
    names = [DESCRIPTOR, "data/README.md", *(r["path"] for r in catalog.resources.values()), *_BESIDE]
    members = [(name, root / name) for name in names] + [(f"views/{f.name}", f) for f in catalog.views_folder.glob("*.sql")]
    write_zip(folder / CSV, members, created(catalog))
    size = (folder / CSV).stat().st_size
    if size >= LARGEST:
        raise InvalidData(f"{CSV} has {size:,} bytes, and may have {LARGEST:,}. Mend: see which table grew, or raise the limit in scripts/release/assets.py.")


def parquet_archive(catalog: Catalog, folder: Path, scratch: Path) -> None:
    made = export(scratch / "parquet", format="parquet")
    write_zip(folder / PARQUET, [(f.name, f) for f in made.iterdir()], created(catalog), compressed=False)


def duckdb_file(catalog: Catalog, folder: Path) -> None:
    export(folder / DUCKDB)
    if content_of(folder / DUCKDB, catalog) != content_hash(catalog):
        raise InvalidData(f"{DUCKDB} does not hold what the CSV files hold. Mend: see which table differs: it is a fault of the export.")


def content_hash(catalog: Catalog) -> str:
    """Return the hash of the hashes of the tables, as the descriptor has them."""
    return _of_hashes({name: r["hash"] for name, r in catalog.resources.items()})


def content_of(database: Path, catalog: Catalog) -> str:
    """Return the same hash, from the rows of a DuckDB file: its tables written again as the build writes them."""
    hashes = {}
    if not database.is_file():
        raise InvalidData(f"there is no {database}. Mend: give the DuckDB file of a release.")
    with duckdb.connect(str(database), read_only=True) as con:
        for name in catalog.resources:
            columns = [f["name"] for f in catalog.fields(name)]
            rows = con.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall()
            beside = database.with_name(f".{name}.csv")
            try:
                write_csv(beside, columns, [[text(value) for value in row] for row in rows])
                hashes[name] = "sha256:" + hashlib.sha256(beside.read_bytes()).hexdigest()
            finally:
                beside.unlink(missing_ok=True)
    return _of_hashes(hashes)


def _of_hashes(hashes: dict[str, str]) -> str:
    return "sha256:" + hashlib.sha256("".join(f"{h} {name}\n" for name, h in sorted(hashes.items())).encode()).hexdigest()


def site_archive(catalog: Catalog, site: Path, folder: Path) -> None:
    """The explorer: unpack it where a server finds it, or give it to `sco-data browse`."""
    write_zip(folder / SITE, [(f.relative_to(site).as_posix(), f) for f in site.rglob("*") if f.is_file()], created(catalog))


def distributions(catalog: Catalog, folder: Path, scratch: Path, site: Path | None = None) -> None:
    """Build wheel and sdist with the tools of this environment, whose versions are recorded."""
    # hatch_build.py puts the site into the wheel. What the tools leave when they are stopped goes with the scratch folder.
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(created(catalog).timestamp())), "SCO_DATA_SITE": str(site or ""), "TMPDIR": str(scratch), "TEMP": str(scratch)}
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(catalog.folder)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment)
    if done.returncode:
        raise InvalidData(f"the wheel cannot be built: {(done.stderr or done.stdout).strip()[-600:]} Mend: pip install -e '.[release]'.")


def metadata(catalog: Catalog, folder: Path) -> None:
    for name in _LOOSE:
        (folder / Path(name).name).write_bytes((catalog.folder / name).read_bytes())


def notice(catalog: Catalog, folder: Path, commit: str) -> None:
    """Write what the release is, and with what it was made."""
    said = {
        "name": catalog.descriptor["name"], "version": catalog.version, "created": catalog.descriptor["created"], "commit": commit,
        "licence": catalog.descriptor["licenses"][0]["name"], "duckdb_content": content_hash(catalog),
        "tools": {"python": platform.python_version(), "zlib": zlib.ZLIB_RUNTIME_VERSION, **{tool: version(tool) for tool in _TOOLS}},
    }  # fmt: skip
    (folder / NOTICE).write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def sums(folder: Path) -> None:
    """Write the checksums, in the form that `sha256sum --check` reads."""
    lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in sorted(folder.iterdir())]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
