"""Check every span against the source texts, or lock their hashes into seeds/spans.csv.

    python scripts/check_spans.py --texts DIR            # does each span hold the passage that was locked?
    python scripts/check_spans.py --texts DIR --lock     # write the hash of each passage of the seeds
    python scripts/check_spans.py --texts DIR --show ID  # print a source's rows beside their passages

The texts are under copyright and not part of the project: whoever holds them can check every span.
Exit code 1 if a span is wrong or a text is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0:1] = [str(ROOT)]

from sco_data.catalog import Catalog  # noqa: E402
from sco_data.files import write_whole  # noqa: E402
from scripts.build import seeds  # noqa: E402
from scripts.build.reconcile import text  # noqa: E402
from scripts.build.seeds import Statement  # noqa: E402
from scripts.files import as_csv  # noqa: E402


def texts_by_hash(folder: Path) -> dict[str, str]:
    """Return the texts of a folder by the SHA-256 of their bytes."""
    # Decoded without newline translation: spans count code points of the file as it is.
    return {hashlib.sha256(p.read_bytes()).hexdigest(): p.read_bytes().decode("utf-8") for p in sorted(folder.glob("*.txt"))}


def digest(passage: str) -> str:
    return hashlib.sha256(passage.encode("utf-8")).hexdigest()


def numbers(passage: str) -> set[str]:
    """Return the numbers of a passage without thousands separators."""
    return {n.replace(",", "").rstrip(".") for n in re.findall(r"\d[\d,.]*", passage)}


#: A full stop that ends a sentence: not one after an abbreviation, an initial or a number.
SENTENCE_END = re.compile(r"(?<!\bSt)(?<!U\.S)(?<!\bno)(?<!\bvol)(?<!\b[A-Z])(?<!\b\d)[.!?][”\"’')]*(?:<sup>\d+</sup>)?\s+[“\"]?[A-Z]")


def faults(statement: Statement, passage: str) -> list[str]:
    """Return what is wrong with a passage as the place of a statement."""
    found = []
    # The copies are Markdown: a backslash may stand before a sign.
    passage = re.sub(r"\\([^\w\s])", r"\1", passage)
    if passage != passage.strip():
        found.append("the span begins or ends with a blank")
    if SENTENCE_END.search(passage):
        found.append("the span crosses into another sentence")
    for column, words in statement.words.items():
        if words not in passage:
            found.append(f"the words of {column} are not in it: {words!r}")
    if statement.table == "economic_figures" and "value" in statement.stated:
        # The words that were kept may write a number in letters ("eight"); otherwise its digits must be there.
        wanted = numbers(statement.words.get("value", text(statement.stated["value"])))
        if not wanted <= numbers(passage):
            found.append(f"the number {', '.join(sorted(wanted))} is not in it")
    return found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True, help="folder with the source texts (*.txt)")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project (default: this one)")
    parser.add_argument("--lock", action="store_true", help="write seeds/spans.csv")
    parser.add_argument("--show", metavar="SOURCE", help="print the rows of one source beside their passages")
    options = parser.parse_args(argv)
    if not options.texts.is_dir():
        parser.error(f"{options.texts} is not a folder")

    read = seeds.read(options.root / "seeds", Catalog(options.root))
    if read.problems:
        print(*sorted(read.problems), sep="\n", file=sys.stderr)
        return 1
    texts, wrong, locked = texts_by_hash(options.texts), [], {}
    spans = [s for s in read.statements if s.span]
    for s in spans:
        assert s.span is not None
        place = f"{s.file}: {s.table}/{s.row_id}: span {list(s.span)}"
        whole = texts.get(read.sources[s.source_id]["sha256"])
        if whole is None:
            wrong.append(f"{place}: no text in {options.texts} has the SHA-256 that the source names")
            continue
        if s.span[1] > len(whole):
            wrong.append(f"{place}: outside the text, which has {len(whole)} characters. Mend: correct the span")
            continue
        passage = whole[s.span[0] : s.span[1]]
        key = (s.source_id, *s.span)
        locked[key] = digest(passage)
        wrong += [f"{place}: {fault}. Mend: correct the span" for fault in faults(s, passage)]
        if not options.lock and read.span_hashes.get(key) != locked[key]:
            wrong.append(f"{place}: the passage is not the one that was locked. Mend: correct the span, or lock it with --lock")
        if options.show == s.source_id:
            print(f"{s.table}/{s.row_id} {list(s.span)} ({s.at}): {passage}")
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    if options.lock and not wrong:
        target = options.root / "seeds" / "spans.csv"
        columns = ["source_id", "char_start", "char_end", "span_sha256"]
        write_whole(target, as_csv(columns, [dict(zip(columns, map(str, (*key, locked[key])))) for key in sorted(locked)]).encode("utf-8"))
    print(f"{len(spans)} spans, {len(wrong)} faults", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
