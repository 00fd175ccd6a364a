"""The process that reads the inputs of one target after another. What it does to the machine is watched from inside, how long and how much from outside."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

#: What no input may make the reader do, as Python announces it; DuckDB's own reading and writing is seen by what lies about afterwards.
_WRITES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "shutil.rmtree"}
_RUNS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "socket.connect", "socket.getaddrinfo"}


class Watch:
    """Notes what is done that no input may cause."""

    def __init__(self, inside: Path):
        # What is shared by all inputs is made on the way, beside their folders.
        self.inside, self.on, self.seen = f"{inside}{os.sep}", False, list[str]()
        sys.addaudithook(self)

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in _WRITES or event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            path = args[0]
            if isinstance(path, (str, bytes)) and not (place := os.path.normpath(Path.cwd() / os.fsdecode(path))).startswith((self.inside, os.devnull)):
                self.seen.append(f"{event} outside of its folder: {place[:200]}")
        elif event in _RUNS and not (event == "subprocess.Popen" and list(args[1])[:1] == ["git"]):
            self.seen.append(f"{event}: {str(args[:2])[:200]}")


def peak() -> float:
    """Return the most memory in MB that this process has had since it was last asked, where the system tells."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except (OSError, IndexError):
        return 0.0


def read_one(target: Any, body: bytes, box: Path, watch: Watch, refusals: tuple[type[BaseException], ...]) -> tuple[str, str]:
    """Read one input; return accepted, refused or crash, and what was said."""
    shutil.rmtree(box, ignore_errors=True)
    for name in ("tmp", "cwd", "in"):
        (box / name).mkdir(parents=True)
    tempfile.tempdir = str(box / "tmp")
    os.chdir(box / "cwd")
    watch.seen, watch.on = [], True
    try:
        target.run(body, box)
        outcome, said = "accepted", ""
    except refusals as error:
        outcome, said = "refused", str(error)
    except BaseException:
        outcome, said = "crash", traceback.format_exc()
    watch.on = False
    gc.collect()
    left = [p.relative_to(box).as_posix() for p in sorted((box / "tmp").rglob("*"))]
    # What a command was asked to write, with the name of an input's; what is half-written begins with a dot.
    left += [p.name for p in sorted((box / "cwd").iterdir()) if p.name.startswith(".") or "evil" in p.name]
    left += [p.name for p in sorted(box.parent.iterdir()) if p.name not in (box.name, "shared") and not p.name.startswith("package-")]
    if watch.seen or left:
        outcome, said = "crash", "\n".join([*watch.seen, *(f"left behind: {name}" for name in left), said])
    return outcome, said


def work(pipe: Connection, folder: str, limit: int) -> None:
    """Answer each (target, seed, input or None) with outcome, words, seconds and memory, until the pipe is closed."""
    # Ctrl-C is for the parent, which ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.dont_write_bytecode = True
    try:
        import resource

        # Far above what is measured from outside: DuckDB reserves more than it uses. It stops what asks for all at once. Not RLIMIT_AS: what draws SVG
        # and PNG (V8 in vl-convert) reserves addresses for tens of gigabytes, and ends the process where it does not get them.
        resource.setrlimit(resource.RLIMIT_DATA, (limit * 6 * 1024 * 1024, limit * 6 * 1024 * 1024))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except ImportError:
        pass
    place = Path(folder)
    for name in ("box", "shared"):
        (place / name).mkdir(parents=True, exist_ok=True)
    os.chdir(place / "shared")
    tempfile.tempdir = str(place / "shared")
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123
    # What libraries that are not Python say of their own accord.
    os.dup2(sys.stderr.fileno(), 2)
    from random import Random

    from sco_data.errors import ScoDataError
    from scripts.fuzz.targets import PLANTED, TARGETS, Refused

    watch, known = Watch(place), TARGETS | PLANTED
    pipe.send(("ready", "", 0.0, 0.0, b""))
    while True:
        try:
            name, seed, body = pipe.recv()
        except (EOFError, OSError):
            return
        os.chdir(place / "shared")
        tempfile.tempdir = str(place / "shared")
        try:
            body = known[name].make(Random(seed)) if body is None else body
        except Exception:
            pipe.send(("crash", f"no input was made of {seed}: {traceback.format_exc()}", 0.0, 0.0, b""))
            continue
        # First, so that an input that ends the process can be kept.
        pipe.send(("made", "", 0.0, 0.0, body))
        peak()
        started = time.monotonic()
        outcome, said = read_one(known[name], body, place / "box", watch, (ScoDataError, Refused))
        pipe.send((outcome, said[-6000:], time.monotonic() - started, peak(), b""))
