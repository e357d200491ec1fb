"""Sending over HTTP."""
