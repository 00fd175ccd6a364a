"""Where errors are made and checked: a copy of the release for each process, and what became of each error."""

from __future__ import annotations

import csv
import io
import multiprocessing
import random
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sco_data as sco
from sco_data.catalog import Catalog
from sco_data.errors import ScoDataError
from sco_data.validation import inspect
from sco_data.validation.frames import read
from sco_data.validation.report import Finding
from sco_data.validation.rules import Data
from scripts.mutate.operators import OPERATORS, Mutant, Release, align


@dataclass(frozen=True)
class Outcome:
    """What became of one error."""

    operator: str
    table: str
    seed: int
    row: str
    column: str
    before: str
    after: str
    witnessed: bool
    refused: bool
    placed: bool
    findings: int
    rule: str
    same_in_full: bool | None


def names(finding: Finding, mutant: Mutant) -> bool:
    """Return whether a finding names where the error is: table, row and column, as its place or as the other side of a contradiction."""
    columns = mutant.column.split("|") if mutant.column else []
    said = str(finding)
    table = finding.table == mutant.table or mutant.table in said or (mutant.descriptor is not None and finding.table == "datapackage.json")
    row = not mutant.rows or finding.row in mutant.rows or any(r in said for r in mutant.rows)
    column = not columns or any(c in finding.column.split(", ") or c in said for c in columns)
    return table and row and column


class Bench:
    """A copy of the release in which one error after the other is made, checked and mended."""

    def __init__(self, within: Path, whole: float):
        self.release, self.whole = Release(Catalog(sco.path())), whole
        self.folder = Path(tempfile.mkdtemp(dir=within))
        shutil.copytree(self.release.catalog.folder / "data", self.folder / "data")
        # The folder that the errors are made from may be built anew meanwhile.
        self.bodies = {name: self.release.catalog.path(name).read_bytes() for name in self.release.catalog.resources}
        frames, _, _ = read(self.release.catalog, set())
        self.known = Data(self.release.catalog, frames)

    def concerned(self, mutant: Mutant) -> set[str]:
        """Return the tables whose own check can come out otherwise: the changed one, and those that point at its key if that is another now."""
        pointing = {table for (table, _), (target, _) in self.release.foreign.items() if target == mutant.table and table != mutant.table}
        if mutant.descriptor is not None or not pointing:
            return {mutant.table} | (pointing if mutant.operator in ("field_dropped", "primary_key_other", "path_other") else set())
        key = self.release.tables[mutant.table].key

        def keys(body: bytes) -> set[tuple[str, ...]] | None:
            try:
                rows = csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True)
                return {tuple(row[k] or "" for k in key) for row in rows}
            except (UnicodeDecodeError, csv.Error, KeyError):
                return None

        before = keys(self.bodies[mutant.table])
        return {mutant.table} | (pointing if keys(mutant.body) != before else set())

    def try_out(self, mutant: Mutant, seed: int, in_full: bool) -> Outcome:
        path = self.folder / str(self.release.catalog.resource(mutant.table)["path"])
        path.write_bytes(mutant.body)
        align(self.release.catalog.descriptor, self.folder, mutant)
        same = None
        try:
            try:
                catalog = Catalog(self.folder)
                findings = inspect(catalog, self.concerned(mutant), self.known).findings
            except ScoDataError as error:
                # The client does not even open it.
                findings = [Finding("datapackage.json", "", "", "", str(error), "")]
            except Exception as error:
                return Outcome(mutant.operator, mutant.table, seed, "; ".join(mutant.rows), mutant.column, mutant.before, mutant.after, mutant.witnessed, False, False, 0, f"CRASH: {error!r}", None)
            if in_full:
                try:
                    same = set(inspect(Catalog(self.folder)).findings) == set(findings)
                except ScoDataError:
                    same = findings[0].table == "datapackage.json"
        finally:
            path.write_bytes(self.bodies[mutant.table])
        naming = [f for f in findings if names(f, mutant)]
        first = (naming or findings or [None])[0]  # type: ignore[list-item]
        return Outcome(
            mutant.operator, mutant.table, seed, "; ".join(mutant.rows), mutant.column, mutant.before, mutant.after, mutant.witnessed,
            bool(findings), bool(naming), len(findings), first.rule if first else "", same,
        )  # fmt: skip

    def run(self, operator: str, table: str, seed: int) -> Outcome | None:
        # Each error can be made again by itself: its place depends on nothing but its own seed.
        rng = random.Random(f"{operator} {table} {seed}")
        mutant = OPERATORS[operator].make(rng, self.release, table)
        return None if mutant is None else self.try_out(mutant, seed, rng.random() < self.whole)


_bench: Bench | None = None


def _open(within: Path, whole: float) -> None:
    global _bench
    _bench = Bench(within, whole)


def _run(job: tuple[str, str, int]) -> Outcome | None:
    assert _bench is not None
    return _bench.run(*job)


def try_all(jobs: list[tuple[str, str, int]], whole: float, processes: int) -> Iterator[Outcome]:
    """Yield what became of each error; where an operator does not apply to a table, nothing."""
    within = Path(tempfile.mkdtemp(prefix="sco-data-mutate-"))
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _open, (within, whole))
    try:
        for outcome in pool.map(_run, jobs, chunksize=4):
            if outcome is not None:
                yield outcome
    finally:
        pool.shutdown(cancel_futures=True)
        shutil.rmtree(within, ignore_errors=True)
