"""The shelves that editors arrange by hand, and what all shelves have in common."""
