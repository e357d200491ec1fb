"""`postgresql://…`, an inbox for receivers and workers on many machines."""
