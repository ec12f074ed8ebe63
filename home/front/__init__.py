"""The shelves that editors arrange by hand, and the base of all shelves."""
