"""Generate `cstar_async/_generated` from openapi.yaml and what contract/cstar.yaml knows of it, or another package.

Exit codes: 0 success; 1 a document cannot be used (nothing is changed) or, with --check, something is not up to date;
2 wrong usage. With --diff: 0 only words differ; 3 compatible changes; 4 the same code sends or reads other bytes;
5 breaking changes.
"""

from __future__ import annotations

import argparse
import gc
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from . import definitions, emit, schemas, tree
from .adopt.accept import accept
from .adopt.document import RECONSTRUCTION
from .adopt.publish import dump, export
from .build import build
from .diff import changes, compare
from .errors import ContractError
from .load import load_document
from .parse import parse
from .prepass import prepare
from .sources import Sources

if TYPE_CHECKING:
    from .ir import Contract
    from .prepass import Prepared

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "openapi.yaml"
KNOWN = ROOT / "contract" / "cstar.yaml"
FIXES = ROOT / "contract" / "fixes.yaml"
OWN = ROOT / "cstar_async" / "_generated"


class Reading(NamedTuple):
    """A document that was read."""

    contract: Contract
    prepared: Prepared
    notes: list[str]
    """A line for each part that was left out, and for each fault that was repaired."""


def read_contract(document: dict[str, Any], name: str, *, leave_out: bool = False) -> Reading:
    """Read a document.

    Args:
        document: The document; what `Sources.read` returns.
        name: What it is called in messages.
        leave_out: Skip the operations, webhooks and schemas that cannot be used.

    Raises:
        ContractError: The document cannot be expressed.
    """
    places: frozenset[str] = frozenset()
    lines: list[str] = []
    while True:
        try:
            prepared = prepare(document, places, repair=leave_out)
            repairs = [f"repaired: {repair}" for repair in prepared.repairs]
            return Reading(build(document, prepared, parse(prepared)), prepared, [*lines, *repairs])
        except ContractError as error:
            if not leave_out or not error.places - places:
                raise
            places |= error.places
            lines += [f"left out: {problem}" for problem in error.problems]
        except RecursionError as error:
            raise ContractError([f"{name}: is nested too deeply"]) from error


def generate(
    document: dict[str, Any], name: str, *, command: str, leave_out: bool = False, with_client: bool = False
) -> tuple[dict[str, str], list[str]]:
    """Return the files by their path in the package, and a line for each part that was left out or repaired.

    Args:
        document: The document.
        name: The name of its file, for the header of each file.
        command: The command, for the same.
        leave_out: Skip the operations, webhooks and schemas that cannot be used.
        with_client: Give the package a client of its own.

    Raises:
        ContractError: The document cannot be expressed.
    """
    reading = read_contract(document, name, leave_out=leave_out)
    made_by = f"`{command}{' --leave-out' if reading.notes else ''}` from {' '.join(name.split())}"
    try:
        text = schemas.render(reading.prepared)
        return emit.render(reading.contract, text, made_by, with_client=with_client), reading.notes
    except RecursionError as error:
        raise ContractError([f"{name}: is nested too deeply"]) from error


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _options(arguments)
    try:
        if options.publish:
            return _publish(check=options.check)
        return _diff(options) if options.diff is not None else _generate(options)
    except ContractError as error:
        for problem in error.problems:
            print(f"codegen: {problem}", file=sys.stderr)
        if error.places and not options.leave_out:
            verb = "generate" if options.diff is None else "compare"
            print(f"codegen: use --leave-out to {verb} the rest without these", file=sys.stderr)
    except OSError as error:
        print(f"codegen: {error.filename} cannot be written: {error}", file=sys.stderr)
    return 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--spec", type=Path, default=SPEC, help="the OpenAPI 3.x document")
    add("--out", type=Path, default=OWN, help="the package to write")
    add("--known", type=Path, help="what is known of the document; for our own package contract/cstar.yaml")
    add("--leave-out", action="store_true", help="skip the operations, webhooks and schemas that cannot be used")
    add("--drop-additions", action="store_true", help="leave out what only --known has")
    add("--explain", action="store_true", help="name each field and parameter that only --known has")
    add("--effective", type=Path, metavar="FILE", help="also write the merged document to FILE")
    add("--accept", action="store_true", help="also name new operations in the document of --known")
    add("--publish", action="store_true", help="only write openapi.yaml, as an export of contract/cstar.yaml")
    add("--raw", action="store_true", help="with --diff: compare the documents as they are, unmerged")
    task = parser.add_mutually_exclusive_group()
    task.add_argument("--adopt", type=Path, metavar="FILE", help="put FILE in the place of openapi.yaml, if it can be")
    task.add_argument("--check", action="store_true", help="change nothing; exit 1 if something is not up to date")
    help_ = "change nothing; list what differs for users between two documents. NEW is that of --spec by default"
    task.add_argument("--diff", nargs="+", type=Path, metavar=("OLD", "NEW"), help=help_)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="with --diff: print a JSON list of the changes")
    form.add_argument("--changelog", action="store_true", help="with --diff: print a draft of a changelog entry")
    options = parser.parse_args(arguments)
    if options.diff is None and (options.json or options.changelog or options.raw):
        parser.error("--json, --changelog and --raw need --diff")
    if options.diff is not None and len(options.diff) > 2:
        parser.error("--diff takes one or two documents")
    if options.adopt is not None and options.spec != SPEC:
        parser.error("--adopt and --spec exclude each other")
    return options


