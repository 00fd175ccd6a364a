"""Take roll calls of the General Assembly into seeds/: a user's own file of whole sessions, of the United Nations or of Voeten.

    python scripts/import_votes.py 2026_02_06_ga_voting.csv --name un-votes-2026 --complete 74-79
    python scripts/import_votes.py UNVotes.csv --name voeten-2026 --complete 74-79
    python scripts/import_votes.py FOLDER --name unvotes-2020 --complete 47-73     # roll_calls.csv and votes.csv

The files are told apart by their headers, and columns are found by name. Votes of the states that seeds/ have votes of are
taken, with totals over all states of the file; what seeds/ have already (a whole session, a symbol) is left out. Sessions that
--complete does not name are `part_of_session`.
Voeten's data are CC0; the United Nations' file may not be passed on for commercial use: keep what comes of it to yourself.
Nothing is fetched, and nothing is written unless the file is in order; `python scripts/build` comes after, and its rules check the rest.
Exit code 1 if a file is not in order, 2 if the command is not.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0:1] = [str(ROOT)]

from sco_data.catalog import Catalog  # noqa: E402
from sco_data.errors import near  # noqa: E402
from sco_data.validation.report import Finding  # noqa: E402
from scripts.build.seeds import HARM, ID, VOTES, Reader, RollCalls, Seeds  # noqa: E402
from scripts.build.votes import COLUMNS, TOTALS, statements  # noqa: E402
from scripts.files import Refused, as_csv, table_of, toml, write_all  # noqa: E402

Row = dict[str, str]
#: Letters of the two makers: Voeten's 8 is absent, 9 no member; the United Nations' X (earlier NV) is non-voting.
VOETEN = {"1": "Y", "2": "A", "3": "N", "8": "X", "9": ""}
UNITED_NATIONS = {"Y": "Y", "N": "N", "A": "A", "X": "X", "NV": "X", "": "X"}
SUBJECTS = ("me", "nu", "di", "hr", "co", "ec")
RECORD = """# Written by scripts/import_votes.py; the roll calls stand in {votes}
[source]
kind = "dataset"
title = {title}
publisher = {publisher}
url = {url}
language = "en"
licence = {licence}
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


def packaged(folder: Path) -> Iterator[Row]:
    """Yield the roll calls of a folder with roll_calls.csv and votes.csv, whose totals and true days stand in the first."""
    calls = table_of(folder / "roll_calls.csv", "rcid", "session", "symbol", "date_dataset", "date_un_record", "amend", "para", "issue_codes", "short", *TOTALS)
    votes = table_of(folder / "votes.csv", "rcid", "iso3", "vote")
    letters = {"yes": "Y", "no": "N", "abstain": "A"}
    cast: dict[str, Row] = defaultdict(dict)
    for line, vote in votes:
        if vote["iso3"] in cast[vote["rcid"]]:
            raise Refused(f"{folder / 'votes.csv'}: row {line}: a second vote of {vote['iso3']} in roll call {vote['rcid']}. Mend: keep one.")
        cast[vote["rcid"]][vote["iso3"]] = letters.get(vote["vote"], vote["vote"])
    for line, call in calls:
        try:
            on = true_day(call["date_dataset"], call["date_un_record"] if call["symbol"] else "")
        except ValueError as error:
            raise Refused(f"{folder / 'roll_calls.csv'}: row {line}: not a day: {error}. Mend: correct it.") from None
        yield {
            "rcid": call["rcid"], "session": call["session"], "symbol": symbol(call["symbol"]), "vote_on": on,
            # What has no symbol was not adopted, or is no text.
            "is_amendment": "1" if not call["symbol"] and call["para"] != "1" else call["amend"], "is_paragraph": call["para"], "issues": call["issue_codes"].replace(";", "|"), "title": " ".join(call["short"].split(" : ")[0].split()),
            **{t: call[t] for t in TOTALS}, **cast[call["rcid"]],
        }  # fmt: skip


