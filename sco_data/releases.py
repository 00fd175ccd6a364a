"""Other versions of the data: a folder, a release zip or a wheel, asked with the whole client."""

from __future__ import annotations

import re
import weakref
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, TYPE_CHECKING, Generic, ParamSpec, TypeVar

from . import annotation, catalog, database, formats, frames, integrity, plot, provenance, records, validation
from .annotation import spark
from .archives import DAMAGES, open_zip
from .catalog import DESCRIPTOR, Catalog, installed, numbers, using
from .database import LARGEST_VIEW, MOST_VIEWS
from .descriptor import LARGEST
from .errors import InvalidData, NotFound, UsageError
from .files import close_scratch, is_file, is_folder, open_scratch, path_of
from .integrity import check_hash

if TYPE_CHECKING:
    import duckdb

P = ParamSpec("P")
R = TypeVar("R")

#: A table that unpacks to more is none of ours, and so are all tables together; so far the largest has 5 MB, and all have 16 MB.
LARGEST_TABLE, LARGEST_RELEASE = 500_000_000, 1_000_000_000


class _Verb(Generic[P, R]):
    """A function of the package as a method that asks the version that is open."""

    def __init__(self, function: Callable[P, R]):
        self.function = function

    def __get__(self, release: Release | Plots | None, owner: type[Release] | type[Plots]) -> Callable[P, R]:
        if release is None:
            return self.function

        @wraps(self.function)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            with using(release.catalog):
                return self.function(*args, **kwargs)

        return asked


class Plots:
    """The plots of the package, of the version that is open."""

    timeline = _Verb(plot.timeline)
    map = _Verb(plot.map)
    weight = _Verb(plot.weight)
    bri = _Verb(plot.bri)
    votes = _Verb(plot.votes)
    projects = _Verb(plot.projects)
    table = _Verb(plot.table)
    # What is drawn is written as it is.
    save = staticmethod(plot.save)

    def __init__(self, release: Release):
        self._release = release

    @property
    def catalog(self) -> Catalog:
        return self._release.catalog


class Release:
    """One version of the data with every verb of the package: ``release.members(on=...)``, ``release.sql(...)`` and so on.

    A context manager: what was unpacked goes when it is closed, or when nobody holds it or a connection of it any more. After ``close()`` a
    connection finds no files.
    """

    tables = _Verb(catalog.tables)
    views = _Verb(database.view_names)
    path = _Verb(catalog.path)
    load = _Verb(frames.load)
    sql = _Verb(frames.sql)
    describe = _Verb(frames.describe)
    members = _Verb(records.members)
    history = _Verb(records.history)
    panel = _Verb(records.panel)
    pairs = _Verb(records.pairs)
    evidence = _Verb(provenance.evidence)
    cite = _Verb(provenance.cite)
    annotate = _Verb(annotation.annotate)
    annotate_pairs = _Verb(annotation.annotate_pairs)
    spark_views = _Verb(spark.spark_views)
    validate = _Verb(validation.validate)
    verify = _Verb(integrity.verify)
    export = _Verb(formats.export)

    def __init__(self, data: Catalog, source: str, unpacked: tuple[Path, int] | None = None):
        self._catalog: Catalog | None = data
        self._source = source
        self._remove = weakref.finalize(self, close_scratch, *unpacked) if unpacked else None

    def connect(self, sealed: bool = False, memory: str = "1GB", threads: int = 2) -> duckdb.DuckDBPyConnection:
        con = database.connect(self.catalog, sealed, memory, threads)
        # It reads the files when it is asked: they stay as long as it does.
        weakref.finalize(con, lambda release: None, self)
        return con

    connect.__doc__ = database.connect.__doc__

    @property
    def catalog(self) -> Catalog:
        if self._catalog is None:
            raise UsageError(f"{self._source} has been closed. Mend: open it again, or ask inside the with block.")
        return self._catalog

    @property
    def version(self) -> str:
        return self.catalog.version

    @property
    def plot(self) -> Plots:
        return Plots(self)

    def close(self) -> None:
        """Forget the data, and remove what was unpacked."""
        self._catalog = None
        if self._remove:
            self._remove()

    def __enter__(self) -> Release:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{self._catalog.descriptor['name']} {self._catalog.version} from {self._source}>" if self._catalog else f"<closed: {self._source}>"


def open_release(source: Path | str) -> Release:
    """Open another version of the data, read-only, with every verb of the package.

    Parameters
    ----------
    source : a folder that holds ``datapackage.json``, a release zip, or a wheel. A zip is unpacked to a temporary folder.

    Returns
    -------
    Release
        Has the package's verbs as methods, ``version``, ``close()``, and is a context manager. The views are those that came with that version.

    Raises
    ------
    NotFound : there is no such file or folder.
    InvalidData : a file differs from its hash in the descriptor, the zip is damaged or names a path that leaves it, or the data are of a
        version that this client does not know yet.

    >>> import sco_data as sco
    >>> with sco.open(sco.path()) as release:
    ...     release.members(on="2017-06-09").shape
    (8, 8)
    """
    path = path_of(source, "a folder, a release zip or a wheel")
    if not str(source):
        raise UsageError("no path to open. Mend: give a folder, a release zip or a wheel; in a script, see that the variable is set.")
    if path.name == DESCRIPTOR and is_file(path):
        path = path.parent
    if is_folder(path):
        return _opened(path, str(path))
    if not is_file(path):
        raise NotFound(f"there is no {path}. Mend: give a folder that holds {DESCRIPTOR}, a release zip or a wheel.")
    unpacked = open_scratch()
    try:
        folder = unpacked[0] / "release"
        folder.mkdir()
        _unpack(path, folder)
        return _opened(folder, str(path), unpacked)
    except BaseException:
        close_scratch(*unpacked)
        raise


