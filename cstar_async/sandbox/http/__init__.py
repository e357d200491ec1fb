"""The API over HTTP: who may come in, routes, faults, answers."""