def long_form(path: Path, iso3_of: dict[str, str]) -> Iterator[Row]:
    """Yield the roll calls of a file with a row for each state and vote: the United Nations' or Voeten's, by the names of its columns."""
    rows = table_of(path)
    header = set(rows[0][1]) if rows else set()
    theirs = bool({"ms_code", "ms_codes"} & header)
    if theirs:
        plural = "s" if "ms_codes" in header else ""
        names = {"rcid": "undl_id", "state": f"ms_code{plural}", "vote": f"ms_vote{plural}", "vote_on": "date", "session": "session", "symbol": f"resolution{plural}"}
        titled, totalled, letters = "title", ("total_yes", "total_no", "total_abstentions"), UNITED_NATIONS
    else:
        names = {"rcid": "rcid", "state": "ccode", "vote": "vote", "vote_on": "date", "session": "session", "symbol": "unres"}
        titled, totalled, letters = "short", TOTALS, VOETEN
    table_of(path, *names.values())
    calls: dict[str, Row] = {}
    seen: dict[str, dict[str, str]] = defaultdict(dict)
    stated: dict[str, list[str]] = {}
    for line, row in rows:
        cell = {k: row[c].strip().removesuffix(".0") for k, c in names.items()}
        if theirs and cell["symbol"].startswith("S/"):
            continue
        letter = letters.get(cell["vote"])
        if letter is None:
            raise Refused(f"{path}: row {line}, column {names['vote']}: {cell['vote']!r} is not one of {', '.join(filter(None, letters))}. Mend: correct the cell.")
        if cell["state"] in seen[cell["rcid"]]:
            raise Refused(f"{path}: row {line}: a second vote of {cell['state']} in roll call {cell['rcid']}. Mend: keep one.")
        seen[cell["rcid"]][cell["state"]] = letter
        head = {"rcid": cell["rcid"], "session": cell["session"], "symbol": symbol(cell["symbol"]), "vote_on": day(cell["vote_on"])}
        call = calls.setdefault(
            cell["rcid"],
            head
            | {"is_amendment": row.get("amend", "").removesuffix(".0") or "0", "is_paragraph": row.get("para", "").removesuffix(".0") or "0"}
            | {"issues": "|".join(s for s in SUBJECTS if row.get(s, "0") in ("1", "1.0", "TRUE")), "title": " ".join(row.get(titled, "").split(" : ")[0].split())},
        )
        for column, value in head.items():
            if call[column] != value:
                raise Refused(f"{path}: row {line}, column {names[column]}: {value!r}, and {call[column]!r} before in roll call {cell['rcid']}. Mend: correct one of them.")
        stated.setdefault(cell["rcid"], [row.get(c, "").removesuffix(".0") for c in totalled])
        iso3 = iso3_of.get(cell["state"])
        if iso3 and letter:
            call[iso3] = letter
    for rcid, call in calls.items():
        counted = [sum(letter == kind for letter in seen[rcid].values()) for kind in "YNA"]
        for name, n, said in zip(TOTALS, counted, stated[rcid]):
            if said and said != str(n):
                raise Refused(f"{path}: roll call {rcid} ({call['symbol']}): the file states {said} {name}, and its rows are {n}. Mend: give the whole file, with all states.")
        yield call | {t: str(n) for t, n in zip(TOTALS, counted)}


def sessions(text: str) -> list[str]:
    """Return the sessions that a list of ranges names; ValueError if it is none.

    >>> sessions("47-49,ES-10")
    ['47', '48', '49', 'ES-10']
    """
    out: list[str] = []
    for part in filter(None, text.replace(" ", "").split(",")):
        span = re.fullmatch(r"(\d{1,3})-(\d{1,3})", part)
        if not span and not re.fullmatch(r"\d{1,3}|ES-\d{1,2}", part) or span and int(span[1]) > int(span[2]):
            raise ValueError(f"{part!r} names no session: write 74, 74-79 or ES-10")
        out += [str(n) for n in range(int(span[1]), int(span[2]) + 1)] if span else [part]
    return out


def source_id(text: str) -> str:
    """Return the id of a source; ValueError if it is none."""
    if not ID.fullmatch(text):
        raise ValueError(f"{text!r} is no id: write lower-case letters, digits and hyphens, as voeten-2026")
    return text


def known_already(seeds: Seeds, name: str) -> tuple[set[str], set[str]]:
    """Return the sessions that other sources have whole, and the symbols of all other roll calls that were not amendments or paragraphs."""
    others = [calls for calls in seeds.roll_calls if calls.source_id != name]
    symbols = {row["symbol"] for calls in others for row in calls.rows if row.get("symbol") and "1" not in (row.get("is_amendment"), row.get("is_paragraph"))}
    symbols |= {s.decided["symbol"] for s in seeds.statements if s.table == "roll_calls" and "symbol" in s.decided}
    return {session for calls in others for session in calls.complete}, symbols


