"""Files and folders that are whole or not there, whenever and however the process that writes them ends.

What is new is made in a scratch folder beside its place and renamed there. A lock tells the scratch folder of a living process from that of a dead one, which the
next process that writes there removes. Where more than one rename is needed, the old is set aside in a folder of a fixed name until all of the new stands: where
that is found and nobody holds its lock, a process was stopped half-way, and the next that writes there puts the old back.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from .errors import InvalidData, UsageError, shown

#: How scratch folders begin, for .gitignore, and the one in which the old is set aside.
SCRATCH = ".sco-data-"
REPLACING = f"{SCRATCH}replacing"
#: In a scratch folder; and in the one of the fixed name what is set aside, and by which number the file system knows what takes its place.
_LOCK, _OLD, _NEW = "lock", "old", "new"
#: Seconds to wait for another process that puts files in place: it takes some thousandths of one.
PATIENCE = 30.0
#: Ctrl-C, SIGTERM, the end of the terminal.
_STOPPING = [signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if name in signal.Signals.__members__]

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def cannot_write(target: Path, error: Exception) -> UsageError:
    """Return our error for what the system says of a file that cannot be written."""
    mend = "give a file in a folder that is there" if isinstance(error, (FileNotFoundError, NotADirectoryError)) else "give a place that can be written, with room enough"
    return UsageError(f"cannot write {target}: {getattr(error, 'strerror', None) or error}. Mend: {mend}.")


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
    # A link stays a link; a pipe or device is written to, not replaced.
    try:
        target = target.resolve()
        special = target.exists() and not target.is_file()
        if special:
            target.write_bytes(body)
    except (OSError, ValueError, RuntimeError) as error:
        raise cannot_write(target, error) from None
    if not special:
        with replacing(target) as beside:
            beside.write_bytes(body)
    return target


@contextmanager
def replacing(target: Path, parents: bool = False) -> Iterator[Path]:
    """Give a path for a new file or folder, which takes the place of `target` when the block ends without an error; what is made beside it goes with it.

    With `parents` the folders above are made where they lack.

    Raises
    ------
    UsageError : it cannot be written; what was there stays.
    """
    if target.exists() and not target.is_file() and not target.is_dir():
        raise UsageError(f"{target} is a pipe or a device. Mend: give a file.")
    try:
        if parents:
            target.parent.mkdir(parents=True, exist_ok=True)
        with scratch(target.parent) as folder:
            made = folder / "made"
            made.mkdir()
            yield made / target.name
            # Nothing made is nothing to put in its place.
            (made / target.name).lstat()
            put_in_place(made, target.parent)
    except OSError as error:
        raise cannot_write(target, error) from None


@contextmanager
def scratch(parent: Path | None = None) -> Iterator[Path]:
    """Give a folder that goes when the block ends: in another one, or without it among the temporary files of the system."""
    opened = None
    try:
        with _undisturbed():
            opened = open_scratch(parent)
        yield opened[0]
    except OSError as error:
        if parent is None and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UsageError(f"cannot write among the temporary files: {error.strerror}. Mend: make room there, or name another folder in TMPDIR.") from None
        raise
    finally:
        if opened is not None:
            close_scratch(*opened)


def open_scratch(parent: Path | None = None) -> tuple[Path, int]:
    """Return a new folder, and the lock by which others see that it is in use; remove what dead processes left beside it."""
    if parent is None:
        import tempfile

        parent = Path(tempfile.gettempdir())
    _sweep(parent)
    while True:
        folder = parent / f"{SCRATCH}{os.urandom(4).hex()}"
        lock = _claim(folder)
        if lock is not None:
            return folder, lock


def close_scratch(folder: Path, lock: int) -> None:
    """Remove a folder of `open_scratch`; what cannot be removed is left to the next process that writes there."""
    with _undisturbed():
        with suppress(OSError):
            for inner in folder.iterdir():
                if inner.name != _LOCK:
                    _remove(inner)
        _leave(folder, lock)


def _remove(path: Path) -> None:
    import shutil

    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _claim(folder: Path) -> int | None:
    """Make a folder, or take over that of a dead process; return the lock on it, or None if it is somebody else's, or not known to be nobody's."""
    try:
        # On Windows what is made in a folder of 0o700 would be its owner's alone, also when it has been moved.
        folder.mkdir(mode=0o777 if sys.platform == "win32" else 0o700)
        made = True
    except FileExistsError:
        made = False
    file = None
    try:
        # In /tmp anybody may make one of that name, and we would put "back" what they like.
        if not made and (folder.is_symlink() or (sys.platform != "win32" and folder.lstat().st_uid != os.geteuid())):
            return None
        file = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        _lock(file)
        # Who had the lock before may have removed the folder since it was opened here.
        if sys.platform == "win32" or os.path.samestat(os.fstat(file), (folder / _LOCK).stat()):
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError as error:
        if made and file is None:
            folder.rmdir()
            raise
        # To Windows what is held is forbidden. Else it is a file system without locks, where nobody will take what is new for a dead one's.
        if made and not isinstance(error, PermissionError):
            return file
    if file is not None:
        os.close(file)
    return None


def _leave(folder: Path, lock: int) -> None:
    """Remove a folder in which only the lock is left, and give the lock up, in the order that the system allows."""
    if sys.platform == "win32":
        os.close(lock)
    with suppress(OSError):
        (folder / _LOCK).unlink()
        folder.rmdir()
    if sys.platform != "win32":
        os.close(lock)


def _sweep(parent: Path) -> None:
    """Remove what dead processes left in a folder; what one of them had set aside is put back."""
    for folder in [Path(entry.path) for entry in os.scandir(parent) if entry.name.startswith(SCRATCH)]:
        # What cannot be removed harms nobody.
        with suppress(OSError):
            lock = _claim(folder)
            if lock is not None:
                try:
                    _put_back(folder, parent)
                finally:
                    close_scratch(folder, lock)


def check_settled(folder: Path) -> None:
    """Raise InvalidData if some files of a folder are the old ones and some the new: because they are being replaced, or because that was stopped half-way."""
    if (folder / REPLACING / _OLD).exists():
        raise InvalidData(f"{folder}: whatever replaces its files is at it, or was stopped half-way: some are the old ones, some the new. Mend: ask again; if that does not help, run again what was stopped, as `python scripts/build`: it puts the old ones back first.")


@contextmanager
def _turn(folder: Path) -> Iterator[Path]:
    """Wait until no other process puts files in place in a folder, and keep them out; what a dead one left half-way is put back first."""
    place, until, lock = folder / REPLACING, time.monotonic() + PATIENCE, None
    try:
        while True:
            with _undisturbed():
                lock = _claim(place)
            if lock is not None:
                break
            if time.monotonic() > until:
                raise UsageError(f"{place} is in use. Mend: wait for the process that puts files in place there; if there is none, put back what lies in it, and remove it.")
            time.sleep(0.01)
        with _undisturbed():
            _put_back(place, folder)
            yield place
    finally:
        if lock is not None:
            with _undisturbed():
                if not (place / _OLD).exists():
                    (place / _NEW).unlink(missing_ok=True)
                _leave(place, lock)


def put_in_place(made: Path, folder: Path, names: Sequence[str] = ()) -> None:
    """Put what was made, or these paths of it, in its place in a folder: all of it or nothing. `made` lies in a scratch folder of that folder."""
    names = names or [p.name for p in sorted(made.iterdir(), key=lambda p: (p.is_file(), p.name))]
    if len(names) == 1 and ((made / names[0]).is_file() or not (folder / names[0]).exists()):
        # One rename, which is whole by itself.
        (made / names[0]).replace(folder / names[0])
        return
    with _turn(folder) as place:
        old = place / _OLD
        (place / _NEW).write_text("".join(f"{(made / name).lstat().st_ino} {name}\n" for name in names), encoding="utf-8")
        old.mkdir()
        try:
            for name in names:
                for parent in (old / name, folder / name):
                    parent.parent.mkdir(parents=True, exist_ok=True)
                if (folder / name).exists():
                    (folder / name).rename(old / name)
                (made / name).rename(folder / name)
            # From this rename on the new ones stand.
            old.rename(made.with_name("replaced"))
        except BaseException:
            _put_back(place, folder)
            raise


def _put_back(place: Path, folder: Path) -> None:
    """Put back what is set aside; stopped half-way and begun again it comes to the same."""
    old = place / _OLD
    if not old.exists():
        return
    for line in (place / _NEW).read_text(encoding="utf-8").splitlines():
        number, _, name = line.partition(" ")
        now = folder / name
        # What is neither the old nor the new somebody has put there since.
        if now.exists() and now.lstat().st_ino == int(number):
            _remove(now)
        if (old / name).exists() and not now.exists():
            (old / name).rename(now)
    _remove(old)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back what would stop the program while a few names change; it comes when they have."""
    came: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        # One that was not set from Python could not be set again.
        handlers = {n: handler for n in _STOPPING if (handler := signal.getsignal(n)) not in (None, signal.SIG_IGN)}
    for number in handlers:
        signal.signal(number, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for late in came:
            signal.raise_signal(late)


#: The signal that ended the program: Ctrl-C, if no other did.
_stopped_by = int(signal.SIGINT)


def stop_cleanly() -> None:
    """Have SIGTERM, and the end of the terminal, end this program as Ctrl-C does, so that what is half-made is removed."""
    for number in _STOPPING:
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    global _stopped_by
    _stopped_by = number
    raise KeyboardInterrupt


def stopped_code() -> int:
    """Return the exit code of a program that was stopped: 130 by Ctrl-C, 143 by SIGTERM."""
    return 128 + _stopped_by
