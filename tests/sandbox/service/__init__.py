"""Tests of how operations are carried out."""
