"""`postgresql://…`, an inbox that receivers and workers on many machines share."""
