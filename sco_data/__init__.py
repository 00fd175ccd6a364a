"""The Shanghai Cooperation Organisation as sourced tables.

>>> import sco_data as sco
>>> sco.members(on="2019-06-14").name.tolist()[:2]
['China', 'India']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import plot
    from .annotation import annotate, annotate_pairs
    from .annotation.spark import spark_views
    from .catalog import path, tables
    from .database import connect
    from .database import view_names as views
    from .differences import diff
    from .errors import CoverageWarning, InvalidData, NotFound, ScoDataError, UnresolvedWarning, UsageError
    from .formats import export
    from .frames import describe, load, sql
    from .integrity import verify
    from .provenance import cite, evidence
    from .records import history, members, pairs, panel
    from .releases import open_release as open
    from .validation import validate

    __version__: str

#: Every public name and the module that has it: a module is imported when one of its names is first used.
#: In its module `views` is the mapping that the package itself needs, and `open` Python's own.
_RENAMED = {"views": "view_names", "open": "open_release"}
_HOMES = {
    "tables": "catalog", "path": "catalog", "connect": "database", "views": "database", "load": "frames", "sql": "frames", "describe": "frames",
    "members": "records", "history": "records", "panel": "records", "pairs": "records", "evidence": "provenance", "cite": "provenance", "validate": "validation", "open": "releases", "export": "formats", "diff": "differences", "verify": "integrity",
    "annotate": "annotation", "annotate_pairs": "annotation", "spark_views": "annotation.spark",
    "ScoDataError": "errors", "NotFound": "errors", "InvalidData": "errors", "UsageError": "errors", "CoverageWarning": "errors", "UnresolvedWarning": "errors",
}  # fmt: skip

__all__ = [
    "CoverageWarning", "InvalidData", "NotFound", "ScoDataError", "UnresolvedWarning", "UsageError", "__version__", "annotate", "annotate_pairs", "cite", "connect", "describe", "diff", "evidence", "export",
    "history", "load", "members", "open", "pairs", "panel", "path", "plot", "spark_views", "sql", "tables", "validate", "verify", "views",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = import_module(".catalog", __name__).installed().version
    elif name == "plot":
        value = import_module(".plot", __name__)
    elif name in _HOMES:
        value = getattr(import_module(f".{_HOMES[name]}", __name__), _RENAMED.get(name, name))
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
