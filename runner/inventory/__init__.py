"""Stock: levels read, compared, pushed, restored."""
