"""Tests of the sandbox's HTTP server."""
