"""Bulk operations: what Shopify does with everything at once, for reading and for writing."""
