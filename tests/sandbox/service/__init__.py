"""Tests of the execution of operations."""
