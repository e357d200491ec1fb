"""SQLite for the inbox and the outbox: a file with one writing thread, and group commit."""
