"""Tests of `cstar_async._quota`."""
