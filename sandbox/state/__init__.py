"""What the shop has, kept in memory: its things, their ids, and what a search finds of them."""
