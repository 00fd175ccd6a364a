"""Serves the explorer: static files out of a folder or a zip, to this machine alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from .archives import DAMAGES, open_zip, read_member
from .catalog import DESCRIPTOR, current, root
from .errors import InvalidData, NotFound, UsageError, shown
from .files import is_file

#: Written here and not asked of the system, which on Windows may say that a script is plain text.
_KINDS = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json; charset=utf-8",
    ".csv": "text/csv; charset=utf-8", ".md": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".svg": "image/svg+xml", ".gz": "application/gzip",
}  # fmt: skip

#: A file of a site that is larger is none of ours; so far the largest has 5 MB.
LARGEST = 100_000_000

Read = Callable[[str], bytes | None]


def _of_folder(folder: Path) -> Read:
    base = folder.resolve()

    def read(name: str) -> bytes | None:
        try:
            file = (base / name).resolve()
            # Neither dots nor a link lead out of the folder.
            return file.read_bytes() if file.is_relative_to(base) and file.is_file() and file.stat().st_size <= LARGEST else None
        except (OSError, ValueError, RuntimeError):
            # No file can be called so.
            return None

    return read


def _of_zip(file: Path) -> Read:
    archive = open_zip(file)
    names = set(archive.namelist())

    def read(name: str) -> bytes | None:
        try:
            return read_member(archive, name, LARGEST) if name in names else None
        except DAMAGES:
            # Damaged: not there for the browser, whose page says what could not be loaded.
            return None

    return read


def find(path: Path | None = None) -> Read:
    """Return what reads the files of a site: of a folder or zip, or of the site that came with the package.

    Raises
    ------
    NotFound : there is none.
    InvalidData : what is there is no site.
    """
    place = path or root() / "site"
    try:
        read = _of_zip(place) if is_file(place) else _of_folder(place)
        notice = read("site.json")
        said = json.loads(notice or b"null")
    except DAMAGES as error:
        raise InvalidData(f"{place} cannot be read: {error}. Mend: give the folder or the zip of a site.") from None
    if notice is None and path is None:
        raise NotFound(f"no site is at {place}. Mend: in a checkout run `python scripts/build_site`; else give sco-data-site.zip of a release.")
    if not isinstance(said, dict) or said.get("name") != current().descriptor["name"]:
        raise InvalidData(f"{place} is no site of this project. Mend: give the folder that scripts/build_site wrote, or sco-data-site.zip.")
    return read


def version_of(read: Read) -> str:
    """Return the version of the data that a site shows."""
    return str(json.loads(read("site.json") or b"{}").get("version"))


def _reader(read: Read) -> Read:
    """The site in a wheel has not the data a second time: they lie beside it."""
    folder = current().folder
    own = _of_folder(folder)
    return lambda name: read(name) or (own(DESCRIPTOR if name == f"data/{DESCRIPTOR}" else name) if name.startswith("data/") else None)


class _Handler(BaseHTTPRequestHandler):
    read: Read
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, body: bool) -> None:
        name = unquote(urlsplit(self.path).path).lstrip("/") or "index.html"
        found = None if ".." in PurePosixPath(name).parts or "\\" in name or "\0" in name else type(self).read(name)
        status, kind = (HTTPStatus.OK, _KINDS.get(PurePosixPath(name).suffix, "application/octet-stream")) if found is not None else (HTTPStatus.NOT_FOUND, _KINDS[".txt"])
        content = found if found is not None else b"not there\n"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each file."""


def server(path: Path | None = None, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of the explorer that listens to this machine alone; `serve_forever` starts it.

    Parameters
    ----------
    path : folder or zip of a site; without it the one that came with the package, or that the checkout built.
    port : 0 takes any that is free.

    Raises
    ------
    NotFound, InvalidData : there is no site.
    UsageError : the port cannot be had.
    """
    read = _reader(find(path))
    handler = type("Handler", (_Handler,), {"read": staticmethod(read)})
    try:
        made = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except (OSError, OverflowError) as error:
        raise UsageError(f"port {shown(port)} cannot be had: {error}. Mend: give another with --port, or none.") from None
    made.daemon_threads = True
    return made
