"""Sign-in to the newsroom and requests for a new password, with rate limits that lock nobody out."""
