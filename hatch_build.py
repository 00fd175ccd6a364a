"""Put the data into the wheel: the files that the descriptor declares, one by one, so that a stray one stays out; for a release, the explorer too."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DeclaredFiles(BuildHookInterface[Any]):
    """Adds datapackage.json, the codebook and every resource to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            # A checkout is read in place; a copy in it would go stale.
            return
        root = Path(self.root)
        descriptor = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
        names = ["datapackage.json", "data/README.md", *(r["path"] for r in descriptor["resources"])]
        build_data["force_include"] |= {str(root / name): f"sco_data/package/{name}" for name in names}
        # Named by scripts/release alone: a site that happens to lie here may be of another day. Its copy of the data is left out: they are in the wheel.
        site = os.environ.get("SCO_DATA_SITE")
        if site:
            files = [f for f in Path(site).rglob("*") if f.is_file() and f.relative_to(site).parts[0] != "data"]
            build_data["force_include"] |= {str(f): f"sco_data/package/site/{f.relative_to(site).as_posix()}" for f in files}
