"""`sco-data path`"""

from __future__ import annotations

import click


@click.command("path")
def command() -> None:
    """Print the folder that holds datapackage.json and the CSV files.

    \b
    Example:
      ls "$(sco-data path)/data"
    """
    from ..catalog import path

    click.echo(path())
