"""Requests on their way in."""
