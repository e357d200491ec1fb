"""Tests of `cstar_async.public`."""
