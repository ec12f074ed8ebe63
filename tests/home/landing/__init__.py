"""Landing pages: plain pages with shelves."""
