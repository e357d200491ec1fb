"""Handling events: lease them, run their handlers, decide about retries."""
