"""How long the random tests look: shortly by default, for minutes with `make stress`."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("stress", max_examples=20_000, deadline=None)
