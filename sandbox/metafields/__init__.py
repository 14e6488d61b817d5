"""Metafields of products, variants, the shop and the app's installation: read, set, deleted."""
