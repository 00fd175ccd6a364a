"""What the project depends on, as it is installed here: `python scripts/dependencies.py`.

Without options it writes docs/dependencies.csv: each package that the wheel or an extra for users brings, directly or not, on any system, and what the explorer
takes from npm; with the lowest version that is tested (tests/lowest.txt), the newest that was, the licence, who brings it. --check only compares, and does not mind
a newer version. Tools for tests are not in it, but for the explorer's: nobody gets them with the package. A licence is what the package's metadata say: what else a
binary wheel has compiled in, its own notices say.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[0:1] = [str(ROOT)]

try:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
    from packaging.version import Version
except ImportError as error:
    sys.exit(f"this needs {error.name}. Mend: pip install -e '.[test]' in a virtual environment, and run it with its python")

from scripts.files import Refused, as_csv, table_of, write_all  # noqa: E402

COLUMNS = ["ecosystem", "name", "lowest", "newest", "licence", "extras", "brought_by", "integrity"]
#: What users install: the wheel alone, or with these.
EXTRAS = ("validate", "export", "plot", "spark", "release", "site")
#: Whoever uses, changes or passes on this project owes these no more than a notice. MPL-2.0 and OFL-1.1 bind who changes their own files; Artistic-1.0-Perl likewise.
ACCEPTED = {"0BSD", "Apache-2.0", "Artistic-1.0-Perl", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Zlib"}
#: Classifiers that leave no doubt; those of BSD and Apache do not say which.
CLASSIFIERS = {"MIT License": "MIT", "ISC License (ISCL)": "ISC", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0"}
#: Of these the metadata do not say it: read in the licence file of the package, of the version in docs/dependencies.csv.
READ = {
    "altair": "BSD-3-Clause", "colorama": "BSD-3-Clause", "isodate": "BSD-3-Clause", "jinja2": "BSD-3-Clause", "py4j": "BSD-3-Clause",
    "rfc3986": "Apache-2.0", "text-unidecode": "Artistic-1.0-Perl OR GPL-1.0-or-later", "trove-classifiers": "Apache-2.0",
}  # fmt: skip
#: Advisory -> (the last day on which it may stand, why it does no harm here).
EXCEPTED: dict[str, tuple[date, str]] = {}
#: A package counts if any of these gets it: what click brings on Windows is no less ours.
SYSTEMS = [
    {"sys_platform": platform, "platform_system": system, "os_name": name, "platform_machine": machine, "python_version": python, "python_full_version": f"{python}.0"}
    for platform, system, name, machine in (("linux", "Linux", "posix", "x86_64"), ("darwin", "Darwin", "posix", "arm64"), ("win32", "Windows", "nt", "AMD64"))
    for python in ("3.11", "3.12", "3.13", "3.14")
]

Row = dict[str, str]


class Advisory(NamedTuple):
    package: str
    #: As the services number it: any of these may stand in EXCEPTED.
    ids: tuple[str, ...]
    mended_in: tuple[str, ...] = ()


def declared(root: Path, *more: str) -> dict[str, dict[str, Requirement]]:
    """Return the direct requirements of the wheel ("") and of each extra for users, and of those named, by package."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = {"": project["dependencies"], **project["optional-dependencies"]}

    def needed(extra: str) -> Iterator[Requirement]:
        for requirement in map(Requirement, texts[extra]):
            if canonicalize_name(requirement.name) == canonicalize_name(project["name"]):
                for inner in sorted(requirement.extras):
                    yield from needed(inner)
            else:
                yield requirement

    return {extra: {canonicalize_name(r.name): r for r in needed(extra)} for extra in ("", *EXTRAS, *more)}


def direct(root: Path) -> dict[str, Requirement]:
    return {name: r for requirements in declared(root).values() for name, r in sorted(requirements.items())}


def lowest(root: Path) -> dict[str, str]:
    """Return the versions of tests/lowest.txt."""
    lines = (line.partition("#")[0].strip() for line in (root / "tests/lowest.txt").read_text(encoding="utf-8").splitlines())
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines if line)}


