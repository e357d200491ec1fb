"""What the emulated service does with a request, whatever brought it."""
