"""Where the data lie, and what the descriptor says of them. Imports nothing heavy."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from . import descriptor
from .descriptor import SQL_TYPES, is_name
from .errors import InvalidData, NotFound, near, shown
from .files import check_settled

__all__ = ["DESCRIPTOR", "SQL_TYPES", "Catalog", "current", "installed", "is_name", "numbers", "path", "root", "tables", "using", "with_catalog"]

P = ParamSpec("P")
R = TypeVar("R")

DESCRIPTOR = "datapackage.json"
_HERE = Path(__file__).resolve().parent


def root() -> Path:
    """Return the folder that holds ``datapackage.json`` and ``data/``.

    In a checkout that is the folder beside the package, so that an editable install never goes
    stale; in a wheel it is the folder inside the package.

    >>> (root() / "datapackage.json").is_file()
    True
    """
    for folder in (_HERE.parent, _HERE / "package"):
        # A stray datapackage.json beside an installed package (site-packages) is not ours.
        if (folder / DESCRIPTOR).is_file() and (folder == _HERE / "package" or (folder / "seeds").is_dir()):
            return folder
    raise InvalidData(f"{DESCRIPTOR} is not beside or inside {_HERE}. Mend: reinstall sco-data.")


def numbers(version: str) -> tuple[int, int, int]:
    """Return the three numbers of a version.

    >>> numbers("0.10.2")
    (0, 10, 2)
    """
    found = re.fullmatch(r"([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})", version)
    if not found:
        raise InvalidData(f"{shown(version)} is no version. Mend: write three numbers, as 0.4.0.")
    return int(found[1]), int(found[2]), int(found[3])


class Catalog:
    """One version of the data: a folder with a descriptor and the files that it names.

    Parameters
    ----------
    folder : path of the folder that holds ``datapackage.json``.
    """

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)
        #: A release has the views of its time beside its data, and a checkout in the client; else those of this client serve.
        self.views_folder = next((f for f in (self.folder / "views", self.folder / "sco_data" / "views") if f.is_dir()), _HERE / "views")
        self._answers: dict[Hashable, Any] = {}
        check_settled(self.folder)
        file = self.folder / DESCRIPTOR
        try:
            self.descriptor: dict[str, Any] = descriptor.read(file)
        except FileNotFoundError:
            raise InvalidData(f"{file} is missing. Mend: give the folder that holds {DESCRIPTOR}.") from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidData(f"{file} is not a data package of this project: {error}. Mend: restore the file.") from None
        self.resources: dict[str, dict[str, Any]] = {r["name"]: r for r in self.descriptor["resources"]}

    @property
    def version(self) -> str:
        return str(self.descriptor["version"])

    def resource(self, name: str) -> dict[str, Any]:
        try:
            return self.resources[name]
        except (KeyError, TypeError):
            raise NotFound(f"no table {shown(name)}.{near(name, self.resources)} All tables: {', '.join(self.resources)}.") from None

    def path(self, name: str) -> Path:
        """Return the file of a table.

        Raises
        ------
        InvalidData : it leads out of the folder by a link, or is a pipe, a device or a folder.
        """
        file = self.folder / str(self.resource(name)["path"])
        try:
            if file.exists() and not file.is_file():
                raise InvalidData(f"{file} is no file. Mend: restore the file.")
            if not file.resolve().is_relative_to(self.folder.resolve()):
                raise InvalidData(f"{file} is a link that leads out of {self.folder}. Mend: put the file itself there.")
        except (OSError, RuntimeError) as error:
            raise InvalidData(f"{file} cannot be read: {error}. Mend: restore the file.") from None
        return file

    def fields(self, name: str) -> list[dict[str, Any]]:
        return list(self.resource(name)["schema"]["fields"])

    def key(self, name: str) -> list[str]:
        return list(self.resource(name)["schema"]["primaryKey"])

    def coverage(self, name: str = "statuses") -> tuple[dt.date, dt.date]:
        """Return the first and the last day that a table covers, both inclusive."""
        days = self.resource(name).get("coverage")
        if days is None:
            raise InvalidData(f"{self.folder / DESCRIPTOR} does not say what {name} covers. Mend: restore the file.")
        return dt.date.fromisoformat(days["first_day"]), dt.date.fromisoformat(days["last_day"])

    def remember(self, key: Hashable, make: Callable[[], R]) -> R:
        """Return what was made under a key, making it the first time: it goes when the catalog goes."""
        if key not in self._answers:
            self._answers[key] = make()
        answer: R = self._answers[key]
        return answer


@cache
def installed() -> Catalog:
    """Return the catalog of the data that came with this package."""
    return Catalog(root())


_IN_USE: ContextVar[Catalog | None] = ContextVar("catalog in use", default=None)


def current() -> Catalog:
    """Return the version of the data that is asked: the installed one, or what `using` was given."""
    return _IN_USE.get() or installed()


@contextmanager
def using(catalog: Catalog) -> Iterator[None]:
    """Have every function answer from another version of the data."""
    token = _IN_USE.set(catalog)
    try:
        yield
    finally:
        _IN_USE.reset(token)


def with_catalog(function: Callable[P, R]) -> Callable[P, R]:
    """Remember the answers of a function for each version of the data that is asked."""

    @wraps(function)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> R:
        return current().remember((function, args, tuple(kwargs.items())), lambda: function(*args, **kwargs))

    return remembered


def tables() -> list[str]:
    """Return the names of all tables, in the order of the descriptor.

    Returns
    -------
    list of str

    >>> import sco_data as sco
    >>> sco.tables()[:3]
    ['members', 'statuses', 'status_steps']
    """
    return list(current().resources)


def path() -> Path:
    """Return the folder that holds ``datapackage.json`` and the CSV files.

    >>> import sco_data as sco
    >>> (sco.path() / "data" / "statuses.csv").is_file()
    True
    """
    return current().folder
