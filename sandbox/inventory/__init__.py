"""Inventory: items, where they are stocked, and how many there are."""
