"""Tests of `cstar_async._core`."""
