"""Articles and portraits."""
