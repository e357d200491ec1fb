"""The contract for the sandbox, and what the sandbox simplifies."""
