"""Are the files of a copy, to the byte, what its descriptor says?"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .catalog import DESCRIPTOR, Catalog, current
from .errors import InvalidData, NotFound
from .files import is_folder, path_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["file", "state", "bytes", "bytes_declared", "hash", "hash_declared"]
#: How a file stands to the descriptor.
INTACT, DIFFERS, MISSING, UNREADABLE, STRAY = "as released", "differs", "missing", "unreadable", "not declared"


def hash_of(file: Path) -> str:
    """Return the hash of a file as a descriptor writes it."""
    if file.exists() and not file.is_file():
        # Who waits for a pipe waits for ever.
        raise OSError(f"{file} is no file")
    with file.open("rb") as handle:
        return "sha256:" + hashlib.file_digest(handle, "sha256").hexdigest()


def check_hash(file: Path, resource: dict[str, Any], source: str) -> None:
    """Raise InvalidData unless a file is, to the byte, what the descriptor says."""
    try:
        found = hash_of(file)
    except OSError as error:
        raise InvalidData(f"{source}: {resource['path']} cannot be read: {error}. Mend: download the release again.") from None
    if found != resource.get("hash"):
        raise InvalidData(
            f"{source}: {resource['path']}: its hash is {found[:19]}..., the descriptor has {str(resource.get('hash'))[:19]}... Mend: download "
            "the release again; `sco-data validate` on the unpacked folder names what differs."
        )


def _row(catalog: Catalog, resource: dict[str, Any]) -> tuple[Any, ...]:
    file = catalog.path(resource["name"])
    declared = resource.get("bytes"), resource.get("hash")
    try:
        size, found = file.stat().st_size, hash_of(file)
    except FileNotFoundError:
        return (resource["path"], MISSING, None, declared[0], None, declared[1])
    except OSError:
        return (resource["path"], UNREADABLE, None, declared[0], None, declared[1])
    return (resource["path"], INTACT if (size, found) == declared else DIFFERS, size, declared[0], found, declared[1])


def rows(path: Path | str | None = None) -> tuple[Catalog, list[tuple[Any, ...]]]:
    """Return the catalog of a copy, and what `verify` says of each of its files, without pandas."""
    if path is None:
        catalog = current()
    else:
        folder = path_of(path, "the folder")
        folder = folder.parent if folder.name == DESCRIPTOR else folder
        if not is_folder(folder):
            raise NotFound(f"there is no folder {folder}. Mend: give the folder that holds {DESCRIPTOR}, or unpack the archive: SHA256SUMS is for the archive itself.")
        catalog = Catalog(folder)
    found = [_row(catalog, r) for r in catalog.resources.values()]
    declared = {(catalog.folder / r["path"]).resolve() for r in catalog.resources.values()}
    # A table that the descriptor does not know is read by nobody, but somebody may take it for one of the release.
    stray = [f for f in sorted((catalog.folder / "data").rglob("*.csv")) if f.resolve() not in declared]
    return catalog, found + [_stray(catalog, f) for f in stray]


def _stray(catalog: Catalog, file: Path) -> tuple[Any, ...]:
    name = file.relative_to(catalog.folder).as_posix()
    try:
        return (name, STRAY, file.stat().st_size, None, hash_of(file), None)
    except OSError:
        # A pipe, a folder, a link to nothing.
        return (name, STRAY, None, None, None, None)


def verify(path: Path | str | None = None) -> pd.DataFrame:
    """Compare the files of the data with the hashes in their descriptor.

    What it finds whole is what was released, and needs no further check; whether data of one's own are right is what :func:`sco_data.validate` says. The descriptor
    itself is vouched for by SHA256SUMS of the release, and by the package index for an installed copy.

    Parameters
    ----------
    path : folder with ``datapackage.json``, or that file; without it the installed data.

    Returns
    -------
    pandas.DataFrame
        One row a file: ``file``, ``state`` (``as released``, ``differs``, ``missing``, ``unreadable``, ``not declared``), ``bytes``, ``bytes_declared``, ``hash``, ``hash_declared``.

    Raises
    ------
    NotFound : there is no such folder.
    InvalidData : the descriptor is missing or none of this project.

    >>> import sco_data as sco
    >>> set(sco.verify().state)
    {'as released'}
    """
    import pandas as pd

    catalog, found = rows(path)
    frame = pd.DataFrame(found, columns=COLUMNS).astype({c: "Int64" if c.startswith("bytes") else "string" for c in COLUMNS})
    frame.attrs = {"package": catalog.descriptor["name"], "version": catalog.version, "licence": catalog.descriptor["licenses"][0]["name"]}
    return frame
