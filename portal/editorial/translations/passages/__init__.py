"""The passages of a translation: the texts of original and draft, and their states."""
