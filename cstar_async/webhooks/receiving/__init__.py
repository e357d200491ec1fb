"""The way of a delivery into the inbox: read the request, verify, parse, keep."""
