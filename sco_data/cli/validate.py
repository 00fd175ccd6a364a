"""`sco-data validate [PATH]`"""

from __future__ import annotations

from pathlib import Path

import click

from ..catalog import DESCRIPTOR


@click.command("validate")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of the report.")
def command(path: Path | None, form: str) -> None:
    """Check the data in PATH (a folder with datapackage.json), or the installed data; exit 1 if they are invalid.

    Needs `pip install 'sco-data[validate]'`.

    \b
    Example:
      sco-data validate --format json
    """
    from ..errors import InvalidData, visible
    from ..files import is_folder
    from ..validation import validate

    if path is not None and path.name != DESCRIPTOR and not is_folder(path):
        raise InvalidData(f"{path} is not a folder. Mend: give the folder that holds {DESCRIPTOR}.")
    report = validate(path)
    click.echo(report.json() if form == "json" else visible(report.text()))
    raise click.exceptions.Exit(0 if report.ok else 1)
