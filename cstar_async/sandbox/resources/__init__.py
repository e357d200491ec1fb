"""What is special about each part of the desk, one module per area."""
