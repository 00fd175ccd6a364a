"""Is a copy of the data whole and right? frictionless for the descriptor and the tables, pandera for what they cannot say."""

from __future__ import annotations

from pathlib import Path

from ..catalog import DESCRIPTOR, Catalog, current, installed, numbers
from ..errors import InvalidData, ScoDataError
from .report import Finding, Report, unique

__all__ = ["Finding", "Report", "validate"]


def validate(path: Path | str | None = None) -> Report:
    """Check a copy of the data against its descriptor and the invariants of the project.

    Parameters
    ----------
    path : folder with ``datapackage.json``, or that file; without it the installed data.

    Returns
    -------
    Report
        ``report.ok``, ``report.findings`` (table, row, column, value, rule, mend), ``report.text()``, ``report.json()``.

    Raises
    ------
    InvalidData : there is no descriptor, or it is not JSON.
    ScoDataError : the extra ``sco-data[validate]`` is not installed.

    >>> import sco_data as sco
    >>> sco.validate().ok
    True
    """
    try:
        from . import frames, rules, tables
    except ImportError as error:
        raise ScoDataError(f"validation needs {error.name}. Mend: pip install 'sco-data[validate]', or '.[validate]' in a checkout.") from None
    folder = Path(path) if path is not None else current().folder
    if folder.name == DESCRIPTOR:
        folder = folder.parent
    if not folder.is_dir():
        raise InvalidData(f"{folder} is not a folder. Mend: give the folder that holds {DESCRIPTOR}.")
    catalog = Catalog(folder)
    found = tables.check(catalog)
    # A table whose hash differs is still read: what is wrong in it is what the reader wants to know.
    read, unreadable, bad_cells = frames.read(catalog, {f.table for f in found if f.rule.startswith(("file", "header", "row", "encoding"))})
    found += bad_cells + frames.check(catalog, read)
    broken = unreadable | {f.table for f in found if f.rule.startswith(("type", "required", "header", "primary key"))}
    if numbers(catalog.version)[:2] == numbers(installed().version)[:2]:
        more, skipped = rules.check(catalog, read, broken)
        ran = len(rules.RULES) - len(skipped)
    else:
        more, skipped = [], [f"{len(rules.RULES)} rules of version {installed().version} (the data are of version {catalog.version}: use the client of that version)"]
        ran = 0
    return Report(unique([*found, *more]), checks=tables.CHECKS + len(read) + ran, skipped=skipped)
