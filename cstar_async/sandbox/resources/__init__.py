"""The handlers that are more than a plain collection, one module for each tag of the API."""
