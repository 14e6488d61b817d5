"""A local Shopify: an HTTP server that answers the Admin API as the real one does, state in memory."""
