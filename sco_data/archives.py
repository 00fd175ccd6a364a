"""Zip files that somebody else packed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

#: The list of what is in a zip: 4 MB name some 50,000 files, and take 50 MB of memory. A release has 30 kB.
LARGEST_LIST = 4_000_000
#: What Python makes of a zip that is damaged, encrypted, packed in a way that it does not know, or bent on harm.
DAMAGES = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OverflowError, OSError)


class _InParts(io.FileIO):
    """A file of which nothing large is read at once: Python reads the list of a zip whole, however long it says that it is."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = LARGEST_LIST + 1 if size is None or size < 0 else size
        body = super().read(min(wanted, LARGEST_LIST + 1)) or b""
        if len(body) > LARGEST_LIST:
            raise zipfile.BadZipFile("its list of files is longer than that of any zip of this project")
        return body


class _Zip(zipfile.ZipFile):
    """A zip that closes its file."""

    def __init__(self, file: Path):
        self._packed = _InParts(file)
        super().__init__(self._packed)

    def close(self) -> None:
        super().close()
        self._packed.close()


def open_zip(file: Path) -> zipfile.ZipFile:
    """Open a zip for reading.

    Raises
    ------
    DAMAGES : it cannot be read.
    """
    return _Zip(file)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str, largest: int) -> bytes:
    """Return a member of a zip; BadZipFile if it unpacks to more than it may."""
    with archive.open(member) as packed:
        body = packed.read(largest + 1)
    if len(body) > largest:
        raise zipfile.BadZipFile(f"it unpacks to more than {largest:,} bytes")
    return body
