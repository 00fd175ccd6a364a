"""Where the data lie, and what the descriptor says of them. Imports nothing heavy."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from pathlib import Path, PurePosixPath
from typing import Any, ParamSpec, TypeVar

from .errors import InvalidData, NotFound, near
from .files import check_settled

P = ParamSpec("P")
R = TypeVar("R")

DESCRIPTOR = "datapackage.json"
_HERE = Path(__file__).resolve().parent

#: Table Schema type -> DuckDB type. The one place where types are translated for SQL.
SQL_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}


#: What the client says of every version: in citations, `attrs` and exports.
_NEEDED = ("name", "title", "version", "created", "licenses", "contributors")


def is_name(name: Any) -> bool:
    """Say whether a table, column or view may be called so: names become part of SQL and of file names, also those of a release that somebody else packed.

    >>> is_name("status_steps"), is_name("x; DROP TABLE y"), is_name("../x")
    (True, False, False)
    """
    return isinstance(name, str) and re.fullmatch(r"[a-z_][a-z0-9_]*", name) is not None


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
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    if not found:
        raise InvalidData(f"{version!r} is no version. Mend: write three numbers, as 0.4.0.")
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
            self.descriptor: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            missing = [part for part in _NEEDED if not self.descriptor.get(part)]
            if missing:
                raise ValueError(f"it says nothing of {', '.join(missing)}")
            self.resources: dict[str, dict[str, Any]] = {r["name"]: r for r in self.descriptor["resources"]}
            for resource in self.resources.values():
                self._check_shape(resource)
        except FileNotFoundError:
            raise InvalidData(f"{file} is missing. Mend: give the folder that holds {DESCRIPTOR}.") from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidData(f"{file} is not a data package of this project: {error}. Mend: restore the file.") from None

    @staticmethod
    def _check_shape(resource: dict[str, Any]) -> None:
        """Raise ValueError unless the client can rely on what it reads from a resource."""
        where, schema = f"resource {resource['name']!r}", resource.get("schema")
        if not is_name(resource["name"]):
            raise ValueError(f"{where} has no name of small letters, digits and _")
        if not isinstance(resource.get("path"), str) or not isinstance(schema, dict) or not isinstance(schema.get("fields"), list):
            raise ValueError(f"{where} has no path or no schema")
        path = PurePosixPath(resource["path"])
        if path.is_absolute() or ".." in path.parts or "\\" in resource["path"] or ":" in resource["path"]:
            raise ValueError(f"{where} has a path that leaves the folder: {resource['path']}")
        for field in schema["fields"]:
            if field.get("type") not in SQL_TYPES or not is_name(field.get("name")) or not isinstance(field.get("origin"), str):
                raise ValueError(f"{where} has a field without name, origin or known type: {field.get('name')}")
        key, names = schema.get("primaryKey"), {f["name"] for f in schema["fields"]}
        if not isinstance(key, list) or not key or not set(key) <= names:
            raise ValueError(f"{where} has no primary key that is a list of its columns")
        for day in resource.get("coverage", {}).values():
            dt.date.fromisoformat(day)

    @property
    def version(self) -> str:
        return str(self.descriptor["version"])

    def resource(self, name: str) -> dict[str, Any]:
        try:
            return self.resources[name]
        except (KeyError, TypeError):
            raise NotFound(f"no table {name!r}.{near(str(name), self.resources)} All tables: {', '.join(self.resources)}.") from None

    def path(self, name: str) -> Path:
        return self.folder / str(self.resource(name)["path"])

    def fields(self, name: str) -> list[dict[str, Any]]:
        return list(self.resource(name)["schema"]["fields"])

    def key(self, name: str) -> list[str]:
        return list(self.resource(name)["schema"]["primaryKey"])

    def coverage(self, name: str = "statuses") -> tuple[dt.date, dt.date]:
        """Return the first and the last day that a table covers, both inclusive."""
        days = self.resource(name)["coverage"]
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
