"""The API over HTTP: server, access, routing, faults and answers."""
