"""What is sent as it happens: event streams."""
