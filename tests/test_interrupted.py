"""What a process that is killed, stopped, or out of room leaves: the old state, or the new one. Real processes, real signals, a real full disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT

import sco_data as sco
from sco_data.files import SCRATCH, check_settled

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that a program could be sent")
#: How often a build is killed at a moment drawn at random: SCO_DATA_TEST_KILLS=100 takes a quarter of an hour.
KILLS = int(os.environ.get("SCO_DATA_TEST_KILLS", "2"))

#: Runs a program that sends itself a signal before the n-th step of its work on the files of a folder: python -c AT folder signal n program ...
AT = """
import os, runpy, sys
folder, number, at, program = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
steps = 0
def step(event, about):
    global steps
    # Once it has begun, whatever it does: to remove a tree it names files within folders that are open.
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "os.listdir", "os.link") and (steps or (isinstance(about[0], str) and about[0].startswith(folder + "/.sco-data-"))):
        steps += 1
        if steps == at:
            os.kill(os.getpid(), number)
sys.addaudithook(step)
sys.argv[:] = sys.argv[4:]
try:
    runpy.run_path(program, run_name="__main__")
finally:
    if not at:
        print("steps:", steps)
"""


def at(folder: Path, number: int, n: int, program: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", AT, str(folder), str(number), str(n), str(program), *args]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "TMPDIR": str(folder.parent)})


def state(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder but those that are nobody's: of a scratch folder, and the lock in it."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and not any(part.startswith(SCRATCH) for part in p.relative_to(folder).parts)}


def left(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob(f"{SCRATCH}*"))


# -- any kill at any step ------------------------------------------------------------------------

#: Replaces two folders and three files, one of them new, as a build does; the bodies are as many as it is told.
REPLACES = """
import sys
from pathlib import Path
from sco_data.files import put_in_place, scratch, stop_cleanly, stopped_code
stop_cleanly()
folder, body = Path(sys.argv[1]), sys.argv[2]
try:
    with scratch(folder) as work:
        for name in ("data/a.csv", "data/b/c.csv", "metadata/m.json", "CITATION.cff", "datapackage.json", *(["new.txt"] if body != "old" else [])):
            file = work / "made" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(body)
        if body == "fail":
            sys.exit(1)
        put_in_place(work / "made", folder)
except KeyboardInterrupt:
    sys.exit(stopped_code())
"""


@pytest.fixture(scope="module")
def replaces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("program") / "replaces.py"
    file.write_text(REPLACES)
    return file


def steps_of(done: subprocess.CompletedProcess[str]) -> int:
    assert done.returncode == 0, done.stderr
    return int(done.stdout.rpartition("steps: ")[2])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_stopped_at_any_step_it_is_the_old_or_the_new_or_said_to_be_neither(number: signal.Signals, replaces: Path, tmp_path: Path) -> None:
    def once(n: int) -> str:
        folder = tmp_path / str(n)
        folder.mkdir()
        assert at(folder, 0, 0, replaces, str(folder), "old").returncode == 0
        old = state(folder)
        done = at(folder, number, n, replaces, str(folder), "new")
        found, new = state(folder), dict.fromkeys([*old, "new.txt"], b"new")
        assert set(old.values()) == {b"old"} and len(old) == 5
        if number == signal.SIGKILL:
            assert done.returncode == -number
            kind = "old" if found == old else "new" if found == new else "mixed"
            if kind == "mixed":
                with pytest.raises(sco.InvalidData, match="was stopped half-way.* Mend: .*python scripts/build"):
                    check_settled(folder)
        else:
            assert done.returncode == 128 + number, done.stderr
            # What can clean up does: at once, and all of it.
            assert left(folder) == []
            assert found in (old, new)
            kind = "old" if found == old else "new"
        # The next run, which here fails before it puts anything in place, mends: first the old is back, or the new stands.
        assert at(folder, 0, 0, replaces, str(folder), "fail").returncode == 1
        assert left(folder) == [] and state(folder) in (old, new), n
        check_settled(folder)
        assert at(folder, 0, 0, replaces, str(folder), "new").returncode == 0
        assert state(folder) == new and left(folder) == []
        return kind

    trial = tmp_path / "trial"
    trial.mkdir()
    steps_of(at(trial, 0, 0, replaces, str(trial), "old"))
    steps = steps_of(at(trial, 0, 0, replaces, str(trial), "new"))
    assert steps > 30
    with ThreadPoolExecutor(2) as pool:
        kinds = list(pool.map(once, range(1, steps + 1, 1 if number == signal.SIGKILL or KILLS > 10 else 3)))
    # All of them are met, or the test has lost its edge.
    assert set(kinds) >= ({"old", "new", "mixed"} if number == signal.SIGKILL else {"old", "new"}), kinds
