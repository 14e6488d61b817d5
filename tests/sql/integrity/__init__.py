"""What is wrong in a shop."""
