"""Where the data lie, and what the descriptor says of them. Imports nothing heavy."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

from .errors import InvalidData, NotFound, near

DESCRIPTOR = "datapackage.json"
_HERE = Path(__file__).resolve().parent

#: Table Schema type -> DuckDB type. The one place where types are translated for SQL.
SQL_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}


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


class Catalog:
    """One version of the data: a folder with a descriptor and the files that it names.

    Parameters
    ----------
    folder : path of the folder that holds ``datapackage.json``.
    """

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)
        file = self.folder / DESCRIPTOR
        try:
            self.descriptor: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
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
        if not isinstance(resource.get("path"), str) or not isinstance(schema, dict) or not isinstance(schema.get("fields"), list):
            raise ValueError(f"{where} has no path or no schema")
        for field in schema["fields"]:
            if field.get("type") not in SQL_TYPES or not isinstance(field.get("name"), str) or not isinstance(field.get("origin"), str):
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


@cache
def installed() -> Catalog:
    """Return the catalog of the data that came with this package."""
    return Catalog(root())


def tables() -> list[str]:
    """Return the names of all tables, in the order of the descriptor.

    Returns
    -------
    list of str

    >>> import sco_data as sco
    >>> sco.tables()[:3]
    ['members', 'statuses', 'status_steps']
    """
    return list(installed().resources)


def path() -> Path:
    """Return the folder that holds ``datapackage.json`` and the CSV files.

    >>> import sco_data as sco
    >>> (sco.path() / "data" / "statuses.csv").is_file()
    True
    """
    return installed().folder
