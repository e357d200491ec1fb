"""Receiving deliveries: read the request, verify the signature, parse the event, keep it in the inbox."""
