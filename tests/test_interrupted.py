"""What a process that is killed, stopped, or out of room leaves: the old state, or the new one. Real processes, real signals, a real full disk."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import GRANT, ROOT, SCRIPT, Project

import sco_data as sco
from sco_data.catalog import Catalog
from sco_data.files import REPLACING, SCRATCH, check_settled, replacing, write_whole

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that a program could be sent")
#: How often a build is killed, and how densely the other steps are tried: SCO_DATA_TEST_KILLS=100 takes half an hour.
KILLS = int(os.environ.get("SCO_DATA_TEST_KILLS", "1"))

#: Runs a program that sends itself a signal before the n-th step of its work on the files of a folder: python -c AT folder signal n program ...
AT = """
import os, runpy, sys
folder, number, at, program, only = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], os.environ.get("ONLY_RENAMES")
steps = 0
def step(event, about):
    global steps
    # Once it has begun, whatever it does: to remove a tree it names files within folders that are open.
    if event in (("os.rename",) if only else ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "os.listdir")) and (
        steps or str(about[0]).startswith(folder + "/.sco-data-") or (only and str(about[1]).startswith(folder + "/.sco-data-"))
    ):
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


def at(folder: Path, number: int, n: int, program: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", AT, str(folder), str(number), str(n), str(program), *args]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "TMPDIR": str(folder.parent), **more})


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
        return kind

    trial = tmp_path / "trial"
    trial.mkdir()
    steps_of(at(trial, 0, 0, replaces, str(trial), "old"))
    steps = steps_of(at(trial, 0, 0, replaces, str(trial), "new"))
    assert steps > 30
    with ThreadPoolExecutor(2) as pool:
        kinds = list(pool.map(once, range(1, steps + 1, 1 if KILLS > 1 else 2 if number == signal.SIGKILL else 4)))
    # All of them are met, or the test has lost its edge.
    assert set(kinds) >= ({"old", "new", "mixed"} if number == signal.SIGKILL else {"old", "new"}), kinds


# -- what users and maintainers run ----------------------------------------------------------------

#: What writes: its arguments (of the old state, of the new one), the folder in the middle.
COMMANDS = {
    "a table": (["show", "issues", "-o", "{}/x.csv"], ["show", "indicators", "-o", "{}/x.csv"]),
    "an export of two files": (["export", "{}/x.csv", "issues"], ["export", "{}/x.csv", "indicators"]),
    "an export of a folder": (["export", "{}/all", "issues", "indicators", "--format", "ndjson"], ["export", "{}/all", "issues", "--format", "parquet"]),
    "an annotated file": (["annotate", "{}/../old.csv", "--country", "who", "--date", "day", "-o", "{}/x.csv"], ["annotate", "{}/../new.csv", "--country", "who", "--date", "day", "-o", "{}/x.csv"]),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_stopped_at_any_step_leaves_the_old_or_the_new(command: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (tmp_path / "old.csv").write_text("who,day\nIndia,2017-06-09\n", encoding="utf-8")
    (tmp_path / "new.csv").write_text("who,day\n" + "India,2017-06-08\n" * 2000, encoding="utf-8")
    one, other = ([part.format(folder) for part in args] for args in COMMANDS[command])
    steps = steps_of(at(folder, 0, 0, SCRIPT, *one))
    made = [state(folder)]
    steps_of(at(folder, 0, 0, SCRIPT, *other))
    made.append(state(folder))
    assert made[0] != made[1]
    draw = random.Random(steps if KILLS == 1 else None)
    for number in [signal.SIGKILL, signal.SIGTERM] * KILLS:
        # Where the old is set aside and the new put in its place is in the last third.
        n = draw.randint(2 if KILLS > 1 else steps * 2 // 3, steps)
        done = at(folder, number, n, SCRIPT, *one)
        # What one form takes more steps for may be done in time in the other.
        assert done.returncode in (0, -number if number == signal.SIGKILL else 128 + number), (n, done.stderr)
        if number == signal.SIGTERM and done.returncode:
            assert left(folder) == [] and state(folder) in made and done.stderr.endswith("Interrupted.\n"), (n, done.stderr)
        elif state(folder) not in made:
            with pytest.raises(sco.InvalidData, match="stopped half-way"):
                check_settled(folder)
        assert at(folder, 0, 0, SCRIPT, *one).returncode == 0
        assert state(folder) == made[0] and left(folder) == [], n
        one, other, made = other, one, made[::-1]


def release_of(project: Project) -> dict[str, bytes]:
    return {name: body for name, body in state(project.folder).items() if not name.startswith("seeds/")}


def is_verified(folder: Path) -> bool:
    try:
        return set(sco.verify(folder).state) == {"as released"}
    except sco.InvalidData:
        return False


def test_a_build_killed_at_any_moment_leaves_the_old_or_the_new_or_is_refused_and_the_next_mends_it(project: Project) -> None:
    def edit(edition: str) -> None:
        project.source("sco-2017", GRANT.replace("Astana", edition))

    made, counts = {}, Counter[str]()
    for edition in ("Astana", "Almaty"):
        edit(edition)
        started = time.monotonic()
        done = project.build()
        took = time.monotonic() - started
        assert done.returncode == 0, done.stderr
        made[edition] = release_of(project)
    assert made["Almaty"] != made["Astana"]
    program = [str(ROOT / "scripts" / "build"), "--root", str(project.folder)]
    now, then = "Almaty", "Astana"
    for n in range(KILLS):
        edit(then)
        if n % 2 == 0:
            # At one of the renames that put the files in place, which take a thousandth of the time.
            done = at(project.folder, signal.SIGKILL, 1 + (n // 2 + 3) % 9, ROOT / "scripts" / "build", *program[1:], ONLY_RENAMES="1")
            assert done.returncode == -signal.SIGKILL, done.stderr
        else:
            with subprocess.Popen([sys.executable, *program], stderr=subprocess.DEVNULL) as work:
                time.sleep(random.uniform(0, took))
                work.kill()
        found = release_of(project)
        kind = "old" if found == made[now] else "new" if found == made[then] else "mixed"
        verified = is_verified(project.folder)
        counts[kind if verified else f"{kind}, refused"] += 1
        # Refused is also what is whole already, or still, before the last step of the swap or after the first.
        assert verified or (project.folder / REPLACING / "old").exists(), kind
        assert not verified or kind != "mixed"
        # With n = 0: after the fourth rename, of nine.
        assert n or (kind == "mixed" and not verified)
        if n < KILLS - 1:
            done = project.build()
            assert done.returncode == 0 and release_of(project) == made[then] and left(project.folder) == [], done.stderr
            now, then = then, now
    print(counts)
    # The last is mended by two at once, the second of which reads other seeds.
    with subprocess.Popen([sys.executable, *program], stderr=subprocess.PIPE, text=True) as one:
        assert one.stderr is not None
        while "deriving" not in one.stderr.readline():
            pass
        edit(now)
        with subprocess.Popen([sys.executable, *program], stderr=subprocess.PIPE, text=True) as other:
            said = other.communicate(timeout=300)[1]
        said += one.stderr.read()
    assert (one.returncode, other.returncode) == (0, 0), said
    assert release_of(project) in made.values() and is_verified(project.folder) and left(project.folder) == []


def test_a_build_that_is_terminated_cleans_up(project: Project) -> None:
    before = state(project.folder)
    with subprocess.Popen([sys.executable, str(ROOT / "scripts" / "build"), "--root", str(project.folder)], stderr=subprocess.PIPE, text=True) as work:
        assert work.stderr is not None
        while "reconciling" not in work.stderr.readline():
            pass
        assert left(project.folder) != []
        work.terminate()
        said = work.communicate(timeout=60)[1]
    assert (work.returncode, said.splitlines()[-1]) == (143, "interrupted; nothing was replaced")
    assert state(project.folder) == before and left(project.folder) == []


# -- many at once ----------------------------------------------------------------------------------


def test_many_processes_that_replace_the_same_files_leave_those_of_one(replaces: Path, tmp_path: Path) -> None:
    loop = "for n in 1 2 3 4 5 6 7 8; do \"$0\" \"$@\" || exit 1; done"
    running = [subprocess.Popen(["sh", "-c", loop, sys.executable, str(replaces), str(tmp_path), body], stderr=subprocess.PIPE, text=True) for body in ("one", "two", "three")]
    for process in running:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    found = state(tmp_path)
    assert len(found) == 6 and len(set(found.values())) == 1 and left(tmp_path) == []


@pytest.mark.parametrize("target", ["x.csv", "all"])
def test_two_exports_at_once_are_one_of_both(target: str, tmp_path: Path) -> None:
    for table in ("issues", "indicators"):
        sco.export(tmp_path / table / target, table, format="csv")
    (tmp_path / "out").mkdir()
    running = [subprocess.Popen([str(SCRIPT), "export", str(tmp_path / "out" / target), table, "--format", "csv"], stderr=subprocess.PIPE, text=True) for table in ("issues", "indicators")]
    for process in running:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    assert state(tmp_path / "out") in (state(tmp_path / "issues"), state(tmp_path / "indicators")) and left(tmp_path) == []


def test_threads_that_write_one_file_leave_what_one_wrote_and_a_reader_sees_nothing_else(tmp_path: Path) -> None:
    file, bodies = tmp_path / "x.csv", [bytes([65 + n]) * 100_000 for n in range(8)]
    write_whole(file, bodies[0])
    with ThreadPoolExecutor(9) as pool:
        writing = [pool.submit(lambda body: [write_whole(file, body) for _ in range(20)], body) for body in bodies]
        while not all(w.done() for w in writing):
            assert file.read_bytes() in bodies
        assert all(w.result() for w in writing)
    assert left(tmp_path) == [] and file.read_bytes() in bodies


#: Has something in hand, says so, and waits for a line before it goes on.
HOLDS = """
import sys
from pathlib import Path
from sco_data.files import replacing
with replacing(Path(sys.argv[1])) as beside:
    beside.write_text("whole")
    print("ready", flush=True)
    sys.stdin.readline()
"""


def holding(target: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDS, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def test_what_a_living_process_has_in_hand_is_let_alone_and_what_a_dead_one_left_goes(tmp_path: Path) -> None:
    with holding(tmp_path / "living.csv") as living, holding(tmp_path / "dead.csv") as dead:
        dead.kill()
        dead.wait()
        assert len(left(tmp_path)) == 2
        write_whole(tmp_path / "other.csv", b"other")
        assert len(left(tmp_path)) == 1
        living.communicate("go on\n", timeout=60)
    assert living.returncode == 0 and state(tmp_path) == {"living.csv": b"whole", "other.csv": b"other"} and left(tmp_path) == []


def test_what_is_unpacked_by_a_process_that_is_killed_goes_when_the_next_unpacks(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name in ["datapackage.json", *(r["path"] for r in Catalog(sco.path()).resources.values())]:
            archive.write(sco.path() / name, name)
    (tmp_path / "temporary").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    code = f"import sco_data as sco, time; kept = sco.open({str(tmp_path / 'x.zip')!r}); print('ready', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        asking = [str(SCRIPT), "--data", str(tmp_path / "x.zip"), "members", "--format", "csv"]
        assert subprocess.run(asking, capture_output=True, env=environment).returncode == 0 and len(left(tmp_path)) == 1
        process.kill()
    assert len(left(tmp_path)) == 1
    assert subprocess.run(asking, capture_output=True, env=environment).returncode == 0 and left(tmp_path) == []


def test_what_is_left_is_no_part_of_the_project() -> None:
    """Git ignores it, and hatchling, which goes by .gitignore, packs none of it."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    for place in ("", "data/", "seeds/sources/", "docs/"):
        assert subprocess.run(["git", "check-ignore", "-q", f"{place}{SCRATCH}1234abcd/made/x.csv"], cwd=ROOT).returncode == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make a folder somebody else's")
def test_what_somebody_else_made_of_that_name_is_not_put_back(tmp_path: Path) -> None:
    """In /tmp anybody may."""
    place = tmp_path / f"{SCRATCH}replacing"
    (place / "old").mkdir(parents=True)
    (place / "old" / "x.csv").write_text("theirs", encoding="utf-8")
    (place / "new").write_text("0 x.csv\n", encoding="utf-8")
    os.chown(place, 12345, 12345)
    write_whole(tmp_path / "y.csv", b"mine")
    assert not (tmp_path / "x.csv").exists() and (place / "old" / "x.csv").exists()


# -- no room, no folder ----------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of a quarter of a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if not shutil.which("mount") or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here; test_export has a limit on the size of files")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


FULL = {
    "x.csv": ["show", "evidence", "-o", "{}/x.csv"], "x.parquet": ["show", "evidence", "-o", "{}/x.parquet"], "all": ["export", "{}/all", "issues", "evidence", "--format", "csv"],
    "x.xlsx": ["export", "{}/x.xlsx", "evidence"], "y.csv": ["annotate", "{}/../in.csv", "--country", "who", "--date", "day", "-o", "{}/y.csv"],
}  # fmt: skip


@pytest.mark.parametrize("name", FULL)
def test_a_full_disk_gets_one_clear_error_and_the_old_state_stays(name: str, small: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("who,day\n" + "India,2017-06-08\n" * 20_000, encoding="utf-8")
    sco.export(small / "all", "issues", format="csv")
    for file in ("x.csv", "x.parquet", "x.xlsx", "y.csv"):
        (small / file).write_bytes(b"")
    before = state(small)
    done = subprocess.run([str(SCRIPT), *(part.format(small) for part in FULL[name])], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert f"Error: cannot write {small / name}: " in done.stderr and "No space left on device" in done.stderr and done.stderr.endswith("Mend: give a place that can be written, with room enough.\n")
    assert state(small) == before and left(small) == []


def test_a_build_without_room_replaces_nothing(project: Project, small: Path) -> None:
    folder = small / "project"
    shutil.copytree(project.folder / "seeds", folder / "seeds", ignore=lambda at, names: [n for n in names if n == "README.md"])
    (folder / "datapackage.json").symlink_to(project.folder / "datapackage.json")
    before = state(folder)
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "build"), "--root", str(folder)], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.splitlines()[-2:] == [f"cannot write {folder}: No space left on device. Mend: give a place that can be written, with room enough.", "nothing was replaced"], done.stderr
    assert state(folder) == before and left(folder) == []


def test_no_room_among_the_temporary_files_is_said(small: Path, tmp_path: Path) -> None:
    (small / "fill").write_bytes(b"x" * 200_000)
    done = subprocess.run([str(SCRIPT), "show", "evidence", "-o", str(tmp_path / "x.parquet")], capture_output=True, text=True, env={**os.environ, "TMPDIR": str(small)})
    assert (done.returncode, done.stderr) == (2, "Error: cannot write among the temporary files: No space left on device. Mend: make room there, or name another folder in TMPDIR.\n")
    assert [p.name for p in small.iterdir()] == ["fill"] and not (tmp_path / "x.parquet").exists()


def test_a_disk_that_is_read_only_is_said(small: Path) -> None:
    write_whole(small / "x.csv", b"old")
    assert subprocess.run(["mount", "-o", "remount,ro", str(small)]).returncode == 0
    done = subprocess.run([str(SCRIPT), "show", "issues", "-o", str(small / "x.csv")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, f"Error: cannot write {small / 'x.csv'}: Read-only file system. Mend: give a place that can be written, with room enough.\n")
    assert (small / "x.csv").read_bytes() == b"old"


def test_a_folder_that_goes_while_it_is_written_to_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with holding(folder / "x.csv") as process:
        shutil.rmtree(folder)
        process.communicate("go on\n", timeout=60)
    assert process.returncode == 1 and not folder.exists()
    with pytest.raises(sco.UsageError, match=r"cannot write .*x.csv: No such file or directory. Mend: give a file in a folder that is there."), replacing(folder / "x.csv"):
        pass


def test_a_pipe_is_not_replaced_by_an_export(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(sco.UsageError, match="is a pipe or a device. Mend: give a file"):
        sco.export(tmp_path / "pipe", "issues", format="sql")
    assert (tmp_path / "pipe").is_fifo()
