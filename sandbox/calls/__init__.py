"""One call of the API: what its resolvers are given, how they refuse, how a key repeats it, what is noted of it."""
