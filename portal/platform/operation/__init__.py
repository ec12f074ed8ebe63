"""What keeps the portal working when something below it fails or changes: the cache, the database, the keys."""
