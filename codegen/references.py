"""Following `$ref` inside one document."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from .errors import ContractError


class Resolver:
    """References of one document. Those that leave it are refused: a contract is one file."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def components(self, section: str) -> dict[str, Any]:
        """`components.<section>`, empty if there is none."""
        return (self._document.get("components") or {}).get(section) or {}

    def _target(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            raise ContractError([f"$ref {reference!r} leaves the document; bundle it into one file first"])
        current: Any = self._document
        for part in reference[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            try:
                current = current[int(key)] if isinstance(current, list) else current[key]
            except (KeyError, IndexError, TypeError, ValueError):
                raise ContractError([f"$ref {reference!r} points to nothing"]) from None
        return current

    def follow(self, value: Any) -> Any:
        """What `value` stands for, once it is no longer a reference."""
        seen: list[str] = []
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            if value["$ref"] in seen:
                raise ContractError([f"$ref {value['$ref']!r} leads back to itself"])
            seen.append(value["$ref"])
            value = self._target(value["$ref"])
        return value

    def final_name(self, reference: str, place: str) -> str | None:
        """The component schema at the end of a chain of references, or None if it ends elsewhere."""
        seen = [reference]
        while True:
            target = self._target(reference)
            if isinstance(target, dict) and isinstance(target.get("$ref"), str):
                reference = target["$ref"]
                if reference in seen:
                    raise ContractError([f"{place}: $ref {reference!r} leads back to itself"])
                seen.append(reference)
                continue
            head, _, name = reference.rpartition("/")
            return unquote(name).replace("~1", "/") if head == "#/components/schemas" else None

    def member(self, schema: dict[str, Any], name: str) -> Any | None:
        """The schema of one member of an object, looked for through references and allOf. The last one wins."""
        schema = self.follow(schema)
        found = (schema.get("properties") or {}).get(name)
        for part in schema.get("allOf") or []:
            inner = self.member(part, name)
            found = inner if inner is not None else found
        return found
