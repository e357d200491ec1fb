"""The control API and the inspector."""
