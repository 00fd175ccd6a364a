"""What the scripts that make a folder share: a clock, a folder that is whole or not there, one error for whatever goes wrong."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sco_data.errors import InvalidData, ScoDataError


class Steps:
    """Says on stderr which step runs, and how long the one before it took."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def __call__(self, step: str) -> None:
        print(f"{time.monotonic() - self.started:5.1f} s  {step}", file=sys.stderr, flush=True)


def check_target(target: Path, notice: str, what: str) -> None:
    """Raise InvalidData if a folder is there that such a script did not make."""
    if target.exists() and not (target.is_dir() and (not any(target.iterdir()) or (target / notice).is_file())):
        raise InvalidData(f"{target} holds something else than a {what}. Mend: remove it, or give another folder with --out.")


@contextmanager
def replacing(target: Path, prefix: str) -> Iterator[tuple[Path, Path]]:
    """Give a scratch folder and in it the one to fill, which takes the place of `target` when all of it is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that the last step is a rename on one file system.
    scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    try:
        made, old = scratch / "made", scratch / "old"
        made.mkdir()
        yield scratch, made
        try:
            if target.exists():
                target.rename(old)
            made.rename(target)
        except BaseException:
            if old.exists() and not target.exists():
                old.rename(target)
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def exit_code(make: Callable[[], None], root: Path) -> int:
    """Run what makes the folder, say what is wrong on stderr, and return the exit code."""
    try:
        make()
        return 0
    except ScoDataError as error:
        print(f"Error: {error}\nnothing was written", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Error: {error.filename or root}: {error.strerror or error}. Mend: give a place that can be written with --out.\nnothing was written", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        return 130
