"""Generate `cstar_async/_generated` from openapi.yaml, or a package from another OpenAPI document.

Exit codes: 0 success; 1 the document cannot be expressed (nothing is changed) or, with --check, the package is not up
to date; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from . import emit, schemas, tree
from .build import build
from .errors import ContractError
from .load import load_document
from .parse import parse
from .prepass import prepare

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "openapi.yaml"
OWN = ROOT / "cstar_async" / "_generated"


def generate(spec: Path, *, leave_out: bool = False) -> tuple[dict[str, str], list[str]]:
    """Return the files by their path in the package, and a line for each operation left out. Raises ContractError."""
    command = "make codegen" if spec == CONTRACT else "python -m codegen --spec ... --out ..."
    document = load_document(spec)
    places: frozenset[str] = frozenset()
    lines: list[str] = []
    while True:
        made_by = f"`{command}{' --leave-out' if places else ''}` from {' '.join(spec.name.split())}"
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
            raise ContractError([f"{spec}: is nested too deeply"]) from error


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__, allow_abbrev=False)
    parser.add_argument("--spec", type=Path, default=CONTRACT, help="the OpenAPI 3.x document")
    parser.add_argument("--out", type=Path, default=OWN, help="the package to write")
    parser.add_argument(
        "--leave-out", action="store_true", help="skip the operations and webhooks that cannot be expressed"
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if the package is not up to date")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    out = options.out.resolve()
    try:
        tree.refuse_foreign(out)
        files, left_out = generate(options.spec.resolve(), leave_out=options.leave_out)
        with tree.workplace(out, beside=not options.check) as fresh:
            tree.write(files, fresh)
            changes = tree.differences(fresh, out)
            if not options.check:
                tree.swap(fresh, out)
    except ContractError as error:
        for problem in error.problems:
            print(f"codegen: {problem}", file=sys.stderr)
        if error.places and not options.leave_out:
            print("codegen: use --leave-out to generate the rest without these", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"codegen: {out} cannot be written: {error}", file=sys.stderr)
        return 1
    for problem in left_out:
        print(f"codegen: left out: {problem}", file=sys.stderr)
    for change in changes:
        print(change)
    if options.check and changes:
        print(f"codegen: {out} is not up to date with {options.spec}; run `make codegen`", file=sys.stderr)
        return 1
    print(f"{len(files) + 1} files, {len(changes)} changed, {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
