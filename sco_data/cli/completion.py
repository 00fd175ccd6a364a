"""Tab completion of tables, views and states."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


class _Tables(click.types.StringParamType):
    name = "table"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from ..catalog import tables

        return [CompletionItem(t) for t in tables() if t.startswith(incomplete)]


class _States(click.types.StringParamType):
    name = "state"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from ..names import state_names

        return [CompletionItem(n) for n in state_names() if n.casefold().startswith(incomplete.casefold())]


class _Contents(click.types.StringParamType):
    name = "table"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from ..catalog import tables
        from ..database import views

        known = dict.fromkeys([*tables(), *(v.name for v in views().values() if not v.is_macro), "panel", "pairs"])
        return [CompletionItem(t) for t in known if t.startswith(incomplete)]


TABLES = _Tables()
CONTENTS = _Contents()
STATES = _States()
