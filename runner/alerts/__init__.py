"""Telling people: deliveries of alerts, and where they go."""
