"""Webhooks: received, kept, handed to the subjects they tell of."""
