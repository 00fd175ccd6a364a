"""`sco-data browse [PATH]`"""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("browse")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Listen on this port.  [default: any that is free]")
@click.option("--no-open", is_flag=True, help="Serve, and open no browser.")
def command(path: Path | None, port: int, no_open: bool) -> None:
    """Open the explorer in the browser: states, summits, documents, projects, votes, every table and the evidence of every value.

    It is served to this machine alone, from files on it, until Ctrl-C. PATH is the folder or zip of a site (`sco-data-site.zip` of a release, or
    what `python scripts/build_site` wrote); without it the one of this installation.

    \b
    Example:
      sco-data browse
      sco-data browse sco-data-site.zip --port 8000 --no-open
    """
    import webbrowser

    from ..browsing import find, server, version_of
    from ..catalog import current

    shown = version_of(find(path))
    if shown != current().version:
        print(f"Warning: the site shows version {shown} of the data, the package has {current().version}.", file=sys.stderr)
    with server(path, port) as made:
        address = f"http://127.0.0.1:{made.server_address[1]}/"
        try:
            # The address is what a program that starts this wants.
            print(address, flush=True)
            print("Ctrl-C ends it.", file=sys.stderr)
            if not no_open:
                webbrowser.open(address)
            made.serve_forever()
        except KeyboardInterrupt:
            print(file=sys.stderr)
