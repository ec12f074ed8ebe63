"""What keeps the portal answering when something under it fails or changes: the cache, the database, the keys."""
