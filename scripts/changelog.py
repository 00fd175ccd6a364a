"""What CHANGELOG.md says of a version."""

from __future__ import annotations

import re
from pathlib import Path

FILE = "CHANGELOG.md"


def parts_of(root: Path, version: str) -> dict[str, str] | None:
    """Return what stands under each heading (Data, Client ...) of a version, or None if there is no section of it.

    The heading of a version that has been released names its commit: ``## 0.3.0 (a21ae06)``.
    """
    text = (root / FILE).read_text(encoding="utf-8")
    section = re.search(rf"^## {re.escape(version)}(?: \([0-9a-f]+\))?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not section:
        return None
    return {name: said.strip() for name, said in re.findall(r"^### (.+?)\n(.*?)(?=^### |\Z)", section[1], re.MULTILINE | re.DOTALL)}
