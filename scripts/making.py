"""What the scripts that make a folder share: a clock, a look at what is there, one error for whatever goes wrong."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from sco_data.errors import InvalidData, ScoDataError
from sco_data.files import stop_cleanly, stopped_code


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


def exit_code(make: Callable[[], None], root: Path) -> int:
    """Run what makes the folder, say what is wrong on stderr, and return the exit code."""
    stop_cleanly()
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
        return stopped_code()
