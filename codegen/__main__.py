"""Generate `cstar_async/_generated` from openapi.yaml, or a package from another OpenAPI document.

Exit codes: 0 success; 1 the document cannot be expressed (nothing is changed) or, with --check, the package is not up
to date; 2 wrong usage. With --diff: 0 only words differ; 3 compatible changes; 4 the same code sends or reads other
bytes; 5 breaking changes.
"""

from __future__ import annotations

import argparse
import gc
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import definitions, emit, schemas, tree
from .build import build
from .diff import changes, compare
from .errors import ContractError
from .load import load_document
from .parse import parse
from .prepass import prepare

if TYPE_CHECKING:
    from .ir import Contract
    from .prepass import Prepared

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "openapi.yaml"
OWN = ROOT / "cstar_async" / "_generated"


class Reading(NamedTuple):
    """A document that was read."""

    contract: Contract
    prepared: Prepared
    left_out: list[str]
    """What was left out, with the reason."""


def read_contract(spec: Path, *, leave_out: bool = False) -> Reading:
    """Read the contract at `spec`. Raises ContractError."""
    document = load_document(spec)
    places: frozenset[str] = frozenset()
    lines: list[str] = []
    while True:
        try:
            prepared = prepare(document, places)
            return Reading(build(document, prepared, parse(prepared)), prepared, lines)
        except ContractError as error:
            if not leave_out or not error.places - places:
                raise
            places |= error.places
            lines += error.problems
        except RecursionError as error:
            raise ContractError([f"{spec}: is nested too deeply"]) from error


def generate(spec: Path, *, leave_out: bool = False) -> tuple[dict[str, str], list[str]]:
    """Return the files by their path in the package, and a line for each operation left out. Raises ContractError."""
    command = "make codegen" if spec == CONTRACT else "python -m codegen --spec ... --out ..."
    reading = read_contract(spec, leave_out=leave_out)
    made_by = f"`{command}{' --leave-out' if reading.left_out else ''}` from {' '.join(spec.name.split())}"
    try:
        return emit.render(reading.contract, schemas.render(reading.prepared), made_by), reading.left_out
    except RecursionError as error:
        raise ContractError([f"{spec}: is nested too deeply"]) from error


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__, allow_abbrev=False)
    parser.add_argument("--spec", type=Path, default=CONTRACT, help="the OpenAPI 3.x document")
    parser.add_argument("--out", type=Path, default=OWN, help="the package to write")
    parser.add_argument(
        "--leave-out", action="store_true", help="skip the operations and webhooks that cannot be expressed"
    )
    task = parser.add_mutually_exclusive_group()
    task.add_argument("--check", action="store_true", help="change nothing; exit 1 if the package is not up to date")
    task.add_argument(
        "--diff",
        nargs="+",
        type=Path,
        metavar=("OLD", "NEW"),
        help="change nothing; list what differs for users between two documents. NEW is that of --spec by default",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="with --diff: print a JSON list of the changes")
    form.add_argument("--changelog", action="store_true", help="with --diff: print a draft of a changelog entry")
    options = parser.parse_args(arguments)
    if options.diff is None and (options.json or options.changelog):
        parser.error("--json and --changelog need --diff")
    if options.diff is not None and len(options.diff) > 2:
        parser.error("--diff takes one or two documents")
    try:
        return _diff(options) if options.diff is not None else _generate(options)
    except ContractError as error:
        for problem in error.problems:
            print(f"codegen: {problem}", file=sys.stderr)
        if error.places and not options.leave_out:
            verb = "generate" if options.diff is None else "compare"
            print(f"codegen: use --leave-out to {verb} the rest without these", file=sys.stderr)
        return 1


def _generate(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    out = options.out.resolve()
    names: list[str] = []
    try:
        tree.refuse_foreign(out)
        files, left_out = generate(options.spec.resolve(), leave_out=options.leave_out)
        with tree.workplace(out, beside=not options.check) as fresh:
            tree.write(files, fresh)
            lines = tree.differences(fresh, out)
            if not options.check:
                tree.swap(fresh, out)
            elif lines and out.exists():
                names = definitions.differences(fresh, out)
    except OSError as error:
        print(f"codegen: {out} cannot be written: {error}", file=sys.stderr)
        return 1
    for problem in left_out:
        print(f"codegen: left out: {problem}", file=sys.stderr)
    for line in [*lines, *names]:
        print(line)
    if options.check and lines:
        advice = f"run `{_command(options)}`"
        print(f"codegen: {out} is not up to date with {options.spec}; {advice}", file=sys.stderr)
        return 1
    print(f"{len(files) + 1} files, {len(lines)} changed, {time.perf_counter() - started:.1f} s")
    return 0


def _command(options: argparse.Namespace) -> str:
    """The command that brings the package up to date."""
    more = ["--leave-out"] if options.leave_out else []
    if (options.spec.resolve(), options.out.resolve(), more) == (CONTRACT, OWN, []):
        return "make codegen"
    return shlex.join(["python", "-m", "codegen", "--spec", str(options.spec), "--out", str(options.out), *more])


def _diff(options: argparse.Namespace) -> int:
    contracts: list[Contract] = []
    paths = [options.diff[0], options.diff[1] if len(options.diff) > 1 else options.spec]
    for path in {path.resolve(): path for path in paths}.values():  # one document is read once
        try:
            reading = read_contract(path, leave_out=options.leave_out)
        except ContractError as error:
            # Not every problem names its document.
            problems = [p if p.startswith(f"{path}: ") else f"{path}: {p}" for p in error.problems]
            raise ContractError(problems, error.places) from error
        for problem in reading.left_out:
            print(f"codegen: left out: {path}: {problem}", file=sys.stderr)
        contracts.append(reading.contract)
    found = compare(contracts[0], contracts[-1])
    form = changes.as_json if options.json else changes.as_changelog if options.changelog else changes.as_text
    print(form(found))
    return changes.exit_code(found)


if __name__ == "__main__":
    gc.set_threshold(200_000)  # little is garbage before the end, and looking for it takes a fifth of the time
    sys.exit(main())
