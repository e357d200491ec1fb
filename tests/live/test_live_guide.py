"""docs/live.md has the samples of React and Svelte from cStar's context file; tests/test_guide.py runs ours."""

from __future__ import annotations

import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "live.md"

DESCRIBED = """
// Wrap app: <CStarProvider apiKey="..." teamId="...">
// Hooks return: { data, loading, error, refetch, pagination }
const { tickets, loading } = useTickets({ status: 'open' });
const client = useCStarClient(); // For mutations
useSubscription('ticket.created', (event) => { /* handle */ });
setCStarClient({ apiKey: 'sk_live_xxxxx', teamId: 'your-team-id' }); // in +layout.svelte
const tickets = new Tickets({ status: 'open' }); // Reactive via $state/$derived
// tickets.data, tickets.loading, tickets.error
"""
"""The lines of the React and Svelte samples, without their imports."""


def test_each_line_of_the_samples_is_beside_ours() -> None:
    """Each block of theirs is followed by one of ours, and together they have all lines of the samples."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    theirs = [place for place, (language, _) in enumerate(blocks) if language in {"jsx", "svelte"}]
    assert "".join(blocks[place][1] for place in theirs).split("\n") == DESCRIBED.split("\n")[1:]
    assert [blocks[place + 1][0] for place in theirs] == ["python"] * len(theirs)
