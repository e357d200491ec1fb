"""Tests of `cstar_async.live`."""
