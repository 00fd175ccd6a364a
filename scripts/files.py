"""What the importers share: reading what was downloaded, refusing it with a reason, writing whole files or none."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable
from pathlib import Path

from sco_data.validation.report import Finding


class Refused(Exception):
    """A file that is not in order."""

    @staticmethod
    def report(run: Callable[[argparse.Namespace], list[Finding]], options: argparse.Namespace) -> int:
        """Run an import, say what is wrong on stderr, and return the exit code."""
        try:
            problems: list[Finding | Refused] = [*run(options)]
        except Refused as refused:
            problems = [refused]
        for problem in problems[:20]:
            print(problem, file=sys.stderr)
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


def write_whole(path: Path, body: str) -> None:
    """Write a file beside its place and rename it there."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(body, encoding="utf-8", newline="")
    beside.replace(path)


def as_csv(columns: list[str], rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
