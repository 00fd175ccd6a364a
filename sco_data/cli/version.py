"""`sco-data version`"""

from __future__ import annotations

import click


@click.command("version")
def command() -> None:
    """Print the version that data and client share, and the last day that the statuses cover.

    \b
    Example:
      sco-data version
    """
    from ..catalog import current

    catalog = current()
    click.echo(f"{catalog.descriptor['name']} {catalog.version} (statuses to {catalog.coverage()[1]})")
