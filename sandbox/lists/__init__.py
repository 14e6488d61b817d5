"""Lists as the API gives them: searched, sorted, a page at a time, or counted."""
