"""What happened, for those who look: requests with their answers, and one line of time."""
