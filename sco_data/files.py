"""Files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import UsageError


def write_whole(target: Path, body: bytes) -> Path:
    """Write a file beside its place and rename it there; return where it lies.

    Raises
    ------
    UsageError : it cannot be written; what was there stays.
    """
    # A link stays a link; a pipe or device is written to, not replaced.
    target = target.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(body)
        else:
            beside.write_bytes(body)
            beside.replace(target)
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror or error}. Mend: give a file in a folder that is there.") from None
    finally:
        beside.unlink(missing_ok=True)
    return target
