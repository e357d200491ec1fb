"""Fault injection: rules, and faulty responses."""
