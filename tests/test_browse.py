"""The server of the explorer and `sco-data browse`, on a small site; and the words of the front end."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT, SCRIPT

import sco_data as sco
from sco_data.browsing import server
from sco_data.catalog import Catalog

Cli = Callable[..., "subprocess.CompletedProcess[str]"]

NAME = Catalog(sco.path()).descriptor["name"]
#: File of the small site -> its type and what it holds.
FILES = {
    "index.html": ("text/html; charset=utf-8", "<!doctype html><title>ü</title>"), "site.json": ("application/json; charset=utf-8", json.dumps({"name": NAME, "version": sco.__version__})),
    "main.js": ("text/javascript; charset=utf-8", "export {};"), "pages/one.js": ("text/javascript; charset=utf-8", "export {};"), "style.css": ("text/css; charset=utf-8", "p { margin: 0; }"),
    "views/a.csv.gz": ("application/gzip", "not really"), "a b.csv": ("text/csv; charset=utf-8", "x\n1\n"), "charts/a.svg": ("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"), "LICENSE": ("application/octet-stream", "MIT"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "site"
    for name, (_, text) in FILES.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, encoding="utf-8", newline="")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return made


def packed(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    return target


@pytest.fixture(params=["folder", "zip"])
def site(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Path:
    return folder if request.param == "folder" else packed(folder, tmp_path / "sco-data-site.zip")


Ask = Callable[..., tuple[int, dict[str, str], bytes]]


@contextmanager
def asking(path: Path) -> Iterator[Ask]:
    """Serve a site, and give what asks it for a path exactly as it is written."""
    with server(path) as made:
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()

        def ask(target: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection("127.0.0.1", made.server_address[1], timeout=10)
            connection.putrequest(method, target, skip_accept_encoding=True)
            connection.endheaders()
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            return answer.status, dict(answer.getheaders()), body

        yield ask
        made.shutdown()


def test_every_file_has_its_type(site: Path) -> None:
    with asking(site) as ask:
        for name, (kind, text) in FILES.items():
            status, headers, body = ask("/" + name.replace(" ", "%20") + "?v=1")
            assert (status, headers["Content-Type"], body.decode()) == (200, kind, text)
            assert headers["X-Content-Type-Options"] == "nosniff" and int(headers["Content-Length"]) == len(body)
        assert ask("/")[2] == ask("/index.html")[2]


def test_a_head_has_no_body(site: Path) -> None:
    with asking(site) as ask:
        for target in ("/", "/nothing.js"):
            status, headers, body = ask(target)
            assert ask(target, "HEAD")[0] == status and body
            assert ask(target, "HEAD")[1]["Content-Length"] == headers["Content-Length"] and ask(target, "HEAD")[2] == b""


NOWHERE = [
    "/nothing.js", "/pages", "/pages/", "/../secret.txt", "/%2e%2e/secret.txt", "/pages/../../secret.txt", "/pages/%2e%2e/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt", "/..\\secret.txt", "/..%5csecret.txt",
    "/pages%5cone.js", "/index.html%00", "/index.html%00.js", "/%00", "//etc/passwd", "/%2fetc%2fpasswd", "/C:/Windows/win.ini", "/data/../../secret.txt", "/data/%2e%2e/datapackage.json", "/data//etc/passwd", "/data/" + "a" * 5000,
]  # fmt: skip


def test_nothing_else_is_served(site: Path) -> None:
    with asking(site) as ask:
        for target in NOWHERE:
            status, headers, body = ask(target)
            assert (status, headers["Content-Type"], body) == (404, "text/plain; charset=utf-8", b"not there\n"), target
            # And it goes on serving.
            assert ask("/")[0] == 200


def test_an_absolute_path_leads_to_no_file(folder: Path, tmp_path: Path) -> None:
    secret = (tmp_path / "secret.txt").as_posix()
    with asking(folder) as ask:
        assert [ask(t)[0] for t in (f"/{secret}", f"//{secret.lstrip('/')}", "/data/" + secret)] == [404, 404, 404]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_a_link_leads_not_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "outside").symlink_to(tmp_path, target_is_directory=True)
    (folder / "in.js").symlink_to(folder / "main.js")
    with asking(folder) as ask:
        assert [ask(t)[0] for t in ("/out.txt", "/outside/secret.txt", "/in.js")] == [404, 404, 200]


def test_data_that_the_site_has_not_are_the_installed(site: Path) -> None:
    with asking(site) as ask:
        assert ask("/data/statuses.csv")[2] == (sco.path() / "data/statuses.csv").read_bytes()
        assert ask("/data/datapackage.json")[2] == (sco.path() / "datapackage.json").read_bytes()
        # What lies beside the data in a checkout is none of them.
        assert ask("/datapackage.json")[0] == ask("/pyproject.toml")[0] == 404


def test_data_of_the_site_go_before_the_installed(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/statuses.csv").write_text("its own", encoding="utf-8")
    with asking(folder) as ask:
        assert ask("/data/statuses.csv")[2] == b"its own"


def test_it_listens_to_this_machine_alone(folder: Path) -> None:
    with server(folder) as made:
        assert made.server_address[0] == "127.0.0.1"


# -------------------------------------------------------------------------------------------------------- sco-data browse


@contextmanager
def browsing(*args: str) -> Iterator[tuple[str, Callable[[], tuple[int, str]]]]:
    """Start `sco-data browse`; give its address, and what ends it as Ctrl-C does and returns its exit code and what it said."""
    flags = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if sys.platform == "win32" else {}
    process = subprocess.Popen([str(SCRIPT), "browse", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=os.environ | {"BROWSER": "true"}, **flags)  # type: ignore[call-overload]

    def end() -> tuple[int, str]:
        process.send_signal(signal.CTRL_C_EVENT if sys.platform == "win32" else signal.SIGINT)
        out, error = process.communicate(timeout=20)
        # The address is all that it prints.
        assert out == ""
        return process.returncode, error

    try:
        yield process.stdout.readline().strip(), end
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C reaches there the tests as well")
def test_browse_prints_an_address_that_answers_until_ctrl_c(site: Path) -> None:
    with browsing(str(site), "--no-open") as (address, end):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.read().decode() == FILES["index.html"][1]
        code, error = end()
        assert code == 0 and "Traceback" not in error and "Warning" not in error


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C reaches there the tests as well")
def test_browse_warns_of_a_site_of_another_version(folder: Path) -> None:
    (folder / "site.json").write_text(json.dumps({"name": NAME, "version": "0.0.1"}), encoding="utf-8")
    with browsing(str(folder), "--no-open") as (_, end):
        code, error = end()
        assert code == 0 and [line for line in error.splitlines() if "0.0.1" in line and sco.__version__ in line and line.startswith("Warning: ")]


def no_site(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def anothers(tmp_path: Path) -> Path:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/site.json").write_text('{"name": "something-else", "version": "1.0.0"}', encoding="utf-8")
    return tmp_path / "other"


def no_json(tmp_path: Path) -> Path:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/site.json").write_text('{"name": ', encoding="utf-8")
    return tmp_path / "bad"


def no_object(tmp_path: Path) -> Path:
    (tmp_path / "list").mkdir()
    (tmp_path / "list/site.json").write_text("[]", encoding="utf-8")
    return tmp_path / "list"


def no_zip(tmp_path: Path) -> Path:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    return tmp_path / "broken.zip"


@pytest.mark.parametrize("make", [no_site, anothers, no_json, no_object, no_zip, lambda tmp_path: tmp_path / "nowhere"], ids=["empty", "another's", "no JSON", "a list", "broken zip", "nowhere"])
def test_browse_says_once_that_there_is_no_site(cli: Cli, make: Callable[[Path], Path], tmp_path: Path) -> None:
    done = cli("browse", str(make(tmp_path)), "--no-open", timeout=30)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and done.stderr.startswith("Error: ") and "Mend: " in done.stderr


def test_a_zip_damaged_inside_is_one_error_and_no_traceback(cli: Cli, folder: Path, tmp_path: Path) -> None:
    file = packed(folder, tmp_path / "site.zip")
    content = file.read_bytes().replace(FILES["site.json"][1].encode(), b"?" * len(FILES["site.json"][1]))
    file.write_bytes(content)
    done = cli("browse", str(file), "--no-open", timeout=30)
    assert done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1 and "Mend: " in done.stderr


def test_a_port_in_use_is_one_error(cli: Cli, folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = cli("browse", str(folder), "--no-open", "--port", str(taken.getsockname()[1]), timeout=30)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1 and str(taken) and "Mend: " in done.stderr


# --------------------------------------------------------------------------------------------------- words of the front end

EXPLORER = ROOT / "explorer"


def test_every_word_of_the_front_end_is_in_labels_json_and_none_is_left_over() -> None:
    labels = json.loads((EXPLORER / "labels.json").read_text(encoding="utf-8"))
    code = "\n".join(f.read_text(encoding="utf-8") for f in [*EXPLORER.glob("*.js"), *EXPLORER.glob("*.mjs"), *(EXPLORER / "pages").glob("*.js")])
    page = set(re.findall(r"\{\{(\w+)\}\}", (EXPLORER / "index.html").read_text(encoding="utf-8")))
    shell = (ROOT / "scripts/build_site/shell.py").read_text(encoding="utf-8")
    # What the build gives the page beside its words, and the pages of the navigation.
    given = set(re.findall(r'"(\w+)": ', shell.partition("given = {")[2].partition("}\n")[0]))
    navigation = set(re.findall(r': "(\w+)"', shell.partition("_PAGES = {")[2].partition("}")[0]))
    used = set(re.findall(r"\bL\.(\w+)", code)) | (page - given) | navigation
    # L[`relation_${relation}`]: each that begins so.
    made = set(re.findall(r"\bL\[`(\w+)\$\{", code))
    assert made and navigation and used - set(labels) == set()
    assert {prefix for prefix in made if not any(name.startswith(prefix) for name in labels)} == set()
    assert {name for name in set(labels) - used if not name.startswith(tuple(made))} == set()


def test_every_place_in_a_label_is_filled_and_every_value_has_its_place() -> None:
    labels = json.loads((EXPLORER / "labels.json").read_text(encoding="utf-8"))
    code = "\n".join(f.read_text(encoding="utf-8") for f in [*EXPLORER.glob("*.js"), *(EXPLORER / "pages").glob("*.js")])
    calls = re.findall(r"say\(L\.(\w+), \{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\)", code)
    wrong = []
    for name, values in calls:
        keys = set(re.findall(r"(?:^|, )(\w+)(?=:|,|\s*$)", re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", values).strip()))
        if isinstance(labels[name], str) and set(re.findall(r"\{(\w+)\}", labels[name])) != keys:
            wrong.append((name, keys))
    assert len(calls) > 20 and wrong == []


def test_the_small_site_is_a_site_as_the_build_writes_it() -> None:
    # Or the tests above would go on with a notice that no build writes.
    content = (ROOT / "scripts/build_site/content.py").read_text(encoding="utf-8")
    assert 'NOTICE = "site.json"' in content and all(f'"{part}": ' in content for part in json.loads(FILES["site.json"][1]))
