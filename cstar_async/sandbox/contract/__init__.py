"""The contract as the sandbox reads it, and how true the sandbox is to it."""
