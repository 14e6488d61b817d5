"""What a client asks of the shop itself: its properties, its app, its versions, and any object by id."""
