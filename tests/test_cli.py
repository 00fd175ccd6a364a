"""The command line: data on standard output, words on standard error, exit codes 0, 1, 2."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from conftest import SCRIPT

import sco_data as sco
from sco_data.catalog import Catalog
from sco_data.cli import COMMANDS

Cli = Callable[..., "subprocess.CompletedProcess[str]"]


def examples(text: str) -> list[str]:
    """Return the example lines of a help text."""
    return re.findall(r"^\s+(?:ls \"\$\()?(sco-data [^\n]*?)(?:\)/data\")?$", text.partition("Example:")[2], re.MULTILINE)


def serves_until_ctrl_c(lines: list[str], folder: Path) -> None:
    """Run the examples of `browse`, which serves until Ctrl-C, with a site in the folder; without one named, an installation may have none."""
    with zipfile.ZipFile(folder / "sco-data-site.zip", "w") as archive:
        archive.writestr("site.json", json.dumps({"name": Catalog(sco.path()).descriptor["name"], "version": sco.__version__}))
        archive.writestr("index.html", "the site")
    assert any("sco-data-site.zip" in line for line in lines)
    for line in lines:
        # Where port 8000 is taken, the example is right all the same.
        args = shlex.split(re.sub(r" --port \d+", "", line))[1:]
        # BROWSER: none of a desktop is opened. On Windows Ctrl-C would reach the tests as well.
        with subprocess.Popen([str(SCRIPT), *args], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=os.environ | {"BROWSER": "true"}) as process:
            try:
                address = process.stdout.readline().strip()  # type: ignore[union-attr]
                if not address:
                    said = process.communicate(timeout=30)[1]
                    assert "sco-data-site.zip" not in line and process.returncode == 1 and said.startswith("Error: no site "), (line, said)
                    continue
                with urllib.request.urlopen(address, timeout=30) as answer:
                    assert answer.status == 200 and (b"the site" in answer.read() or "sco-data-site.zip" not in line)
                if sys.platform != "win32":
                    process.send_signal(signal.SIGINT)
                    assert (process.communicate(timeout=30)[0], process.returncode) == ("", 0)
            finally:
                process.kill()


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_help_has_an_example_that_runs(cli: Cli, command: str, tmp_path: Path) -> None:
    # The file that `annotate` shows how to make, for its own example.
    (tmp_path / "events.csv").write_text("actor,day\nIndia,2017-06-09\n", encoding="utf-8")
    # The download, for those of the commands that ask another version.
    with zipfile.ZipFile(tmp_path / "sco-data-csv.zip", "w") as archive:
        for name in ["datapackage.json", *(r["path"] for r in Catalog(sco.path()).resources.values())]:
            archive.write(sco.path() / name, name)
    shown = cli(*([command] if command else []), "--help")
    assert shown.returncode == 0
    found = examples(shown.stdout)
    assert found, shown.stdout
    if command == "browse":
        serves_until_ctrl_c(found, tmp_path)
        return
    for line in found:
        there = set(tmp_path.rglob("*"))
        done = cli(*shlex.split(line)[1:], cwd=tmp_path)
        assert done.returncode == 0, (line, done.stderr)
        # A command prints its answer, or writes it to the file that the example names.
        assert done.stdout.strip() or any(f.is_file() and f.stat().st_size for f in set(tmp_path.rglob("*")) - there), line


def test_the_group_help_says_what_each_command_says(cli: Cli) -> None:
    text = cli("--help").stdout
    for command, line in COMMANDS.items():
        assert re.search(rf"^\s+{command}\s+{re.escape(line)}", text, re.MULTILINE)


def test_formats_say_the_same(cli: Cli, tmp_path: Path) -> None:
    args = ("members", "--on", "2017-06-09", "--format")
    rows = list(csv.DictReader(io.StringIO(cli(*args, "csv").stdout)))
    body = json.loads(cli(*args, "json").stdout)
    assert [r["iso3"] for r in rows] == [r["iso3"] for r in body] == list(sco.members(on="2017-06-09").iso3)
    assert body[0]["contested"] in (True, False) and body[0]["legal_status"] is None
    assert cli(*args, "markdown").stdout.startswith("| iso3 | name |")
    file = tmp_path / "members.parquet"
    done = cli(*args, "parquet", "--output", str(file))
    assert done.returncode == 0 and done.stdout == ""
    assert duckdb.sql(f"SELECT count(*), min(typeof(since)) FROM '{file.as_posix()}'").fetchall() == [(8, "DATE")]


def test_table_format_is_aligned_with_wide_letters(cli: Cli) -> None:
    lines = cli("sql", "SELECT name_zh, iso3 FROM members WHERE iso3 IN ('CHN', 'LAO') ORDER BY iso3").stdout.splitlines()
    assert lines[0].startswith("name_zh") and lines[-1] == "(2 rows)"
    assert lines[2].endswith("CHN")


def test_words_go_to_standard_error(cli: Cli) -> None:
    done = cli("members", "--format", "csv")
    assert "last day of coverage" in done.stderr and done.stdout.startswith("iso3,")
    outside = cli("members", "--on", "2040-01-01", "--format", "csv")
    assert outside.returncode == 0 and "Warning: 2040-01-01 lies outside" in outside.stderr and len(outside.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("show", "statusses"), 1, "Did you mean statuses"),
        (("history", "Kazahstan"), 1, "Did you mean"),
        (("evidence", "statuses", "IND-member-2018"), 1, "Did you mean IND-member-2017"),
        (("cite", "statuses", "nothing"), 1, "no row"),
        (("validate", "nowhere"), 1, "is not a folder"),
        (("members", "--on", "2017-02-30"), 2, "is not a day"),
        (("members", "-o", "members.xls"), 2, "no format is known for 'members.xls'"),
        (("members", "--include-predecessor"), 2, "goes with --status any"),
        (("show", "history_of"), 2, "takes an argument"),
        (("history", "710"), 2, "cow:710 is China"),
        (("sql", "SELEC 1"), 2, "syntax error"),
        (("sql", "FROM statusses"), 2, "Did you mean statuses"),
        (("members", "--status", "guest"), 2, "guest"),
        (("membres",), 2, "Did you mean members"),
        (("members", "-o", "no/such/folder/x.csv"), 2, "cannot write"),
    ],
)
def test_exit_codes_and_one_clear_error(cli: Cli, args: tuple[str, ...], code: int, said: str) -> None:
    done = cli(*args)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr and "Traceback" not in done.stderr


def test_output_replaces_a_file_whole_and_leaves_nothing_beside(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "ein Ordner" / "länder.csv"
    file.parent.mkdir()
    file.write_text("old", encoding="utf-8")
    assert cli("show", "members", "-f", "csv", "-o", str(file)).returncode == 0
    assert len(file.read_text(encoding="utf-8").splitlines()) == 28
    assert [p.name for p in file.parent.iterdir()] == ["länder.csv"]


def test_the_suffix_of_the_output_gives_the_format(cli: Cli, tmp_path: Path) -> None:
    for name, begin in (("m.csv", "iso3,"), ("m.json", "[\n"), ("m.md", "| iso3 |"), ("m.txt", "iso3  name")):
        assert cli("members", "--on", "2017-06-09", "-o", str(tmp_path / name)).returncode == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begin)


def test_nothing_is_cut_in_a_pipe(cli: Cli) -> None:
    assert "…" not in cli("describe", "statuses").stdout


def test_a_state_without_steps_is_named(cli: Cli) -> None:
    assert "no step of FRA is on record" in cli("history", "France").stderr


def test_version_as_option_and_command(cli: Cli) -> None:
    assert cli("--version").stdout == cli("version").stdout == f"sco-data {sco.__version__} (statuses to {Catalog(sco.path()).coverage()[1]})\n"


def test_show_takes_views_too(cli: Cli) -> None:
    assert "2001-06-15" in cli("show", "status_counts").stdout


def test_sql_from_standard_input(cli: Cli) -> None:
    assert cli("sql", "-", "-f", "csv", input="SELECT count(*) AS n FROM members").stdout == "n\n27\n"


@pytest.mark.skipif(importlib.util.find_spec("pytz") is not None, reason="pytz is installed")
def test_a_time_with_a_zone_needs_pytz_and_says_so(cli: Cli) -> None:
    done = cli("sql", "SELECT now() AS t")
    assert done.returncode == 2 and done.stderr.startswith("Error: SQL: the answer has a time with a time zone, for which DuckDB wants pytz. Mend: cast it"), done.stderr
    assert cli("sql", "SELECT now()::TIMESTAMP AS t").returncode == 0


def test_history_table_shows_no_more_than_is_known(cli: Cli) -> None:
    text = cli("history", "Sri Lanka").stdout
    assert re.search(r"^2010-05\s+dialogue_partner\s+memorandum_signed", text, re.MULTILINE)


def test_a_closed_pipe_is_no_error() -> None:
    done = subprocess.run(f'"{SCRIPT}" show evidence | head -1', shell=True, capture_output=True, text=True)
    assert done.stderr == "" and done.stdout.startswith("evidence_id")


def test_tab_completion_knows_commands_tables_and_states() -> None:
    def complete(words: str, at: int) -> str:
        environment = {"_SCO_DATA_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at), "PATH": "", "LANG": "C.UTF-8"}
        return subprocess.run([str(SCRIPT)], env=environment, capture_output=True, text=True).stdout

    assert "members" in complete("sco-data mem", 1)
    assert "statuses" in complete("sco-data show stat", 2)
    assert "Kyrgyzstan" in complete("sco-data history Kyr", 2)
