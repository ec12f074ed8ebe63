"""The passages of a translation: the text of original and draft, and its state."""
