"""The commands that are not operations of the API; each module has one as `command`."""