def _opened(folder: Path, source: str, unpacked: tuple[Path, int] | None = None) -> Release:
    data = Catalog(folder)
    _check_version(data, source)
    for resource in data.resources.values():
        file = data.path(resource["name"])
        if not file.is_file():
            raise InvalidData(f"{source}: {resource['path']} is missing. Mend: download the release again.")
        check_hash(file, resource, source)
    return Release(data, source, unpacked)


def _check_version(data: Catalog, source: str) -> None:
    """Raise InvalidData if the data are of a version whose columns this client cannot know."""
    # A higher last number corrects values only.
    if numbers(data.version)[:2] > numbers(installed().version)[:2]:
        raise InvalidData(
            f"{source}: {DESCRIPTOR} is of version {data.version}, and this client knows none after {installed().version}. "
            f"Mend: pip install --upgrade 'sco-data>={data.version}'."
        )


@contextmanager
def _reading(source: Path, member: str = "") -> Iterator[None]:
    """Turn what a damaged zip makes of itself into our error."""
    try:
        yield
    except DAMAGES as error:
        if isinstance(error, InvalidData):
            raise
        raise InvalidData(f"{source}{': ' + member if member else ''}: cannot be unpacked: {error}. Mend: download it again; SHA256SUMS has its checksum.") from None


def _unpack(source: Path, folder: Path) -> None:
    """Unpack the descriptor, the files that it names and the views of a zip; nothing else is written."""
    with _reading(source), open_zip(source) as archive:
        members = {m.filename: m for m in archive.infolist()}
        for name in members:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name or re.match(r"[A-Za-z]:", name):
                raise InvalidData(f"{source}: {name!r} leads out of the zip. Mend: it is no release of this project; download it from where it is published.")
        # Flat as a release, in a folder as GitHub packs a checkout, or in the package as in a wheel.
        found = [n for n in members if PurePosixPath(n).name == DESCRIPTOR and len(PurePosixPath(n).parts) <= 3]
        if len(found) != 1:
            raise InvalidData(f"{source}: {'more than one' if found else 'no'} {DESCRIPTOR} in it. Mend: give a release zip or a wheel of this project.")
        base = PurePosixPath(found[0]).parent
        _copy(archive, members, source, found[0], folder / DESCRIPTOR, LARGEST)
        try:
            data = Catalog(folder)
        except InvalidData as error:
            # The folder is gone when the message is read.
            raise InvalidData(str(error).replace(str(folder / DESCRIPTOR), f"{source}: {found[0]}")) from None
        sizes = [r["bytes"] for r in data.resources.values() if isinstance(r.get("bytes"), int)]
        if sum(sizes) > LARGEST_RELEASE and max(sizes) <= LARGEST_TABLE:
            raise InvalidData(f"{source}: {DESCRIPTOR}: the tables have {sum(sizes):,} bytes together, which no release has. Mend: download it again.")
        for resource in data.resources.values():
            size = resource.get("bytes")
            if not isinstance(size, int) or not 0 <= size <= LARGEST_TABLE:
                raise InvalidData(f"{source}: {DESCRIPTOR}: {resource['name']} has {size!r} bytes, which no table has. Mend: download it again.")
            _copy(archive, members, source, str(base / resource["path"]), folder / resource["path"], size)
        views = [n for n in members if n.endswith(".sql") and PurePosixPath(n).parent in (base / "views", base / "sco_data" / "views", base.parent / "views")]
        if len(views) > MOST_VIEWS:
            raise InvalidData(f"{source}: {len(views):,} views in it. Mend: give a release zip or a wheel of this project.")
        for name in views:
            _copy(archive, members, source, name, folder / "views" / PurePosixPath(name).name, LARGEST_VIEW)


def _copy(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], source: Path, name: str, target: Path, largest: int) -> None:
    if name not in members:
        raise InvalidData(f"{source}: {name} is missing in it. Mend: download it again.")
    if members[name].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InvalidData(f"{source}: {name} is compressed as no release is. Mend: download it again, or unpack it and give the folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _reading(source, name), archive.open(members[name]) as packed, target.open("wb") as out:
        # One byte more than there should be, so that a file that unpacks without end is stopped, and seen.
        size = _copy_at_most(packed, out, largest + 1)
    if size > largest:
        raise InvalidData(f"{source}: {name} unpacks to more than the {largest:,} bytes that it may have. Mend: download it again.")


def _copy_at_most(packed: IO[bytes], out: IO[bytes], most: int) -> int:
    size = 0
    while size < most and (part := packed.read(min(1 << 20, most - size))):
        out.write(part)
        size += len(part)
    return size
