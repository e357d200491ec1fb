"""Live data: event streams."""
