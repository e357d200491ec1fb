"""Deliveries of events to webhooks."""