def _generate(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    out = options.out.resolve()
    is_own = options.known is None and (out == OWN or options.spec == SPEC)
    spec = (options.adopt or options.spec).resolve()
    known = KNOWN if is_own else options.known
    tree.refuse_foreign(out)
    document, report = Sources(spec, known, FIXES if is_own else None, drop_additions=options.drop_additions).read()
    command = "make codegen" if is_own else "python -m codegen --spec ... --out ..."
    name = SPEC.name if options.adopt else spec.name
    files, notes = generate(document, name, command=command, leave_out=options.leave_out, with_client=known is None)
    with tree.workplace(out, beside=not options.check) as fresh:
        tree.write(files, fresh)
        lines = tree.differences(fresh, out)
        names = definitions.differences(fresh, out) if options.check and lines and out.exists() else []
        if not options.check:
            tree.swap(fresh, out)
    if options.adopt:
        tree.replace(SPEC, spec.read_text(encoding="utf-8"))
    if options.effective:
        tree.replace(options.effective, dump(document))
    for found in report.lines(explain=options.explain) if report is not None else ():
        print(f"codegen: {found}", file=sys.stderr)
    for problem in notes:
        print(f"codegen: {problem}", file=sys.stderr)
    if "webhooks.py" in files:
        print(f"codegen: {emit.OTHER_WEBHOOKS}", file=sys.stderr)
    for line in [*lines, *names]:
        print(line)
    if options.check and lines:
        print(f"codegen: {out} is not up to date with {spec}; run `{_command(options)}`", file=sys.stderr)
        return 1
    if options.accept and known is not None and not options.check:
        _accept(known, document)
    print(f"{len(files) + 1} files, {len(lines)} changed, {time.perf_counter() - started:.1f} s")
    return 0


def _command(options: argparse.Namespace) -> str:
    """The command that brings the package up to date."""
    more = ["--known", str(options.known)] if options.known else []
    more += ["--leave-out"] if options.leave_out else []
    if (options.spec.resolve(), options.out.resolve(), more) == (SPEC, OWN, []):
        return "make codegen"
    return shlex.join(["python", "-m", "codegen", "--spec", str(options.spec), "--out", str(options.out), *more])


def _diff(options: argparse.Namespace) -> int:
    """List what differs for users between two documents, each merged with what we know."""
    known = None if options.raw else options.known or KNOWN
    fixes = FIXES if known == KNOWN else None
    contracts: list[Contract] = []
    paths = [options.diff[0], options.diff[1] if len(options.diff) > 1 else options.spec]
    for path in {path.resolve(): path for path in paths}.values():  # one document is read once
        try:
            document, _ = Sources(path, known, fixes).read()
            reading = read_contract(document, str(path), leave_out=options.leave_out)
        except ContractError as error:
            # Not every problem names its document.
            problems = [p if p.startswith(f"{path}: ") else f"{path}: {p}" for p in error.problems]
            raise ContractError(problems, error.places) from error
        for problem in reading.notes:
            print(f"codegen: {path}: {problem}", file=sys.stderr)
        contracts.append(reading.contract)
    found = compare(contracts[0], contracts[-1])
    form = changes.as_json if options.json else changes.as_changelog if options.changelog else changes.as_text
    print(form(found))
    return changes.exit_code(found)


def _accept(known: Path, document: dict[str, Any]) -> None:
    text, added = accept(known.read_text(encoding="utf-8"), document)
    if added:
        tree.replace(known, text)
    for operation_id in added:
        print(f"codegen: {known.name}: added {operation_id}", file=sys.stderr)


def _publish(*, check: bool) -> int:
    """Write the export, or check that it is up to date. Leaves a document alone that is the service's own."""
    is_export = not SPEC.exists() or load_document(SPEC).get(RECONSTRUCTION) is True
    text = export(load_document(KNOWN))
    if not is_export and not check:
        raise ContractError([f"{SPEC.name} is not an export; remove it first if it is to be replaced by one"])
    if check and is_export and SPEC.read_text(encoding="utf-8") != text:
        differs = f"{SPEC.name} is marked as an export of contract/cstar.yaml and differs from it"
        advice = f"run `make publish`, or remove its `{RECONSTRUCTION}` if it is the service's own document"
        raise ContractError([f"{differs}: {advice}"])
    if not check:
        tree.replace(SPEC, text)
    return 0


if __name__ == "__main__":
    gc.set_threshold(200_000)  # little is garbage before the end, and looking for it takes a fifth of the time
    sys.exit(main())
