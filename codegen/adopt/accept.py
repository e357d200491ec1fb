"""Entries of our document for operations that it does not have yet."""

from __future__ import annotations

import re
from typing import Any

from codegen.check import METHODS

_COLUMNS = ("operationId", "x-cstar-key", "x-cstar-pagination")


def accept(known: str, effective: dict[str, Any]) -> tuple[str, list[str]]:
    """Name the operations that were guessed, so that they keep these names.

    Args:
        known: The text of our document; its own formatting stays.
        effective: The merged contract.

    Returns:
        The new text, and the ids that were added.
    """
    added: list[str] = []
    for path, item in effective["paths"].items():
        lines: list[str] = []
        for method in (key for key in item if key in METHODS and "x-cstar-guessed" in item[key]):
            columns = ", ".join(f"{column}: {item[method][column]}" for column in _COLUMNS)
            lines.append(f"    {method}: {{{columns}}}\n")
            added.append(str(item[method]["operationId"]))
        if lines:
            known = _insert(known, path, "".join(lines))
    return known, added


def _insert(text: str, path: str, lines: str) -> str:
    present = re.search(rf"^  (['\"]?){re.escape(path)}\1:[ \t]*\n", text, re.MULTILINE)
    if present:
        return text[: present.end()] + lines + text[present.end() :]
    # At the end of `paths`, which is before the next key of the document.
    start = re.search(r"^paths:[ \t]*\n", text, re.MULTILINE)
    if start is None:
        return f"{text.rstrip()}\npaths:\n  {path}:\n{lines}"
    following = re.compile(r"^[^\s#]", re.MULTILINE).search(text, start.end())
    end = following.start() if following else len(text)
    return f"{text[:end]}  {path}:\n{lines}{text[end:]}"
