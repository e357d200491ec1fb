"""Tests of the control API and the inspector."""
