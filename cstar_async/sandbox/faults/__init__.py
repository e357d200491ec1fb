"""Trouble on demand: rules, and the responses that they spoil."""
