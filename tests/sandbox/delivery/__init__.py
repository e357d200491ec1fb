"""Tests of deliveries to webhooks."""
