"""How long the random tests look: shortly by default, for minutes with `make stress`."""

from __future__ import annotations

import signal

from hypothesis import settings

settings.register_profile("stress", max_examples=20_000, deadline=None)


def stress() -> bool:
    """Whether this is `make stress`: tests that are not hypothesis's have a long version too."""
    return settings.get_current_profile_name() == "stress"


# A shell that runs the tests in the background has them, and what they start, ignore Ctrl-C; some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
