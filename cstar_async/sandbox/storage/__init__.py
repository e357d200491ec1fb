"""The data of a sandbox in SQLite."""