def bounds(root: Path) -> Iterator[str]:
    """Yield where pyproject.toml and tests/lowest.txt disagree, and where a bound is lacking."""
    project, tested = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")), lowest(root)
    stated = [r for requirements in declared(root).values() for r in requirements.values()] + [Requirement(r) for r in project["build-system"]["requires"]]
    for name in sorted(tested.keys() - {canonicalize_name(r.name) for r in stated}):
        yield f"tests/lowest.txt: {name} is no dependency. Mend: take its line away."
    for requirement in dict.fromkeys(stated):
        name, specifiers = canonicalize_name(requirement.name), {s.operator: s.version for s in requirement.specifier}
        if set(specifiers) != {">=", "<"}:
            yield f"pyproject.toml: {requirement}: a dependency has a lower bound that is tested and an upper bound. Mend: write it as {name}>=1.2,<2."
        elif name not in tested or Version(tested[name]) != Version(specifiers[">="]):
            yield f"pyproject.toml: {requirement}: tests/lowest.txt has {tested.get(name, 'no version of it')}. Mend: make them the same, and run the tests with it."


def licence_of(package: metadata.PackageMetadata) -> str:
    """Return the licence as an SPDX expression, or "" where nothing says which it is."""
    for key in ("License-Expression", "License"):
        try:
            return str(canonicalize_license_expression(package[key].strip() if key in package else ""))
        except InvalidLicenseExpression:
            continue
    named = {c.rpartition(" :: ")[2] for c in package.get_all("Classifier") or [] if c.startswith("License :: ")}
    clear = {CLASSIFIERS.get(c, "") for c in named}
    return clear.pop() if len(clear) == 1 and "" not in clear else READ.get(canonicalize_name(package["Name"]), "")


def is_accepted(licence: str) -> bool:
    """Whether one can take it under accepted licences alone; brackets are left to a person.

    >>> is_accepted("MIT AND Zlib"), is_accepted("GPL-2.0-only OR MIT"), is_accepted("GPL-2.0-only AND MIT"), is_accepted("")
    (True, True, False, False)
    """
    return any(all(part.strip() in ACCEPTED for part in choice.split(" AND ")) for choice in licence.split(" OR "))


def python_rows(root: Path, listed: dict[str, Row]) -> tuple[list[Row], list[str]]:
    """Return a row for each Python package, and the names of those that are not installed, of which the list is believed."""
    found: dict[str, Row] = {}
    absent, tested = set(), lowest(root)
    brought: dict[str, dict[str, set[str]]] = {}

    def walk(requirement: Requirement, extra: str, by: str) -> None:
        name = canonicalize_name(requirement.name)
        seen = brought.setdefault(name, {"extras": set(), "by": set(), "done": set()})
        seen["extras"].add(extra or "(wheel)")
        seen["by"] |= {by} - {""}
        turn = f"{extra}[{','.join(sorted(requirement.extras))}]"
        if turn in seen["done"]:
            return
        seen["done"].add(turn)
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            absent.add(name)
            inner = [Requirement(n) for n, row in listed.items() if name in row["brought_by"].split()]
        else:
            found[name] = {"newest": package.version, "licence": licence_of(package.metadata)}
            inner = [Requirement(r) for r in package.requires or []]
        for needs in inner:
            if needs.marker is None or any(needs.marker.evaluate({**system, "extra": e}) for system in SYSTEMS for e in ("", *requirement.extras)):
                walk(needs, extra, name)

    for extra, requirements in declared(root).items():
        for requirement in requirements.values():
            walk(requirement, extra, "")
    rows = []
    for name in sorted(brought):
        # What comes with the wheel comes with every extra.
        extras = {"(wheel)"} if "(wheel)" in brought[name]["extras"] else brought[name]["extras"]
        old = listed.get(name, {})
        row = found.get(name) or {"newest": old.get("newest", ""), "licence": old.get("licence", "")}
        rows.append({"ecosystem": "PyPI", "name": name, "lowest": tested.get(name, ""), **row, "extras": " ".join(sorted(extras)), "brought_by": " ".join(sorted(brought[name]["by"])), "integrity": ""})
    return rows, sorted(absent)


def npm_rows(root: Path) -> list[Row]:
    """Return a row for each package that explorer/package-lock.json pins."""
    packages = json.loads((root / "explorer/package-lock.json").read_text(encoding="utf-8"))["packages"]
    ours = packages.pop("")
    rows = []
    for place, package in packages.items():
        name = place.rpartition("node_modules/")[2]
        by = sorted(p.rpartition("node_modules/")[2] for p, other in packages.items() if name in other.get("dependencies", {}))
        pinned = {**ours.get("dependencies", {}), **ours.get("devDependencies", {})}.get(name, "")
        rows.append({"ecosystem": "npm", "name": name, "lowest": pinned, "newest": package["version"], "licence": package.get("license", ""), "extras": "(tests)" if package.get("dev") else "(explorer)", "brought_by": " ".join(by), "integrity": package.get("integrity", "")})
    return sorted(rows, key=lambda row: row["name"])


