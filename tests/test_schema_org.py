"""metadata/schema-org.jsonld by the types of schema.org. Needs a folder with `npm install schema-dts typescript`: .ci/run makes one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

if not os.environ.get("SCO_DATA_TEST_SCHEMA_ORG"):
    pytest.skip("SCO_DATA_TEST_SCHEMA_ORG names no folder with schema-dts and typescript", allow_module_level=True)

MODULES = Path(os.environ["SCO_DATA_TEST_SCHEMA_ORG"]).resolve() / "node_modules"
DATASET = (ROOT / "metadata" / "schema-org.jsonld").read_text(encoding="utf-8")


def compiled(folder: Path, dataset: str) -> subprocess.CompletedProcess[str]:
    """Have TypeScript compile a document as a Dataset: JSON is an expression of TypeScript."""
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "dataset.ts").write_text(f'import type {{ Dataset, WithContext }} from "schema-dts";\nexport const dataset: WithContext<Dataset> = {dataset};\n', encoding="utf-8")
    command = ["node", str(MODULES / "typescript" / "bin" / "tsc"), "--noEmit", "--strict", "--skipLibCheck", "dataset.ts"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")


def test_it_is_a_dataset(tmp_path: Path) -> None:
    done = compiled(tmp_path, DATASET)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('"alternateName": "sco-data"', '"alternativeName": "sco-data"'),
        ('"@type": "DataDownload"', '"@type": "Organization"'),
        ('"isAccessibleForFree": true', '"isAccessibleForFree": "free"'),
        ('"@type": "Dataset"', '"@type": "Datset"'),
    ],
)
def test_what_schema_org_does_not_know_is_refused(tmp_path: Path, good: str, bad: str) -> None:
    assert good in DATASET
    done = compiled(tmp_path, DATASET.replace(good, bad, 1))
    assert done.returncode != 0 and "dataset.ts(" in done.stdout
