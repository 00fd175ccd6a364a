"""The command line `sco-data`. One file a noun; a command is imported when it is called."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import Any

import click

from ..errors import QUERY_INTERRUPTED, ScoDataError, near, visible
from ..files import stop_cleanly, stopped_code

#: Command -> one line of help. Kept here so that `sco-data --help` imports no command.
COMMANDS = {
    "tables": "List the tables.",
    "views": "List the views, and what each answers.",
    "show": "Print a table.",
    "members": "Print who held a status on a day.",
    "history": "Print every step of a state.",
    "panel": "Print the state-year panel.",
    "pairs": "Print the pair-years.",
    "annotate": "Add the SCO status to each row of a file.",
    "sql": "Answer one SQL statement.",
    "describe": "Print the codebook.",
    "browse": "Open the explorer in the browser.",
    "export": "Write tables as Parquet, Stata, Excel, SQL ...",
    "plot": "Draw timeline, map, weight, votes ...",
    "diff": "Print what differs between two versions.",
    "evidence": "Print who says so, where, and who does not.",
    "cite": "Print how to cite the package, a table or a row.",
    "validate": "Check a copy of the data.",
    "verify": "Compare the files with the hashes of the descriptor.",
    "path": "Print where the data lie.",
    "version": "Print the version of data and client.",
}


class LazyGroup(click.Group):
    """A group whose commands are modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return import_module(f".{name}", __name__).command if name in COMMANDS else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"no command {args[0]!r}.{near(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        ctx.invoke(import_module(".version", __name__).command)
        ctx.exit()


def _open(ctx: click.Context, param: click.Parameter, source: str | None) -> None:
    if source is not None:
        from ..catalog import using
        from ..releases import open_release

        release = ctx.with_resource(open_release(source))
        ctx.with_resource(using(release.catalog))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", metavar="PATH", expose_value=False, callback=_open, help="Ask another version of the data: a folder, a release zip or a wheel.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version and exit.")
def main() -> None:
    """The Shanghai Cooperation Organisation as sourced tables.

    Data go to standard output, everything else to standard error. Exit codes: 0 done; 1 not found, or invalid data; 2 not
    understood.

    \b
    Example:
      sco-data members --on 2017-06-09
      sco-data evidence statuses IND-member-2017
      sco-data --data sco-data-csv.zip members --on 2017-06-09
    """


def _closed_pipe() -> int:
    # The reader of a pipe (head) has gone; Python would complain again when it flushes at the end.
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _interrupted() -> int:
    print("Interrupted.", file=sys.stderr)
    return stopped_code()


def run() -> None:
    """Run the command line and leave with its exit code."""
    stop_cleanly()
    warnings.showwarning = lambda message, *_: print(f"Warning: {visible(str(message))}", file=sys.stderr)
    try:
        code = main.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        error.message = visible(error.message)  # type: ignore[misc]
        error.show()
        code = error.exit_code
    except ScoDataError as error:
        print(f"Error: {error}", file=sys.stderr)
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = _interrupted()
    except RuntimeError as error:
        if str(error) != QUERY_INTERRUPTED:
            raise
        code = _interrupted()
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            code = _closed_pipe()
        else:
            print(f"Error: {visible(str(error.strerror or error))}. Mend: see that the output can be written.", file=sys.stderr)
            code = 1
    sys.exit(code or 0)
