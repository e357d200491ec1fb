"""`python -m codegen`: openapi.yaml, with what contract/cstar.yaml knows of it → cstar_async/_generated.

Exit codes: 0 done, 1 a document cannot be used (nothing was changed) or, with --check, something is not up to date,
2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from . import emit, schemas, tree
from .adopt.accept import accept
from .adopt.document import RECONSTRUCTION
from .adopt.publish import dump, export
from .build import build
from .errors import ContractError
from .load import load_document
from .parse import parse
from .prepass import prepare
from .sources import Sources

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "openapi.yaml"
KNOWN = ROOT / "contract" / "cstar.yaml"
FIXES = ROOT / "contract" / "fixes.yaml"
OWN = ROOT / "cstar_async" / "_generated"


def generate(
    document: dict[str, Any], name: str, *, command: str, leave_out: bool = False
) -> tuple[dict[str, str], list[str]]:
    """All files for a document, by their path in the package, and what was left out.

    Args:
        document: The document; what `Sources.read` returns.
        name: The name of its file, for the header of each file and for messages.
        command: The command, for the header.
        leave_out: Go on without the operations and webhooks that cannot be expressed.

    Raises:
        ContractError: The document cannot be expressed.
    """
    places: frozenset[str] = frozenset()
    lines: list[str] = []
    while True:
        made_by = f"`{command}{' --leave-out' if places else ''}` from {' '.join(name.split())}"
        try:
            prepared = prepare(document, places)
            contract = build(document, prepared, parse(prepared))
            return emit.render(contract, schemas.render(prepared), made_by), lines
        except ContractError as error:
            if not leave_out or not error.places - places:
                raise
            places |= error.places
            lines += error.problems
        except RecursionError as error:
            raise ContractError([f"{name}: is nested too deeply"]) from error


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _options(arguments)
    try:
        if options.publish:
            return _publish(check=options.check)
        return _generate(options)
    except ContractError as error:
        for problem in error.problems:
            print(f"codegen: {problem}", file=sys.stderr)
        if error.places and not options.leave_out:
            print("codegen: use --leave-out to generate the rest without these", file=sys.stderr)
    except OSError as error:
        print(f"codegen: {error.filename} cannot be written: {error}", file=sys.stderr)
    return 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__, allow_abbrev=False)
    parser.add_argument("--spec", type=Path, default=SPEC, help="the OpenAPI 3.x document")
    parser.add_argument("--out", type=Path, default=OWN, help="the package to write")
    parser.add_argument(
        "--known", type=Path, help="what is known of the document, in a document with our columns; for our own package "
        "this is contract/cstar.yaml",
    )  # fmt: skip
    parser.add_argument(
        "--leave-out", action="store_true", help="skip the operations and webhooks that cannot be expressed"
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if something is not up to date")
    parser.add_argument(
        "--adopt", type=Path, metavar="FILE", help="put FILE in the place of openapi.yaml, if it can be"
    )
    parser.add_argument("--explain", action="store_true", help="name each field and parameter that only we know")
    parser.add_argument("--effective", type=Path, metavar="FILE", help="also write the merged document to FILE")
    parser.add_argument("--drop-additions", action="store_true", help="leave out what only we know")
    parser.add_argument("--accept", action="store_true", help="name new operations in contract/cstar.yaml")
    parser.add_argument("--publish", action="store_true", help="write openapi.yaml as an export of contract/cstar.yaml")
    options = parser.parse_args(arguments)
    if options.adopt is not None and options.spec != SPEC:
        parser.error("--adopt and --spec exclude each other")
    return options


def _generate(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    out = options.out.resolve()
    is_own = options.known is None and (out == OWN or options.spec == SPEC)
    spec = (options.adopt or options.spec).resolve()
    known = KNOWN if is_own else options.known
    sources = Sources(spec, known, FIXES if is_own else None, drop_additions=options.drop_additions)
    tree.refuse_foreign(out)
    document, report = sources.read()
    command = "make codegen" if is_own else "python -m codegen --spec ... --out ..."
    name = SPEC.name if options.adopt else spec.name
    files, left_out = generate(document, name, command=command, leave_out=options.leave_out)
    with tree.workplace(out, beside=not options.check) as fresh:
        tree.write(files, fresh)
        changes = tree.differences(fresh, out)
        if not options.check:
            tree.swap(fresh, out)
    if options.adopt and not options.check:
        tree.replace(SPEC, spec.read_text(encoding="utf-8"))
    if options.effective:
        tree.replace(options.effective, dump(document))
    for line in report.lines(explain=options.explain) if report is not None else ():
        print(f"codegen: {line}", file=sys.stderr)
    for problem in left_out:
        print(f"codegen: left out: {problem}", file=sys.stderr)
    for change in changes:
        print(change)
    if options.check and changes:
        print(f"codegen: {out} is not up to date with {spec}; run `{_again(options)}`", file=sys.stderr)
        return 1
    if options.accept and known is not None and not options.check:
        _accept(known, document)
    print(f"{len(files) + 1} files, {len(changes)} changed, {time.perf_counter() - started:.1f} s")
    return 0


def _again(options: argparse.Namespace) -> str:
    """The command that brings the package up to date."""
    if options.out.resolve() == OWN and options.spec == SPEC:
        return "make codegen"
    known = f" --known {options.known}" if options.known else ""
    leave_out = " --leave-out" if options.leave_out else ""
    return f"python -m codegen --spec {options.spec} --out {options.out}{known}{leave_out}"


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
        advice = f"run `make publish`, or remove its `{RECONSTRUCTION}` if it is the service's own document"
        raise ContractError(
            [f"{SPEC.name} is marked as an export of contract/cstar.yaml and differs from it: {advice}"]
        )
    if not check:
        tree.replace(SPEC, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
