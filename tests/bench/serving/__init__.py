"""The server of the bench, what it serves, and the load on it."""
