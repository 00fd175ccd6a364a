"""`sco-data diff OLD [NEW]`"""

from __future__ import annotations

import click


@click.command("diff")
@click.argument("old")
@click.argument("new", default="installed")
@click.option("-f", "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="Text and Markdown name the first of long lists, JSON all.")
def command(old: str, new: str, form: str) -> None:
    """Print what differs between two versions of the data: tables, columns, rows, cells; and the version that it calls for.

    OLD and NEW are each a folder, a release zip, a wheel, a git revision of the checkout that you stand in, or `installed`.

    \b
    Example:
      sco-data diff sco-data-csv.zip installed
      sco-data diff sco-data-csv.zip --format markdown
    """
    from ..differences import diff
    from ..errors import visible

    found = diff(old, new)
    click.echo(found.json() if form == "json" else visible(found.markdown() if form == "markdown" else found.text()))