def run(options: argparse.Namespace) -> list[Finding]:
    folder = options.root / "seeds" / "sources"
    seeds = Reader(options.root / "seeds", Catalog(options.root)).read()
    if seeds.problems:
        return seeds.problems
    path, record = folder / f"{options.name}{VOTES}", folder / f"{options.name}.toml"
    if record.exists() and not options.replace:
        raise Refused(f"{record} is there already. Mend: take another --name, or --replace it.")
    if record.exists() and options.name not in {calls.source_id for calls in seeds.roll_calls}:
        raise Refused(f"{record} is no source of votes. Mend: take another --name.")
    for what in ("title", "publisher", "url"):
        if HARM.match(getattr(options, what)):
            raise Refused(f"--{what} {getattr(options, what)[:200]!r} is no plain text. Mend: leave out control characters, and what a spreadsheet takes for a formula.")
    states = {a["actor_id"] for a in seeds.lists["actors"] if a.get("kind") in ("state", "other_entity")}
    codes = {kind: {c["code"] for c in seeds.lists["codes"] if c["code_list"] == kind} for kind in ("vote_issue", "licence")}
    for what, given, allowed in (("--state", options.state, states), ("--licence", [options.licence], codes["licence"])):
        for value in given:
            if value not in allowed:
                raise Refused(f"{what} {value}: not known.{near(value, allowed)} Mend: take one that seeds/lists has.")
    iso3_of = {s: s for s in states} | {str(a["ccode"]): a["actor_id"] for a in seeds.lists["actors"] if a.get("ccode")}
    print(f"reading {options.file}", file=sys.stderr)
    calls = list(packaged(options.file) if options.file.is_dir() else long_form(options.file, iso3_of))
    whole, symbols = known_already(seeds, options.name)
    fresh = [c for c in calls if c["session"] not in whole and (c["symbol"] not in symbols or "1" in (c["is_amendment"], c["is_paragraph"]))]
    if not fresh:
        raise Refused(f"{options.file}: {len(calls)} roll calls, and none that seeds/ lack. Mend: give a file of later sessions.")
    wanted = set(options.state) | {s for c in seeds.roll_calls for row in c.rows for s in row if s in states}
    if options.file.is_dir() or not wanted:
        wanted |= {column for call in fresh for column in call} & states
    kept = [{k: v for k, v in call.items() if k in COLUMNS or k in wanted} for call in fresh]
    kept.sort(key=lambda call: (call["vote_on"], call["rcid"].zfill(12)))
    # The checks are the build's own; what is not in order is said before anything is written.
    read = [{k: v for k, v in call.items() if v} | {t: call[t] for t in TOTALS} for call in kept]
    problems = [f for f in statements(RollCalls(str(options.file), options.name, set(), read), states, codes["vote_issue"]) if isinstance(f, Finding)]
    if problems:
        return problems
    words = {k: toml(getattr(options, k)) for k in ("title", "publisher", "url", "licence")}
    complete = ", ".join(toml(s) for s in options.complete)
    body = RECORD.format(votes=path.name, today=dt.date.today().isoformat(), complete=complete, **words)
    write_all([(path, as_csv([*COLUMNS, *sorted(wanted)], kept)), (record, body)])
    left = f"; {len(calls) - len(kept)} left out, which seeds/ have already" if len(calls) > len(kept) else ""
    print(f"{path.name}: {len(kept)} roll calls, {sum(1 for c in kept for s in wanted if c.get(s))} votes of {len(wanted)} states{left}", file=sys.stderr)
    print("now run: python scripts/build, whose rules check the rest", file=sys.stderr)
    return []


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/import_votes.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the file of votes, or a folder with roll_calls.csv and votes.csv")
    parser.add_argument("--name", required=True, type=source_id, help="id of the source in seeds/, as voeten-2026")
    parser.add_argument("--complete", default=[], type=sessions, metavar="SESSIONS", help="sessions that the file has whole, as 74-79")
    parser.add_argument("--replace", action="store_true", help="replace the source of that name")
    parser.add_argument("--state", action="append", default=[], metavar="ISO3", help="a further state to take; repeat for several")
    parser.add_argument("--title", default="General Assembly roll calls", help="title of the dataset")
    parser.add_argument("--publisher", default="unnamed", help="who publishes it")
    parser.add_argument("--url", default="https://dataverse.harvard.edu/dataset.xhtml?persistentId=hdl:1902.1/12379", help="where the file comes from")
    parser.add_argument("--licence", default="unstated", help="a code of the list licence")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project (default: this one)")
    return Refused.report(run, parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
