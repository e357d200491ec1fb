"""What each tag of the API does."""