def listed_rows(file: Path) -> list[Row]:
    return [row for _, row in table_of(file, *COLUMNS)] if file.exists() else []


def differences(old: list[Row], new: list[Row], file: str) -> Iterator[str]:
    """Yield what the list lacks, and what it says otherwise: of npm all, which is pinned; of PyPI no newer version, nor who brings it there."""
    before, after = ({(row["ecosystem"], row["name"]): row for row in rows} for rows in (old, new))
    mend = "Mend: python scripts/dependencies.py, and read what is new."
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            yield f"{file}: {key[1]} ({key[0]}) is no dependency any more. {mend}"
        elif key not in before:
            yield f"{file}: lacks {key[1]} ({key[0]}), of {after[key]['brought_by'] or 'pyproject.toml'}. {mend}"
        else:
            for column in COLUMNS if key[0] == "npm" else ("lowest", "licence"):
                if before[key][column] != after[key][column]:
                    yield f"{file}: {key[1]} ({key[0]}): {column} is {after[key][column] or 'blank'}, the list has {before[key][column] or 'blank'}. {mend}"


def licences(rows: list[Row]) -> Iterator[str]:
    """Yield the packages whose licence is not known or not accepted; tools for tests reach no user."""
    for row in rows:
        if row["ecosystem"] == "npm" and not row["integrity"].startswith("sha512-"):
            yield f"explorer/package-lock.json: {row['name']} has no sha512. Mend: npm install in explorer/, from the registry."
        if not row["licence"]:
            yield f"{row['name']} {row['newest']} ({row['ecosystem']}): its metadata do not say under which licence. Mend: read its licence file, and write it into READ of scripts/dependencies.py."
        elif not is_accepted(row["licence"]) and row["extras"] != "(tests)":
            yield f"{row['name']} {row['newest']} ({row['ecosystem']}): {row['licence']} is none of the accepted licences. Mend: do without it; or, if it binds no user, add it to ACCEPTED of scripts/dependencies.py."


def newest(root: Path) -> tuple[list[str], list[str]]:
    """Return what is not the newest that the package index offers inside the bounds, and what else is to be said."""
    asked = {name: r for name, r in direct(root).items() if _installed(name)}
    wrong, said = [], [f"{name}: not installed here: not checked" for name in sorted(direct(root).keys() - asked.keys())]
    with ThreadPoolExecutor(8) as pool:
        answers = dict(zip(asked, pool.map(_offered, asked)))
    for name, requirement in asked.items():
        offered, have = answers[name], Version(metadata.version(name))
        if not offered:
            said.append(f"{name} {have}: the package index does not answer: not checked")
            continue
        inside = max(requirement.specifier.filter(offered), default=have)
        if inside > have:
            wrong.append(f"{name}: {have} is installed, and {inside} is the newest inside {requirement}. Mend: pip install --upgrade '{requirement}'; if another package holds it back, say so in pyproject.toml.")
        else:
            said.append(f"{name} {have}: the newest inside {requirement.specifier}")
        if max(offered) > inside:
            said.append(f"warning: {name} {max(offered)} is out, beyond {requirement.specifier}: try it, and raise the bound")
    return wrong, said


def _installed(name: str) -> bool:
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def _offered(name: str) -> list[Version]:
    """Return the versions that pip could install here."""
    done = subprocess.run([sys.executable, "-m", "pip", "index", "versions", name, "--retries", "1"], capture_output=True, text=True, encoding="utf-8")
    line = re.search(r"^Available versions: (.+)$", done.stdout, re.MULTILINE)
    return [Version(v) for v in line[1].split(", ")] if line else []


def audit(root: Path, rows: list[Row], osv: str | None = None) -> tuple[list[str], list[str]]:
    """Return the known vulnerabilities of the lowest versions, of what is installed and of the explorer's packages, and what could not be asked."""
    wrong: list[str] = []
    said: list[str] = []
    pinned = {
        "the lowest versions": [f"{name}=={version}" for name, version in lowest(root).items()],
        "what is installed": [f"{row['name']}=={row['newest']}" for row in rows if row["ecosystem"] == "PyPI"],
    }
    for what, found in [*((what, pip_audit(packages, osv, said)) for what, packages in pinned.items()), ("the explorer's packages", npm_audit(root / "explorer"))]:
        if found is None:
            said.append(f"{what}: no service that knows vulnerabilities is reachable: not checked")
            continue
        said.append(f"{what}: {len(found)} known {'vulnerability' if len(found) == 1 else 'vulnerabilities'}")
        for advisory in found:
            until, reason = next((EXCEPTED[i] for i in advisory.ids if i in EXCEPTED), (date.min, ""))
            if until >= date.today():
                said.append(f"{what}: {advisory.package}: {advisory.ids[0]} is excepted until {until}: {reason}")
                continue
            mended = f", mended in {', '.join(advisory.mended_in)}" if advisory.mended_in else ""
            ended = f"; its exception ended on {until}" if reason else ""
            wrong.append(f"{what}: {advisory.package}: {advisory.ids[0]}{mended}{ended}. Mend: raise the version; or, if it does no harm here, write it into EXCEPTED of scripts/dependencies.py with a day and the reason.")
    return wrong, said


