"""Execute the notebook in place: `python scripts/notebook.py`; `git diff` then shows which answers have changed.

Only the source and what it printed is kept, in one form: no counts, times, versions or paths, so that nothing changes but what the data changed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# `python scripts/notebook.py` puts this folder on the path, not the project's.
sys.path[0:1] = [str(ROOT)]

try:
    import ipykernel  # noqa: F401
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    from scripts.files import Refused, write_all
except ImportError as error:
    sys.exit(f"the notebook needs {error.name}. Mend: pip install -e '.[test]' in a virtual environment, and run it with its python")

NOTEBOOK = ROOT / "docs" / "ten-questions.ipynb"
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}


def executed(text: str) -> str:
    """Return a notebook as a new kernel makes it; raise Refused if a cell fails or prints what would not be the same elsewhere."""
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise Refused(f"not a notebook: {str(error).splitlines()[0]}. Mend: restore the file.") from None
    # In a folder of its own: a reader has no checkout around.
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, timeout=120, kernel_name="python3", coalesce_streams=True, record_timing=False, extra_arguments=["--log-level=ERROR"], resources={"metadata": {"path": folder}})
        try:
            client.execute()
        except CellExecutionError as error:
            cell = next(c for c in notebook.cells if any(o.output_type == "error" for o in c.get("outputs", [])))
            raise Refused(f"cell {cell.id}: {error.ename}: {error.evalue} Mend: correct the cell, or what it asks.") from None
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.execution_count = None
            strange = [o.get("name", o.output_type) for o in cell.outputs if o.get("name") != "stdout"]
            if strange:
                raise Refused(f"cell {cell.id}: gives {strange[0]}, and what is kept is what is printed. Mend: print the answer; let nothing warn.")
    return str(nbformat.writes(notebook)) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Execute the notebook in place.")
    parser.add_argument("notebook", nargs="?", type=Path, default=NOTEBOOK, help="another notebook than docs/ten-questions.ipynb")
    path = parser.parse_args().notebook
    try:
        write_all([(path, executed(path.read_text(encoding="utf-8")))])
    except Refused as refused:
        print(f"{path}: {refused}", file=sys.stderr)
    except (OSError, UnicodeError) as error:
        print(f"{path}: {error}. Mend: give a notebook that can be read, in a folder that can be written.", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
