"""The catalogue in SQL: fields as they are compared, what is refused, what is judged."""
