"""Sign-in to the newsroom and password resets, with rate limits that lock nobody out."""
