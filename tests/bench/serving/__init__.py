"""The server of the bench, its views, and the load on it."""
