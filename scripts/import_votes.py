"""Take roll calls of the General Assembly into seeds/: a user's own file of whole sessions, of the United Nations or of Voeten.

    python scripts/import_votes.py 2026_02_06_ga_voting.csv --name un-votes-2026 --complete 74-79
    python scripts/import_votes.py UNVotes.csv --name voeten-2026 --complete 74-79
    python scripts/import_votes.py FOLDER --name unvotes-2020 --complete 47-73     # roll_calls.csv and votes.csv

The files are told apart by their headers, and columns are found by name. Votes of the states of the newest file of
votes in seeds/ are taken, with totals over all states of the file. Sessions that --complete does not name are `selected`.
Voeten's data are CC0; the United Nations' file may not be passed on for commercial use: keep what comes of it to yourself.
Nothing is fetched, and nothing is written unless everything is in order; `python scripts/build` comes after.
Exit code 1 if a file is not in order, 2 if the command is not.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0:1] = [str(ROOT)]

from sco_data.catalog import Catalog  # noqa: E402
from sco_data.validation.report import Finding  # noqa: E402
from scripts.build.seeds import VOTES, Reader, RollCalls  # noqa: E402
from scripts.build.votes import COLUMNS, TOTALS, statements  # noqa: E402
from scripts.files import Refused, as_csv, decoded, write_whole  # noqa: E402

Row = dict[str, str]
#: Letters of the two makers: Voeten's 8 is absent, 9 no member; the United Nations' X (earlier NV) is non-voting.
VOETEN = {"1": "Y", "2": "A", "3": "N", "8": "X", "9": ""}
UNITED_NATIONS = {"Y": "Y", "N": "N", "A": "A", "X": "X", "NV": "X", "": "X"}
SUBJECTS = ("me", "nu", "di", "hr", "co", "ec")
RECORD = """# Written by scripts/import_votes.py; the roll calls stand in {votes}
[source]
kind = "dataset"
title = "{title}"
publisher = "{publisher}"
url = "{url}"
language = "en"
licence = "{licence}"
accessed_on = {today}
read = "full"

[votes]
complete_sessions = [{complete}]
"""


def symbol(text: str) -> str:
    """Return a symbol in the United Nations' present notation.

    >>> symbol("R/46/242"), symbol("A/RES/ES-10/21"), symbol("")
    ('A/RES/46/242', 'A/RES/ES-10/21', '')
    """
    return re.sub(r"^R/", "A/RES/", text.strip())


def day(text: str) -> str:
    """Return a date as it is written in seeds/; Voeten's older files have month first."""
    american = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    return f"{american[3]}-{int(american[1]):02}-{int(american[2]):02}" if american else text[:10]


def true_day(dataset: str, record: str) -> str:
    """Return the day in the United Nations' record; where there is none, the dataset's month, since its days are often wrong.

    A record far from the dataset's day is that of another resolution.

    >>> true_day("1992-10-05", "1992-10-22"), true_day("2010-12-08", ""), true_day("2017-12-21", "1995-12-06")
    ('1992-10-22', '2010-12', '2017-12')
    """
    if record and abs((dt.date.fromisoformat(record) - dt.date.fromisoformat(dataset)).days) < 300:
        return record
    return dataset[:7]


def rows_of(path: Path) -> list[Row]:
    try:
        return list(csv.DictReader(decoded(str(path), path.read_bytes()).splitlines()))
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror}. Mend: give the file, or a folder with roll_calls.csv and votes.csv.") from None


def need(path: Path, rows: list[Row], *columns: str) -> None:
    lacking = [c for c in columns if not rows or c not in rows[0]]
    if lacking:
        raise Refused(f"{path}: the header lacks {', '.join(lacking)}. Mend: download the file again, or correct the header.")


def packaged(folder: Path) -> Iterator[Row]:
    """Yield the roll calls of a folder with roll_calls.csv and votes.csv, whose totals and true days stand in the first."""
    calls, votes = rows_of(folder / "roll_calls.csv"), rows_of(folder / "votes.csv")
    need(folder / "roll_calls.csv", calls, "rcid", "session", "symbol", "date_dataset", "date_un_record", "amend", "para", "issue_codes", "short", *TOTALS)
    need(folder / "votes.csv", votes, "rcid", "iso3", "vote")
    letters = {"yes": "Y", "no": "N", "abstain": "A"}
    cast: dict[str, Row] = defaultdict(dict)
    for vote in votes:
        cast[vote["rcid"]][vote["iso3"]] = letters.get(vote["vote"], vote["vote"])
    for call in calls:
        yield {
            "rcid": call["rcid"], "session": call["session"], "symbol": symbol(call["symbol"]), "vote_on": true_day(call["date_dataset"], call["date_un_record"] if call["symbol"] else ""),
            "is_amendment": call["amend"], "is_paragraph": call["para"], "issues": call["issue_codes"].replace(";", "|"), "title": " ".join(call["short"].split(" : ")[0].split()),
            **{t: call[t] for t in TOTALS}, **cast[call["rcid"]],
        }  # fmt: skip


