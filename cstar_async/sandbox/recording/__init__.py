"""Recordings for tests and the inspector: requests with their answers, and the timeline."""
