"""What the shop has, kept in memory: entities, their ids, and what a search finds of them."""
