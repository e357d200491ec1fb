"""The API over HTTP: access, routes, faults and answers."""
