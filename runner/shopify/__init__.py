"""The Admin API: shops, tokens, the budget, documents, calls and what their answers mean."""
