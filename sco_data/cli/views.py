"""`sco-data views`"""

from __future__ import annotations

from pathlib import Path

import click

from .output import emit_rows, output_options


@click.command("views")
@output_options
def command(form: str | None, output: Path | None) -> None:
    """List the views and table macros, and what each answers.

    \b
    Example:
      sco-data views
    """
    from ..database import views

    emit_rows(["view", "answers"], [(v.name, v.answers) for v in views().values()], form, output)
