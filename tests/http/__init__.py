"""Tests of `cstar_async._http`."""
