"""The request budget of a key."""
