"""What the importers share: reading what was downloaded, refusing it with a reason, writing all files or none."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sco_data.archives import DAMAGES, open_zip, read_member
from sco_data.errors import ScoDataError, visible
from sco_data.files import cannot_write, is_file, is_folder, put_in_place, scratch, stop_cleanly, stopped_code
from sco_data.validation.report import Finding

#: A file, or all of a zip, that has more than this is none of the World Bank's (its largest has some 250 MB) or the United Nations'.
LARGEST = 600_000_000


class Refused(Exception):
    """A file that is not in order."""

    @staticmethod
    def report(run: Callable[[argparse.Namespace], list[Finding]], options: argparse.Namespace) -> int:
        """Run an import, say what is wrong on stderr, and return the exit code."""
        stop_cleanly()
        try:
            problems: list[Finding | Exception] = [*run(options)]
        except (Refused, ScoDataError) as refused:
            problems = [refused]
        except OSError as error:
            problems = [cannot_write(Path(error.filename or "seeds"), error)]
        except KeyboardInterrupt:
            print("interrupted; nothing was imported", file=sys.stderr)
            return stopped_code()
        for problem in problems[:20]:
            print(visible(str(problem)[:1000]), file=sys.stderr)
        if len(problems) > 20:
            print(f"... and {len(problems) - 20} more", file=sys.stderr)
        if problems:
            print("nothing was imported", file=sys.stderr)
        return 1 if problems else 0


def decoded(where: str, body: bytes) -> str:
    """Return the text of a CSV file."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{where}: not UTF-8: {error}. Mend: download it again, and do not save it with a spreadsheet.") from None


def lines_of(where: str, body: str) -> list[tuple[int, list[str]]]:
    """Return number and cells of each line of a CSV file that is not empty."""
    reader = csv.reader(io.StringIO(body, newline=""))
    try:
        return [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise Refused(f"{where}: row {reader.line_num}: not CSV: {error}. Mend: download it again, or restore the line.") from None


def body_of(path: Path) -> bytes:
    """Return what is in a file; OSError if it is none, such as a pipe, or larger than any that belongs here."""
    if not is_file(path) or path.stat().st_size > LARGEST:
        raise OSError(f"there is no file of at most {LARGEST:,} bytes")
    return path.read_bytes()


def table_of(path: Path, *needed: str) -> list[tuple[int, dict[str, str]]]:
    """Return number and cells by column of each line of a file whose first line is a header with these columns."""
    try:
        lines = lines_of(str(path), decoded(str(path), body_of(path)))
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror or error}. Mend: give the file, or the folder that holds it.") from None
    header = lines[0][1] if lines else []
    lacking = [c for c in needed if c not in header]
    if lacking or len(set(header)) < len(header):
        what = f"lacks {', '.join(lacking)}" if lacking else "has a column twice"
        raise Refused(f"{path}: the header {what}. Mend: download the file again, or correct the header.")
    for line, row in lines[1:]:
        if len(row) != len(header):
            raise Refused(f"{path}: row {line}: {len(row)} cells, and the header has {len(header)}. Mend: restore the line.")
    return [(line, dict(zip(header, row))) for line, row in lines[1:]]


def members_of(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield name, name of the folder in capitals, and text of each CSV file of a file, zip or folder."""
    try:
        if is_folder(path):
            for inner in sorted(p for p in path.rglob("*") if p.suffix.lower() in (".csv", ".zip")):
                yield from members_of(inner)
        elif path.suffix.lower() == ".zip":
            left = LARGEST
            if not is_file(path):
                raise OSError("there is no such file")
            with open_zip(path) as archive:
                for member in sorted((m for m in archive.infolist() if m.filename.lower().endswith(".csv")), key=lambda m: m.filename):
                    where = f"{path}:{member.filename}"
                    if member.file_size > left:
                        raise Refused(f"{where}: unpacks to {member.file_size:,} bytes. Mend: give the file of the World Bank itself.")
                    body = read_member(archive, member, left)
                    left -= len(body)
                    yield where, "", decoded(where, body)
        else:
            yield str(path), path.parent.name.upper(), decoded(str(path), body_of(path))
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror or error}. Mend: give a CSV file, a zip or a folder.") from None
    except DAMAGES as error:
        raise Refused(f"{path}: not a zip file that can be read: {error}. Mend: download it again.") from None


def toml(text: str) -> str:
    """Return a text as a TOML string.

    >>> print(toml('A "b"'))
    "A \\\\"b\\\\""
    """
    return json.dumps(text, ensure_ascii=False)


def write_all(files: Iterable[tuple[Path, str]]) -> None:
    """Write all files or none."""
    texts = {path.resolve(): body for path, body in files}
    folder = Path(os.path.commonpath([path.parent for path in texts]))
    with scratch(folder) as work:
        for path, body in texts.items():
            part = work / "made" / path.relative_to(folder)
            part.parent.mkdir(parents=True, exist_ok=True)
            try:
                part.write_text(body, encoding="utf-8", newline="")
            except UnicodeEncodeError as error:
                raise Refused(f"cannot write {path}: {error}. Mend: give texts in UTF-8.") from None
        put_in_place(work / "made", folder, [path.relative_to(folder).as_posix() for path in texts])


def as_csv(columns: list[str], rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
