"""Is a copy of the data whole and right? frictionless for the descriptor and the tables, pandera for what they cannot say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..catalog import DESCRIPTOR, Catalog, current, installed, numbers
from ..errors import InvalidData, ScoDataError, shown
from ..files import is_folder, path_of
from .report import Finding, Report, unique

if TYPE_CHECKING:
    from . import rules

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
        from . import frames, redundancy, rules, tables  # noqa: F401
    except ImportError as error:
        raise ScoDataError(f"validation needs {error.name}. Mend: pip install 'sco-data[validate]', or '.[validate]' in a checkout.") from None
    folder = path_of(path, "a folder") if path is not None else current().folder
    if folder.name == DESCRIPTOR:
        folder = folder.parent
    if not is_folder(folder):
        raise InvalidData(f"{shown(str(folder))[1:-1]} is not a folder. Mend: give the folder that holds {DESCRIPTOR}.")
    return inspect(Catalog(folder))


def inspect(catalog: Catalog, changed: set[str] | None = None, known: rules.Data | None = None) -> Report:
    """Run every check, or with `changed` those alone that can come out otherwise since these tables were changed.

    `known` then holds the other tables. Nothing is skipped but what rests on the other tables alone:
    scripts/mutate checks that both say the same.
    """
    from . import frames, redundancy, rules, tables

    found = tables.check(catalog, changed)
    # A table whose hash differs is still read: what is wrong in it is what the reader wants to know.
    skip = {f.table for f in found if f.rule.startswith(("file", "header", "row", "encoding"))}
    read, unreadable, bad_cells = frames.read(catalog, skip, changed)
    found += bad_cells + frames.check(catalog, read)
    broken = unreadable | {f.table for f in found if f.rule.startswith(("type", "required", "header", "primary key"))}
    checks = tables.CHECKS + len(read)
    same_version = numbers(catalog.version)[:2] == numbers(installed().version)[:2]
    broken |= redundancy.reshaped(catalog) if same_version else set()
    if known is not None:
        read = {table: read[table] if table in read else known.frames[table] for table in catalog.resources if table in read or (table in known.frames and table not in broken and table not in (changed or ()))}
    if not same_version:
        late = f"{len(rules.RULES)} rules of version {installed().version} (the data are of version {catalog.version}: use the client of that version)"
        return Report(unique(found), checks, [late])
    whole = rules.Data(catalog, {table: frame for table, frame in read.items() if table not in broken})
    if known is not None:
        whole.take_over(known)
    more, skipped = rules.check(whole, changed)
    if known is not None:
        known.take_over(whole)
    return Report(unique([*found, *more]), checks + len(rules.RULES) - len(skipped), skipped)
