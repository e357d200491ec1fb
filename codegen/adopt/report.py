"""What a merge found: what is new, what only we know, where the two documents differ."""

from __future__ import annotations

import attrs


@attrs.define
class Report:
    """Lines for a reader, by kind, in the order in which they were found."""

    known: int = 0
    """How many operations of the service's document are ours."""
    operations: int = 0
    """How many it has."""
    new: list[str] = attrs.field(factory=list[str])
    """Operations and events that we do not know, with the name they got."""
    kept: list[str] = attrs.field(factory=list[str])
    """Operations that only we know, and stay."""
    dropped: list[str] = attrs.field(factory=list[str])
    """The same, where they do not stay."""
    differs: list[str] = attrs.field(factory=list[str])
    """Facts that the two documents state differently."""
    added: list[str] = attrs.field(factory=list[str])
    """Fields, parameters and values that we did not know."""
    ours: list[str] = attrs.field(factory=list[str])
    """Fields, parameters and values that only we know."""
    moved: int = 0
    """Names on the wire and paths that are not those which the sandbox knows."""

    def lines(self, *, explain: bool = False) -> list[str]:
        """The report as text, the most important first. `explain` adds a line for each field and parameter."""
        lines = [f"{self.known} of {self.operations} operations known"]
        for label, found in (
            ("new", self.new),
            ("ours", self.kept),
            ("dropped", self.dropped),
            ("differs", self.differs),
            ("added", self.added),
        ):
            lines += [f"{label}: {text}" for text in dict.fromkeys(found)]
        if explain:
            lines += [f"ours: {text}" for text in self.ours]
        elif self.ours:
            lines.append(
                f"{len(self.ours)} fields and parameters of ours are not in the document; --explain lists them"
            )
        if self.moved:
            lines.append(
                f"sandbox: {self.moved} names and paths differ from those that it emulates; it cannot serve them"
            )
        return lines
