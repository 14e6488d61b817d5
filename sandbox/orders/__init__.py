"""Orders: they take from stock, and leave with it or give it back."""