def long_form(path: Path, iso3_of: dict[str, str]) -> Iterator[Row]:
    """Yield the roll calls of a file with a row for each state and vote: the United Nations' or Voeten's, by the names of its columns."""
    rows = rows_of(path)
    theirs = "ms_code" in (rows[0] if rows else {}) or "ms_codes" in (rows[0] if rows else {})
    if theirs:
        plural = "s" if "ms_codes" in rows[0] else ""
        names = {"id": "undl_id", "state": f"ms_code{plural}", "vote": f"ms_vote{plural}", "date": "date", "session": "session", "symbol": f"resolution{plural}", "title": "title"}
        letters = UNITED_NATIONS
    else:
        names = {"id": "rcid", "state": "ccode", "vote": "vote", "date": "date", "session": "session", "symbol": "unres", "title": "short"}
        letters = VOETEN
    need(path, rows, *(n for k, n in names.items() if k != "title"))
    calls: dict[str, Row] = {}
    totals: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(TOTALS, 0))
    for line, row in enumerate(rows, start=2):
        if theirs and row[names["symbol"]].startswith("S/"):
            continue
        letter = letters.get(row[names["vote"]].strip().removesuffix(".0"))
        if letter is None:
            raise Refused(f"{path}: row {line}, column {names['vote']}: {row[names['vote']]!r} is not one of {', '.join(filter(None, letters))}. Mend: correct the cell.")
        call = calls.setdefault(
            row[names["id"]],
            {
                "rcid": row[names["id"]], "session": row[names["session"]].removesuffix(".0"), "symbol": symbol(row[names["symbol"]]), "vote_on": day(row[names["date"]]),
                "is_amendment": row.get("amend", "0").removesuffix(".0") or "0", "is_paragraph": row.get("para", "0").removesuffix(".0") or "0",
                "issues": "|".join(s for s in SUBJECTS if row.get(s, "0") in ("1", "1.0", "TRUE")), "title": " ".join(row.get(names["title"], "").split(" : ")[0].split()),
            },
        )  # fmt: skip
        if letter in "YNA" and letter:
            totals[row[names["id"]]][{"Y": "yes", "N": "no", "A": "abstain"}[letter]] += 1
        iso3 = iso3_of.get(row[names["state"]].removesuffix(".0"))
        if iso3 and letter:
            call[iso3] = letter
    for rcid, call in calls.items():
        yield call | {t: str(n) for t, n in totals[rcid].items()}


def sessions(text: str) -> list[str]:
    """Return the sessions that a range names.

    >>> sessions("47-49,ES-10")
    ['47', '48', '49', 'ES-10']
    """
    out: list[str] = []
    for part in filter(None, text.split(",")):
        span = re.fullmatch(r"(\d+)-(\d+)", part)
        out += [str(n) for n in range(int(span[1]), int(span[2]) + 1)] if span else [part]
    return out


def run(options: argparse.Namespace) -> list[Finding]:
    seeds, catalog = options.root / "seeds", Catalog(options.root)
    reader = Reader(seeds, catalog)
    actors = reader.read_list("actors", seeds / "lists" / "actors.csv")
    codes = reader.read_list("codes", seeds / "lists" / "codes.csv")
    states = {a["actor_id"] for a in actors if a.get("kind") in ("state", "other_entity")}
    iso3_of = {s: s for s in states} | {str(a["ccode"]): a["actor_id"] for a in actors if a.get("ccode")}
    print(f"reading {options.file}", file=sys.stderr)
    calls = list(packaged(options.file) if options.file.is_dir() else long_form(options.file, iso3_of))
    if not calls:
        raise Refused(f"{options.file}: no roll call. Mend: give a file of votes.")
    old = [p for p in sorted((seeds / "sources").glob(f"*{VOTES}")) if p.name != f"{options.name}{VOTES}"]
    wanted = set(options.state)
    for path in old[-1:]:
        with path.open(encoding="utf-8", newline="") as handle:
            wanted |= set(next(csv.reader(handle))) - set(COLUMNS)
    if options.file.is_dir() or not wanted:
        wanted |= {column for call in calls for column in call} - set(COLUMNS)
    calls = [{k: v for k, v in call.items() if k in COLUMNS or k in wanted} for call in calls]
    calls.sort(key=lambda call: (call["vote_on"], call["rcid"].zfill(12)))
    issues = {c["code"] for c in codes if c["code_list"] == "vote_issue"}
    path = seeds / "sources" / f"{options.name}{VOTES}"
    # The checks are the build's own; what is not in order is said before anything is written.
    read = [{k: v for k, v in call.items() if v} | {t: call[t] for t in TOTALS} for call in calls]
    problems = [f for f in statements(RollCalls(f"seeds/sources/{path.name}", options.name, set(), read), states, issues) if isinstance(f, Finding)]
    if problems:
        return problems
    write_whole(path, as_csv([*COLUMNS, *sorted(wanted)], calls))
    record = path.with_name(f"{options.name}.toml")
    if not record.exists():
        complete = ", ".join(f'"{s}"' for s in sessions(options.complete))
        words = {"title": options.title, "publisher": options.publisher, "url": options.url, "licence": options.licence}
        write_whole(record, RECORD.format(votes=path.name, today=dt.date.today().isoformat(), complete=complete, **words))
    print(f"{path.name}: {len(calls)} roll calls, {sum(1 for c in calls for s in wanted if c.get(s))} votes of {len(wanted)} states", file=sys.stderr)
    print("now run: python scripts/build", file=sys.stderr)
    return []


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/import_votes.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the file of votes, or a folder with roll_calls.csv and votes.csv")
    parser.add_argument("--name", required=True, help="id of the source in seeds/, as voeten-2026")
    parser.add_argument("--complete", default="", metavar="SESSIONS", help="sessions that the file has whole, as 74-79")
    parser.add_argument("--state", action="append", default=[], metavar="ISO3", help="a further state to take; repeat for several")
    parser.add_argument("--title", default="General Assembly roll calls", help="title of the dataset")
    parser.add_argument("--publisher", default="unnamed", help="who publishes it")
    parser.add_argument("--url", default="https://dataverse.harvard.edu/dataset.xhtml?persistentId=hdl:1902.1/12379", help="where the file comes from")
    parser.add_argument("--licence", default="unstated", help="a code of the list licence")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project (default: this one)")
    return Refused.report(run, parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
