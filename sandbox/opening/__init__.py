"""What a shop opens with: the products of a CSV export, or made-up ones."""
