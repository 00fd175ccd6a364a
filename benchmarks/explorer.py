"""What the first view of the explorer weighs and how long it takes, beside an empty page in the same browser.

    python benchmarks/explorer.py site            # a table in Markdown
    python benchmarks/explorer.py site --check    # exit 1 if the first view weighs 300 kB or more

Needs Playwright and Chromium. What is fetched until the slider works counts, compressed as a server of static files sends it; the picture below the first view is fetched after it.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from sco_data.browsing import server

MOST = 300_000
#: Page -> what is there once it can be used.
PAGES = {"first view": ("", "main[data-ready]"), "a state": ("#/state/IND", "main[data-ready]"), "75,435 votes": ("#/table/roll_call_votes", "main[data-ready] .ag-row")}


def visit(browser: Any, address: str, ready: str) -> tuple[float, int]:
    """Return how long a page takes in a browser that knows nothing of it, and the bytes that it fetches until then."""
    context = browser.new_context()
    page = context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(ready, state="attached")
    took = time.perf_counter() - started
    weight = sum(len(gzip.compress(a.body())) if not a.url.endswith(".gz") else len(a.body()) for a in list(answers))
    context.close()
    return took, weight


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty = Path(folder) / "index.html"
        empty.write_text("<!doctype html><title>empty</title><main data-ready></main>", encoding="utf-8")
        (Path(folder) / "site.json").write_bytes((options.site / "site.json").read_bytes())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"])
        found = {}
        for name, place, (page, ready) in [("an empty page", Path(folder), ("", "main[data-ready]")), *((n, options.site, p) for n, p in PAGES.items())]:
            with server(place) as made:
                threading.Thread(target=made.serve_forever, daemon=True).start()
                address = f"http://127.0.0.1:{made.server_address[1]}/{page}"
                rounds = [visit(browser, address, ready) for _ in range(options.rounds)]
                found[name] = (statistics.median(t for t, _ in rounds), max(w for _, w in rounds))
                made.shutdown()
        browser.close()
    base = found["an empty page"][0]
    print("| page | s | times an empty page | kB, compressed |\n|---|---:|---:|---:|")
    for name, (took, weight) in found.items():
        print(f"| {name} | {took:.2f} | {took / base:.1f} | {weight / 1000:.0f} |")
    return int(options.check and found["first view"][1] >= MOST)


if __name__ == "__main__":
    sys.exit(main())
