"""`sqlite:///file`, an inbox for the processes of one machine."""
