"""What validation found: one finding for each bad cell, row or file, and the report of all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

#: Both engines check the code lists; this is what either says.
CODE_RULE = ("code: not in the code list", "use a code of the list, or add it to seeds/lists/codes.csv")


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: where, what is there, which rule it breaks, and how to mend it."""

    table: str
    row: str
    column: str
    value: str
    rule: str
    mend: str
    file: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, f"{self.table}/{self.row}" if self.row else self.table, self.column) if part)
        value = f"{self.value}: " if self.value else ""
        return f"{place}: {value}{self.rule}. Mend: {self.mend}"


@dataclass
class Report:
    """The result of a validation.

    Attributes
    ----------
    findings : what is wrong, sorted by table and row; empty when the data are valid.
    checks : how many rules were run.
    skipped : rules that could not be run, because a table that they need is damaged, or the data are of an earlier version.
    """

    findings: list[Finding]
    checks: int = 0
    skipped: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        # What could not be checked is not valid.
        return not self.findings and not self.skipped

    def text(self) -> str:
        """Return the report as lines for people."""
        lines = [str(f) for f in self.findings]
        lines += [f"not run: {name}" for name in self.skipped]
        verdict = "valid" if self.ok else "INVALID" if self.findings else "NOT CHECKED IN FULL"
        lines.append(f"{verdict}: {self.checks} rules, {len(self.findings)} {'finding' if len(self.findings) == 1 else 'findings'}")
        return "\n".join(lines)

    def json(self) -> str:
        """Return the report as JSON."""
        body = {"valid": self.ok, "checks": self.checks, "skipped": self.skipped, "findings": [asdict(f) for f in self.findings]}
        return json.dumps(body, indent=2, ensure_ascii=False)


def unique(findings: Iterable[Finding]) -> list[Finding]:
    """Sort the findings, and keep one for each cell, value and kind of rule: two engines see the same fault."""
    kept: dict[tuple[str, ...], Finding] = {}
    for f in findings:
        # What is about no row tells itself apart by its text only.
        kept.setdefault((f.table, f.row, f.column, f.value, f.rule.split(":")[0] if f.row else f.rule), f)
    return sorted(kept.values())
