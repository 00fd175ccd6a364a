"""Files that are whole or not there."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from .errors import UsageError, shown


def path_of(given: Any, what: str = "a path") -> Path:
    """Return what was given as a path; raise UsageError if it is none."""
    if isinstance(given, (str, Path)):
        return Path(given)
    try:
        return Path(os.fspath(given))
    except TypeError:
        raise UsageError(f"{shown(given)} is no path. Mend: give {what} as text or pathlib.Path.") from None


def is_file(path: Path) -> bool:
    """Say whether there is a regular file: no folder, no pipe or device, and nothing at a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Say whether there is a folder."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def write_whole(target: Path, body: bytes) -> Path:
    """Write a file beside its place and rename it there; return where it lies.

    Raises
    ------
    UsageError : it cannot be written; what was there stays.
    """
    beside = target
    try:
        # A link stays a link; a pipe or device is written to, not replaced.
        target = target.resolve()
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        if target.exists() and not target.is_file():
            target.write_bytes(body)
        else:
            beside.write_bytes(body)
            beside.replace(target)
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"cannot write {target}: {getattr(error, 'strerror', None) or error}. Mend: give a file in a folder that is there.") from None
    finally:
        # Where nothing could be written nothing can be removed, and the first error is the one to show.
        if beside != target:
            with suppress(OSError, ValueError):
                beside.unlink(missing_ok=True)
    return target
