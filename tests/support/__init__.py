"""Helpers that the tests share: servers, clocks, databases."""
