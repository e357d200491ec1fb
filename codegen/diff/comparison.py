"""What all comparisons share: the two contracts, the changes found, and types, limits and words compared."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from codegen import code

from .changes import Change
from .side import Side, new_names
from .subtypes import fits, renamed, static

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.ir import Contract, Enum, Field, Parameter, Type

_Noun = Literal["argument", "field", "result", "event"]
_BREAKING = {"argument": "argument-type", "field": "field-type", "result": "result-changed", "event": "event-changed"}


class Comparison:
    """Two contracts, and the changes found so far."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self.old, self.new = Side(old), Side(new)
        self.new_names = {
            **new_names(self.old.models, self.new.models, lambda model: frozenset(f.wire for f in model.fields)),
            **new_names(self.old.enums, self.new.enums, lambda enum: frozenset(enum.values)),
        }
        self.changes: list[Change] = []
        self._sources: Counter[tuple[str, str]] = Counter()

    def add(self, kind: str, subject: str, text: str) -> None:
        """Note a change."""
        self.changes.append(Change.of(kind, subject, text))

    def words(self, subject: str, old: object, new: object, *names: str) -> None:
        """Compare attributes that only documentation shows."""
        changed = [name for name in names if getattr(old, name) != getattr(new, name)]
        if "source" in changed:
            changed.remove("source")
            old_source, new_source = (str(getattr(each, "source", "")) for each in (old, new))
            self._sources[old_source, new_source] += 1
        if changed:
            self.add("description", subject, f"{', '.join(changed)} changed")

    def add_sources(self) -> None:
        """Note how many facts have another source: when a document of the service comes, nearly all."""
        for (old, new), count in self._sources.items():
            facts = "1 fact has" if count == 1 else f"{count} facts have"
            self.add("source", "the contract", f"{facts} the source {new!r}, was {old!r}")

    def types(
        self,
        noun: _Noun,
        subject: str,
        old: Type,
        new: Type,
        *,
        sent: bool = False,
        read: bool = True,
        shown: tuple[str, str] | None = None,
    ) -> None:
        """Compare the types of values that users send, read or both; `shown` are the texts for them."""
        old = renamed(old, self.new_names)
        if old == new:
            return
        # The old enums by the names that they have in `old` now.
        enums = {**self.new.enums, **self.old.enums}
        before, after = static(old, enums), static(new, self.new.enums)
        wider, narrower = fits(before, after, sent=sent), fits(after, before, sent=sent)
        was, now = shown or (_hint(type_, request=noun == "argument") for type_ in (old, new))
        verb = {"result": "returns", "event": "has the data"}.get(noun, "is")
        passed = "sent" if noun == "argument" else "read"
        text = f"{verb} {now}, was {was}" if was != now else f"{verb} {now}, {passed} in another way"
        if (sent and not wider) or (read and not narrower):
            self.add(_BREAKING[noun], subject, text)
        elif not (wider and narrower):
            self.add(f"{noun}-type-{'narrowed' if narrower else 'widened'}", subject, text)
        elif old.references() == new.references():
            self.add(f"{noun}-{passed}-otherwise", subject, text)
        else:
            is_less = _values(old, enums) - _values(new, self.new.enums)
            self.add("value-removed" if is_less else "value-added", subject, text)

    def facts(self, subject: str, old: Field | Parameter, new: Field | Parameter, *words: str, sent: bool) -> None:
        """Compare what fields and arguments have beside their types: default, limits, words."""
        if repr(old.default) != repr(new.default):  # 0 and False are equal, and a default of one is not the other
            self.add("default-changed", subject, f"the default is {new.default!r}, was {old.default!r}")
        if sent and old.type.kind == new.type.kind:
            self._limits(subject, dict(old.limits), dict(new.limits))
        self.words(subject, old, new, "description", "source", "secret", *words, *(() if sent else ("limits",)))

    def _limits(self, subject: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        for word in dict.fromkeys([*old, *new]):
            was, now = old.get(word), new.get(word)
            if was != now:
                kind = "limit-widened" if _is_wider(word, was, now) else "limit-narrowed"
                texts = ["not limited" if limit is None else str(limit) for limit in (now, was)]
                self.add(kind, subject, f"{word} is {texts[0]}, was {texts[1]}")


def _hint(type_: Type, *, request: bool) -> str:
    return code.hint(type_, request=request).replace("_dt.", "").replace("_uuid.", "")


def _values(type_: Type, enums: Mapping[str, Enum]) -> set[str | int]:
    """The known values of the enums in a type."""
    return {value for name in type_.references() if name in enums for value in enums[name].values}


def _is_wider(limit: str, old: Any, new: Any) -> bool:
    """Whether a limit that changed lets more values pass than before. Another pattern counts as one that does not."""
    if new is None or old is None:
        return new is None
    if not (isinstance(old, int | float) and isinstance(new, int | float)):
        return False
    return ("max" in limit.lower() and new > old) or ("min" in limit.lower() and new < old)
