"""Put the data into the wheel: the files that the descriptor declares, one by one, so that a stray one stays out."""

from __future__ import annotations

import json
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