def pip_audit(pinned: list[str], osv: str | None, said: list[str]) -> list[Advisory] | None:
    """Return what is known of packages, or None if no service answers."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pinned.txt"
        file.write_text("\n".join(pinned) + "\n", encoding="utf-8")
        for service in [["-s", "osv", "--osv-url", osv]] if osv else [["-s", "pypi"], ["-s", "osv"]]:
            command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "-r", str(file), "-f", "json", "--progress-spinner", "off", *service]
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
            if "No module named pip_audit" in done.stderr:
                raise Refused("--audit needs pip-audit. Mend: pip install pip-audit.")
            try:
                answer: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
            except (ValueError, KeyError):
                continue
            skipped = [package["name"] for package in answer if "skip_reason" in package]
            # pip-audit takes a service that knows none of them for one that found nothing.
            if len(skipped) == len(answer):
                continue
            said += [f"{name}: not known to the service that was asked: not checked" for name in skipped]
            return [
                Advisory(f"{package['name']} {package['version']}", (found["id"], *found.get("aliases", [])), tuple(found["fix_versions"]))
                for package in answer for found in package.get("vulns", [])
            ]  # fmt: skip
    return None


def npm_audit(folder: Path) -> list[Advisory] | None:
    """Return what is known of the packages of a lock file, or None if there is no npm or no answer."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    done = subprocess.run([npm, "audit", "--json", "--package-lock-only"], cwd=folder, capture_output=True, text=True, encoding="utf-8")
    try:
        answer = json.loads(done.stdout)["vulnerabilities"]
    except (ValueError, KeyError):
        return None
    # What depends on a package with a vulnerability has the name of that package there.
    return [Advisory(f"{name} {via['range']}", (via["url"].rpartition("/")[2],)) for name, package in answer.items() for via in package["via"] if isinstance(via, dict)]


def run(options: argparse.Namespace) -> list[Any]:
    root: Path = options.root
    file = root / "docs/dependencies.csv"
    old = listed_rows(file)
    rows, absent = python_rows(root, {row["name"]: row for row in old if row["ecosystem"] == "PyPI"})
    rows += npm_rows(root)
    said = [f"{name}: not installed here: the list is believed" for name in absent]
    wrong = [*bounds(root), *licences(rows)]
    if options.check or options.newest or options.audit:
        wrong += differences(old, rows, file.relative_to(root).as_posix()) if options.check else []
        for more in (newest(root) if options.newest else ([], []), audit(root, rows, options.osv_url) if options.audit else ([], [])):
            wrong += more[0]
            said += more[1]
    else:
        new = [name for name in absent if not any(row["name"] == name for row in old)]
        wrong += [f"{name} is not installed. Mend: pip install {name}, or pip install -e '.[{','.join(EXTRAS)}]'." for name in new]
        if not wrong:
            write_all([(file, as_csv(COLUMNS, rows))])
            said.append(f"{len(rows)} packages: {file}")
    for line in said:
        print(line)
    return wrong


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/dependencies.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog="example: python scripts/dependencies.py --check --newest --audit"
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout (default: this one)")
    parser.add_argument("--check", action="store_true", help="write nothing: is the list as installed, are licences accepted, do bounds and tests/lowest.txt agree?")
    parser.add_argument("--newest", action="store_true", help="write nothing: is each direct dependency the newest that the package index offers inside its bounds?")
    parser.add_argument("--audit", action="store_true", help="write nothing: known vulnerabilities (pip-audit, npm audit), where a service answers")
    parser.add_argument("--osv-url", help="ask this service of the form of OSV")
    options = parser.parse_args(argv)
    try:
        wrong = run(options)
    except Refused as error:
        wrong = [error]
    except OSError as error:
        wrong = [f"{error.filename}: {error.strerror}. Mend: give a checkout with --root, and a place that can be written."]
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
