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
        except FileNotFoundError:
            raise InvalidData(f"{file} is missing. Mend: give the folder that holds {DESCRIPTOR}.") from None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InvalidData(f"{file} is not a data package: {error}. Mend: restore the file.") from None

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
