"""The demo data of a team."""
