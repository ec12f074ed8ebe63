"""The bench's server, its views, and the load on it."""
